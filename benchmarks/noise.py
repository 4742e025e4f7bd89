"""Campaigns to which nothing ever happens: days that scatter, and days like their neighbours."""

from collections.abc import Iterator, Sequence
from datetime import date, timedelta
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.models.daily import DaySum

START = date(2025, 1, 6)
MILLION = 1_000_000
CPC, ORDER = 1.2, 80.0
Days = NDArray[Any]


class Quiet(NamedTuple):
    """One campaign's true rates. ``scatter`` is the daily spread of the log CVR, ``memory`` its AR(1)."""

    conversions_a_day: float
    cvr: float
    scatter: float
    memory: float
    weekdays: tuple[float, ...]

    @property
    def cpa(self) -> float:
        return CPC / self.cvr


def quiet_campaign(chance: np.random.Generator) -> Quiet:
    """Draw a campaign: 0.4 to 60 conversions a day, days that differ by up to 30 %."""
    return Quiet(
        conversions_a_day=float(np.exp(chance.uniform(np.log(0.4), np.log(60)))),
        cvr=float(chance.uniform(0.01, 0.08)),
        scatter=float(chance.uniform(0.0, 0.3)),
        memory=float(chance.uniform(0.0, 0.5)),
        weekdays=tuple(float(each) for each in np.exp(chance.normal(0, 0.15, 7))),
    )


def lived(
    campaign: Quiet,
    length: int,
    chance: np.random.Generator,
    *,
    factor: Sequence[float] | float = 1.0,
    delay: float = 0.0,
    start: date = START,
) -> list[DaySum]:
    """Live so many days; ``factor`` multiplies the CVR of days.

    With ``delay`` only ``1 - delay ** (age)`` of the conversions of the last days are known at the end.
    """
    luck = _remembered(campaign, length, chance)
    weekday = np.array([campaign.weekdays[place % 7] for place in range(length)])
    weekday /= np.mean(campaign.weekdays)
    clicks = chance.poisson(campaign.conversions_a_day / campaign.cvr * np.exp(chance.normal(0, 0.1, length)))
    rates = np.minimum(campaign.cvr * weekday * luck * np.broadcast_to(np.asarray(factor), length), 1.0)
    known = 1 - delay ** np.arange(length, 0, -1) if delay else 1.0
    conversions = chance.binomial(clicks, rates * known)
    orders = np.array([chance.gamma(2.0, ORDER / 2, each).sum() for each in conversions])
    shown = (clicks * np.exp(chance.normal(4.0, 0.1, length))).astype(int) + clicks
    return list(_days(start, shown, clicks, conversions, orders))


def _remembered(campaign: Quiet, length: int, chance: np.random.Generator) -> Days:
    """Log-normal luck of mean 1 in which a day resembles the one before (AR(1))."""
    fresh = chance.normal(0, campaign.scatter * np.sqrt(1 - campaign.memory**2), length)
    luck = np.zeros(length)
    held = chance.normal(0, campaign.scatter)
    for place in range(length):
        held = campaign.memory * held + fresh[place]
        luck[place] = held
    return np.exp(luck - campaign.scatter**2 / 2)


def _days(start: date, impressions: Days, clicks: Days, conversions: Days, revenue: Days) -> Iterator[DaySum]:
    for place in range(len(clicks)):
        yield DaySum(
            day=start + timedelta(days=place),
            currency="EUR",
            impressions=int(impressions[place]),
            clicks=int(clicks[place]),
            spend=int(clicks[place] * CPC * MILLION),
            conversions=int(conversions[place]) * MILLION,
            revenue=int(revenue[place] * MILLION),
            reach=None,
            partly=frozenset(),
        )
