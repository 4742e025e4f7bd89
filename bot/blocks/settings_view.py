"""The dialog in which approvers change what is set, and what is said of a change."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

from bot import ids
from bot.blocks import kit, pickers
from bot.blocks.kit import Block, Message
from bot.blocks.limits import few
from bot.blocks.mrkdwn import escape
from bot.blocks.notices import said
from engine.models.preference import NumberFormat, PreferenceChange, Preferences
from engine.narrate.formats import listed
from engine.narrate.words import Words

TITLE = "Settings"
MOST_APPROVERS = 30  # of what the dialog carries with it
MOST_TOLD = 10
# Where somebody is. "unanswered": Slack did not say. "beyond": nobody asked, there is no room for more.
Place = Literal["here", "elsewhere", "unanswered", "beyond"]
LABELS = {
    "approvers": "Approvers",
    "change_limit": "Change limit",
    "time_zone": "Time zone",
    "number_format": "Numbers",
}
NO_FULL_MEMBER = "Approvers are full members of this workspace."


# Approvers who do not stand in the dialog: why, in front of their ids.
NOT_SHOWN: Mapping[Place, str] = {
    "elsewhere": "Named too, but not found in this workspace",
    "unanswered": "Named too, but Slack could not tell me about them just now",
    "beyond": f"Named too; there is room for {MOST_APPROVERS} here",
}


class Shown(NamedTuple):
    """What the dialog carries with it: where it was opened, what it showed, and who cannot be named.

    ``needs_approver``: no approver is named outside Slack, so that at least one has to stand here.
    ``fit`` are those who were chosen since and can be named; ``others`` are approvers who do not stand
    here, as they are told.
    """

    channel: str
    preferences: Preferences
    needs_approver: bool
    unfit: Mapping[str, str] = {}
    fit: Sequence[str] = ()
    others: Mapping[Place, Sequence[str]] = {}

    def packed(self) -> str:
        values = {**self._asdict(), "preferences": self.preferences.model_dump(mode="json")}
        return json.dumps(values, separators=(",", ":"))

    @classmethod
    def unpacked(cls, view: dict[str, Any]) -> "Shown":
        found = json.loads(view["private_metadata"])
        preferences = Preferences.model_validate_json(json.dumps(found.pop("preferences")))
        return cls(preferences=preferences, fit=tuple(found.pop("fit")), **found)


def not_shown(places: Mapping[str, Place]) -> dict[Place, list[str]]:
    """Sort the approvers who do not stand in the dialog by why, a few of each."""
    found = {place: [each for each, where in places.items() if where == place] for place in NOT_SHOWN}
    return {place: few(people, MOST_TOLD) for place, people in found.items() if people}


def settings_view(shown: Shown, chosen: Preferences, words: Words) -> Block:
    """Draw it with what is chosen."""
    formats = [kit.option(each, each) for each in get_args(NumberFormat)]
    zone = pickers.search_input(ids.TIME_ZONE, ids.TIME_ZONE, "Time zone", chosen.time_zone)
    numbers = pickers.choice_input(
        ids.NUMBER_FORMAT, ids.NUMBER_FORMAT, "Numbers", formats, chosen.number_format
    )
    blocks = [
        _approvers(shown, chosen),
        *_warning(shown, words),
        *_others(shown),
        pickers.number_input(
            ids.CHANGE_LIMIT,
            ids.CHANGE_LIMIT,
            "Change limit, %",
            f"{chosen.change_limit * 100:g}",
            hint="The most that a proposal may move spend. It holds for open proposals too.",
        ),
        pickers.quiet(zone),
        pickers.quiet(numbers),
        kit.context("What you change here acts at once, and wins over what is set where I run."),
    ]
    return kit.modal(ids.SETTINGS_VIEW, TITLE, "Save", blocks, private=shown.packed())


def read_values(view: dict[str, Any]) -> dict[str, Any]:
    """Read what stands in the dialog, as it stands: ids of people, and texts."""
    found: dict[str, Any] = {}
    for elements in view["state"]["values"].values():
        for action, element in elements.items():
            option = element.get("selected_option") or {}
            found[action] = element.get("selected_users") or option.get("value") or element.get("value") or ""
    return found


def saved(changes: Iterable[PreferenceChange], words: Words, *, but: str = "") -> Message:
    """Say what was changed, before and after; ``but`` says why the approvers were not."""
    lines = [f"• {LABELS[each.name]}: {_told(each, words)}" for each in changes]
    head = f"{but} The approvers stay as they were." if but else ""
    if not lines:
        return said(head or "Nothing was changed: everything is set like this already.")
    told = "The rest is saved" if head else "✅ Saved"
    return said("\n".join([f"{head} {told}. It holds from now on.".strip(), *lines]))


def unfit_told(people: Mapping[str, str], words: Words) -> str:
    """Say who cannot be named, and why, when the dialog is gone."""
    return f"{_unfit(people, words)} {NO_FULL_MEMBER}"


def _approvers(shown: Shown, chosen: Preferences) -> Block:
    hint = "Only they approve, reject and change this."
    if not shown.needs_approver:
        hint += " Empty: those who are named where I run."
    return pickers.people_input(
        ids.APPROVERS, chosen.approvers, hint=hint, most=MOST_APPROVERS, optional=not shown.needs_approver
    )


def _warning(shown: Shown, words: Words) -> list[Block]:
    return [kit.context(f"⚠️ {_unfit(shown.unfit, words)} {NO_FULL_MEMBER}")] if shown.unfit else []


def _others(shown: Shown) -> list[Block]:
    told = [
        f"{NOT_SHOWN[place]}: {', '.join(_id(each) for each in people)}."
        for place, people in shown.others.items()
    ]
    return [kit.context("\n".join(told))] if told else []


def _id(told: str) -> str:
    """An id of Slack's as code, since a mention of somebody unknown shows nothing; "and 5 more" as it is."""
    return escape(told) if " " in told else f"`{escape(told)}`"


def _unfit(people: Mapping[str, str], words: Words) -> str:
    told = [f"{words.style.person(person)} {why}" for person, why in people.items()]
    return f"{listed(told)}."


def _told(change: PreferenceChange, words: Words) -> str:
    return f"{_value(change, change.old, words)} → {_value(change, change.new, words)}"


def _value(change: PreferenceChange, value: Any, words: Words) -> str:
    if change.name == "approvers":
        return listed([words.style.person(each) for each in value]) or "nobody"
    if change.name == "change_limit":
        return words.formats.percent(value * 100)
    return escape(str(value))
