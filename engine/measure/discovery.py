"""How many findings to believe: Benjamini and Hochberg's step-up at a false discovery rate."""

from collections.abc import Sequence

import numpy as np


def discoveries(p_values: Sequence[float], rate: float) -> list[bool]:
    """Mark which of ``p_values`` (shape n) are discoveries at this rate (Benjamini & Hochberg 1995)."""
    if not p_values:
        return []
    p = np.asarray(p_values)
    order = np.argsort(p, kind="stable")
    passed = p[order] <= rate * np.arange(1, len(p) + 1) / len(p)
    last = int(np.max(np.nonzero(passed)[0])) if passed.any() else -1
    found = np.zeros(len(p), dtype=bool)
    found[order[: last + 1]] = True
    return [bool(each) for each in found]
