"""The dialog of ``/analyze``: opened by the command or a button, and redrawn when another way is chosen."""

from functools import partial

from bot.blocks import notices
from bot.blocks.closed import told_view
from bot.blocks.inquiry import TITLE, How, Inquiry, how_of, inquiry_view
from bot.channels import CHANNELS, trouble_told
from bot.desk import Desk, channel_of
from bot.dialogs import FOR_GOOD
from engine.models.delivery import Delivery


def open_analyze(delivery: Delivery, desk: Desk) -> None:
    """Offer what can be chosen; where nothing is known yet, what can be entered."""
    channel = channel_of(delivery.payload) or ""
    how: How = "known" if desk.engine.knows_campaigns() else "enter"
    view_id = desk.open_view(delivery, inquiry_view(Inquiry(channel, how, {}), desk.separators))
    if channel.startswith(CHANNELS):
        desk.later(partial(_look_at, channel, view_id, desk))


def analyze_how(delivery: Delivery, desk: Desk) -> None:
    """Show the inputs of the way that was chosen; what was typed under the others stays."""
    view, action = delivery.payload["view"], delivery.payload["actions"][0]
    inquiry = Inquiry.unpacked(view)._replace(how=how_of(view))
    desk.redraw_view(view["id"], inquiry_view(inquiry, desk.separators), at=action["action_ts"])


def _look_at(channel: str, view_id: str, desk: Desk) -> None:
    """Where no card could be posted, say so before anybody has typed much."""
    if trouble_told(desk.client, channel) == "not_in_channel":
        told = notices.not_in_channel("/analyze")
        desk.redraw_view(view_id, told_view(TITLE, told.blocks), at=FOR_GOOD)
