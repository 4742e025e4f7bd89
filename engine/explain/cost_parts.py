"""How ln(CPA) differs between levels: as one figure, or as the price of impressions and what they bring.

A CPA is what a thousand impressions cost over the conversions that they bring. Where no level moves the
price, its scatter between campaigns is left out of every comparison, which tells more with the same data.
"""

from typing import NamedTuple, Protocol

import numpy as np

from engine.explain.campaign_history import Design, History
from engine.explain.count_regression import Array, CountFit, fit_counts, solve
from engine.explain.shrinkage import shrink

UNMOVED = 0.20  # where chance alone makes prices differ as much as this often, no level is said to move them
LEAST_VARIANCE = 1e-12


class Estimates(NamedTuple):
    """Differences of ln(CPA) with standard errors, both of shape (contrasts,)."""

    raw: Array
    error: Array


class Costs(Protocol):
    """``fit`` is the regression of counts; ``of`` estimates contrasts (contrasts, columns) of ln(CPA)."""

    @property
    def fit(self) -> CountFit: ...

    def of(self, contrasts: Array) -> Estimates: ...


class Whole(NamedTuple):
    """ln(CPA) as one figure: rates of conversions for money fall where the CPA rises."""

    fit: CountFit

    def of(self, contrasts: Array) -> Estimates:
        return Estimates(-(contrasts @ self.fit.coefficients), self.fit.errors(contrasts))


class Prices(NamedTuple):
    """A least-squares regression of ln(price of an impression) on the same columns."""

    coefficients: Array
    covariance: Array
    squares: float
    rank: int
    freedom: int


class Parts(NamedTuple):
    """``fit`` counts conversions for impressions; differences in price are shrunk before they are added."""

    fit: CountFit
    prices: Prices

    def of(self, contrasts: Array) -> Estimates:
        rates = Whole(self.fit).of(contrasts)
        variance = ((contrasts @ self.prices.covariance) * contrasts).sum(axis=1)
        error = np.sqrt(np.maximum(variance, LEAST_VARIANCE))
        price = shrink(contrasts @ self.prices.coefficients, error)
        return Estimates(rates.raw + price.mean, np.hypot(rates.error, price.error))


def costs_of(history: History, design: Design, tested: list[int], whole: CountFit) -> Costs:
    """Choose by whether the columns ``tested`` move the price of impressions, by an F test."""
    impressions = history.impressions
    if impressions is None or history.expected is not None or not tested or (impressions <= 0).any():
        return Whole(whole)
    log_price = np.log(history.spend / impressions)
    prices = _prices(log_price, design.columns)
    without = _prices(log_price, np.delete(design.columns, tested, axis=1))
    if prices.freedom < 1 or _chance(prices, without) < UNMOVED:
        return Whole(whole)
    fit = fit_counts(history.conversions, impressions, design.columns)
    return Whole(whole) if fit is None else Parts(fit, prices)


def _prices(log_price: Array, columns: Array) -> Prices:
    solved = solve(columns, log_price, np.ones(len(log_price)))
    squares = float(((log_price - columns @ solved.coefficients) ** 2).sum())
    freedom = len(log_price) - solved.rank
    return Prices(
        solved.coefficients, solved.covariance * squares / max(freedom, 1), squares, solved.rank, freedom
    )


def _chance(full: Prices, without: Prices) -> float:
    """How often chance alone explains as much as the columns left out do."""
    from scipy.special import fdtrc  # noqa: PLC0415  an idle bot tests nothing

    extra = full.rank - without.rank
    if extra == 0 or full.squares <= 0:
        return 0.0
    ratio = (without.squares - full.squares) / extra / (full.squares / full.freedom)
    return float(fdtrc(extra, full.freedom, max(ratio, 0.0)))
