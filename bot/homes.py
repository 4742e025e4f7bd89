"""Everybody's Home: drawn when it is opened, and kept as new as the record for an hour after that.

A Home is a view of the record, as a card is. The crew draws the one that somebody opens, at once; a thread
brings the others up to date, at most one a second, and only where something else is to be read there.
Who looks is known to this run alone: Slack tells of every opening, so nothing has to be kept.
"""

import hashlib
import json
import logging
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event, Lock, Thread

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.blocks.home import Found, home
from bot.blocks.kit import Block
from bot.blocks.voice import Voice
from bot.links import link_of
from bot.patience import asked_s
from bot.people import People
from bot.publisher import Publisher
from bot.sending import GARBLED, code_of, is_busy, is_doubtful
from bot.slack import UNREACHABLE
from engine.engine import Engine
from engine.models.answer import Person
from engine.ports import Clock

log = logging.getLogger(__name__)

PACE_S = 1.0
STOP_S = 10.0  # longer than three calls of a brisk client
LOOKED_AT = timedelta(hours=1)
MOST = 100
REST = timedelta(seconds=30)
SILENCE = timedelta(seconds=5)
ROLE_HOLDS = timedelta(minutes=5)
EVER, NEVER = datetime.min.replace(tzinfo=UTC), datetime.max.replace(tzinfo=UTC)


@dataclass
class _Look:
    """One Home that somebody looks at; ``lock`` is held while it is drawn."""

    opened_at: datetime
    due_at: datetime = EVER  # not to be drawn before; the earliest has waited longest
    found: Found | None = None  # what a search brought, until Home is opened again
    person: Person | None = None  # who this is, as Slack said
    told_at: datetime = EVER  # when Slack said it
    state: str = ""  # what the record was like when this Home was last compared with it
    drawn: str = ""  # a digest of the view that stands there, "" where nobody knows
    lock: Lock = field(default_factory=Lock)


class Homes:
    """Draws Homes with a client that waits for nobody: see ``bot.slack.brisk_client``."""

    def __init__(
        self,
        engine: Engine,
        client: WebClient,
        people: People,
        publisher: Publisher,
        *,
        voice: Voice,
        clock: Clock,
    ) -> None:
        self._engine = engine
        self._client = client
        self._people = people
        self._publisher = publisher
        self._voice = voice
        self._clock = clock
        self._guard = Lock()
        self._looks: dict[str, _Look] = {}
        self._rests_until = EVER
        self._stopping = Event()
        self._awake = Event()
        self._thread = Thread(target=self._run, name="homes", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def stop(self) -> None:
        """Finish the Home that is being drawn; to be called before the store is closed."""
        self._stopping.set()
        self._awake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=STOP_S)

    def opened(self, user: str) -> None:
        """Draw a Home for somebody who looks at it now; what a search found there is over."""
        self._draw_now(user, None)

    def searched(self, user: str, found: Found) -> None:
        """Show what a search found, until this person opens Home again."""
        self._draw_now(user, found)

    def catch_up(self) -> bool:
        """Bring the Home up to date that has waited longest; False where nothing is to be done now."""
        now = self._clock.now()
        looks = self._looked_at(now)
        if not looks or now < self._rests_until:
            return False
        state = self._state()
        due = {user: each for user, each in looks.items() if each.state != state and each.due_at <= now}
        if not due:
            return False
        user = min(due, key=lambda each: due[each].due_at)
        with due[user].lock:
            if due[user].state != state:  # else it was opened and drawn meanwhile
                self._try(user, due[user])
        return True

    def _run(self) -> None:
        while not self._stopping.is_set():
            try:
                self.catch_up()
            except Exception:
                # The last resort: one Home that cannot be drawn must not stop the others.
                log.exception("a Home was not drawn")
            self._awake.clear()
            if self._looks:
                self._stopping.wait(PACE_S)
            else:
                self._awake.wait()

    def _draw_now(self, user: str, found: Found | None) -> None:
        look = self._look_of(user)
        self._awake.set()
        with look.lock:
            look.found = found
            # Drawn whatever stands there, for whoever this is by now.
            look.state, look.drawn, look.told_at = "", "", EVER
            self._try(user, look)

    def _look_of(self, user: str) -> _Look:
        now = self._clock.now()
        with self._guard:
            look = self._looks.setdefault(user, _Look(now))
            look.opened_at = now
            if len(self._looks) > MOST:
                self._looks.pop(min(self._looks, key=lambda each: self._looks[each].opened_at))
        return look

    def _looked_at(self, now: datetime) -> dict[str, _Look]:
        with self._guard:
            self._looks = {
                user: each for user, each in self._looks.items() if now - each.opened_at < LOOKED_AT
            }
            return dict(self._looks)

    def _try(self, user: str, look: _Look) -> None:
        """Draw; whoever's Home cannot be drawn rests, and all do where Slack has no time for us."""
        now = self._clock.now()
        if now < self._rests_until:
            return
        look.due_at = now + REST
        try:
            self._draw(user, look)
        except SlackApiError as refused:
            log.warning("a Home was not drawn: %s", code_of(refused))
            if is_busy(refused):
                look.due_at = now
                is_told = "Retry-After" in refused.response.headers
                self._rest(timedelta(seconds=asked_s(refused)) if is_told else REST)
            elif not is_doubtful(refused):
                look.due_at = NEVER  # until they open it again
        except (*UNREACHABLE, *GARBLED) as broken:
            log.warning("a Home was not drawn: %s", type(broken).__name__)
            look.due_at = now
            self._rest(SILENCE)

    def _rest(self, how_long: timedelta) -> None:
        self._rests_until = self._clock.now() + how_long

    def _draw(self, user: str, look: _Look) -> None:
        state = self._state()
        person = self._person(user, look)
        if not person.is_known or self._stopping.is_set():
            return
        if not self._engine.has_a_channel():
            self._look_for_a_channel()
        view = self._view(person, look.found)
        digest = hashlib.sha256(json.dumps(view).encode()).hexdigest()
        if digest != look.drawn:
            look.drawn = ""  # until Slack says that it arrived
            self._client.views_publish(user_id=user, view=view)
            look.drawn = digest
        look.state, look.due_at = state, self._clock.now()

    def _person(self, user: str, look: _Look) -> Person:
        """Say for whom to draw: to show something, and never to decide, it may be known for minutes."""
        now = self._clock.now()
        if look.person is not None and now - look.told_at < ROLE_HOLDS:
            return look.person
        person = self._people.ask(user, self._client)
        look.person, look.told_at = (person, now) if person.is_known else (None, EVER)
        return person

    def _view(self, person: Person, found: Found | None) -> Block:
        overview = self._engine.overview(person)
        links = {each.id: link for each in overview.shown if (link := link_of(self._engine, each.id))}
        return home(overview, self._voice, links, found)

    def _state(self) -> str:
        """Give a mark of all that Homes show; of a card that came to stand somewhere the publisher knows."""
        return f"{self._engine.pulse()} {self._publisher.shown}"

    def _look_for_a_channel(self) -> None:
        """Ask Slack whether somebody invited us while nobody listened."""
        types = "public_channel,private_channel"
        try:
            answer = self._client.users_conversations(types=types, exclude_archived=True, limit=100)
        except SlackApiError as refused:
            log.warning("looking for our channels failed: %s", refused.response.get("error"))
            return
        if found := answer.get("channels"):
            self._engine.seen_in(str(found[0]["id"]))
