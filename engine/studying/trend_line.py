"""One KPI of one campaign or platform by day, judged: real, noise, expected by the calendar, or too early."""

import math
import zlib
from collections.abc import Collection, Sequence
from datetime import date
from typing import NamedTuple

import numpy as np

from engine.measure import distributions, onset
from engine.measure.daily_ratio import COSTS, DailyRatio, daily_ratio
from engine.measure.onset import Change, Series, change_at, find_change
from engine.measure.slope import theil_sen
from engine.models.calendar import Occasion
from engine.models.comparison import Interval, Kpi
from engine.models.daily import DaySum
from engine.models.rules import Rules
from engine.models.trend_study import (
    Grade,
    Market,
    Others,
    Threshold,
    TrendLine,
    TrendSeries,
    TrendState,
    Velocity,
)
from engine.occasions import days_of

ALPHA = 0.025  # with which a change is believed; simulated: benchmarks/trends.py
LEVEL = 0.80
REACH = 1.2815515655446004  # standard errors that hold 80 %
MOST_LOG = 20.0
FARTHEST_DAYS = 90  # a forecast that is reached later is not told
WEEK = 7
HALF_OF_IT = 0.5  # of a campaign's change, that others have to share for it to be the market's
LAGGING: frozenset[Kpi] = frozenset({"cvr", "cpa", "roas"})
# KPIs that look worse as long as conversions of the newest days still come in.
COUNTED = {
    "ctr": "clicks",
    "cvr": "conversions",
    "cpa": "conversions",
    "roas": "orders",
    "cpc": "clicks",
    "cpm": "impressions",
}


class Whose(NamedTuple):
    """Who is judged; ``forecast`` is what was expected of the KPI, where anybody said so."""

    name: str
    platform: str
    campaign_key: str = ""
    campaigns: int = 1
    forecast: float | None = None


class Judged(NamedTuple):
    line: TrendLine
    drawn: TrendSeries | None


def judged(
    whose: Whose,
    kpi: Kpi,
    days: Sequence[DaySum],
    *,
    others: Sequence[DaySum],
    found: Sequence[Occasion],
    unsettled: Collection[date],
    rules: Rules,
) -> Judged:
    """Judge days of one currency, by day.

    ``others`` are the days of the platform's other campaigns, ``found`` what the calendar has on these days,
    ``unsettled`` those whose conversions still come in.
    """
    ratio = daily_ratio(kpi, days)
    whole = ratio.series()
    kept = _without(whole, days_of(found))
    line = _opening(whose, days, ratio, kept).model_copy(update={"left_out": tuple(found)})
    change = find_change(kept, seed=_seed(whose, kpi))
    if change is None:
        return Judged(_too_early(line, kept), None)
    line = line.model_copy(update={**_sloped(kept, kpi), "p_value": change.p_value})
    if not is_real(change, rules):
        return Judged(
            line.model_copy(update={"state": _why_not(whole, kept, whose, kpi, rules)}), _drawn(ratio, kept)
        )
    if kpi in LAGGING and change.log_ratio < 0 and unsettled:
        shown, kept = len(kept.days), _without(kept, unsettled)
        line = line.model_copy(update={**_counted(ratio, kept), "unsettled_days": shown - len(kept.days)})
        change = find_change(kept, seed=_seed(whose, kpi))
        if change is None or not is_real(change, rules) or change.log_ratio > 0:
            return Judged(line.model_copy(update={"state": "immature"}), _drawn(ratio, kept))
    line = line.model_copy(update={"state": "real", **_changed(change, kept, ratio, rules)})
    beside = {
        "others": _others(line, change, kept, others, found),
        "threshold": _threshold(change, line, whose),
    }
    return Judged(line.model_copy(update=beside), _drawn(ratio, kept, change))


def _why_not(whole: Series, kept: Series, whose: Whose, kpi: Kpi, rules: Rules) -> TrendState:
    """Noise; or something moved, but on days of the calendar alone."""
    if len(kept.days) == len(whole.days):
        return "none"
    seen = find_change(whole, seed=_seed(whose, kpi))
    return "calendar" if seen is not None and is_real(seen, rules) else "none"


def _seed(whose: Whose, kpi: Kpi) -> int:
    return zlib.crc32(f"{whose.campaign_key or whose.platform} {kpi}".encode())


def _without(series: Series, days: Collection[date]) -> Series:
    there = ~np.isin(series.days, [each.toordinal() for each in days])
    return Series(series.days[there], series.events[there], series.exposure[there])


def _opening(whose: Whose, days: Sequence[DaySum], ratio: DailyRatio, kept: Series) -> TrendLine:
    return TrendLine.model_validate(
        {
            **_counted(ratio, kept),
            "name": whose.name,
            "platform": whose.platform,
            "campaign_key": whose.campaign_key,
            "kpi": ratio.kpi,
            "state": "none",
            "first_day": days[0].day if days else None,
            "counted": COUNTED[ratio.kpi],
            "currency": (days[0].currency or None) if days else None,
            "campaigns": whose.campaigns,
        }
    )


def _counted(ratio: DailyRatio, kept: Series) -> dict[str, object]:
    """What the days that are judged hold."""
    events, exposure = float(kept.events.sum()), float(kept.exposure.sum())
    return {
        "last_day": date.fromordinal(int(kept.days[-1])) if len(kept.days) else None,
        "days": len(kept.days),
        "events": events,
        "level": ratio.level(events / exposure) if events and exposure else None,
    }


def _too_early(line: TrendLine, kept: Series) -> TrendLine:
    update = {
        "state": "too_early",
        "needs_days": max(onset.FEWEST_DAYS - len(kept.days), 0),
        "needs_events": max(math.ceil(onset.FEWEST_EVENTS - float(kept.events.sum())), 0),
    }
    return line.model_copy(update=update)


def is_real(change: Change, rules: Rules) -> bool:
    """Seldom enough by chance, and surely beyond the tolerance in the direction seen."""
    beyond = (abs(change.log_ratio) - math.log1p(rules.tolerance)) / change.error
    return change.p_value <= ALPHA and distributions.normal_cdf(beyond) > rules.certainty


def _sign(kpi: Kpi) -> int:
    return -1 if kpi in COSTS else 1


def _pct(log: float) -> float:
    return math.expm1(min(log, MOST_LOG)) * 100


def _range(low: float, high: float) -> Interval:
    return Interval(low=_pct(min(low, high)), high=_pct(max(low, high)), level=LEVEL)


def _sloped(kept: Series, kpi: Kpi) -> dict[str, object]:
    """The robust slope of the whole window, weekdays taken out."""
    slope = theil_sen(kept.days, onset.levelled(kept).values, LEVEL)
    sign = _sign(kpi) * WEEK
    return {
        "slope_pct_per_week": _pct(sign * slope.slope),
        "slope_interval": _range(sign * slope.low, sign * slope.high),
        "slope_p_value": slope.p_value,
    }


def _changed(change: Change, kept: Series, ratio: DailyRatio, rules: Rules) -> dict[str, object]:
    sign = _sign(ratio.kpi)
    log = sign * change.log_ratio
    onset_day, first, last = (
        date.fromordinal(int(kept.days[place])) for place in (change.onset, change.first, change.last)
    )
    return {
        "p_value": change.p_value,
        "before": ratio.level(change.before),
        "after": ratio.level(change.after),
        "change_pct": _pct(log),
        "interval": _range(log - REACH * change.error, log + REACH * change.error),
        "favourable": (log < 0) is (ratio.kpi in COSTS),
        "grade": _grade(log, change.error, rules),
        "shape": change.shape,
        "onset": onset_day,
        "onset_first": first,
        "onset_last": last,
        "duration_days": int(kept.days[-1] - kept.days[change.onset]) + 1,
        "velocity": _velocity(change),
    }


def _grade(log: float, error: float, rules: Rules) -> Grade:
    """By the end of the range that is nearest to nothing: a size that is not sure is not told."""
    surely = math.expm1(max(abs(log) - REACH * error, 0.0))
    if surely > rules.critical:
        return "critical"
    return "significant" if surely > rules.significant else "slight"


def _velocity(change: Change) -> Velocity | None:
    """Whether it goes on faster or slower: the sign of the pace's change, where 80 % agree on it.

    Of a step the pace itself is looked at, since at a step there was none before.
    """
    bend, error = (
        (change.bend, change.bend_error) if change.shape == "ramp" else (change.slope, change.slope_error)
    )
    if bend is None or error is None or change.bend is None:
        return None
    along = bend * math.copysign(1, change.log_ratio)
    if abs(along) <= REACH * error:
        return "steady"
    return "accelerating" if along > 0 else "stabilising"


def _threshold(change: Change, line: TrendLine, whose: Whose) -> Threshold | None:
    """When a ramp that goes on as it did reaches the forecast, where it moves towards it."""
    if change.shape != "ramp" or not whose.forecast or not line.after:
        return None
    pace = _sign(line.kpi) * change.slope
    away = math.log(whose.forecast / line.after)
    slowest = abs(pace) - REACH * change.slope_error
    if away * pace <= 0 or slowest <= 0:
        return None
    days, soonest, latest = (
        abs(away) / each for each in (abs(pace), abs(pace) + REACH * change.slope_error, slowest)
    )
    if days > FARTHEST_DAYS:
        return None
    return Threshold(
        forecast=whose.forecast,
        days=days,
        low_days=soonest,
        high_days=latest if latest <= 2 * FARTHEST_DAYS else None,
    )


def _others(
    line: TrendLine, change: Change, kept: Series, others: Sequence[DaySum], found: Sequence[Occasion]
) -> Others | None:
    """Hold the platform's other campaigns against the same day; ``None`` where there are none."""
    if not others:
        return None
    campaigns = max(sum(1 for each in others if each.day == day) for day in {each.day for each in others})
    series = _without(daily_ratio(line.kpi, others).series(), days_of(found))
    measured = change_at(series, int(kept.days[change.onset]), change.shape)
    if measured is None:
        return Others(says="cannot_tell", campaigns=campaigns)
    log, error = _sign(line.kpi) * measured[0], measured[1]
    own = _sign(line.kpi) * change.log_ratio
    return Others(
        says=_market(own, log, error),
        campaigns=campaigns,
        change_pct=_pct(log),
        interval=_range(log - REACH * error, log + REACH * error),
    )


def _market(own: float, log: float, error: float) -> Market:
    along = log * math.copysign(1, own)
    half = HALF_OF_IT * abs(own)
    if along - REACH * error > 0 and along >= half:
        return "market"
    return "alone" if along + REACH * error < half else "cannot_tell"


def _drawn(ratio: DailyRatio, kept: Series, change: Change | None = None) -> TrendSeries:
    days = [date.fromordinal(int(each)) for each in kept.days]
    rates = kept.events / kept.exposure
    values = tuple(ratio.level(float(each)) if each > 0 else None for each in rates)
    if change is None:
        nothing: tuple[float | None, ...] = (None,) * len(days)
        return TrendSeries(
            days=tuple(days),
            values=values,
            fitted=nothing,
            low=nothing,
            high=nothing,
            onset=None,
            between=None,
        )
    ends = [change.fitted * np.exp(side * _sign(ratio.kpi) * REACH * change.day_error) for side in (-1, 0, 1)]
    low, fitted, high = (tuple(ratio.level(float(each)) for each in end) for end in ends)
    return TrendSeries(
        days=tuple(days),
        values=values,
        fitted=fitted,
        low=low,
        high=high,
        onset=change.onset,
        between=(change.first, change.last),
    )
