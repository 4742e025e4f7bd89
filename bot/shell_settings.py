"""What is set, and where from, for the shell."""

from collections.abc import Sequence
from typing import Any

from engine.models.preference import Preference
from engine.narrate.report import plain
from engine.narrate.words import Words

LABELS = {
    "approvers": "approvers",
    "change_limit": "change limit",
    "time_zone": "time zone",
    "number_format": "numbers",
}
LEFT = 14


def settings_text(preferences: Sequence[Preference], words: Words) -> str:
    """A line each: the value, and where it comes from."""
    lines = [
        f"{LABELS[each.name]:<{LEFT}}{_value(each, words)} ({_source(each, words)})" for each in preferences
    ]
    return "\n".join([*lines, "Approvers change them in Slack: /marko settings."])


def settings_json(preferences: Sequence[Preference]) -> list[Any]:
    """[{"name", "value", "source", "by", "at"}]; ``change_limit`` is relative: 0.2 is 20 %."""
    return [plain(each) for each in preferences]


def _value(each: Preference, words: Words) -> str:
    if each.name == "approvers":
        return ", ".join(each.value) or "nobody, so nobody can approve"
    if each.name == "change_limit":
        return words.formats.percent(each.value * 100)
    return str(each.value)


def _source(each: Preference, words: Words) -> str:
    if each.source == "slack" and each.by and each.at:
        return f"set in Slack by {each.by}, {words.style.moment(each.at)}"
    return "from the environment" if each.source == "environment" else "default"
