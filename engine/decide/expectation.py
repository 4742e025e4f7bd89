"""What to expect of a change of spend, written down before anybody decides."""

import math
from datetime import date, timedelta

from engine.measure import distributions
from engine.measure.evidence import gather
from engine.models.action import Expectation
from engine.models.campaign import CampaignPerformanceInput
from engine.models.comparison import Kpi
from engine.models.retrospective import days_in_window
from engine.models.rules import Rules

LEVEL = 0.80


def expect(
    name: Kpi, campaign: CampaignPerformanceInput, factor: float, today: date, rules: Rules
) -> Expectation | None:
    """Expect the driver's value at ``factor`` times the spend, over the rules' horizon, as a range.

    Results grow with spend to the power of an elasticity somewhere within ``spend_elasticity``, an
    assumption until this account's own changes are measured. The 80 % range adds up three doubts,
    as variances of the log: the counts of this window, those of the next, and the elasticity.
    """
    evidence = gather(name, campaign.actual_metrics)
    if evidence is None or evidence.events < 1:
        return None
    low, high = rules.spend_elasticity
    days = days_in_window(campaign) or rules.horizon_days
    next_events = evidence.events * factor * rules.horizon_days / days
    elasticity = (low + high) / 2
    middle = math.log(evidence.value) + (1 - elasticity) * math.log(factor)
    doubt = (high - low) ** 2 / 12 * math.log(factor) ** 2
    error = math.sqrt(1 / evidence.events + 1 / next_events + doubt)
    reach = distributions.normal_quantile(0.5 + LEVEL / 2) * error
    return Expectation(
        kpi=name,
        low=math.exp(middle - reach),
        high=math.exp(middle + reach),
        level=LEVEL,
        by=today + timedelta(days=rules.horizon_days),
    )
