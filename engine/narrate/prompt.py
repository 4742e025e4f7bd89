"""Prompts are files with a version in their names; an answer says which one it came from."""

import re
from functools import cache
from importlib import resources
from typing import NamedTuple

_FILE = re.compile(r"(?P<name>[a-z]+)-v(?P<version>\d+)\.md")


class UnknownPrompt(LookupError):
    """No such prompt, or no such version of it; the message names those there are."""


class Prompt(NamedTuple):
    """``id`` is name and version, such as "insights-v1"."""

    id: str
    text: str


@cache
def load_prompt(name: str, version: int | None = None) -> Prompt:
    """Give the newest version of a prompt, or the one that is asked for; raises ``UnknownPrompt``."""
    versions = _versions(name)
    wanted = max(versions, default=0) if version is None else version
    if wanted not in versions:
        there = ", ".join(f"{name}-v{each}" for each in sorted(versions)) or "none of that name"
        raise UnknownPrompt(f"There is no prompt {name}-v{wanted}; there is {there}.")
    file = resources.files("engine.narrate").joinpath("prompts", versions[wanted])
    return Prompt(f"{name}-v{wanted}", file.read_text(encoding="utf-8"))


def _versions(name: str) -> dict[int, str]:
    files = [each.name for each in resources.files("engine.narrate").joinpath("prompts").iterdir()]
    found = [match for each in files if (match := _FILE.fullmatch(each))]
    return {int(match["version"]): match[0] for match in found if match["name"] == name}
