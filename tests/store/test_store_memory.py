"""Readings and units: what is kept comes back equal, together, once, and in the promised order."""

import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import factories
import pytest
from factories import CHANNEL, MONDAY, HandClock
from sqlalchemy import select
from tinydb import where

from engine.errors import StoreTrouble
from engine.models.recommendation import Recommendation
from store import Store, schema
from store.documents import Documents


def rows(store: Store, table: Any) -> list[dict[str, Any]]:
    with store._database.reading() as connection:
        return [dict(row) for row in connection.execute(select(table)).mappings()]


def keep(store: Store, *values: Recommendation) -> None:
    with store.memory.unit() as unit:
        for value in values:
            assert unit.keep_recommendation(value, expected_version=None)


class TestRoundTrips:
    @pytest.mark.parametrize(
        "changed",
        [
            {},
            {"name": None, "window_start": None, "window_end": None, "currency": None, "time_zone": None},
            {"name": "Été «naïve» 🎬", "audiences": (), "creatives": (), "attribution_window": None},
            {
                "actual_metrics": factories.metrics(
                    spend=Decimal("0.000001"), conversions=Decimal("0.5"), revenue=None
                )
            },
            {"timestamp": MONDAY.astimezone(tz=None), "as_of": MONDAY + timedelta(microseconds=1)},
        ],
    )
    def test_a_retrospective_comes_back_equal(self, store: Store, changed: dict[str, Any]) -> None:
        kept = factories.retrospective(**changed)
        with store.memory.unit() as unit:
            unit.keep_retrospective(kept)
        with store.memory.reading() as reading:
            found = reading.retrospective(kept.key)
            assert found == kept
            assert reading.retrospectives() == reading.revisions(kept.key) == [kept]
        assert found is not None
        assert found.evidence_hash == kept.evidence_hash

    @pytest.mark.parametrize(
        "kept",
        [
            factories.recommendation(),
            factories.decided(factories.recommendation(), "reject", reason="timing", note="Not now — «soon»"),
            factories.recommendation(status="noted", asked_by=None),
        ],
    )
    def test_a_recommendation_comes_back_equal(self, store: Store, kept: Recommendation) -> None:
        keep(store, kept)
        with store.memory.reading() as reading:
            assert reading.recommendation(kept.id) == kept
            assert reading.recommendations() == [kept]

    def test_everything_else_comes_back_equal(self, store: Store) -> None:
        with store.memory.unit() as unit:
            unit.keep_weights(factories.weights(as_of=None))
            unit.keep_weights(factories.weights())
            unit.keep_digest(factories.digest())
            unit.keep_view(factories.view())
            unit.subscribe(factories.subscription())
            unit.claim_slot(factories.slot(), "claimed")
        with store.memory.reading() as reading:
            assert reading.weights() == factories.weights()
            assert reading.digest("digest-2026-03-30") == factories.digest()
            assert reading.views("rec-spring-sale") == [factories.view()]
            assert reading.subscriptions() == [factories.subscription()]
            assert reading.last_slot(CHANNEL) == factories.slot()

    def test_what_was_never_kept_is_none(self, store: Store) -> None:
        with store.memory.reading() as reading:
            nothing = (
                reading.retrospective("nobody"),
                reading.recommendation("nobody"),
                reading.digest("nobody"),
                reading.weights(),
                reading.last_slot(CHANNEL),
                reading.setting("order_value"),
            )
            lists = (reading.retrospectives(), reading.revisions("nobody"), reading.views("nobody"))
        assert nothing == (None,) * 6
        assert lists == ([], [], [])

    @pytest.mark.parametrize("value", [None, 91.5, "EUR", [1, {"a": None}], {"approvers": ["U0APPROVER"]}])
    def test_a_setting_is_any_json_value_and_can_be_replaced(self, store: Store, value: Any) -> None:
        with store.memory.unit() as unit:
            unit.set_setting("limit", {"old": True})
            unit.set_setting("limit", value)
        with store.memory.reading() as reading:
            assert reading.setting("limit") == value


class TestRetrospectives:
    def test_they_are_ordered_by_timestamp_then_key(self, store: Store) -> None:
        late = factories.retrospective("summer-preview", timestamp=MONDAY + timedelta(days=1))
        b, a = factories.retrospective("b-campaign"), factories.retrospective("a-campaign")
        with store.memory.unit() as unit:
            for each in (late, b, a):
                unit.keep_retrospective(each)
        with store.memory.reading() as reading:
            assert reading.retrospectives() == [a, b, late]

    def test_a_replaced_revision_stays_among_the_revisions(self, store: Store) -> None:
        first = factories.retrospective()
        second = factories.retrospective(revision=2, actual_metrics=factories.metrics(clicks=9_500))
        for each in (first, second):
            with store.memory.unit() as unit:
                unit.keep_retrospective(each)
        with store.memory.reading() as reading:
            assert reading.retrospectives() == [second]
            assert reading.revisions(first.key) == [first, second]

    def test_keeping_the_same_again_changes_nothing(self, store: Store) -> None:
        with store.memory.unit() as unit:
            unit.keep_retrospective(factories.retrospective())
            before = unit.generation()
            unit.keep_retrospective(factories.retrospective())
            assert unit.generation() == before
            assert len(unit.revisions(factories.retrospective().key)) == 1

    def test_a_changed_window_must_raise_its_revision(self, store: Store) -> None:
        with store.memory.unit() as unit:
            unit.keep_retrospective(factories.retrospective())
            with pytest.raises(ValueError, match="is kept at revision 1; 1 is not newer"):
                unit.keep_retrospective(factories.retrospective(currency="USD"))

    def test_a_campaign_is_remembered_with_every_name_it_went_by(self, store: Store) -> None:
        windows = [("Spring Sale", 1), ("Spring Sale", 2), ("SPRING 2026", 3)]
        with store.memory.unit() as unit:
            for name, month in windows:
                unit.keep_retrospective(
                    factories.retrospective(
                        name=name, window_start=date(2026, month, 1), window_end=date(2026, month, 20)
                    )
                )
        with store._database.reading() as connection:
            assert Documents(connection).table("campaigns").all() == [
                {
                    "key": "meta-ads/default/spring-sale",
                    "platform": "Meta Ads",
                    "campaign_id": "spring-sale",
                    "names": ["Spring Sale", "SPRING 2026"],
                }
            ]


class TestRecommendations:
    def test_they_come_newest_first_then_by_id(self, store: Store) -> None:
        old = factories.recommendation("rec-old", created_at=MONDAY - timedelta(days=1))
        b, a = factories.recommendation("rec-b"), factories.recommendation("rec-a")
        keep(store, b, old, a)
        with store.memory.reading() as reading:
            assert [each.id for each in reading.recommendations()] == ["rec-a", "rec-b", "rec-old"]

    def test_they_are_found_by_status_and_campaign(self, store: Store) -> None:
        summer = factories.analysis(retrospective=factories.retrospective("summer-preview"))
        keep(
            store,
            factories.recommendation("rec-1"),
            factories.recommendation("rec-2", status="noted"),
            factories.recommendation("rec-3", analysis=summer),
        )
        key = summer.retrospective.campaign_key
        with store.memory.reading() as reading:
            found = {
                "proposed": reading.recommendations(status="proposed"),
                "summer": reading.recommendations(campaign_key=key),
                "both": reading.recommendations(status="noted", campaign_key=key),
            }
        assert {name: [each.id for each in some] for name, some in found.items()} == {
            "proposed": ["rec-1", "rec-3"],
            "summer": ["rec-3"],
            "both": [],
        }

    def test_one_id_is_inserted_once(self, store: Store) -> None:
        keep(store, factories.recommendation())
        with store.memory.unit() as unit:
            changed = factories.recommendation(status="noted")
            assert not unit.keep_recommendation(changed, expected_version=None)
            assert unit.recommendation("rec-spring-sale") == factories.recommendation()

    def test_a_change_needs_the_version_it_was_made_from(self, store: Store) -> None:
        first = factories.recommendation()
        keep(store, first)
        with store.memory.unit() as unit:
            assert unit.keep_recommendation(factories.decided(first), expected_version=1)
            assert not unit.keep_recommendation(factories.decided(first, "reject"), expected_version=1)
            assert not unit.keep_recommendation(
                factories.recommendation("nobody", version=2), expected_version=1
            )
            assert unit.recommendation(first.id) == factories.decided(first)

    def test_a_change_must_raise_the_version(self, store: Store) -> None:
        keep(store, factories.recommendation())
        with store.memory.unit() as unit, pytest.raises(ValueError, match="must raise version 1"):
            unit.keep_recommendation(factories.recommendation(), expected_version=1)

    def test_each_decision_is_a_row_with_its_own_version(self, store: Store) -> None:
        first = factories.recommendation()
        approved = factories.decided(first)
        done = factories.decided(approved, "done", note="Set in the ads manager.")
        keep(store, first)
        for before, after in ((first, approved), (approved, done)):
            with store.memory.unit() as unit:
                assert unit.keep_recommendation(after, expected_version=before.version)
        moved_on = done.model_copy(update={"version": 4, "superseded_by": "rec-next"})
        with store.memory.unit() as unit:
            assert unit.keep_recommendation(moved_on, expected_version=3)
        found = [
            (row["version"], row["verb"], row["by"], row["note"]) for row in rows(store, schema.decisions)
        ]
        assert found == [
            (2, "approve", "U0APPROVER", ""),
            (3, "done", "U0APPROVER", "Set in the ads manager."),
        ]

    def test_patterns_and_insights_are_kept_once_and_never_changed(self, store: Store) -> None:
        first = factories.recommendation()
        keep(store, first)
        later = factories.decided(first).model_copy(
            update={"analysis": factories.analysis(patterns=factories.patterns(tags=("changed",)))}
        )
        with store.memory.unit() as unit:
            assert unit.keep_recommendation(later, expected_version=1)
        with store._database.reading() as connection:
            documents = Documents(connection)
            found = documents.table("patterns").search(where("recommendation") == first.id)
            assert [each["patterns"]["tags"] for each in found] == [["seasonal"]]
            assert documents.table("insights").count(where("recommendation") == first.id) == 1

    def test_of_ten_who_decide_at_once_exactly_one_wins(self, store: Store) -> None:
        first = factories.recommendation()
        keep(store, first)
        together = threading.Barrier(10)

        def decide(person: int) -> bool:
            together.wait()
            with store.memory.unit() as unit:
                done = unit.keep_recommendation(
                    factories.decided(first, by=f"U0PERSON{person}"), expected_version=1
                )
                unit.note(actor=f"U0PERSON{person}", deed="approve", subject=first.id, detail={"done": done})
                return done

        with ThreadPoolExecutor(10) as pool:
            won = list(pool.map(decide, range(10)))
        assert won.count(True) == 1
        assert [row["by"] for row in rows(store, schema.decisions)] == [f"U0PERSON{won.index(True)}"]
        with store.memory.reading() as reading:
            assert len(reading.ledger()) == 10


class TestUnits:
    def test_a_unit_that_raises_leaves_no_trace(self, store: Store) -> None:
        def everything_then_fail() -> None:
            with store.memory.unit() as unit:
                unit.keep_retrospective(factories.retrospective())
                unit.keep_recommendation(factories.recommendation(), expected_version=None)
                unit.keep_weights(factories.weights())
                unit.keep_digest(factories.digest())
                unit.keep_view(factories.view())
                unit.subscribe(factories.subscription())
                unit.claim_slot(factories.slot(), "claimed")
                unit.post(factories.intent())
                unit.note(actor="U0MEMBER", deed="analyze", subject="spring-sale", detail={})
                unit.set_setting("limit", 1)
                raise ArithmeticError

        with pytest.raises(ArithmeticError):
            everything_then_fail()
        untouched = {"counters", "schema_version", "ledger_head"}
        filled = {name for name, table in schema.metadata.tables.items() if rows(store, table)}
        assert filled == untouched
        with store.memory.reading() as reading:
            assert reading.generation() == 0

    def test_a_unit_reads_what_it_wrote_and_nobody_else_does_yet(self, store: Store) -> None:
        with store.memory.unit() as unit:
            unit.keep_retrospective(factories.retrospective())
            assert len(unit.retrospectives()) == 1
            with store.memory.reading() as reading:
                assert reading.retrospectives() == []
        with store.memory.reading() as reading:
            assert len(reading.retrospectives()) == 1

    def test_a_reading_sees_one_moment(self, store: Store) -> None:
        with store.memory.reading() as reading:
            before = reading.generation()
            with store.memory.unit() as unit:
                unit.keep_retrospective(factories.retrospective())
            assert (reading.generation(), reading.retrospectives()) == (before, [])

    @pytest.mark.parametrize("inner", ["unit", "inbox", "outbox"])
    def test_units_do_not_nest(self, store: Store, inner: str) -> None:
        calls = {
            "unit": lambda: store.memory.unit().__enter__(),
            "inbox": lambda: store.inbox.accept(factories.delivery()),
            "outbox": store.outbox.recover,
        }
        with store.memory.unit(), pytest.raises(RuntimeError, match="units do not nest"):
            calls[inner]()
        with store.memory.unit() as unit:
            unit.set_setting("limit", 1)

    def test_the_generation_grows_with_what_was_remembered_only(self, store: Store) -> None:
        seen = []
        with store.memory.unit() as unit:
            for change in (
                lambda: unit.keep_retrospective(factories.retrospective()),
                lambda: unit.keep_recommendation(factories.recommendation(), expected_version=None),
                lambda: unit.keep_recommendation(factories.recommendation(), expected_version=None),
                lambda: unit.set_setting("limit", 1),
            ):
                change()
                seen.append(unit.generation())
        assert seen == [1, 2, 2, 2]

    def test_a_reading_that_raises_gives_its_reader_back(self, store: Store) -> None:
        for _ in range(3):
            with pytest.raises(ArithmeticError), store.memory.reading():
                raise ArithmeticError
        assert len(store._database._idle) == 1

    def test_a_reading_cannot_write(self, store: Store) -> None:
        with pytest.raises(StoreTrouble, match=r"may (not be written|only be read)"):  # noqa: SIM117
            with store._database.reading() as connection:
                Documents(connection).table("settings").insert({"name": "limit"})


class TestDigestsAndSlots:
    def test_digests_come_newest_first_of_one_channel_or_all(self, store: Store) -> None:
        week = timedelta(days=7)
        digests = [
            factories.digest("first", posted_at=MONDAY - week),
            factories.digest("second"),
            factories.digest("elsewhere", channel="C0OTHER", posted_at=MONDAY + week),
        ]
        with store.memory.unit() as unit:
            for each in digests:
                unit.keep_digest(each)
            assert [each.id for each in unit.digests(CHANNEL)] == ["second", "first"]
            assert [each.id for each in unit.digests()] == ["elsewhere", "second", "first"]

    def test_a_slot_is_claimed_once(self, store: Store) -> None:
        for expected in (True, False):
            with store.memory.unit() as unit:
                assert unit.claim_slot(factories.slot(), "claimed") is expected
        with store.memory.unit() as unit:
            unit.mark_slot(CHANNEL, factories.slot().local_date, "sent")
            assert not unit.claim_slot(factories.slot(), "claimed")
        assert [row["status"] for row in rows(store, schema.digest_slots)] == ["sent"]

    def test_of_ten_who_claim_a_slot_at_once_exactly_one_gets_it(self, store: Store) -> None:
        together = threading.Barrier(10)

        def claim(_: int) -> bool:
            together.wait()
            with store.memory.unit() as unit:
                return unit.claim_slot(factories.slot(), "claimed")

        with ThreadPoolExecutor(10) as pool:
            assert list(pool.map(claim, range(10))).count(True) == 1

    def test_the_last_slot_is_the_newest_of_the_channel(self, store: Store) -> None:
        days = [date(2026, 3, 30), date(2026, 4, 6), date(2026, 3, 23)]
        with store.memory.unit() as unit:
            for day in days:
                unit.claim_slot(factories.slot(local_date=day), "skipped")
            unit.claim_slot(factories.slot("C0OTHER", date(2026, 5, 4)), "claimed")
            assert unit.last_slot(CHANNEL) == factories.slot(local_date=date(2026, 4, 6))

    def test_a_slot_nobody_claimed_cannot_be_marked(self, store: Store) -> None:
        with store.memory.unit() as unit, pytest.raises(LookupError, match="Nobody claimed"):
            unit.mark_slot(CHANNEL, date(2026, 3, 30), "sent")


class TestChannels:
    def test_a_channel_has_one_standing_order(self, store: Store) -> None:
        with store.memory.unit() as unit:
            unit.subscribe(factories.subscription())
            unit.subscribe(factories.subscription(at="10:30"))
            unit.subscribe(factories.subscription("C0ANALYTICS"))
            assert [(each.channel, each.at) for each in unit.subscriptions()] == [
                ("C0ANALYTICS", "09:00"),
                (CHANNEL, "10:30"),
            ]
            assert (unit.unsubscribe(CHANNEL), unit.unsubscribe(CHANNEL)) == (True, False)

    def test_a_record_knows_all_its_messages_each_once(self, store: Store) -> None:
        second = factories.view(ts="1774861300.000200", channel="C0OTHER")
        with store.memory.unit() as unit:
            unit.keep_view(factories.view(permalink=None))
            unit.keep_view(second)
            unit.keep_view(factories.view())
            assert unit.views("rec-spring-sale") == [factories.view(), second]


class TestLedgerThroughUnits:
    def test_it_is_read_from_a_moment_on(self, store: Store, clock: HandClock) -> None:
        for number in range(3):
            with store.memory.unit() as unit:
                unit.note(actor="U0APPROVER", deed="approve", subject=f"rec-{number}", detail={"n": number})
            clock.forward(hours=1)
        with store.memory.reading() as reading:
            since = reading.ledger(since=MONDAY + timedelta(hours=1))
            everything = reading.ledger()
        assert [entry.seq for entry in everything] == [1, 2, 3]
        assert [(entry.at, entry.subject, entry.detail) for entry in since] == [
            (MONDAY + timedelta(hours=1), "rec-1", {"n": 1}),
            (MONDAY + timedelta(hours=2), "rec-2", {"n": 2}),
        ]
