"""One typed action for one comparison: a plain first rule, within the limits, with its worst case."""

import math
from datetime import date, timedelta
from decimal import ROUND_CEILING, ROUND_FLOOR, ROUND_HALF_UP, Decimal
from typing import Literal, NamedTuple

from engine.decide.expectation import expect
from engine.errors import UnfitChange
from engine.models.action import WORKFLOWS, Alternative, Expectation, KeepAsIs, SetSpend, Wait, WorstCase
from engine.models.campaign import CampaignPerformanceInput
from engine.models.comparison import Comparison
from engine.models.currency import smallest_unit
from engine.models.recommendation import Analysis, OwnHistory, Proposal, Recovery
from engine.models.retrospective import days_in_window
from engine.models.rules import Rules

LONGEST_WAIT_DAYS = 14  # rates change; nobody should wait two months to look again
MOST_CHANGE = 10.0  # ten times more is a mistyped figure, whatever the limit
HIGHEST_CONFIDENCE = 0.99  # a forecast may itself be wrong; certainty is never claimed


class _Case(NamedTuple):
    """What every step here looks at."""

    campaign: CampaignPerformanceInput
    comparison: Comparison
    today: date
    rules: Rules

    @property
    def by(self) -> date:
        return self.today + timedelta(days=self.rules.horizon_days)

    def expect(self, factor: float) -> Expectation | None:
        return expect(self.comparison.driver, self.campaign, factor, self.today, self.rules)

    def set_spend(self, change: float) -> SetSpend | None:
        """Move the average daily spend of the window, or the whole spend where its length is unknown."""
        unit = smallest_unit(self.campaign.currency)
        days = days_in_window(self.campaign)
        spent = (self.campaign.actual_metrics.spend or Decimal(0)) / (days or 1)
        previous = spent.quantize(unit, ROUND_HALF_UP)
        # Toward what is spent now, so that no rounding carries a step over the limit.
        toward = ROUND_FLOOR if change > 0 else ROUND_CEILING
        to = (previous * (1 + Decimal(str(change)))).quantize(unit, toward)
        if previous <= 0 or to == previous:
            return None
        field: Literal["daily spend", "spend"] = "daily spend" if days else "spend"
        return SetSpend(field=field, previous=previous, to=to, currency=self.campaign.currency)


def propose(
    campaign: CampaignPerformanceInput,
    comparison: Comparison,
    history: OwnHistory | None,
    today: date,
    rules: Rules,
    *,
    outdated: bool = False,
    withheld: bool = False,
) -> Proposal:
    """Propose: more where the driver really beat its forecast, less where it really missed it.

    Noise keeps everything as it is, too early waits. So does a campaign without any conversion: what
    is broken may be the counting; and one with more conversions than clicks. Without a forecast the
    campaign's own earlier window stands in. An ``outdated`` window, of which newer figures are known,
    proposes nothing: the same change would be proposed twice. ``withheld`` waits, whatever was found: the
    rows are in doubt.
    The step is ``rules.spend_step`` and never above ``rules.change_limit``.
    """
    case = _Case(campaign, comparison, today, rules)
    favourable, verdict, certainty = _judged(comparison, history)
    step = min(rules.spend_step, rules.change_limit)
    doubted = comparison.driver == "cpa" and "counting_doubted" in comparison.flags
    if verdict == "real" and favourable is not None and not (doubted or outdated or withheld):
        spend = case.set_spend(step if favourable else -step)
        if spend is not None:
            return _spend_proposal(case, spend, certainty)
    if (verdict == "noise" or outdated) and not withheld:
        keep = KeepAsIs(next_look=case.by)
        return Proposal(action=keep, workflow=WORKFLOWS[keep.kind], confidence=None)
    needed = comparison.need.days if comparison.need and not withheld else None
    days = min(needed or rules.horizon_days, LONGEST_WAIT_DAYS)
    wait = Wait(next_look=today + timedelta(days=days))
    return Proposal(action=wait, workflow=WORKFLOWS[wait.kind], confidence=None)


def recovery(analysis: Analysis) -> Recovery | None:
    """Say where the driver KPI is where there is nothing to do any more, since it is back within noise.

    ``None`` where something is proposed, nobody can tell yet, or the KPI is not defined.
    """
    comparison, history = analysis.comparison, analysis.own_history
    _, verdict, _ = _judged(comparison, history)
    forecast = comparison.lead.verdict != "no forecast"
    value = comparison.lead.actual if forecast or history is None else history.actual
    if analysis.proposal.needs_approval or verdict != "noise" or value is None or analysis.is_unjudged:
        return None
    currency = analysis.retrospective.campaign.currency
    return Recovery(kpi=comparison.driver, value=value, currency=currency)


def amended(analysis: Analysis, change: float, today: date, rules: Rules) -> Proposal:
    """Say what the same proposal would be with another relative change: 0.10 is +10 %.

    Raises ``UnfitChange`` where that moves nothing, or is another idea: an edit keeps the direction, and
    nothing is paused by it. Whether it is within the limits is not asked here.
    """
    proposed = analysis.proposal.action
    if not isinstance(proposed, SetSpend):
        raise UnfitChange("There is no change to edit.")
    if not math.isfinite(change) or change <= -1 or change > MOST_CHANGE:
        raise UnfitChange(f"Enter more than −100\u00a0% and at most {MOST_CHANGE * 100:.0f}\u00a0%.")
    spend = _case(analysis, today, rules).set_spend(change)
    if spend is None:
        raise UnfitChange(f"That moves the {proposed.field} by nothing; to leave it as it is, reject.")
    return with_action(analysis, spend, today, rules)


def with_action(analysis: Analysis, spend: SetSpend, today: date, rules: Rules) -> Proposal:
    """Give the proposal with this action in the place of its own; raises ``UnfitChange`` as ``amended``."""
    proposed = analysis.proposal.action
    if not isinstance(proposed, SetSpend) or not _same_thing(proposed, spend):
        raise UnfitChange("That is another change than the one that is proposed.")
    if spend.to == spend.previous:
        raise UnfitChange(f"That moves the {proposed.field} by nothing; to leave it as it is, reject.")
    if (spend.to > spend.previous) is not (proposed.to > proposed.previous):
        way = "a raise" if proposed.to > proposed.previous else "a cut"
        raise UnfitChange(f"An edit keeps the direction: this is {way}. Reject it and analyze again.")
    if spend.to <= 0:
        raise UnfitChange("That would be a pause. Reject it and pause on the platform.")
    if spend == proposed:
        return analysis.proposal
    return _spend_proposal(_case(analysis, today, rules), spend, analysis.proposal.confidence)


def _case(analysis: Analysis, today: date, rules: Rules) -> _Case:
    return _Case(analysis.retrospective.campaign, analysis.comparison, today, rules)


def _same_thing(one: SetSpend, other: SetSpend) -> bool:
    return (one.field, one.previous, one.currency) == (other.field, other.previous, other.currency)


def _judged(comparison: Comparison, history: OwnHistory | None) -> tuple[bool | None, str, float | None]:
    """Say which way the driver went, its verdict, and how sure that is."""
    lead = comparison.lead
    if lead.verdict == "no forecast" and history is not None:
        return history.favourable, history.verdict, history.certainty
    return lead.favourable, lead.verdict, lead.certainty


def _spend_proposal(case: _Case, spend: SetSpend, certainty: float | None) -> Proposal:
    return Proposal(
        action=spend,
        workflow=WORKFLOWS[spend.kind],
        confidence=None if certainty is None else min(certainty, HIGHEST_CONFIDENCE),
        expectation=case.expect(1 + spend.change),
        worst_case=_worst_case(case, spend),
        risk=_risk(case, spend),
        alternatives=_alternatives(case, spend),
    )


def _risk(case: _Case, spend: SetSpend) -> Literal["low", "medium", "high"]:
    """High beyond the limit; medium where another KPI really went the other way."""
    if abs(spend.change) > case.rules.change_limit:
        return "high"
    contrary = any(
        each.verdict == "real" and each.favourable is not (spend.change > 0)
        for name, each in case.comparison.metrics.items()
        if name != case.comparison.driver
    )
    return "medium" if contrary else "low"


def _worst_case(case: _Case, spend: SetSpend) -> WorstCase:
    """Bound the loss: the added money buys nothing, or the money taken away would have converted."""
    days = case.rules.horizon_days if spend.field == "daily spend" else 1
    moved = abs(spend.to - spend.previous) * days
    metrics, unit = case.comparison.metrics, smallest_unit(spend.currency)
    # Without a conversion nobody knows what one costs; a click has its price all the same.
    bought: Literal["cpa", "cpc"] = "cpa" if metrics["cpa"].actual else "cpc"
    priced = metrics.get(bought)
    price = priced.actual if priced else None
    if spend.change > 0 or not price:
        return WorstCase(kind="spent_for_nothing", amount=moved, currency=spend.currency, by=case.by)
    lost = max(1, round(float(moved) / price))
    unit_price = Decimal(str((priced and priced.expected) or price)).quantize(unit, ROUND_HALF_UP)
    return WorstCase(
        kind="conversions_not_made" if bought == "cpa" else "clicks_not_made",
        amount=unit_price * lost,
        currency=spend.currency,
        conversions=lost if bought == "cpa" else None,
        clicks=lost if bought == "cpc" else None,
        unit_price=unit_price,
        by=case.by,
    )


def _alternatives(case: _Case, spend: SetSpend) -> tuple[Alternative, ...]:
    """Name the other ways: half the step where that still moves anything, and doing nothing."""
    raised = spend.change > 0
    keep = Alternative(
        action=KeepAsIs(next_look=case.by),
        expectation=case.expect(1.0),
        why_not="win_unused" if raised else "loss_goes_on",
    )
    step = min(case.rules.spend_step, case.rules.change_limit) / 2
    half = case.set_spend(step if raised else -step)
    if half is None or half.to == spend.to:
        return (keep,)
    smaller = Alternative(
        action=half,
        expectation=case.expect(1 + half.change),
        worst_case=_worst_case(case, half),
        why_not="smaller_step",
    )
    return smaller, keep
