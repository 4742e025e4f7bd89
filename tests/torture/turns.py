"""Promise 15 (X4): twenty clicks at once, four verbs, on two bots' engines: one decision, one execution.

Both engines work on one file, and both bots look for something to send while people click.
"""

import tempfile
from collections import Counter
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from threading import Barrier
from typing import NamedTuple

from engine_values import MADRID, RULES, WORDS
from factories import HandClock

from engine.engine import Engine
from engine.errors import EngineError
from engine.models.answer import Person
from engine.models.preference import Limits
from engine.models.recommendation import Recommendation, Verb
from store import Store, open_store
from torture.made_up import campaigns
from torture.result import Result, counted

CLICKS = 20
VERBS: tuple[Verb, ...] = ("approve", "reject", "snooze", "undo")
PEOPLE = tuple(Person(id=f"U0APPROVER{number}") for number in range(10))
AFTER = {"executing": "approve", "rejected": "reject", "snoozed": "snooze"}


class Bot(NamedTuple):
    store: Store
    engine: Engine


def run(times: int) -> Result:
    """Let ten people click twice each, at the same moment, on each of ``times`` cards."""
    clock = HandClock()
    with tempfile.TemporaryDirectory() as folder, ThreadPoolExecutor(CLICKS) as pool:
        bots = [_bot(Path(folder) / "marko.db", clock) for _ in range(2)]
        history = campaigns([f"sale-{number}" for number in range(times)], clock.now())
        made = bots[0].engine.submit(history, source=None, asked_by="U0ASKER").answers
        faults: list[str] = []
        for each in made:
            won = _click_together(bots, pool, each.recommendation, clock)
            taken = [one.key for bot in bots for one in bot.store.executions.claim(now=clock.now(), limit=9)]
            faults += _faults(bots[1], each.recommendation.id, won, taken)
        for bot in bots:
            bot.engine.close()
            bot.store.close()
    return counted(times, faults, f"{CLICKS} clicks each")


def _bot(path: Path, clock: HandClock) -> Bot:
    store = open_store(path, clock, patience_s=60)
    engine = Engine(
        store.memory,
        clock,
        rules=RULES,
        words=WORDS,
        zone=MADRID,
        approvers=[each.id for each in PEOPLE],
        connected=lambda _workflow: True,
        limits=Limits(changes_a_day=1_000),
    )
    return Bot(store, engine)


def _click_together(
    bots: Sequence[Bot], pool: ThreadPoolExecutor, card: Recommendation, clock: HandClock
) -> list[Verb]:
    """Give the verbs that took effect, as their clickers were told."""
    together = Barrier(CLICKS)
    until = clock.now().replace(hour=23)

    def click(number: int) -> Verb | None:
        verb, person = VERBS[number % len(VERBS)], PEOPLE[number % len(PEOPLE)]
        together.wait()
        try:
            found = bots[number % 3 % 2].engine.decide(
                card.id, verb, by=person, seal=card.seal, until=until if verb == "snooze" else None
            )
        except EngineError:
            return None
        # Whoever pressed the same once more is told of the decision that stands: it was their own.
        assert found.last_decision is not None
        assert (found.last_decision.verb, found.last_decision.by) == (verb, person.id)
        return verb

    return [verb for verb in pool.map(click, range(CLICKS)) if verb]


def _faults(bot: Bot, name: str, won: Sequence[Verb], taken: Sequence[str]) -> list[str]:
    found = bot.engine.recommendation(name)
    with bot.store.memory.reading() as reading:
        lines = Counter(each.deed for each in reading.ledger() if each.subject == name)
    wanted = [f"marko:{name}:do"] if found.status == "executing" else []
    told = {
        "decided once": len(found.decisions) == 1 and set(won) == {AFTER.get(found.status)},
        "one line": lines["approved"] + lines["rejected"] + lines["snoozed"] == 1,
        "one execution": [each.key for each in found.carried] == wanted,
        "taken once": list(taken) == wanted,
    }
    return [f"{name}: not {what}" for what, holds in told.items() if not holds]
