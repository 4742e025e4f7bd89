"""Carrying out, killed at each moment: never two effects, never a lost one, never done without a receipt."""

import os
import random
import subprocess
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

from factories import HandClock

from bot.clock import SystemClock
from bot.courier import MOST_REFUSALS, Courier
from bot.receivers import read_receivers
from bot.sandbox.receiver_door import LOOKUPS, ORDERS
from bot.sandbox.server import SandboxServer
from engine.engine import Engine
from engine.models.recommendation import Recommendation
from engine.ports import Clock
from store import Store
from torture.made_up import campaigns, dice
from torture.result import Result, counted
from torture.writes import APPROVER, opened

PROJECT = Path(__file__).resolve().parents[2]
PATIENCE_S = 60.0
ANSWER_S = 0.5
AFTER_S = 0.06  # within this time after a decision a bot is killed
FAULTS = ("stall", "drop", "fail", None, None, None)
OPEN = frozenset({"executing", "approved", "proposed"})


@contextmanager
def at_hand() -> Iterator[SandboxServer]:
    """An ad platform that listens."""
    with SandboxServer() as server:
        yield server


def connected(far: SandboxServer, *, lookup: bool = True) -> dict[str, str]:
    """The environment that connects a bot to it."""
    told = {"MARKO_ACTION_URL": f"{far.url}{ORDERS}", "MARKO_ACTION_SECRET": far.receiver.secret}
    return told | ({"MARKO_ACTION_LOOKUP_URL": f"{far.url}{LOOKUPS}"} if lookup else {})


def courier(far: SandboxServer, store: Store, engine: Engine, clock: Clock) -> Courier:
    receivers = replace(read_receivers(connected(far)), timeout_s=ANSWER_S)
    return Courier(store.executions, engine, receivers, clock=clock)


def until(found: Callable[[], Any]) -> None:
    """Wait until it is so; another process, or another thread's store, cannot tell us when."""
    end = time.monotonic() + PATIENCE_S
    while not found():
        if time.monotonic() > end:
            raise TimeoutError("it did not come in time")
        time.sleep(0.02)


def with_lookup(times: int) -> Result:
    """Kill ``times`` bots while they carry out; the look-up answers, so everything gets done."""
    return _killed(times, lookup=True)


def without_lookup(times: int) -> Result:
    """The same, and nobody can be asked afterwards: what may have arrived is unknown, and sent once."""
    return _killed(times, lookup=False)


def _killed(times: int, *, lookup: bool) -> Result:
    chance = dice()
    with tempfile.TemporaryDirectory() as folder, at_hand() as far:
        environment = connected(far, lookup=lookup) | {"MARKO_DATA_DIR": folder}
        names = _proposed(Path(folder), times, environment)
        for identifier in names:
            fault = chance.choice(FAULTS)
            if fault:
                far.receiver.faults.set(fault, on=True, times=1)
            _decide_and_kill(environment, identifier, chance)
        _settle(environment, Path(folder))
        return _judged(Path(folder), names, far, lookup=lookup)


def _proposed(folder: Path, times: int, environment: dict[str, str]) -> list[str]:
    store, engine = opened(folder, HandClock(SystemClock().now()), **environment)
    history = campaigns([f"sale-{number}" for number in range(times)], SystemClock().now())
    found = engine.submit(history, source=None, asked_by=None).answers
    engine.close()
    store.close()
    return [each.recommendation.id for each in found]


def _decide_and_kill(environment: dict[str, str], identifier: str, chance: random.Random) -> None:
    """Start a bot that takes up what was left, let it decide one more, and kill it somewhere after that."""
    process = _bot(environment)
    try:
        _say(process, identifier)
        assert process.stdout
        process.stdout.readline()  # it is decided: from here on it must not be lost
        time.sleep(chance.uniform(0, AFTER_S))
    finally:
        process.kill()
        process.wait(PATIENCE_S)
        _close(process)


def _settle(environment: dict[str, str], folder: Path) -> None:
    """Let one more bot bring everything to an end."""
    process = _bot(environment)
    store, engine = opened(folder, SystemClock())
    try:
        until(lambda: not _standing(store, "executing"))
    finally:
        process.kill()
        process.wait(PATIENCE_S)
        _close(process)
        engine.close()
        store.close()


def _judged(folder: Path, names: list[str], far: SandboxServer, *, lookup: bool) -> Result:
    effects = Counter(key.split(":")[1] for key in far.receiver.effects)
    store, engine = opened(folder, SystemClock())
    faults, states = [], Counter[str]()
    for name in names:
        found = engine.recommendation(name)
        states[found.status] += 1
        receipt = found.execution.receipt if found.execution else None
        faults += [
            f"{name}: {why}"
            for why, broken in {
                f"{effects[name]} effects": effects[name] > 1,
                f"lost, it is {found.status}": found.status in OPEN,
                "done without a receipt": found.status == "executed" and not (receipt and receipt.id),
                "done, and the platform never did it": found.status == "executed" and not effects[name],
                "refused, and the platform did it": found.status == "failed" and bool(effects[name]),
                f"{found.status} although it can be looked up": lookup
                and not (found.status == "executed" or _was_refused(found)),
            }.items()
            if broken
        ]
    faults += store.ledger_faults()
    engine.close()
    store.close()
    told = ", ".join(f"{number} {status}" for status, number in sorted(states.items()))
    return counted(
        len(names), faults, f"{told}; {len(far.receiver.calls)} calls, {sum(effects.values())} effects"
    )


def _was_refused(found: Recommendation) -> bool:
    """Whether the platform answered 500 each of three times: a no, which no look-up changes."""
    return found.status == "failed" and bool(found.execution and found.execution.refusals >= MOST_REFUSALS)


def _standing(store: Store, status: Any) -> int:
    with store.memory.reading() as reading:
        return len(reading.briefs(status=status))


def _bot(environment: dict[str, str]) -> "subprocess.Popen[bytes]":
    return subprocess.Popen(
        [sys.executable, "-m", "tests.torture.carrying"],
        cwd=PROJECT,
        env=os.environ | environment | {"PYTHONPATH": f"{PROJECT}:{PROJECT / 'tests'}"},
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
    )


def _say(process: "subprocess.Popen[bytes]", line: str) -> None:
    assert process.stdin
    process.stdin.write(f"{line}\n".encode())
    process.stdin.flush()


def _close(process: "subprocess.Popen[bytes]") -> None:
    for each in (process.stdin, process.stdout):
        if each:
            each.close()


def main() -> None:
    """A bot without Slack, to be killed: approves what it is told on standard input, and carries out."""
    environment = {name: value for name, value in os.environ.items() if name.startswith("MARKO_ACTION")}
    clock = SystemClock()
    store, engine = opened(Path(os.environ["MARKO_DATA_DIR"]), clock, **environment)
    receivers = replace(read_receivers(environment), timeout_s=ANSWER_S)
    carrier = Courier(store.executions, engine, receivers, clock=clock)
    carrier.start()
    for line in sys.stdin:
        engine.decide(line.strip(), "approve", by=APPROVER)
        carrier.wake()
        sys.stdout.write("decided\n")
        sys.stdout.flush()


if __name__ == "__main__":
    main()
