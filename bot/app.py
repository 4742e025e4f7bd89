"""The composition root: the one file that sees all rooms, and the order in which they start and stop."""

import logging
import socket
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from slack_bolt import App
from slack_sdk import WebClient

from bot.acquaintance import Acquaintance
from bot.blocks.voice import voice
from bot.briskness import switch_often
from bot.clock import SystemClock
from bot.courier import Courier
from bot.crew import Crew
from bot.desk import Desk
from bot.dialogs import Dialogs
from bot.finding import Finding
from bot.heartbeat import Heartbeat
from bot.homes import Homes
from bot.limiter import Limiter
from bot.listeners import HANDLERS, is_following, is_quick, is_reading
from bot.mailroom import Mailroom
from bot.opening import open_memory
from bot.people import People
from bot.pictures import Pictures
from bot.publisher import Publisher
from bot.reading_room import ReadingRoom
from bot.reception import Reception
from bot.settings import SET_IN_SLACK_TOO, Settings
from bot.slack import TIMEOUT_S, Connection, Identity, bolt_app, brisk_client, web_client
from bot.speech import Speech
from bot.studio import Studio
from bot.whereabouts import Whereabouts
from engine.engine import Engine
from engine.explain.embedder import LocalEmbedder
from engine.models.discreet import Discretion
from engine.models.rules import Rules
from engine.narrate.formats import Formats
from engine.narrate.llm import LanguageModel
from engine.narrate.llm_narrator import ModelNarrator
from engine.narrate.openai_embedder import DEADLINE_S, OpenAIEmbedder
from engine.narrate.paid_model import ModelSettings
from engine.narrate.purse import Purse
from engine.narrate.words import Words
from engine.ports import Clock, Embedder, Narrator
from engine.recollection import Recollection
from schedules.pruning import prune
from schedules.rounds import rounds
from schedules.scheduler import Scheduler
from schedules.timekeeping import keep_time
from schedules.weekly_digest import weekly_digest
from store import Guard, Store, leases
from store.artifacts import ArtifactFolder

if TYPE_CHECKING:
    from bot.web.server import WebServer

log = logging.getLogger(__name__)

BEATS_A_LEASE = 4
KINDS = {"quick": is_quick, "follows": is_following, "reads": is_reading}  # what has a pool of its own
READING = "reading"  # the folder of files that are being read
NO_YEAR = 0  # no year goes without saying


def given_by(settings: Settings) -> set[str]:
    """Name the settings that the environment sets, and Slack may set otherwise."""
    named = {name for name, variable in SET_IN_SLACK_TOO.items() if variable in settings.given}
    return named | ({"approvers"} if settings.approvers else set())


def embedder_of(settings: Settings, purse: Purse) -> Embedder:
    """Choose what embeds: the local one, or where a key is set a model of its endpoint."""
    if not settings.openai_api_key:
        return LocalEmbedder()
    model = ModelSettings(
        model=settings.embedding_model,
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        deadline_s=DEADLINE_S,
        prices=settings.prices,
        hide=Discretion(settings.secrets).hide,
    )
    return OpenAIEmbedder(model, purse)


def build_engine(settings: Settings, store: Store, clock: Clock) -> Engine:
    """Make the engine on an open store: all that the shell needs."""
    # One purse for every model, so that the day's budget is the budget of all together.
    purse = Purse(
        store.memory,
        clock,
        zone=lambda: engine.zone,
        budget=settings.llm_budget_usd,
        approvers=lambda: engine.approvers,
    )
    embedder = embedder_of(settings, purse)
    engine = Engine(
        store.memory,
        clock,
        rules=Rules(),
        # What is kept names its year: it is read on other days, and has to be the same bytes on all.
        words=voice(Formats(settings.separators, year=NO_YEAR), settings.zone).plain,
        zone=settings.zone,
        approvers=settings.approvers,
        given=given_by(settings),
        limits=settings.limits,
        audit=store.audit,
        connected=settings.receivers.connected,
        artifacts=ArtifactFolder(settings.output_dir),
        recollection=Recollection(embedder, store.vectors(settings.vectors, embedder)),
        narrator=narrator_of(settings, purse, lambda: speech.plain),
    )
    speech = Speech(engine, clock)
    return engine


def narrator_of(settings: Settings, purse: Purse, words: Callable[[], Words]) -> Narrator | None:
    """Set up the model that words insights, where a key is set."""
    if not settings.openai_api_key:
        return None
    model = ModelSettings(
        model=settings.insights_model,
        api_key=settings.openai_api_key,
        base_url=settings.openai_base_url,
        deadline_s=settings.llm_deadline_s,
        prices=settings.prices,
        hide=Discretion(settings.secrets).hide,
    )
    return ModelNarrator(LanguageModel(model, purse), words)


def reading_room(settings: Settings, clock: Clock) -> ReadingRoom:
    """Make the place where files are read.

    One bot owns an embedded memory, and so the folder beside it; on a server several bots may run.
    """
    return ReadingRoom(None if settings.database_url else settings.database.parent / READING, clock=clock)


class Marko:
    """The running bot. ``start`` returns at once; ``wait`` returns when Slack is connected.

    ``web`` is its server for HTTP, where a port is set or Slack comes by HTTP.
    """

    def __init__(self, settings: Settings, *, clock: Clock | None = None) -> None:
        bot_token, app_token = settings.tokens()
        listener = _listener(settings.http_port)
        clock = clock or SystemClock()
        # On a server several bots may run: leases keep them apart (``store/leases.py``).
        self._guard = None if settings.database_url else Guard(settings.database)
        self._store = open_memory(settings, clock)
        self.engine = build_engine(settings, self._store, clock)
        client = web_client(bot_token, settings.slack_api_url)
        self._people = People(client)
        self._speech = spoken = Speech(self.engine, clock)
        self._pictures = Pictures(self.engine, client, Studio(), spoken)
        self.publisher = Publisher(
            self._store.outbox,
            self.engine,
            client.hasty(TIMEOUT_S),  # intents wait in the outbox, and hold up no other channel's
            voice=spoken,
            clock=clock,
            pictures=self._pictures,
            name_of=self._people.name,
        )
        self.courier = Courier(
            self._store.executions, self.engine, settings.receivers, clock=clock, told=self.publisher.wake
        )
        self.publisher.wakes(self.courier.wake)
        self._room = reading_room(settings, clock)
        self._mailroom = Mailroom(
            self._store.hooks,
            self.engine,
            self._room,
            clock=clock,
            channel=settings.hooks.channel,
            told=self.publisher.wake,
        )
        brisk = brisk_client(client)
        self._homes = Homes(self.engine, brisk, self._people, self.publisher, voice=spoken, clock=clock)
        self._limiter = Limiter(self._store.tally, clock)
        desk = Desk(
            self.engine,
            client,
            self._people,
            self.publisher,
            spoken,
            self._homes,
            dialogs=Dialogs(),
            whereabouts=Whereabouts(self._people, brisk),
            room=self._room,
            examine=partial(_examine, settings, self.engine, self._store),
            limiter=self._limiter,
        )
        self._crew = Crew(self._store.inbox, desk, HANDLERS, **KINDS)
        self._heartbeat = self._beating()
        identity = Identity(client)
        app = bolt_app(client, identity, settings.slack_signing_secret)
        Reception(self._store.inbox, self._crew, self.engine, clock, spoken).attach(app)
        self.scheduler = self._ticking(brisk, clock)
        self._met = False
        self._slack = Connection(app, app_token, identity=identity, on_identity=self._meet)
        self.web = self._web(settings, app, listener) if listener else None

    def _beating(self) -> Heartbeat:
        # Not the executions: the courier holds what it is sending itself, and what it left to its lease
        # because nobody can tell any more must run out.
        held = (self._store.inbox, self._store.outbox, self._store.hooks)
        beats = (*(each.renew for each in held), self._take_up, self._store.audit.keep_up)
        return Heartbeat(beats, every_s=leases.LEASE_S / BEATS_A_LEASE)

    def _ticking(self, brisk: WebClient, clock: Clock) -> Scheduler:
        due = (weekly_digest, keep_time)
        ticks = (partial(each, self.engine, self.publisher.wake) for each in due)
        meet = Acquaintance(self.engine, self._people, brisk, clock).keep_up
        return Scheduler(rounds(meet, *ticks, partial(prune, self._store.prune, clock)))

    def start(self) -> None:
        """Publish what was left, then listen: publisher, clock, Slack, HTTP."""
        switch_often()
        self.engine.prepare_choices()
        self._heartbeat.start()
        self.publisher.start()
        self.courier.start()
        self._mailroom.start()
        self._homes.start()
        self.scheduler.start()
        self._slack.start()
        if self.web:
            self.web.start()

    def _meet(self, team_id: str) -> None:
        """Slack says who we are: before anything new comes in, take up what was left, once.

        Not earlier: without Slack no answer arrives, and nobody can be told from a stranger.
        """
        self._people.belong_to(team_id)
        if self._met:
            return
        resumed = self._crew.resume()
        self._met = True
        if resumed:
            log.info("took up %d unfinished request(s)", resumed)

    def _take_up(self) -> None:
        """Take up what a bot beside this one had accepted when it died."""
        if self._met and (taken := self._crew.take_up()):
            log.info("took up %d request(s) of another bot", taken)

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the connection to Slack; raises ``BadToken`` when it is refused for good."""
        return self._slack.wait(timeout_s)

    def stop(self) -> None:
        """Stop the clock, the socket, then HTTP; finish what was begun; close the store."""
        self.scheduler.stop()
        self._slack.stop()
        if self.web:
            self.web.stop()
        self._room.close()  # first: what is being read is read again after the next start
        self._crew.stop()
        self._mailroom.stop()
        self.courier.stop()
        self._homes.stop()
        self.publisher.stop()
        self._heartbeat.stop()
        self._pictures.close()
        self.engine.close()
        self._store.close()
        if self._guard:
            self._guard.release()

    def _web(self, settings: Settings, bolt: App, listener: socket.socket) -> "WebServer":
        from bot.web.app import web_app
        from bot.web.server import WebServer

        by_http = not settings.slack_app_token
        app = web_app(
            self.engine,
            self._speech,
            token=settings.api_token,
            limiter=self._limiter,
            slack_probe=lambda: "ok" if self._slack.is_up else "not connected",
            bolt=bolt if by_http else None,
            signing_secret=settings.slack_signing_secret,
            hook_secrets=settings.hooks,
            accept=lambda each: self._mailroom.accept(
                each.source, each.webhook_id, each.content, file=each.file, media=each.media
            ),
        )
        return WebServer(app, listener)


def _examine(settings: Settings, engine: Engine, store: Store) -> list[Finding]:
    from bot.doctor import examine

    return examine(replace(settings, approvers=engine.approvers), store)


def _listener(port: int | None) -> socket.socket | None:
    """Take the port first: a bot that cannot be reached had better not begin."""
    if port is None:
        return None
    from bot.web.server import listen

    return listen(port)
