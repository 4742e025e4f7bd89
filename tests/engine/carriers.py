"""An engine that is connected, and a courier made of words: what a receiver said, told to the engine."""

import json
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from typing import Any

from engine_values import MADRID, RULES, WORDS, body
from factories import APPROVER, CHANNEL, HandClock, view

from engine.engine import Engine
from engine.models.answer import Person
from engine.models.execution import Execution, Receipt
from engine.models.preference import Amounts, Limits
from engine.models.recommendation import Recommendation
from store import Store

BOSS, SECOND, THIRD = Person(id=APPROVER), Person(id="U0SECOND"), Person(id="U0THIRD")
PEOPLE = (BOSS, SECOND, THIRD)
TWO = Limits(two_above=Amounts(of=(("EUR", Decimal(1)),)))
FORECAST = {"impressions": 100_000, "clicks": 2_000, "conversions": 100, "spend": 4_000, "revenue": 9_000}
WON = FORECAST | {"clicks": 4_000, "conversions": 200}
LOST = FORECAST | {"conversions": 60}
WINNER = json.dumps(body(expected_metrics=FORECAST, actual_metrics=WON, currency="EUR"))


def connected_engine(store: Store, clock: HandClock, **changed: Any) -> Engine:
    parts: dict[str, Any] = {
        "rules": RULES,
        "words": WORDS,
        "zone": MADRID,
        "approvers": tuple(each.id for each in PEOPLE),
        "connected": lambda _workflow: True,
    }
    return Engine(store.memory, clock, **parts | changed)


def key_of(recommendation: Recommendation, purpose: str = "do") -> str:
    return f"marko:{recommendation.id}:{purpose}"


def take(store: Store, clock: HandClock) -> Execution:
    """Claim the one execution that is due."""
    found = store.executions.claim(now=clock.now(), limit=10)
    assert len(found) == 1, found
    return found[0]


def kept(store: Store, key: str) -> Execution:
    with store.memory.reading() as reading:
        found = reading.execution(key)
    assert found is not None
    return found


def receipt(execution: Execution, **changed: Any) -> Receipt:
    """What a good receiver answers: an id, what was there before, and what is there now."""
    told: Mapping[str, Any] = {
        "id": "R-1",
        "previous": execution.action.previous,
        "value": execution.action.to,
        "read_back": True,
    }
    return Receipt(**{**told, **changed})


def executed(engine: Engine, store: Store, clock: HandClock, card: Recommendation) -> Recommendation:
    """Approve a card and carry it out."""
    engine.decide(card.id, "approve", by=BOSS)
    execution = take(store, clock)
    engine.carried_out(execution.key, receipt(execution))
    return engine.recommendation(card.id)


def failed(engine: Engine, store: Store, clock: HandClock, card: Recommendation) -> Recommendation:
    engine.decide(card.id, "approve", by=BOSS)
    engine.carrying_refused(take(store, clock).key, "budget is locked", again_at=None)
    return engine.recommendation(card.id)


def unknown(engine: Engine, store: Store, clock: HandClock, card: Recommendation) -> Recommendation:
    engine.decide(card.id, "approve", by=BOSS)
    engine.carrying_in_doubt(take(store, clock).key, "no answer after 10 s")
    return engine.recommendation(card.id)


def deeds(store: Store, subject: str) -> list[tuple[str, str]]:
    """Who did what with it; that a send began, the store notes by itself."""
    with store.memory.reading() as reading:
        lines = [each for each in reading.ledger() if each.subject == subject]
    return [(each.actor, each.deed) for each in lines if each.deed != "sending"]


def show(store: Store, clock: HandClock, card: Recommendation, **changed: Any) -> None:
    """Let the card stand in a channel since now."""
    ts = f"{clock.now().timestamp():.6f}"
    with store.memory.unit() as unit:
        unit.keep_view(view(card.id, **{"ts": ts, "channel": CHANNEL, **changed}))


def notices(store: Store, clock: HandClock, *, ahead: timedelta = timedelta(0)) -> list[str]:
    """What is told in threads until then; what is taken here is not given again."""
    items = store.outbox.claim(now=clock.now() + ahead, limit=1_000)
    return sorted(item.intent.record for item in items if item.intent.kind == "notice")
