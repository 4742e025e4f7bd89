"""``/marko forecast [campaign] [figure] [14d]``: the coming days of one figure, out of its complete days."""

from collections.abc import Sequence
from datetime import date, timedelta

import numpy as np

from engine.errors import Fault, Refused
from engine.measure.forecasting.forecast import FEWEST_DAYS, Forecast, forecast
from engine.measure.forecasting.series import MOST_DAYS, Floats
from engine.measure.forecasting.threshold import chances_below, first_likely
from engine.models.calendar import Occasion
from engine.models.daily import DaySum
from engine.models.forecast_study import ComingDay, ForecastLimit, ForecastSkill, ForecastStudy, PastDay
from engine.occasions import days_of, occasions
from engine.studying.complete_days import DAY, complete_days
from engine.studying.forecast_asked import Asked, Meant, meant, read
from engine.studying.forecast_counted import (
    Counted,
    by_day,
    counted_by_day,
    own_forecast,
    planned_like_lately,
)
from engine.studying.ground import Ground

FEWEST_AT_ALL = 7  # days: with fewer not even last week is known
OLDEST = 14  # days between the newest complete day and today
SHOWN_PAST = 28


def study(ground: Ground, asked: str) -> ForecastStudy:
    """Forecast what is asked for; nothing is learned from days of the team's calendar.

    Raises ``UnknownCampaign`` with the nearest names, ``AmbiguousCampaign``, or ``Refused`` for days that
    are not forecast, and for a campaign whose days are in two currencies.
    """
    wanted = read(asked, ground)
    whose = meant(wanted.whom, ground)
    found = ForecastStudy(kind="forecast", asked=asked, figure=wanted.figure, state="no days")
    if whose is None:
        return found
    days = complete_days(ground, whose.keys, ground.today - timedelta(days=MOST_DAYS + OLDEST))
    days = _of_one_currency(days, whose)
    found = found.model_copy(update=_told(whose, days))
    if not days:
        return found
    return _forecast(found, days, wanted, ground)


def _of_one_currency(days: Sequence[DaySum], whose: Meant) -> list[DaySum]:
    if whose.key is None:
        return [each for each in days if (each.currency or None) == whose.currency]
    currencies = sorted({each.currency for each in days})
    if len(currencies) > 1:
        shown = " and ".join(each or "none given" for each in currencies)
        raise Refused([Fault("currency", shown, "one currency over all days of a forecast")])
    return list(days)


def _told(whose: Meant, days: Sequence[DaySum]) -> dict[str, object]:
    currency = next((each.currency for each in days), whose.currency)
    return {
        "campaign_key": whose.key,
        "name": whose.name,
        "platform": whose.platform,
        "currency": currency or None,
        "campaigns": len(whose.keys),
        "others": whose.others,
    }


def _forecast(found: ForecastStudy, days: Sequence[DaySum], wanted: Asked, ground: Ground) -> ForecastStudy:
    counted = counted_by_day(days, wanted.figure)
    _, bottom = by_day(counted.daily)
    known = sorted(day for day, below in bottom.items() if below > 0)
    if not known:
        return found.model_copy(update={"state": "no figures"})
    span: dict[str, object] = {"first_day": known[0], "last_day": known[-1], "known_days": len(known)}
    late = (ground.today - DAY - known[-1]).days
    if late > OLDEST:
        return found.model_copy(update=span | {"state": "too old", "needed_days": OLDEST})
    if len(known) < FEWEST_AT_ALL:
        return found.model_copy(update=span | {"state": "too few days", "needed_days": FEWEST_AT_ALL})
    planned = planned_like_lately(counted, known[-1], late + wanted.ahead)
    expected = _expected(ground, found, known)
    said = forecast(counted.daily, planned, left_out=days_of(expected))
    if said is None:
        return found.model_copy(update=span | {"state": "no figures"})
    span["left_out"] = expected
    limit = _limit(said, counted, own_forecast(ground, found.campaign_key, wanted.figure), late)
    return found.model_copy(update=span | _said(said, counted, planned, late) | {"limit": limit})


def _expected(ground: Ground, found: ForecastStudy, known: Sequence[date]) -> tuple[Occasion, ...]:
    """What the calendar has on known days; nothing where too few others would be left to learn from."""
    named = occasions(
        ground.reading, known[0], known[-1], platform=found.platform, campaign=found.campaign_key or ""
    )
    left = set(known) - days_of(named)
    return tuple(named) if len(left) >= FEWEST_AT_ALL else ()


def _said(said: Forecast, counted: Counted, planned: Floats, late: int) -> dict[str, object]:
    """What was forecast from today on; the days between the newest rows and today are over."""
    skill = said.skill
    return {
        "state": "forecast",
        "needed_days": FEWEST_DAYS,
        "basis": said.basis,
        "family": said.family,
        "skill": None if skill is None else ForecastSkill(better_pct=100 * skill.better, tried=skill.tried),
        "past": _past(counted),
        "coming": tuple(_coming(said, counted, planned))[late:],
        "odd_days": said.odd_days,
    }


def _limit(said: Forecast, counted: Counted, value: float | None, late: int) -> ForecastLimit | None:
    """How the coming days stand to what was once forecast; the reciprocal of a cost is too low as well."""
    if not value:
        return None
    below = counted.scale / value if counted.is_turned else value / counted.scale
    missed = chances_below(said, below)[late:]
    place = first_likely(missed)
    return ForecastLimit(
        value=value,
        day=None if place is None else said.days[late + place],
        days=place,
        first_pct=100 * float(missed[0]),
        last_pct=100 * float(missed[-1]),
    )


def _coming(said: Forecast, counted: Counted, planned: Floats) -> list[ComingDay]:
    low80, high80, low95, high95 = said.low80, said.high80, said.low95, said.high95
    if counted.is_turned:
        low80, high80, low95, high95 = high80, low80, high95, low95
    ends = (counted.figure(each) for each in (said.median, low80, high80, low95, high95))
    return [
        ComingDay(
            day=day,
            value=value,
            low80=inner_low,
            high80=inner_high,
            low95=outer_low,
            high95=outer_high,
            planned=float(below) if counted.is_ratio else None,
        )
        for day, below, value, inner_low, inner_high, outer_low, outer_high in zip(
            said.days, planned, *ends, strict=True
        )
    ]


def _past(counted: Counted) -> tuple[PastDay, ...]:
    """What was observed lately, from the first known day on; ``None`` where the figure is not defined."""
    top, bottom = by_day(counted.daily)
    last = max(day for day, below in bottom.items() if below > 0)
    first = max(min(bottom), last - DAY * (SHOWN_PAST - 1))
    shown = [first + DAY * place for place in range((last - first).days + 1)]
    ratios = np.array([top[day] / bottom[day] if bottom.get(day) else np.nan for day in shown])
    values = counted.figure(ratios)
    return tuple(PastDay(day=day, value=value) for day, value in zip(shown, values, strict=True))
