"""The same money under other names: ad sets of a file without campaigns, beside the file of the campaigns.

Names cannot tell it, so money does: the same spend and impressions on days that both know. Once it was told,
the names themselves tell it, also of days that were corrected meanwhile. The coarser stands, since it names
the campaigns, and only on days that it knows.
"""

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta

from engine.models.daily import Figures
from engine.models.export import NUMBERS, Holding
from engine.overlap import FINER, Days, parted, without
from engine.ports import Reading

NEAR = timedelta(days=31)  # how far around names are looked for that told the same money before
ENOUGH = 0.25  # of the days: to the cent and the impression is no chance
SPEND, IMPRESSIONS = NUMBERS.index("spend"), NUMBERS.index("impressions")
Purse = tuple[str, str | None]  # platform and account, and a currency
Money = dict[tuple[Purse, date], tuple[int, int]]


def same_money(
    reading: Reading, fresh: Sequence[Holding], live: Iterable[Holding], links: Mapping[str, str]
) -> list[Holding]:
    """Give the live pieces that tell the money of ``fresh`` under other names, by another level."""
    mains = {_main(each, links) for each in fresh}
    purses = {_purse(each) for each in fresh}
    others = [
        each
        for each in live
        if each.by_day
        and not each.apart
        and _purse(each) in purses
        and _main(each, links) not in mains
        and each.level != fresh[0].level
    ]
    if not others or not all(each.by_day for each in fresh):
        return []
    known = _known_before(reading, fresh, others, links)
    return known or (others if _agree(_money(reading, fresh), _money(reading, others)) else [])


def yielding(
    holdings: Iterable[Holding], standing: Collection[Holding]
) -> tuple[list[Holding], list[Holding]]:
    """Part what gives way into the days that others hold, which add nothing, and the days that are left."""
    lost, left = [], []
    for each in holdings:
        mine = [one for one in standing if _purse(one) == _purse(each)]
        spans: list[Days] = [(each.first_day, each.last_day)]
        for one in mine:
            for days in spans:
                first, last = max(days[0], one.first_day), min(days[1], one.last_day)
                if first <= last:
                    to = {"status": "double", "by": one.source, "same_as": one.source}
                    lost.append(parted(each, (first, last)).model_copy(update=to))
            spans = [rest for days in spans for rest in without(days, (one.first_day, one.last_day))]
        left += [parted(each, days) for days in spans]
    return lost, left


def inherited(holding: Holding, gone: str, heirs: Collection[Holding]) -> list[Holding]:
    """Part what gave way to an import that is undone: on days that others of its names hold, to those."""
    if holding.same_as != gone or holding.status == "undone":
        return [holding]
    lost, left = yielding([holding], [each for each in heirs if each.source != gone])
    return lost + left


def gives_way(fresh: Sequence[Holding], others: Sequence[Holding]) -> bool:
    """Whether it is what came that gives way: the finer does."""
    return FINER[fresh[0].level] > FINER[others[0].level]


def _known_before(
    reading: Reading, fresh: Sequence[Holding], others: Sequence[Holding], links: Mapping[str, str]
) -> list[Holding]:
    """Those of which the names told the money of these names before, or the other way round."""
    days = min(each.first_day for each in fresh) - NEAR, max(each.last_day for each in fresh) + NEAR
    mains = {_main(each, links) for each in fresh}
    pairs: set[tuple[str, str]] = set()
    named: dict[str, set[str]] = {}
    for each in reading.holdings(days=days, live=False):
        if each.same_as:
            if each.same_as not in named:
                told = reading.holdings(source=each.same_as, live=False)
                named[each.same_as] = {_main(one, links) for one in told}
            pairs |= {(_main(each, links), other) for other in named[each.same_as]}
    met = {one for pair in pairs for one, other in (pair, pair[::-1]) if other in mains}
    return [each for each in others if _main(each, links) in met]


def _agree(ours: Money, theirs: Money) -> bool:
    """Whether both say the same of enough days that both know; others were corrected meanwhile."""
    both = ours.keys() & theirs.keys()
    same = [each for each in both if ours[each] == theirs[each] and all(ours[each])]
    return bool(same) and len(same) >= ENOUGH * len(both)


def _money(reading: Reading, holdings: Iterable[Holding]) -> Money:
    sums: Money = {}
    for each in holdings:
        for (day, _), figures in reading.figures(each).items():
            spend, impressions = sums.get((_purse(each), day), (0, 0))
            sums[_purse(each), day] = spend + _of(figures, SPEND), impressions + _of(figures, IMPRESSIONS)
    return sums


def _of(figures: Figures, place: int) -> int:
    return figures[place] or 0


def _main(holding: Holding, links: Mapping[str, str]) -> str:
    return links.get(holding.campaign_key, holding.campaign_key)


def _purse(holding: Holding) -> Purse:
    return "/".join(holding.campaign_key.split("/", 2)[:2]), holding.currency
