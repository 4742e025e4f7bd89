"""Opening a memory that holds many documents: the seconds until it can be used, and the process's memory."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from tinydb import TinyDB

from benchmarks.goal import RUNS, Goal, Row, seconds_of
from benchmarks.shelves import OurShelf, json_shelf

SIZE, TINYDB_AT = 100_000, 50_000
OPENED = """
import sys, time
from pathlib import Path
from store.database import open_database
began = time.perf_counter()
database = open_database(Path(sys.argv[1]))
taken = time.perf_counter() - began
status = Path("/proc/self/status")
lines = status.read_text().splitlines() if status.exists() else []
resident = next((int(line.split()[1]) / 1024 for line in lines if line.startswith("VmRSS")), 0.0)
print(taken, resident)
"""


def rows(*, full: bool) -> Iterator[Row]:  # noqa: ARG001  the same at every size
    """Yield opening in a process of its own, beside TinyDB's file, and what that process holds in memory."""
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "marko.db"
        shelf = OurShelf(path)
        shelf.fill(0, SIZE)
        shelf.close()
        found, theirs = [], []
        json_shelf(Path(folder) / "tinydb.json", TINYDB_AT).close()
        for _ in range(RUNS):
            found.append(_open_elsewhere(path))
            theirs.append(seconds_of(lambda: _open_tinydb(Path(folder) / "tinydb.json")))
    taken, resident = (median(values) for values in zip(*found, strict=True))
    peer = f"TinyDB's JSON at {TINYDB_AT:,}"
    yield Row(f"open a memory of {SIZE:,} documents", peer, taken, median(theirs), "ms", None)
    yield Row(f"open a memory of {SIZE:,} documents", "", taken, None, "ms", Goal(50))
    yield Row(f"the process that opened {SIZE:,}", "", resident, None, "MB", Goal(50))


def _open_tinydb(path: Path) -> None:
    """Open it and read one document; TinyDB reads them all for that."""
    with TinyDB(path) as shelf:
        shelf.get(doc_id=1)


def _open_elsewhere(path: Path) -> tuple[float, float]:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", OPENED, str(path)], capture_output=True, text=True, check=True
    )
    taken, resident = done.stdout.split()
    return float(taken), float(resident)
