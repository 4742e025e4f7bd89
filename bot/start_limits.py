"""The limits that hold until approvers set others in Slack, out of the environment."""

import re
from collections.abc import Mapping
from datetime import date

from pydantic import ValidationError

from bot.amounts import BadAmounts, read_amounts
from engine.models.preference import MOST_CHANGES, MOST_HOURS, Amounts, Freeze, Limits
from engine.narrate.formats import Separators

FREEZE = "2026-12-24..2027-01-02"


class BadLimit(ValueError):
    """The message is one line: which variable, its value, what it takes."""


def read_limits(environment: Mapping[str, str], separators: Separators) -> Limits:
    """Read and check them; what is not set is the default. Raises ``BadLimit`` for the first broken one."""

    def given(name: str) -> str:
        return environment.get(name, "").strip()

    start = Limits()
    percent = _whole("MARKO_CHANGE_LIMIT", given("MARKO_CHANGE_LIMIT"), 100)
    return Limits(
        two_above=_amounts("MARKO_TWO_ABOVE", given("MARKO_TWO_ABOVE"), separators),
        change_limit=percent / 100 if percent else None,
        spend_limit=_amounts("MARKO_SPEND_LIMIT", given("MARKO_SPEND_LIMIT"), separators),
        changes_a_day=_whole("MARKO_CHANGES_A_DAY", given("MARKO_CHANGES_A_DAY"), MOST_CHANGES)
        or start.changes_a_day,
        freeze=_freeze("MARKO_FREEZE", given("MARKO_FREEZE")),
        expiry_hours=_whole("MARKO_EXPIRY_HOURS", given("MARKO_EXPIRY_HOURS"), MOST_HOURS)
        or start.expiry_hours,
    )


def _amounts(name: str, value: str, separators: Separators) -> Amounts:
    try:
        return read_amounts(value, separators)
    except BadAmounts as broken:
        raise BadLimit(f"{name} is {value}; {broken.takes}") from None


def _whole(name: str, value: str, most: int) -> int | None:
    if not value:
        return None
    if not re.fullmatch(r"[0-9]{1,6}", value) or not 1 <= int(value) <= most:
        raise BadLimit(f"{name} is {value}; it takes a whole number from 1 to {most}")
    return int(value)


def _freeze(name: str, value: str) -> Freeze | None:
    if not value:
        return None
    try:
        first, last = (date.fromisoformat(each.strip()) for each in value.split(".."))
        return Freeze(first=first, last=last)
    except (ValueError, ValidationError):
        raise BadLimit(f"{name} is {value}; it takes a first and a last day such as {FREEZE}") from None
