"""Data quality: a score with named faults; more faults never score higher."""

from datetime import date
from typing import Any

import pytest
from engine_values import WORDS
from hypothesis import given
from hypothesis import strategies as st

from engine.measure.quality import Condition, faults_of, late, scored
from engine.models.quality import Drift
from engine.narrate.basis import fault

STOPPED = Drift(
    kind="data", sign="stopped", column="conversions", since=date(2026, 3, 12), before=20.0, after=0.0,
    effect=1.0, p_value=0.0, days=4,
)  # fmt: skip


def score(**found: Any) -> int:
    return scored(faults_of(Condition(**found))).score


def test_rows_without_a_fault_score_a_hundred() -> None:
    assert score(days=28, read=412, rows=412) == 100


def test_two_days_late_and_one_ad_unnamed_are_97_of_100() -> None:
    quality = scored([*faults_of(Condition(unnamed=1)), *late(2)])
    assert quality.score == 97
    told = ", ".join(fault(each, WORDS) for each in quality.faults).replace("\u00a0", " ")
    assert told == "2 days late, 1 ad unnamed"


@pytest.mark.parametrize(
    ("found", "expected"),
    [
        ({"read": 400, "rejected": 4}, 96),
        ({"rows": 100, "lacking": 3}, 97),
        ({"days": 28, "missing_days": 1}, 96),
        ({"days": 28, "missing_days": 28}, 0),
        ({"is_open": True}, 95),
        ({"total_differs": True}, 80),
        ({"more_conversions": True}, 90),
        ({"drifts": (STOPPED,)}, 65),
    ],
)
def test_each_fault_costs_what_is_written(found: dict[str, Any], expected: int) -> None:
    assert score(**found) == expected


CONDITION = st.builds(
    Condition,
    days=st.integers(1, 365),
    missing_days=st.integers(0, 20),
    is_open=st.booleans(),
    read=st.integers(0, 10_000),
    rejected=st.integers(0, 100),
    rows=st.integers(1, 10_000),
    lacking=st.integers(0, 1_000),
    total_differs=st.booleans(),
    unnamed=st.integers(0, 30),
    more_conversions=st.booleans(),
    drifts=st.sampled_from([(), (STOPPED,)]),
)
WORSE: dict[str, Any] = {
    "missing_days": lambda value: value + 1,
    "is_open": lambda _: True,
    "rejected": lambda value: value + 1,
    "lacking": lambda value: value + 1,
    "total_differs": lambda _: True,
    "unnamed": lambda value: value + 1,
    "more_conversions": lambda _: True,
    "drifts": lambda value: (*value, STOPPED),
}


@given(CONDITION, st.sampled_from(sorted(WORSE)))
def test_more_faults_never_score_higher(found: Condition, name: str) -> None:
    worse = found._replace(**{name: WORSE[name](getattr(found, name))})
    before, after = scored(faults_of(found)), scored(faults_of(worse))
    assert after.score <= before.score
    assert len(after.faults) >= len(before.faults)


@given(CONDITION, st.integers(0, 400))
def test_the_score_is_within_0_and_100_and_100_says_that_there_is_no_fault(
    found: Condition, days: int
) -> None:
    quality = scored([*faults_of(found), *late(days)])
    assert 0 <= quality.score <= 100
    assert (quality.score == 100) is (quality.faults == ())


def test_later_never_scores_higher() -> None:
    scores = [scored(late(days)).score for days in range(60)]
    assert scores == sorted(scores, reverse=True)
    assert (scores[0], scores[-1]) == (100, 80)
