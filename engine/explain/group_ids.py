"""Ids of groups that stay over weeks: what was kept of them, and what is to be kept. Reads only."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any, NamedTuple

from engine.explain.steady import Moved, Seen, same_ids, who_moved

VERSION = 1
PLACES = 3  # of a middle's numbers; enough to say how near two middles are


class Steady(NamedTuple):
    """Each group's id in the order of the groups, who moved since an earlier week, and what is to be kept.

    ``before`` are the groups of that earlier week, by id.
    """

    ids: tuple[str, ...]
    moved: tuple[Moved, ...]
    body: dict[str, Any]
    before: frozenset[str]


def steady(groups: Sequence[Seen], kept: Any, today: date) -> Steady:
    """Match groups to those that were kept; ``kept`` is the setting's body as it is, or ``None``.

    Within a week, groups keep being compared with the week before: a move is told for as long as it is news.
    """
    known = kept if isinstance(kept, dict) and kept.get("version") == VERSION else {}
    week = _week(today)
    latest = _read(known.get("groups"))
    earlier = _read(known.get("before")) if known.get("week") == week else latest
    ids = same_ids(groups, {**earlier, **latest})
    body = {
        "version": VERSION,
        "week": week,
        "groups": {name: _written(group) for name, group in zip(ids, groups, strict=True)},
        "before": {name: _written(group) for name, group in earlier.items()},
    }
    return Steady(tuple(ids), tuple(who_moved(ids, groups, earlier)), body, frozenset(earlier))


def _week(day: date) -> str:
    year, week, _ = day.isocalendar()
    return f"{year}-W{week:02}"


def _read(groups: Any) -> dict[str, Seen]:
    if not isinstance(groups, Mapping):
        return {}
    return {name: Seen(frozenset(each["members"]), tuple(each["centre"])) for name, each in groups.items()}


def _written(group: Seen) -> dict[str, Any]:
    return {"members": sorted(group.members), "centre": [round(each, PLACES) for each in group.centre]}
