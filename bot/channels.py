"""Whether a card or a digest can go to a channel, asked of Slack anew."""

import logging
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks.order_view import Trouble
from bot.slack import UNREACHABLE

log = logging.getLogger(__name__)

CHANNELS = ("C", "G")  # how the ids of channels begin; "D" is a direct message
NOT_SEEN = frozenset({"channel_not_found", "not_in_channel"})  # a private channel without us is not there


def trouble_with(client: WebClient, channel: str) -> Trouble:
    """Say why no digest can go there; "" when it can. Whatever else Slack refuses is raised."""
    try:
        found = client.conversations_info(channel=channel).get("channel") or {}
    except SlackApiError as refused:
        if refused.response.get("error") in NOT_SEEN:
            return "not_in_channel"
        raise
    return _trouble(found)


def trouble_told(client: WebClient, channel: str) -> Trouble:
    """Say the same while a dialog is open: where Slack does not tell, "unknown", and nobody is warned."""
    try:
        return trouble_with(client, channel)
    except (SlackApiError, *UNREACHABLE) as problem:
        log.info("looking at a channel failed: %s", type(problem).__name__)
        return "unknown"


def _trouble(channel: dict[str, Any]) -> Trouble:
    """Direct messages are no channels; a channel shared with another company is not ours alone."""
    reasons: dict[Trouble, bool] = {
        "no_channel": bool(channel.get("is_im") or channel.get("is_mpim")),
        "archived": bool(channel.get("is_archived")),
        "foreign": bool(channel.get("is_ext_shared") or channel.get("is_pending_ext_shared")),
        "not_in_channel": not channel.get("is_member"),
    }
    return next((reason for reason, holds in reasons.items() if holds), "")
