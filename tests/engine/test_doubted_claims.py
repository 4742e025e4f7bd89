"""Only what was told can be doubted: an objection begins no life of its own."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from typing import Any

import pytest
from factories import APPROVER, HandClock
from history import LATE, SPRING, STUDENTS, WINTER, campaigns, contradicted, hand_in

from engine.engine import Engine
from engine.errors import UnknownLearning
from engine.models.answer import Person
from engine.models.pattern_life import PatternLife
from store import Store

GARDENERS = "winning_audience|audience:gardeners|cpa|all"
ME, MEMBER = Person(id=APPROVER), Person(id="U0MEMBER")


@pytest.fixture
def clock() -> HandClock:
    return HandClock(datetime(2026, 3, 30, 7, 0, tzinfo=UTC))


def lives(store: Store) -> dict[str, PatternLife]:
    with store.memory.reading() as reading:
        return {each.key: each for each in reading.pattern_lives()}


def test_what_was_never_claimed_cannot_be_doubted_and_gets_no_life(engine: Engine, store: Store) -> None:
    hand_in(engine, campaigns(WINTER, 0.7))
    with pytest.raises(UnknownLearning):
        engine.object_to(GARDENERS, by=MEMBER, note="ours are balconies")
    hand_in(engine, campaigns(SPRING, 0.7))
    assert list(lives(store)) == [STUDENTS]
    with store.memory.reading() as reading:
        assert not [each for each in reading.ledger() if each.subject == GARDENERS]


def test_what_is_told_and_not_kept_yet_begins_its_life_with_the_doubt(engine: Engine, store: Store) -> None:
    """As in a memory whose campaigns came in before lives were kept."""
    hand_in(engine, campaigns(WINTER, 0.7))
    _forget(store)
    life = engine.object_to(STUDENTS, by=ME, note="ours are teachers")
    assert lives(store) == {STUDENTS: life}
    assert (life.status, [each.note for each in life.objections]) == ("candidate", ["ours are teachers"])


def test_a_claim_that_went_while_it_was_doubted_begins_no_life(engine: Engine, store: Store) -> None:
    hand_in(engine, campaigns(WINTER, 0.7))
    _forget(store)
    _overtaken(engine, store, lambda: hand_in(engine, contradicted(LATE)))
    with pytest.raises(UnknownLearning):
        engine.object_to(STUDENTS, by=ME, note="ours are teachers")
    assert STUDENTS not in lives(store)


def test_a_retracted_pattern_can_still_be_doubted(engine: Engine) -> None:
    hand_in(engine, [*campaigns(WINTER, 0.7), *campaigns(SPRING, 0.7), *contradicted()])
    life = engine.object_to(STUDENTS, by=ME, note="it never held")
    assert (life.status, len(life.objections)) == ("retracted", 1)


def _forget(store: Store) -> None:
    with store._database.writing() as connection:
        connection.exec_driver_sql("DELETE FROM pattern_lives")


def _overtaken(engine: Engine, store: Store, deed: Callable[[], None]) -> None:
    """Let somebody do something after the first look, and leave no life behind."""
    look = engine._claim_of

    def looked(key: str) -> Any:
        engine._claim_of = look  # type: ignore[method-assign]
        found = look(key)
        with ThreadPoolExecutor(1) as somebody:
            somebody.submit(deed).result()
        _forget(store)
        return found

    engine._claim_of = looked  # type: ignore[method-assign]
