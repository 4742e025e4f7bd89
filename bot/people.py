"""Who somebody is, asked of Slack anew for every decision; a failed look-up is a stranger."""

import logging
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack import UNREACHABLE
from engine.models.answer import Person

log = logging.getLogger(__name__)


class People:
    """Looks people up in the workspace that the bot belongs to."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._team_id: str | None = None

    def belong_to(self, team_id: str) -> None:
        """Learn which workspace is ours; whoever comes from another one is a stranger."""
        self._team_id = team_id

    def look_up(self, user_id: str) -> Person:
        user = self._asked(user_id)
        if not user:
            return Person(id=user_id, is_known=False)
        return Person(
            id=user_id,
            is_bot=bool(user.get("is_bot")),
            is_deactivated=bool(user.get("deleted")),
            is_guest=bool(user.get("is_restricted") or user.get("is_ultra_restricted")),
            is_foreign=bool(user.get("is_stranger")) or user.get("team_id") != self._team_id,
            is_admin=bool(user.get("is_admin") or user.get("is_owner")),
        )

    def time_zone(self, user_id: str) -> str:
        """The zone in which this person lives, as Slack knows it; "" where it is not known."""
        user = self._asked(user_id) or {}
        return str(user.get("tz") or "")

    def _asked(self, user_id: str) -> dict[str, Any] | None:
        try:
            return self._client.users_info(user=user_id).get("user")
        except (SlackApiError, *UNREACHABLE) as problem:
            log.warning("looking up a user failed: %s", type(problem).__name__)
            return None
