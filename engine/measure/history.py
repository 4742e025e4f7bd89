"""Where there is no forecast: a window against the campaign's own earlier one."""

import math
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from engine.measure import distributions, kpi
from engine.measure.evidence import gather
from engine.models.campaign import Metrics
from engine.models.comparison import Kpi, Verdict
from engine.models.recommendation import OwnHistory
from engine.models.retrospective import Retrospective
from engine.models.rules import Rules


def own_history(focus: Retrospective, remembered: Sequence[Retrospective], rules: Rules) -> OwnHistory | None:
    """Compare the driver with an earlier window that does not overlap; both are uncertain.

    Of rows it is the one of the same length on the same days of the week; where they do not reach so far
    back, and without rows, the newest that was handed in. The log ratio is normal with variance
    1/n + 1/n, n being the events of either window.
    """
    before = _earlier(focus, remembered)
    if before is None:
        return None
    name = kpi.driver(focus.campaign.objective, focus.campaign.actual_metrics)
    past = gather(name, before.actual)
    now = gather(name, focus.campaign.actual_metrics)
    if past is None or now is None or not past.value or not now.value:
        return None
    change = math.log(now.value / past.value)
    error = math.sqrt(1 / past.events + 1 / now.events)
    return OwnHistory(
        first_day=before.first_day,
        last_day=before.last_day,
        before=past.value,
        actual=now.value,
        delta_pct=math.expm1(change) * 100,
        verdict=_verdict(change, error, rules),
        favourable=_favourable(name, change),
        certainty=_certainty(change, error, rules),
    )


class _Before(NamedTuple):
    first_day: date | None
    last_day: date
    actual: Metrics


def _earlier(focus: Retrospective, remembered: Sequence[Retrospective]) -> _Before | None:
    if focus.rows is not None and focus.rows.before is not None:
        found = focus.rows.before
        return _Before(found.first_day, found.last_day, found.actual)
    earlier = [each for each in remembered if _precedes(each, focus)]
    if focus.rows is not None:
        earlier = [each for each in earlier if each.rows is None]
    before = max(earlier, key=lambda each: each.last_day, default=None)
    if before is None:
        return None
    return _Before(before.campaign.window_start, before.last_day, before.campaign.actual_metrics)


def _precedes(each: Retrospective, focus: Retrospective) -> bool:
    """Without a first day nobody knows that windows do not overlap; other money or other counting is
    no history of this."""
    then, now = each.campaign, focus.campaign
    return (
        each.campaign_key == focus.campaign_key
        and now.window_start is not None
        and each.last_day < now.window_start
        and then.currency == now.currency
        and then.attribution_window == now.attribution_window
    )


def _verdict(change: float, error: float, rules: Rules) -> Verdict:
    if _certainty(change, error, rules) > rules.certainty:
        return "real"
    reach = distributions.normal_quantile(0.5 + rules.interval_level / 2) * error
    inside = abs(math.expm1(change - reach)) <= rules.noise_band
    return "noise" if inside and math.expm1(change + reach) <= rules.noise_band else "too early"


def _certainty(change: float, error: float, rules: Rules) -> float:
    limit = abs(math.log1p(math.copysign(rules.tolerance, change)))
    return distributions.normal_cdf((abs(change) - limit) / error)


def _favourable(name: Kpi, change: float) -> bool | None:
    return None if change == 0 else (change < 0) == (name in kpi.LOWER_IS_BETTER)
