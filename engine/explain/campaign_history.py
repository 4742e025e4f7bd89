"""Many campaigns as columns: what each spent and got, and its levels in every dimension."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from engine.explain.count_regression import Array

YEAR = 365.25
MOST_COLUMNS = 400
FEW = "\0few"
UNKNOWN = "\0unknown"

Shares = Mapping[str, float]
"""A campaign's levels in one dimension, and how much of the campaign each is; empty where nobody knows."""


@dataclass(frozen=True)
class History:
    """One entry a campaign; ``levels`` by dimension are judged, ``beside`` is only held fixed.

    ``spend`` > 0 and ``conversions`` ≥ 0 have shape (campaigns,), ``days`` are ordinals. ``expected`` is
    each campaign's own forecast CPA: with it every CPA is taken against its forecast. ``impressions``, where
    they are known of every campaign, tell how dear they were. ``over_time`` names the dimension whose levels
    may have trends.
    """

    spend: Array
    conversions: Array
    days: Array
    levels: Mapping[str, Sequence[Shares]]
    beside: Mapping[str, Sequence[str]]
    expected: Array | None = None
    impressions: Array | None = None
    over_time: str | None = "platform"

    @property
    def exposure(self) -> Array:
        """What conversions are counted for: money, or the conversions that the forecast has for it."""
        return self.spend if self.expected is None else self.spend / self.expected


class Column(NamedTuple):
    """One level and its place among the columns; ``campaigns`` have it, to any part."""

    dimension: str
    level: str
    place: int
    campaigns: int
    share: float


class Design(NamedTuple):
    """``columns`` (campaigns, columns): a constant, levels, what is beside, then ``slopes`` per year."""

    columns: Array
    levels: tuple[Column, ...]
    slopes: tuple[Column, ...]

    def contrasts(self, chosen: Sequence[Column]) -> Array:
        """Each chosen level less the rest of its dimension, campaign-weighted: (chosen, columns)."""
        found = np.zeros((len(chosen), self.columns.shape[1]))
        for row, each in zip(found, chosen, strict=True):
            rest = [
                one
                for one in self.levels
                if one.dimension == each.dimension and one.level not in {each.level, UNKNOWN}
            ]
            whole = sum(one.share for one in rest)
            for one in rest:
                row[one.place] = -one.share / whole
            row[each.place] = 1.0 if rest else 0.0
        return found


def design_of(history: History, least: int) -> Design:
    """Lay out the columns. Levels with fewer than ``least`` campaigns share one column a dimension."""
    size = len(history.days)
    blocks, levels, slopes = [np.ones((size, 1))], [], []
    for dimension, own in history.levels.items():
        matrix, columns = _block(dimension, own, sum(each.shape[1] for each in blocks), least)
        blocks.append(matrix)
        levels += columns
    for dimension, texts in history.beside.items():
        blocks.append(_block(dimension, [{text: 1.0} for text in texts], 0, least)[0])
    if history.over_time in history.levels:
        years = (history.days - history.days.mean()) / YEAR
        for each in [one for one in levels if one.dimension == history.over_time]:
            place = sum(block.shape[1] for block in blocks)
            slopes.append(each._replace(place=place))
            blocks.append((np.hstack(blocks)[:, each.place] * years)[:, None])
    return Design(np.hstack(blocks), tuple(levels), tuple(slopes))


def _block(dimension: str, own: Sequence[Shares], start: int, least: int) -> tuple[Array, list[Column]]:
    counts: dict[str, int] = {}
    for shares in own:
        for level in shares or (UNKNOWN,):
            counts[level] = counts.get(level, 0) + 1
    often = sorted((level for level, many in counts.items() if many >= least), key=lambda x: (-counts[x], x))
    names = sorted(often[:MOST_COLUMNS])
    place = {level: at for at, level in enumerate(names)}
    if len(names) < len(counts):
        names.append(FEW)
    matrix = np.zeros((len(own), len(names)))
    for row, shares in zip(matrix, own, strict=True):
        for level, share in (shares or {UNKNOWN: 1.0}).items():
            row[place.get(level, len(names) - 1)] += share
    columns = [
        Column(dimension, level, start + at, int((matrix[:, at] > 0).sum()), float(matrix[:, at].sum()))
        for at, level in enumerate(names)
    ]
    return matrix, columns
