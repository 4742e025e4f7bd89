"""Each setting's name and value in words, for Slack and for the shell."""

import json
from collections.abc import Callable, Mapping
from typing import Any

from pydantic import TypeAdapter

from bot.amounts import write_amounts
from bot.blocks.limits import few
from engine.models.preference import Amounts, ChannelApprovers, Freeze, PreferenceName
from engine.narrate.formats import Formats, listed
from engine.narrate.words import Words

NAMES: Mapping[PreferenceName, str] = {
    "approvers": "Approvers",
    "channel_approvers": "Approvers of channels",
    "two_above": "Two must agree above",
    "change_limit": "Change limit",
    "spend_limit": "Spend limit a day",
    "changes_a_day": "Changes a day",
    "freeze": "Freeze",
    "expiry_hours": "Proposals expire after",
    "pings_a_week": "Pings a week",
    "time_zone": "Time zone",
    "number_format": "Numbers",
}
MOST_CHANNELS = 5
_CHANNELS = TypeAdapter(tuple[ChannelApprovers, ...])
_FREEZE = TypeAdapter(Freeze | None)
Told = Callable[[Any, Words], str]


def value_told(
    name: PreferenceName,
    value: Any,
    words: Words,
    *,
    text: Callable[[str], str] = str,
    channel: Callable[[str], str] = str,
) -> str:
    """Say a setting's value, as it is in ``Preferences`` or as JSON has it.

    ``text`` makes a text safe where it is shown, ``channel`` says a channel by its id.
    """
    if name == "approvers":
        return listed([words.style.person(each) for each in value]) or "nobody"
    if name == "channel_approvers":
        return _channels(value, words, channel)
    told = _TOLD.get(name)
    return told(value, words) if told else text(str(value))


def _channels(value: Any, words: Words, channel: Callable[[str], str]) -> str:
    found = _CHANNELS.validate_json(_as_json(value))
    told = [
        f"{channel(each.channel)}: {listed([words.style.person(who) for who in each.approvers]) or 'nobody'}"
        for each in found
    ]
    return "; ".join(few(told, MOST_CHANNELS)) or "none, the approvers decide everywhere"


def _amounts(nothing: str) -> Told:
    def told(value: Any, words: Words) -> str:
        return write_amounts(Amounts.model_validate_json(_as_json(value)), words.formats) or nothing

    return told


def _freeze(value: Any, words: Words) -> str:
    found = _FREEZE.validate_json(_as_json(value))
    return days_told(found, words.formats) if found else "none"


def days_told(freeze: Freeze, formats: Formats) -> str:
    first, last = formats.day(freeze.first), formats.day(freeze.last)
    return first if first == last else f"{first} to {last}"


def _as_json(value: Any) -> str:
    """As JSON, what is a value or JSON already."""
    return json.dumps(value, default=lambda each: each.model_dump(mode="json"))


_TOLD: Mapping[PreferenceName, Told] = {
    "two_above": _amounts("not set, one approver is enough"),
    "change_limit": lambda value, words: words.formats.percent(value * 100),
    "spend_limit": _amounts("not set"),
    "changes_a_day": lambda value, words: words.formats.number(value),
    "freeze": _freeze,
    "expiry_hours": lambda value, words: words.formats.count(value, "hour"),
    "pings_a_week": lambda value, words: words.formats.number(value),
}
