"""Settings were changed in the dialog: what cannot be is said at its input, the rest is looked up after."""

import re
from functools import partial
from typing import Any, get_args

from bot import ids
from bot.blocks.settings_view import NO_FULL_MEMBER, Shown, read_values, saved, unfit_told
from bot.desk import Desk
from bot.zones import is_zone
from engine.engine import Engine
from engine.errors import LastApprover, UnfitApprover
from engine.models.answer import Person
from engine.models.delivery import Delivery
from engine.models.preference import NumberFormat, Preferences
from engine.narrate.formats import Separators, listed


def check_settings(view: dict[str, Any], _: Separators, __: Engine) -> dict[str, str]:
    """Name everything that is wrong, each at its input, all at once."""
    shown, values = Shown.unpacked(view), read_values(view)
    chosen = values.get(ids.APPROVERS) or []
    reasons = [why for person, why in shown.unfit.items() if person in chosen]
    wrong = {
        ids.APPROVERS: _approver_error(chosen, reasons, needed=shown.needs_approver),
        ids.CHANGE_LIMIT: "" if _limit(values) else "This takes a whole number from 1 to 100.",
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
    wanted = _wanted(read_values(view), shown)
    change = partial(desk.engine.change_preferences, shown.preferences, by=by)
    but = ""
    try:
        changes = change(wanted, people=_people(wanted, shown, desk))
    except (UnfitApprover, LastApprover) as refused:
        marked = desk.voice.marked
        but = unfit_told(refused.people, marked) if isinstance(refused, UnfitApprover) else str(refused)
        rest = wanted.model_copy(update={"approvers": shown.preferences.approvers})
        changes = change(rest, people={})
    desk.tell(delivery, saved(changes, desk.voice.marked, but=but))
    desk.publisher.wake()


def _people(wanted: Preferences, shown: Shown, desk: Desk) -> dict[str, Person]:
    """Look up whoever is new, and where none of them can decide, the others until somebody can."""
    if wanted.approvers == shown.preferences.approvers:
        return {}
    standing = desk.engine.approvers
    hidden = [each for each in standing if each not in shown.preferences.approvers]
    named = (*wanted.approvers, *hidden) if wanted.approvers else desk.engine.named_at_start
    people = {each: desk.people.look_up(each) for each in named if each not in standing}
    for each in named:
        if len(desk.engine.unfit_approvers(people.values())) < len(people):
            break
        if each not in people:
            people[each] = desk.people.look_up(each)
    return people


def _wanted(values: dict[str, Any], shown: Shown) -> Preferences:
    changed = {
        "approvers": tuple(values.get(ids.APPROVERS) or ()),
        "change_limit": (_limit(values) or 0) / 100,
        "time_zone": values[ids.TIME_ZONE],
        "number_format": values[ids.NUMBER_FORMAT],
    }
    return Preferences.model_validate(shown.preferences.model_dump() | changed)


def _limit(values: dict[str, Any]) -> int | None:
    """Read the limit in percent; ``None`` for what is no whole number from 1 to 100."""
    text = str(values[ids.CHANGE_LIMIT])
    return int(text) if re.fullmatch(r"[1-9][0-9]?|100", text) else None


def _approver_error(chosen: list[str], reasons: list[str], *, needed: bool) -> str:
    if reasons:
        told = listed([f"one {why}" for why in dict.fromkeys(reasons)])
        return f"Not possible: {told}. {NO_FULL_MEMBER}"
    return "Somebody has to be able to decide. Name at least one." if needed and not chosen else ""
