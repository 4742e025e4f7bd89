"""The sentences people read, each rendered from a record in its condition and compared whole."""

import re
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

import factories
import pytest
from engine_values import (
    FORMATS,
    MADRID,
    NEW_PARENTS,
    RULES,
    SPRING_SALE,
    WORDS,
    analysed,
    compared,
    counted,
    ran,
    told,
)

from engine.models.action import Expectation, KeepAsIs, SetSpend, Wait, WorstCase
from engine.models.campaign import CampaignPerformanceInput
from engine.models.comparison import Interval
from engine.models.pattern import PlatformTrend
from engine.models.recommendation import Analysis, Proposal
from engine.models.rules import Rules
from engine.narrate import sentences
from engine.narrate.words import Plain, Words

WEEK = date(2026, 4, 6)
MOMENT = datetime(2026, 3, 31, 7, 40, tzinfo=UTC)
WIN, LOSS = analysed(SPRING_SALE), analysed(NEW_PARENTS)
ONCE = {"window_start": date(2026, 3, 2), "currency": "EUR"}
FORECAST = counted(100_000, 2_000, 100, 4_000, 10_000)
NOTHING = counted(0, 0, 0, 0)


def _came(*actual: Any, objective: str = "Leads", **parts: Any) -> Analysis:
    """Analyse what came instead of a forecast of 100 conversions for 4,000 EUR."""
    return analysed(compared(FORECAST, counted(*actual), objective=objective, **ONCE, **parts))


NOISE = _came(100_000, 2_000, 400, 16_400, 41_000)
EARLY = _came(100_000, 200, 9, 400, 900)
SILENT = _came(100_000, 2_000, 0, 3_950)
HARDLY = _came(10_000, 200, 0, 60)
UNSPENT = _came(10_000, 200, 5, 0)
UNFORECAST = analysed(compared(NOTHING, counted(1_000, 100, 10, 400, 900), **ONCE))
MIXED = _came(100_000, 2_000, 400, 4_000, 4_000)


def _say(sentence: str | None) -> str:
    return told(sentence)


def _without_years() -> Words:
    formats = replace(FORMATS, year=None)
    return Words(formats, Plain(formats, MADRID))


# S01 to S05, S11: the verdict


@pytest.mark.parametrize(
    ("analysis", "sentence"),
    [
        (WIN, "Beat the forecast. CPA 31.00 EUR instead of 41.00 (−24 %, real)."),
        (LOSS, "Missed the forecast. CPA 58.50 EUR instead of 45.00 (+30 %, real)."),
        (NOISE, "No real change. CPA 41.00 EUR instead of 40.00 (+2.5 %) is within noise."),
        (
            HARDLY,
            "CPA not defined (0 conversions, 60 EUR spent); 95 % sure it is above 20.00 EUR.",
        ),
        (
            SILENT,
            "CPA not defined (0 conversions, 3,950 EUR spent); 95 % sure it is above 1,316.67 EUR.",
        ),
    ],
    ids=["S01", "S02", "S03", "S11 early", "S11 real"],
)
def test_the_first_sentence_is_the_verdict(analysis: Analysis, sentence: str) -> None:
    assert _say(sentences.verdict(analysis, WORDS)) == sentence


def test_s04_too_early_says_how_much_more_is_needed() -> None:
    need = EARLY.comparison.need
    assert need is not None
    assert _say(sentences.verdict(EARLY, WORDS)) == (
        f"Too early to say. CPA 44.44 EUR after 9 conversions; I need about {need.more} more conversions, "
        f"about {need.days:,} days."
    )


def test_s04_without_a_window_names_no_days() -> None:
    analysis = analysed(compared(FORECAST, counted(100_000, 200, 9, 400, 900), window_start=None))
    assert _say(sentences.verdict(analysis, WORDS)).endswith("more conversions.")


def test_s05_without_a_forecast_the_earlier_window_stands_in() -> None:
    before = ran(
        "spring-sale", platform="Meta Ads", expected_metrics=NOTHING, ratio=2.0, conversions=400,
        day=date(2026, 2, 28), window_start=date(2026, 2, 1), window_end=date(2026, 2, 28),
    )  # fmt: skip
    now = compared(NOTHING, counted(100_000, 2_000, 400, 16_000), **ONCE)
    assert _say(sentences.verdict(analysed(now, before), WORDS)) == (
        "No forecast. Against its own 1–28 Feb: CPA 80.00 → 40.00 EUR (−50 %, real)."
    )


def test_s05_without_any_earlier_window_says_so() -> None:
    analysis = analysed(compared(NOTHING, counted(100_000, 2_000, 400, 16_000), **ONCE))
    assert _say(sentences.verdict(analysis, WORDS)) == (
        "No forecast. CPA 40.00 EUR. I know no earlier window of it to compare with."
    )


def test_s11_where_nothing_was_spent_no_bound_is_claimed() -> None:
    assert _say(sentences.verdict(UNSPENT, WORDS)) == "CPA not defined (nothing was spent)."


def test_a_driver_that_is_not_defined_is_named_and_no_other_kpi_in_its_place() -> None:
    """Five conversions after a view, none after a click: the cost per click is what is missing."""
    analysis = _came(1_000, 0, 5, 50, objective="Traffic")
    assert analysis.comparison.driver == "cpc"
    sentence = _say(sentences.verdict(analysis, WORDS))
    assert "0 conversions" not in sentence
    assert "CPC" in sentence


@pytest.mark.parametrize(
    ("objective", "sentence"),
    [
        ("Traffic", "Beat the forecast. CPC 1.00 EUR instead of 2.00 (−50 %, real)."),
        ("Reach", "No real change. CPM 40.00 EUR instead of 40.00 (+0.0 %) is within noise."),
    ],
)
def test_the_verdict_is_told_of_the_driver(objective: str, sentence: str) -> None:
    analysis = _came(100_000, 4_000, 90, 4_000, 9_000, objective=objective)
    assert _say(sentences.verdict(analysis, WORDS)) == sentence


def test_without_a_currency_the_figures_stand_without_one() -> None:
    analysis = analysed(SPRING_SALE.model_copy(update={"currency": None}))
    assert _say(sentences.verdict(analysis, WORDS)) == (
        "Beat the forecast. CPA 31.00 instead of 41.00 (−24 %, real)."
    )


@pytest.mark.parametrize(
    ("currency", "value"), [("JPY", "31 JPY instead of 41"), ("KWD", "31.000 KWD instead of 41.000")]
)
def test_prices_have_the_decimals_of_their_currency(currency: str, value: str) -> None:
    analysis = analysed(SPRING_SALE.model_copy(update={"currency": currency}))
    assert f"CPA {value} (−24 %, real)." in _say(sentences.verdict(analysis, WORDS))


# S08 to S10: the other figures


def test_s08_what_really_went_against_the_driver_is_said() -> None:
    assert [_say(each) for each in sentences.contrary(MIXED, WORDS)] == [
        "But ROAS 2.50 → 1.00 (−60 %, real, worse)."
    ]


def test_s08_is_left_out_where_the_driver_is_not_real_or_all_agree() -> None:
    assert sentences.contrary(NOISE, WORDS) == []
    assert sentences.contrary(WIN, WORDS) == []


@pytest.mark.parametrize(
    ("kpi", "pair", "says"),
    [
        ("ctr", "CTR 1.20 % → 1.50 %", "+25 % · real, better"),
        ("cvr", "CVR 3.00 % → 3.17 %", "+5.7 % · noise"),
        ("cpa", "CPA 41.00 → 31.00 EUR", "−24 % · real, better"),
        ("roas", "ROAS 2.50 → 3.50", "+40 % · real, better"),
    ],
)
def test_s09_and_s10_are_the_four_fields_of_the_card(kpi: Any, pair: str, says: str) -> None:
    assert tuple(map(_say, sentences.field(kpi, WIN, WORDS))) == (pair, says)


def test_a_field_that_is_worse_says_so() -> None:
    assert tuple(map(_say, sentences.field("ctr", LOSS, WORDS))) == (
        "CTR 2.00 % → 1.60 %",
        "−20 % · real, worse",
    )


@pytest.mark.parametrize(
    ("analysis", "kpi", "pair", "says"),
    [
        (SILENT, "cpa", "CPA not defined", "0 conversions"),
        (SILENT, "roas", "ROAS not defined", "no revenue"),
        (UNSPENT, "cpa", "CPA not defined", "nothing was spent"),
        (_came(1_000, 0, 0, 50), "cvr", "CVR not defined", "0 clicks"),
        (_came(0, 0, 0, 50), "ctr", "CTR not defined", "0 impressions"),
        (UNFORECAST, "cpa", "CPA 40.00 EUR", "no forecast"),
    ],
)  # fmt: skip
def test_a_field_without_a_figure_says_why(analysis: Analysis, kpi: Any, pair: str, says: str) -> None:
    assert tuple(map(_say, sentences.field(kpi, analysis, WORDS))) == (pair, says)


# S12 and S13: revenue


def test_s12_a_missing_revenue_is_told_with_what_it_hides() -> None:
    assert sentences.revenue_missing(SILENT) == (
        "ROAS not defined: no revenue. This hides whether orders got smaller."
    )
    assert sentences.revenue_missing(WIN) is None


def test_s13_an_order_value_stands_in_for_revenue_and_is_called_an_estimate() -> None:
    without = compared(FORECAST, counted(100_000, 2_000, 200, 4_000), **ONCE)
    assert _say(sentences.estimated_roas(analysed(without, order_value=59.9), WORDS)) == (
        "ROAS about 3.00 (estimate from your order value 59.90 EUR)."
    )
    assert sentences.estimated_roas(analysed(without), WORDS) is None


def test_s13_is_left_out_where_the_revenue_is_known_or_nothing_was_spent() -> None:
    assert sentences.estimated_roas(analysed(SPRING_SALE, order_value=60.0), WORDS) is None
    unspent = compared(FORECAST, counted(10_000, 200, 5, 0), **ONCE)
    assert sentences.estimated_roas(analysed(unspent, order_value=60.0), WORDS) is None


# The reasons, S14


def _split(*actual: Any) -> str:
    return _say(sentences.why(_came(*actual), WORDS))


def test_s14_the_parts_are_told_largest_first_and_noise_is_called_noise() -> None:
    assert _say(sentences.why(WIN, WORDS)) == (
        "Why the CPA fell: clicks came easier 80 %, conversion 20 % (noise)."
    )
    assert _say(sentences.why(LOSS, WORDS)) == (
        "Why the CPA rose: clicks came harder 85 %, conversion 9 % (noise), impressions dearer 6 %."
    )


def test_s14_what_worked_against_the_change_is_told_last() -> None:
    """Impressions twice as dear, clicks four times as many: half the CPA."""
    assert _split(100_000, 8_000, 400, 8_000) == (
        "Why the CPA fell: clicks came easier 200 %; against it: impressions dearer 100 %."
    )


def test_s14_a_part_below_three_percent_is_left_out() -> None:
    assert _split(100_000, 4_000, 201, 4_000) == "Why the CPA fell: clicks came easier 99 %."


def test_s14_says_nothing_where_the_cost_did_not_move_or_is_not_defined() -> None:
    assert sentences.why(SILENT, WORDS) is None
    assert sentences.why(_came(100_000, 2_000, 100, 4_000), WORDS) is None


# From S17 to S20, the action


@pytest.mark.parametrize(
    ("act", "sentence"),
    [
        (
            SetSpend(field="daily spend", previous=Decimal(440), to=Decimal(506), currency="EUR"),
            "Raise the daily spend 440.00 → 506.00 EUR (+15 %).",
        ),
        (
            SetSpend(field="spend", previous=Decimal(4000), to=Decimal(3700), currency="JPY"),
            "Lower the spend 4,000 → 3,700 JPY (−7.5 %).",
        ),
        (Wait(next_look=WEEK), "Wait. Next look 6 Apr."),
        (KeepAsIs(next_look=WEEK), "Keep as it is. Next look 6 Apr."),
    ],
)
def test_s17_every_typed_action_has_its_form(act: Any, sentence: str) -> None:
    assert _say(sentences.action(act, WORDS)) == sentence


def test_s17_without_a_date_reads_the_same_on_every_day() -> None:
    assert sentences.action(Wait(next_look=WEEK), WORDS, dated=False) == "Wait."
    assert sentences.action(KeepAsIs(next_look=WEEK), WORDS, dated=False) == "Keep as it is."


def test_s18_what_is_expected_is_a_range_with_its_day() -> None:
    expected = Expectation(kpi="cpa", low=30.0, high=36.0, level=0.8, by=WEEK)
    assert (
        _say(sentences.expected(expected, "EUR", WORDS))
        == "Expected by 6 Apr: CPA 30.00 to 36.00 EUR (80 %)."
    )


def test_s19_the_worst_case_of_more_is_a_whole_sum() -> None:
    worst = WorstCase(kind="spent_for_nothing", amount=Decimal("462.00"), currency="EUR", by=WEEK)
    assert _say(sentences.worst_case(worst, WORDS)) == "Worst case: 462 EUR spent for nothing."


def test_s19_the_worst_case_of_less_is_told_in_conversions_and_a_whole_sum() -> None:
    worst = WorstCase(
        kind="conversions_not_made",
        amount=Decimal("2700.00"),
        currency="EUR",
        conversions=60,
        unit_price=Decimal("45.00"),
        by=WEEK,
    )
    assert _say(sentences.worst_case(worst, WORDS)) == (
        "Worst case: about 60 conversions not made (2,700 EUR at 45.00 each)."
    )


@pytest.mark.parametrize(
    ("checked", "right", "sentence"),
    [
        (41, 31, "Confidence 74 % (31 of 41 like it were right)."),
        (20, 15, "Confidence 74 % (15 of 20 like it were right)."),
        (19, 19, "Confidence 74 % (not yet checked)."),
        (0, 0, "Confidence 74 % (not yet checked)."),
    ],
)
def test_s20_confidence_stands_beside_its_record(checked: int, right: int, sentence: str) -> None:
    proposal = factories.proposal(confidence=0.74, checked=checked, right=right)
    assert _say(sentences.confidence(proposal, WORDS)) == sentence


def test_s20_nothing_is_said_where_nothing_is_claimed() -> None:
    proposal: Proposal = factories.proposal(confidence=None)
    assert sentences.confidence(proposal, WORDS) is None


# S22 to S25: precedents and decisions


def _precedent(*outcomes: str | None) -> str:
    similar = factories.analysis().similar[0]
    each = tuple(similar.model_copy(update={"outcome": outcome}) for outcome in outcomes)
    return _say(sentences.precedent(each, WORDS))


def test_s22_the_outcomes_of_similar_campaigns_are_counted() -> None:
    assert _precedent("improved", "improved", "cannot tell") == (
        "3 similar campaigns: 2 improved, 0 worsened, 1 cannot tell."
    )
    assert _precedent("worsened") == "1 similar campaign: 0 improved, 1 worsened, 0 cannot tell."


def test_s22_without_a_measured_outcome_there_is_no_precedent() -> None:
    assert _precedent() == _precedent(None, None) == "No precedent."


def test_s22_counts_only_what_was_measured_so_that_the_parts_add_up() -> None:
    assert _precedent("improved", None, None) == "1 similar campaign: 1 improved, 0 worsened, 0 cannot tell."


def test_s23_who_approved_and_when() -> None:
    decision = factories.decision(verb="approve", by="U0APPROVER", at=MOMENT)
    assert _say(sentences.approved(decision, WORDS)) == "Approved by U0APPROVER, 31 Mar 09:40 CEST."


@pytest.mark.parametrize(
    ("reason", "text"),
    [("cause", "the cause is wrong"), ("timing", "right, but not now"), (None, "another reason")],
)
def test_s25_who_rejected_and_why(reason: Any, text: str) -> None:
    decision = factories.decision(verb="reject", by="U0APPROVER", at=MOMENT, reason=reason)
    assert _say(sentences.rejected(decision, WORDS)) == f"Rejected by U0APPROVER, 31 Mar 09:40 CEST: {text}."


@pytest.mark.parametrize(
    ("verb", "reason", "text"),
    [("approve", None, "approved"), ("reject", "timing", "rejected (right, but not now)"),
     ("done", None, "carried out"), ("drop", None, "dropped")],
)  # fmt: skip
def test_the_digest_says_who_decided_what(verb: str, reason: Any, text: str) -> None:
    decided = factories.decided(factories.recommendation(), verb, reason=reason)
    assert _say(sentences.decided(decided, WORDS)) == (
        f"Spring Sale: U0APPROVER {text}: Raise the daily spend 240.00 → 276.00 EUR (+15 %)."
    )


# S37, S38 and the lines of the digest


@pytest.mark.parametrize(
    ("spend", "sums"),
    [
        ({"EUR": Decimal("18240.55")}, ", 18,241 EUR"),
        ({"EUR": Decimal(900), "USD": Decimal(40)}, ", 900 EUR and 40 USD"),
        ({"": Decimal(900)}, ", 900"),
        ({}, ""),
    ],
)
def test_s37_a_quiet_week_is_one_line(spend: dict[str, Decimal], sums: str) -> None:
    sentence = sentences.quiet_week(date(2026, 3, 23), date(2026, 3, 29), 11, spend, WORDS)
    assert _say(sentence) == f"Quiet week, 23–29 Mar: 11 campaigns{sums}. Nothing real moved, nothing waits."


def test_s38_a_level_stands_with_its_range_its_number_and_its_status() -> None:
    effect = factories.level_effect(
        name="Students 18–25", lift_pct=-18.0, interval=Interval(low=-31.0, high=-6.0, level=0.8), campaigns=4
    )
    assert _say(sentences.learned(effect, WORDS)) == (
        "Students 18–25: CPA −18 % against the rest (80 % range −6 % to −31 %), 4 campaigns. "
        "Candidate, last tested 29 Mar."
    )


def test_what_moved_is_told_with_range_number_window_and_direction() -> None:
    assert _say(sentences.moved(factories.moved(), WORDS)) == (
        "Spring Sale: CPA 31.82 → 25.90 EUR, −19 % (90 % range −10 % to −27 %), "
        "268 conversions, 1–29 Mar; better."
    )


def test_waste_is_told_with_its_range_and_its_benchmark() -> None:
    found = factories.patterns().inefficiencies[0]
    found = found.model_copy(update={"interval": Interval(low=200.0, high=600.4, level=0.8)})
    assert _say(sentences.wasted(found, WORDS)) == (
        "Flash Friday: 412 EUR above what is achievable (80 % range 200 to 600 EUR), "
        "CPA 41.50 EUR against 28.00."
    )


def test_a_trend_is_told_with_its_slope_and_its_dates() -> None:
    found = factories.patterns().platform_trends[0]
    assert isinstance(found, PlatformTrend)
    assert _say(sentences.trend(found, _without_years())) == (
        "Meta Ads: CPA against forecast −3.4 % in 30 days (80 % range −1 % to −6 %), "
        "8 campaigns, 1 Oct–29 Mar."
    )


def test_a_late_digest_says_since_when_and_until_when_its_figures_go() -> None:
    due = datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
    sentence = sentences.late(due, datetime(2026, 3, 30, 12, 5, tzinfo=UTC), date(2026, 3, 29), WORDS)
    assert _say(sentence) == (
        "Late: due 30 Mar 09:00 CEST, posted 30 Mar 14:05 CEST; Marko was down. Figures end 29 Mar."
    )


def test_clicks_without_a_single_conversion_put_the_tracking_first() -> None:
    assert _say(sentences.tracking_first(SILENT, WORDS)) == (
        "Not one conversion in 2,000 clicks: please check the tracking before anything is changed."
    )
    assert sentences.tracking_first(HARDLY, WORDS) is None
    assert sentences.tracking_first(WIN, WORDS) is None


# All of them


def _everything(analysis: Analysis) -> list[str]:
    proposal = analysis.proposal
    said = [
        sentences.verdict(analysis, WORDS),
        *sentences.contrary(analysis, WORDS),
        sentences.why(analysis, WORDS),
        sentences.action(proposal.action, WORDS),
        sentences.confidence(proposal, WORDS),
        *(part for name in analysis.comparison.metrics for part in sentences.field(name, analysis, WORDS)),
    ]
    if proposal.expectation:
        said.append(sentences.expected(proposal.expectation, "EUR", WORDS))
    if proposal.worst_case:
        said.append(sentences.worst_case(proposal.worst_case, WORDS))
    insights = analysis.insights
    said += [each.text for each in (*insights.key_learnings, *insights.recommendations, *insights.anomalies)]
    return [each for each in said if each]


ALL = [WIN, LOSS, NOISE, EARLY, SILENT, HARDLY, UNSPENT, MIXED]


@pytest.mark.parametrize("analysis", ALL)
def test_a_figure_never_breaks_from_its_unit(analysis: Analysis) -> None:
    for sentence in _everything(analysis):
        assert not re.search(r"\d (%|EUR)", sentence), sentence


@pytest.mark.parametrize("analysis", ALL)
def test_no_sentence_writes_a_hyphen_for_a_minus_or_shows_a_machine_s_word(analysis: Analysis) -> None:
    for sentence in _everything(analysis):
        assert not re.search(r"(^|[\s(])-\d", sentence), sentence
        assert not re.search(r"None|nan|inf\b|\{|\}", sentence), sentence


@pytest.mark.parametrize("analysis", [NOISE, EARLY])
def test_noise_and_too_early_get_no_direction_word(analysis: Analysis) -> None:
    assert analysis.comparison.lead.verdict != "real"
    assert not re.search(r"Beat|Missed|better|worse", sentences.verdict(analysis, WORDS))


def test_a_setting_of_certainty_reaches_the_words() -> None:
    strict: CampaignPerformanceInput = SPRING_SALE
    assert _say(sentences.verdict(analysed(strict, rules=Rules(certainty=0.999999)), WORDS)).startswith(
        ("Too early to say.", "No real change.")
    )
    assert _say(sentences.verdict(analysed(strict, rules=RULES), WORDS)).startswith("Beat")
