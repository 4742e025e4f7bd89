"""Why the ROAS moved: the parts add up, also where something fell to nothing, and are drawn and told."""

import math
from decimal import Decimal
from itertools import accumulate

import pytest
from engine_values import NEW_PARENTS, WORDS, analysed, counted, told
from hypothesis import given
from hypothesis import strategies as st
from strategies import totals

from engine.measure.decomposition import decompose_roas, product_parts
from engine.models.campaign import Metrics
from engine.models.recommendation import Analysis
from engine.narrate import sentences
from engine.narrate.waterfall import in_words, waterfall

FACTORS = st.lists(
    st.tuples(st.floats(1e-3, 1e3), st.floats(1e-3, 1e3), st.booleans(), st.booleans()),
    min_size=1,
    max_size=4,
)


def by_roas(before: Metrics, after: Metrics) -> Analysis:
    """An analysis whose verdict the ROAS makes."""
    found = analysed(
        NEW_PARENTS.model_copy(
            update={"expected_metrics": before, "actual_metrics": after, "currency": "EUR"}
        )
    )
    update = {"driver": "roas", "roas_decomposition": decompose_roas(before, after)}
    return found.model_copy(update={"comparison": found.comparison.model_copy(update=update)})


@given(FACTORS)
def test_the_parts_of_a_product_add_up_to_its_change(factors: list[tuple[float, float, bool, bool]]) -> None:
    before = [0.0 if gone else value for value, _, gone, _ in factors]
    after = [0.0 if gone else value for _, value, _, gone in factors]
    change = math.prod(after) - math.prod(before)
    parts = product_parts(before, after)
    assert sum(parts) == pytest.approx(change, abs=1e-9 * max(1.0, sum(abs(each) for each in parts)))


@given(FACTORS)
def test_nothing_is_the_limit_of_less_and_less(factors: list[tuple[float, float, bool, bool]]) -> None:
    """Ever smaller values in place of the zeros come nearer and nearer to what is said of zeros."""
    before = [value for value, _, _, _ in factors]
    after = [0.0 if gone else value for _, value, _, gone in factors]
    if 0.0 not in after:
        return
    exact = product_parts(before, after)
    near = [product_parts(before, [each or 10.0**-power for each in after]) for power in (10, 40)]
    far = [max(abs(a - b) for a, b in zip(each, exact, strict=True)) for each in near]
    assert far[1] <= far[0] * 0.5 + 1e-7 * max(1.0, math.prod(before))


@given(totals(least=1), totals(least=1))
def test_the_parts_of_the_roas_are_its_change(before: Metrics, after: Metrics) -> None:
    split = decompose_roas(before, after)
    if split is None:
        return
    parts = (split.cpm, split.ctr, split.cvr, split.aov)
    size = max(abs(each) for each in parts)
    assert sum(parts) == pytest.approx(split.after - split.before, abs=1e-9 * max(1.0, size))


def test_no_order_at_all_is_the_conversion_rates_doing() -> None:
    split = decompose_roas(counted(100_000, 2_000, 100, 4_000, 10_000), counted(100_000, 2_000, 0, 4_000, 0))
    assert split is not None
    assert (split.before, split.after) == (2.5, 0.0)
    assert (split.cvr, split.cpm, split.ctr, split.aov) == (-2.5, 0, 0, 0)


def test_a_roas_that_stood_still_or_is_unknown_has_no_parts() -> None:
    same = counted(100_000, 2_000, 100, 4_000, 10_000)
    assert decompose_roas(same, same) is None
    assert decompose_roas(same, counted(100_000, 2_000, 100, 4_000)) is None


def test_a_roas_is_drawn_from_forecast_to_actual_and_told_in_words() -> None:
    analysis = by_roas(
        counted(1_000_000, 20_000, 1_000, 40_000, 100_000), counted(1_000_000, 20_000, 1_000, 40_000, 150_000)
    )
    drawn = waterfall(analysis)
    assert drawn is not None
    assert told(in_words(drawn, WORDS)) == "ROAS 2.50 to 3.75: order value +1.25"
    assert all(each.helped for each in drawn.steps)
    assert told(sentences.why(analysis, WORDS)) == "Why the ROAS rose: order value 100 %."


def test_what_held_the_roas_back_is_told_last() -> None:
    analysis = by_roas(
        counted(1_000_000, 20_000, 1_000, 40_000, 100_000), counted(1_000_000, 40_000, 2_000, 50_000, 190_000)
    )
    drawn = waterfall(analysis)
    assert drawn is not None
    assert told(in_words(drawn, WORDS)) == (
        "ROAS 2.50 to 3.80: clicks easier +2.15, impressions dearer −0.69, order value −0.16"
    )
    assert told(sentences.why(analysis, WORDS)) == (
        "Why the ROAS rose: clicks came easier 166 %; against it: impressions dearer 53 %, order value 12 %."
    )


@given(totals(least=50, most=10**6), totals(least=50, most=10**6))
def test_the_drawn_parts_of_a_roas_add_up_to_the_cent(before: Metrics, after: Metrics) -> None:
    drawn = waterfall(by_roas(before, after))
    if drawn is None:
        return
    levels = list(accumulate((each.amount for each in drawn.steps), initial=drawn.before))
    assert levels[-1] == drawn.after
    assert min(levels) == min(drawn.before, drawn.after) >= Decimal(0)
