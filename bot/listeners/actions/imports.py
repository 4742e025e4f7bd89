"""The buttons of an import's card: what people answer, take back, and look at."""

from bot import ids
from bot.blocks import notices
from bot.blocks.exported_details import details
from bot.blocks.file_pieces import Pressed
from bot.blocks.map_view import map_view
from bot.desk import Desk, channel_of, user_of
from bot.headway import Headway
from bot.listeners.exports import read_again
from bot.listeners.show import show_card
from engine.errors import AnsweredAlready
from engine.models.answer import Answer
from engine.models.delivery import Delivery
from engine.models.export import Hints
from engine.models.file_import import FileImport

CHOOSE_FIRST = "Choose the currency beside the button first. Nothing is stored yet."
TOO_LATE = "It was read by then. What it added can be undone under More."
UNDONE = "That was undone already. Your click changed nothing."
ANSWERED = str(AnsweredAlready())


def cancel(delivery: Delivery, desk: Desk) -> None:
    identifier, _ = _pressed(delivery)
    found = desk.engine.cancel_export(identifier, by=user_of(delivery.payload))
    if found.state == "done":
        desk.tell(delivery, notices.said(TOO_LATE))
    desk.room.leave_off(identifier)
    desk.publisher.wake()


def import_with(delivery: Delivery, desk: Desk) -> None:
    """Take the currency that is selected beside the button."""
    chosen = _selected(delivery)
    if not chosen:
        desk.tell(delivery, notices.said(CHOOSE_FIRST))
        return
    answer(delivery, desk, {"currency": chosen})


def choose_dates(delivery: Delivery, desk: Desk) -> None:
    answer(delivery, desk, {"date_order": _pressed(delivery).answer})


def choose_decimal(delivery: Delivery, desk: Desk) -> None:
    answer(delivery, desk, {"decimal": _pressed(delivery).answer})


def import_rows(delivery: Delivery, desk: Desk) -> None:
    answer(delivery, desk, {"despite_total": True})


def answer(delivery: Delivery, desk: Desk, said: dict[str, object]) -> None:
    """Keep what was said, once, and read the file with it."""
    identifier, _ = _pressed(delivery)
    found = _found(identifier, desk)
    by = user_of(delivery.payload)
    if found.state == "asking":
        found = desk.engine.answer_export(identifier, Hints.model_validate(said), by=by, remember=False)
    if found.state != "reading" or said.items() - found.hints.model_dump(exclude={"columns"}).items():
        desk.tell(delivery, notices.said(ANSWERED))  # somebody was quicker, perhaps with another answer
        return
    desk.publisher.wake()
    read_again(identifier, desk)


def open_map(delivery: Delivery, desk: Desk) -> None:
    identifier, _ = _pressed(delivery)
    found = _found(identifier, desk)
    if found.state != "asking":
        desk.tell(delivery, notices.said(ANSWERED))
        return
    desk.open_view(delivery, map_view(found, channel_of(delivery.payload) or ""))


def undo(delivery: Delivery, desk: Desk) -> None:
    """Take an import back, which obeys the approval policy."""
    identifier, _ = _pressed(delivery)
    before = _found(identifier, desk).state
    desk.engine.undo_export(identifier, by=desk.person(delivery))
    if before == "undone":
        desk.tell(delivery, notices.said(UNDONE))
    desk.publisher.wake()


def differ(delivery: Delivery, desk: Desk) -> None:
    """Somebody says that the money of two files is not the same: both count."""
    identifier, _ = _pressed(delivery)
    desk.engine.keep_both(identifier, by=user_of(delivery.payload), first=True)
    desk.publisher.wake()


def one(delivery: Delivery, desk: Desk) -> None:
    _link(delivery, desk, one=True)


def two(delivery: Delivery, desk: Desk) -> None:
    _link(delivery, desk, one=False)


def more(delivery: Delivery, desk: Desk) -> None:
    identifier, _ = _pressed(delivery)
    desk.tell(delivery, details(_found(identifier, desk), desk.voice.marked))


def analyze(delivery: Delivery, desk: Desk) -> None:
    """One campaign shows its card; of several the import's own message tells, the worst money first."""
    identifier, _ = _pressed(delivery)
    channel = channel_of(delivery.payload) or ""

    def work(headway: Headway) -> Answer | None:
        by = user_of(delivery.payload)
        _, answer = desk.engine.analyze_export(
            identifier, by=by, channel=channel, steps=headway.step, over=headway.record
        )
        return answer

    show_card(work, delivery, desk)


def _link(delivery: Delivery, desk: Desk, *, one: bool) -> None:
    identifier, place = _pressed(delivery)
    with desk.room.turn(f"alike:{place}:{identifier}") as mine:
        group = _found(identifier, desk).alike[int(place)]
        if not mine:  # whoever pressed first has said it
            desk.tell(delivery, notices.said(ANSWERED))
            return
        by = user_of(delivery.payload)
        desk.engine.link_campaigns(identifier, group.main, one=one, by=by, first=True)
    desk.publisher.wake()


def _pressed(delivery: Delivery) -> Pressed:
    return Pressed.unpacked(delivery.payload["actions"][0]["value"])


def _found(identifier: str, desk: Desk) -> FileImport:
    found = desk.engine.file_import(identifier)
    if found is None:
        raise LookupError(identifier)
    return found


def _selected(delivery: Delivery) -> str:
    """The currency in the select beside the button that was pressed."""
    values = (delivery.payload.get("state") or {}).get("values") or {}
    chosen = values.get(delivery.payload["actions"][0].get("block_id"), {}).get(ids.IMPORT_CURRENCY) or {}
    return str((chosen.get("selected_option") or {}).get("value") or "")
