"""Whether the rows of one table are spread like those of another, column by column, and whether it matters.

A category is compared by chi-square. A number is compared three ways, none of which minds its scale: its
place by normal scores of its ranks (van der Waerden 1952), its spread by their squares (Klotz 1962), and all
else by the largest gap of the distributions (Kolmogorov and Smirnov); the p-values are joined by Cauchy's
rule, which holds though they depend on each other (Liu & Xie 2020). Cells that are missing are compared by
themselves. Benjamini-Hochberg over all of them, then an effect that has to be large enough to matter, since
with enough rows everything differs (arXiv 2307.11878): Cramér's V as it would be with as many rows on both
sides, or the gap, each without what chance alone adds to it in samples of that size (as Bergsma 2013 does
for V).
"""

import math
from collections import Counter
from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from engine.measure import distributions
from engine.measure.discovery import discoveries

Kind = Literal["category", "number", "missing"]
Cell = str | float | None
Column = Sequence[str | None] | Sequence[float | None] | Sequence[Cell]

FALSE_DISCOVERIES = 0.10
LEAST_EFFECT = 0.07  # V or gap: a sixth of a standard deviation, or 7 of 100 rows in another category
CHANCE_GAP = 0.68  # the mean square of a gap by chance, beside 1/n + 1/m (of Kolmogorov's limit)
LEAST_EXPECTED = 5.0  # rows of a category, in the smaller table; rarer ones are taken together
FEWEST_ROWS = 20  # in each table
REST = "\0others"


class Shift(NamedTuple):
    """One comparison of a column. ``effect`` is V or the gap, 0 to 1; ``drifted``: it is real, and matters.

    ``before`` and ``after`` are medians of numbers, the share of missing cells, or of a category the share
    of ``value``, the one whose share changed most. ``new`` and ``vanished`` are categories that the other
    table does not have.
    """

    column: str
    kind: Kind
    p_value: float
    effect: float
    drifted: bool
    before: float
    after: float
    value: str = ""
    new: tuple[str, ...] = ()
    vanished: tuple[str, ...] = ()


def shifts(
    reference: Mapping[str, Column],
    current: Mapping[str, Column],
    *,
    rate: float = FALSE_DISCOVERIES,
    least: float = LEAST_EFFECT,
    fewest: int = FEWEST_ROWS,
) -> list[Shift]:
    """Compare every column that both tables have, in the order of ``reference``; rows are independent.

    ``None`` is a missing cell. A column is a number where every cell that is not missing is one. ``rate`` is
    the false discovery rate over all columns, ``least`` the effect from which on a drift matters. Nothing is
    said of a column with less than ``fewest`` cells in a table.
    """
    found: list[Shift] = []
    for column in (each for each in reference if each in current):
        found += _compared(column, reference[column], current[column], fewest)
    believed = discoveries([each.p_value for each in found], rate)
    return [
        each._replace(drifted=is_real and each.effect >= least)
        for each, is_real in zip(found, believed, strict=True)
    ]


def _compared(column: str, before: Column, after: Column, fewest: int) -> list[Shift]:
    old, new = ([cell for cell in side if cell is not None] for side in (before, after))
    found = []
    blanks = (len(before) - len(old), len(after) - len(new))
    if any(blanks) and min(len(before), len(after)) >= fewest:
        found.append(_missing(column, blanks, (len(before), len(after))))
    if min(len(old), len(new)) >= fewest:
        are_numbers = all(isinstance(cell, int | float) for side in (old, new) for cell in side)
        found.append(_numbers(column, old, new) if are_numbers else _categories(column, old, new))
    return found


def _missing(column: str, blanks: tuple[int, int], rows: tuple[int, int]) -> Shift:
    table = np.array([blanks, (rows[0] - blanks[0], rows[1] - blanks[1])], dtype=float)
    p_value, effect = _chi_square(table)
    return _untold(column, "missing", (p_value, effect), (blanks[0] / rows[0], blanks[1] / rows[1]))


def _categories(column: str, old: Sequence[Cell], new: Sequence[Cell]) -> Shift:
    before, after = Counter(map(str, old)), Counter(map(str, new))
    table, names = _counted(before, after)
    p_value, effect = _chi_square(table)
    shares = table / table.sum(axis=0)
    most = int(np.abs(shares[:, 1] - shares[:, 0]).argmax())
    value = "" if names[most] == REST else names[most]
    only = [tuple(sorted(set(one) - set(other))) for one, other in ((after, before), (before, after))]
    ends = float(shares[most, 0]), float(shares[most, 1])
    return _untold(column, "category", (p_value, effect), ends)._replace(
        value=value, new=only[0], vanished=only[1]
    )


def _untold(column: str, kind: Kind, found: tuple[float, float], ends: tuple[float, float]) -> Shift:
    """One comparison before it is known whether it counts among all of them."""
    p_value, effect = found
    return Shift(column, kind, p_value, effect, drifted=False, before=ends[0], after=ends[1])


def _counted(before: Counter[str], after: Counter[str]) -> tuple[np.ndarray, list[str]]:
    """Rows of each category, shape (categories, 2); those too rare to be expected are one."""
    rows = before.total(), after.total()
    least = LEAST_EXPECTED * sum(rows) / min(rows)
    every = before + after
    kept = sorted(name for name, count in every.items() if count >= least)
    table = [[before[name], after[name]] for name in kept]
    rest = [rows[0] - sum(each[0] for each in table), rows[1] - sum(each[1] for each in table)]
    if sum(rest):
        kept, table = [*kept, REST], [*table, rest]
    return np.array(table, dtype=float), kept


def _chi_square(table: np.ndarray) -> tuple[float, float]:
    """P-value of Pearson's statistic, and V as it would be with as many rows on both sides."""
    filled = table[table.sum(axis=1) > 0]
    if len(filled) < 2:
        return 1.0, 0.0
    expected = filled.sum(axis=1, keepdims=True) * filled.sum(axis=0) / filled.sum()
    statistic = float(((filled - expected) ** 2 / expected).sum())
    one, other = (filled / filled.sum(axis=0)).T
    square = 0.5 * float(((one - other) ** 2 / (one + other)).sum())
    chance = (len(filled) - 1) * float((1 / filled.sum(axis=0)).sum()) / 4
    effect = math.sqrt(min(max(square - chance, 0.0), 1.0))
    return distributions.chi_square_above(len(filled) - 1, statistic), effect


def _numbers(column: str, old: Sequence[Cell], new: Sequence[Cell]) -> Shift:
    before, after = np.sort(np.array(old, dtype=float)), np.sort(np.array(new, dtype=float))
    gap = largest_gap(before, after)
    root = math.sqrt(len(before) * len(after) / (len(before) + len(after)))
    smirnov = distributions.kolmogorov((root + 0.12 + 0.11 / root) * gap)
    one, other = normal_scores(before, after)
    p_value = _joined(smirnov, moved(one, other), moved(one**2, other**2))
    place = abs(float(other.mean() - one.mean()))  # in standard deviations; as a gap:
    place = 2 * distributions.normal_cdf(place / 2) - 1
    effect = max(math.sqrt(max(gap**2 - CHANCE_GAP / root**2, 0.0)), place)
    ends = float(np.median(before)), float(np.median(after))
    return _untold(column, "number", (p_value, effect), ends)


def largest_gap(before: np.ndarray, after: np.ndarray) -> float:
    """The largest gap between the distributions of two sorted samples (Smirnov 1939)."""
    at = np.concatenate([before, after])
    one, other = (np.searchsorted(each, at, "right") / len(each) for each in (before, after))
    return float(np.abs(one - other).max())


def normal_scores(before: np.ndarray, after: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
    """Replace values by the normal quantiles of their ranks among all; equal values have one score."""
    every = np.concatenate([before, after])
    order = np.sort(every)
    ranks = (np.searchsorted(order, every, "left") + np.searchsorted(order, every, "right") + 1) / 2
    scores = distributions.normal_quantiles(ranks / (len(every) + 1))
    return scores[: len(before)], scores[len(before) :]


def moved(before: np.ndarray, after: np.ndarray) -> float:
    """Two-sided p-value that scores differ on average, by their moments over all permutations."""
    every = np.concatenate([before, after])
    size = len(every)
    spread = float(every.var()) * len(before) * len(after) / (size - 1)
    if spread < 1e-12:
        return 1.0
    gap = float(after.sum()) - len(after) * float(every.mean())
    return 2 * distributions.normal_cdf(-abs(gap) / math.sqrt(spread))


def _joined(*p_values: float) -> float:
    """Join p-values that depend on each other, by Cauchy's rule (Liu & Xie 2020)."""
    least = min(p_values)
    if least < 1e-12:
        return min(1.0, least * len(p_values))
    return 0.5 - math.atan(sum(math.tan((0.5 - p) * math.pi) for p in p_values) / len(p_values)) / math.pi
