"""Daily rows as slices: the finest cells that rows tell apart, and every segment of one or two dimensions."""

from collections.abc import Mapping, Sequence
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

FEWEST_EVENTS = 8  # over both windows, of a segment that is looked at


class Facts(NamedTuple):
    """Daily rows in columns, all of one length.

    ``labels`` say for each dimension which of its ``names`` a row has; an empty name is unknown. ``day``
    counts from 0; the windows are ``length`` days from ``before`` and from ``now`` on, and what is earlier
    is history. ``above`` counts events, ``below`` is what they are counted on (money, impressions).
    ``known`` is the share of the newer window's events that have come in, as far as one can assume.
    """

    labels: Mapping[str, Ints]
    names: Mapping[str, Sequence[str]]
    day: Ints
    above: Floats
    below: Floats
    before: int
    now: int
    length: int
    known: float = 1.0


class Cells(NamedTuple):
    """The finest parts; ``of_row`` leads from rows to them. ``events``, ``volume``: window (2) × cell."""

    of_row: Ints
    labels: Mapping[str, Ints]
    events: Floats
    volume: Floats


class Slices(NamedTuple):
    """All segments of one dimension, or of a pair: ``of_cell`` is each cell's, or -1 where it has none.

    ``values`` names segments by one value of each of ``dimensions``.
    """

    dimensions: tuple[str, ...]
    of_cell: Ints
    values: tuple[tuple[str, ...], ...]


def cells(facts: Facts) -> Cells:
    """Put rows of the same labels together and add up both windows."""
    of_row = np.zeros(len(facts.day), dtype=np.int64)
    for own in facts.labels.values():
        of_row = _numbered(of_row * (int(own.max(initial=0)) + 1) + own)
    count = int(of_row.max(initial=-1)) + 1
    first = np.full(count, len(of_row))
    np.minimum.at(first, of_row, np.arange(len(of_row)))
    sums = np.zeros((2, 2, count))
    for at, start in enumerate((facts.before, facts.now)):
        inside = (facts.day >= start) & (facts.day < start + facts.length)
        for place, numbers in enumerate((facts.above, facts.below)):
            sums[place, at] = np.bincount(of_row[inside], numbers[inside], count)
    return Cells(of_row, {name: own[first] for name, own in facts.labels.items()}, sums[0], sums[1])


def every_slice(facts: Facts, found: Cells) -> list[Slices]:
    """Enumerate segments with enough events: of single dimensions first, then of pairs.

    Of segments that hold the same cells only the first is kept: a platform with one campaign is that
    campaign. One that holds everything is no segment.
    """
    seen = {_whole(found)}
    single = [_kept(_single(name, facts, found), found, seen) for name in facts.labels]
    both = combinations(facts.labels, 2)
    pairs = [_kept(_pair(one, other, facts, found), found, seen) for one, other in both]
    return [each for each in (*single, *pairs) if each.values]


def _numbered(codes: Ints) -> Ints:
    return np.asarray(np.unique(codes, return_inverse=True)[1], dtype=np.int64)


def _single(name: str, facts: Facts, found: Cells) -> Slices:
    names = facts.names[name]
    known = np.array([bool(each) for each in names], dtype=bool)
    own = found.labels[name]
    return Slices((name,), np.where(known[own], own, -1), tuple((each,) for each in names))


def _pair(one: str, other: str, facts: Facts, found: Cells) -> Slices:
    left, right = _single(one, facts, found), _single(other, facts, found)
    width = len(right.values)
    both = np.where((left.of_cell < 0) | (right.of_cell < 0), -1, left.of_cell * width + right.of_cell)
    codes, of_cell = np.unique(both, return_inverse=True)
    is_known = codes >= 0
    place = np.where(is_known, np.cumsum(is_known) - 1, -1)
    values = tuple((*left.values[code // width], *right.values[code % width]) for code in codes[is_known])
    return Slices((one, other), np.asarray(place[of_cell], dtype=np.int64), values)


def _kept(slices: Slices, found: Cells, seen: set[tuple[float, ...]]) -> Slices:
    """Drop what is too small and what holds the same cells as something kept before; ``seen`` grows."""
    place = np.full(len(slices.values), -1)
    values: list[tuple[str, ...]] = []
    marks = _marks(slices, found)
    for at, value in enumerate(slices.values):
        mark = tuple(marks[at])
        if marks[at, 0] + marks[at, 1] < FEWEST_EVENTS or mark in seen:
            continue
        seen.add(mark)
        place[at] = len(values)
        values.append(value)
    of_cell = np.where(slices.of_cell < 0, -1, place[slices.of_cell]) if len(place) else slices.of_cell
    return Slices(slices.dimensions, np.asarray(of_cell, dtype=np.int64), tuple(values))


def _marks(slices: Slices, found: Cells) -> Floats:
    """What tells sets of cells apart: their events by window, and random weights of the cells."""
    chosen = slices.of_cell >= 0
    count = len(slices.values)
    of = slices.of_cell[chosen]
    weights = np.random.default_rng(0).integers(1, 2**40, found.events.shape[1]).astype(float)
    return np.column_stack([np.bincount(of, own[chosen], count) for own in (*found.events, weights)])


def _whole(found: Cells) -> tuple[float, ...]:
    everything = Slices((), np.zeros(found.events.shape[1], dtype=np.int64), ((),))
    return tuple(_marks(everything, found)[0])
