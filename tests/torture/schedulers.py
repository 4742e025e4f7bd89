"""Promise 9, the other half: two schedulers fire at the same moment on one memory, and one posts."""

import tempfile
from collections import Counter
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import timedelta
from pathlib import Path
from threading import Barrier

from factories import MONDAY, HandClock
from postgres_server import NoServer, own_schema

from bot.app import build_engine
from bot.opening import open_memory
from engine.engine import Engine
from schedules.weekly_digest import weekly_digest
from store import Store
from torture.beside import beside
from torture.result import Result, counted
from torture.writes import opened

CHANNEL = "C0GROWTH"


def run(times: int) -> Result:
    """Let two schedulers fire ``times`` times, a week apart, each with a store of its own."""
    with tempfile.TemporaryDirectory() as folder:
        return _fired(times, lambda clock: opened(Path(folder), clock))


def on_a_server(times: int) -> Result:
    """The same for two bots on one PostgreSQL; where there is none the row says so and counts as broken."""
    try:
        with own_schema() as address, tempfile.TemporaryDirectory() as folder:
            settings = beside(address, Path(folder))

            def make(clock: HandClock) -> tuple[Store, Engine]:
                store = open_memory(settings, clock)
                return store, build_engine(settings, store, clock)

            return _fired(times, make)
    except NoServer as missing:
        return Result(times, times, str(missing))


def _fired(times: int, make: Callable[[HandClock], tuple[Store, Engine]]) -> Result:
    clock = HandClock(MONDAY - timedelta(days=3))
    pairs = [make(clock) for _ in range(2)]
    store, engine = pairs[0]
    engine.subscribe(CHANNEL, weekday=0, at="09:00", by="U0APPROVER", zone="Europe/Madrid")
    fired = [_fire_together([each for _, each in pairs], clock) for _ in range(times)]
    with store.memory.reading() as reading:
        claimed = Counter(each.subject for each in reading.ledger() if each.deed == "digest_claimed")
    waiting = [item.intent.key for item in store.outbox.claim(now=clock.now(), limit=10 * times)]
    for each, its_engine in pairs:
        its_engine.close()
        each.close()
    faults = [f"{sum(claims)} schedulers claimed one slot" for claims in fired if sum(claims) != 1]
    faults += [f"{slot} was claimed {times} times" for slot, times in claimed.items() if times > 1]
    faults += [f"{each} is twice in the outbox" for each, count in Counter(waiting).items() if count > 1]
    return counted(times, faults, f"{len(claimed)} slots, {len(waiting)} on their way")


def _fire_together(engines: list[Engine], clock: HandClock) -> list[int]:
    clock.forward(weeks=1)
    together = Barrier(len(engines))

    def fire(engine: Engine) -> int:
        together.wait()
        return weekly_digest(engine, lambda: None)

    with ThreadPoolExecutor(len(engines)) as pool:
        return list(pool.map(fire, engines))
