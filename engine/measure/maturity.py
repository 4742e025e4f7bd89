"""How many conversions of recent days are still to come (Chapelle 2014). Pure.

The same days, read again later, tell how many conversions were known a day after, two days after, and so on:
that curve never falls (isotonic regression; Barlow et al. 1972). Where no day was read twice a lag is
assumed, as long as the attribution window says, and only days beyond it may show that something got worse.
"""

import re
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta

from engine.models.scatter import Aged

ENOUGH_CONVERSIONS = 50.0
LONGEST_LAG = 30
SMALLEST_SHARE = 0.05
Curve = Callable[[int], float]


def lag_days(attribution: str | None, assumed: int) -> int:
    """Read how long conversions come in out of the attribution window ("7-day click"), else assume it."""
    found = re.search(r"(\d+)[\s_-]*d", (attribution or "").casefold())
    return min(int(found[1]), LONGEST_LAG) if found else assumed


def pooled(every: Iterable[Sequence[Aged]]) -> tuple[Aged, ...]:
    """Add up readings of the same age."""
    then: dict[int, float] = {}
    now: dict[int, float] = {}
    for each in (aged for readings in every for aged in readings):
        then[each.age] = then.get(each.age, 0.0) + each.then
        now[each.age] = now.get(each.age, 0.0) + each.now
    return tuple(Aged(age=age, then=then[age], now=now[age]) for age in sorted(then))


def learned_curve(readings: Sequence[Aged], lag: int) -> Curve | None:
    """Give the share of conversions known so many days after; ``None`` where too few were read twice.

    Between ages that were seen it runs straight; before the first it is that of the first, and from ``lag``
    days on everything is known.
    """
    seen = [each for each in pooled([readings]) if each.age < lag and each.now > 0]
    if sum(each.now for each in seen) < ENOUGH_CONVERSIONS:
        return None
    shares = isotonic([min(each.then / each.now, 1.0) for each in seen], [each.now for each in seen])
    ages = [each.age for each in seen] + [lag]
    return lambda age: max(_between(age, ages, [*shares, 1.0]), SMALLEST_SHARE)


def assumed_curve(lag: int) -> Curve:
    """Assume that half of what is missing comes in each third of the lag: only ever printed as assumed."""
    return lambda age: 1.0 if age >= lag else 1 - 0.5 ** (1 + 3 * age / lag)


def mature_share(curve: Curve, spend: Mapping[date, float], read_on: Mapping[date, date]) -> float:
    """Weigh the shares of a window's days by what was spent on them; a day of unknown reading is mature."""
    total = sum(spend.values())
    if not total:
        return 1.0
    return (
        sum(
            money * (curve((read_on[day] - day).days) if day in read_on else 1.0)
            for day, money in spend.items()
        )
        / total
    )


def share_error(readings: Sequence[Aged], share: float) -> float:
    """Relative standard error of a learned share, as that of a binomial over all that was read twice."""
    known = sum(each.now for each in readings)
    return (max(1 - share, 0.0) / (share * known)) ** 0.5 if known else 0.0


def settled_days(days: Iterable[date], read_on: Mapping[date, date], lag: int) -> set[date]:
    """Name the days whose conversions have all come, ``lag`` days after."""
    wait = timedelta(days=lag)
    return {day for day in days if day not in read_on or day + wait <= read_on[day]}


def isotonic(values: Sequence[float], weights: Sequence[float]) -> list[float]:
    """Fit values that never fall, nearest by weighted squares (pool adjacent violators; Barlow et al.)."""
    blocks: list[tuple[float, float, int]] = []
    for value, weight in zip(values, weights, strict=True):
        blocks.append((value, weight, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (a, wa, na), (b, wb, nb) = blocks[-2:]
            blocks[-2:] = [((a * wa + b * wb) / (wa + wb), wa + wb, na + nb)]
    return [value for value, _, count in blocks for _ in range(count)]


def _between(age: int, ages: Sequence[int], shares: Sequence[float]) -> float:
    if age <= ages[0]:
        return shares[0]
    for (a, share_a), (b, share_b) in zip(
        zip(ages, shares, strict=True), zip(ages[1:], shares[1:], strict=True), strict=False
    ):
        if a <= age <= b:
            return share_a + (share_b - share_a) * (age - a) / (b - a)
    return 1.0
