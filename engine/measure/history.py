"""Where there is no forecast: a window against the campaign's own earlier one."""

import math
from collections.abc import Sequence
from datetime import date
from typing import NamedTuple

from engine.measure import distributions, kpi
from engine.measure.comparison import certainty_of
from engine.measure.evidence import Evidence
from engine.measure.reliance import LATE, Reliance
from engine.measure.sceptic import Shift, shift
from engine.models.campaign import Metrics
from engine.models.comparison import Kpi, Verdict
from engine.models.recommendation import OwnHistory
from engine.models.retrospective import Retrospective, days_in_window
from engine.models.rules import Rules


def own_history(focus: Retrospective, remembered: Sequence[Retrospective], rules: Rules) -> OwnHistory | None:
    """Compare the driver with an earlier window that does not overlap; both are uncertain.

    Of rows it is the one of the same length on the same days of the week; where they do not reach so far
    back, and without rows, the newest that was handed in. The change is as unlikely as two counts make it
    that share one rate (conditional likelihood ratio of two Poisson means; Przyborowski & Wilenski 1940),
    each divided by the scatter of its days.
    """
    before = _earlier(focus, remembered)
    if before is None:
        return None
    name = kpi.driver(focus.campaign.objective, focus.campaign.actual_metrics)
    known = Reliance(focus.rows, days_in_window(focus.campaign))
    past = _settled(known).evidence(name, before.actual)
    now = known.evidence(name, focus.campaign.actual_metrics)
    if past is None or now is None or not past.value or not now.value:
        return None
    found = two_windows(past, now)
    verdict, favourable, certainty = _verdict(found, rules), _favourable(name, found.change), None
    worse = verdict == "real" and favourable is False and name in LATE
    if worse and not _shows_settled(name, past, known, rules):
        verdict, certainty = "too early", rules.certainty
    return OwnHistory(
        first_day=before.first_day,
        last_day=before.last_day,
        before=past.value,
        actual=now.value,
        delta_pct=math.expm1(found.change) * 100,
        verdict=verdict,
        favourable=favourable,
        certainty=certainty_of(found, rules) if certainty is None else certainty,
    )


def own_shift(focus: Retrospective) -> Shift | None:
    """Give the log change of the driver from the window before, where rows know both."""
    rows = focus.rows
    if rows is None or rows.before is None:
        return None
    name = kpi.driver(focus.campaign.objective, focus.campaign.actual_metrics)
    known = Reliance(rows, days_in_window(focus.campaign))
    past = _settled(known).evidence(name, rows.before.actual)
    now = known.evidence(name, focus.campaign.actual_metrics)
    if past is None or now is None or not past.value or not now.value:
        return None
    return two_windows(past, now)


def two_windows(past: Evidence, now: Evidence) -> Shift:
    """Give the log change between two windows, both of them uncertain."""
    change = math.log(now.value / past.value)
    a, b = past.effective, now.effective
    # The rate of events on what they are counted on: costs are the inverse of it.
    base_a, base_b = (a / past.value, b / now.value) if now.grows else (a * past.value, b * now.value)
    rate = (a + b) / (base_a + base_b)
    unlikely = a * math.log(a / (rate * base_a)) + b * math.log(b / (rate * base_b))
    if past.trials is not None and now.trials is not None:
        unlikely += _rest(past, rate) + _rest(now, rate)
    freedom = min((each for each in (past.freedom, now.freedom) if each is not None), default=None)
    return shift(change, unlikely, math.sqrt(1 / a + 1 / b), freedom)


def _rest(each: Evidence, rate: float) -> float:
    """What the trials without an event add to the likelihood ratio of a share."""
    rest = (each.trials or 0.0) / each.dispersion - each.effective
    return rest * math.log((1 - each.value) / (1 - rate)) if rest > 0 and rate < 1 else 0.0


def _settled(known: Reliance) -> Reliance:
    """The same scatter for an older window, whose conversions have all come."""
    if known.rows is None:
        return known
    return known._replace(rows=known.rows.model_copy(update={"maturity": None}))


def _shows_settled(name: Kpi, past: Evidence, known: Reliance, rules: Rules) -> bool:
    """Whether days whose conversions have all come show by themselves that it got worse."""
    late = known.maturity
    if late is None or late.learned:
        return True
    if late.settled is None:
        return False
    now = Reliance(known.rows, late.settled_days).evidence(name, late.settled)
    if now is None or not now.value:
        return False
    found = two_windows(past, now)
    return _verdict(found, rules) == "real" and _favourable(name, found.change) is False


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


def _verdict(found: Shift, rules: Rules) -> Verdict:
    if certainty_of(found, rules) > rules.certainty:
        return "real"
    reach = distributions.normal_quantile(0.5 + rules.interval_level / 2) * found.error
    inside = abs(math.expm1(found.change - reach)) <= rules.noise_band
    return "noise" if inside and math.expm1(found.change + reach) <= rules.noise_band else "too early"


def _favourable(name: Kpi, change: float) -> bool | None:
    return None if change == 0 else (change < 0) == (name in kpi.LOWER_IS_BETTER)
