"""``/marko creatives [campaign] [30d]``: which kinds do best, which wear out, what to try."""

from collections.abc import Mapping, Sequence
from functools import lru_cache
from typing import Any, NamedTuple

from engine.explain.creative_clusters import FEWEST_TEXTS, TextGroup, TextGroups, text_groups
from engine.explain.fatigue import Days, Fatigue, fatigue
from engine.explain.group_ids import Steady, steady
from engine.explain.league import LEVEL, Cell, League, Place, league
from engine.explain.naming import Convention, learned
from engine.explain.steady import Moved, Seen
from engine.explain.suggestions import suggestions
from engine.models.comparison import Interval
from engine.models.creatives_study import (
    CreativeFinding,
    CreativeGroup,
    CreativeNeed,
    CreativesStudy,
    CreativeState,
    MovedCreative,
    OwnCreative,
)
from engine.studying.creative_shelf import Piece, Shelf, shelf
from engine.studying.ground import Ground

KEPT_AS = "grouping:creatives"
ENOUGH_CONVERSIONS = 30.0  # in two groups: from then on they are judged by CPA, until then by CTR
EXAMPLES = 3
STATES: Mapping[str, CreativeState] = {"too few": "too few", "no groups": "no groups", "grouped": "grouped"}


Placed = tuple[tuple[Piece, int], ...]
"""Pieces with their groups."""


class Groundwork(NamedTuple):
    """What does not depend on which campaign is asked for: gathered once, also for a list of hundreds."""

    shelf: Shelf
    texts: TextGroups
    ids: Steady
    group_of: dict[str, int]
    league: League | None
    metric: str
    mixed: int
    placed: Placed
    convention: Convention


def study(ground: Ground, asked: str) -> CreativesStudy:
    """Find groups of creatives over all campaigns, and of the one that is asked for what its creatives do.

    Raises ``UnknownCampaign`` with the nearest names, ``AmbiguousCampaign``, or ``Refused``.
    """
    if not asked.strip():
        return told_of(gather(ground), asked, None)
    found, days = ground.meant(asked)
    work = gather(ground, days) if days else gather(ground)
    return told_of(work, asked, found.campaign_key, found.name)


def gather(ground: Ground, days: int | None = None) -> Groundwork:
    """Collect creatives, group their texts, and compare the groups."""
    collected = shelf(ground, days) if days else shelf(ground)
    texts = _text_groups(collected.texts)
    kept = ground.reading.setting(KEPT_AS)
    ids = steady([Seen(frozenset(each.texts), each.centre) for each in texts.groups], kept, ground.today)
    group_of = {text: place for place, each in enumerate(texts.groups) for text in each.texts}
    placed, mixed = _placed(collected.pieces, group_of)
    metric = _metric(placed, len(texts.groups))
    cells = _cells(placed, metric)
    ranked = league(cells, len(texts.groups)) if cells and len(texts.groups) > 1 else None
    names = learned(collected.names)
    return Groundwork(collected, texts, ids, group_of, ranked, metric, mixed, placed, names)


@lru_cache(maxsize=2)
def _text_groups(texts: tuple[str, ...]) -> TextGroups:
    """Whoever analyses one campaign after the other asks for the same texts each time."""
    return text_groups(texts)


def told_of(work: Groundwork, asked: str, key: str | None, name: str | None = None) -> CreativesStudy:
    """Say what was gathered, for one campaign (by its key) or, without one, for all."""
    groups = _groups(work)
    leader = work.ids.ids[work.league.leader] if work.league and work.league.leader is not None else None
    wear = _wear(work.shelf.pieces, key)
    findings = (*_best_found(groups, leader, work.metric), *_worn(wear))
    leading = next((each.terms for each in groups if each.id == leader), ())
    pieces = [piece for piece, _ in work.placed]
    currencies = {each.currency for each in pieces}
    return CreativesStudy(
        asked=asked,
        state=STATES[work.texts.state] if work.shelf.texts else "no creatives",
        campaign=name,
        campaign_key=key,
        metric="cpa" if work.metric == "cpa" else "ctr",
        texts=work.texts.texts,
        looked_at=work.texts.looked_at,
        needed=FEWEST_TEXTS,
        silhouette=work.texts.silhouette,
        usual_silhouette=work.texts.usual,
        groups=groups,
        leader=leader,
        need=_need(work),
        moved=_moved(work.ids.moved, frozenset(work.ids.ids)),
        mixed=work.mixed,
        unread=work.shelf.unread,
        own=_own(work, key, wear),
        judged_for_wear=sum(each.wear not in {"alone", "too early"} for _, each in wear),
        findings=findings,
        suggestions=suggestions(findings, leading),
        unknown_tags=work.convention.unknown,
        first_day=work.shelf.first_day,
        last_day=work.shelf.last_day,
        currency=currencies.pop() if len(currencies) == 1 else None,
    )


def _placed(pieces: Sequence[Piece], group_of: Mapping[str, int]) -> tuple[Placed, int]:
    """Put pieces into the group of their texts; those whose texts are in several say nothing of any."""
    placed: list[tuple[Piece, int]] = []
    mixed = 0
    for each in pieces:
        places = {group_of.get(text, -1) for text in each.texts}
        if len(places) == 1 and -1 not in places:
            placed.append((each, places.pop()))
        mixed += len(places) > 1
    return tuple(placed), mixed


def _metric(placed: Sequence[tuple[Piece, int]], groups: int) -> str:
    bought = [0.0] * groups
    for piece, group in placed:
        if piece.spend:
            bought[group] += piece.conversions or 0.0
    return "cpa" if sum(each >= ENOUGH_CONVERSIONS for each in bought) >= 2 else "ctr"


def _cells(placed: Sequence[tuple[Piece, int]], metric: str) -> list[Cell]:
    """Count events beside what the piece's own forecast, or the others of its stratum, would have brought."""
    counted = []
    for piece, group in placed:
        figures = _figures(piece, metric)
        if figures is not None:
            counted.append((piece, group, *figures))
    tops: dict[str, float] = {}
    bottoms: dict[str, float] = {}
    for piece, _, events, exposure, usual in counted:
        if usual is None:
            tops[piece.stratum] = tops.get(piece.stratum, 0.0) + events
            bottoms[piece.stratum] = bottoms.get(piece.stratum, 0.0) + exposure
    return [
        Cell(group, piece.stratum, events, exposure * (usual or tops[piece.stratum] / bottoms[piece.stratum]))
        for piece, group, events, exposure, usual in counted
    ]


def _figures(piece: Piece, metric: str) -> tuple[float, float, float | None] | None:
    """Give events, exposure and usual rate; ``None`` where the piece has no such figures."""
    if metric == "ctr":
        return (piece.clicks, piece.impressions, piece.usual_ctr) if piece.impressions > 0 else None
    if piece.conversions is None or not piece.spend:
        return None
    return piece.conversions, piece.spend, piece.usual_per_spend


def _groups(work: Groundwork) -> tuple[CreativeGroup, ...]:
    """All groups, the likeliest best first."""
    places = work.league.places if work.league else ()
    ranked = [each.group for each in places]
    order = ranked + [place for place in range(len(work.texts.groups)) if place not in ranked]
    by_group = {each.group: each for each in places}
    return tuple(_group(work, place, work.texts.groups[place], by_group.get(place)) for place in order)


def _group(work: Groundwork, number: int, texts: TextGroup, place: Place | None) -> CreativeGroup:
    pieces = [piece for piece, group in work.placed if group == number]
    judged = place if place and place.cells else None
    lift, low, high = _lift(judged, work.metric) if judged else (None, None, None)
    return CreativeGroup(
        id=work.ids.ids[number],
        terms=texts.terms,
        texts=len(texts.texts),
        examples=texts.texts[:EXAMPLES],
        creatives=judged.cells if judged else len(pieces),
        events=judged.events if judged else 0.0,
        value=_value(pieces, work.metric),
        lift_pct=lift,
        interval=None if judged is None else Interval(low=low, high=high, level=LEVEL),
        best=judged.best if judged else None,
        regret_pct=judged.regret * 100 if judged else None,
        enough=bool(judged and judged.enough),
    )


def _lift(place: Place, metric: str) -> tuple[float, float, float]:
    """The change of the metric in percent, with its range; more conversions for the money are a lower CPA."""
    if metric == "ctr":
        return place.lift * 100, place.low * 100, place.high * 100
    return _dearer(place.lift), _dearer(place.high), _dearer(place.low)


def _dearer(more: float) -> float:
    """What so many more conversions for the same money do to the CPA, in percent."""
    return (1 / (1 + more) - 1) * 100


def _value(pieces: Sequence[Piece], metric: str) -> float | None:
    """The metric of all pieces together, out of their sums; of money only where it is one currency."""
    if metric == "ctr":
        shown = sum(each.impressions for each in pieces)
        return sum(each.clicks for each in pieces) / shown if shown else None
    whole = [each for each in pieces if each.conversions is not None and each.spend]
    bought = sum(each.conversions or 0.0 for each in whole)
    if not bought or len({each.currency for each in whole}) > 1:
        return None
    return sum(each.spend or 0.0 for each in whole) / bought


def _need(work: Groundwork) -> CreativeNeed | None:
    if work.league is None or work.league.need is None:
        return None
    first, second = [each.group for each in work.league.places if each.enough][:2]
    more = work.league.need.events
    days = None
    own = [piece for piece, group in work.placed if group in {first, second}]
    if more is not None and own and all(each.days for each in own):
        events = [each.clicks if work.metric == "ctr" else each.conversions or 0.0 for each in own]
        a_day = sum(some / (each.days or 1) for some, each in zip(events, own, strict=True))
        days = max(1, round(more / a_day)) if a_day > 0 else None
    return CreativeNeed(group=work.ids.ids[first], events=more, days=days)


def _moved(moved: Sequence[Moved], ids: frozenset[str]) -> tuple[MovedCreative, ...]:
    return tuple(
        MovedCreative(
            text=each.member,
            before=each.before,
            now=each.now,
            why="nearer now" if each.before in ids else "its group is gone",
        )
        for each in moved
    )


def _wear(pieces: Sequence[Piece], key: str | None) -> list[tuple[Piece, Fatigue]]:
    """Judge each creative of which days are known, beside the others of its campaign."""
    by_stratum: dict[str, list[Piece]] = {}
    for each in pieces:
        if each.by_day and key in {None, each.campaign_key}:
            by_stratum.setdefault(each.stratum, []).append(each)
    among = max(1, sum(len(each) for each in by_stratum.values()))
    return [
        (each, fatigue(*_beside(each, siblings), among=among))
        for siblings in by_stratum.values()
        for each in siblings
    ]


def _beside(piece: Piece, siblings: Sequence[Piece]) -> tuple[Days, Days]:
    """A creative's days, and on the same days its siblings' sums."""
    days = sorted(piece.by_day.impressions) if piece.by_day else []
    others = [each.by_day for each in siblings if each.by_day and each is not piece]
    known = piece.conversions is not None and all(each.conversions is not None for each in siblings)
    ours: list[list[float]] = [[], [], []]
    theirs: list[list[float]] = [[], [], []]
    for place in range(3):
        for day in days if piece.by_day else ():
            counts: Any = piece.by_day[place] if piece.by_day else {}
            ours[place].append(float(counts.get(day, 0)) if known or place < 2 else float("nan"))
            rest = sum(float(each[place].get(day, 0)) for each in others)
            theirs[place].append(rest if known or place < 2 else float("nan"))
    return Days(*ours), Days(*theirs)


def _best_found(
    groups: Sequence[CreativeGroup], leader: str | None, metric: str
) -> tuple[CreativeFinding, ...]:
    found = next((each for each in groups if each.id == leader), None)
    if found is None or found.lift_pct is None or found.interval is None:
        return ()
    return (
        CreativeFinding(
            id=f"best:{found.id}",
            kind="best group",
            campaign_key="",
            campaign="",
            subject=found.id,
            metric="cpa" if metric == "cpa" else "ctr",
            change_pct=found.lift_pct,
            interval=found.interval,
            n=found.events,
        ),
    )


def _worn(wear: Sequence[tuple[Piece, Fatigue]]) -> tuple[CreativeFinding, ...]:
    """Fatigued creatives, those that show most first."""
    found = [(piece, each) for piece, each in wear if each.wear == "fatigued"]
    return tuple(
        CreativeFinding(
            id=f"fatigue:{piece.campaign_key}/{piece.name}",
            kind="fatigue",
            campaign_key=piece.campaign_key,
            campaign=piece.campaign,
            subject=piece.name,
            metric="ctr",
            change_pct=(each.change or 0.0) * 100,
            interval=Interval(low=(each.low or 0.0) * 100, high=(each.high or 0.0) * 100, level=0.95),
            n=each.clicks,
            own_pct=(each.own or 0.0) * 100,
            siblings_pct=(each.siblings or 0.0) * 100,
        )
        for piece, each in sorted(found, key=lambda both: (-both[0].impressions, both[0].name))
    )


def _own(work: Groundwork, key: str | None, wear: Sequence[tuple[Piece, Fatigue]]) -> tuple[OwnCreative, ...]:
    """The creatives of the campaign that is asked for."""
    worn = {piece.name: each.wear for piece, each in wear if piece.campaign_key == key}
    found = []
    for name, text in work.shelf.owned.get(key or "", ()):
        group = work.group_of.get(text)
        found.append(
            OwnCreative(name=name, group=None if group is None else work.ids.ids[group], wear=worn.get(name))
        )
    return tuple(found)
