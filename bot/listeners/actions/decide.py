"""The buttons that decide: each obeys the approval policy, else it is refused and the person is told.

Approve carries what its card showed: pressed on other figures it does nothing.
"""

from functools import partial
from typing import NamedTuple

from bot.blocks import notices
from bot.blocks.card_states import unsealed
from bot.blocks.closed import told_view
from bot.blocks.modals import reject_view
from bot.desk import Desk, channel_of
from bot.dialogs import FOR_GOOD
from engine.errors import EngineError, Frozen, MayNotDecide, OnHold, OverLimit, OverSpendLimit
from engine.models.delivery import Delivery
from engine.models.recommendation import Recommendation, Verb

REJECT = "Reject"


def approve(delivery: Delivery, desk: Desk) -> None:
    """A button of before carries no seal, and so none that fits."""
    identifier, seal = unsealed(delivery.payload["actions"][0]["value"])
    channel = channel_of(delivery.payload)
    try:
        desk.engine.decide(identifier, "approve", by=desk.person(delivery), channel=channel, seal=seal)
    except (OverLimit, OverSpendLimit, Frozen, OnHold):
        desk.engine.redraw_all(identifier)  # so it is since the card was drawn: it says so, and what is left
        raise
    finally:
        desk.publisher.wake()


def done(delivery: Delivery, desk: Desk) -> None:
    _decide("done", delivery, desk)


def drop(delivery: Delivery, desk: Desk) -> None:
    _decide("drop", delivery, desk)


def undo(delivery: Delivery, desk: Desk) -> None:
    _decide("undo", delivery, desk)


def retry(delivery: Delivery, desk: Desk) -> None:
    _decide("retry", delivery, desk)


def arrived(delivery: Delivery, desk: Desk) -> None:
    _decide("arrived", delivery, desk)


def resend(delivery: Delivery, desk: Desk) -> None:
    _decide("resend", delivery, desk)


def wake(delivery: Delivery, desk: Desk) -> None:
    _decide("wake", delivery, desk)


def reject(delivery: Delivery, desk: Desk) -> None:
    """Ask for the reason; whoever may not decide is told before they type."""
    identifier, _ = unsealed(delivery.payload["actions"][0]["value"])
    channel = channel_of(delivery.payload)
    current = desk.engine.may_decide(identifier, "reject", by=desk.supposed(delivery), channel=channel)
    view_id = desk.open_view(delivery, reject_view(current, channel or ""))
    desk.later(partial(see_who, Opened(view_id, REJECT, identifier, "reject"), delivery, desk))


class Opened(NamedTuple):
    """A dialog that was opened before anybody was looked up: what it decides about, and its title."""

    view_id: str
    title: str
    recommendation: str
    verb: Verb


def see_who(opened: Opened, delivery: Delivery, desk: Desk) -> None:
    """Now that Slack says who it is: close the dialog to an approver who became a guest, and the like."""
    person, channel = desk.person(delivery), channel_of(delivery.payload)
    try:
        desk.engine.may_decide(opened.recommendation, opened.verb, by=person, channel=channel)
    except MayNotDecide as refused:
        told = notices.refusal(refused, desk.voice.marked)
        desk.redraw_view(opened.view_id, told_view(opened.title, told.blocks), at=FOR_GOOD)
    except EngineError:
        return  # decided meanwhile: what is submitted is answered with that


def refuse_changed(current: Recommendation, delivery: Delivery, desk: Desk) -> None:
    """What was pressed stood beside other figures: draw every card of it anew, and say so."""
    desk.engine.redraw_all(current.id)
    desk.publisher.wake()
    desk.tell(delivery, notices.changed_since(desk.link_of(current.id)))


def _decide(verb: Verb, delivery: Delivery, desk: Desk) -> None:
    identifier, _ = unsealed(delivery.payload["actions"][0]["value"])
    channel = channel_of(delivery.payload)
    desk.engine.decide(identifier, verb, by=desk.person(delivery), channel=channel)
    desk.publisher.wake()
