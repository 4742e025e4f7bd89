"""The dialog in which approvers change what is set, and what is said of a change."""

import json
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, Literal, NamedTuple, get_args

from bot import ids
from bot.amounts import EXAMPLES, write_amounts
from bot.blocks import kit, pickers
from bot.blocks.kit import Block, Message
from bot.blocks.limits import few
from bot.blocks.mrkdwn import channel_link, escape
from bot.blocks.notices import said
from bot.preference_words import NAMES, value_told
from engine.models.preference import (
    LEAST_PINGS,
    MOST_CHANGES,
    MOST_HOURS,
    MOST_PINGS,
    Amounts,
    ChannelApprovers,
    NumberFormat,
    PreferenceChange,
    Preferences,
)
from engine.narrate.formats import Formats, listed
from engine.narrate.words import Words

TITLE = "Settings"
MOST_APPROVERS = 30  # of what the dialog carries with it
MOST_OF_A_CHANNEL = 10
MOST_TOLD = 10
MOST_JUDGED = 10  # of those who were chosen since; whoever is to be named is looked up again anyway
MOST_TYPED = 120
NAMELESS = frozenset({"", "directmessage", "privategroup"})  # what Slack calls channels it does not name
# Where somebody is. "unanswered": Slack did not say. "beyond": nobody asked, there is no room for more.
Place = Literal["here", "elsewhere", "unanswered", "beyond"]
NO_FULL_MEMBER = "Approvers are full members of this workspace."


# Approvers who do not stand in the dialog: why, in front of their ids.
NOT_SHOWN: Mapping[Place, str] = {
    "elsewhere": "Named too, but not found in this workspace",
    "unanswered": "Named too, but Slack could not tell me about them just now",
    "beyond": f"Named too; there is room for {MOST_APPROVERS} here",
}


class Shown(NamedTuple):
    """What the dialog carries with it: where it was opened, what it showed, and who cannot be named.

    ``preferences`` know of the approvers of no other channel. ``channel_name`` is "" where approvers of
    its own make no sense. ``needs_approver``: no approver is named outside Slack, so that at least one has
    to stand here. ``fit`` are those who were chosen since and can be named; ``others`` are approvers who
    do not stand here, as they are told.
    """

    channel: str
    preferences: Preferences
    needs_approver: bool
    unfit: Mapping[str, str] = {}
    fit: Sequence[str] = ()
    others: Mapping[Place, Sequence[str]] = {}
    channel_name: str = ""

    def packed(self) -> str:
        values = {**self._asdict(), "preferences": self.preferences.model_dump(mode="json")}
        return json.dumps(values, separators=(",", ":"))

    @classmethod
    def unpacked(cls, view: dict[str, Any]) -> "Shown":
        found = json.loads(view["private_metadata"])
        preferences = Preferences.model_validate_json(json.dumps(found.pop("preferences")))
        return cls(preferences=preferences, fit=tuple(found.pop("fit")), **found)

    @property
    def of_channel(self) -> tuple[str, ...]:
        """The approvers that the channel has for itself."""
        return of_channel(self.preferences, self.channel)


def of_channel(preferences: Preferences, channel: str) -> tuple[str, ...]:
    """The approvers that a channel has for itself; none where the team's decide."""
    own = {each.channel: each.approvers for each in preferences.channel_approvers}
    return own.get(channel, ())


def for_channel(people: Sequence[str], channel: str) -> tuple[ChannelApprovers, ...]:
    """What ``preferences.channel_approvers`` are where only this channel counts."""
    return (ChannelApprovers(channel=channel, approvers=tuple(people)),) if people else ()


def name_of_channel(channel: str, name: str) -> str:
    """Say a channel in a label, where it is one at all: plain text cannot link to it."""
    if channel[:1] not in {"C", "G"}:
        return ""
    return "this channel" if name in NAMELESS else f"#{name}"


def not_shown(places: Mapping[str, Place]) -> dict[Place, list[str]]:
    """Sort the approvers who do not stand in the dialog by why, a few of each."""
    found = {place: [each for each, where in places.items() if where == place] for place in NOT_SHOWN}
    return {place: few(people, MOST_TOLD) for place, people in found.items() if people}


def settings_view(shown: Shown, chosen: Preferences, words: Words) -> Block:
    """Draw it with what is chosen."""
    blocks = [
        _approvers(shown, chosen),
        *_of_the_channel(shown, chosen),
        *_warning(shown, words),
        *_others(shown),
        *_limits(chosen),
        *_days(chosen),
        *_style(chosen),
        kit.context("What you change here acts at once, and wins over what is set where I run."),
    ]
    return kit.modal(ids.SETTINGS_VIEW, TITLE, "Save", blocks, private=shown.packed())


def read_values(view: dict[str, Any]) -> dict[str, Any]:
    """Read what stands in the dialog, as it stands: ids of people, days, and texts."""
    found: dict[str, Any] = {}
    for elements in view["state"]["values"].values():
        for action, element in elements.items():
            option = element.get("selected_option") or {}
            chosen = element.get("selected_users") or element.get("selected_date")
            found[action] = chosen or option.get("value") or element.get("value") or ""
    return found


def saved(
    changes: Iterable[PreferenceChange], words: Words, *, but: str = "", short: str | None = None
) -> Message:
    """Say what was changed, before and after; ``but`` says why the approvers were not.

    ``short`` says that too few are named for what two must agree to.
    """
    lines = change_lines(changes, words)
    head = f"{but} The approvers stay as they were." if but else ""
    if not lines:
        return said(head or "Nothing was changed: everything is set like this already.")
    told = "The rest is saved" if head else "✅ Saved"
    more = [f"⚠️ {short[0].upper()}{short[1:]}."] if short else []
    return said("\n".join([f"{head} {told}. It holds from now on.".strip(), *lines, *more]))


def change_lines(changes: Iterable[PreferenceChange], words: Words) -> list[str]:
    """A line for each change: what it was, and what it is."""
    return [f"• {NAMES[each.name]}: {_told(each, words)}" for each in changes]


def unfit_told(people: Mapping[str, str], words: Words) -> str:
    """Say who cannot be named, and why, when the dialog is gone."""
    return f"{_unfit(people, words)} {NO_FULL_MEMBER}"


def _approvers(shown: Shown, chosen: Preferences) -> Block:
    hint = "Only they approve, reject and change this."
    if not shown.needs_approver:
        hint += " Empty: those who are named where I run."
    return pickers.people_input(
        ids.APPROVERS,
        "Approvers",
        chosen.approvers,
        hint=hint,
        most=MOST_APPROVERS,
        optional=not shown.needs_approver,
    )


def _of_the_channel(shown: Shown, chosen: Preferences) -> list[Block]:
    if not shown.channel_name:
        return []
    people = pickers.people_input(
        ids.CHANNEL_APPROVERS,
        f"Approvers in {shown.channel_name}, if others",
        of_channel(chosen, shown.channel),
        hint="They alone decide campaigns whose first card was shown in this channel, wherever it is "
        "pressed. Empty: the approvers above.",
        most=MOST_OF_A_CHANNEL,
        optional=True,
    )
    return [people]


def _limits(chosen: Preferences) -> list[Block]:
    return [
        _amounts(
            ids.TWO_ABOVE,
            "Two must agree above",
            chosen.two_above,
            chosen,
            hint="By worst case. Whoever asked is none of the two. In other currencies always two. "
            "Empty: one is enough.",
        ),
        pickers.number_input(
            ids.CHANGE_LIMIT,
            "Change limit, %",
            f"{chosen.change_limit * 100:g}",
            hint="The most that a proposal may move spend. It holds for open proposals too.",
        ),
        _amounts(
            ids.SPEND_LIMIT,
            "Spend limit a day",
            chosen.spend_limit,
            chosen,
            hint="The most that a change may raise a day's spend to. In other currencies nothing is raised. "
            "Empty: no such limit.",
        ),
        pickers.number_input(
            ids.CHANGES_A_DAY,
            "Changes a day",
            f"{chosen.changes_a_day}",
            hint="As many can be approved. It counts anew at midnight.",
            most=MOST_CHANGES,
        ),
    ]


def _amounts(name: str, label: str, amounts: Amounts, chosen: Preferences, *, hint: str) -> Block:
    """Amounts of several currencies in one line, as the team writes them."""
    typed = write_amounts(amounts, Formats(chosen.number_format)).replace("\u00a0", " ")
    example = f"such as {EXAMPLES[chosen.number_format]}"
    most = max(MOST_TYPED, len(typed))
    return pickers.text_input(name, label, typed, hint=hint, placeholder=example, most=most)


def _days(chosen: Preferences) -> list[Block]:
    first, last = (chosen.freeze.first, chosen.freeze.last) if chosen.freeze else (None, None)
    ends = "Both days included; nothing is approved on them. A last day in the past lifts it."
    return [
        pickers.day_input(ids.FREEZE_FIRST, "Freeze from", first),
        pickers.day_input(ids.FREEZE_LAST, "Freeze to", last, hint=ends),
        pickers.number_input(
            ids.EXPIRY_HOURS,
            "Proposals expire after, hours",
            f"{chosen.expiry_hours}",
            hint="Then nobody can approve them any more.",
            most=MOST_HOURS,
        ),
        pickers.number_input(
            ids.PINGS_A_WEEK,
            "Pings a week, each person",
            f"{chosen.pings_a_week}",
            hint="That nobody asked for. The rest is held back and told on Home; what failed comes anyway.",
            least=LEAST_PINGS,
            most=MOST_PINGS,
        ),
    ]


def _style(chosen: Preferences) -> list[Block]:
    formats = [kit.option(each, each) for each in get_args(NumberFormat)]
    zone = pickers.search_input(ids.TIME_ZONE, ids.TIME_ZONE, "Time zone", chosen.time_zone)
    numbers = pickers.choice_input(
        ids.NUMBER_FORMAT, ids.NUMBER_FORMAT, "Numbers", formats, chosen.number_format
    )
    return [pickers.quiet(zone), pickers.quiet(numbers)]


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
    old, new = change.old, change.new
    if change.name == "channel_approvers":  # only the channels that changed
        old, new = ([each for each in one if each not in other] for one, other in ((old, new), (new, old)))
    before, after = (
        value_told(change.name, each, words, text=escape, channel=channel_link) for each in (old, new)
    )
    return f"{before} → {after}"
