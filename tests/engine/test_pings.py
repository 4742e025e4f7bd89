"""Who is pinged, when, how often, and how they stop it."""

from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pytest
from carriers import BOSS, SECOND, THIRD, TWO, connected_engine, failed, show, unknown
from factories import CHANNEL, HandClock
from hypothesis import given
from hypothesis import strategies as st

from engine.decide import pings as rules
from engine.engine import Engine
from engine.models.answer import Answer, Person
from engine.models.delivery import Intent
from engine.models.ping import UNASKED, URGENT, Ping, PingChoices
from engine.models.recommendation import Recommendation
from store import Store

Submit = Callable[..., Answer]
MEMBER = Person(id="U0MEMBER")
MADRID = ZoneInfo("Europe/Madrid")


@pytest.fixture
def engine(store: Store, clock: HandClock) -> Engine:
    return connected_engine(store, clock)


@pytest.fixture
def strict(store: Store, clock: HandClock) -> Engine:
    """Two must agree, and nothing is connected."""
    return connected_engine(store, clock, limits=TWO, connected=lambda _workflow: False)


@pytest.fixture
def card(submit: Submit, store: Store, clock: HandClock) -> Recommendation:
    made = submit().recommendation
    show(store, clock, made)
    return made


def told(store: Store, engine: Engine, clock: HandClock, **ahead: float) -> dict[str, list[str]]:
    """Whom each notice mentions that goes out until then; each is sent, as the publisher does."""
    found = {}
    for item in store.outbox.claim(now=clock.now() + timedelta(**ahead), limit=1_000):
        if item.intent.kind == "notice" and not engine.notice_is_over(item.intent):
            found[item.intent.record.split(":")[1]] = engine.is_pinged(item.intent)
        store.outbox.sent(item.intent.key)
    return found


def seconds_due(
    engine: Engine, submit: Submit, store: Store, clock: HandClock, count: int, *, start: int = 0
) -> list[str]:
    """So many changes of which each got one of two approvals; gives the records."""
    made = [submit(f"sale-{start + number}").recommendation for number in range(count)]
    for number, each in enumerate(made):
        show(store, clock, each, ts=f"{clock.now().timestamp() + number:.6f}")
        engine.decide(each.id, "approve", by=BOSS)
    return [each.id for each in made]


def expiring(engine: Engine, clock: HandClock) -> None:
    clock.forward(hours=49)
    engine.keep_time()


def test_who_asked_is_told_before_it_expires_and_nobody_else(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    expiring(engine, clock)
    engine.keep_time()
    assert told(store, engine, clock) == {"expiring": ["U0MEMBER"]}
    assert engine.ping_standing("U0MEMBER").used == 1
    assert engine.ping_standing(BOSS.id).used == 0
    found = engine.why_pinged(card.id, "expiring", "U0MEMBER")
    assert found is not None
    assert (found.state, found.record) == ("sent", card.id)


def test_the_approvers_left_are_told_in_one_message(
    strict: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    seconds_due(strict, submit, store, clock, 1)
    assert told(store, strict, clock) == {"second": [SECOND.id, THIRD.id]}


def test_beyond_six_in_seven_days_it_is_held_back_and_the_next_week_is_new(
    strict: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    seconds_due(strict, submit, store, clock, 8)
    standing = strict.ping_standing(SECOND.id)
    assert (standing.used, standing.budget, len(standing.held)) == (6, 6, 2)
    assert {each.why for each in standing.held} == {"budget"}
    told(store, strict, clock)
    clock.forward(days=7)
    seconds_due(strict, submit, store, clock, 1, start=8)
    assert told(store, strict, clock) == {"second": [SECOND.id, THIRD.id]}


def test_the_budget_is_what_the_team_set(
    strict: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    shown = strict.preferences()
    wanted = shown.model_copy(update={"pings_a_week": 5})
    strict.change_preferences(shown, wanted, by=BOSS, people={})
    seconds_due(strict, submit, store, clock, 6)
    assert [len(strict.ping_standing(SECOND.id).held), strict.ping_standing(SECOND.id).budget] == [1, 5]


def test_what_failed_comes_at_any_hour_and_beyond_the_budget(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    clock.forward(hours=12)
    failed(engine, store, clock, card)
    assert told(store, engine, clock) == {"failed": [BOSS.id]}
    assert engine.ping_standing(BOSS.id).used == 0


def test_in_the_evening_it_waits_for_the_morning_of_each(
    strict: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    strict.meet(SECOND, "Asia/Tokyo")  # 18:00 there at 11:00 in Madrid, and 20:00 two hours later
    clock.forward(hours=2)
    seconds_due(strict, submit, store, clock, 1)
    assert told(store, strict, clock) == {"second": [THIRD.id]}
    assert told(store, strict, clock, hours=11.9) == {}
    assert told(store, strict, clock, hours=12) == {"second": [SECOND.id]}


def test_what_comes_late_and_at_night_waits_and_counts_from_the_morning_on(
    strict: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    record = seconds_due(strict, submit, store, clock, 1)[0]
    clock.forward(hours=10)  # Slack was down until 21:00 in Madrid
    intent = Intent(
        key=f"notice:second:{record}", kind="notice", record=f"notice:second:{record}", channel=CHANNEL
    )
    until = strict.notice_waits(intent)
    assert until == datetime(2026, 3, 31, 6, tzinfo=UTC)
    found = strict.why_pinged(record, "second", SECOND.id)
    assert found is not None
    assert found.at == until
    clock.forward(hours=11)
    assert strict.notice_waits(intent) is None


def test_what_was_settled_before_it_went_out_pings_nobody_and_does_not_count(
    strict: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    clock.forward(hours=10)
    record = seconds_due(strict, submit, store, clock, 1)[0]
    strict.decide(record, "reject", by=THIRD, reason="timing")
    assert told(store, strict, clock, hours=12) == {}
    assert strict.ping_standing(SECOND.id).used == 0


def test_muted_it_is_held_back_for_a_week(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    chosen = engine.choose_pings(MEMBER, "mute")
    assert chosen is not None
    assert chosen.muted_until == clock.now() + timedelta(days=7)
    expiring(engine, clock)
    assert told(store, engine, clock) == {}, "a message that mentions nobody is none"
    assert [each.why for each in engine.ping_standing("U0MEMBER").held] == ["muted"]
    clock.forward(days=7)
    assert engine.ping_standing("U0MEMBER").muted_until is None


def test_who_mutes_in_the_evening_is_not_pinged_in_the_morning(
    strict: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    clock.forward(hours=10)
    seconds_due(strict, submit, store, clock, 1)
    strict.choose_pings(SECOND, "mute")
    strict.choose_pings(THIRD, "critical")
    assert told(store, strict, clock, hours=12) == {}
    held = [each.why for who in (SECOND, THIRD) for each in strict.ping_standing(who.id).held]
    assert held == ["muted", "critical"]


def test_only_critical_lets_through_what_failed(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    engine.choose_pings(BOSS, "critical")
    unknown(engine, store, clock, card)
    assert told(store, engine, clock) == {"unknown": [BOSS.id]}


def test_of_what_failed_the_others_are_told_where_who_decided_is_muted(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    engine.choose_pings(BOSS, "mute")
    failed(engine, store, clock, card)
    assert told(store, engine, clock) == {"failed": [SECOND.id, THIRD.id]}
    assert len(engine.ping_standing(BOSS.id).held) == 1


def test_where_all_are_muted_what_failed_still_stands_in_the_thread(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    for each in (BOSS, SECOND, THIRD):
        engine.choose_pings(each, "mute")
    failed(engine, store, clock, card)
    assert told(store, engine, clock) == {"failed": []}


@pytest.mark.parametrize("odd", ["is_guest", "is_foreign", "is_bot", "is_deactivated"])
def test_guests_and_strangers_are_pinged_about_nothing(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation, odd: str
) -> None:
    outsider = Person(**{"id": MEMBER.id, odd: True})
    engine.meet(outsider, "Europe/Madrid")
    assert engine.choose_pings(outsider, "mute") is None
    expiring(engine, clock)
    assert [*told(store, engine, clock).values()] in ([], [[]])
    assert engine.ping_standing(MEMBER.id).held == ()


def test_a_second_bot_tells_nobody_again(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    beside = connected_engine(store, clock)
    expiring(engine, clock)
    beside.keep_time()
    assert told(store, beside, clock) == {"expiring": ["U0MEMBER"]}
    assert engine.ping_standing("U0MEMBER").used == 1


def test_the_next_digest_of_the_channel_tells_what_was_held_back_once(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation
) -> None:
    engine.choose_pings(MEMBER, "mute")
    expiring(engine, clock)
    assert engine.post_digest_now("C0ELSEWHERE", by=BOSS.id, key="0").held == ()
    engine.post_digest_now(CHANNEL, by=BOSS.id, key="1")
    kept = engine.digest(f"digest:{CHANNEL}:1")
    assert kept is not None
    assert kept.held == (("U0MEMBER", 1),)
    assert engine.post_digest_now(CHANNEL, by=BOSS.id, key="2").held == ()
    assert len(engine.ping_standing("U0MEMBER").held) == 1, "a digest tells how many, Home what they are"
    clock.forward(days=7)
    assert engine.ping_standing("U0MEMBER").held == ()


def test_whoever_acts_on_few_pings_gets_two_fewer_and_is_told_so(
    strict: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    records = seconds_due(strict, submit, store, clock, 6)
    told(store, strict, clock)
    clock.forward(hours=1)
    for each in records[:3]:
        strict.decide(each, "reject", by=THIRD, reason="timing")
    assert strict.ping_standing(SECOND.id).budget == 6, "a day to act"
    clock.forward(days=2)
    idle, busy = strict.ping_standing(SECOND.id), strict.ping_standing(THIRD.id)
    assert (idle.budget, idle.fewer, idle.acted, idle.judged) == (4, 2, 0, 6)
    assert (busy.budget, busy.fewer, busy.acted, busy.judged) == (6, 0, 3, 6)
    clock.forward(days=27)
    assert strict.ping_standing(SECOND.id).budget == 6, "four weeks later it is forgotten"


def ping(number: int, **changed: Any) -> Ping:
    parts: dict[str, Any] = {"id": str(number), "thing": str(number), "message": str(number), "person": "U0A"}
    parts |= {"record": "rec_1", "name": "spring-sale", "channel": CHANNEL, "state": "sent", "gone": True}
    return Ping(**parts | changed)


@given(
    events=st.lists(st.tuples(st.integers(0, 4000), st.sampled_from(sorted(UNASKED | URGENT | {"woken"})))),
    usual=st.integers(5, 8),
    zone=st.sampled_from(["Europe/Madrid", "Asia/Tokyo", "America/New_York", "Asia/Kathmandu", ""]),
    acts=st.booleans(),
)
def test_never_more_than_the_budget_in_a_rolling_week_and_never_at_night(
    events: list[tuple[int, Any]], usual: int, zone: str, acts: bool
) -> None:
    now, known = datetime(2026, 3, 20, 12, tzinfo=UTC), []
    choices = PingChoices(zone=zone)
    for number, (minutes, what) in enumerate(events):
        now += timedelta(minutes=minutes)
        at, why = rules.place(what, known, choices, usual=usual, now=now, team=MADRID)
        state = "held" if why else "sent"
        acted = at if acts else None
        known.append(ping(number, what=what, at=at, state=state, why=why, acted_at=acted))
    sent = [each for each in known if each.state == "sent"]
    assert len(known) == len(events), "nothing is lost"
    assert all(each.what in UNASKED for each in known if each.state == "held")
    for each in sent:
        week = [
            other for other in sent if other.what in UNASKED and each.at - rules.WEEK < other.at <= each.at
        ]
        assert len(week) <= usual
        local = each.at.astimezone(ZoneInfo(zone or "Europe/Madrid"))
        assert each.what in URGENT or 8 <= local.hour < 19
