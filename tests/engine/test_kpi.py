"""The KPIs: ratios of sums, undefined where they are, and each says how it was computed."""

from datetime import date
from decimal import Decimal
from random import Random

import pytest
from engine_values import WORDS, counted
from hypothesis import given
from hypothesis import strategies as st
from shared_data import shared_file

from engine.intake.export import scan
from engine.measure import kpi, sums
from engine.models.campaign import Metrics, Pair
from engine.models.daily import PAIRS, DaySum
from engine.models.export import Hints
from engine.narrate import how

M = 1_000_000
NOTHING = Metrics(impressions=None, clicks=None, conversions=None, spend=None)


def said(text: str) -> str:
    return text.replace("\u00a0", " ")


def test_every_kpi_of_the_reference_campaign() -> None:
    metrics = counted(840_000, 12_600, 480, 28_080, 98_280)
    assert kpi.ctr(metrics) == 0.015
    assert kpi.cvr(metrics) == pytest.approx(0.038095, abs=1e-6)
    assert kpi.cpa(metrics) == 58.5
    assert kpi.cpc(metrics) == pytest.approx(2.228571, abs=1e-6)
    assert kpi.cpm(metrics) == pytest.approx(33.428571, abs=1e-6)
    assert (kpi.roas(metrics), kpi.aov(metrics)) == (3.5, 204.75)
    reached = metrics.model_copy(update={"reach": 210_000})
    assert kpi.frequency(reached) == 4.0


@pytest.mark.parametrize("name", sorted(kpi.RATIOS))
def test_what_is_not_known_is_not_defined(name: kpi.Ratio) -> None:
    assert kpi.ratio_of(name, NOTHING) is None
    assert "not defined" in how.ratio(name, NOTHING, "EUR", WORDS)


def test_without_a_denominator_nothing_is_defined() -> None:
    empty = counted(0, 0, 0, 3_950, 0)
    assert [kpi.ratio_of(name, empty) for name in kpi.RATIOS if name != "roas"] == [None] * 6
    assert kpi.roas(counted(10, 1, 0, 0, 50)) is None
    assert kpi.frequency(empty.model_copy(update={"reach": 0})) is None


def test_frequency_without_reach_is_undefined_and_says_why() -> None:
    assert kpi.frequency(counted(1_000, 10, 1, 5)) is None
    assert how.frequency(counted(1_000, 10, 1, 5), WORDS).endswith("reach is not known of the whole window")


def test_mer_is_over_everything_or_not_at_all() -> None:
    meta, google = counted(1, 1, 1, 100, 500), counted(1, 1, 1, 300, 700)
    assert kpi.mer([meta, google]) == 3.0
    assert kpi.mer([meta, counted(1, 1, 1, 300)]) is None
    assert kpi.mer([]) is None


def test_break_even_roas_is_one_over_the_margin() -> None:
    assert kpi.contribution_margin(Decimal(80), Decimal(60)) == 0.25
    assert kpi.break_even_roas(0.25) == 4.0
    assert kpi.break_even_roas(kpi.contribution_margin(Decimal(80), Decimal(90))) is None
    assert kpi.break_even_roas(kpi.contribution_margin(Decimal(0), Decimal(10))) is None


def test_each_says_how_it_was_computed() -> None:
    told = how.computed(counted(840_000, 12_600, 480, 28_080, 98_280), "EUR", WORDS)
    assert said(told["cpa"]) == "CPA = spend / conversions = 28,080.00 EUR / 480 conversions"
    assert (
        said(told["cpm"]) == "CPM = 1,000 × spend / impressions = 1,000 × 28,080.00 EUR / 840,000 impressions"
    )
    assert set(told) == {*kpi.RATIOS, "frequency"}


def test_an_honest_ratio_names_the_one_that_counts_blanks_as_zero() -> None:
    """The sums of the Kasparro file: clicks are blank in some rows."""
    metrics = counted(1_190_236_513, 15_071_264, 341_144, "2105579.90")
    honest = metrics.model_copy(
        update={"pairs": (Pair(ratio="ctr", top=Decimal(15_071_264), bottom=Decimal(1_153_286_000)),)}
    )
    assert kpi.ctr(honest) == pytest.approx(0.013068, abs=1e-6)
    assert said(how.ratio("ctr", honest, None, WORDS)).endswith(
        "over rows that have both (blank cells as 0 would make it 1.2662 %)"
    )


NUMBER = st.one_of(st.none(), st.integers(0, 10**9))


@st.composite
def a_day(draw: st.DrawFn) -> DaySum:
    impressions, clicks, spend, conversions, revenue = (draw(NUMBER) for _ in range(5))
    if impressions is not None and clicks is not None:
        clicks = min(clicks, impressions)
    numbers = (impressions, clicks, spend, conversions, revenue, None)
    filled = tuple(int(each is not None) for each in numbers)
    return DaySum(
        draw(st.dates()),
        "EUR",
        impressions,
        clicks,
        spend,
        conversions,
        revenue,
        None,
        frozenset(),
        1,
        filled,
    )


@given(st.lists(a_day(), max_size=12), st.integers(0, 12))
def test_sums_of_segments_are_the_totals(days: list[DaySum], cut: int) -> None:
    whole, one, other = (sums.window(part) for part in (days, days[:cut], days[cut:]))
    for number in ("impressions", "clicks", "conversions", "spend", "revenue"):
        parts = [value for each in (one, other) if (value := getattr(each, number)) is not None]
        assert getattr(whole, number) == (sum(parts) if parts else None)


@given(st.lists(a_day(), min_size=1, max_size=12))
def test_a_ratio_is_that_of_the_rows_that_have_both(days: list[DaySum]) -> None:
    metrics = sums.window(days)
    for pair in PAIRS:
        name = sums.RATIO_OF[pair]
        both = [(getattr(each, pair[0]), getattr(each, pair[1])) for each in days]
        top, bottom = (sum(each[end] for each in both if None not in each) for end in (0, 1))
        found = kpi.ratio_of(name, metrics)
        surely_none = name == "roas" and not any(each.revenue is None and each.conversions for each in days)
        if bottom and found is not None and not surely_none:
            scale = {"spend": M, "revenue": M, "conversions": M}
            expected = top / scale.get(pair[0], 1) / (bottom / scale.get(pair[1], 1)) * kpi.RATIOS[name].times
            assert found == pytest.approx(expected)


@given(st.lists(a_day(), max_size=12), st.randoms())
def test_the_order_of_days_changes_nothing(days: list[DaySum], rng: Random) -> None:
    shuffled = list(days)
    rng.shuffle(shuffled)
    assert sums.window(days).model_copy(update={"reach": None}) == sums.window(shuffled).model_copy(
        update={"reach": None}
    )


def test_revenue_that_is_blank_only_where_nobody_converted_is_none() -> None:
    """Platforms write nothing where nobody bought: what was spent there still counts."""
    day = DaySum(
        date(2026, 3, 1), "EUR", 1_000, 100, 30 * M, 3 * M, 90 * M, None,
        frozenset({"revenue"}), 2, (2, 2, 2, 2, 1, 0),
        ((100, 1_000), (3 * M, 100), (30 * M, 3 * M), (90 * M, 20 * M), (30 * M, 100), (30 * M, 1_000),
         (90 * M, 3 * M)),
    )  # fmt: skip
    metrics = sums.window([day])
    assert metrics.pairs == ()
    assert kpi.roas(metrics) == 3.0


def test_meta_leaves_results_blank_where_there_are_none() -> None:
    pairs = (None, (3 * M, 60), (20 * M, 3 * M), None, (30 * M, 100), (30 * M, 1_000), None)
    day = DaySum(
        date(2026, 3, 1), "EUR", 1_000, 100, 30 * M, 3 * M, None, None,
        frozenset({"conversions"}), 2, (2, 2, 2, 1, 0, 0), pairs,
    )  # fmt: skip
    assert kpi.cpa(sums.window([day], platform="meta")) == 10.0
    assert kpi.cpa(sums.window([day], platform="google")) == pytest.approx(20 / 3)


def test_the_kasparro_file_gives_honest_ratios_and_names_those_with_blanks_as_zero() -> None:
    file = shared_file("data/kasparro_fb_ads_undergarments.csv")
    scanned = scan(file, name=file.name, hints=Hints(currency="USD"))
    metrics = sums.window(sums.range_sums(scanned.rows), platform="meta")
    honest = {name: round(kpi.ratio_of(name, metrics) or 0, 6) for name in ("ctr", "cpc", "cpa", "roas")}
    assert honest == {"ctr": 0.013068, "cpc": 0.138836, "cpa": 6.312807, "roas": 5.865149}
    told = how.computed(metrics, "USD", WORDS)
    for name, blanks_as_zero in (("ctr", "1.2662 %"), ("cpc", "0.1397"), ("cpa", "6.17"), ("roas", "5.8253")):
        assert said(told[name]).endswith(f"(blank cells as 0 would make it {blanks_as_zero})")
