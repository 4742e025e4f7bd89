"""The dialog of ``/analyze``: opened from a button, and redrawn when another way is chosen."""

import logging

from slack_sdk.errors import SlackApiError

from bot.blocks.inquiry import How, Inquiry, how_of, inquiry_view
from bot.desk import Desk, channel_of
from engine.models.delivery import Delivery

log = logging.getLogger(__name__)

# Another click was quicker, or the dialog is closed: there is nothing to redraw any more.
TOO_LATE = frozenset({"hash_conflict", "not_found", "view_not_found"})


def open_analyze(delivery: Delivery, desk: Desk) -> None:
    """Offer what can be chosen; where nothing is known yet, what can be entered."""
    how: How = "known" if desk.engine.campaign_choices("") else "enter"
    inquiry = Inquiry(channel_of(delivery.payload) or "", how, {})
    desk.open_view(delivery, inquiry_view(inquiry, desk.separators))


def analyze_how(delivery: Delivery, desk: Desk) -> None:
    """Show the inputs of the way that was chosen; what was typed under the others stays."""
    view = delivery.payload["view"]
    inquiry = Inquiry.unpacked(view)._replace(how=how_of(view))
    try:
        desk.client.views_update(
            view_id=view["id"], hash=view["hash"], view=inquiry_view(inquiry, desk.separators)
        )
    except SlackApiError as refused:
        if refused.response.get("error") not in TOO_LATE:
            raise
        log.info("a dialog changed before it could be redrawn")
