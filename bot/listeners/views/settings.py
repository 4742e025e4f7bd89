"""Settings were changed in the dialog: what cannot be is said at its input, the rest is looked up after."""

import re
from collections.abc import Mapping, Sequence
from datetime import date
from functools import partial
from typing import Any, get_args

from bot import ids
from bot.amounts import BadAmounts, read_amounts
from bot.blocks.settings_view import (
    NO_FULL_MEMBER,
    Shown,
    for_channel,
    of_channel,
    read_values,
    saved,
    unfit_told,
)
from bot.desk import Desk
from bot.quorum import too_few
from bot.zones import is_zone
from engine.engine import Engine
from engine.errors import LastApprover, UnfitApprover
from engine.models.answer import Person
from engine.models.delivery import Delivery
from engine.models.preference import (
    LEAST_PINGS,
    MOST_CHANGES,
    MOST_HOURS,
    MOST_PINGS,
    Freeze,
    NumberFormat,
    Preferences,
)
from engine.narrate.formats import Separators, listed

WHOLE: Mapping[str, int] = {
    ids.CHANGE_LIMIT: 100,
    ids.CHANGES_A_DAY: MOST_CHANGES,
    ids.EXPIRY_HOURS: MOST_HOURS,
    ids.PINGS_A_WEEK: MOST_PINGS,
}
"""Inputs of whole numbers, and the most that each takes."""
LEAST: Mapping[str, int] = {ids.PINGS_A_WEEK: LEAST_PINGS}
"""The least where it is not 1."""
IN_NUMBERS = frozenset({"approvers", "two_above"})  # how many have to agree, and how many there are


def check_settings(view: dict[str, Any], _: Separators, engine: Engine) -> dict[str, str]:
    """Name everything that is wrong, each at its input, all at once."""
    shown, values = Shown.unpacked(view), read_values(view)
    wrong = {
        **_people_errors(values, shown),
        **{each: _amounts_error(values, each, shown) for each in (ids.TWO_ABOVE, ids.SPEND_LIMIT)},
        **{
            each: ""
            if _whole(values, each)
            else f"This takes a whole number from {LEAST.get(each, 1)} to {most}."
            for each, most in WHOLE.items()
        },
        **_freeze_errors(values, engine.today()),
        ids.TIME_ZONE: "" if is_zone(values[ids.TIME_ZONE]) else "This is no time zone. Search for a city.",
        ids.NUMBER_FORMAT: "" if values[ids.NUMBER_FORMAT] in get_args(NumberFormat) else "Choose one.",
    }
    return {block: error for block, error in wrong.items() if error}


def settings(delivery: Delivery, desk: Desk) -> None:
    """Change what was changed; everybody who is to be named is looked up now, and in doubt not named.

    Where the approvers cannot be as they were chosen they stay as they are, and the rest is changed.
    """
    view = delivery.payload["view"]
    shown, by = Shown.unpacked(view), desk.person(delivery)
    wanted = _wanted(read_values(view), shown, desk.engine.today())
    change = partial(desk.engine.change_preferences, shown.preferences, by=by)
    but = ""
    try:
        changes = change(wanted, people=_people(wanted, shown, desk))
    except (UnfitApprover, LastApprover) as refused:
        marked = desk.voice.marked
        but = unfit_told(refused.people, marked) if isinstance(refused, UnfitApprover) else str(refused)
        before = shown.preferences
        stay = {"approvers": before.approvers, "channel_approvers": before.channel_approvers}
        rest = wanted.model_copy(update=stay)
        changes = change(rest, people={})
    short = too_few(desk.engine.preferences()) if IN_NUMBERS & {each.name for each in changes} else None
    desk.tell(delivery, saved(changes, desk.voice.marked, but=but, short=short))
    desk.publisher.wake()


def _people(wanted: Preferences, shown: Shown, desk: Desk) -> dict[str, Person]:
    """Look up whoever is new, and where none of them can decide, the others until somebody can."""
    new = [each for each in of_channel(wanted, shown.channel) if each not in shown.of_channel]
    people = {each: desk.people.look_up(each) for each in new}
    if wanted.approvers == shown.preferences.approvers:
        return people
    standing = desk.engine.approvers
    hidden = [each for each in standing if each not in shown.preferences.approvers]
    named = (*wanted.approvers, *hidden) if wanted.approvers else desk.engine.named_at_start
    found = {each: desk.people.look_up(each) for each in named if each not in standing}
    for each in named:
        if len(desk.engine.unfit_approvers(found.values())) < len(found):
            break
        if each not in found:
            found[each] = desk.people.look_up(each)
    return people | found


def _wanted(values: dict[str, Any], shown: Shown, today: date) -> Preferences:
    separators = shown.preferences.number_format  # they were written as the dialog showed them
    changed = {
        "approvers": tuple(values.get(ids.APPROVERS) or ()),
        "channel_approvers": for_channel(values.get(ids.CHANNEL_APPROVERS) or (), shown.channel),
        "two_above": read_amounts(values[ids.TWO_ABOVE], separators),
        "change_limit": (_whole(values, ids.CHANGE_LIMIT) or 0) / 100,
        "spend_limit": read_amounts(values[ids.SPEND_LIMIT], separators),
        "changes_a_day": _whole(values, ids.CHANGES_A_DAY),
        "freeze": _freeze(values, today),
        "expiry_hours": _whole(values, ids.EXPIRY_HOURS),
        "pings_a_week": _whole(values, ids.PINGS_A_WEEK),
        "time_zone": values[ids.TIME_ZONE],
        "number_format": values[ids.NUMBER_FORMAT],
    }
    return Preferences.model_validate(dict(shown.preferences) | changed)


def _whole(values: dict[str, Any], name: str) -> int | None:
    """Read a whole number from the least to the most it may be; ``None`` for what is none."""
    text = str(values[name])
    fits = re.fullmatch(r"[1-9][0-9]{0,4}", text) and LEAST.get(name, 1) <= int(text) <= WHOLE[name]
    return int(text) if fits else None


def _freeze(values: dict[str, Any], today: date) -> Freeze | None:
    """Read the freeze; one whose last day is past is none, so that it can be lifted."""
    first, last = _day(values, ids.FREEZE_FIRST), _day(values, ids.FREEZE_LAST)
    return Freeze(first=first, last=last) if first and last and last >= today else None


def _day(values: dict[str, Any], name: str) -> date | None:
    return date.fromisoformat(values[name]) if values[name] else None


def _freeze_errors(values: dict[str, Any], today: date) -> dict[str, str]:
    first, last = _day(values, ids.FREEZE_FIRST), _day(values, ids.FREEZE_LAST)
    if (first is None) != (last is None):
        empty = ids.FREEZE_FIRST if first is None else ids.FREEZE_LAST
        return {empty: "A freeze has a first and a last day. Choose both, or neither."}
    if first and last and today <= last < first:
        return {ids.FREEZE_LAST: "The last day comes before the first."}
    return {}


def _amounts_error(values: dict[str, Any], name: str, shown: Shown) -> str:
    try:
        read_amounts(values[name], shown.preferences.number_format)
    except BadAmounts as broken:
        return str(broken)
    return ""


def _people_errors(values: dict[str, Any], shown: Shown) -> dict[str, str]:
    """Say who cannot be named where they stand, and where somebody has to."""
    found = {}
    for name in (ids.APPROVERS, ids.CHANNEL_APPROVERS):
        chosen = values.get(name) or []
        reasons = [why for person, why in shown.unfit.items() if person in chosen]
        found[name] = _approver_error(chosen, reasons, needed=name == ids.APPROVERS and shown.needs_approver)
    return found


def _approver_error(chosen: Sequence[str], reasons: list[str], *, needed: bool) -> str:
    if reasons:
        told = listed([f"one {why}" for why in dict.fromkeys(reasons)])
        return f"Not possible: {told}. {NO_FULL_MEMBER}"
    return "Somebody has to be able to decide. Name at least one." if needed and not chosen else ""
