"""The publisher when the memory cannot be written for a while: it goes on, and sends each post once."""

import sqlite3
import time
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import NamedTuple

import pytest

from bot.app import build_engine
from bot.clock import SystemClock
from bot.publisher import Publisher
from bot.sandbox.samples import sample_history
from bot.sandbox.server import SandboxServer
from bot.settings import read_settings
from bot.slack import web_client
from bot.speech import Speech
from store import Store, open_store

GROWTH = "C0GROWTH"
PATIENCE_S = 15.0


@pytest.fixture
def slack() -> Iterator[SandboxServer]:
    with SandboxServer() as server:
        yield server


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with closing(open_store(tmp_path / "marko.db", SystemClock(), patience_s=0.05)) as opened:
        yield opened


class Desk(NamedTuple):
    """A publisher that was not started yet, and the key of a card that waits for it."""

    publisher: Publisher
    card: str


@pytest.fixture
def desk(store: Store, slack: SandboxServer, tmp_path: Path) -> Iterator[Desk]:
    settings, clock = read_settings({"MARKO_OUTPUT_DIR": str(tmp_path / "output")}), SystemClock()
    engine = build_engine(settings, store, clock)
    engine.submit(sample_history(clock.now(), settings.zone), source=None, asked_by=None)
    card = engine.analyze("spring-sale", asked_by="U0MEMBER", channel=GROWTH).shown
    client = web_client(slack.bot_token, slack.api_url)
    publisher = Publisher(store.outbox, engine, client, voice=Speech(engine, clock), clock=clock)
    yield Desk(publisher, card or "")
    publisher.stop()


def wait_for_trouble(
    publisher: Publisher, caplog: pytest.LogCaptureFixture, words: str = "the outbox cannot be used"
) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while words not in caplog.text:
        assert time.monotonic() < deadline, "nobody noticed"
        publisher.wake()
        time.sleep(0.02)


def test_a_memory_that_was_busy_for_a_while_delays_the_card_and_loses_nothing(
    store: Store, desk: Desk, slack: SandboxServer, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None)) as other:
        other.execute("BEGIN IMMEDIATE")
        desk.publisher.start()
        wait_for_trouble(desk.publisher, caplog)
        other.execute("ROLLBACK")
    assert desk.publisher.outcome(desk.card, PATIENCE_S).state == "sent"
    assert len(slack.workspace.messages(GROWTH)) == 1


def test_a_memory_that_is_busy_after_the_post_brings_no_second_one(
    store: Store, desk: Desk, slack: SandboxServer, caplog: pytest.LogCaptureFixture
) -> None:
    with closing(sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)) as other:
        # Slack has the message, and at this moment somebody else begins to write.
        stop = slack.workspace.journal.watch(lambda: other.in_transaction or other.execute("BEGIN IMMEDIATE"))
        desk.publisher.start()
        slack.workspace.wait_for(lambda: slack.workspace.messages(GROWTH), PATIENCE_S)
        wait_for_trouble(desk.publisher, caplog)
        stop()
        other.execute("ROLLBACK")
    assert desk.publisher.outcome(desk.card, PATIENCE_S).state == "sent"
    assert len(slack.workspace.messages(GROWTH)) == 1


def test_what_nobody_foresaw_stops_no_later_card(
    store: Store, desk: Desk, slack: SandboxServer, caplog: pytest.LogCaptureFixture
) -> None:
    # Slack has the message, and at this moment its row disappears: it cannot be marked as sent.
    with closing(sqlite3.connect(store.path, isolation_level=None, check_same_thread=False)) as other:
        stop = slack.workspace.journal.watch(lambda: other.execute("DELETE FROM outbox"))
        desk.publisher.start()
        wait_for_trouble(desk.publisher, caplog, "publishing stopped short")
        stop()
    later = desk.publisher._engine.analyze("new-parents", asked_by="U0MEMBER", channel=GROWTH).shown
    assert desk.publisher.outcome(later or "", PATIENCE_S).state == "sent"
