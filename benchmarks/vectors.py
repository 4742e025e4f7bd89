"""Finding, making and saving vectors: our index beside ``np.dot``, and beside a raw write with its fsync.

Each size is measured in a process of its own, whose linear algebra has one thread, as our index has.
"""

import json
import os
import subprocess
import sys
from collections.abc import Iterator

from benchmarks.goal import Goal, Row

ONE_THREAD = {"OPENBLAS_NUM_THREADS": "1", "OMP_NUM_THREADS": "1", "MKL_NUM_THREADS": "1"}
SIZES = ((10_000, 384, 1.3), (100_000, 384, 0.7), (10_000, 1_024, None))
FULL_SIZES = (*SIZES, (100_000, 1_024, None))
SAVED = (100_000, 384)


def rows(*, full: bool) -> Iterator[Row]:
    """Yield the searches of each size and their recall, then rebuild and save of the largest."""
    for size, dimensions, limit in FULL_SIZES if full else SIZES:
        found = _measured(size, dimensions)
        work = f"similar, exact, {size:,} × {dimensions:,}"
        goal = Goal(limit) if limit else None
        note = f"recall {found['recall']:.3f}"
        yield Row(work, "np.dot, one thread", found["search"], found["dot"], "ms", goal, note)
        if (size, dimensions) == SAVED:
            peer, note = "raw write + fsync", f"{found['megabytes']:.0f} MB"
            yield Row(
                f"index saved, atomic, {size:,}", peer, found["save"], found["raw"], "ms", Goal(1.2), note
            )
            rebuilt = "made of known vectors, and saved"
            yield Row(f"index rebuilt, {size:,}", peer, found["rebuild"], found["raw"], "ms", None, rebuilt)


def _measured(size: int, dimensions: int) -> dict[str, float]:
    command = [sys.executable, "-m", "benchmarks.vector_runs", str(size), str(dimensions)]
    done = subprocess.run(  # noqa: S603
        command, env=os.environ | ONE_THREAD, capture_output=True, text=True, check=True
    )
    found: dict[str, float] = json.loads(done.stdout)
    return found
