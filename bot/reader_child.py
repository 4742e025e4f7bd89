"""The child process that reads exports: ``python -m bot.reader_child``. One JSON line in, some out.

In: ``{"path": …, "name": …, "hints": {…}, "rows": where to put them}``. Out, as it goes on,
``{"read": n, "about": m}``; at the end ``{"scan": {…}}``, or ``{"refused": [faults]}``, or
``{"error": what}``. Rows go to the named file, in pieces: one JSON line of a thousand rows.

It stands back behind what acknowledges, has a limit of memory, and ends when its input does, also in the
middle of a file: a killed bot leaves no reader behind.
"""

import json
import os
import queue
import sys
import threading
import time
from collections.abc import Iterator
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any, TextIO

from engine.errors import Refused
from engine.intake import export
from engine.models.daily import DailyRow
from engine.models.export import Hints

POLITE = 10  # how far it stands back: what acknowledges goes first, also on one core
MEMORY = 2_000_000_000  # bytes of addresses; far more than any file needs that is read in blocks
PIECE = 1_000
OUT_OF_MEMORY = "memory"
TELL_EVERY_S = 0.25


def main() -> None:
    if hasattr(os, "nice"):
        os.nice(POLITE)
    _bound_memory()
    answers = _own_output()
    for line in _lines_until_nobody_asks():
        _say(_answered(json.loads(line), answers), answers)


def _bound_memory() -> None:
    """A file that would take more than fits fails here, and not the bot (nothing of the kind on Windows)."""
    try:
        import resource  # noqa: PLC0415  only Unix has it
    except ImportError:
        return
    _, hard = resource.getrlimit(resource.RLIMIT_AS)
    most = MEMORY if hard == resource.RLIM_INFINITY else min(MEMORY, hard)
    resource.setrlimit(resource.RLIMIT_AS, (most, hard))


def _own_output() -> TextIO:
    """Keep the answers' way to ourselves: what a library prints goes where errors go."""
    answers = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())
    return answers


def _lines_until_nobody_asks() -> Iterator[str]:
    """Give what is asked. A thread listens meanwhile: at the end of the input it ends the process."""
    asked: queue.Queue[str] = queue.Queue()

    def listen() -> None:
        for line in sys.stdin:
            asked.put(line)
        os._exit(0)  # also in the middle of a file: nobody waits for it any more

    threading.Thread(target=listen, name="asked", daemon=True).start()
    while True:
        yield asked.get()


def _answered(asked: dict[str, Any], answers: TextIO) -> dict[str, Any]:
    """Read one file; whatever goes wrong is an answer too."""
    try:
        return _read(asked, _Progress(answers))
    except Refused as refused:
        return {"refused": [[each.field, each.value, each.rule, each.line] for each in refused.faults]}
    except MemoryError:
        return {"error": OUT_OF_MEMORY}
    except Exception as problem:  # noqa: BLE001  whoever asked is told, and logs it
        return {"error": f"{type(problem).__name__}: {problem}"}


def _read(asked: dict[str, Any], told: "_Progress") -> dict[str, Any]:
    hints = Hints.model_validate_json(json.dumps(asked["hints"]))
    today = (datetime.fromisoformat(asked["now"]) + export.FARTHEST_ZONE).date()
    scanned = export.scan(Path(asked["path"]), name=asked["name"], hints=hints, told=told, today=today)
    _put(scanned.rows, Path(asked["rows"]))
    return {"scan": scanned.scan.model_dump(mode="json")}


def _put(rows: Iterator[DailyRow], path: Path) -> None:
    with path.open("w", encoding="utf-8") as pieces:
        while piece := [_compact(row) for row in islice(rows, PIECE)]:
            pieces.write(json.dumps(piece, separators=(",", ":")) + "\n")


def _compact(row: DailyRow) -> tuple[Any, ...]:
    return (row.first_day.toordinal(), row.last_day.toordinal(), *row[2:])


class _Progress:
    """Tells how far it is, a few times a second at most."""

    def __init__(self, answers: TextIO) -> None:
        self._answers = answers
        self._next = time.monotonic() + TELL_EVERY_S

    def __call__(self, read: int, about: int) -> None:
        now = time.monotonic()
        if now >= self._next:
            self._next = now + TELL_EVERY_S
            _say({"read": read, "about": about}, self._answers)


def _say(answer: dict[str, Any], answers: TextIO) -> None:
    answers.write(json.dumps(answer) + "\n")
    answers.flush()


if __name__ == "__main__":
    main()
