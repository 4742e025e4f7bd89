"""Everybody's Home: drawn when it is opened, and again when what it shows has changed.

A Home is a view of the record, as a card is. One thread draws them, one at a time and only when no
message waits, so that ten decisions in a row are one new Home for each person.
"""

import logging
from datetime import datetime, timedelta

from slack_sdk.errors import SlackApiError

from bot.blocks.home import Found, home
from bot.desk import Desk
from bot.slack import UNREACHABLE
from engine.ports import Clock

log = logging.getLogger(__name__)

REST = timedelta(seconds=30)
# This person's Home can never be drawn again.
GONE = frozenset({"user_not_found", "user_not_visible", "account_inactive", "not_enabled"})


class Homes:
    """Keeps opened Homes as new as the record. After a start each is drawn once."""

    def __init__(self, desk: Desk, clock: Clock) -> None:
        self._desk = desk
        self._clock = clock
        self._drawn: dict[str, tuple[str, str]] = {}
        self._seen = ""
        self._rests_until: datetime | None = None

    def catch_up(self) -> bool:
        """Draw one Home that shows something old; False when none does, or Slack takes none now."""
        if self._rests_until and self._clock.now() < self._rests_until:
            return False
        self._rests_until = None
        engine = self._desk.engine
        state = f"{engine.pulse()} {self._desk.publisher.shown}"
        settled, self._seen = state == self._seen, state
        marks = {person: (state, key) for person, key in engine.homes().items()}
        stale = next(
            (each for each, mark in marks.items() if self._is_old(each, mark, settled=settled)), None
        )
        if stale is None:
            return False
        if self._draw(stale):
            self._drawn[stale] = marks[stale]
            return True
        self._rests_until = self._clock.now() + REST
        return False

    def _is_old(self, person: str, mark: tuple[str, str], *, settled: bool) -> bool:
        """Whoever opens a Home gets it at once; else it waits until two looks find nothing changing."""
        state, key = self._drawn.get(person, ("", ""))
        return key != mark[1] or (settled and state != mark[0])

    def _draw(self, person: str) -> bool:
        try:
            return show(person, self._desk)
        except SlackApiError as refused:
            code = str(refused.response.get("error"))
            log.warning("a Home was not drawn: %s", code)
            if code in GONE:
                self._desk.engine.home_closed(person)
                return True
        except UNREACHABLE as broken:
            log.warning("a Home was not drawn: %s", type(broken).__name__)
        return False


def show(user: str, desk: Desk, found: Found | None = None) -> bool:
    """Draw a person's Home as it is now; False where nobody can tell who they are."""
    person = desk.people.look_up(user)
    if not person.is_known:
        return False
    if not desk.engine.has_a_channel():
        _look_for_a_channel(desk)
    overview = desk.engine.overview(person)
    links = {each.id: link for each in overview.shown if (link := desk.link_of(each.id))}
    desk.client.views_publish(user_id=user, view=home(overview, desk.voice, links, found))
    return True


def _look_for_a_channel(desk: Desk) -> None:
    """Ask Slack whether somebody invited us while nobody listened."""
    types = "public_channel,private_channel"
    try:
        found = desk.client.users_conversations(types=types, exclude_archived=True, limit=100)["channels"]
    except SlackApiError as refused:
        log.warning("looking for our channels failed: %s", refused.response.get("error"))
        return
    if found:
        desk.engine.seen_in(str(found[0]["id"]))
