"""Promise 13, when the socket fails: reset, cut, closed, silent, or left behind by ``disconnect``.

The office of ``acks`` runs in a process of its own, so that what it burns meanwhile can be counted.
"""

import os
import statistics
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from bot.watchdog import STEADY_S
from torture.acks import PATIENCE_S, PROMISED_S, Street
from torture.result import Result, counted

BACK_S = 15.0
LATER_S = 0.2
MOST_CPU = 0.5  # of one core, over a round of some seconds; a client that spins takes all of it
TICKS = os.sysconf("SC_CLK_TCK")


class Round(NamedTuple):
    """``back_s`` until a command was acknowledged again; ``cpu`` the share of a core that it took."""

    fault: str
    back_s: float
    cpu: float


def back(times: int, *, silences: int | None = None) -> Result:
    """Spoil the socket ``times`` times in each way; each time a command must be answered within 15 s."""
    with tempfile.TemporaryDirectory() as folder:
        street = Street(Path(folder))
        street.signals.free.set()  # the workers work
        ways: dict[str, Callable[[], object]] = {
            "reset": street.server.reset,
            "cut": street.server.cut,
            "closed": street.server.close_links,
            "silent": street.server.silence,
        }
        counts = dict.fromkeys(ways, times) | ({} if silences is None else {"silent": silences})
        try:
            rounds = [
                _spoiled(street, name, ways[name], number)
                for name, count in counts.items()
                for number in range(count)
            ]
        finally:
            street.stop()
    faults = [f"{each.fault}: back after {each.back_s:.1f} s" for each in rounds if each.back_s > BACK_S]
    faults += [f"{each.fault}: {each.cpu:.0%} of a core" for each in rounds if each.cpu > MOST_CPU]
    return counted(len(rounds), faults, "; ".join(_told(name, rounds) for name in counts))


def _told(name: str, rounds: list[Round]) -> str:
    waits = [each.back_s for each in rounds if each.fault == name]
    cpu = max(each.cpu for each in rounds if each.fault == name)
    return f"{name}: back in {statistics.median(waits):.2f} s, at most {max(waits):.2f} s, {cpu:.0%} CPU"


def _spoiled(street: Street, name: str, spoil: Callable[[], object], number: int) -> Round:
    _be_steady()
    burnt, began = _cpu_s(street), time.monotonic()
    spoil()
    attempt = 0
    while time.monotonic() - began < PATIENCE_S:
        if _has_come_again(street):
            attempt += 1
            if street.command(f"{name}-{number}-{attempt}").result(PATIENCE_S) < float("inf"):
                break
        time.sleep(0.02)
    back_s = time.monotonic() - began
    _be_steady()  # a client that spins goes on doing so
    return Round(name, back_s, (_cpu_s(street) - burnt) / (time.monotonic() - began))


def left_open(times: int) -> Result:
    """Say ``disconnect``, leave the old socket open, and type a command 0.2 s later, ``times`` times."""
    with tempfile.TemporaryDirectory() as folder:
        street = Street(Path(folder))
        street.signals.free.set()
        try:
            waits = [_sent_away(street, number) for number in range(times)]
        finally:
            street.stop()
    faults = [f"acknowledged after {each:.1f} s" for each in waits if each > PROMISED_S]
    slowest, median = max(waits) * 1000, statistics.median(waits) * 1000
    return counted(times, faults, f"0.2 s after disconnect: median {median:.0f} ms, slowest {slowest:.0f} ms")


def _sent_away(street: Street, number: int) -> float:
    _be_steady()
    street.server.disconnect(close=False)
    time.sleep(LATER_S)
    return street.command(f"later-{number}").result(PATIENCE_S)


def _be_steady() -> None:
    """Let the line live long enough not to count as one that failed at once."""
    time.sleep(STEADY_S + 0.2)


def _has_come_again(street: Street) -> bool:
    links = street.server._links
    return links.connected and not links._silent


def _cpu_s(street: Street) -> float:
    """The processor's seconds that the office took so far."""
    fields = Path(f"/proc/{street.pid}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS
