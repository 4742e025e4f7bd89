"""The dialog that maps columns was submitted: checked while it is open, then the file is read with it."""

from typing import Any

from bot.blocks import notices
from bot.blocks.map_view import Mapping, hints_of, is_remembered, mapping_errors
from bot.desk import Desk, user_of
from bot.listeners.actions.imports import ANSWERED
from bot.listeners.exports import read_again
from engine.engine import Engine
from engine.models.delivery import Delivery
from engine.narrate.formats import Separators


def check_map(view: dict[str, Any], _: Separators, engine: Engine) -> dict[str, str]:
    """Name columns that were both said to be the same, each at its input."""
    found = engine.file_import(Mapping.unpacked(view).identifier)
    return mapping_errors(view, found) if found and found.state == "asking" else {}


def map_columns(delivery: Delivery, desk: Desk) -> None:
    """Keep what was said, for files of this shape too if that was asked for, and read the file with it."""
    view = delivery.payload["view"]
    identifier = Mapping.unpacked(view).identifier
    found = desk.engine.file_import(identifier)
    if found is None:
        raise LookupError(identifier)
    if found.state == "asking":
        by = user_of(delivery.payload)
        desk.engine.answer_export(identifier, hints_of(view, found), by=by, remember=is_remembered(view))
    elif found.state != "reading":
        desk.tell(delivery, notices.said(ANSWERED))
        return
    desk.publisher.wake()
    read_again(identifier, desk)
