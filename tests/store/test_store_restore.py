"""A restored memory is the backup's; what stood there is kept aside, and nothing is taken for new."""

import re
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from typing import Any

import factories
import pytest
from factories import MONDAY, HandClock
from remembered import CARD, KEY, execution, remember

from engine.errors import StoreTrouble
from engine.models.recommendation import Recommendation
from store import Guard, Store, open_store, replacing
from store.backup import back_up
from store.database import Place
from store.inspection import inspect_file, inspect_server
from store.ledger_key import LedgerKey, read_key
from store.restore import Restored, restore
from store.restored import MINDED

OTHER = "another key of the tests, long enough too"


@pytest.fixture
def home(place: Place, tmp_path: Path) -> Path:
    """The database file, or where it would be."""
    return place if isinstance(place, Path) else tmp_path / "marko.db"


@pytest.fixture
def monday(tmp_path: Path) -> Path:
    return tmp_path / "backups" / "monday.db"


@pytest.fixture
def opened(place: Place, home: Path, clock: HandClock) -> Callable[[], Store]:
    return lambda: open_store(place, clock, ledger_key=KEY, folder=home.parent)


@pytest.fixture
def backed_up(opened: Callable[[], Store], place: Place, home: Path, monday: Path, clock: HandClock) -> Path:
    """A backup of a filled memory, which then went on for a week."""
    home.parent.mkdir(exist_ok=True)
    with closing(opened()) as store:
        remember(store)
        back_up(place, monday, now=clock.now(), key=LedgerKey(KEY), listed_beside=home)
        clock.forward(days=7)
        with store.memory.unit() as unit:
            unit.set_setting("change_limit", {"value": 0.2})
            unit.note(actor="U0MEMBER", deed="settings", subject="change_limit", detail={})
            unit.post(factories.intent("card:rec-autumn:C0MARKETING:0"))
        for item in store.outbox.claim(now=clock.now(), limit=9):
            store.outbox.sent(item.intent.key)
        store.outbox.hand_over()
    return monday


def put_back(place: Place, file: Path, home: Path, clock: HandClock, **more: Any) -> Restored:
    return restore(place, file, home=home, clock=clock, **{"key": LedgerKey(KEY), **more})


def faults(place: Place, home: Path) -> list[str]:
    key = LedgerKey(KEY)
    found = inspect_file(place, key) if isinstance(place, Path) else inspect_server(place, home, key)
    return [each.told for each in found if each.state == "fault"]


class TestOnBothDatabases:
    def test_the_memory_is_as_it_was_and_whole(
        self, opened: Callable[[], Store], backed_up: Path, place: Place, home: Path, clock: HandClock
    ) -> None:
        done = put_back(place, backed_up, home, clock)
        assert (done.until, done.was_damaged, done.lost_lines) == (
            "2026-03-30T09:00:00.000000+00:00",
            False,
            1,
        )
        assert faults(place, home) == []
        with closing(opened()) as store:
            assert store.ledger_faults() == []
            with store.memory.reading() as reading:
                assert reading.setting("change_limit") == {"value": 0.1}
                assert reading.recommendation("rec-spring-sale").status == "approved"
                assert len(reading.retrospectives()) == 3
        assert faults(place, home) == []

    def test_the_ledger_says_what_was_put_back_over_what_and_goes_on(
        self, opened: Callable[[], Store], backed_up: Path, place: Place, home: Path, clock: HandClock
    ) -> None:
        with closing(opened()) as store:
            replaced = store.audit.head()
        done = put_back(place, backed_up, home, clock)
        with closing(opened()) as store:
            with store.memory.reading() as reading:
                line = reading.ledger()[-1]
            head = store.audit.head()
        assert (line.seq, line.digest) == (done.line, done.digest)
        assert (line.actor, line.deed) == ("shell", "restored")
        told = {"backup": "monday.db", "until": done.until, "was_damaged": False}
        if isinstance(place, Path):
            told |= {"replaced_line": replaced.seq, "replaced_digest": replaced.digest}
            assert line.detail == told
        assert (head.seq, head.anchored) == (done.line, done.line)

    def test_what_stood_there_is_a_memory_of_its_own_and_can_be_put_back_again(
        self, opened: Callable[[], Store], backed_up: Path, place: Place, home: Path, clock: HandClock
    ) -> None:
        done = put_back(place, backed_up, home, clock)
        assert Path(done.aside).name == "marko.db.before-20260406-090000"
        again = put_back(place, Path(done.aside), home, clock)
        assert again.until == "2026-04-06T09:00:00.000000+00:00"
        with closing(opened()) as store, store.memory.reading() as reading:
            assert reading.setting("change_limit") == {"value": 0.2}

    def test_ids_go_on_after_those_that_were_put_back(
        self, opened: Callable[[], Store], backed_up: Path, place: Place, home: Path, clock: HandClock
    ) -> None:
        put_back(place, backed_up, home, clock)
        with closing(opened()) as store:
            remember_more(store)
        assert faults(place, home) == []

    def test_what_was_on_its_way_is_looked_up_before_it_is_sent(
        self, opened: Callable[[], Store], backed_up: Path, place: Place, home: Path, clock: HandClock
    ) -> None:
        done = put_back(place, backed_up, home, clock)
        assert done.doubtful == 2  # the digest, and the order
        with closing(opened()) as store:
            store.outbox.recover()
            (item,) = store.outbox.claim(now=clock.now(), limit=9)
            assert (item.intent.kind, item.doubtful, item.since) == ("digest", True, None)
            (order,) = store.executions.claim(now=clock.now(), limit=9)
            assert order.doubtful

    def test_what_is_new_may_have_been_sent_before_too(
        self, opened: Callable[[], Store], backed_up: Path, place: Place, home: Path, clock: HandClock
    ) -> None:
        put_back(place, backed_up, home, clock)
        with closing(opened()) as store:
            store.outbox.recover()
            store.outbox.claim(now=clock.now(), limit=9)
            with store.memory.unit() as unit:
                unit.post(factories.intent("card:rec-autumn:C0MARKETING:0"))
                unit.post(factories.intent("redraw:1", kind="redraw", ts="1774861200.000100"))
            card, redraw = store.outbox.claim(now=clock.now(), limit=9)
            assert (card.doubtful, card.since) == (True, MONDAY - timedelta(days=1))
            assert (redraw.doubtful, redraw.since) == (False, None)
            clock.forward(days=MINDED.days)
            with store.memory.unit() as unit:
                unit.post(factories.intent("card:rec-winter:C0MARKETING:0"))
            (later,) = store.outbox.claim(now=clock.now(), limit=9)
            assert (later.doubtful, later.since) == (False, None)

    def test_an_order_is_doubtful_unless_its_figures_are_newer_than_the_restore(
        self, opened: Callable[[], Store], backed_up: Path, place: Place, home: Path, clock: HandClock
    ) -> None:
        put_back(place, backed_up, home, clock)
        with closing(opened()) as store:
            store.executions.claim(now=clock.now(), limit=9)
            with store.memory.unit() as unit:
                for name, moment in (("rec-old", MONDAY), ("rec-new", clock.now() + timedelta(hours=1))):
                    unit.keep_recommendation(of(name, moment), expected_version=None)
                    unit.keep_execution(execution(f"{name}:do", recommendation=name))
            found = store.executions.claim(now=clock.now(), limit=9)
            assert {each.recommendation: each.doubtful for each in found} == {
                "rec-old": True,
                "rec-new": False,
            }

    def test_a_backup_is_only_taken_with_the_key_that_its_ledger_is_kept_with(
        self, opened: Callable[[], Store], backed_up: Path, place: Place, home: Path, clock: HandClock
    ) -> None:
        with pytest.raises(StoreTrouble, match=r"key of the ledger in .*monday.db is another one than here"):
            put_back(place, backed_up, home, clock, key=LedgerKey(OTHER))
        with closing(opened()) as store, store.memory.reading() as reading:
            assert reading.setting("change_limit") == {"value": 0.2}

    def test_where_the_key_is_lost_the_ledger_is_begun_anew(
        self, backed_up: Path, place: Place, home: Path, clock: HandClock
    ) -> None:
        put_back(place, backed_up, home, clock, key=LedgerKey(OTHER), new_key=True)
        with closing(open_store(place, clock, ledger_key=OTHER, folder=home.parent)) as store:
            assert store.ledger_faults() == []
            with store.memory.reading() as reading:
                assert [each.deed for each in reading.ledger()][-2:] == ["ledger_rekeyed", "restored"]

    def test_a_damaged_backup_changes_nothing(
        self, opened: Callable[[], Store], backed_up: Path, place: Place, home: Path, clock: HandClock
    ) -> None:
        with closing(sqlite3.connect(backed_up)) as connection, connection:
            connection.execute("UPDATE digests SET body = replace(body, '6941', '6942')")
        with pytest.raises(StoreTrouble) as trouble:
            put_back(place, backed_up, home, clock)
        assert re.fullmatch(
            f"{backed_up} is damaged and was not restored: row [12] of digests is not as it was written. "
            "Nothing was changed.",
            str(trouble.value),
        )
        with closing(opened()) as store, store.memory.reading() as reading:
            assert reading.setting("change_limit") == {"value": 0.2}

    def test_a_bot_at_work_is_not_disturbed(
        self, opened: Callable[[], Store], backed_up: Path, place: Place, home: Path, clock: HandClock
    ) -> None:
        with Guard(home), pytest.raises(StoreTrouble, match=r"A bot is at work on .*: stop it first"):
            put_back(place, backed_up, home, clock)


class TestOfAServer:
    DATABASES = ("postgresql",)

    def test_bots_that_are_at_work_on_it_are_not_disturbed(
        self, opened: Callable[[], Store], backed_up: Path, place: str, home: Path, clock: HandClock
    ) -> None:
        with closing(opened()) as store:
            with store.memory.unit() as unit:
                unit.post(factories.intent("card:rec-winter:C0MARKETING:0"))
            assert store.outbox.claim(now=clock.now(), limit=9)
            with pytest.raises(StoreTrouble, match=r"A bot is at work on database .* Stop all of them"):
                put_back(place, backed_up, home, clock)
            with store.memory.reading() as reading:
                assert reading.setting("change_limit") == {"value": 0.2}

    def test_a_team_moves_from_a_file_to_a_server(
        self, opened: Callable[[], Store], place: str, tmp_path: Path, clock: HandClock
    ) -> None:
        file, copy = tmp_path / "small" / "marko.db", tmp_path / "moving.db"
        with closing(open_store(file, clock, ledger_key=KEY)) as small:
            remember(small)
        back_up(file, copy, now=clock.now(), key=LedgerKey(KEY), listed_beside=file)
        put_back(place, copy, tmp_path / "marko.db", clock)
        with closing(open_store(place, clock, ledger_key=KEY, folder=tmp_path)) as store:
            assert store.ledger_faults() == []
            with store.memory.reading() as reading:
                assert reading.recommendation("rec-spring-sale").status == "approved"


class TestOfAFile:
    DATABASES = ("sqlite",)

    def test_a_damaged_memory_is_put_aside_untouched(
        self, backed_up: Path, place: Path, clock: HandClock
    ) -> None:
        whole = place.read_bytes()
        damaged = whole[: len(whole) // 2] + bytes(4096) + whole[len(whole) // 2 + 4096 :]
        place.write_bytes(damaged)
        done = put_back(place, backed_up, place, clock)
        assert done.was_damaged
        assert Path(done.aside).name == "marko.db.damaged-20260406-090000"
        assert Path(done.aside).read_bytes() == damaged
        assert faults(place, place) == []

    def test_a_memory_with_one_flipped_letter_is_a_damaged_one(
        self, backed_up: Path, place: Path, clock: HandClock
    ) -> None:
        with closing(sqlite3.connect(place)) as connection, connection:
            connection.execute("UPDATE digests SET body = replace(body, '6941', '6942')")
        done = put_back(place, backed_up, place, clock)
        assert Path(done.aside).name.startswith("marko.db.damaged-")

    def test_what_stood_in_its_wal_is_put_aside_with_it_and_is_laid_over_nothing(
        self, opened: Callable[[], Store], backed_up: Path, place: Path, clock: HandClock
    ) -> None:
        store = opened()
        with store.memory.unit() as unit:
            unit.set_setting("change_limit", {"value": 0.3})
        images = {name: place.with_name(name).read_bytes() for name in ("marko.db", "marko.db-wal")}
        store.close()
        for name, content in images.items():  # as a kill leaves it
            place.with_name(name).write_bytes(content)
        aside = Path(put_back(place, backed_up, place, clock).aside)
        assert aside.with_name(f"{aside.name}-wal").read_bytes() == images["marko.db-wal"]
        with closing(opened()) as store, store.memory.reading() as reading:
            assert reading.setting("change_limit") == {"value": 0.1}
        again = open_store(aside, clock, ledger_key=KEY, folder=aside.parent / "aside")
        with again.memory.reading() as reading:
            assert reading.setting("change_limit") == {"value": 0.3}
        again.close()

    def test_it_comes_back_where_nothing_is_left(
        self, opened: Callable[[], Store], backed_up: Path, place: Path, clock: HandClock
    ) -> None:
        for file in place.parent.iterdir():
            file.unlink()
        done = put_back(place, backed_up, place, clock)
        assert done.aside is None
        with closing(opened()) as store, store.memory.reading() as reading:
            assert reading.setting("change_limit") == {"value": 0.1}

    def test_an_older_backup_is_brought_up_to_date(
        self, place: Path, tmp_path: Path, clock: HandClock
    ) -> None:
        old = tmp_path / "schema_3.db"
        data = Path(__file__).resolve().parents[1] / "data" / "schema_3.sql"
        with closing(sqlite3.connect(old)) as connection:
            connection.executescript(data.read_text("utf-8"))
        before = old.read_bytes()
        done = restore(place, old, home=place, clock=clock, key=None)
        assert done.until == "2026-04-06T08:00:00.000000+00:00"
        assert old.read_bytes() == before
        with closing(open_store(place, clock)) as store:
            assert store.ledger_faults() == []
            with store.memory.reading() as reading:
                assert len(reading.recommendations()) == 12
        assert [each for each in inspect_file(place, read_key(place.parent)) if each.state == "fault"] == []

    def test_an_older_backup_whose_ledger_was_changed_is_refused(
        self, place: Path, tmp_path: Path, clock: HandClock
    ) -> None:
        old = tmp_path / "schema_3.db"
        data = Path(__file__).resolve().parents[1] / "data" / "schema_3.sql"
        with closing(sqlite3.connect(old)) as connection, connection:
            connection.executescript(data.read_text("utf-8"))
            connection.execute("DROP TRIGGER ledger_refuses_update")
            connection.execute("UPDATE ledger SET actor = 'U0MEMBER' WHERE deed = 'approved'")
        with pytest.raises(StoreTrouble, match=r"ledger line .* was changed"):
            restore(place, old, home=place, clock=clock, key=None)

    @pytest.mark.parametrize(
        "junk", [b"", b"not a database at all\n" * 400, b"SQLite format 3\0" + bytes(5000)]
    )
    def test_junk_is_no_backup(
        self, backed_up: Path, place: Path, tmp_path: Path, clock: HandClock, junk: bytes
    ) -> None:
        file = tmp_path / "junk.db"
        file.write_bytes(junk)
        before = place.read_bytes()
        with pytest.raises(StoreTrouble):
            put_back(place, file, place, clock)
        assert place.read_bytes() == before
        assert list(place.parent.glob("*before*")) == list(place.parent.glob("*damaged*")) == []

    def test_another_programs_file_is_no_backup(
        self, backed_up: Path, place: Path, tmp_path: Path, clock: HandClock
    ) -> None:
        file = tmp_path / "recipes.db"
        with closing(sqlite3.connect(file)) as connection:
            connection.execute("CREATE TABLE recipes (name TEXT)")
        with pytest.raises(StoreTrouble, match=r"recipes\.db"):
            put_back(place, file, place, clock)

    def test_a_shell_command_at_work_is_not_disturbed(
        self, backed_up: Path, place: Path, clock: HandClock
    ) -> None:
        holding = (
            "import sqlite3, sys; held = sqlite3.connect(sys.argv[1]);"
            "held.execute('SELECT count(*) FROM ledger').fetchall(); print('open', flush=True); input()"
        )
        with subprocess.Popen(
            [sys.executable, "-c", holding, str(place)], stdin=subprocess.PIPE, stdout=subprocess.PIPE
        ) as shell:
            assert shell.stdout.readline() == b"open\n"
            with pytest.raises(StoreTrouble, match="Another command is at work"):
                put_back(place, backed_up, place, clock)
            shell.communicate(b"\n")
        put_back(place, backed_up, place, clock)

    def test_the_index_of_vectors_is_made_again(
        self, backed_up: Path, place: Path, tmp_path: Path, clock: HandClock
    ) -> None:
        index = tmp_path / "vectors.faiss"
        for file in (index, index.with_suffix(".json")):
            file.write_text("of another memory")
        put_back(place, backed_up, place, clock, vectors=index)
        assert not index.exists()
        assert not index.with_suffix(".json").exists()

    def test_a_replacement_that_was_cut_short_is_finished_by_whoever_opens_it(
        self,
        opened: Callable[[], Store],
        backed_up: Path,
        place: Path,
        clock: HandClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def killed(_: Path) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(replacing, "settle_beside", killed)
            with pytest.raises(KeyboardInterrupt):
                put_back(place, backed_up, place, clock)
        place.with_name("marko.db-wal").write_bytes(b"of the memory that stood there")
        with closing(opened()) as store:
            assert store.ledger_faults() == []
            with store.memory.reading() as reading:
                assert reading.setting("change_limit") == {"value": 0.1}

    def test_one_that_was_cut_short_before_leaves_the_old_memory_alone(
        self,
        opened: Callable[[], Store],
        backed_up: Path,
        place: Path,
        clock: HandClock,
        monkeypatch: pytest.MonkeyPatch,
    ) -> None:
        def killed(*_: object) -> None:
            raise KeyboardInterrupt

        with monkeypatch.context() as patched:
            patched.setattr(Path, "replace", killed)
            with pytest.raises(KeyboardInterrupt):
                put_back(place, backed_up, place, clock)
        with closing(opened()) as store:
            assert store.ledger_faults() == []
            with store.memory.reading() as reading:
                assert reading.setting("change_limit") == {"value": 0.2}
        assert list(place.parent.glob("*before*")) == []


def of(name: str, moment: Any) -> Recommendation:
    analysis = factories.analysis(retrospective=factories.retrospective(name, timestamp=moment))
    return factories.recommendation(name, analysis=analysis)


def remember_more(store: Store) -> None:
    with store.memory.unit() as unit:
        unit.keep_retrospective(factories.retrospective("autumn"))
        unit.keep_recommendation(factories.recommendation("rec-autumn"), expected_version=None)
        unit.keep_digest(factories.digest("digest-2026-04-06"))
        unit.post(factories.intent(CARD + "1"))
        unit.set_setting("two_above", [])
    assert store.inbox.accept(factories.delivery("Ev0AUTUMN"))
