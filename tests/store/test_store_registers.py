"""Briefs of recommendations and mentions in digests: as new as what they were made of, and made again."""

import json
import sqlite3
from contextlib import closing
from datetime import timedelta
from pathlib import Path

import factories
import pytest
from factories import APPROVER, MONDAY, HandClock, said_of

from engine.models.brief import brief_of
from engine.models.own import own_part
from engine.models.pattern_life import key_of
from engine.models.recommendation import Recommendation
from store import Store, open_store
from store.registers import BATCH

TOLD = key_of("winning_audience", "audience:new-parents")
DAY = timedelta(days=1)
DATA = Path(__file__).resolve().parents[1] / "data"


def keep(store: Store, *values: Recommendation) -> None:
    with store.memory.unit() as unit:
        for value in values:
            assert unit.keep_recommendation(value, expected_version=None)


def older(path: Path, whole: Recommendation, clock: HandClock) -> None:
    """Make a memory of version 2 at ``path``, in which every recommendation was kept whole."""
    path.parent.mkdir(parents=True, exist_ok=True)
    today = path.parent / "today" / "marko.db"
    with closing(open_store(today, clock)) as store:
        keep(store, whole)
        with store.memory.unit() as unit:
            unit.keep_digest(factories.digest("first"))
    held = {"id": whole.id, "campaign_key": whole.campaign_key, "status": whole.status}
    body = json.dumps({**held, "version": whole.version, "recommendation": whole.model_dump(mode="json")})
    with closing(sqlite3.connect(path)) as connection, connection:
        connection.executescript((DATA / "schema_2.sql").read_text("utf-8"))
        connection.execute("INSERT INTO schema_version VALUES (2)")
        connection.execute("INSERT INTO counters VALUES ('generation', 7)")
        connection.execute("ATTACH ? AS today", [str(today)])
        for table in ("recommendations", "patterns", "insights", "digests"):
            columns = ", ".join(row[1] for row in connection.execute(f"PRAGMA main.table_info({table})"))
            copied = f"INSERT INTO {table} ({columns}) SELECT {columns} FROM today.{table}"  # noqa: S608
            connection.execute(copied)
        connection.execute("UPDATE recommendations SET body = ?", [body])


class TestBriefs:
    def test_a_brief_is_as_new_as_its_recommendation(self, store: Store) -> None:
        proposed = factories.recommendation()
        keep(store, proposed)
        with store.memory.reading() as reading:
            assert reading.briefs() == [brief_of(proposed)]
        approved = factories.decided(proposed)
        with store.memory.unit() as unit:
            assert unit.keep_recommendation(approved, expected_version=1)
            assert not unit.keep_recommendation(
                approved.model_copy(update={"status": "done"}), expected_version=1
            )
        with store.memory.reading() as reading:
            (brief,) = reading.briefs()
        assert (brief.status, brief.decided_at, brief.approved_by) == ("approved", MONDAY, (APPROVER,))

    def test_briefs_come_in_the_order_of_recommendations_and_by_the_same_fields(self, store: Store) -> None:
        summer = factories.analysis(retrospective=factories.retrospective("summer-preview"))
        every = [
            factories.recommendation("rec-b"),
            factories.recommendation("rec-a"),
            factories.recommendation("rec-old", created_at=MONDAY - DAY, status="noted"),
            factories.recommendation("rec-new", created_at=MONDAY + DAY, analysis=summer),
        ]
        keep(store, *every)
        with store.memory.reading() as reading:
            assert [each.id for each in reading.briefs()] == ["rec-new", "rec-a", "rec-b", "rec-old"]
            for wanted in (
                {"status": "noted"},
                {"campaign_key": every[3].campaign_key},
                {"status": "noted", "campaign_key": every[0].campaign_key},
                {"status": "done"},
            ):
                found = [each.id for each in reading.briefs(**wanted)]  # type: ignore[arg-type]
                assert found == [each.id for each in reading.recommendations(**wanted)]  # type: ignore[arg-type]

    def test_a_brief_knows_the_effects_of_its_own_levels_alone(self) -> None:
        level = factories.level_effect
        patterns = factories.patterns(
            winning_audiences=(level(), level(signal="audience:students", name="students")),
            tags=("audience:new-parents", "platform:meta-ads", "band:beat"),
        )
        brief = brief_of(factories.recommendation(analysis=factories.analysis(patterns=patterns)))
        assert brief.knew == ("audience:new-parents",)

    def test_what_a_recommendation_says_is_read_without_the_rest(self, store: Store) -> None:
        first, second = factories.recommendation(), factories.recommendation("rec-other")
        keep(store, first, second)
        with store.memory.reading() as reading:
            assert reading.said([second.id, "rec-nobody"]) == {second.id: said_of(second)}
            assert reading.said([]) == {}

    def test_many_records_are_looked_up_at_once(self, store: Store) -> None:
        asked = [f"rec-{number}" for number in range(3 * BATCH)]
        standing = {asked[0], asked[BATCH], asked[-1]}
        with store.memory.unit() as unit:
            for place, record in enumerate([*sorted(standing), "rec-elsewhere", asked[0]]):
                unit.keep_view(factories.view(record, ts=f"177.{place}"))
            assert unit.shown(asked) == standing
            assert unit.shown([]) == set()


class TestMentions:
    def test_a_digest_is_found_by_all_that_it_speaks_of(self, store: Store) -> None:
        first = factories.digest("first", posted_at=MONDAY - 7 * DAY)
        second = factories.digest("second", waiting=(), decided=("rec-spring-sale",))
        other = factories.digest("other", waiting=(), decided=(), learned=())
        with store.memory.unit() as unit:
            for each in (first, second, other):
                unit.keep_digest(each)
            assert unit.digests_about("rec-spring-sale") == [second, first]
            assert unit.digests_about("rec-summer-preview") == [first]
            assert unit.digests_about(TOLD) == [second, first]
            assert unit.digests_about("rec-nobody") == []

    @pytest.mark.parametrize(("since", "found"), [(MONDAY, 1), (MONDAY + DAY / 86_400_000, 0)])
    def test_older_digests_are_left_where_they_are(self, store: Store, since: object, found: int) -> None:
        with store.memory.unit() as unit:
            unit.keep_digest(factories.digest("old", posted_at=MONDAY - DAY))
            unit.keep_digest(factories.digest("new"))
            assert len(unit.digests_about(TOLD, since=since)) == found  # type: ignore[arg-type]

    def test_a_digest_that_is_kept_again_speaks_of_what_it_says_now(self, store: Store) -> None:
        with store.memory.unit() as unit:
            unit.keep_digest(factories.digest("first"))
            unit.keep_digest(factories.digest("first", waiting=("rec-b", "rec-b"), decided=("rec-b",)))
            assert unit.digests_about("rec-spring-sale") == []
            assert [each.id for each in unit.digests_about("rec-b")] == ["first"]


class TestAnOlderMemory:
    def test_it_gets_its_briefs_and_mentions(self, path: Path, clock: HandClock) -> None:
        whole = factories.decided(factories.recommendation())
        older(path, whole, clock)
        own = whole.model_copy(update={"analysis": own_part(whole.analysis)})
        with closing(open_store(path, clock)) as store, store.memory.reading() as reading:
            assert reading.briefs() == [brief_of(own)] == [brief_of(whole)]
            assert [each.id for each in reading.digests_about("rec-spring-sale")] == ["first"]
            assert reading.recommendation(whole.id) == own

    def test_what_was_kept_whole_stays_whole_in_its_own_table(self, path: Path, clock: HandClock) -> None:
        older(path, factories.recommendation(), clock)
        open_store(path, clock).close()
        with closing(sqlite3.connect(path)) as connection:
            (kept,) = connection.execute("SELECT body FROM patterns").fetchall()
        assert "Flash Friday" in kept[0]
