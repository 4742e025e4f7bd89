"""What to ask, offered where somebody opens the conversation with the bot."""

import logging
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.blocks.limits import clip
from bot.blocks.mrkdwn import straight
from bot.desk import Desk, channel_of
from bot.slack import UNREACHABLE
from engine.models.delivery import Delivery

log = logging.getLogger(__name__)

MOST_PROMPTS = 4
LONGEST = 75


def suggest(delivery: Delivery, desk: Desk) -> None:
    """Offer questions that can be answered now, with the name of a campaign that is really known."""
    channel = channel_of(delivery.payload)
    if not channel or not desk.engine.may(desk.person(delivery), "ask"):
        return  # whoever cannot ask is offered no question
    asked = [straight(clip(each, LONGEST)) for each in desk.engine.prompts()[:MOST_PROMPTS]]
    prompts: list[dict[str, Any]] = [{"title": each, "message": each} for each in asked]
    try:
        desk.client.assistant_threads_setSuggestedPrompts(channel_id=channel, prompts=prompts)
    except (SlackApiError, *UNREACHABLE) as refused:
        # A courtesy: without the scope, or in a workspace without agents, people ask all the same.
        log.info("no prompts in %s: %s", channel, type(refused).__name__)
