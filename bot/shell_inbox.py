"""``marko inbox``: deliveries of webhooks that do not count, to be read again, counted or dropped."""

import argparse
from collections.abc import Mapping
from typing import TYPE_CHECKING, Any

from engine.errors import Fault, Refused
from engine.models.hook import HookDelivery, HookLetters, HookStatus
from engine.narrate import delivered
from engine.narrate.words import Words

if TYPE_CHECKING:
    from engine.engine import Engine

MOST = 1_000
SAID: Mapping[HookStatus, str] = {
    "waiting": "a running bot reads it again",
    "done": "both files count now",
    "dropped": "dropped",
}


def settle(chosen: argparse.Namespace, engine: "Engine") -> str:
    """Do what a flag asks and say it; "" without one. Raises ``Refused`` for what is no dead letter."""
    asked = [("retry", chosen.retry, engine.retry_hook), ("drop", chosen.drop, engine.drop_hook)]
    for verb, identifier, act in asked:
        if identifier is not None:
            found = act(identifier, by="shell")
            if found is None:
                raise Refused([Fault("id", identifier, f"a delivery in the inbox, to {verb} it")])
            return f"{identifier}: {SAID[found.status]}."
    return ""


def inbox_json(found: HookLetters) -> dict[str, Any]:
    """The list for machines; what is in a delivery is never told."""
    return {
        "total": found.total,
        "waiting": found.waiting,
        "deliveries": [_entry(each) for each in found.letters],
    }


def inbox_text(found: HookLetters, words: Words) -> str:
    f = words.formats
    waiting = f"{f.count(found.waiting, 'delivery', 'deliveries')} still to be read." if found.waiting else ""
    if not found.total:
        return "\n".join(filter(None, ("Nothing in the inbox.", waiting)))
    title = f"{f.count(found.total, 'delivery', 'deliveries')} not counted, the newest first."
    letters = [
        f"{each.id}  {delivered.letter(each, words)}\n{_indented(each.reason)}" for each in found.letters
    ]
    return "\n".join(filter(None, (title, *letters, waiting)))


def _indented(text: str) -> str:
    return "\n".join(f"  {line}" for line in text.splitlines())


def _entry(each: HookDelivery) -> dict[str, Any]:
    named = ("id", "status", "source", "webhook_id", "file", "media", "size", "checksum", "reason")
    return {name: getattr(each, name) for name in named} | {"received_at": each.received_at.isoformat()}
