"""``marko link``: names that may be one campaign, and a person's word on them."""

import argparse
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

from engine.errors import Fault, Refused
from engine.narrate import exported
from engine.narrate.words import Words

if TYPE_CHECKING:
    from engine.engine import Engine
    from engine.spellings import Spellings

NOTHING = "No names that look alike."
ASKED = "Answer with `marko link NAME --one` or `--two`; the other answer takes it back."


def answered(chosen: argparse.Namespace, engine: "Engine") -> tuple["Spellings", ...]:
    """Take the answer that was given, and give the groups that it is about; all without one."""
    if chosen.name is None:
        if chosen.one or chosen.two:
            raise Refused([Fault("name", "", "a name, for --one and --two are about one group")])
        return engine.names_alike()
    if chosen.one or chosen.two:
        return engine.answer_alike(chosen.name, one=chosen.one, by="shell")
    return engine.names_like(chosen.name)


def link_text(found: Sequence["Spellings"], words: Words) -> str:
    lines = [f"{exported.alike(each.group, words)} ({words.style.name(each.found.file)})" for each in found]
    is_open = any(each.group.answer == "open" for each in found)
    return "\n".join([*lines, *([ASKED] if is_open else [])]) or NOTHING


def link_json(found: Sequence["Spellings"]) -> list[dict[str, Any]]:
    """Give "campaign", "name", "others" (names by key), "answer" (open, one, two), "import" and "file"."""
    return [
        {
            "campaign": each.group.main,
            "name": each.group.name,
            "others": each.group.others,
            "answer": each.group.answer,
            "import": each.found.id,
            "file": each.found.file,
        }
        for each in found
    ]
