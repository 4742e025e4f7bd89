"""Approve, Reject…, Done… and Drop it…: what decides obeys the approval policy, else it is refused."""

from functools import partial

from bot.blocks import notices
from bot.blocks.closed import told_view
from bot.blocks.modals import reject_view
from bot.desk import Desk, channel_of
from bot.dialogs import FOR_GOOD
from engine.errors import EngineError, MayNotDecide
from engine.models.delivery import Delivery
from engine.models.recommendation import Verb


def approve(delivery: Delivery, desk: Desk) -> None:
    _decide("approve", delivery, desk)


def done(delivery: Delivery, desk: Desk) -> None:
    _decide("done", delivery, desk)


def drop(delivery: Delivery, desk: Desk) -> None:
    _decide("drop", delivery, desk)


def reject(delivery: Delivery, desk: Desk) -> None:
    """Ask for the reason; whoever may not decide is told before they type."""
    identifier = delivery.payload["actions"][0]["value"]
    current = desk.engine.may_decide(identifier, "reject", by=desk.supposed(delivery))
    view_id = desk.open_view(delivery, reject_view(current, channel_of(delivery.payload) or ""))
    desk.later(partial(_look_who, identifier, view_id, delivery, desk))


def _look_who(identifier: str, view_id: str, delivery: Delivery, desk: Desk) -> None:
    """Now that Slack says who it is: close the dialog to an approver who became a guest, and the like."""
    try:
        desk.engine.may_decide(identifier, "reject", by=desk.person(delivery))
    except MayNotDecide as refused:
        told = notices.refusal(refused, desk.voice.marked)
        desk.redraw_view(view_id, told_view("Reject", told.blocks), at=FOR_GOOD)
    except EngineError:
        return  # decided meanwhile: what is submitted is answered with that


def _decide(verb: Verb, delivery: Delivery, desk: Desk) -> None:
    identifier = delivery.payload["actions"][0]["value"]
    desk.engine.decide(identifier, verb, by=desk.person(delivery))
    desk.publisher.wake()
