"""Why the CPA or the ROAS moved, split so that the parts add up exactly.

CPA = CPM / (1000 · CTR · CVR) and ROAS = 1000 · CTR · CVR · AOV / CPM. Both by the logarithmic mean Divisia
index (LMDI-I; Ang 2015), with zeros by their analytical limit (Ang & Liu 2007; Wood & Lenzen 2006).
"""

import math
from collections.abc import Sequence

from engine.measure import kpi
from engine.models.campaign import Metrics
from engine.models.comparison import CpaDecomposition, LogParts, RoasDecomposition

SMALLEST_CHANGE = 0.01


def decompose_cpa(before: Metrics, after: Metrics) -> CpaDecomposition | None:
    """Split ln(CPA after / CPA before) into CPM, CTR and CVR (LMDI-I; Ang 2015).

    Where cells are missing the three rest on other rows each, and would not add up: ``None``.

    Shares are parts of the total log change and add up to 1. ``None`` where a CPA is not defined,
    and where it moved by less than 1 %, since shares of nothing say nothing.
    """
    if before.pairs or after.pairs:
        return None
    total = _log_change(kpi.cpa(before), kpi.cpa(after))
    cpm = _log_change(kpi.cpm(before), kpi.cpm(after))
    ctr = _log_change(kpi.ctr(before), kpi.ctr(after))
    cvr = _log_change(kpi.cvr(before), kpi.cvr(after))
    if total is None or cpm is None or ctr is None or cvr is None:
        return None
    if abs(math.expm1(total)) < SMALLEST_CHANGE:
        return None
    parts = LogParts(cpm=cpm, ctr=-ctr, cvr=-cvr, total=total)
    return CpaDecomposition(cpm=parts.cpm / total, ctr=parts.ctr / total, cvr=parts.cvr / total, log=parts)


def decompose_roas(before: Metrics, after: Metrics) -> RoasDecomposition | None:
    """Split ROAS after − ROAS before into CPM, CTR, CVR and order value, in ROAS.

    A ratio that is not defined in one window, such as the order value of no order, did not change. ``None``
    where a ROAS is not defined, moved by less than 1 %, or where cells are missing.
    """
    if before.pairs or after.pairs:
        return None
    first, last = kpi.roas(before), kpi.roas(after)
    factors = [_filled(*each) for each in zip(_roas_factors(before), _roas_factors(after), strict=True)]
    if first is None or last is None or abs(last - first) < SMALLEST_CHANGE * first or None in factors:
        return None
    known = [each for each in factors if each is not None]
    per_money, ctr, cvr, aov = product_parts([each[0] for each in known], [each[1] for each in known])
    return RoasDecomposition(before=first, after=last, cpm=per_money, ctr=ctr, cvr=cvr, aov=aov)


def product_parts(before: Sequence[float], after: Sequence[float]) -> list[float]:
    """Split the change of a product of factors ≥ 0 into a part for each; the parts add up to the change.

    Where a factor falls to 0, or rises from it, the limit of ever smaller values is taken: factors that are
    0 share the change, the others have none of it.
    """
    first, last = math.prod(before), math.prod(after)
    if first > 0 and last > 0:
        weight = _log_mean(first, last)
        return [weight * math.log(new / old) for old, new in zip(before, after, strict=True)]
    if first == 0 and last == 0:
        return [0.0] * len(before)
    gone = [each == 0 for each in (after if first > 0 else before)]
    return [(last - first) / sum(gone) if each else 0.0 for each in gone]


def _roas_factors(metrics: Metrics) -> tuple[float | None, ...]:
    """Impressions per money, CTR, CVR and order value: their product is the ROAS."""
    cpm = kpi.cpm(metrics)
    per_money = 1000 / cpm if cpm else None
    return per_money, kpi.ctr(metrics), kpi.cvr(metrics), kpi.aov(metrics)


def _filled(before: float | None, after: float | None) -> tuple[float, float] | None:
    """A factor of both windows; a missing one is the other, and without either there is none."""
    known = before if after is None else after
    if known is None:
        return None
    return known if before is None else before, known


def _log_mean(one: float, other: float) -> float:
    """The logarithmic mean, between both; of equal values it is that value."""
    ratio = math.log(other) - math.log(one)
    return (other - one) / ratio if abs(ratio) > 1e-12 else one


def _log_change(before: float | None, after: float | None) -> float | None:
    return math.log(after / before) if before and after else None
