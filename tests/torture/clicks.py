"""Promise 15: an action happens once: four people click at the same moment, one decides."""

import tempfile
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from pathlib import Path
from threading import Barrier

import factories
from bot_team import APPROVER, MEMBER, Team
from factories import HandClock

from engine.engine import Engine
from engine.errors import AlreadyDecided
from engine.models.answer import Person
from engine.models.recommendation import Verb
from store import Store
from torture.made_up import campaigns
from torture.result import Result, counted
from torture.traces import is_idle, rows
from torture.writes import opened

PEOPLE = tuple(Person(id=f"U0APPROVER{number}") for number in range(4))
VERBS: tuple[Verb, ...] = ("approve", "reject", "approve", "reject")
DECISIONS = ("approved", "rejected")


def run(times: int) -> Result:
    """Let four people decide on each of ``times`` recommendations at once."""
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(len(PEOPLE)) as pool:
        store, engine = opened(Path(folder), HandClock(), approvers=PEOPLE)
        names = [f"rec-{number}" for number in range(times)]
        _propose(store, names)
        winners = Counter({name: sum(_click_together(engine, pool, name)) for name in names})
        with store.memory.reading() as reading:
            made = Counter({each.id: len(each.decisions) for each in reading.recommendations()})
            lines = Counter(each.subject for each in reading.ledger() if each.deed in DECISIONS)
        store.close()
    faults = [
        f"{name}: {winners[name]} clicks, {made[name]} decisions, {lines[name]} lines in the ledger"
        for name in names
        if (winners[name], made[name], lines[name]) != (1, 1, 1)
    ]
    return counted(times, faults)


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


def _propose(store: Store, names: list[str]) -> None:
    with store.memory.unit() as unit:
        for name in names:
            unit.keep_recommendation(factories.recommendation(name), expected_version=None)


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
