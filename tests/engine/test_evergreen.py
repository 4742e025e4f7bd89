"""Campaigns that run on and on do not keep a claim tested which they were part of."""

from datetime import UTC, date, datetime
from typing import Any

import pytest
from engine_values import WORDS
from factories import HandClock
from history import campaign, campaigns, hand_in

from engine.engine import Engine
from engine.models.learning import Learning
from engine.models.pattern import LevelEffect

MONDAY_NINE = datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
CLAIMED, TESTED, TODAY = date(2026, 1, 15), date(2026, 2, 20), date(2026, 3, 29)
STUDENTS = "winning_audience|audience:students|cpa|all"


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY_NINE)


def go_on(until: date, named_after: date) -> list[dict[str, Any]]:
    """The campaigns of a period in their newest window."""
    return [
        campaign(f"{audience}-{named_after}-{number}", audience, until, ratio * (0.96 + 0.02 * number))
        for audience, ratio in (("students", 0.7), ("gardeners", 1.0))
        for number in range(4)
    ]


def learned(engine: Engine) -> Learning:
    (found,) = engine.learnings()
    return found


def test_the_next_windows_of_a_claims_own_campaigns_do_not_test_it(engine: Engine) -> None:
    hand_in(engine, [*campaigns(CLAIMED, 0.7), *campaigns(TESTED, 0.7)])
    hand_in(engine, go_on(TODAY, CLAIMED))
    found = learned(engine)
    assert (found.effect.status, found.effect.last_tested) == ("validated", TESTED)
    assert "Validated, last tested 20" in found.text


def test_a_claim_that_nobody_else_tests_decays_however_long_its_own_campaigns_run(
    engine: Engine, clock: HandClock
) -> None:
    hand_in(engine, [*campaigns(CLAIMED, 0.7), *campaigns(TESTED, 0.7)])
    clock.forward(days=60)
    hand_in(engine, go_on(date(2026, 5, 28), CLAIMED))
    assert learned(engine).effect.status == "decaying"


def test_the_next_windows_of_other_campaigns_do_test_it(engine: Engine) -> None:
    hand_in(engine, [*campaigns(CLAIMED, 0.7), *campaigns(TESTED, 0.7)])
    hand_in(engine, go_on(TODAY, TESTED))
    assert learned(engine).effect.last_tested == TODAY


def test_the_card_the_lists_and_the_figures_say_the_same_day_and_how_far_they_reach(engine: Engine) -> None:
    hand_in(engine, [*campaigns(CLAIMED, 0.7), *campaigns(TESTED, 0.7), *go_on(TODAY, CLAIMED)])
    card = engine.analyze(f"students-{TESTED}-0", asked_by=None).recommendation
    listed = [each.pattern for each in engine.patterns()]
    for effect in (*card.analysis.patterns.winners, *listed):
        assert isinstance(effect, LevelEffect)
        assert (effect.last_tested, effect.until) == (TESTED, TODAY)
    said = [each for each in card.analysis.insights.key_learnings if "students" in each.text]
    assert [each.evidence[0].window for each in said] == [f"up to {WORDS.formats.day(TODAY)}"]


def test_a_candidate_was_tested_last_when_it_was_claimed(engine: Engine) -> None:
    hand_in(engine, [*campaigns(CLAIMED, 0.7), *go_on(TODAY, CLAIMED)])
    found = learned(engine)
    assert (found.effect.status, found.effect.last_tested) == ("candidate", CLAIMED)


def test_history_that_is_handed_in_later_does_not_make_a_claim_older(engine: Engine) -> None:
    hand_in(engine, campaigns(TODAY, 0.7))
    hand_in(engine, campaigns(CLAIMED, 0.7))
    found = learned(engine)
    assert (found.effect.status, found.effect.last_tested) == ("validated", TODAY)
