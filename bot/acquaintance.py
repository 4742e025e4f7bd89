"""Getting to know whom Marko may ping: where they live, so that nobody is woken, and who is no member."""

import logging
from datetime import datetime, timedelta

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.people import People
from bot.slack import UNREACHABLE
from engine.engine import Engine
from engine.ports import Clock

log = logging.getLogger(__name__)

HOLDS = timedelta(days=1)  # people travel
TRIED_FOR = timedelta(hours=1)
AT_ONCE = 5


class Acquaintance:
    """A round of the tick: a few people are looked up each time, until all are known for a day."""

    def __init__(self, engine: Engine, people: People, client: WebClient, clock: Clock) -> None:
        self._engine = engine
        self._people = people
        self._client = client
        self._clock = clock
        self._good_until: dict[str, datetime] = {}

    def keep_up(self) -> int:
        """Look up who is not known, or not lately; returns how many were.

        Not before Slack said which workspace is ours: nobody would be pinged, since all are strangers then.
        """
        if not self._people.knows_home:
            return 0
        now = self._clock.now()
        self._good_until = {each: until for each, until in self._good_until.items() if until > now}
        strangers = [each for each in self._engine.to_be_pinged() if each not in self._good_until]
        for each in strangers[:AT_ONCE]:
            self._good_until[each] = now + (HOLDS if self._meet(each) else TRIED_FOR)
        return len(strangers[:AT_ONCE])

    def _meet(self, user_id: str) -> bool:
        try:
            person, zone = self._people.meet(user_id, self._client)
        except (SlackApiError, *UNREACHABLE) as problem:
            log.info("looking up whom to ping failed: %s", type(problem).__name__)
            return False
        self._engine.meet(person, zone)
        return person.is_known
