"""Who somebody is, asked of Slack anew for every decision; a failed look-up is a stranger."""

import logging
import time
from typing import Any

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.slack import UNREACHABLE, brisk_client
from engine.models.answer import Person

log = logging.getLogger(__name__)

NAMED_FOR_S = 3_600.0  # how long a name is good; a failed look-up is tried again sooner
TRIED_FOR_S = 60.0
MOST_NAMES = 1_000


class People:
    """Looks people up in the workspace that the bot belongs to. Safe to call from several threads."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._brisk = brisk_client(client)
        self._team_id: str | None = None
        self._lacks = ""  # the scope that the newest look-up was refused for
        self._names: dict[str, tuple[str, float]] = {}  # each with the moment until which it is good

    def belong_to(self, team_id: str) -> None:
        """Learn which workspace is ours; whoever comes from another one is a stranger."""
        self._team_id = team_id

    @property
    def knows_home(self) -> bool:
        """Whether Slack said which workspace is ours; before that everybody seems to be from another one."""
        return self._team_id is not None

    def look_up(self, user_id: str) -> Person:
        return self._person(user_id, self._asked(user_id))

    def ask(self, user_id: str, client: WebClient) -> Person:
        """Look somebody up by another client; raises what came of it, so that gone differs from failed."""
        return self._person(user_id, client.users_info(user=user_id).get("user"))

    def meet(self, user_id: str, client: WebClient) -> tuple[Person, str]:
        """Look somebody up by another client, with the zone in which they live; raises what came of it."""
        user = client.users_info(user=user_id).get("user")
        return self._person(user_id, user), str((user or {}).get("tz") or "")

    def _person(self, user_id: str, user: dict[str, Any] | None) -> Person:
        if not user:
            return Person(id=user_id, is_known=False, lacks=self._lacks)
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

    def name(self, user_id: str) -> str:
        """What people call somebody, to be said where a mention would ping; "" where it is not known.

        A message waits for it, so it is kept for a while, and not waited for for long.
        """
        name, until = self._names.get(user_id, ("", 0.0))
        if time.monotonic() >= until:
            name = _name_of(self._asked(user_id, self._brisk) or {})
            good_for = NAMED_FOR_S if name else TRIED_FOR_S
            self._names = dict(list(self._names.items())[-MOST_NAMES:])
            self._names[user_id] = (name, time.monotonic() + good_for)
        return name

    def _asked(self, user_id: str, client: WebClient | None = None) -> dict[str, Any] | None:
        try:
            user: dict[str, Any] | None = (client or self._client).users_info(user=user_id).get("user")
            self._lacks = ""
            return user
        except (SlackApiError, *UNREACHABLE) as problem:
            self._lacks = _scope_of(problem)
            log.warning("looking up a user failed: %s", type(problem).__name__)
            return None


def _scope_of(problem: Exception) -> str:
    """The scope that Slack refused this for; "" where it was refused or broken otherwise."""
    refused = isinstance(problem, SlackApiError) and problem.response.get("error") == "missing_scope"
    return "users:read" if refused else ""


def _name_of(user: dict[str, Any]) -> str:
    profile = user.get("profile") or {}
    known = (profile.get("display_name"), profile.get("real_name"), user.get("real_name"))
    return next((each for each in known if isinstance(each, str) and each.strip()), "")
