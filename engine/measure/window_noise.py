"""What a window's days say of its own noise: how many of its conversions are still to come. Pure."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from engine.measure import maturity, sums
from engine.models.campaign import Metrics
from engine.models.daily import DaySum
from engine.models.scatter import Aged, Maturity


class Reading(NamedTuple):
    """A window's days, when each was read last, and how conversions are counted."""

    days: Sequence[DaySum]
    read_on: Mapping[date, date]
    attribution: str | None
    platform: str
    assumed_lag: int


def maturity_of(window: Reading, own: Sequence[Aged], others: Iterable[Sequence[Aged]]) -> Maturity | None:
    """Say how mature a window is: by its own days that were read twice, else by others', else as assumed.

    ``None`` where every conversion has come, or nobody counts them.
    """
    lag = maturity.lag_days(window.attribution, window.assumed_lag)
    spend = {each.day: float(each.spend or 0) for each in window.days}
    days = [each.day for each in window.days if each.conversions is not None]
    settled = maturity.settled_days(days, window.read_on, lag)
    if len(settled) == len(days):
        return None
    readings = own if maturity.learned_curve(own, lag) else maturity.pooled([own, *others])
    curve = maturity.learned_curve(readings, lag)
    share = maturity.mature_share(curve or maturity.assumed_curve(lag), spend, window.read_on)
    return Maturity(
        share=share,
        learned=curve is not None,
        lag_days=lag,
        settles=max(days) + timedelta(days=lag),
        error=maturity.share_error(readings, share) if curve else 0.0,
        settled=_settled(window, settled),
        settled_days=len(settled),
    )


def _settled(window: Reading, settled: set[date]) -> Metrics | None:
    days = [each for each in window.days if each.day in settled]
    return sums.window(days, platform=window.platform) if days else None
