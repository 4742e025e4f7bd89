"""``python -m tests.torture [words…]``: every promise in full, or those whose line holds one of the words."""

import sys
import time
from collections.abc import Callable
from typing import NamedTuple

from torture import (
    accepted,
    acks,
    approval,
    bombs,
    burst,
    carrying,
    cells,
    clicks,
    clocks,
    damages,
    digests,
    full_disk,
    genuine,
    hooks,
    index,
    inert,
    inside,
    leaks,
    mentions,
    missed,
    mutated,
    outage,
    pinging,
    pressed,
    schedulers,
    several,
    slow_slack,
    sockets,
    staged,
    strict,
    system_calls,
    tampering,
    turns,
    writers,
    writes,
)
from torture.result import Result


class Row(NamedTuple):
    """A promise by its number and words, how it is tortured, and how often."""

    number: str
    promise: str
    run: Callable[[int], Result]
    times: int

    @property
    def line(self) -> str:
        return f"{self.number} {self.promise}"


ROWS = (
    Row("1", "an acknowledged write survives kill -9", writes.run, 200),
    Row("1", "an import that is killed counts whole, once, or not at all", staged.run, 200),
    Row("2", "every crash point is safe: killed at each system call", system_calls.killed, 500),
    Row("3", "I/O errors are harmless: EIO, ENOSPC at writes and fsyncs", system_calls.broken, 500),
    Row("4", "a full disk loses nothing, and writing resumes", full_disk.run, 20),
    Row("5", "damage is detected, quarantined, restored", damages.run, 200),
    Row("6", "writers do not meet: processes and threads, a file", writers.on_a_file, 100),
    Row("6", "writers do not meet: processes and threads, PostgreSQL", writers.on_a_server, 100),
    Row("6", "a second bot on one file refuses, a shell works", writers.second_bot, 10),
    Row("7", "the index is a cache: pages flipped or zeroed", index.damaged, 200),
    Row("7", "the index is a cache: killed while it saves", index.killed, 60),
    Row("7", "the index is a cache: lost, made beside questions", index.beside, 20),
    Row("8", "no digest is missed: down across the slot", missed.run, 20),
    Row("9", "no digest is sent twice: killed in the send window", digests.run, 100),
    Row("9", "no digest is sent twice: two schedulers fire at once", schedulers.run, 20),
    Row("9", "two schedulers fire at once, on PostgreSQL", schedulers.on_a_server, 20),
    Row("9", "two bots on PostgreSQL, one killed in the send window", several.digests, 20),
    Row("10", "a burst is served: 30 channels due in one second", burst.run, 3),
    Row("11", "clocks change: Monday 09:00, years in seven zones", clocks.run, 10),
    Row("12", "no storm after an outage: three weeks down", outage.run, 5),
    Row("-", "a week of everything: nobody is pinged beyond a budget", pinging.run, 20),
    Row("13", "Slack is acknowledged while all workers are stuck", acks.in_time, 10),
    Row("13", "a command 0.2 s after disconnect, the old socket left open", sockets.left_open, 20),
    Row("13", "the socket is reset, cut, closed, silent: back within 15 s", sockets.back, 10),
    Row("14", "one answer a mention: told four times, across a restart", mentions.run, 20),
    Row("14", "accepted work goes on, and acts once: killed at work", accepted.run, 50),
    Row("14", "`marko run` itself, killed and started again", accepted.marko_run, 10),
    Row("15", "an action happens once: four people click", clicks.run, 200),
    Row("15", "an action happens once: pressed in Slack", clicks.through_slack, 5),
    Row("15", "X4: twenty at once, four verbs, two bots on one file", turns.run, 100),
    Row("16", "approval fails closed: anybody, anywhere, any limit", approval.run, 300),
    Row("16", "approval fails closed: pressed in Slack", pressed.run, 5),
    Row("15", "killed while carrying out, looked up: done once", carrying.with_lookup, 100),
    Row("15", "killed while carrying out, nobody to ask: once", carrying.without_lookup, 100),
    Row("17", "requests are genuine: forged are 401, replayed do nothing", genuine.run, 20),
    Row("18", "hooks are genuine: forged, replayed, re-ordered, oversize", hooks.run, 40),
    Row("18", "hooks are genuine: killed while programs deliver", hooks.killed, 30),
    Row("19", "nothing reaches inside: spellings, resolvers", inside.run, 10),
    Row("20", "text cannot act in Slack: every drawing", inert.run, 18),
    Row("23", "an export is safe to open, parted by any sign", cells.run, 20_000),
    Row("21", "a damaged export is read right, asked about, or refused", mutated.run, 10_000),
    Row("22", "bombs are refused: size, field, columns, gzip, XLSX, JSON", bombs.run, 400),
    Row("24", "payloads are strict: shell, HTTP, file", strict.run, 100),
    Row("29", "nothing leaks: DEBUG log, errors, prompts, ledger", leaks.run, 5),
    Row("30", "the ledger shows tampering", tampering.run, 200),
    Row("15", "two bots on PostgreSQL, 20 clicks told to both", several.clicks, 5),
    Row("31", "429 storms, 500s, lost answers, Slack down: each once", slow_slack.run, 4),
)


def main(words: list[str]) -> int:
    """Run the chosen rows and print a line for each; 1 when a promise was broken."""
    chosen = [row for row in ROWS if not words or any(word in row.line for word in words)]
    width = max((len(row.promise) for row in chosen), default=0)
    _print(f"{'#':>2}  {'promise':{width}}  {'tried':>6}  {'failed':>6}  notes")
    broken = [row for row in chosen if _tortured(row, width).failed]
    return 1 if broken else 0


def _tortured(row: Row, width: int) -> Result:
    began = time.monotonic()
    try:
        result = row.run(row.times)
    except Exception as problem:  # noqa: BLE001  a row that breaks must not hide the others
        result = Result(row.times, row.times, f"{type(problem).__name__}: {problem}")
    seconds = f"{time.monotonic() - began:.0f} s"
    notes = "; ".join(filter(None, (seconds, result.notes)))
    _print(f"{row.number:>2}  {row.promise:{width}}  {result.tried:>6}  {result.failed:>6}  {notes}")
    return result


def _print(line: str) -> None:
    sys.stdout.write(f"{line}\n")
    sys.stdout.flush()


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
