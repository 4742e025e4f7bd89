"""Promise 15: an action happens once: four people click at the same moment, one decides."""

import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

from bot_team import APPROVER, MEMBER, Team
from factories import HandClock

from engine.engine import Engine
from engine.errors import AlreadyDecided
from engine.models.answer import Person
from engine.models.recommendation import Recommendation, Verb
from store import Store
from torture.carrying import at_hand, connected, courier, until
from torture.made_up import campaigns
from torture.result import Result, counted
from torture.traces import is_idle, rows
from torture.writes import opened

PEOPLE = tuple(Person(id=f"U0APPROVER{number}") for number in range(4))
VERBS: tuple[Verb, ...] = ("approve", "reject", "approve", "reject")
DECISIONS = ("approved", "rejected")


def run(times: int) -> Result:
    """Let four people decide on each of ``times`` recommendations at once; carry out what they decided."""
    clock = HandClock()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(len(PEOPLE)) as pool, at_hand() as far:
        store, engine = opened(Path(folder), clock, approvers=PEOPLE, **connected(far))
        history = campaigns([f"sale-{number}" for number in range(times)], clock.now())
        found = engine.submit(history, source=None, asked_by=None).answers
        names = [each.recommendation.id for each in found]
        couriers = [courier(far, store, engine, clock) for _ in range(2)]
        for each in couriers:
            each.start()
        winners = Counter({name: sum(_click_together(engine, pool, name)) for name in names})
        until(lambda: not _on_their_way(store))
        for each in couriers:
            each.stop()
        with store.memory.reading() as reading:
            kept = {each.id: each for each in reading.recommendations()}
            lines = Counter(each.subject for each in reading.ledger() if each.deed in DECISIONS)
        store.close()
        calls = Counter(key.split(":")[1] for key in far.receiver.calls)
    faults = [
        f"{name}: {winners[name]} clicks, {len(kept[name].decisions)} decisions, {lines[name]} lines in the "
        f"ledger, {calls[name]} calls, {kept[name].status}"
        for name in names
        if (winners[name], len(kept[name].decisions), lines[name]) != (1, 1, 1)
        or (kept[name].status, calls[name]) not in {("executed", 1), ("rejected", 0)}
    ]
    return counted(times, faults, f"{sum(calls.values())} webhook calls")


def _on_their_way(store: Store) -> list[Recommendation]:
    with store.memory.reading() as reading:
        return reading.recommendations(status="executing")


def through_slack(times: int) -> Result:
    """Let two people press Approve twice each on ``times`` cards, in the sandbox."""
    with tempfile.TemporaryDirectory() as folder:
        team = Team(Path(folder), filled=False, MARKO_APPROVERS=f"{APPROVER},{MEMBER}")
        try:
            database = Path(folder) / "marko.db"
            names = [f"sale-{number}" for number in range(times)]
            faults = [fault for name in names for fault in _press_together(team, database, name)]
        finally:
            team.close()
    return counted(times, faults)


def _click_together(engine: Engine, pool: ThreadPoolExecutor, name: str) -> list[bool]:
    together = Barrier(len(PEOPLE))

    def click(person: Person, verb: Verb) -> bool:
        together.wait()
        try:
            engine.decide(name, verb, by=person)
        except AlreadyDecided:
            return False
        return True

    return list(pool.map(click, PEOPLE, VERBS))


def _press_together(team: Team, database: Path, name: str) -> list[str]:
    history = campaigns([name], team.sandbox.clock.now())
    identifier = team.engine.submit(history, source=None, asked_by=None).answers[0].recommendation.id
    card = team.card_of(name)
    before = _clicks(database)
    with ThreadPoolExecutor(len(PEOPLE)) as pool:
        people = (APPROVER, MEMBER, APPROVER, MEMBER)
        pressed = [pool.submit(partial(team.click, "Approve", card, user=each)) for each in people]
    # Who is too slow finds the button gone, and has clicked nothing.
    clicks = sum(each.exception() is None for each in pressed)
    team.wait(lambda: _clicks(database) == before + clicks and is_idle(database))
    made, told = len(team.engine.recommendation(identifier).decisions), _told(team, identifier)
    return [] if (made, told) == (1, [identifier]) else [f"{name}: {made} decisions, {len(told)} lines"]


def _clicks(database: Path) -> int:
    return int(rows(database, "SELECT count(*) FROM inbox WHERE name = 'approve'")[0][0])


def _told(team: Team, identifier: str) -> list[str]:
    with team.engine._memory.reading() as reading:
        lines = reading.ledger()
    return [each.subject for each in lines if each.subject == identifier and each.deed in DECISIONS]
