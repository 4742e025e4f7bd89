"""Mix or rate: how much of a ratio's change came from where its volume went, and how much from within.

A ratio P = Σ w·p over segments (w: share of the volume, p: the segment's own ratio) moves by the mix,
Σ Δw·(p0 + p1) / 2, and by the rates, Σ Δp·(w0 + w1) / 2: the midpoint split, which for two factors is
Shapley's value, so both parts add up to the change exactly (Shapley 1953; Das Gupta 1993). Pure.
"""

import math
from collections.abc import Sequence
from typing import Literal, NamedTuple

from engine.measure import distributions
from engine.measure.sceptic import Shift, beyond
from engine.models.change_prior import ChangePrior

MATERIAL = 0.03  # of the ratio before: less moves nothing that anybody would act on
LIKELY = 0.55  # P(an effect is material), above which it drives: likelier than not, with some margin
LEVEL = 0.90  # of the intervals
AGAINST = 0.05  # P(by chance one of the segments seems to move against the others that far)
HALF = 0.5  # of an event: keeps logs of empty segments finite (Haldane 1956)
TINY = 1e-6
PRIOR = ChangePrior()  # what is assumed of changes everywhere

Driver = Literal["mix", "rate", "both", "none"]


class Tally(NamedTuple):
    """One segment in one window: ``above`` / ``below`` is its ratio. ``above`` counts events."""

    below: float
    above: float

    @property
    def ratio(self) -> float | None:
        return self.above / self.below if self.below > 0 else None


class Segment(NamedTuple):
    """One segment in both windows; a window in which it did not exist has ``Tally(0, 0)``."""

    name: str
    before: Tally
    after: Tally


class Effect(NamedTuple):
    """A part of the change as a share of the ratio before, with its 90 % interval.

    ``certainty`` is P(the true effect goes beyond 3 % of the ratio in the direction seen), judged with
    scepticism (``sceptic.beyond``); ``is_driver`` where that is likelier than not.
    """

    share: float
    low: float
    high: float
    certainty: float
    is_driver: bool


class Move(NamedTuple):
    """What one segment did. ``mix`` and ``rate`` are its parts, as shares of the ratio before.

    ``mix`` is counted from the average, so that a segment as good as the average moves nothing. ``ratio``
    is ``None`` in a window without volume. ``z`` is the change of its ratio in standard errors.
    """

    name: str
    weights: tuple[float, float]
    ratios: tuple[float | None, float | None]
    mix: float
    rate: float
    z: float


class MixSplit(NamedTuple):
    """The ratio ``before`` and ``after``; ``mix`` and ``rate`` add up to ``total``, exactly.

    ``paradox`` is Simpson's: the segments moved one way, the total the other, and neither is chance.
    """

    before: float
    after: float
    total: Effect
    mix: Effect
    rate: Effect
    driver: Driver
    paradox: bool
    moves: tuple[Move, ...]


class _Sides(NamedTuple):
    """One segment's volume, shares, ratios and their variances; a missing ratio is the other window's."""

    below: tuple[float, float]
    weights: tuple[float, float]
    ratios: tuple[float, float]
    variances: tuple[float, float]

    @property
    def weight(self) -> float:
        return (self.weights[0] + self.weights[1]) / 2

    @property
    def ratio(self) -> float:
        return (self.ratios[0] + self.ratios[1]) / 2


def mix_split(
    segments: Sequence[Segment], *, is_share: bool = True, dispersion: float = 1.0
) -> MixSplit | None:
    """Split the change of a ratio of sums into mix and rate; ``None`` where a window has no ratio, or 0.

    ``is_share`` is for events out of counted trials (clicks of impressions): binomial, and the shares of
    the trials are themselves drawn. Otherwise (conversions per money) events are Poisson and the shares
    are given. ``dispersion`` multiplies every variance, where days are known to scatter more than chance.
    A segment that is new, or gone, has no change of its own: all of it is mix.
    """
    present = [each for each in segments if each.before.below > 0 or each.after.below > 0]
    totals = [_sum(present, at) for at in (0, 1)]
    before, after = (each.ratio for each in totals)
    if not before or after is None:
        return None
    sides = [_sides(each, totals, is_share=is_share, dispersion=dispersion) for each in present]
    mix = _mix(sides, before, dispersion if is_share else 0.0)
    pooled = _pooled(present, sides, before, is_share=is_share, dispersion=dispersion)
    rate = _judged(_rate(sides, before), pooled)
    total = _total(before, after, totals, dispersion)
    driver: Driver = "both" if mix.is_driver and rate.is_driver else _only(mix, rate)
    middle = (before + after) / 2
    moves = tuple(_move(segment, side, before, middle) for segment, side in zip(present, sides, strict=True))
    opposed = total.low * total.high > 0 and total.share * rate.share < 0
    paradox = driver == "both" and opposed and _one_way(moves, rate.share)
    return MixSplit(before, after, total, mix, rate, driver, paradox, moves)


def _only(mix: Effect, rate: Effect) -> Driver:
    if mix.is_driver:
        return "mix"
    return "rate" if rate.is_driver else "none"


def _sum(segments: Sequence[Segment], at: int) -> Tally:
    own = [(each.before, each.after)[at] for each in segments]
    return Tally(math.fsum(each.below for each in own), math.fsum(each.above for each in own))


def _sides(segment: Segment, totals: Sequence[Tally], *, is_share: bool, dispersion: float) -> _Sides:
    own = (segment.before, segment.after)
    borrowed = own[1].ratio if own[0].ratio is None else own[0].ratio
    ratios = [borrowed if each.ratio is None else each.ratio for each in own]
    return _Sides(
        (own[0].below, own[1].below),
        (own[0].below / totals[0].below, own[1].below / totals[1].below),
        (ratios[0] or 0.0, ratios[1] or 0.0),
        (
            dispersion * _variance(own[0], is_share=is_share),
            dispersion * _variance(own[1], is_share=is_share),
        ),
    )


def _variance(tally: Tally, *, is_share: bool) -> float:
    """Of the ratio, half an event added; 0 where there is no volume, since nothing was measured."""
    if tally.below <= 0:
        return 0.0
    if not is_share:
        return (tally.above + HALF) / tally.below**2
    ratio = (tally.above + HALF) / (tally.below + 2 * HALF)
    return ratio * max(1 - ratio, 0.0) / tally.below


def _mix(sides: Sequence[_Sides], before: float, drawn: float) -> Effect:
    """The mix effect by the delta method; ``drawn`` is the shares' dispersion, 0 where they are given."""
    share = math.fsum((each.weights[1] - each.weights[0]) * each.ratio for each in sides) / before
    variance = math.fsum((each.weights[1] - each.weights[0]) ** 2 * sum(each.variances) / 4 for each in sides)
    for at in (0, 1):
        middle = math.fsum(each.weights[at] * each.ratio for each in sides)
        scatter = math.fsum(each.weights[at] * (each.ratio - middle) ** 2 for each in sides)
        variance += drawn * scatter / math.fsum(each.below[at] for each in sides)
    return _effect(share, math.sqrt(variance) / before)


def _rate(sides: Sequence[_Sides], before: float) -> Effect:
    share = math.fsum((each.ratios[1] - each.ratios[0]) * each.weight for each in sides) / before
    variance = math.fsum(each.weight**2 * sum(each.variances) for each in sides if all(each.below))
    return _effect(share, math.sqrt(variance) / before)


def _total(before: float, after: float, totals: Sequence[Tally], dispersion: float) -> Effect:
    change = after / before
    error = math.sqrt(dispersion * sum(1 / max(each.above, HALF) for each in totals))
    return _effect(change - 1, change * error if change else error)


def _effect(share: float, error: float) -> Effect:
    reach = distributions.normal_quantile((1 + LEVEL) / 2) * error
    effect = Effect(share, share - reach, share + reach, 0.0, is_driver=False)
    return _judged(effect, Shift(share, error))


def _judged(effect: Effect, seen: Shift) -> Effect:
    """Say how sure ``seen``, the effect as precisely as it is known, makes the effect."""
    if seen.change * effect.share <= 0:
        return effect
    certainty = beyond(seen._replace(error=max(seen.error, TINY)), MATERIAL, PRIOR)
    return effect._replace(certainty=certainty, is_driver=certainty > LIKELY)


def _pooled(
    segments: Sequence[Segment], sides: Sequence[_Sides], before: float, *, is_share: bool, dispersion: float
) -> Shift:
    """The rate effect and its error, each segment's log change drawn to the common one.

    Segments mostly move together, and a small one alone says little: partial pooling by a random-effects
    model (DerSimonian & Laird 1986) sees more than the plain sum, and equals it where they differ much.
    """
    both = [(own, side) for own, side in zip(segments, sides, strict=True) if all(side.below)]
    if not both:
        return Shift(0.0, TINY)
    changes = [_log_change(own, is_share=is_share, dispersion=dispersion) for own, _ in both]
    between = _between(changes)
    precision = math.fsum(1 / (error + between) for _, error in changes)
    common = math.fsum(change / (error + between) for change, error in changes) / precision
    effect, own_variance, drawn = 0.0, 0.0, 0.0
    for (change, error), (_, side) in zip(changes, both, strict=True):
        pull = error / (error + between)
        reach = side.weight * side.ratio / before
        effect += reach * (pull * common + (1 - pull) * change)
        own_variance += reach**2 * error * (1 - pull)
        drawn += reach * pull
    return Shift(effect, math.sqrt(own_variance + drawn**2 / precision))


def _log_change(segment: Segment, *, is_share: bool, dispersion: float) -> tuple[float, float]:
    """The log change of a segment's ratio and its variance, half an event added to each window."""
    logs, variance = [], 0.0
    for below, above in (segment.before, segment.after):
        trials = below + 2 * HALF if is_share else below
        logs.append(math.log((above + HALF) / trials))
        variance += 1 / (above + HALF) - (1 / trials if is_share else 0.0)
    return logs[1] - logs[0], max(dispersion * variance, 1e-12)


def _between(changes: Sequence[tuple[float, float]]) -> float:
    """The variance of true changes between segments, beyond their own errors; 0 for one segment."""
    whole = math.fsum(1 / error for _, error in changes)
    common = math.fsum(change / error for change, error in changes) / whole
    q = math.fsum((change - common) ** 2 / error for change, error in changes)
    spread = whole - math.fsum(1 / error**2 for _, error in changes) / whole
    return max(0.0, (q - (len(changes) - 1)) / spread) if spread > 1e-9 * whole else 0.0


def _move(segment: Segment, side: _Sides, before: float, middle: float) -> Move:
    variance = sum(side.variances)
    change = side.ratios[1] - side.ratios[0]
    return Move(
        segment.name,
        side.weights,
        (segment.before.ratio, segment.after.ratio),
        (side.weights[1] - side.weights[0]) * (side.ratio - middle) / before,
        change * side.weight / before,
        change / math.sqrt(variance) if all(side.below) and variance > 0 else 0.0,
    )


def _one_way(moves: Sequence[Move], way: float) -> bool:
    """Whether no segment moved against the others by more than chance, over all that were looked at."""
    seen = [each for each in moves if None not in each.ratios]
    if not seen:
        return False
    limit = distributions.normal_quantile(1 - AGAINST / 2 / len(seen))
    return all(each.z * math.copysign(1, way) > -limit for each in seen)
