"""Faults found in what a bot sends: each a place (JSON pointer) and a sentence, gathered, not raised."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any


def items(value: object) -> list[Any]:
    """The items of a list; none of anything else, whose fault is noted elsewhere."""
    return value if isinstance(value, list) else []


@dataclass(frozen=True)
class Fault:
    """One thing that Slack would refuse."""

    pointer: str
    sentence: str

    def __str__(self) -> str:
        return f"{self.sentence} [json-pointer:{self.pointer}]"


class Inspection:
    """Gathers the faults of one payload. The checks return whether the value may be looked into further."""

    def __init__(self) -> None:
        self.faults: list[Fault] = []

    def add(self, at: str, sentence: str) -> None:
        """Note a fault."""
        self.faults.append(Fault(at, sentence))

    def length(self, at: str, value: object, what: str, *, most: int, least: int = 1) -> bool:
        """Check a string and its length in characters."""
        if not isinstance(value, str):
            self.add(at, f"{what} must be a string.")
            return False
        if not least <= len(value) <= most:
            self.add(at, f"{what} must have {least} to {most} characters, it has {len(value)}.")
            return False
        return True

    def optional_length(
        self, at: str, owner: Mapping[str, Any], key: str, what: str, *, most: int, least: int = 1
    ) -> None:
        """Check a string that may be left out."""
        if owner.get(key) is not None:
            self.length(f"{at}/{key}", owner[key], what, most=most, least=least)

    def count(self, at: str, value: object, what: str, *, most: int, least: int = 1) -> bool:
        """Check a list and how many it holds."""
        if not isinstance(value, list):
            self.add(at, f"{what} must be a list.")
            return False
        if not least <= len(value) <= most:
            self.add(at, f"{what} must be {least} to {most}, there are {len(value)}.")
            # The items are still looked at: a developer wants to see all faults at once.
        return True

    def text(self, at: str, value: object, what: str, *, most: int, plain: bool = True) -> bool:
        """Check a text object and the length of its text; `plain` allows plain_text alone."""
        kinds = ("plain_text",) if plain else ("plain_text", "mrkdwn")
        if not isinstance(value, dict):
            self.add(at, f"{what} must be a text object.")
            return False
        if value.get("type") not in kinds:
            self.add(f"{at}/type", f"{what} must be {' or '.join(kinds)}, it is {value.get('type')!r}.")
            return False
        self.only(at, value, {"type", "text", "emoji" if value["type"] == "plain_text" else "verbatim"}, what)
        return self.length(f"{at}/text", value.get("text"), what, most=most)

    def optional_text(
        self, at: str, owner: Mapping[str, Any], key: str, what: str, *, most: int, plain: bool = True
    ) -> None:
        """Check a text object that may be left out."""
        if owner.get(key) is not None:
            self.text(f"{at}/{key}", owner[key], what, most=most, plain=plain)

    def one_of(self, at: str, owner: Mapping[str, Any], key: str, choices: tuple[object, ...]) -> None:
        """Check a value that may be left out against its choices."""
        if owner.get(key) is not None and owner[key] not in choices:
            known = ", ".join(str(choice) for choice in choices)
            self.add(f"{at}/{key}", f"{key} must be one of {known}; it is {owner[key]!r}.")

    def only(self, at: str, owner: Mapping[str, Any], keys: set[str], what: str) -> None:
        """Check that an object has no other properties."""
        for key in sorted(set(owner) - keys):
            self.add(f"{at}/{key}", f"{what} has no property {key!r}.")
