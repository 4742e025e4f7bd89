"""The dialog that orders a weekly digest: opened, following each choice, previewed, and the way out."""

import logging

from slack_sdk.errors import SlackApiError

from bot.blocks.kit import Block
from bot.blocks.order_view import Draft, Ground, Trouble, next_edition, order_view, read_draft
from bot.blocks.preview import preview
from bot.channels import trouble_with
from bot.desk import Desk, channel_of, user_of
from bot.drawing import edition
from bot.ids import ORDER_CHANNEL
from bot.slack import UNREACHABLE
from bot.zones import is_zone
from engine.models.delivery import Delivery

log = logging.getLogger(__name__)

CHANNELS = ("C", "G")  # how the ids of channels begin; "D" is a direct message
SENT = "✅ The preview is in your messages with me."


def open_digest(delivery: Delivery, desk: Desk) -> None:
    """Open it for the channel where it was asked for; what has to be looked up is drawn a moment later."""
    found = channel_of(delivery.payload) or ""
    channel = found if found.startswith(CHANNELS) else ""
    draft, ground = _beginning(channel or None, desk), Ground(channel=channel)
    trigger = delivery.payload["trigger_id"]
    opened = desk.client.views_open(trigger_id=trigger, view=_drawn(draft, ground, desk))["view"]
    ground = _looked_up(draft, ground, delivery, desk)
    desk.dialogs.redraw(desk.client, opened["id"], _drawn(draft, ground, desk))


def follow_order(delivery: Delivery, desk: Desk) -> None:
    """Something was chosen: say when the next digest comes, and what is in the way."""
    view, action = delivery.payload["view"], delivery.payload["actions"][0]
    draft = read_draft(view)
    if action["action_id"] == ORDER_CHANNEL and draft.channel:
        order = desk.engine.subscription(draft.channel)
        draft = Draft.of(order) if order else draft
    ground = _looked_up(draft, Ground.unpacked(view), delivery, desk)
    desk.dialogs.redraw(desk.client, view["id"], _drawn(draft, ground, desk), at=action["action_ts"])


def preview_order(delivery: Delivery, desk: Desk) -> None:
    """Send the digest as it would be now to the person who asked; nothing is kept."""
    view, action = delivery.payload["view"], delivery.payload["actions"][0]
    draft = read_draft(view)
    drawn = edition(desk.engine.preview_digest(draft.channel or ""), desk.engine, desk.voice)
    desk.write_to(user_of(delivery.payload), preview(drawn, draft.channel), key=delivery.key)
    again = _drawn(draft, Ground.unpacked(view), desk, note=SENT)
    desk.dialogs.redraw(desk.client, view["id"], again, at=action["action_ts"])


def stop_order(delivery: Delivery, desk: Desk) -> None:
    view, action = delivery.payload["view"], delivery.payload["actions"][0]
    channel = action["value"]
    desk.engine.unsubscribe(channel, by=user_of(delivery.payload))
    note = f"✅ No more digests in <#{channel}>."
    again = _drawn(read_draft(view), Ground.unpacked(view), desk, note=note)
    desk.dialogs.redraw(desk.client, view["id"], again, at=action["action_ts"])


def _beginning(channel: str | None, desk: Desk) -> Draft:
    """The order that stands, or a proposal in the team's zone."""
    order = desk.engine.subscription(channel) if channel else None
    return Draft.of(order) if order else Draft(channel, zone=desk.engine.preferences().time_zone)


def _looked_up(draft: Draft, ground: Ground, delivery: Delivery, desk: Desk) -> Ground:
    """Ask Slack what is not known yet: the reader's zone, and whether the channel can get a digest."""
    if not ground.reader:
        zone = desk.people.time_zone(user_of(delivery.payload))
        ground = ground._replace(reader=zone if is_zone(zone) else "")
    if draft.channel and draft.channel != ground.looked_at:
        ground = ground._replace(looked_at=draft.channel, trouble=_trouble(draft.channel, desk))
    return ground


def _trouble(channel: str, desk: Desk) -> Trouble:
    """Where Slack does not tell, nobody is warned: it is asked again before anything is ordered."""
    try:
        return trouble_with(desk.client, channel)
    except (SlackApiError, *UNREACHABLE) as problem:
        log.info("looking at a channel failed: %s", type(problem).__name__)
        return "unknown"


def _drawn(draft: Draft, ground: Ground, desk: Desk, *, note: str = "") -> Block:
    engine, words = desk.engine, desk.voice.marked
    order = engine.subscription(draft.channel) if draft.channel else None
    slot = engine.next_digest(draft.channel or "", weekday=draft.weekday, at=draft.at, zone=draft.zone)
    following = next_edition(slot, draft, ground.reader, words.formats)
    return order_view(draft, ground, order, following, words, note=note)
