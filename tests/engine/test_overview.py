"""The look at everything: who sees what, what waits in which order, and when a Home is old."""

from decimal import Decimal
from typing import Any

import pytest
from engine_values import MADRID, RULES, WORDS
from factories import APPROVER, HandClock

from engine.engine import Engine
from engine.models.answer import Person
from engine.models.overview import ModelState
from engine.models.recommendation import MessageView
from store import Store

MEMBER = Person(id="U0MEMBER")


def shown(store: Store, engine: Engine, submit: Any, campaign_id: str, **changed: Any) -> str:
    """Hand a campaign in, and let its card stand somewhere; gives the record's id."""
    record = str(submit(campaign_id, **changed).recommendation.id)
    with store.memory.unit() as unit:
        unit.keep_view(
            MessageView(
                record=record, kind="card", channel="C1", ts=f"1.{int(record.removeprefix('rec_'), 16)}"
            )
        )
    return record


def totals(spend: int, conversions: int = 200) -> dict[str, Any]:
    return {
        "impressions": 100_000,
        "clicks": 4_000,
        "conversions": conversions,
        "spend": spend,
        "revenue": 9_000,
    }


def test_only_approvers_are_approvers_and_outsiders_are_guests(engine: Engine) -> None:
    people = {
        Person(id=APPROVER): "approver",
        MEMBER: "member",
        Person(id="U0GUEST", is_guest=True): "guest",
        Person(id=APPROVER, is_foreign=True): "guest",
        Person(id=APPROVER, is_known=False): "guest",
    }
    for person, role in people.items():
        assert engine.overview(person).role == role


def test_a_guest_gets_no_campaign_and_no_learning(engine: Engine, store: Store, submit: Any) -> None:
    shown(store, engine, submit, "spring-sale")
    seen = engine.overview(Person(id="U0GUEST", is_guest=True))
    assert (seen.waiting, seen.to_do, seen.shown, seen.learned, seen.sources) == ((), (), (), (), ())


def test_what_waits_what_has_no_card_and_what_is_too_old_are_all_that_is_proposed(
    engine: Engine, store: Store, submit: Any, approver: Person, clock: HandClock
) -> None:
    old = shown(store, engine, submit, "autumn-brand")
    clock.forward(days=30)
    waiting = shown(store, engine, submit, "spring-sale")
    unseen = submit("beach-video").recommendation.id
    seen = engine.overview(approver)
    assert seen.waiting == (waiting,)
    assert (seen.without_card, seen.too_old) == ((unseen,), (old,))
    page = engine.recommendations("proposed")
    assert {each.id for each in page.recommendations} == {old, waiting, unseen}
    assert page.total == 3


def test_the_most_money_at_risk_comes_first_each_currency_for_itself(
    engine: Engine, store: Store, submit: Any, approver: Person
) -> None:
    for name, spend, currency in (("small", 1_000, "EUR"), ("large", 9_000, "EUR"), ("yen", 900_000, "JPY")):
        shown(
            store, engine, submit, name,
            currency=currency, expected_metrics=totals(spend, 100), actual_metrics=totals(spend),
        )  # fmt: skip
    seen = engine.overview(approver)
    names = [each.analysis.retrospective.name for each in seen.shown]
    assert names == ["large", "small", "yen"]
    assert set(seen.at_risk) == {"EUR", "JPY"}
    euros = [each.analysis.proposal.worst_case for each in seen.shown[:2]]
    assert seen.at_risk["EUR"] == sum((each.amount for each in euros if each), Decimal(0))


def test_a_persons_own_campaigns_come_first(engine: Engine, store: Store, submit: Any) -> None:
    shown(store, engine, submit, "large", actual_metrics=totals(9_000), expected_metrics=totals(9_000, 100))
    engine.analyze("large", asked_by=APPROVER, channel="C1", anew="1")
    small = shown(
        store, engine, submit, "small", actual_metrics=totals(900), expected_metrics=totals(900, 100)
    )
    seen = engine.overview(MEMBER)
    assert seen.own == (small,)
    assert seen.waiting[0] == small


def test_ten_wait_and_the_first_five_are_handed_out_to_be_drawn(
    engine: Engine, store: Store, submit: Any, approver: Person
) -> None:
    for number in range(10):
        shown(store, engine, submit, f"spring-{number}")
    seen = engine.overview(approver)
    assert len(set(seen.waiting)) == 10
    assert tuple(each.id for each in seen.shown) == seen.waiting[:5]
    for each in seen.waiting:
        engine.decide(each, "approve", by=approver)
    seen = engine.overview(approver)
    assert (len(seen.waiting), len(seen.to_do), len(seen.shown)) == (0, 10, 5)
    assert seen.last_decision is not None


def test_the_set_up_is_told_by_facts(engine: Engine, submit: Any, approver: Person) -> None:
    assert engine.overview(approver).done == ("approver",)
    assert engine.overview(approver).is_new
    engine.seen_in("C1")
    submit("spring-sale")
    engine.subscribe("C1", weekday=0, at="09:00", by=APPROVER)
    now = engine.overview(approver)
    assert now.done == ("channel", "approver", "campaign", "digest")
    assert not now.is_new
    preferences = engine.preferences()
    wanted = preferences.model_copy(update={"change_limit": 0.1})
    engine.change_preferences(preferences, wanted, by=approver, people={APPROVER: approver})
    assert "limits" in engine.overview(approver).done


def test_the_newest_day_of_each_platform_is_told_however_it_is_spelled(
    engine: Engine, submit: Any, approver: Person
) -> None:
    submit("a", platform="Meta", window_start="2026-02-01", window_end="2026-02-28")
    submit("b", platform="META", window_start="2026-03-01", window_end="2026-03-29")
    submit("c", platform="TikTok", window_start="2026-02-01", window_end="2026-02-20")
    sources = engine.overview(approver).sources
    assert [(each.platform, str(each.last_day)) for each in sources] == [
        ("META", "2026-03-29"),
        ("TikTok", "2026-02-20"),
    ]


def test_the_pulse_beats_with_everything_that_home_shows(
    engine: Engine, submit: Any, approver: Person, clock: HandClock
) -> None:
    pulses = [engine.pulse()]
    for change in (
        lambda: submit("spring-sale"),
        lambda: engine.decide(engine.recommendations().recommendations[0].id, "approve", by=approver),
        lambda: engine.subscribe("C1", weekday=0, at="09:00", by=APPROVER),
        lambda: engine.seen_in("C1"),
        lambda: clock.forward(days=1),
    ):
        change()
        pulses.append(engine.pulse())
    assert len(set(pulses)) == len(pulses)
    engine.weights()
    assert engine.pulse() == pulses[-1]


def test_a_channel_is_welcomed_once(engine: Engine, store: Store) -> None:
    assert engine.welcome("C1")
    assert not engine.welcome("C1")
    assert engine.has_a_channel()


class _Resting:
    """A narrator that says how it is."""

    def __init__(self, state: ModelState) -> None:
        self._state = state

    def word(self, *_: Any, **__: Any) -> None:
        return None

    def state(self) -> ModelState:
        return self._state


@pytest.mark.parametrize("state", ["on", "resting", "over budget", "no price"])
def test_the_state_of_the_model_is_part_of_the_overview(
    store: Store, clock: HandClock, approver: Person, state: ModelState
) -> None:
    engine = Engine(
        store.memory,
        clock,
        rules=RULES,
        words=WORDS,
        zone=MADRID,
        approvers=(APPROVER,),
        narrator=_Resting(state),
    )
    assert engine.overview(approver).model == state


def test_after_a_decision_no_window_is_read_again(
    engine: Engine, store: Store, submit: Any, approver: Person
) -> None:
    waiting = shown(store, engine, submit, "spring-sale")
    engine.overview(approver)
    engine.decide(waiting, "approve", by=approver)
    with store.memory.reading() as reading:
        assert engine._portfolio._generation == reading.generation()
