"""A file that fails halfway: its thread tells once how far it got, and dropped again the rest is taken."""

import json
from pathlib import Path
from typing import Any

import pytest
from engine_values import MADRID, RULES, WORDS
from factories import APPROVER, CHANNEL, HandClock
from history import SPRING, campaigns

from engine.engine import Engine
from engine.errors import StoreTrouble
from engine.imports import MANY
from engine.models.answer import Answer
from engine.models.delivery import Intent
from engine.models.file_import import Dropped, FileImport
from engine.models.recommendation import MessageView
from store import Store, open_store

TAKEN = 5


def dropped(file_id: str = "F1") -> Dropped:
    return Dropped(
        id=f"import:{file_id}:{CHANNEL}", channel=CHANNEL, thread="17.1", file="march.json", by="U0MEMBER"
    )


def file_of(number: int) -> bytes:
    return json.dumps(campaigns(SPRING, 0.8, count=number // 2)).encode()


def fails_after(engine: Engine, taken: int, problem: Exception) -> None:
    """Let the analysis fail, once, after so many campaigns of the next file."""
    analyze, left = engine._analyze, iter(range(taken))

    def counted(*args: Any, **keywords: Any) -> Answer:
        if next(left, None) is None:
            engine._analyze = analyze  # type: ignore[method-assign]
            raise problem
        return analyze(*args, **keywords)

    engine._analyze = counted  # type: ignore[method-assign]


def held(engine: Engine, file_id: str = "F1") -> FileImport:
    found = engine.file_import(dropped(file_id).id)
    assert found
    return found


def on_its_way(store: Store, clock: HandClock) -> list[Intent]:
    return [each.intent for each in store.outbox.claim(now=clock.now(), limit=99)]


@pytest.mark.parametrize("problem", [StoreTrouble("The disk is full."), ZeroDivisionError()])
def test_a_file_that_fails_halfway_says_how_far_it_got(
    engine: Engine, store: Store, clock: HandClock, problem: Exception
) -> None:
    fails_after(engine, TAKEN, problem)
    with pytest.raises(type(problem)):
        engine.import_file(file_of(8), dropped())
    found = held(engine)
    assert found.haul
    assert (found.state, found.stored, found.haul.taken) == ("stopped", TAKEN, 8)
    assert [(each.kind, each.record, each.ts) for each in on_its_way(store, clock)] == [
        ("import", found.id, "17.1")
    ]
    with store.memory.reading() as reading:
        assert [each.deed for each in reading.ledger()][-1] == "import_stopped"


def test_a_long_file_that_was_announced_says_it_in_that_message(
    engine: Engine, store: Store, clock: HandClock
) -> None:
    analyze = engine._analyze

    def shown_then_failing(*_: Any, **__: Any) -> Answer:
        engine._analyze = analyze  # type: ignore[method-assign]
        (announced,) = on_its_way(store, clock)
        store.outbox.sent(
            announced.key,
            MessageView(record=announced.record, kind="import", channel=CHANNEL, ts="17.2"),
        )
        raise StoreTrouble("The disk is full.")

    engine._analyze = shown_then_failing  # type: ignore[method-assign]
    with pytest.raises(StoreTrouble):
        engine.import_file(file_of(MANY + 2), dropped())
    (redraw,) = on_its_way(store, clock)
    assert (redraw.kind, redraw.record, redraw.ts) == ("redraw", held(engine).id, "17.2")
    assert (held(engine).state, held(engine).stored) == ("stopped", 0)


def test_dropped_again_the_rest_is_taken(engine: Engine) -> None:
    fails_after(engine, TAKEN, StoreTrouble("The disk is full."))
    with pytest.raises(StoreTrouble):
        engine.import_file(file_of(8), dropped())
    done, _ = engine.import_file(file_of(8), dropped("F2"))
    assert done.haul
    assert (done.state, done.haul.taken, done.haul.known) == ("done", 8 - TAKEN, TAKEN)
    assert held(engine).state == "stopped"


def test_the_same_delivery_again_does_not_tell_it_twice(
    engine: Engine, store: Store, clock: HandClock
) -> None:
    fails_after(engine, TAKEN, StoreTrouble("The disk is full."))
    with pytest.raises(StoreTrouble):
        engine.import_file(file_of(8), dropped())
    again, answer = engine.import_file(file_of(8), dropped())
    assert (again, answer) == (held(engine), None)
    assert len(on_its_way(store, clock)) == 1


def test_where_not_even_that_can_be_kept_the_delivery_takes_it_up_again(
    tmp_path: Path, clock: HandClock
) -> None:
    store = open_store(tmp_path / "marko.db", clock)
    engine = Engine(store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=(APPROVER,))
    unit, left = store.memory.unit, iter(range(4))

    def failing() -> Any:
        if next(left, None) is None:
            raise StoreTrouble("The disk is full.")
        return unit()

    store.memory.unit = failing  # type: ignore[method-assign]
    with pytest.raises(StoreTrouble, match="disk"):
        engine.import_file(file_of(8), dropped())
    assert held(engine).state == "reading"
    store.memory.unit = unit  # type: ignore[method-assign]
    done, _ = engine.import_file(file_of(8), dropped())
    assert done.haul
    assert (done.state, done.haul.taken, done.haul.known) == ("done", 8, 0)
    store.close()
