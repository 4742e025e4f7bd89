"""How much more days scatter than counting alone would make them, learned from a campaign's own rows. Pure.

Days are paired with the same day a week later, and weeks with the next: weekdays cancel, and a trend or a
new level moves a few pairs instead of all (von Neumann 1941). Each pair gives a chi-square of one degree; its
robust mean (Huber 1981, proposal 2) is the dispersion, so a level change in the middle is no scatter. Weeks
hold the serial correlation that days do not show (the block variance, Künsch 1989: what a bootstrap of
week-long blocks converges to). Few weeks are shrunk to what the days and other campaigns say (empirical
Bayes for variances; Smyth 2004). The model is gamma-Poisson for counts, beta-binomial for rates, the delta
method for costs; order values scatter with the revenue of days.
"""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from typing import NamedTuple

from engine.models.comparison import Kpi
from engine.models.daily import DaySum
from engine.models.scatter import Scatter, Usual

WEEK = 7
FARTHEST = 5.0  # of a pair's chi-square, in units of the dispersion: beyond it, it is another level
EXPECTED = 0.9553  # E[min(chi-square of 1 degree, FARTHEST)]
FEWEST_PAIRS = 7
USUAL_EXTRA, USUAL_RATIO = 0.02, 1.5  # of days whose campaign and whose account say nothing yet
PRIOR_DAYS, PRIOR_WEEKS = 5.0, 6.0  # degrees of freedom that what is usual counts for
DAYS_OF_FREEDOM = 12.0
ENOUGH_CAMPAIGNS = 3
MILLION = 1e6


class Spread(NamedTuple):
    """The variance of a window's count over that of counting, and on how many degrees it is known."""

    dispersion: float
    freedom: float


class _Pair(NamedTuple):
    """Two spans: what was counted, and what it was counted on."""

    counts: tuple[float, float]
    bases: tuple[float, float]


COUNTED_ON: dict[Kpi, tuple[str, str]] = {
    "ctr": ("clicks", "impressions"),
    "cvr": ("conversions", "clicks"),
    "cpa": ("conversions", "spend"),
    "roas": ("revenue", "spend"),
    "cpc": ("clicks", "spend"),
    "cpm": ("impressions", "spend"),
}
SHARES: frozenset[Kpi] = frozenset({"ctr", "cvr"})


def scatters(days: Sequence[DaySum]) -> tuple[Scatter, ...]:
    """Estimate the scatter of each KPI from days in order; a KPI with too few pairs is left out."""
    found = (_scatter(name, days) for name in COUNTED_ON)
    return tuple(each for each in found if each is not None)


def usual(others: Iterable[Sequence[Scatter]]) -> tuple[Usual, ...]:
    """Pool what campaigns' days are like, the better known the heavier; fewer than three pool nothing."""
    by_kpi: dict[Kpi, list[Scatter]] = {}
    for every in others:
        for each in every:
            by_kpi.setdefault(each.kpi, []).append(each)
    return tuple(_usual(kpi, each) for kpi, each in by_kpi.items() if len(each) >= ENOUGH_CAMPAIGNS)


def spread(own: Scatter | None, others: Usual | None, events: float, days: int) -> Spread | None:
    """Say how dispersed a count of ``events`` over so many ``days`` is; ``None`` where no days are known.

    Extra variance is relative: twice the money on a day makes its count twice as large and its luck too.
    """
    if own is None and others is None:
        return None
    extra, ratio = (others.extra, others.ratio) if others else (USUAL_EXTRA, USUAL_RATIO)
    if own is None or own.per_day <= 0:
        return Spread(1 + events * extra * ratio / max(days, 1), PRIOR_WEEKS)
    of_days = 2 * own.days / 3
    daily = _shrunk(own.day, of_days, 1 + extra * own.per_day, PRIOR_DAYS)
    of_weeks = 2 * own.weeks / 3
    weekly = _shrunk(own.week, of_weeks, 1 + ratio * max(daily - 1, 0.0), PRIOR_WEEKS)
    a_week = max(weekly - 1, 0.0) / (WEEK * own.per_day)
    return Spread(1 + events * a_week * WEEK / max(days, 1), of_weeks + min(of_days, DAYS_OF_FREEDOM))


def robust_mean(squares: Sequence[float]) -> float:
    """Give the scale of chi-squares of one degree, of which a few may be far out: 1 for mere counting."""
    scale = sum(squares) / len(squares)
    for _ in range(60):
        if scale <= 0:
            return 0.0
        held = sum(min(each / scale, FARTHEST) for each in squares) / len(squares)
        if abs(held / EXPECTED - 1) < 1e-9:
            break
        scale *= held / EXPECTED
    return scale


def _shrunk(own: float, freedom: float, prior: float, prior_freedom: float) -> float:
    return (own * freedom + prior * prior_freedom) / (freedom + prior_freedom)


def _scatter(name: Kpi, days: Sequence[DaySum]) -> Scatter | None:
    counts, bases = _figures(name, days)
    places = {each.day: place for place, each in enumerate(days) if bases[place] > 0}
    if len(places) < 2 * WEEK:
        return None
    a_week = timedelta(days=WEEK)
    later = [(place, places[day + a_week]) for day, place in places.items() if day + a_week in places]
    pairs = [_Pair((counts[a], counts[b]), (bases[a], bases[b])) for a, b in later]
    of_days = _squares(pairs, share=name in SHARES)
    of_weeks = _squares(_weeks(days, counts, bases), share=name in SHARES)
    if len(of_days) < FEWEST_PAIRS:
        return None
    return Scatter(
        kpi=name,
        day=robust_mean(of_days),
        days=len(of_days),
        week=robust_mean(of_weeks) if of_weeks else 1.0,
        weeks=len(of_weeks),
        per_day=sum(counts[place] for place in places.values()) / len(places),
    )


def _figures(name: Kpi, days: Sequence[DaySum]) -> tuple[list[float], list[float]]:
    """What is counted a day, and on what. Revenue counts in orders of average value."""
    top, bottom = COUNTED_ON[name]
    counts = [float(getattr(each, top) or 0) for each in days]
    bases = [0.0 if getattr(each, top) is None else float(getattr(each, bottom) or 0) for each in days]
    unit = MILLION if top == "conversions" else 1.0
    if top == "revenue":
        orders = sum(each.conversions or 0 for each in days) / MILLION
        unit = sum(counts) / orders if orders else 0.0
    return [each / unit if unit else 0.0 for each in counts], bases if unit else [0.0] * len(bases)


def _weeks(days: Sequence[DaySum], counts: Sequence[float], bases: Sequence[float]) -> list[_Pair]:
    """Add up whole weeks, backwards from the last day, and pair each with the next."""
    sums: dict[int, list[float]] = {}
    for each, count, base in zip(days, counts, bases, strict=True):
        held = sums.setdefault((days[-1].day - each.day).days // WEEK, [0.0, 0.0, 0.0])
        held[0], held[1], held[2] = held[0] + count, held[1] + base, held[2] + (base > 0)
    whole = {week: each for week, each in sums.items() if each[2] == WEEK}
    return [
        _Pair((whole[week + 1][0], each[0]), (whole[week + 1][1], each[1]))
        for week, each in sorted(whole.items())
        if week + 1 in whole
    ]


def _squares(pairs: Iterable[_Pair], *, share: bool) -> list[float]:
    """Pearson's chi-square of each pair against one rate for both."""
    found = []
    for (a, b), (base_a, base_b) in pairs:
        if not a + b or not base_a or not base_b:
            continue
        rate = (a + b) / (base_a + base_b)
        rest = 1 - rate if share and rate < 1 else 1.0
        found.append(((a - rate * base_a) ** 2 / base_a + (b - rate * base_b) ** 2 / base_b) / (rate * rest))
    return found


def _usual(kpi: Kpi, every: Sequence[Scatter]) -> Usual:
    """Weigh extra variances by how well each is known; compare weeks with days over all of them."""
    known = [each for each in every if each.per_day > 0]
    weights = [each.days * (each.per_day / max(each.day, 1.0)) ** 2 for each in known]
    extras = [(each.day - 1) / each.per_day for each in known]
    total = sum(weights)
    extra = max(sum(w * e for w, e in zip(weights, extras, strict=True)) / total, 0.0) if total else 0.0
    of_weeks = sum(each.weeks * (each.week - 1) for each in known)
    of_days = sum(each.weeks * (each.day - 1) for each in known)
    ratio = of_weeks / of_days if of_days > 0 and of_weeks > 0 else 1.0
    return Usual(kpi=kpi, extra=extra, ratio=min(max(ratio, 1.0), 4.0), campaigns=len(known))
