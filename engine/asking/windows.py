"""Which windows answer for days that were named: those that lie in them, where no other reaches beyond."""

from collections.abc import Iterable, Sequence
from typing import NamedTuple

from engine.asking.chosen import falls_within
from engine.explain.standing import Standing, newest_by_campaign, that_tell, without_overlap
from engine.models.question import Span


class Told(NamedTuple):
    """``inside`` lie in the days; ``partly`` have days of them too, and nobody can tell which figures."""

    inside: list[Standing]
    partly: list[Standing]


def newest_in(span: Span | None, standings: Iterable[Standing]) -> Told:
    """Each campaign's newest window of those that lie in the days; without days the newest of all."""
    every = that_tell(standings)
    if span is None:
        return Told(newest_by_campaign(every), [])
    inside = newest_by_campaign(each for each in every if _lies_in(each, span))
    known = {each.retrospective.campaign_key for each in inside}
    others = (each for each in every if each.retrospective.campaign_key not in known and _touches(each, span))
    return Told(inside, newest_by_campaign(others))


def to_sum_up(span: Span | None, standings: Iterable[Standing]) -> Told:
    """The windows whose sum is that of the days: each day of a campaign counts once.

    Without days each campaign's newest window.
    """
    every = that_tell(standings)
    if span is None:
        return Told(newest_by_campaign(every), [])
    kept = without_overlap(every)
    inside = [each for each in kept if _lies_in(each, span)]
    partly = [each for each in every if _touches(each, span) and not _counted(each, inside)]
    return Told(inside, newest_by_campaign(partly))


def _lies_in(each: Standing, span: Span) -> bool:
    start = each.retrospective.campaign.window_start
    return falls_within(start, span) and falls_within(each.day, span)


def _touches(each: Standing, span: Span) -> bool:
    """Whether a window may have days of these; one without a first day may reach back any time."""
    if span.first is None or span.last is None:
        return False
    start = each.retrospective.campaign.window_start
    return each.day >= span.first and (start is None or start <= span.last)


def _counted(each: Standing, inside: Sequence[Standing]) -> bool:
    """Whether a window's days are in the sum: it is summed up itself, or lies in one that is."""
    return any(
        one is each
        or (
            one.retrospective.campaign_key == each.retrospective.campaign_key
            and _start(one) <= _start(each)
            and each.day <= one.day
        )
        for one in inside
    )


def _start(each: Standing) -> str:
    """Sorts as days do; one that is not known comes first of all."""
    start = each.retrospective.campaign.window_start
    return start.isoformat() if start else ""
