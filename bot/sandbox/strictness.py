"""What Slack refuses in a message, a view or metadata, said in sentences, all of them at once.

The limits are Slack's own of November 2026; where its pages disagree, the smaller one. Those of single
blocks stand in block_rules.py and table_rules.py, those of elements in element_rules.py.
"""

import json
from typing import Any

from bot.sandbox.block_rules import block
from bot.sandbox.block_tree import all_blocks
from bot.sandbox.faults import Fault, Inspection

MOST_TEXT = 4000
MOST_BLOCKS = {"message": 50, "modal": 100, "home": 100}
MOST_MARKDOWN = 12_000
MOST_METADATA = 8_000
MOST_VIEW = 250_000
_VIEW_KEYS = {
    "type", "title", "submit", "close", "blocks", "private_metadata", "callback_id", "external_id",
    "clear_on_close", "notify_on_close", "submit_disabled",
}  # fmt: skip
_HAS_NO = {"home": ("title", "submit", "close")}


def text_error(text: object, blocks: object, *, files: bool = False) -> str | None:
    """Slack's error code for what a message says: no_text, msg_too_long, or None."""
    if isinstance(text, str) and len(text) > MOST_TEXT:
        return "msg_too_long"
    if not text and not blocks and not files:
        return "no_text"
    return None


def message_faults(blocks: object) -> list[Fault]:
    """Everything that Slack refuses in a message's blocks."""
    return _surface(Inspection(), "/blocks", blocks, "message", least=0).faults


def view_faults(view: object) -> list[Fault]:
    """Everything that Slack refuses in a modal or a home tab."""
    look = Inspection()
    if not isinstance(view, dict) or view.get("type") not in ("modal", "home"):
        look.add("/view/type", "A view's type must be modal or home.")
        return look.faults
    look.only("/view", view, _VIEW_KEYS, "A view")
    if view["type"] == "modal":
        _modal(look, view)
    for key in _HAS_NO.get(view["type"], ()):
        if view.get(key) is not None:
            look.add(f"/view/{key}", f"A home tab has no {key}.")
    for key, most in (("private_metadata", 3000), ("callback_id", 255), ("external_id", 255)):
        look.optional_length("/view", view, key, f"A view's {key}", most=most, least=0)
    _surface(
        look, "/view/blocks", view.get("blocks"), view["type"], least=1 if view["type"] == "modal" else 0
    )
    if len(json.dumps(view)) > MOST_VIEW:
        look.add("/view", f"A view may have {MOST_VIEW:,} bytes.")
    return look.faults


def metadata_error(metadata: object) -> str | None:
    """Slack's error code for a message's metadata, or None."""
    if metadata in (None, {}):
        return None
    if not isinstance(metadata, dict):
        return "invalid_metadata_format"
    event_type, payload = metadata.get("event_type"), metadata.get("event_payload")
    if not isinstance(event_type, str) or not event_type or not isinstance(payload, dict):
        return "invalid_metadata_schema"
    if set(metadata) - {"event_type", "event_payload"}:
        return "invalid_metadata_schema"
    if len(json.dumps(payload)) > MOST_METADATA:
        return "metadata_too_large"
    return None


def _modal(look: Inspection, view: dict[str, Any]) -> None:
    look.text("/view/title", view.get("title"), "A modal's title", most=24)
    look.optional_text("/view", view, "submit", "A modal's submit", most=24)
    look.optional_text("/view", view, "close", "A modal's close", most=24)
    blocks = view.get("blocks") if isinstance(view.get("blocks"), list) else []
    has_input = any(isinstance(one, dict) and one.get("type") == "input" for one in blocks or [])
    if has_input and view.get("submit") is None:
        look.add("/view/submit", "A modal with an input needs a submit.")


def _surface(look: Inspection, at: str, blocks: object, surface: str, *, least: int) -> Inspection:
    if not look.count(at, blocks, "Blocks", most=MOST_BLOCKS[surface], least=least):
        return look
    assert isinstance(blocks, list)  # noqa: S101 - the count above says so
    for index, one in enumerate(blocks):
        block(look, f"{at}/{index}", one, surface=surface)
    _once_each(look, at, blocks)
    _together(look, at, list(all_blocks(blocks)))
    return look


def _once_each(look: Inspection, at: str, blocks: list[Any]) -> None:
    seen: set[str] = set()
    for index, one in enumerate(blocks):
        block_id = one.get("block_id") if isinstance(one, dict) else None
        if isinstance(block_id, str) and block_id in seen:
            look.add(f"{at}/{index}/block_id", f"block_id {block_id!r} stands twice.")
        elif isinstance(block_id, str):
            seen.add(block_id)


def _together(look: Inspection, at: str, blocks: list[dict[str, Any]]) -> None:
    """What is counted over all blocks of a message."""
    for kind, most in (("table", 1), ("data_visualization", 2), ("plan", 1)):
        found = sum(1 for one in blocks if one.get("type") == kind)
        if found > most:
            look.add(at, f"A message may have {most} {kind} block{'s'[: most - 1]}, it has {found}.")
    markdown = [one.get("text") for one in blocks if one.get("type") == "markdown"]
    total = sum(len(text) for text in markdown if isinstance(text, str))
    if total > MOST_MARKDOWN:
        look.add(
            at, f"Markdown may have {MOST_MARKDOWN:,} characters in all blocks together, it has {total:,}."
        )
