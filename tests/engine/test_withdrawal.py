"""A proposal whose reason is gone is withdrawn: the newer figures say so, not the calendar."""

from collections.abc import Callable
from datetime import timedelta
from typing import Any

import pytest
from carriers import BOSS, FORECAST, LOST, SECOND, TWO, WON, connected_engine, deeds, notices, show
from factories import HandClock

from engine.engine import Engine
from engine.errors import AlreadyDecided
from engine.models.answer import Answer
from engine.models.recommendation import Recommendation
from store import Store

Submit = Callable[..., Answer]
NOISE = {each: 20 * count for each, count in FORECAST.items()} | {"conversions": 2_020}
TOO_EARLY = {"impressions": 1_000, "clicks": 20, "conversions": 1, "spend": 45}
LATER = {"timestamp": "2026-03-30T06:00:00+00:00", "window_start": "2026-03-08", "window_end": "2026-03-29"}


@pytest.fixture
def engine(store: Store, clock: HandClock) -> Engine:
    return connected_engine(store, clock)


@pytest.fixture
def card(submit: Submit) -> Recommendation:
    return submit(window_start="2026-03-01", window_end="2026-03-22").recommendation


@pytest.mark.parametrize("changed", [{}, LATER], ids=["the same window", "a newer window"])
def test_a_proposal_whose_kpi_is_back_is_withdrawn(
    engine: Engine, store: Store, clock: HandClock, submit: Submit, changed: Any
) -> None:
    old = submit().recommendation
    fresh = submit(actual_metrics=NOISE, **changed).recommendation
    found = engine.recommendation(old.id)
    assert fresh.analysis.comparison.lead.verdict == "noise"
    assert (found.status, found.ended_at, found.superseded_by) == ("withdrawn", clock.now(), None)
    assert found.back is not None
    assert (found.back.kpi, round(found.back.value, 2), found.back.currency) == ("cpa", 39.6, "EUR")
    assert deeds(store, old.id)[-1] == ("marko", "withdrawn")


def test_its_card_is_redrawn(
    engine: Engine, store: Store, clock: HandClock, card: Recommendation, submit: Submit
) -> None:
    show(store, clock, card)
    submit(actual_metrics=NOISE, **LATER)
    kinds = [item.intent.kind for item in store.outbox.claim(now=clock.now(), limit=10)]
    assert kinds == ["redraw"]


@pytest.mark.parametrize("metrics", [LOST, WON | {"conversions": 199}, TOO_EARLY])
def test_while_there_is_a_reason_or_nobody_can_tell_it_is_replaced(
    engine: Engine, card: Recommendation, submit: Submit, metrics: dict[str, Any]
) -> None:
    submit(actual_metrics=metrics, **LATER)
    found = engine.recommendation(card.id)
    assert (found.status, found.back) == ("superseded", None)


def test_a_card_that_proposed_nothing_is_replaced(engine: Engine, submit: Submit) -> None:
    noted = submit(actual_metrics=NOISE).recommendation
    submit(actual_metrics=NOISE | {"conversions": 2_030})
    assert engine.recommendation(noted.id).status == "superseded"


def test_half_approved_and_snoozed_ones_are_withdrawn_too(
    store: Store, clock: HandClock, submit: Submit
) -> None:
    engine = connected_engine(store, clock, limits=TWO)
    half, snoozed = (submit(each).recommendation for each in ("spring-sale", "summer-preview"))
    engine.decide(half.id, "approve", by=BOSS)
    engine.decide(snoozed.id, "snooze", by=SECOND, until=clock.now() + timedelta(days=1))
    for each in ("spring-sale", "summer-preview"):
        submit(each, actual_metrics=NOISE)
    assert {engine.recommendation(each.id).status for each in (half, snoozed)} == {"withdrawn"}
    clock.forward(days=2)
    assert engine.keep_time() == 0, "what was withdrawn does not come back"
    assert notices(store, clock) == []


def test_what_was_decided_stays_decided(engine: Engine, card: Recommendation, submit: Submit) -> None:
    engine.decide(card.id, "approve", by=BOSS)
    submit(actual_metrics=NOISE, **LATER)
    assert engine.recommendation(card.id).status == "executing"


def test_an_old_button_of_it_is_told_so(engine: Engine, card: Recommendation, submit: Submit) -> None:
    submit(actual_metrics=NOISE, **LATER)
    with pytest.raises(AlreadyDecided, match="withdrawn"):
        engine.decide(card.id, "approve", by=BOSS)


def test_the_same_figures_again_after_a_withdrawal_are_a_new_proposal(engine: Engine, submit: Submit) -> None:
    old = submit().recommendation
    submit(actual_metrics=NOISE)
    again = submit().recommendation
    assert (again.status, again.id != old.id) == ("proposed", True)
