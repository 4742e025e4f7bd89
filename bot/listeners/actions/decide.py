"""Approve, Reject…, Done… and Drop it…: what decides obeys the approval policy, else it is refused."""

from bot.blocks.modals import reject_view
from bot.desk import Desk, channel_of
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
    current = desk.engine.may_decide(identifier, "reject", by=desk.person(delivery))
    desk.open_view(delivery, reject_view(current, channel_of(delivery.payload) or ""))


def _decide(verb: Verb, delivery: Delivery, desk: Desk) -> None:
    identifier = delivery.payload["actions"][0]["value"]
    desk.engine.decide(identifier, verb, by=desk.person(delivery))
    desk.publisher.wake()
