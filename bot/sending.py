"""Handing a message to Slack, and what Slack's refusals mean."""

import json
import logging
import re
from collections.abc import Callable
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.blocks.kit import Message
from bot.blocks.plainer import ways

log = logging.getLogger(__name__)

INVALID_BLOCKS = "invalid_blocks"
# Slack took nothing in, and asks to come again.
BUSY = frozenset({"ratelimited", "rate_limited", "team_added_to_org"})
# Slack may have kept the message although it answers one of these.
DOUBTFUL = frozenset({"fatal_error", "internal_error", "request_timeout", "service_unavailable"})
# What came is no answer of Slack's: the line, or something on it, garbled it.
GARBLED = (json.JSONDecodeError, UnicodeDecodeError)


def code_of(refused: SlackApiError) -> str:
    """Slack's own code; "HTTP 502" and the like where the answer was not Slack's."""
    code = str(refused.response.get("error") or "")
    return code if re.fullmatch(r"[a-z][a-z0-9_]*", code) else f"HTTP {refused.response.status_code}"


def is_busy(refused: SlackApiError) -> bool:
    return code_of(refused) in BUSY or refused.response.status_code == 429


def is_doubtful(refused: SlackApiError) -> bool:
    code = code_of(refused)
    return code in DOUBTFUL or code.startswith("HTTP ") or refused.response.status_code >= 500


def or_plainer(call: Callable[..., Any], key: str, message: Message, **arguments: Any) -> Any:
    """Send the blocks. Some that Slack does not take must not cost the message: the words still arrive."""
    *drawn, none = ways(message.blocks)
    for blocks in drawn:
        try:
            return call(blocks=blocks, **arguments)
        except SlackApiError as refused:
            if code_of(refused) != INVALID_BLOCKS:
                raise
            log.error("Slack refused the blocks of %s: %s", key, refused.response.get("response_metadata"))
    return call(blocks=none, **arguments)
