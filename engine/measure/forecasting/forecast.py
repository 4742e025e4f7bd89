"""The forecast of one daily series: the median and two ranges for each coming day, and its own skill.

Small models are tried on every past day of the series with what was known then; what they say is combined by
how they did. Only where that beat "same weekday last week" on those days is it used (Hyndman & Koehler 2006
on scaled errors; Makridakis et al. 2020, M4, on combinations).
"""

from collections.abc import Collection
from datetime import date, timedelta
from typing import Literal, NamedTuple

import numpy as np

from engine.measure.forecasting.backtest import Backtest, backtest
from engine.measure.forecasting.ranges import fan, misses
from engine.measure.forecasting.series import Daily, Floats, Grid, from_log, gridded
from engine.measure.forecasting.smoothing import MODELS, NAIVE

FEWEST_DAYS = 14  # below, nothing but the weekday before is known, and no past to try it on
WIDER = 1.35  # how much wider ranges are then

Basis = Literal["models", "same weekday last week", "few days"]


class Skill(NamedTuple):
    """How the models did on past days beside "same weekday last week": mean absolute misses of the ratio.

    ``tried`` counts the past days from which was forecast.
    """

    missed: float
    naive_missed: float
    tried: int

    @property
    def better(self) -> float:
        """The share by which the models missed by less; negative where they missed by more."""
        return 1 - self.missed / self.naive_missed if self.naive_missed > 0 else 0.0


class Forecast(NamedTuple):
    """What comes: medians and the ends of 80 % and 95 % ranges of the ratio that will be observed.

    ``basis`` says what it rests on, ``family`` which kind of model had the largest say. Shapes: (horizon,).
    """

    days: tuple[date, ...]
    median: Floats
    low80: Floats
    high80: Floats
    low95: Floats
    high95: Floats
    basis: Basis
    family: str
    skill: Skill | None
    known_days: int
    odd_days: tuple[date, ...]


def forecast(daily: Daily, planned: Floats, *, left_out: Collection[date] = ()) -> Forecast | None:
    """Forecast the days after the newest; ``None`` where nothing was ever counted.

    ``planned`` is what will stand below the ratio on each coming day (impressions for CTR), and gives the
    horizon. Nothing is learned from ``left_out`` days.
    """
    grid = gridded(daily, left_out)
    if grid is None:
        return None
    known = int(np.isfinite(grid.known).sum())
    tried = backtest(grid, len(planned))
    skill = _skill(grid, tried)
    basis: Basis = "models" if skill is not None and skill.better > 0 else "same weekday last week"
    if known < FEWEST_DAYS:
        basis = "few days"
    if basis == "models":
        said, found = tried.said, misses(tried, tried.said, tried.apart)
    else:
        said, found = tried.naive, misses(tried, tried.naive, np.zeros_like(tried.apart))
    if basis == "few days":
        found = found._replace(quantiles=found.quantiles * WIDER)
    ends = fan(grid, said[-1], found, planned)
    median = from_log(said[-1], is_share=grid.is_share)
    ends[:2], ends[2:] = np.minimum(ends[:2], median), np.maximum(ends[2:], median)
    return Forecast(
        days=tuple(_last(grid) + timedelta(days=1 + place) for place in range(len(planned))),
        median=median,
        low80=ends[1],
        high80=ends[2],
        low95=ends[0],
        high95=ends[3],
        basis=basis,
        family=_family(tried) if basis == "models" else MODELS[NAIVE].family,
        skill=None if basis == "few days" else skill,
        known_days=known,
        odd_days=_odd_days(grid),
    )


def _skill(grid: Grid, tried: Backtest) -> Skill | None:
    """Compare on the ratio itself, over every past day whose outcome is known; ``None`` where none is."""
    there = np.isfinite(tried.came)
    if not there.any():
        return None
    came = from_log(tried.came, is_share=grid.is_share)[there]
    ours, naive = (
        float(np.abs(from_log(said, is_share=grid.is_share)[there] - came).mean())
        for said in (tried.said, tried.naive)
    )
    return Skill(ours, naive, int(there.any(axis=1).sum()))


def _family(tried: Backtest) -> str:
    say: dict[str, float] = {}
    for model, share in zip(MODELS, tried.share, strict=True):
        say[model.family] = say.get(model.family, 0.0) + float(share)
    return max(say, key=lambda family: say[family])


def _odd_days(grid: Grid) -> tuple[date, ...]:
    odd = np.flatnonzero(np.isfinite(grid.log) & ~np.isfinite(grid.known))
    return tuple(grid.first_day + timedelta(days=int(place)) for place in odd)


def _last(grid: Grid) -> date:
    return grid.first_day + timedelta(days=len(grid) - 1)
