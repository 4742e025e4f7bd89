"""The numbered sentences, read back as a person reads them: each figure is recomputed from the record."""

import re
from datetime import UTC, date, datetime
from decimal import ROUND_HALF_UP, Decimal
from string import Formatter

import pytest
from engine_values import NEW_PARENTS, SPRING_SALE, WORDS, analysed, compared, counted, told
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.models.action import Expectation, SetSpend, WorstCase
from engine.models.comparison import Interval
from engine.models.pattern import LevelEffect, SimilarCampaign
from engine.models.recommendation import Analysis, Decision
from engine.narrate import sentences
from engine.narrate.forty import TABLE, Untrue, say, stated

ONCE = {"window_start": date(2026, 3, 2), "currency": "EUR"}
NUMBER = r"[+−]?[\d,]+(?:\.\d+)?"
KPIS = {"CTR": 100.0, "CVR": 100.0, "CPA": 1.0, "ROAS": 1.0}


def _figure(text: str) -> Decimal:
    return Decimal(text.replace("−", "-").replace(",", "").lstrip("+"))


def _rounded(value: Decimal, places: int) -> Decimal:
    return value.quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP)


def _change(before: Decimal, after: Decimal) -> Decimal:
    """The change in percent as it is shown: whole from 10, one decimal below."""
    exact = (after / before - 1) * 100
    return _rounded(exact, 0 if abs(exact) >= Decimal("9.95") else 1)


@st.composite
def analyses(draw: st.DrawFn) -> Analysis:
    """Campaigns around their forecast, large and small, better and worse, with and without conversions."""
    impressions = draw(st.integers(20_000, 2_000_000))
    expected = counted(
        impressions, impressions // 50, impressions // 1000, impressions // 25, impressions // 8
    )
    shift = st.floats(0.3, 3.0)
    shown = round(impressions * draw(shift))
    clicks = max(1, round(shown / 50 * draw(st.floats(0.5, 2.0))))
    conversions = min(clicks, draw(st.sampled_from([0, 3, round(clicks / 20 * draw(shift))])))
    spend = Decimal(round(impressions / 25 * draw(shift))) + 1
    revenue = draw(st.sampled_from([None, Decimal(round(impressions / 8 * draw(shift)))]))
    order_value = draw(st.sampled_from([None, 40.0]))
    forecast = draw(st.sampled_from([expected, expected, counted(0, 0, 0, 0)]))
    actual = counted(shown, clicks, conversions, spend, revenue)
    return analysed(compared(forecast, actual, objective="Leads", **ONCE), order_value=order_value)


def _ratio(name: str, analysis: Analysis, *, of: str) -> Decimal:
    found = getattr(analysis.retrospective.campaign, f"{of}_metrics")
    top, bottom = {
        "CTR": (found.clicks, found.impressions),
        "CVR": (found.conversions, found.clicks),
        "CPA": (found.spend, found.conversions),
        "ROAS": (found.revenue, found.spend),
        "CPC": (found.spend, found.clicks),
        "CPM": ((found.spend or 0) * 1000, found.impressions),
    }[name]
    return Decimal(top) / Decimal(bottom)


def _as_shown(name: str, value: Decimal) -> Decimal:
    return _rounded(value * 100 if name in {"CTR", "CVR"} else value, 2)


@given(analysis=analyses())
@settings(max_examples=150, deadline=None)
def test_the_verdicts_figures_and_direction_are_those_of_the_sums(analysis: Analysis) -> None:
    said = told(sentences.verdict(analysis, WORDS))
    lead = analysis.comparison.lead
    against = re.match(
        rf"(Beat the forecast|Missed the forecast|No real change)\. (\w+) ({NUMBER})(?: EUR)? instead of"
        rf" ({NUMBER}) \(({NUMBER}) %(, real\)\.|\) is within noise\.)",
        said,
    )
    if against is None:
        assert lead.verdict not in {"real", "noise"}
        return
    name, actual, forecast = (
        against[2],
        _ratio(against[2], analysis, of="actual"),
        _ratio(against[2], analysis, of="expected"),
    )
    assert _figure(against[3]) == _as_shown(name, actual)
    assert _figure(against[4]) == _as_shown(name, forecast)
    assert _figure(against[5]) == _change(forecast, actual)
    cheaper = (actual < forecast) == (name in {"CPA", "CPC", "CPM"})
    assert {"Beat the forecast": cheaper, "Missed the forecast": not cheaper}.get(against[1], True)


@given(analysis=analyses())
@settings(max_examples=150, deadline=None)
def test_noise_lies_within_the_band_and_what_is_real_leaves_its_tolerance(analysis: Analysis) -> None:
    for each in analysis.comparison.metrics.values():
        if each.verdict == "noise" and each.interval and each.expected:
            assert (each.interval.low or 0) >= each.expected * 0.8 * (1 - 1e-9)
            assert (each.interval.high or 9e9) <= each.expected * 1.2 * (1 + 1e-9)
        if each.verdict == "real" and each.delta_pct is not None:
            assert abs(each.delta_pct) > 5


@given(analysis=analyses())
@settings(max_examples=150, deadline=None)
def test_each_field_says_its_pair_its_change_and_its_side(analysis: Analysis) -> None:
    for name, each in analysis.comparison.metrics.items():
        first, second = (told(line) for line in sentences.field(name, analysis, WORDS))
        pair = re.fullmatch(rf"(\w+) ({NUMBER})(?: %)? → ({NUMBER})(?: %| EUR)?", first)
        if pair is None:
            assert each.actual is None or each.expected is None
            continue
        before, after = (_ratio(pair[1], analysis, of=of) for of in ("expected", "actual"))
        assert (_figure(pair[2]), _figure(pair[3])) == (_as_shown(pair[1], before), _as_shown(pair[1], after))
        judged = re.fullmatch(rf"({NUMBER}) % · (real, better|real, worse|noise|too early)|doubted", second)
        assert judged, second
        if judged[1] is None:
            continue
        assert _figure(judged[1]) == _change(before, after)
        better = (after < before) == (pair[1] in {"CPA", "CPC", "CPM"})
        assert judged[2] not in {"real, worse" if better else "real, better"}


@given(analysis=analyses())
@settings(max_examples=150, deadline=None)
def test_the_reasons_add_up_to_the_change(analysis: Analysis) -> None:
    said = told(sentences.why(analysis, WORDS))
    if not said:
        return
    verb = "fell" if _ratio("CPA", analysis, of="actual") < _ratio("CPA", analysis, of="expected") else "rose"
    assert said.startswith(f"Why the CPA {verb}: ")
    for_it, _, against = said.partition("; against it")
    shares = [int(each) for each in re.findall(r"(\d+) %", for_it)]
    opposed = [int(each) for each in re.findall(r"(\d+) %", against)]
    assert shares == sorted(shares, reverse=True)
    if shares:
        left_out = 3 * (3 - len(shares) - len(opposed))
        assert abs(sum(shares) - sum(opposed) - 100) <= left_out + 2


@given(analysis=analyses())
@settings(max_examples=150, deadline=None)
def test_what_is_not_defined_is_bounded_estimated_or_left_open(analysis: Analysis) -> None:
    actual = analysis.retrospective.campaign.actual_metrics
    if actual.conversions == 0:
        bound = re.search(rf"above ({NUMBER}) EUR", told(sentences.undefined_cpa(analysis, WORDS)))
        assert bound
        assert _figure(bound[1]) == _rounded(Decimal(actual.spend or 0) / 3, 2)
    estimate = told(sentences.estimated_roas(analysis, WORDS))
    assert bool(estimate) == (actual.revenue is None and analysis.order_value is not None)
    if estimate:
        exact = Decimal(actual.conversions or 0) * 40 / Decimal(actual.spend or 1)
        assert estimate.startswith(f"ROAS about {_rounded(exact, 2)} (estimate")
    without = actual.revenue is None and analysis.order_value is None
    assert bool(sentences.revenue_missing(analysis)) == without


@given(analysis=analyses())
@settings(max_examples=100, deadline=None)
def test_what_goes_against_the_verdict_really_does(analysis: Analysis) -> None:
    lead = analysis.comparison.lead
    for said in map(told, sentences.contrary(analysis, WORDS)):
        found = re.fullmatch(
            rf"But (\w+) ({NUMBER})(?: %)? → ({NUMBER})(?: %| EUR)? \(({NUMBER}) %, real, (better|worse)\)\.",
            said,
        )
        assert found, said
        before, after = (_ratio(found[1], analysis, of=of) for of in ("expected", "actual"))
        assert _figure(found[4]) == _change(before, after)
        assert (found[5] == "better") is not lead.favourable


@given(previous=st.integers(100, 10**7), moved=st.integers(-50, 50).filter(bool))
def test_an_action_says_both_amounts_and_their_change(previous: int, moved: int) -> None:
    before = Decimal(previous) / 100
    after = _rounded(before * (100 + moved) / 100, 2)
    if after == before:
        return
    act = SetSpend(field="daily spend", previous=before, to=after, currency="EUR")
    said = re.fullmatch(
        rf"(Raise|Lower) the daily spend ({NUMBER}) → ({NUMBER}) EUR \(({NUMBER}) %\)\.",
        told(sentences.action(act, WORDS)),
    )
    assert said
    assert (said[1] == "Raise") == (after > before)
    assert (_figure(said[2]), _figure(said[3])) == (before, after)
    assert abs(_figure(said[4]) - _change(before, after)) <= Decimal("0.1")


def test_an_amount_that_stays_is_no_change() -> None:
    act = SetSpend(field="daily spend", previous=Decimal(100), to=Decimal(100), currency="EUR")
    with pytest.raises(Untrue, match="the amount changes"):
        sentences.action(act, WORDS)


@given(n=st.integers(1, 10_000), price=st.integers(1, 100_000))
def test_a_worst_case_is_what_is_not_made_at_its_price(n: int, price: int) -> None:
    each = Decimal(price) / 100
    worst = WorstCase(
        kind="conversions_not_made",
        amount=n * each,
        currency="EUR",
        conversions=n,
        unit_price=each,
        by=date(2026, 4, 6),
    )
    said = re.search(
        rf"about ({NUMBER}) conversions? not made \(({NUMBER}) EUR at ({NUMBER}) each\)",
        told(sentences.worst_case(worst, WORDS)),
    )
    assert said
    assert _figure(said[2]) == _rounded(_figure(said[1]) * _figure(said[3]), 0)
    wrong = worst.model_copy(update={"amount": 3 * n * each + 3})
    with pytest.raises(Untrue):
        sentences.worst_case(wrong, WORDS)


def test_an_expectation_is_a_range_from_low_to_high() -> None:
    said = Expectation(kpi="cpa", low=30.0, high=36.0, level=0.8, by=date(2026, 4, 6))
    assert told(sentences.expected(said, "EUR", WORDS)) == "Expected by 6 Apr: CPA 30.00 to 36.00 EUR (80 %)."
    with pytest.raises(Untrue):
        sentences.expected(said.model_copy(update={"low": 40.0}), "EUR", WORDS)


@pytest.mark.parametrize(
    ("right", "checked", "said"), [(31, 41, "31 of 41 like it were right"), (9, 19, "not yet checked")]
)
def test_a_track_record_is_told_from_twenty_on(right: int, checked: int, said: str) -> None:
    proposal = analysed(SPRING_SALE).proposal.model_copy(
        update={"confidence": 0.74, "right": right, "checked": checked}
    )
    assert told(sentences.confidence(proposal, WORDS)) == f"Confidence 74 % ({said})."


@given(kinds=st.lists(st.sampled_from([None, "improved", "worsened", "cannot tell"]), max_size=9))
def test_precedents_add_up(kinds: list[str | None]) -> None:
    similar = tuple(
        SimilarCampaign(
            campaign_id="a", name="a", score=1.0, why=(), delta_pct=None, verdict="real", outcome=kind
        )
        for kind in kinds
    )
    said = told(sentences.precedent(similar, WORDS))
    if not any(kinds):
        assert said == "No precedent."
        return
    total, *parts = (int(each) for each in re.findall(r"\d+", said))
    assert total == sum(parts) == sum(kind is not None for kind in kinds)


def _effect(lift: float, low: float, high: float) -> LevelEffect:
    return LevelEffect(
        kind="winning_audience",
        signal="audience:students",
        name="Students",
        dimension="audience",
        lift_pct=lift,
        interval=Interval(low=low, high=high, level=0.8),
        direction="better",
        certainty=0.99,
        p_value=0.01,
        campaigns=4,
        campaign_ids=("a", "b", "c", "d"),
        attribution_windows=(),
        last_tested=date(2026, 3, 29),
        impact=None,
        currency=None,
    )


def test_a_learning_is_said_only_where_its_range_leaves_out_zero() -> None:
    said = told(sentences.learned(_effect(-18.0, -31.0, -6.0), WORDS))
    assert said.startswith("Students: CPA −18 % against the rest (80 % range −6 % to −31 %), 4 campaigns.")
    with pytest.raises(Untrue):
        sentences.learned(_effect(-18.0, -31.0, 6.0), WORDS)


def test_an_approval_that_nobody_gave_is_not_said() -> None:
    given = Decision(verb="approve", by="U0APPROVER", at=datetime(2026, 3, 31, 7, 40, tzinfo=UTC))
    assert say("S23", (given,), who="Ana", when="today")
    assert say("S23", (), who="Ana", when="today") is None


def test_nothing_is_over_a_limit_that_it_keeps() -> None:
    assert (
        say("S21", 0.4, 0.2, d="+40 %", cap="20 %")
        == "+40 % is over your limit of 20 %. Edit it to 20 % or less."
    )
    assert say("S21", 0.2, 0.2, d="+20 %", cap="20 %") is None


def test_two_cards_that_everybody_knows_say_what_screens_show() -> None:
    assert told(sentences.verdict(analysed(SPRING_SALE), WORDS)) == (
        "Beat the forecast. CPA 31.00 EUR instead of 41.00 (−24 %, real)."
    )
    assert told(sentences.verdict(analysed(NEW_PARENTS), WORDS)) == (
        "Missed the forecast. CPA 58.50 EUR instead of 45.00 (+30 %, real)."
    )


@pytest.mark.parametrize("number", sorted(TABLE))
def test_no_sentence_can_be_said_with_a_part_missing(number: str) -> None:
    parts = {name for _, name, _, _ in Formatter().parse(TABLE[number].says) if name}
    assert TABLE[number].when
    if not parts:
        return
    with pytest.raises((KeyError, Untrue, TypeError, AttributeError)):
        stated(number)
