"""How a budget is split best: more where another unit of money brings most, within bounds, to the cent.

Money is moved only between campaigns that the evidence tells apart; where the ranges of their marginal
returns overlap, everything stays. Among those, the split is the one with the most conversions expected over
all curves that the data leave possible, so where less is known less is moved (Meridian's and Robyn's budget
allocators, with the curves' uncertainty inside the objective).
"""

from collections.abc import Mapping, Sequence
from typing import Literal, NamedTuple

import numpy as np

from engine.measure.response import Response

LEVEL = 0.80  # of the range of a gain
COMPARED = 0.64  # of ranges that are compared: of two that do not overlap, one is larger with 90 % certainty
FINEST = 200  # steps between a campaign's bounds
LEAST_MOVE = 0.01  # of a campaign's budget: less is not worth a change
LEAST_CERTAINTY = 0.90  # that a proposal brings more than it costs
PARTS = (1.0, 0.8, 0.6, 0.4, 0.2)  # of the best move: the largest that is certain enough

Refusal = Literal["one_campaign", "overlap", "no_gain", "out_of_bounds"]


class Bounds(NamedTuple):
    """What a campaign may be given a day, in the smallest unit of money, both ends included."""

    least: int
    most: int


class Allocation(NamedTuple):
    """``proposed`` in the smallest unit of money; what is asked for as it stands where ``refused``.

    ``gain`` is (low, mean, high) of conversions a day won against the present split, at 80 %. ``certainty``
    is how likely it wins anything, ``regret`` what it costs a day on average where it does not.
    """

    proposed: dict[str, int]
    refused: Refusal | None
    gain: tuple[float, float, float]
    certainty: float
    regret: float


def bounds_of(now: int, change: float, least: int = 0) -> Bounds:
    """Bounds of a campaign: ``now`` ± ``change`` (a share), rounded inwards, and never under ``least``.

    A campaign that gets less than ``least`` already is not cut further.
    """
    lowest = -int(-now * (1 - change) // 1) if change < 1 else 0
    return Bounds(max(lowest, min(least, now)), int(now * (1 + change) // 1))


def interval(draws: np.ndarray, level: float = LEVEL) -> tuple[float, float]:
    """The middle ``level`` of equally likely values."""
    low, high = np.quantile(draws, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def allocate(
    responses: Sequence[Response],
    now: Mapping[str, int],
    bounds: Mapping[str, Bounds],
    total: int | None = None,
) -> Allocation:
    """Split ``total`` (the present sum where it is ``None``) over campaigns; whole units, exactly.

    ``now`` and ``bounds`` are by name, in the smallest unit of money; campaigns without a response keep
    what they have. Another total than the present one is spread evenly first, then moved.
    """
    total = sum(now.values()) if total is None else total
    start = _spread(now, bounds, total)
    if start is None:
        return Allocation(dict(now), "out_of_bounds", (0.0, 0.0, 0.0), 0.0, 0.0)
    movable = _told_apart([each for each in responses if now.get(each.name, 0) > 0])
    if not movable:
        refused: Refusal = "one_campaign" if len(responses) < 2 else "overlap"
        return _judged(start, responses, now, start, refused)
    given = sum(start[each.name] for each in movable)
    ideal = _best(movable, now, bounds, given)
    for part in PARTS:
        aimed = {name: start[name] + part * (amount - start[name]) for name, amount in ideal.items()}
        proposed = {**start, **_whole(aimed, bounds, given)}
        if not any(abs(proposed[name] - start[name]) >= LEAST_MOVE * start[name] for name in proposed):
            break
        found = _judged(proposed, responses, now, start, None)
        if found.certainty >= LEAST_CERTAINTY:
            return found
    return _judged(start, responses, now, start, "no_gain")


def _spread(now: Mapping[str, int], bounds: Mapping[str, Bounds], total: int) -> dict[str, int] | None:
    """Everything by one factor, within bounds; ``None`` where no split within them has this total."""
    if total == sum(now.values()) and all(bounds[n].least <= v <= bounds[n].most for n, v in now.items()):
        return dict(now)
    if not sum(each.least for each in bounds.values()) <= total <= sum(each.most for each in bounds.values()):
        return None
    low, high = 0.0, max(each.most / max(now[name], 1) for name, each in bounds.items()) + 1
    for _ in range(80):
        factor = (low + high) / 2
        reached = sum(_within(now[name] * factor, each) for name, each in bounds.items())
        low, high = (factor, high) if reached < total else (low, factor)
    return _whole({name: _within(now[name] * high, each) for name, each in bounds.items()}, bounds, total)


def _within(value: float, bounds: Bounds) -> float:
    return min(max(value, float(bounds.least)), float(bounds.most))


def _told_apart(responses: Sequence[Response]) -> list[Response]:
    """Those whose range of marginal returns lies wholly above or below that of another one."""
    ranges = [interval(each.marginal, COMPARED) for each in responses]
    return [
        each
        for each, (low, high) in zip(responses, ranges, strict=True)
        if any(low > other_high or high < other_low for other_low, other_high in ranges)
    ]


def _best(
    responses: Sequence[Response], now: Mapping[str, int], bounds: Mapping[str, Bounds], total: int
) -> dict[str, float]:
    """Give each step of money to whoever wins most by it, along the concave hull of the mean curves."""
    places, slopes, widths = [], [], []
    for place, each in enumerate(responses):
        own = bounds[each.name]
        spend = np.linspace(own.least, own.most, FINEST + 1)
        won = each.at(spend / now[each.name]).mean(axis=0)
        corners = _hull(spend, won)
        if own.most > own.least:
            widths.append(np.diff(spend[corners]))
            slopes.append(np.diff(won[corners]) / widths[-1])
            places.append(np.full(len(corners) - 1, place))
    given = np.array([float(bounds[each.name].least) for each in responses])
    left = total - given.sum()
    if slopes:
        order = np.argsort(-np.concatenate(slopes), kind="stable")
        steps = np.concatenate(widths)[order]
        taken = np.clip(left - np.concatenate([[0.0], np.cumsum(steps)[:-1]]), 0, steps)
        given += np.bincount(np.concatenate(places)[order], weights=taken, minlength=len(responses))
    return {each.name: float(amount) for each, amount in zip(responses, given, strict=True)}


def _hull(across: np.ndarray, up: np.ndarray) -> list[int]:
    """Corners of the least concave curve above the points."""
    kept: list[int] = []
    for place in range(len(across)):
        while len(kept) >= 2 and (up[kept[-1]] - up[kept[-2]]) * (across[place] - across[kept[-1]]) <= (
            up[place] - up[kept[-1]]
        ) * (across[kept[-1]] - across[kept[-2]]):
            kept.pop()
        kept.append(place)
    return kept


def _whole(ideal: Mapping[str, float], bounds: Mapping[str, Bounds], total: int) -> dict[str, int]:
    """Round to whole units that add up to ``total``, within bounds: the largest remainders get one more."""
    found = {name: int(_within(value // 1, bounds[name])) for name, value in ideal.items()}
    short = total - sum(found.values())
    step = 1 if short > 0 else -1
    while short:
        free = [
            name
            for name, value in found.items()
            if (value < bounds[name].most if step > 0 else value > bounds[name].least)
        ]
        free.sort(key=lambda name: (step * (found[name] - ideal[name]), name))
        each_gets = max(1, abs(short) // len(free))
        for name in free[: abs(short)]:
            room = bounds[name].most - found[name] if step > 0 else found[name] - bounds[name].least
            moved = min(each_gets, room, abs(short))
            found[name] += step * moved
            short -= step * moved
    return found


def _judged(
    proposed: dict[str, int],
    responses: Sequence[Response],
    now: Mapping[str, int],
    start: Mapping[str, int],
    refused: Refusal | None,
) -> Allocation:
    """Compare with ``start``, the split that would be without moving anything, by every draw."""
    moved = [each for each in responses if proposed[each.name] != start[each.name] and now[each.name] > 0]
    if not moved:
        return Allocation(proposed, refused, (0.0, 0.0, 0.0), 0.0, 0.0)
    gains = np.zeros(len(moved[0].level))
    for each in moved:
        pair = each.at(np.array([start[each.name], proposed[each.name]]) / now[each.name])
        gains += pair[:, 1] - pair[:, 0]
    low, high = interval(gains)
    lost = gains[gains < 0]
    regret = float(-lost.mean()) if len(lost) else 0.0
    return Allocation(proposed, refused, (low, float(gains.mean()), high), float((gains > 0).mean()), regret)
