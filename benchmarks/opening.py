"""Opening a memory that holds many documents: the seconds until it can be used, and the process's memory."""

import subprocess
import sys
import tempfile
from collections.abc import Iterator
from pathlib import Path
from statistics import median

from benchmarks.goal import RUNS, Goal, Row
from benchmarks.shelves import OurShelf

SIZE, FULL_SIZE = 10_000, 100_000
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


def rows(*, full: bool) -> Iterator[Row]:
    """Yield two rows: opening in a process of its own, and what that process holds in memory."""
    size = FULL_SIZE if full else SIZE
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "marko.db"
        shelf = OurShelf(path)
        shelf.fill(0, size)
        shelf.close()
        found = [_open_elsewhere(path) for _ in range(RUNS)]
    taken, resident = (median(values) for values in zip(*found, strict=True))
    yield Row(f"open a memory of {size:,} documents", "", taken, None, "ms", Goal(50))
    yield Row(f"the process that opened {size:,}", "", resident, None, "MB", Goal(50))


def _open_elsewhere(path: Path) -> tuple[float, float]:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", OPENED, str(path)], capture_output=True, text=True, check=True
    )
    taken, resident = done.stdout.split()
    return float(taken), float(resident)
