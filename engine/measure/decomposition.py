"""Why the CPA moved: CPA = CPM / (1000 · CTR · CVR), split so that the parts add up exactly."""

import math

from engine.measure import kpi
from engine.models.campaign import Metrics
from engine.models.comparison import CpaDecomposition, LogParts

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


def _log_change(before: float | None, after: float | None) -> float | None:
    return math.log(after / before) if before and after else None
