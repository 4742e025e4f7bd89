"""What comes in from outside and no database could hold, and what else is the same on both of them."""

from collections.abc import Callable
from urllib.parse import quote

import factories
import pytest
from sqlalchemy import exc, text

from engine.errors import StoreTrouble
from engine.models.visible import holdable
from store import Store
from store.database import MOST_HELD, open_database


@pytest.mark.parametrize(
    ("told", "held"),
    [
        ("a\0b", "a\ufffdb"),
        ("a\ud800b", "a\ufffdb"),
        ("a\udfff", "a\ufffd"),
        ("\ud83c\udfac", "🎬"),
        ("«naïve» 🎬\n\t", "«naïve» 🎬\n\t"),
    ],
)
def test_a_text_is_kept_but_for_what_no_database_holds(told: str, held: str) -> None:
    assert holdable(told) == held


def test_a_line_of_the_ledger_about_anything_is_kept_and_fits(store: Store) -> None:
    with store.memory.unit() as unit:
        unit.note(actor="U\0", deed="refused", subject="rec\ud800", detail={"note": "\0\ud800"})
    with store.memory.reading() as reading:
        (line,) = [each for each in reading.ledger() if each.deed == "refused"]
    assert (line.actor, line.subject, line.detail) == ("U\ufffd", "rec\ufffd", {"note": "\0\ud800"})
    assert store.audit.faults() == []


def test_an_error_of_the_database_tells_nothing_of_what_was_asked_for(store: Store) -> None:
    with pytest.raises(exc.DBAPIError) as broken, store._database.reading() as connection:
        connection.execute(text("SELECT nothing_like_it(:told)"), {"told": "secret-planted"})
    assert "secret-planted" not in str(broken.value)


def test_a_closed_database_says_so_and_opens_no_line_again(store: Store) -> None:
    store.close()
    for use in (store.inbox.recover, lambda: store.inbox.claim(1), lambda: store.outbox.state("a")):
        with pytest.raises(StoreTrouble, match="is closed"):
            use()


def test_no_more_readers_are_held_than_a_server_can_let_in(store: Store) -> None:
    database = store._database

    def nested(depth: int) -> None:
        if depth:
            with database.reading():
                nested(depth - 1)

    nested(MOST_HELD * 3)
    assert len(database._idle) == MOST_HELD


class TestServer:
    DATABASES = ("postgresql",)

    def test_units_see_what_was_written_before_them_whatever_the_servers_default_is(
        self, place: str, store: Store
    ) -> None:
        strict = quote(" -cdefault_transaction_isolation=serializable")
        database = open_database(f"{place}{strict}")
        with database.writing() as connection:
            assert connection.exec_driver_sql("SHOW transaction_isolation").scalar_one() == "read committed"
        database.close()

    def test_tables_that_somebody_took_away_are_told(
        self, store: Store, another: Callable[[], Store]
    ) -> None:
        with store._database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE inbox RENAME TO elsewhere")
        with pytest.raises(StoreTrouble, match=r"has lost what Marko made in it .*inbox.* Restore a backup"):
            store.inbox.accept(factories.delivery())
        with store._database.writing() as connection:
            connection.exec_driver_sql("ALTER TABLE elsewhere RENAME TO inbox")

    @pytest.mark.parametrize("password", ["p@ss-planted", "a@b@planted"])
    def test_a_password_with_an_at_sign_is_never_shown_as_a_host(self, store: Store, password: str) -> None:
        with pytest.raises(StoreTrouble, match="written as %40") as refused:
            open_database(f"postgres://marko:{password}@127.0.0.1/marko")
        assert "planted" not in str(refused.value)
