"""Groups that keep their names over weeks: each new group is matched to the one it was, and who moved is
told."""

import math
from collections.abc import Mapping, Sequence
from typing import NamedTuple

LEAST_LIKE = 0.3  # below it a group is a new one
MEMBERS_WEIGH = 0.7  # the rest is how near the middles are


class Seen(NamedTuple):
    """A group: its members' keys, and its middle (of any length; empty where none is known)."""

    members: frozenset[str]
    centre: tuple[float, ...]


class Moved(NamedTuple):
    """A member that was in another group before; ``before`` is that group's id."""

    member: str
    before: str
    now: str


def same_ids(groups: Sequence[Seen], kept: Mapping[str, Seen]) -> list[str]:
    """Give each group the id of the kept group that it continues, or the next free one.

    Pairs are taken by their likeness, the likest first; each kept id is given once.
    """
    pairs = sorted(
        (
            (likeness(group, old), place, name)
            for place, group in enumerate(groups)
            for name, old in kept.items()
        ),
        key=lambda each: (-each[0], each[2], each[1]),
    )
    given: dict[int, str] = {}
    for like, place, name in pairs:
        if like >= LEAST_LIKE and place not in given and name not in given.values():
            given[place] = name
    taken = {*kept, *given.values()}
    for place in range(len(groups)):
        if place not in given:
            given[place] = _next_id(taken)
            taken.add(given[place])
    return [given[place] for place in range(len(groups))]


def who_moved(ids: Sequence[str], groups: Sequence[Seen], kept: Mapping[str, Seen]) -> list[Moved]:
    """List members that were in another kept group, by member; who is new, or was in none, did not move."""
    before = {member: name for name, old in kept.items() for member in old.members}
    return sorted(
        Moved(member, before[member], name)
        for name, group in zip(ids, groups, strict=True)
        for member in group.members
        if before.get(member, name) != name
    )


def likeness(ours: Seen, theirs: Seen) -> float:
    """Say how much two groups are one, 0 to 1: common members among those that both times know, and
    middles."""
    union = len(ours.members | theirs.members)
    shared = len(ours.members & theirs.members) / union if union else 0.0
    return MEMBERS_WEIGH * shared + (1 - MEMBERS_WEIGH) * max(0.0, _cosine(ours.centre, theirs.centre))


def _cosine(ours: Sequence[float], theirs: Sequence[float]) -> float:
    if len(ours) != len(theirs) or not ours:
        return 0.0
    lengths = math.sqrt(sum(x * x for x in ours) * sum(y * y for y in theirs))
    return sum(x * y for x, y in zip(ours, theirs, strict=True)) / lengths if lengths > 0 else 0.0


def _next_id(taken: set[str]) -> str:
    """The number after the highest that was ever given: an id that is gone is never another group's."""
    return f"g{max((int(each[1:]) for each in taken), default=0) + 1}"
