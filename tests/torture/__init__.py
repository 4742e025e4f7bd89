"""The promises under torture: kills, bursts, outages and many hands, each counted.

``python -m tests.torture`` runs the full counts; ``test_torture_short.py`` runs a few of each in
``make test``. One module a promise, each with ``run(times)``, which says what was tried and what failed.
The numbers are those of the list of promises in ``ROWS``.
"""

import sys
from pathlib import Path

# The tests' own helpers lie beside this package; `python -m` starts from the project's folder.
_BESIDE = str(Path(__file__).resolve().parents[1])
if _BESIDE not in sys.path:
    sys.path.insert(0, _BESIDE)
