"""What is set, and where from, for the shell."""

from collections.abc import Sequence
from typing import Any

from bot.preference_words import NAMES, value_told
from engine.models.preference import Amounts, Preference
from engine.narrate.report import plain
from engine.narrate.words import Words

LEFT = max(map(len, NAMES.values())) + 2


def settings_text(preferences: Sequence[Preference], words: Words) -> str:
    """A line each: the value, and where it comes from."""
    lines = [
        f"{NAMES[each.name].casefold():<{LEFT}}{_value(each, words)} ({_source(each, words)})"
        for each in preferences
    ]
    return "\n".join([*lines, "Approvers change them in Slack: /marko settings."])


def settings_json(preferences: Sequence[Preference]) -> list[Any]:
    """[{"name", "value", "source", "by", "at"}]; ``change_limit`` is relative: 0.2 is 20 %.

    Amounts are {"EUR": "3000"}, exact as text; a freeze is {"first", "last"} or null.
    """
    return [plain(each) | {"value": _plain(each.value)} for each in preferences]


def _plain(value: Any) -> Any:
    return {code: f"{amount:f}" for code, amount in value.of} if isinstance(value, Amounts) else plain(value)


def _value(each: Preference, words: Words) -> str:
    if each.name == "approvers":
        return ", ".join(each.value) or "nobody, so nobody can approve"
    return value_told(each.name, each.value, words)


def _source(each: Preference, words: Words) -> str:
    if each.source == "slack" and each.by and each.at:
        return f"set in Slack by {each.by}, {words.style.moment(each.at)}"
    return "from the environment" if each.source == "environment" else "default"
