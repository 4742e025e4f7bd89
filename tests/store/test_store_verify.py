"""Verify says of everything that is kept whether it is as it was written, and changes nothing."""

import sqlite3
from collections.abc import Callable
from contextlib import closing
from pathlib import Path

import pytest
from factories import HandClock
from remembered import KEY, execution, remember

from engine.errors import StoreTrouble
from store import Store, open_store, schema
from store.checksums import of_body
from store.database import Place
from store.inspection import inspect_file, inspect_server, inspect_vectors
from store.ledger_key import LedgerKey
from store.verify import KINDS, Finding


def found(place: Place, folder: Path) -> list[Finding]:
    key = LedgerKey(KEY)
    if isinstance(place, Path):
        # The tests' stores keep their anchor in a folder of their own; the shell's is beside the file.
        (folder / "marko.anchor").rename(place.with_suffix(".anchor"))
        return inspect_file(place, key)
    return inspect_server(place, folder / "marko.db", key)


def faults(place: Place, folder: Path) -> list[str]:
    return [f"{each.what}: {each.told}" for each in found(place, folder) if each.state == "fault"]


def test_every_document_table_says_what_it_holds() -> None:
    assert set(KINDS) == set(schema.DOCUMENT_TABLES)


def test_a_whole_memory_has_no_faults_beside_a_bot_that_uses_it(
    store: Store, place: Place, tmp_path: Path
) -> None:
    remember(store)
    store.audit.keep_up()
    told = found(place, tmp_path)
    assert [str(each) for each in told if each.state != "ok"] == []
    expected = ["checksums", "documents", "pointers", "exports", "ledger"]
    assert [each.what for each in told] == (
        ["pages", "references", *expected] if isinstance(place, Path) else expected
    )


class TestOfAFile:
    DATABASES = ("sqlite",)

    @pytest.fixture
    def spoil(self, store: Store, path: Path, tmp_path: Path) -> Callable[..., list[str]]:
        """Fill a memory, run a statement past Marko, and give what verify says then."""

        def spoiled(*statements: str) -> list[str]:
            remember(store)
            store.audit.keep_up()
            with closing(sqlite3.connect(path)) as connection, connection:
                for each in statements:
                    connection.execute(each)
            return faults(path, tmp_path)

        return spoiled

    def test_a_flipped_letter_is_named_with_its_row(self, spoil: Callable[..., list[str]]) -> None:
        assert spoil("UPDATE digests SET body = replace(body, '6941', '6942')") == [
            "checksums: row 1 of digests is not as it was written"
        ]

    def test_a_changed_plain_row_is_named_by_its_key(self, spoil: Callable[..., list[str]]) -> None:
        assert spoil("UPDATE decisions SET \"by\" = 'U0MEMBER'") == [
            "checksums: row rec-spring-sale, 2 of decisions is not as it was written"
        ]

    def test_a_column_that_says_something_else_than_its_body_is_named(
        self, spoil: Callable[..., list[str]]
    ) -> None:
        assert spoil("UPDATE recommendations SET status = 'done'") == [
            "documents: row 1 of recommendations: its status and its body differ"
        ]

    def test_a_document_of_another_shape_is_named_also_where_its_checksum_fits(
        self, spoil: Callable[..., list[str]]
    ) -> None:
        body = '{"channel": "C0MARKETING"}'
        assert spoil(f"UPDATE subscriptions SET body = '{body}', crc = {of_body(body)}") == [  # noqa: S608
            "documents: row 1 of subscriptions: it cannot be read"
        ]

    def test_a_line_that_was_changed_is_found(self, spoil: Callable[..., list[str]]) -> None:
        told = spoil(
            "DROP TRIGGER ledger_refuses_update", "UPDATE ledger SET actor = 'U0MEMBER' WHERE seq = 1"
        )
        assert told == ["ledger: Ledger line 1 was changed, or the line before it was."]

    def test_a_message_that_shows_nothing_is_found(self, spoil: Callable[..., list[str]]) -> None:
        body = (
            '{"record": "rec-gone", "kind": "card", "channel": "C0MARKETING", "ts": "1.1", "permalink": null}'
        )
        values = f"'{body}', {of_body(body)}, 'rec-gone', 'C0MARKETING', '1.1'"
        assert spoil(f"INSERT INTO views (body, crc, record, channel, ts) VALUES ({values})") == [  # noqa: S608
            "pointers: a message in C0MARKETING shows rec-gone, which is not kept"
        ]

    def test_a_reference_that_leads_nowhere_is_found(self, spoil: Callable[..., list[str]]) -> None:
        told = spoil("DELETE FROM recommendations")
        assert "references: row 1 of executions refers to what recommendations does not hold" in told
        assert "pointers: execution rec-spring-sale:do is of rec-spring-sale, which is not kept" in told

    def test_many_faults_of_one_kind_are_cut(self, store: Store, path: Path, tmp_path: Path) -> None:
        with store.memory.unit() as unit:
            for number in range(40):
                unit.set_setting(f"number-{number}", number)
        with closing(sqlite3.connect(path)) as connection, connection:
            connection.execute("UPDATE settings SET body = body || ' '")
        told = faults(path, tmp_path)
        assert len(told) == 21
        assert told[-1] == "checksums: and more; these are the first"

    def test_a_torn_page_is_told_and_names_what_to_do(self, store: Store, path: Path, tmp_path: Path) -> None:
        remember(store, campaigns=30)
        store.close()
        whole = path.read_bytes()
        path.write_bytes(whole[:8192] + bytes(4096) + whole[12288:])
        before = path.read_bytes()
        (told,) = faults(path, tmp_path)
        assert "It was left untouched" in told
        assert path.read_bytes() == before

    def test_a_text_that_is_none_ends_no_looking(self, spoil: Callable[..., list[str]]) -> None:
        assert "checksums: row 1 of subscriptions is not as it was written" in spoil(
            "UPDATE subscriptions SET body = CAST(x'7bff7d' AS TEXT)"
        )

    def test_without_the_key_nobody_can_tell(self, store: Store, path: Path) -> None:
        told = [each.told for each in inspect_file(path, None) if each.state == "fault"]
        assert told == ["the ledger's key is missing; without it nothing can be checked"]

    def test_an_earlier_schema_is_looked_at_and_left_as_it_is(self, path: Path) -> None:
        path.parent.mkdir()
        data = Path(__file__).resolve().parents[1] / "data" / "schema_3.sql"
        with closing(sqlite3.connect(path)) as connection:
            connection.executescript(data.read_text("utf-8"))
        before = path.read_bytes()
        (told,) = inspect_file(path, None)
        assert (told.state, told.told) == (
            "note",
            f"of schema 3, which has no checksums; the next start brings it to {schema.VERSION}",
        )
        assert path.read_bytes() == before

    def test_where_there_is_no_memory_there_is_nothing_to_verify(self, path: Path) -> None:
        with pytest.raises(StoreTrouble, match="does not exist"):
            inspect_file(path, None)

    def test_a_bot_that_goes_on_is_never_taken_for_a_cut_ledger(
        self, store: Store, path: Path, tmp_path: Path, clock: HandClock
    ) -> None:
        beside = open_store(path, clock, ledger_key=KEY)
        for number in range(20):
            with beside.memory.unit() as unit:
                unit.note(actor="shell", deed="count", subject=str(number), detail={})
            beside.audit.keep_up()
            assert [e.told for e in inspect_file(path, LedgerKey(KEY)) if e.state == "fault"] == []
        beside.close()


def test_an_order_whose_columns_differ_is_named(store: Store, path: Path, tmp_path: Path) -> None:
    remember(store)
    store.audit.keep_up()
    with store.memory.unit() as unit:
        unit.keep_execution(execution(status="done"))
    body = execution(status="ready").model_dump_json()
    with store._database.writing() as connection:
        connection.exec_driver_sql("UPDATE executions SET body = ?", (body,))
    assert faults(path, tmp_path) == [
        "documents: row rec-spring-sale:do of executions: its columns say something else than its body"
    ]


def test_the_index_of_vectors_is_a_cache_and_no_fault(tmp_path: Path) -> None:
    index = tmp_path / "vectors.faiss"
    assert inspect_vectors(index).state == "note"
    index.write_bytes(b"half of an index")
    assert inspect_vectors(index).state == "note"
