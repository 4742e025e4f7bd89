"""Who replaces whom: which days of which import count, so that no money counts twice. Pure.

Imports of one campaign and currency meet day by day. Rows of the same grain (level and breakdowns): the
newer import stands, for its own days. Of different grain: the finer one stands; where neither is finer, the
one that was there. Ranges and days never stand side by side: days are the finer, and a range gives way as a
whole, since nobody can tell how much of it lies on which day. What gives way is kept, with its reason, so
that the same look at everything that came, in its order, also says what an undo, a link or a person's word
changes.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import date, timedelta
from typing import NamedTuple

from engine.models.export import Holding, Level, Lost

FINER: dict[Level, int] = {"account": 0, "campaign": 1, "ad set": 2, "ad": 3}
A_DAY = timedelta(days=1)
Days = tuple[date, date]


class Arrival(NamedTuple):
    """What becomes of what came, and of each live piece that gave way: the piece, and what it becomes."""

    pieces: list[Holding]
    gave_way: list[tuple[Holding, list[Holding]]]


def arrival(new: Holding, live: Iterable[Holding]) -> Arrival:
    """Let the days of one import's campaign meet those that count.

    ``live`` are pieces of the same campaign (aliases included) and currency; others of its own import, and
    days that it does not touch, stay as they are.
    """
    others = [each for each in live if each.source != new.source and _overlap(each, new)]
    if new.apart:
        return Arrival([_piece(new, (new.first_day, new.last_day), "live", None)], [])
    pieces, left = _yielded(new, [each for each in others if not _stands(new, each)])
    gave_way = []
    for old in (each for each in others if _stands(new, each)):
        parts = _parted(old, left, new.source)
        if len(parts) != 1 or parts[0].status != "live":
            gave_way.append((old, parts))
    pieces += [_piece(new, days, "live", None) for days in left]
    return Arrival(sorted(pieces, key=lambda each: each.first_day), gave_way)


def settled(pieces: Iterable[Holding], undone: Collection[str]) -> list[Holding]:
    """Say anew what counts of everything that ever came of one campaign and currency.

    ``undone`` are the imports that were undone; what is undone itself stays so.
    """
    live: list[Holding] = []
    found: list[Holding] = []
    every = lots(pieces)
    for lot in every:
        if lot.status == "undone":
            found.append(lot)
            continue
        if lot.same_as and lot.same_as not in undone:
            found.append(_piece(lot, (lot.first_day, lot.last_day), "double", lot.same_as))
            continue
        came = arrival(lot, live)
        for old, parts in came.gave_way:
            live.remove(old)
            live += [each for each in parts if each.status == "live"]
            found += [each for each in parts if each.status != "live"]
        live += [each for each in came.pieces if each.status == "live"]
        found += [each for each in came.pieces if each.status != "live"]
    told = [each for each in every if each.same_as and each.by_day and each.same_as not in undone]
    return found + [part for each in live for part in _told_elsewhere(each, told)]


def _told_elsewhere(holding: Holding, told: Sequence[Holding]) -> list[Holding]:
    """Part a live piece where days of its level are counted under other names: that was of all of them."""
    mine = [each for each in told if each.source != holding.source and same_grain(each, holding)]
    if holding.apart or not mine:
        return [holding]
    left, parts = [(holding.first_day, holding.last_day)], []
    for each in mine:
        lost = _common(left, each)
        update = {"same_as": each.same_as}
        parts += [_piece(holding, days, "double", each.same_as).model_copy(update=update) for days in lost]
        left = [days for span in left for days in _without(span, lost)]
    return parts + [_piece(holding, days, "live", None) for days in left]


def lots(pieces: Iterable[Holding]) -> list[Holding]:
    """Put the pieces of each import and campaign together again, in the order in which they came.

    Ranges were never parted: each stays one of its own; so do days that another import tells under other
    names.
    """
    whole: dict[tuple[str, str, str | None], list[Holding]] = {}
    for each in pieces:
        whole.setdefault((each.source, each.campaign_key, each.currency), []).append(each)
    found = [lot for every in whole.values() for lot in _whole(every)]
    return sorted(found, key=lambda each: (each.number, each.campaign_key, each.first_day))


def _whole(pieces: list[Holding]) -> list[Holding]:
    if not pieces[0].by_day:
        return pieces
    first, last = min(each.first_day for each in pieces), max(each.last_day for each in pieces)
    twins = [each for each in pieces if each.same_as]
    rest = _without((first, last), [(each.first_day, each.last_day) for each in twins])
    other = next((each for each in pieces if not each.same_as), None)
    return twins + ([parted(other, days) for days in rest] if other else [])


def parted(holding: Holding, days: Days) -> Holding:
    """Give these days of a holding."""
    return holding.model_copy(update={"first_day": days[0], "last_day": days[1]})


def without(days: Days, lost: Days) -> list[Days]:
    """Give what is left of some days without others."""
    return _without(days, [lost])


def changed(before: Iterable[Holding], after: Iterable[Holding]) -> list[Holding]:
    """Of ``after`` give all pieces of those imports and campaigns of which something is not as before."""
    told = _by_place(before)
    return [
        each for place, pieces in _by_place(after).items() if pieces != told.get(place) for each in pieces
    ]


def is_within(days: Days, holdings: Iterable[Holding]) -> bool:
    """Say whether these hold every day of some; no days are always held."""
    lost = [each for one in holdings for each in _common([days], one)]
    return days[1] < days[0] or not _without(days, lost)


def same_grain(one: Holding, other: Holding) -> bool:
    return _grain(one) == _grain(other)


def _by_place(pieces: Iterable[Holding]) -> dict[tuple[str, str, str | None], list[Holding]]:
    found: dict[tuple[str, str, str | None], list[Holding]] = {}
    for each in sorted(pieces, key=lambda each: each.first_day):
        bare = each.model_copy(update={"rows": 0, "sums": type(each.sums)()})
        found.setdefault((each.source, each.campaign_key, each.currency), []).append(bare)
    return found


def _grain(holding: Holding) -> tuple[bool, Level, frozenset[str]]:
    return holding.by_day, holding.level, frozenset(holding.breakdowns)


def _fineness(holding: Holding) -> tuple[bool, int, int]:
    return holding.by_day, FINER[holding.level], len(holding.breakdowns)


def _stands(new: Holding, old: Holding) -> bool:
    return same_grain(new, old) or _fineness(new) > _fineness(old)


def _overlap(one: Holding, other: Holding) -> bool:
    return one.first_day <= other.last_day and other.first_day <= one.last_day


def _yielded(new: Holding, standing: Sequence[Holding]) -> tuple[list[Holding], list[Days]]:
    """Give the pieces of what came that add nothing, and the days that are left of it."""
    left: list[Days] = [(new.first_day, new.last_day)]
    pieces = []
    for old in standing:
        lost = _common(left, old) if new.by_day else left
        pieces += [_piece(new, days, "double", old.source) for days in lost]
        left = [days for each in left for days in _without(each, lost)]
    return pieces, left


def _parted(old: Holding, taken: Sequence[Days], by: str) -> list[Holding]:
    """Part a live piece into the days that were taken from it and those that stay."""
    lost = _common(taken, old)
    if lost and not old.by_day:
        lost = [(old.first_day, old.last_day)]
    stays = _without((old.first_day, old.last_day), lost)
    parts = [_piece(old, days, "replaced", by) for days in lost]
    return parts + [_piece(old, days, "live", None) for days in stays]


def _common(spans: Sequence[Days], other: Holding) -> list[Days]:
    both = ((max(first, other.first_day), min(last, other.last_day)) for first, last in spans)
    return [days for days in both if days[0] <= days[1]]


def _without(days: Days, lost: Sequence[Days]) -> list[Days]:
    left, first = [], days[0]
    for begin, end in sorted(lost):
        if end < first or begin > days[1]:
            continue
        if begin > first:
            left.append((first, begin - A_DAY))
        first = end + A_DAY
    return [*left, (first, days[1])] if first <= days[1] else left


def _piece(holding: Holding, days: Days, status: Lost, by: str | None) -> Holding:
    return holding.model_copy(update={"first_day": days[0], "last_day": days[1], "status": status, "by": by})
