"""One tick, several rounds: what is due is done, and one round that fails holds up no other."""

import logging
from pathlib import Path

import factories
import pytest
from engine_values import MADRID, RULES, WORDS
from factories import APPROVER, HandClock

from engine.engine import Engine
from schedules.rounds import rounds
from schedules.timekeeping import keep_time
from store import open_store


def test_every_round_is_gone_also_behind_one_that_fails(caplog: pytest.LogCaptureFixture) -> None:
    gone: list[str] = []

    def breaks() -> None:
        raise RuntimeError("no disk")

    tick = rounds(lambda: gone.append("digest"), breaks, lambda: gone.append("time"))
    with caplog.at_level(logging.ERROR):
        tick()
        tick()
    assert gone == ["digest", "time"] * 2
    assert caplog.text.count("a round of the tick failed") == 2


def test_the_tick_publishes_only_what_moved(tmp_path: Path) -> None:
    clock, published = HandClock(), []
    store = open_store(tmp_path / "marko.db", clock)
    engine = Engine(store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=(APPROVER,))
    with store.memory.unit() as unit:
        found = factories.recommendation(expires_at=clock.now())
        unit.keep_recommendation(found, expected_version=None)
    moved = [keep_time(engine, lambda: published.append(1)) for _ in range(3)]
    assert (moved, published) == ([1, 0, 0], [1])
    store.close()
