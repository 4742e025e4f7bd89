"""The few distributions that judging needs. scipy is imported at the first use: it is a fifth of the
memory of an idle bot, which judges nothing."""

from functools import cache
from statistics import NormalDist
from types import ModuleType
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

_NORMAL = NormalDist()


def normal_cdf(z: float) -> float:
    return _NORMAL.cdf(z)


def normal_quantile(p: float) -> float:
    return _NORMAL.inv_cdf(p)


def normal_quantiles(p: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """The same for many at once, of any shape."""
    found: NDArray[np.float64] = _special().ndtri(p)
    return found


def t_cdf(freedom: float, t: float) -> float:
    """P(T < t) of Student's t."""
    return float(_special().stdtr(freedom, t))


def t_quantile(freedom: float, p: float) -> float:
    return float(_special().stdtrit(freedom, p))


def gamma_quantile(shape: float, p: float) -> float:
    """Quantile of Gamma(shape, 1)."""
    return float(_special().gammaincinv(shape, p))


def gamma_above(shape: float, limit: float) -> float:
    """P(Gamma(shape, 1) > limit)."""
    return float(_special().gammaincc(shape, limit))


def beta_above(a: float, b: float, limit: float) -> float:
    """P(Beta(a, b) > limit)."""
    return float(_special().betaincc(a, b, limit))


def log_beta(a: "NDArray[np.float64]", b: "NDArray[np.float64]") -> "NDArray[np.float64]":
    """Logarithm of the beta function, for many at once, of any shape."""
    found: NDArray[np.float64] = _special().betaln(a, b)
    return found


def kolmogorov(x: float) -> float:
    """P(K > x) of Kolmogorov's limit of a scaled distance."""
    return float(_special().kolmogorov(x))


def chi_square_above(freedom: float, limit: float) -> float:
    """P(chi-square > limit)."""
    return float(_special().chdtrc(freedom, limit))


@cache
def _special() -> ModuleType:
    from scipy import special  # noqa: PLC0415  see above

    return special
