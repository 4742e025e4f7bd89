"""Who of several people is of this workspace: for drawing a dialog, so what was found is kept for a while.

Nothing is decided by it: whoever is to be named, or decides, is looked up anew by ``bot.people``.
"""

import time
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from threading import Lock

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks.settings_view import Place
from bot.people import People
from bot.sending import code_of
from bot.slack import UNREACHABLE

NOT_HERE = frozenset({"user_not_found", "user_not_visible"})
KEPT_S = 3_600.0
PATIENCE_S = 6.0  # somebody looks at a dialog that waits for this
AT_ONCE = 6


class Whereabouts:
    """Safe to call from several threads: one asks Slack, and the others find what it found."""

    def __init__(self, people: People, client: WebClient) -> None:
        self._people = people
        self._client = client
        self._lock = Lock()
        self._kept: dict[str, tuple[Place, float]] = {}  # each with the moment until which it is good

    def of(self, people: Sequence[str], *, room: int) -> dict[str, Place]:
        """Say where each of them is, in this order, until there are as many here as there is room for."""
        places: dict[str, Place] = {}
        rest = list(people)
        with self._lock:
            until = time.monotonic() + PATIENCE_S
            while rest and (free := room - list(places.values()).count("here")) > 0:
                batch, rest = rest[:free], rest[free:]
                places |= self._places(batch, until)
        return places | dict.fromkeys(rest, "beyond")

    def _places(self, people: Sequence[str], until: float) -> dict[str, Place]:
        now = time.monotonic()
        unknown = [each for each in people if self._kept.get(each, ("", 0.0))[1] <= now]
        with ThreadPoolExecutor(AT_ONCE, thread_name_prefix="whereabouts") as pool:
            asked = dict(zip(unknown, pool.map(lambda each: self._ask(each, until), unknown), strict=True))
        self._kept |= {each: (place, now + KEPT_S) for each, place in asked.items() if place != "unanswered"}
        return {each: asked[each] if each in asked else self._kept[each][0] for each in people}

    def _ask(self, user_id: str, until: float) -> Place:
        if time.monotonic() >= until:
            return "unanswered"
        try:
            person = self._people.ask(user_id, self._client)
        except SlackApiError as refused:
            return "elsewhere" if code_of(refused) in NOT_HERE else "unanswered"
        except UNREACHABLE:
            return "unanswered"
        if not person.is_known:
            return "unanswered"
        return "elsewhere" if person.is_foreign else "here"
