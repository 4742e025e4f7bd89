"""Which records a question is about: windows by their days, campaigns by their keys."""

from collections.abc import Collection, Iterable, Sequence
from datetime import date
from typing import Protocol

from engine.asking.mentions import MOST_STRANGE, Known, nearest
from engine.models.brief import Brief
from engine.models.question import Question, Span
from engine.models.recommendation import Recommendation


class Days(Protocol):
    """A stretch of days; an end that nobody can tell is ``None``."""

    @property
    def first(self) -> date | None: ...

    @property
    def last(self) -> date | None: ...


def newest_by_window(recommendations: Iterable[Recommendation]) -> list[Recommendation]:
    """Keep what stands for each window of one campaign, the newest window first.

    Of several the newest revision counts, and of one revision what was not replaced.
    """
    held: dict[str, Recommendation] = {}
    for each in recommendations:
        key = each.analysis.retrospective.key
        if key not in held or _rank(held[key]) < _rank(each):
            held[key] = each
    return sorted(held.values(), key=lambda each: each.analysis.retrospective.last_day, reverse=True)


def _rank(each: Recommendation) -> tuple[int, bool, float]:
    revision = each.analysis.retrospective.revision
    return revision, each.status != "superseded", each.created_at.timestamp()


def lies_within(recommendation: Recommendation, span: Span | None) -> bool:
    """Whether a window lies wholly in the days that were named; without a first day nobody can tell."""
    if span is None:
        return True
    retrospective = recommendation.analysis.retrospective
    start = retrospective.campaign.window_start
    return start is not None and falls_within(start, span) and falls_within(retrospective.last_day, span)


def fullest(windows: Iterable[Recommendation]) -> list[Recommendation]:
    """Of windows in the days that were named put the newest first; of those that end together the longest."""

    def place(each: Recommendation) -> tuple[int, int]:
        retrospective = each.analysis.retrospective
        start = retrospective.campaign.window_start or retrospective.last_day
        return -retrospective.last_day.toordinal(), start.toordinal()

    return sorted(windows, key=place)


def falls_within(day: date | None, days: Days) -> bool:
    if day is None or days.first is None or days.last is None:
        return False
    return days.first <= day <= days.last


def of_these(briefs: Iterable[Brief], keys: Collection[str]) -> list[Brief]:
    """Keep those of these campaigns."""
    return [each for each in briefs if each.campaign_key in keys]


def told_apart(one: Known, known: Sequence[Known]) -> str:
    """A campaign's name, with its platform where another has the same."""
    same = [each for each in known if each.name == one.name]
    if len(same) < 2:
        return one.name
    if sum(each.platform == one.platform for each in same) < 2:
        return f"{one.name} on {one.platform}"
    return one.key


def near_to(question: Question, known: Sequence[Known]) -> list[str]:
    """Name the campaigns that may be meant by words that nobody knows."""
    asked = question.about
    if not asked or question.campaigns or len(asked.split()) > MOST_STRANGE:
        return []
    return nearest(asked, known)


def names_of(question: Question, known: Sequence[Known]) -> list[str]:
    """The names between which a person has to choose, each told apart from the others."""
    keys = question.candidates or tuple(each.key for each in known)
    return [told_apart(each, known) for each in known if each.key in keys]
