"""Who is told of what, when, and how often. Pure: the rules of the notification economy.

A person gets so many pings a week that nobody asked for; what is over that, or muted, is held back. Between
19:00 and 08:00 where the person lives nothing pings but what failed and what nobody knows.
"""

import re
from collections.abc import Iterable, Sequence
from datetime import datetime, time, timedelta
from typing import NamedTuple
from zoneinfo import ZoneInfo

from engine.models.ping import UNASKED, URGENT, Notice, Ping, PingChoices, WhyHeld
from engine.models.recommendation import Recommendation

MORNING, EVENING = time(8), time(19)
WEEK, MONTH, DAY = timedelta(days=7), timedelta(days=28), timedelta(days=1)
MUTED_FOR = WEEK
LEAST_ACTED = 0.4
LESS = 2
ENOUGH = 5  # fewer pings than this say nothing about a person
KEPT = timedelta(days=90)  # longer than anything can be open


class Budget(NamedTuple):
    """What one person may get in seven days, and what that comes from."""

    most: int
    acted: int
    judged: int


class Place(NamedTuple):
    """When a ping goes out at the earliest; ``why`` it is held back, "" where it is not."""

    at: datetime
    why: WhyHeld


def for_whom(what: Notice, recommendation: Recommendation, approvers: Sequence[str]) -> list[str]:
    """Who decided, of what became of it; the approvers left, of what waits for them."""
    done = {each.by for each in recommendation.approvals}
    left = [each for each in approvers if each not in done]
    if what == "second":
        return [each for each in left if each != recommendation.asked_by]
    if what == "expiring":
        return left if done else _people(recommendation.asked_by) or left
    verb = {"woken": "snooze", "undo_refused": "undo"}.get(what, "approve")
    by = next((each.by for each in reversed(recommendation.decisions) if each.verb == verb), None)
    return _people(by) or _people(recommendation.asked_by) or list(approvers)


def _people(person: str | None) -> list[str]:
    return [person] if person and is_person(person) else []


def is_person(identifier: str) -> bool:
    """Say whether this is somebody in Slack; what came by the shell or the API has nobody to tell."""
    return re.fullmatch(r"[UW][A-Z0-9]+", identifier) is not None


def is_over(what: Notice, recommendation: Recommendation) -> bool:
    """Say whether what waited for somebody waits no more: then nobody is pinged for it."""
    if what == "second":
        return recommendation.status != "proposed" or not recommendation.approvals
    return what in {"expiring", "woken"} and recommendation.status != "proposed"


def awake(moment: datetime) -> datetime:
    """Give the moment, or the morning after where people sleep; in the zone of ``moment``."""
    if MORNING <= moment.timetz().replace(tzinfo=None) < EVENING:
        return moment
    day = moment.date() if moment.time() < MORNING else moment.date() + timedelta(days=1)
    return datetime.combine(day, MORNING, tzinfo=moment.tzinfo)


def goes_at(what: Notice, choices: PingChoices, now: datetime, team: ZoneInfo) -> datetime:
    """Say when it may ping this person, by their own clock."""
    zone = ZoneInfo(choices.zone) if choices.zone else team
    return now if what in URGENT else awake(now.astimezone(zone))


def place(
    what: Notice, known: Sequence[Ping], choices: PingChoices, *, usual: int, now: datetime, team: ZoneInfo
) -> Place:
    """Say when a person is pinged, or why not; ``known`` are all pings of that person."""
    at = goes_at(what, choices, now, team)
    if choices.muted_until and at < choices.muted_until:
        return Place(at, "muted")
    if choices.only_critical and what in UNASKED:
        return Place(at, "critical")
    if what in UNASKED and used(known, at) >= budget(known, usual, now).most:
        return Place(at, "budget")
    return Place(at, "")


def used(known: Iterable[Ping], at: datetime) -> int:
    """Count the unasked pings of the seven days before ``at``, and those that are on their way."""
    counted = (each for each in known if each.state == "sent" and each.what in UNASKED)
    return sum(not each.gone or each.at > at - WEEK for each in counted)


def kept_back(known: Iterable[Ping], now: datetime) -> tuple[Ping, ...]:
    """What was held back: until a digest told how much it is, and for a week in any case."""
    return tuple(
        each for each in known if each.state == "held" or (each.state == "told" and each.at > now - WEEK)
    )


def budget(known: Iterable[Ping], usual: int, now: datetime) -> Budget:
    """Give a person's budget: less for whom most of the last four weeks' pings were of no use.

    A ping of the last day is not judged yet.
    """
    judged = [
        each
        for each in known
        if each.state == "sent" and each.what in UNASKED and now - MONTH < each.at <= now - DAY
    ]
    acted = sum(each.acted_at is not None for each in judged)
    lowered = len(judged) >= ENOUGH and acted < LEAST_ACTED * len(judged)
    return Budget(usual - LESS if lowered else usual, acted, len(judged))


def is_critical(what: Notice) -> bool:
    return what in URGENT
