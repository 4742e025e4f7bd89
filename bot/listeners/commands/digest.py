"""``/digest`` opens a dialog; ``/digest now | weekly mon 09:00 #channel | off`` needs none."""

import logging
import re
from functools import partial
from typing import NamedTuple

from slack_sdk.errors import SlackApiError

from bot.blocks import notices
from bot.blocks.order_view import NAMES, Draft, ordered, refused
from bot.channels import CHANNELS, trouble_with
from bot.desk import Desk, channel_of, typed, user_of
from bot.listeners.actions.order import open_digest
from bot.publisher import Outcome
from bot.slack import UNREACHABLE
from engine.errors import Fault, Refused
from engine.models.delivery import Delivery

log = logging.getLogger(__name__)

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
PATIENCE_S = 10.0


class Order(NamedTuple):
    """A standing order as it was typed; ``channel`` is ``None`` for the one it was typed in."""

    weekday: int
    at: str
    channel: str | None


def digest(delivery: Delivery, desk: Desk) -> None:
    words = typed(delivery.payload)
    match words:
        case []:
            open_digest(delivery, desk)
        case ["now"]:
            _now(delivery, desk)
        case ["off"]:
            _off(delivery, desk)
        case ["weekly", *order]:
            _weekly(read_order(order), delivery, desk)
        case _:
            desk.tell(delivery, notices.said(_help(delivery, desk)))


def opens_dialog(delivery: Delivery) -> bool:
    return not typed(delivery.payload)


def read_order(words: list[str]) -> Order:
    """Read ``mon 09:00 #growth``; raises ``Refused`` naming every word that does not fit."""
    day = words[0].lower()[:3] if words else ""
    at = words[1] if len(words) > 1 else ""
    faults = []
    if day not in DAYS or (words and len(words[0]) > 3 and words[0].lower() not in map(str.lower, NAMES)):
        faults.append(Fault("day", words[0] if words else "(missing)", "mon, tue, wed, thu, fri, sat or sun"))
    if not re.fullmatch(r"([01]?\d|2[0-3]):[0-5]\d", at):
        faults.append(Fault("time", at or "(missing)", "a time such as 09:00"))
    if len(words) > 3:
        faults.append(Fault("order", " ".join(words[3:]), "a day, a time and one channel"))
    if faults:
        raise Refused(faults)
    return Order(DAYS.index(day), at.zfill(5), words[2] if len(words) > 2 else None)


def _weekly(order: Order, delivery: Delivery, desk: Desk) -> None:
    channel = _channel_id(order.channel, desk) if order.channel else channel_of(delivery.payload)
    if channel is None:
        raise Refused([Fault("channel", order.channel or "(missing)", "a channel that I can see")])
    trouble = trouble_with(desk.client, channel)
    if trouble:
        desk.tell(delivery, notices.said(refused(trouble, channel)))
        return
    zone = desk.engine.preferences().time_zone
    by = user_of(delivery.payload)
    slot = desk.engine.subscribe(channel, weekday=order.weekday, at=order.at, by=by, zone=zone)
    draft = Draft(channel, order.weekday, order.at, zone)
    desk.tell(delivery, notices.said(ordered(draft, slot, desk.voice.marked)))


def _now(delivery: Delivery, desk: Desk) -> None:
    channel = channel_of(delivery.payload) or user_of(delivery.payload)
    trouble = trouble_with(desk.client, channel) if channel.startswith(CHANNELS) else ""
    if trouble == "not_in_channel":
        desk.tell(delivery, notices.not_in_channel("/digest now"))
        return
    if trouble:
        desk.tell(delivery, notices.said(refused(trouble, channel, deed="posted")))
        return
    edition = desk.engine.post_digest_now(channel, by=user_of(delivery.payload), key=delivery.key)
    outcome = desk.publisher.outcome(edition.id, PATIENCE_S)
    if outcome.state == "waiting":
        desk.publisher.tell_later(edition.id, partial(_say_if_refused, delivery, desk))
    else:
        _say_if_refused(delivery, desk, outcome)


def _say_if_refused(delivery: Delivery, desk: Desk, outcome: Outcome) -> None:
    """Answer where it was asked; where that fails it is in the log, and the digest is kept."""
    if outcome.state == "parked":
        try:
            desk.tell(delivery, notices.not_posted(outcome.error, delivery.name))
        except (SlackApiError, *UNREACHABLE):
            log.exception("nobody could be told that %s is not out", delivery.key)


def _off(delivery: Delivery, desk: Desk) -> None:
    channel = channel_of(delivery.payload) or ""
    ended = desk.engine.unsubscribe(channel, by=desk.person(delivery))
    text = (
        "No more digests in this channel." if ended else "This channel gets no digest. Nothing was changed."
    )
    desk.tell(delivery, notices.said(text))


def _help(delivery: Delivery, desk: Desk) -> str:
    subscription = desk.engine.subscription(channel_of(delivery.payload) or "")
    if subscription is None:
        return notices.DIGEST_HELP
    standing = f"{NAMES[subscription.weekday]} {subscription.at} ({subscription.time_zone})"
    return f"{notices.DIGEST_HELP}\n\nThis channel gets it every {standing}."


def _channel_id(typed: str, desk: Desk) -> str | None:
    """Take ``<#C012|growth>``, an id, or a name, which is looked up among the channels I can see."""
    escaped = re.fullmatch(r"<#([CG][A-Z0-9]+)(\|[^>]*)?>", typed)
    if escaped:
        return escaped.group(1)
    name = typed.lstrip("#").lower()
    cursor = ""
    while True:
        page = desk.client.conversations_list(
            limit=200, cursor=cursor, types="public_channel,private_channel", exclude_archived=True
        )
        found = next(
            (each["id"] for each in page["channels"] if name in {each["name"], each["id"].lower()}), None
        )
        cursor = (page.get("response_metadata") or {}).get("next_cursor") or ""
        if found or not cursor:
            return None if found is None else str(found)
