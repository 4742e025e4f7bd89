"""The life of a pattern: claimed, held again by others, untested for long, contradicted."""

from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta

import numpy as np
import pytest
from engine_values import RULES, stood
from hypothesis import given, settings
from hypothesis import strategies as st
from lives import NOW, advanced, evidence_of, lived, stream

from engine.explain.standing import Standing
from engine.learn.lifecycle import advance, cannot_test, spans_of, standing_effects, status_of
from engine.models.pattern_life import PatternLife

STUDENTS = "winning_audience|audience:students|cpa|all"
WINTER, SPRING, SUMMER = date(2026, 1, 31), date(2026, 3, 31), date(2026, 5, 31)
WOBBLE = (0.96, 1.0, 1.04, 0.98)


def period(
    until: date,
    ratio: float,
    *,
    days: int = 28,
    name: str = "",
    count: int = 4,
    dated: bool = True,
    rest: float = 1.0,
) -> list[Standing]:
    """``count`` campaigns for students at ``ratio`` of their forecast, and as many for others at ``rest``."""
    return [
        stood(
            f"{audience}-{name or until}-{number}",
            ratio=base * WOBBLE[number % 4],
            conversions=200,
            audiences=[audience],
            day=until,
            window_start=until - timedelta(days=days - 1) if dated else None,
            window_end=until if dated else None,
        )
        for audience, base in (("students", ratio), ("gardeners", rest))
        for number in range(count)
    ]


def students(*looks: Sequence[Standing]) -> PatternLife:
    """Look once after each part came in, and give the life of the students' pattern."""
    lives: dict[str, PatternLife] = {}
    known: list[Standing] = []
    for part in looks:
        known += part
        lives = advanced(lives, known)
    return lives[STUDENTS]


# Claimed, and held again


def test_a_pattern_seen_once_is_a_candidate_with_its_period() -> None:
    life = students(period(WINTER, 0.7))
    assert life.status == "candidate"
    (sighting,) = life.sightings
    assert (sighting.first_day, sighting.last_day) == (date(2026, 1, 4), WINTER)
    assert life.claim.campaigns == 4


def test_other_campaigns_of_a_later_period_validate_it() -> None:
    life = students(period(WINTER, 0.7), period(SPRING, 0.72))
    assert life.status == "validated"
    assert life.validated_at == NOW
    first, second = life.sightings
    assert first.last_day < (second.first_day or WINTER)
    assert not set(first.effect.campaign_ids) & set(second.effect.campaign_ids)
    assert life.claim.campaigns == 8


def test_history_that_is_handed_in_later_validates_it_as_well() -> None:
    life = students(period(SPRING, 0.72), period(WINTER, 0.7))
    assert life.status == "validated"
    assert life.sightings[1].last_day == WINTER


def test_more_campaigns_of_the_same_weeks_do_not_validate_it() -> None:
    life = students(period(WINTER, 0.7), period(WINTER, 0.7, name="more"))
    assert life.status == "candidate"


def test_a_window_that_reaches_back_into_the_period_does_not_test_it() -> None:
    assert students(period(WINTER, 0.7), period(SPRING, 0.7, days=60)).status == "candidate"


def test_the_same_campaigns_in_their_next_window_do_not_validate_it() -> None:
    first = period(WINTER, 0.7, name="always-on")
    again = period(SPRING, 0.7, name="always-on")
    assert students(first, again).status == "candidate"


def test_campaigns_without_a_first_day_cannot_test_it_and_are_counted() -> None:
    first, later = period(WINTER, 0.7), period(SPRING, 0.7, dated=False)
    life = students(first, later)
    assert life.status == "candidate"
    assert cannot_test(life, evidence_of([*first, *later])) == 4
    assert students(first, later, period(SUMMER, 0.7)).status == "validated"


def test_a_claim_out_of_undated_campaigns_is_tested_by_later_dated_ones() -> None:
    life = students(period(WINTER, 0.7, dated=False), period(SPRING, 0.7))
    assert life.status == "validated"
    assert life.sightings[0].first_day is None


@pytest.mark.parametrize("count", [1, 2])
def test_fewer_than_three_campaigns_of_a_period_test_nothing(count: int) -> None:
    assert students(period(WINTER, 0.7), period(SPRING, 0.7, count=count)).status == "candidate"


def test_a_second_period_that_does_not_show_it_by_itself_validates_nothing() -> None:
    life = students(period(WINTER, 0.6), period(SPRING, 0.98))
    assert life.status == "candidate"


# Untested, contradicted, back again


def test_a_validated_pattern_decays_after_ninety_days_untested_and_recovers_when_tested() -> None:
    first, second = period(WINTER, 0.7), period(SPRING, 0.7)
    life = students(first, second)
    assert status_of(life, SPRING, SPRING + timedelta(days=90), RULES) == "validated"
    assert status_of(life, SPRING, SPRING + timedelta(days=91), RULES) == "decaying"
    known = [*first, *second, *period(SUMMER, 0.7)]
    lives = advanced({STUDENTS: life}, known)
    later = SUMMER + timedelta(days=60)
    told = {each.signal: each for each in standing_effects(evidence_of(known), lives, later, RULES)}
    assert told["audience:students"].status == "validated"


def test_a_candidate_does_not_decay() -> None:
    life = students(period(WINTER, 0.7))
    assert status_of(life, WINTER, WINTER + timedelta(days=400), RULES) == "candidate"


def test_what_all_campaigns_no_longer_show_is_retracted_with_what_was_said_and_what_holds_now() -> None:
    life = students(period(WINTER, 0.7), period(SPRING, 0.7), period(SUMMER, 1.5, count=8))
    assert life.status == "retracted"
    assert life.retraction is not None
    assert life.retraction.was == "validated"
    assert life.retraction.said.lift_pct == pytest.approx(-30, abs=2)
    assert life.retraction.said.campaigns == 8
    assert life.retraction.campaigns == 16
    low, high = life.retraction.interval.low, life.retraction.interval.high
    assert low is not None
    assert high is not None
    assert low <= 0 <= high or life.retraction.lift_pct > 0


def test_a_range_that_holds_both_nothing_and_the_claim_contradicts_nothing_and_is_not_told() -> None:
    """One odd campaign may blow every range up: that is no longer knowing, and not "we were wrong"."""
    known = [*period(WINTER, 0.7), *period(SPRING, 0.7)]
    odd = stood("odd", ratio=0.001, audiences=["others"], day=SUMMER)
    lives = advanced({STUDENTS: students(period(WINTER, 0.7), period(SPRING, 0.7))}, [*known, odd])
    assert lives[STUDENTS].status == "validated"
    told = standing_effects(evidence_of([*known, odd]), lives, SUMMER, RULES)
    assert "audience:students" not in {each.signal for each in told}
    told = standing_effects(evidence_of(known), lives, SUMMER, RULES)
    assert "audience:students" in {each.signal for each in told}


def test_a_retraction_is_taken_back_where_the_figures_behind_it_were_corrected() -> None:
    life = students(period(WINTER, 0.7), period(SPRING, 0.7), period(SUMMER, 1.5, count=8))
    good = [*period(WINTER, 0.7), *period(SPRING, 0.7), *period(SUMMER, 0.7, count=8)]
    assert advanced({STUDENTS: life}, good)[STUDENTS].status == "retracted", "nothing was corrected"
    later = NOW + timedelta(hours=1)
    corrected = [
        replace(
            each, retrospective=each.retrospective.model_copy(update={"revision": 2, "received_at": later})
        )
        if each.day >= SUMMER - timedelta(days=1)
        else each
        for each in good
    ]
    restored = advanced({STUDENTS: life}, corrected)[STUDENTS]
    assert (restored.status, restored.retraction) == ("validated", None)


def test_a_retracted_pattern_is_not_told_and_old_evidence_does_not_bring_it_back() -> None:
    bad = period(SUMMER, 1.5, count=8)
    known = [*period(WINTER, 0.7), *period(SPRING, 0.7), *bad]
    life = students(period(WINTER, 0.7), period(SPRING, 0.7), bad)
    more = [*known, *period(WINTER, 0.5, name="more", count=30)]
    lives = advanced({STUDENTS: life}, more)
    assert lives[STUDENTS].status == "retracted"
    evidence = evidence_of(more)
    assert any(each.listed and each.level.signal == "audience:students" for each in evidence.survey.tests)
    told = standing_effects(evidence, lives, SUMMER, RULES)
    assert "audience:students" not in {each.signal for each in told}


def test_evidence_after_the_retraction_makes_it_a_candidate_again_and_needs_another_period() -> None:
    autumn, winter = date(2026, 9, 30), date(2026, 12, 31)
    parts = [period(WINTER, 0.7), period(SPRING, 0.7), period(SUMMER, 1.3, count=6)]
    back = period(autumn, 0.5, count=20)
    life = students(*parts, back)
    assert life.status == "candidate"
    assert life.retraction is not None
    assert life.sightings[0].first_day == autumn - timedelta(days=27)
    assert students(*parts, back, []).status == "candidate"
    assert students(*parts, back, period(winter, 0.6, count=6)).status == "validated"


# What must always hold


@given(st.integers(0, 10_000), st.sampled_from([0.6, 0.8, 1.0]))
@settings(max_examples=25, deadline=None)
def test_one_period_never_validates_anything(seed: int, planted: float) -> None:
    standings = stream(np.random.default_rng(seed), 18, planted={"students": planted}, days=90, apart=4)
    assert all(life.status != "validated" for lives in lived(standings) for life in lives.values())


@given(st.integers(0, 10_000))
@settings(max_examples=25, deadline=None)
def test_the_same_evidence_again_changes_nothing(seed: int) -> None:
    standings = stream(np.random.default_rng(seed), 40, planted={"students": 0.7})
    lives = lived(standings)[-1]
    assert advance(lives, evidence_of(standings), RULES, NOW + timedelta(days=1)) == {}


@given(st.integers(0, 10_000), st.randoms(use_true_random=False))
@settings(max_examples=20, deadline=None)
def test_after_the_claim_the_order_of_what_comes_in_together_changes_nothing(
    seed: int, random: object
) -> None:
    standings = stream(np.random.default_rng(seed), 40, planted={"students": 0.6}, spread=0.1)
    claimed = advanced({}, standings[:20])
    shuffled = list(standings)
    random.shuffle(shuffled)  # type: ignore[attr-defined]
    assert advanced(claimed, shuffled) == advanced(claimed, standings)


def test_a_campaign_s_span_reaches_over_all_its_windows() -> None:
    windows = [*period(WINTER, 0.7, name="on", count=1), *period(SPRING, 0.7, name="on", count=1)]
    assert set(spans_of(windows).values()) == {(date(2026, 1, 4), SPRING)}


# Chance


def test_of_the_claims_that_noise_makes_about_one_in_ten_at_most_is_ever_validated() -> None:
    """The figures of docs/architecture.md come from 500 such streams; here are fewer."""
    rng = np.random.default_rng(20260329)
    claimed = validated = 0
    for _ in range(60):
        history = lived(stream(rng, 40))
        claimed += len(history[-1])
        validated += len({key for lives in history for key in lives if lives[key].status == "validated"})
    assert claimed >= 20
    assert validated / claimed <= 0.12


def test_a_real_effect_of_35_percent_is_validated_within_forty_campaigns() -> None:
    rng = np.random.default_rng(7)
    key = "winning_audience|audience:new-parents|cpa|all"
    ends = [lived(stream(rng, 40, spread=0.15, planted={"new-parents": 0.65}))[-1] for _ in range(30)]
    assert sum(key in each and each[key].status == "validated" for each in ends) >= 27
