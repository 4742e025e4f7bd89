"""The weekly digest: due once, late once, and holding what was heard, decided and waits."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

import pytest
from engine_values import MADRID, RULES, WORDS
from exported import dropped, row, scanned
from factories import APPROVER, CHANNEL, HandClock, view

from engine.calendars import EventDraft
from engine.engine import Engine
from engine.models.answer import Answer, Person
from engine.models.digest import Digest
from engine.usual_days import usual_metrics
from store import Store

Submit = Callable[..., Answer]
DAY = timedelta(days=1)
FRIDAY = datetime(2026, 3, 27, 10, 0, tzinfo=UTC)
MONDAY_NINE = datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
NOISE = {"impressions": 100_000, "clicks": 2_000, "conversions": 100, "spend": 4_000, "revenue": 9_000}


@pytest.fixture
def clock() -> HandClock:
    return HandClock(FRIDAY)


@pytest.fixture
def due(engine: Engine, clock: HandClock) -> Engine:
    """The engine with a standing order of Friday, for Monday at nine in Madrid."""
    assert engine.subscribe(CHANNEL, weekday=0, at="09:00", by=APPROVER).due_at == MONDAY_NINE
    return engine


def _digests(store: Store, channel: str = CHANNEL) -> list[Digest]:
    with store.memory.reading() as reading:
        return reading.digests(channel)


def _only(store: Store) -> Digest:
    (digest,) = _digests(store)
    return digest


def _ts(identifier: str) -> str:
    return f"1.{int(identifier.removeprefix('rec_'), 16)}"


def _shown(store: Store, identifier: str) -> None:
    with store.memory.unit() as unit:
        unit.keep_view(view(identifier, ts=_ts(identifier)))


# Once


def test_nothing_is_posted_before_the_hour_and_one_digest_at_it(
    due: Engine, store: Store, clock: HandClock
) -> None:
    clock.moment = datetime(2026, 3, 30, 6, 59, 59, tzinfo=UTC)
    assert due.post_due_digests() == 0
    clock.forward(seconds=1)
    assert due.post_due_digests() == 1
    assert due.post_due_digests() == 0
    digest = _only(store)
    assert digest.week == (date(2026, 3, 23), date(2026, 3, 29))
    assert (digest.due_at, digest.late, digest.first) == (MONDAY_NINE, False, True)
    assert digest.next_at == datetime(2026, 4, 6, 7, 0, tzinfo=UTC)
    items = store.outbox.claim(now=clock.now(), limit=9)
    assert [(each.intent.kind, each.intent.record) for each in items] == [("digest", digest.id)]


def test_every_week_has_its_own_digest(due: Engine, store: Store, clock: HandClock) -> None:
    clock.moment = MONDAY_NINE
    for _ in range(5):
        assert due.post_due_digests() == 1
        clock.forward(days=7)
    assert len(_digests(store)) == 5
    assert [each.first for each in _digests(store)] == [False] * 4 + [True]


def test_after_three_weeks_down_there_is_one_late_digest(due: Engine, store: Store, clock: HandClock) -> None:
    clock.moment = datetime(2026, 4, 16, 12, 0, tzinfo=UTC)
    assert due.post_due_digests() == 1
    assert due.post_due_digests() == 0
    digest = _only(store)
    assert digest.late
    assert digest.due_at == datetime(2026, 4, 13, 7, 0, tzinfo=UTC)
    assert digest.week == (date(2026, 4, 6), date(2026, 4, 12))


def test_two_engines_ticking_at_once_post_one_digest(due: Engine, store: Store, clock: HandClock) -> None:
    clock.moment = MONDAY_NINE
    twin = Engine(store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=())
    with ThreadPoolExecutor(4) as pool:
        posted = list(pool.map(lambda engine: engine.post_due_digests(), [due, twin] * 8))
    assert sum(posted) == 1
    assert len(_digests(store)) == 1


def test_a_digest_that_arrived_is_not_due_again(due: Engine, store: Store, clock: HandClock) -> None:
    clock.moment = MONDAY_NINE
    due.post_due_digests()
    due.digest_sent(_only(store).id)
    assert due.post_due_digests() == 0


def test_every_channel_has_its_own_hour(due: Engine, store: Store, clock: HandClock) -> None:
    due.subscribe("C0TOKYO", weekday=0, at="09:00", by=APPROVER, zone="Asia/Tokyo")
    clock.moment = datetime(2026, 3, 30, 0, 0, tzinfo=UTC)
    assert due.post_due_digests() == 1
    assert len(_digests(store, "C0TOKYO")) == 1
    assert not _digests(store)
    clock.moment = MONDAY_NINE
    assert due.post_due_digests() == 1


def test_thirty_channels_due_in_the_same_second_are_all_served(engine: Engine, clock: HandClock) -> None:
    for number in range(30):
        engine.subscribe(f"C{number:02}", weekday=0, at="09:00", by=APPROVER)
    clock.moment = MONDAY_NINE
    assert engine.post_due_digests() == 30
    assert engine.post_due_digests() == 0


def test_a_channel_that_ended_its_order_gets_nothing(due: Engine, approver: Person, clock: HandClock) -> None:
    assert due.unsubscribe(CHANNEL, by=approver)
    assert not due.unsubscribe(CHANNEL, by=approver)
    assert due.subscription(CHANNEL) is None
    clock.moment = MONDAY_NINE
    assert due.post_due_digests() == 0


def test_subscribing_again_moves_the_order_and_posts_nothing_twice(
    due: Engine, store: Store, clock: HandClock
) -> None:
    clock.moment = MONDAY_NINE
    due.post_due_digests()
    due.subscribe(CHANNEL, weekday=0, at="10:00", by=APPROVER)
    clock.forward(hours=2)
    assert due.post_due_digests() == 0
    assert len(_digests(store)) == 1


# What it holds


def test_a_week_without_anything_real_is_quiet(
    due: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    submit(actual_metrics={**NOISE, "conversions": 101})
    clock.moment = MONDAY_NINE
    due.post_due_digests()
    digest = _only(store)
    assert digest.quiet
    assert (digest.campaigns, digest.known_campaigns, digest.spend) == (1, 1, {"EUR": Decimal(4000)})


def test_an_empty_week_is_quiet_and_counts_nothing(due: Engine, store: Store, clock: HandClock) -> None:
    clock.moment = MONDAY_NINE
    due.post_due_digests()
    assert _only(store).quiet
    assert (_only(store).campaigns, _only(store).spend) == (0, {})


def test_only_a_proposal_whose_card_was_shown_waits(
    due: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    shown, hidden = submit("spring-sale").recommendation.id, submit("new-parents").recommendation.id
    _shown(store, shown)
    clock.moment = MONDAY_NINE
    due.post_due_digests()
    assert _only(store).waiting == (shown,)
    assert hidden not in _only(store).waiting


def test_what_waits_is_told_by_the_money_at_risk(
    due: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    large = {"impressions": 10**6, "clicks": 40_000, "conversions": 2_000, "spend": 40_000}
    small, big = submit("small").recommendation.id, submit("big", actual_metrics=large).recommendation.id
    _shown(store, small)
    _shown(store, big)
    clock.moment = MONDAY_NINE
    due.post_due_digests()
    assert _only(store).waiting == (big, small)


def test_what_moved_for_real_is_told_with_its_range(
    due: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    submit("spring-sale")
    submit("quiet-one", actual_metrics=NOISE)
    clock.moment = MONDAY_NINE
    due.post_due_digests()
    (moved,) = _only(store).moved
    assert (moved.campaign_id, moved.kpi, moved.favourable) == ("spring-sale", "cpa", True)
    assert moved.delta_pct == pytest.approx(-50)
    assert moved.interval.low is not None
    assert moved.interval.high is not None
    assert moved.interval.low < -50 < moved.interval.high < 0


def test_what_was_handed_in_for_days_of_the_calendar_alone_is_not_told_as_moved(
    due: Engine, submit: Submit
) -> None:
    first, last = date(2026, 3, 20), date(2026, 3, 26)
    submit(window_start=str(first), window_end=str(last), timestamp="2026-03-26T18:00:00Z")
    assert len(due.preview_digest(CHANNEL).moved) == 1
    event = due.add_event(EventDraft("Spring week", "sale", first, last), by="U0MEMBER")
    assert due.preview_digest(CHANNEL).moved == ()
    due.change_event(event.id, EventDraft("Spring week", "sale", first, last - DAY), by="U0MEMBER")
    assert len(due.preview_digest(CHANNEL).moved) == 1


def test_what_moved_on_days_of_the_calendar_alone_is_not_told_as_moved(due: Engine, submit: Submit) -> None:
    """Twenty days at the forecast of 20, and the last eight at 1: without these nothing moved."""
    last = date(2026, 3, 26)
    days = [last - DAY * back for back in range(27, -1, -1)]
    sale = days[-8:]
    rows = [row("Row Run", day, conversions=(100 if day in sale else 5) * 1_000_000) for day in days]
    begun = due.begin_export(dropped("march"))
    assert due.take_export(begun.id, scanned(rows, file="march.csv")).state == "done"
    submit(
        "row-run",
        window_start=str(days[0]),
        window_end=str(last),
        timestamp="2026-03-26T18:00:00Z",
        expected_metrics={"impressions": 280_000, "clicks": 5_600, "conversions": 140, "spend": 2_800},
    )
    due.analyze("row-run", asked_by="U0MEMBER")
    with due._memory.reading() as reading:
        _, standings = due._portfolio.read(reading)
        (stood,) = standings.values()
        assert stood.retrospective.rows is not None
        event = due.add_event(EventDraft("Sale", "sale", sale[0], sale[-1]), by="U0MEMBER")
    with due._memory.reading() as reading:
        usual = usual_metrics(reading, stood)
    assert usual is not None
    assert (usual.conversions, usual.spend, usual.clicks) == (20 * 5, 20 * 100, 20 * 200)
    assert due.preview_digest(CHANNEL).moved == ()
    due.remove_event(event.id, by="U0MEMBER")
    assert [each.name for each in due.preview_digest(CHANNEL).moved] == ["Row Run"]


def test_a_campaign_heard_of_in_another_week_is_known_and_does_not_move(
    due: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    submit()
    clock.moment = datetime(2026, 4, 6, 7, 0, tzinfo=UTC)
    due.post_due_digests()
    digest = _only(store)
    assert (digest.moved, digest.campaigns, digest.known_campaigns) == ((), 0, 1)


def test_what_was_decided_in_the_week_is_told(
    due: Engine, store: Store, clock: HandClock, submit: Submit, approver: Person
) -> None:
    identifier = submit().recommendation.id
    _shown(store, identifier)
    due.decide(identifier, "approve", by=approver)
    clock.moment = MONDAY_NINE
    due.post_due_digests()
    assert (_only(store).decided, _only(store).waiting) == ((identifier,), ())


def test_a_level_that_was_tested_in_the_week_is_learned(
    due: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    for number in range(4):
        submit(f"won-{number}", audiences=[{"name": "new-parents"}])
        submit(f"usual-{number}", audiences=[{"name": "students"}], actual_metrics=NOISE)
    clock.moment = MONDAY_NINE
    due.post_due_digests()
    learned = {each.signal: each for each in _only(store).learned}
    assert learned["audience:new-parents"].lift_pct == pytest.approx(-50)
    assert not _only(store).quiet


def test_a_decision_redraws_the_digest_in_which_it_waited(
    due: Engine, store: Store, clock: HandClock, submit: Submit, approver: Person
) -> None:
    identifier = submit().recommendation.id
    _shown(store, identifier)
    clock.moment = MONDAY_NINE
    due.post_due_digests()
    with store.memory.unit() as unit:
        unit.keep_view(view(_only(store).id, kind="digest", ts="9.9"))
    store.outbox.claim(now=clock.now(), limit=9)
    due.decide(identifier, "approve", by=approver)
    redrawn = {(each.intent.record, each.intent.ts) for each in store.outbox.claim(now=clock.now(), limit=9)}
    assert redrawn == {(identifier, _ts(identifier)), (_only(store).id, "9.9")}


# By hand


def test_a_preview_is_kept_nowhere(due: Engine, store: Store, submit: Submit) -> None:
    submit()
    digest = due.preview_digest(CHANNEL)
    assert digest.week == (date(2026, 3, 21), date(2026, 3, 27))
    assert digest.campaigns == 1
    assert not _digests(store)


def test_a_digest_asked_for_by_hand_is_posted_once_and_takes_no_slot(
    due: Engine, store: Store, clock: HandClock
) -> None:
    first = due.post_digest_now(CHANNEL, by=APPROVER, key="click-1")
    assert due.post_digest_now(CHANNEL, by=APPROVER, key="click-1").id == first.id
    assert len(_digests(store)) == 1
    due.digest_sent(first.id)
    clock.moment = MONDAY_NINE
    assert due.post_due_digests() == 1


def test_what_comes_in_on_monday_morning_is_in_monday_s_digest_and_in_no_later_one(
    due: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    clock.moment = MONDAY_NINE - timedelta(hours=1)
    submit()
    clock.moment = MONDAY_NINE
    assert due.post_due_digests() == 1
    assert _only(store).campaigns == 1
    clock.moment = MONDAY_NINE + timedelta(days=7)
    assert due.post_due_digests() == 1
    assert [each.campaigns for each in _digests(store)] == [0, 1]


def test_the_week_of_the_title_is_the_channel_s_own(
    engine: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    """Sunday 23:30 in Madrid is Monday in Tokyo."""
    engine.subscribe("C0TOKYO", weekday=0, at="09:00", by=APPROVER, zone="Asia/Tokyo")
    clock.moment = datetime(2026, 3, 29, 23, 30, tzinfo=MADRID).astimezone(UTC)
    submit()
    clock.moment = MONDAY_NINE
    assert engine.post_due_digests() == 1
    (edition,) = _digests(store, "C0TOKYO")
    assert edition.week == (date(2026, 3, 23), date(2026, 3, 29))
    assert edition.campaigns == 1
