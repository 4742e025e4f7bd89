"""Reads files that are bombs, each in a process of its own, and tells what each took: a line of JSON each."""

import json
import os
import resource
import sys
import time
from pathlib import Path

from engine.errors import Refused
from engine.intake.export import scan
from engine.models.export import Hints


def main(paths: list[str]) -> int:
    """Read every file in a fork: its peak of memory is its own, and nothing is loaded twice."""
    for path in paths:
        child = os.fork()
        if not child:
            told = _told(Path(path))
            sys.stdout.write(json.dumps({"path": path, **told}) + "\n")
            sys.stdout.flush()
            os._exit(0)
        _, status = os.waitpid(child, 0)
        if status:
            sys.stdout.write(json.dumps({"path": path, "outcome": f"died, status {status}"}) + "\n")
            sys.stdout.flush()
    return 0


def _told(path: Path) -> dict[str, object]:
    began = time.process_time()
    try:
        scan(path, name=path.name, hints=Hints())
        outcome, reason = "taken", ""
    except Refused as problem:
        outcome, reason = "refused", str(problem.faults[0])
    except Exception as problem:  # noqa: BLE001  whatever else it raises is what the torture looks for
        outcome, reason = f"{type(problem).__name__}: {problem}"[:200], ""
    return {
        "outcome": outcome,
        "reason": reason,
        "seconds": time.process_time() - began,
        "megabytes": resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024,
    }


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
