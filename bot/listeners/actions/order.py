"""The dialog that orders a weekly digest: opened, following each choice, previewed, and the way out."""

from collections.abc import Mapping
from functools import partial

from bot.blocks.kit import Block
from bot.blocks.notices import may_not_end
from bot.blocks.order_view import Draft, Ground, next_edition, order_view, read_draft
from bot.channels import CHANNELS, trouble_told
from bot.desk import Desk, channel_of, user_of
from bot.ids import ORDER_CHANNEL
from bot.zones import is_zone
from engine.errors import MayNotEnd
from engine.models.delivery import Delivery

PATIENCE_S = 10.0
PREVIEWED: Mapping[str, str] = {
    "sent": "✅ The preview is in your messages with me.",
    "waiting": "The preview is on its way to your messages with me.",
    "parked": "Slack did not take the preview. Nothing was lost; please press again.",
}


def open_digest(delivery: Delivery, desk: Desk) -> None:
    """Open it for the channel where it was asked for; what has to be looked up is drawn a moment later."""
    found = channel_of(delivery.payload) or ""
    channel = found if found.startswith(CHANNELS) else ""
    draft, ground = _beginning(channel or None, desk), Ground(channel=channel)
    view_id = desk.open_view(delivery, _drawn(draft, ground, desk))
    desk.later(partial(_fill, view_id, draft, ground, delivery, desk))


def follow_order(delivery: Delivery, desk: Desk) -> None:
    """Something was chosen: say when the next digest comes, and what is in the way."""
    view, action = delivery.payload["view"], delivery.payload["actions"][0]
    draft = read_draft(view)
    if action["action_id"] == ORDER_CHANNEL and draft.channel:
        order = desk.engine.subscription(draft.channel)
        draft = Draft.of(order) if order else draft
    ground = _looked_up(draft, Ground.unpacked(view), delivery, desk)
    desk.redraw_view(view["id"], _drawn(draft, ground, desk), at=action["action_ts"])


def preview_order(delivery: Delivery, desk: Desk) -> None:
    """Send the digest as it would be now to the person who asked, once; nothing of it is kept."""
    view, action = delivery.payload["view"], delivery.payload["actions"][0]
    draft, person = read_draft(view), user_of(delivery.payload)
    key = desk.engine.send_preview(draft.channel or "", to=person, key=delivery.key)
    outcome = desk.publisher.outcome(key, PATIENCE_S)
    again = _drawn(draft, Ground.unpacked(view), desk, note=PREVIEWED[outcome.state])
    desk.redraw_view(view["id"], again, at=action["action_ts"])


def stop_order(delivery: Delivery, desk: Desk) -> None:
    view, action = delivery.payload["view"], delivery.payload["actions"][0]
    channel = action["value"]
    try:
        desk.engine.unsubscribe(channel, by=desk.person(delivery))
        note = f"✅ No more digests in <#{channel}>."
    except MayNotEnd as refused:  # said in the dialog, which stands before everything else
        note = may_not_end(refused, desk.voice.marked)
    again = _drawn(read_draft(view), Ground.unpacked(view), desk, note=note)
    desk.redraw_view(view["id"], again, at=action["action_ts"])


def _beginning(channel: str | None, desk: Desk) -> Draft:
    """The order that stands, or a proposal in the team's zone."""
    order = desk.engine.subscription(channel) if channel else None
    return Draft.of(order) if order else Draft(channel, zone=desk.engine.preferences().time_zone)


def _fill(view_id: str, draft: Draft, ground: Ground, delivery: Delivery, desk: Desk) -> None:
    ground = _looked_up(draft, ground, delivery, desk)
    desk.redraw_view(view_id, _drawn(draft, ground, desk))


def _looked_up(draft: Draft, ground: Ground, delivery: Delivery, desk: Desk) -> Ground:
    """Ask Slack what is not known yet: the reader's zone, and whether the channel can get a digest."""
    if not ground.reader:
        zone = desk.people.time_zone(user_of(delivery.payload))
        ground = ground._replace(reader=zone if is_zone(zone) else "")
    if draft.channel and draft.channel != ground.looked_at:
        ground = ground._replace(looked_at=draft.channel, trouble=trouble_told(desk.client, draft.channel))
    return ground


def _drawn(draft: Draft, ground: Ground, desk: Desk, *, note: str = "") -> Block:
    engine, words = desk.engine, desk.voice.marked
    order = engine.subscription(draft.channel) if draft.channel else None
    slot = engine.next_digest(draft.channel or "", weekday=draft.weekday, at=draft.at, zone=draft.zone)
    following = next_edition(slot, draft, ground.reader, words.formats)
    return order_view(draft, ground, order, following, words, note=note)
