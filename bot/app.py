"""The composition root: the one file that sees all rooms, and the order in which they start and stop."""

import logging
import sys
from datetime import UTC, datetime
from functools import partial

from bot.blocks.voice import voice
from bot.crew import Crew
from bot.desk import Desk
from bot.listeners import HANDLERS
from bot.people import People
from bot.publisher import Publisher
from bot.reception import Reception
from bot.settings import Settings
from bot.slack import Identity, Socket, bolt_app, web_client
from engine.engine import Engine
from engine.models.rules import Rules
from engine.narrate.formats import Formats
from engine.ports import Clock
from schedules.scheduler import Scheduler
from schedules.weekly_digest import weekly_digest
from store import Guard, Store, open_store
from store.artifacts import ArtifactFolder

log = logging.getLogger(__name__)


class SystemClock:
    """Real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)


def formats_of(settings: Settings, clock: Clock) -> Formats:
    return Formats(settings.separators, year=clock.now().astimezone(settings.zone).year)


def build_engine(settings: Settings, store: Store, clock: Clock) -> Engine:
    """Make the engine on an open store: all that the shell needs."""
    return Engine(
        store.memory,
        clock,
        rules=Rules(),
        words=voice(formats_of(settings, clock), settings.zone).plain,
        zone=settings.zone,
        approvers=settings.approvers,
        artifacts=ArtifactFolder(settings.output_dir),
    )


class Marko:
    """The running bot. ``start`` returns at once; ``wait`` returns when Slack is connected."""

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        bot_token, app_token = settings.tokens()
        clock = clock or SystemClock()
        self._guard = Guard(settings.database)
        self._store = open_store(settings.database, clock)
        self.engine = build_engine(settings, self._store, clock)
        client = web_client(bot_token, settings.slack_api_url)
        self._people = People(client)
        spoken = voice(formats_of(settings, clock), settings.zone)
        self.publisher = Publisher(self._store.outbox, self.engine, client, voice=spoken, clock=clock)
        desk = Desk(self.engine, client, self._people, self.publisher, spoken, settings.separators)
        self._crew = Crew(self._store.inbox, desk, HANDLERS)
        identity = Identity(client)
        app = bolt_app(client, identity)
        Reception(self._store.inbox, self._crew, clock, settings.separators).attach(app)
        self.scheduler = Scheduler(partial(weekly_digest, self.engine, self.publisher.wake))
        self._met = False
        self._socket = Socket(app, app_token, identity=identity, on_identity=self._meet)

    def start(self) -> None:
        """Publish what was left, then listen: publisher, clock, socket."""
        # The default of 5 ms lets a busy worker hold up an acknowledgement for as long.
        sys.setswitchinterval(0.0002)
        self.publisher.start()
        self.scheduler.start()
        self._socket.start()

    def _meet(self, team_id: str) -> None:
        """Slack says who we are: before anything new comes in, take up what was left, once.

        Not earlier: without Slack no answer arrives, and nobody can be told from a stranger.
        """
        self._people.belong_to(team_id)
        if self._met:
            return
        self._met = True
        resumed = self._crew.resume()
        if resumed:
            log.info("took up %d unfinished request(s)", resumed)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the connection to Slack; raises ``BadToken`` when it is refused for good."""
        return self._socket.wait(timeout_s)

    def stop(self) -> None:
        """Stop the clock, then the socket; finish what was begun; close the store."""
        self.scheduler.stop()
        self._socket.stop()
        self._crew.stop()
        self.publisher.stop()
        self._store.close()
        self._guard.release()
