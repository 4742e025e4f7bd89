"""Promise 6: writers do not meet. Processes and threads write at once, to a file and to a server.

And a second bot on one file refuses and says why, while shell commands work beside the running one.
"""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing, contextmanager
from multiprocessing.connection import Connection
from pathlib import Path

import factories
from factories import HandClock
from killed import PROCESSES
from postgres_server import NoServer, own_schema

from store import Store, open_store
from store.database import Place
from torture.far_bot import MARKO_RUN, PROJECT, FarBot, FarTeam
from torture.result import Result, counted

KEY = "a key of the tests, the same for all"
OF_A_PROCESS, OF_A_THREAD, THREADS = 500, 100, 10
SHELL_COMMANDS = (("weights",), ("recommendations",), ("settings",))


def on_a_file(times: int) -> Result:
    with tempfile.TemporaryDirectory() as folder:
        return _written(Path(folder) / "marko.db", Path(folder), times)


def on_a_server(times: int) -> Result:
    """The same on PostgreSQL; where there is none the row says so and counts as broken."""
    try:
        with own_schema() as address, tempfile.TemporaryDirectory() as folder:
            return _written(address, Path(folder), times)
    except NoServer as missing:
        return Result(times, times, str(missing))


def second_bot(times: int) -> Result:
    """Start a second `marko run` beside the first, ``times`` times, and shell commands between."""
    faults: list[str] = []
    with tempfile.TemporaryDirectory() as folder, _a_bot_at_work(Path(folder)) as bot:
        environment = os.environ | bot.environment
        for number in range(times):
            second = _marko(environment, "run")
            if second.returncode != 1 or "Another bot (process " not in second.stderr:
                faults.append(f"a second bot ended with {second.returncode}: {second.stderr.strip()}")
            shell = SHELL_COMMANDS[number % len(SHELL_COMMANDS)]
            beside = _marko(environment, *shell)
            if beside.returncode:
                faults.append(f"marko {shell[0]} failed beside the bot: {beside.stderr.strip()}")
    return counted(2 * times, faults)


def _written(place: Place, folder: Path, percent: int) -> Result:
    """Write ``percent`` of the full counts by two processes, then by ten threads."""
    of_a_process, of_a_thread = OF_A_PROCESS * percent // 100, OF_A_THREAD * percent // 100
    _by_processes(place, folder, of_a_process)
    with closing(_opened(place, folder)) as store:
        names = [f"thread-{thread}-{each}" for each in range(of_a_thread) for thread in range(THREADS)]
        with ThreadPoolExecutor(THREADS) as pool:
            list(pool.map(lambda name: write_one(store, name), names))
        names += [f"{who}-{each}" for who in ("one", "two") for each in range(of_a_process)]
        return counted(len(names), list(_lost(store, names)))


def write_one(store: Store, name: str) -> None:
    """Remember, post and note in one unit, and accept a delivery in another."""
    with store.memory.unit() as unit:
        unit.keep_retrospective(factories.retrospective(name))
        unit.post(factories.intent(name))
        unit.note(actor="shell", deed="import", subject=name, detail={})
    store.inbox.accept(factories.delivery(name))


def _by_processes(place: Place, folder: Path, number: int) -> None:
    lines = []
    for who in ("one", "two"):
        here, there = PROCESSES.Pipe()
        child = PROCESSES.Process(target=_write_many, args=(place, folder, who, number, there))
        child.start()
        there.close()
        lines.append((here, child))
    for here, _ in lines:
        here.recv()
    for here, _ in lines:
        here.send("go")
    for _, child in lines:
        child.join()


def _write_many(place: Place, folder: Path, who: str, number: int, say: Connection) -> None:
    with closing(_opened(place, folder)) as store:
        say.send("ready")
        say.recv()
        for each in range(number):
            write_one(store, f"{who}-{each}")


def _lost(store: Store, names: list[str]) -> Iterator[str]:
    with store.memory.reading() as reading:
        kept = {each.campaign.campaign_id for each in reading.retrospectives()}
        noted = [entry.subject for entry in reading.ledger() if entry.deed == "import"]
        generation = reading.generation()
    yield from (f"{name} is lost" for name in names if name not in kept)
    if sorted(noted) != sorted(names):
        yield f"{len(noted)} lines in the ledger for {len(names)} writes"
    if generation != len(names):
        yield f"the generation is {generation} after {len(names)} writes"
    yield from (f"{name} was not accepted" for name in names if store.inbox.accept(factories.delivery(name)))
    yield from store.ledger_faults()


def _opened(place: Place, folder: Path) -> Store:
    return open_store(place, HandClock(), ledger_key=KEY, folder=folder)


@contextmanager
def _a_bot_at_work(folder: Path) -> Iterator[FarBot]:
    bot = FarBot(folder, program=MARKO_RUN)
    with FarTeam(bot):
        bot.start()
        bot.connected()
        yield bot


def _marko(environment: dict[str, str], *words: str) -> "subprocess.CompletedProcess[str]":
    command = [sys.executable, "-m", "bot", *words]
    return subprocess.run(
        command, cwd=PROJECT, env=environment, capture_output=True, text=True, timeout=60, check=False
    )
