"""What each segment did to the whole: its share of the change, and what the rest did. Pure."""

import math
from typing import Literal, NamedTuple

import numpy as np

from engine.explain.localise import Localised, Named, fit
from engine.explain.slices import Floats, Slices
from engine.measure import distributions
from engine.measure.sceptic import Shift, responsibilities
from engine.models.change_prior import ChangePrior

PRIOR = ChangePrior()
Verdict = Literal["real", "noise", "too early"]
LEVEL = 0.8
SURE = 0.95


class Contribution(NamedTuple):
    """One segment. Ratios are events per volume, weights shares of the volume, events those of now.

    ``change`` is its own log change beside what is named, with its 95 % ends. ``share`` is how much of the
    whole's log change goes back to it, with its 80 % ends; ``None`` where the whole did not change.
    """

    dimensions: tuple[str, ...]
    values: tuple[str, ...]
    ratios: tuple[float | None, float | None]
    weights: tuple[float, float]
    events: float
    change: tuple[float, float, float]
    share: tuple[float, float, float] | None
    verdict: Verdict


class Whole(NamedTuple):
    """Everything together: ratio before and now, events in both windows, the log change and its error.

    ``explained`` is the log change without events that are still to come, and without what is likely chance
    in segments that are not named; ``doubt`` is how far off that may be. Shares are parts of it.
    """

    ratios: tuple[float, float]
    events: tuple[float, float]
    log_change: float
    error: float
    explained: float
    doubt: float


def whole(found: Localised) -> Whole | None:
    """Add everything up; ``None`` where a window has no events, or nothing that they are counted on."""
    (before, now), (first, second) = found.cells.events.sum(axis=1), found.cells.volume.sum(axis=1)
    if min(before, now, first, second) <= 0:
        return None
    dispersion = float(found.scatter.of(_everything(found))[0][0])
    error = float(np.sqrt(dispersion * (1 / before + 1 / now)))
    ratios = (float(before / first), float(now / second))
    change = float(np.log(ratios[1] / ratios[0]))
    chance, doubt = _chance(found, float(now))
    return Whole(
        ratios, (float(before), float(now)), change, error, change - found.late - chance, doubt or error
    )


def contributions(found: Localised, total: Whole, slices: Slices, band: float) -> list[Contribution]:
    """Tell every segment of one dimension or pair, the largest share first.

    Only what is named is *real*; otherwise *noise* where its 95 % interval lies within ±``band``.
    """
    own = fit(found.cells, slices, np.full(found.cells.events.shape[1], found.late))
    beside = fit(found.cells, slices, _offset(found, slices))
    dispersion, _ = found.scatter.of(slices)
    names = {(each.dimensions, each.values) for each in found.named}
    told = []
    for at, values in enumerate(slices.values):
        members = slices.of_cell == at
        is_named = (slices.dimensions, values) in names
        error = float(beside.error[at] * np.sqrt(dispersion[at]))
        events = float(found.cells.events[1][members].sum())
        change = float(beside.log_factor[at])
        told.append(
            Contribution(
                slices.dimensions,
                values,
                _ratios(found, members),
                _weights(found, members),
                events,
                _around(change, error, SURE),
                _share(total, events, float(own.log_factor[at]), error),
                "real" if is_named else _unnamed(change, error, band),
            )
        )
    return sorted(told, key=lambda each: (each.verdict != "real", -abs(each.share[1]) if each.share else 0.0))


def rest(found: Localised, band: float) -> tuple[tuple[float, float, float], Verdict] | None:
    """Say how everything that is not named moved: the log change with its 80 % ends, and what that is.

    ``None`` where nothing is left, or nothing is named.
    """
    fitted = _others(found)
    if fitted is None:
        return None
    change, error, _ = fitted
    verdict: Verdict = "real" if found.common is not None else _unnamed(change, error, band)
    return _around(change, error, LEVEL), verdict


def named_share(found: Localised, total: Whole, each: Named) -> tuple[float, float, float] | None:
    """Say what share of the whole's change goes back to one named segment, with its 80 % ends."""
    events = float(found.cells.events[1][each.members > 0].sum())
    return _share(total, events, each.log_factor, each.error)


def _share(total: Whole, events: float, factor: float, error: float) -> tuple[float, float, float] | None:
    """The log change that would not be there without a segment's own, over all of it (delta method)."""
    if abs(total.explained) < total.error / 10:
        return None
    part = _part(events, total.events[1], factor)
    share = part / total.explained
    own = events * np.exp(-factor - part) / total.events[1] * error
    spread = float(np.hypot((1 - share) * own, share * total.doubt)) / abs(total.explained)
    return _around(share, spread, LEVEL)


def _chance(found: Localised, everything: float) -> tuple[float, float]:
    """Say what of the whole's log change is likely chance in what is not named, and that doubt's error.

    The others' change is drawn towards none by what is believed of changes everywhere; nothing is taken
    away where everything shifted, or nothing is named.
    """
    fitted = _others(found)
    if fitted is None or found.common is not None:
        return 0.0, 0.0
    change, error, events = fitted
    likely = responsibilities(Shift(change, error), PRIOR)
    trusts = [width**2 / (width**2 + error**2) for width in PRIOR.widths]
    mean = change * sum(weight * trust for weight, trust in zip(likely, trusts, strict=True))
    square = sum(
        weight * (trust * error**2 + (trust * change) ** 2)
        for weight, trust in zip(likely, trusts, strict=True)
    )
    chance = _part(events, everything, change) - _part(events, everything, mean)
    return chance, math.sqrt(max(square - mean**2, 0.0)) * events / everything


def _part(events: float, everything: float, factor: float) -> float:
    """The log change of the whole that a factor of some of its events makes."""
    return -math.log1p(events / everything * math.expm1(-factor))


def _others(found: Localised) -> tuple[float, float, float] | None:
    """The log factor of all that is not named, its error, and its events of now."""
    if not found.named:
        return None
    outside = np.array([each.members for each in found.named]).sum(axis=0) == 0
    if not found.cells.events[:, outside].any():
        return None
    others = Slices(("",), np.where(outside, 0, -1), (("",),))
    fitted = fit(found.cells, others, np.full(len(outside), found.late))
    dispersion, _ = found.scatter.of(_everything(found))
    error = float(fitted.error[0] * np.sqrt(dispersion[0]))
    return float(fitted.log_factor[0]), error, float(found.cells.events[1][outside].sum())


def _offset(found: Localised, slices: Slices) -> Floats:
    """What is named already, but for segments of this very dimension or pair."""
    others = [each for each in (*found.named, found.common) if each and each.dimensions != slices.dimensions]
    total = np.full(found.cells.events.shape[1], found.late)
    for each in others:
        total += each.log_factor * each.members
    return total


def _unnamed(change: float, error: float, band: float) -> Verdict:
    low, _, high = _around(change, error, SURE)
    return "noise" if np.log1p(-band) <= low and high <= np.log1p(band) else "too early"


def _around(value: float, error: float, level: float) -> tuple[float, float, float]:
    reach = distributions.normal_quantile((1 + level) / 2) * error
    return value - reach, value, value + reach


def _ratios(found: Localised, members: Floats) -> tuple[float | None, float | None]:
    events, volume = found.cells.events[:, members].sum(axis=1), found.cells.volume[:, members].sum(axis=1)
    one, other = (
        float(top / bottom) if bottom > 0 else None for top, bottom in zip(events, volume, strict=True)
    )
    return one, other


def _weights(found: Localised, members: Floats) -> tuple[float, float]:
    one, other = found.cells.volume[:, members].sum(axis=1) / found.cells.volume.sum(axis=1)
    return float(one), float(other)


def _everything(found: Localised) -> Slices:
    return Slices((), np.zeros(found.cells.events.shape[1], dtype=np.int64), ((),))
