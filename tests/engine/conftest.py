"""The engine with a real store in a temporary folder, and a clock that a test moves by hand."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_values import MADRID, RULES, WORDS, body
from factories import APPROVER, HandClock

from engine.engine import Engine
from engine.models.answer import Answer, Person
from store import Store, open_store
from store.artifacts import ArtifactFolder

Submit = Callable[..., Answer]


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def store(tmp_path: Path, clock: HandClock) -> Iterator[Store]:
    opened = open_store(tmp_path / "data" / "marko.db", clock)
    yield opened
    opened.close()


@pytest.fixture
def output(tmp_path: Path) -> Path:
    return tmp_path / "output"


@pytest.fixture
def engine(store: Store, clock: HandClock, output: Path) -> Engine:
    return Engine(
        store.memory,
        clock,
        rules=RULES,
        words=WORDS,
        zone=MADRID,
        approvers=(APPROVER, "U0SECOND"),
        artifacts=ArtifactFolder(output),
    )


@pytest.fixture
def approver() -> Person:
    return Person(id=APPROVER)


@pytest.fixture
def submit(engine: Engine) -> Submit:
    """Hand in one campaign; the real win is the usual one, and its totals can be changed."""

    def hand_in(campaign_id: str = "spring-sale", **changed: Any) -> Answer:
        won = {"impressions": 100_000, "clicks": 4_000, "conversions": 200, "spend": 4_000, "revenue": 9_000}
        meant = {
            "impressions": 100_000,
            "clicks": 2_000,
            "conversions": 100,
            "spend": 4_000,
            "revenue": 9_000,
        }
        parts = {"expected_metrics": meant, "actual_metrics": won, "currency": "EUR"}
        payload = json.dumps(body(campaign_id=campaign_id, **parts | changed))
        return engine.submit(payload, source=None, asked_by="U0MEMBER").answers[0]

    return hand_in
