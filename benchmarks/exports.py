"""An export of many rows, summed by campaign × ad set × creative × day: ours beside DuckDB and pandas.

Each in processes of its own, in turns; the seconds begin when its library is imported, the memory is the
process's at its highest.
"""

import random
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import TextIO

from benchmarks.goal import RUNS, Goal, Row

SIZE, FULL_SIZE = 1_000_000, 10_000_000
FULL_RUNS = 3
DAYS, CAMPAIGNS, AD_SETS, CREATIVES, PLACEMENTS = 90, 20, 5, 5, 6
FIRST_DAY = date(2026, 1, 1)
HEADS = "day,campaign,ad_set,creative,placement,impressions,clicks,conversions,spend,revenue"
MEGABYTES_AT_10M = 300

MEASURED = """
import sys, time
from pathlib import Path
path = Path(sys.argv[1])
{imports}
began = time.perf_counter()
groups = {work}
taken = time.perf_counter() - began
# Linux hands a process its parent's peak in ``ru_maxrss``; this one begins with the program.
status = Path("/proc/self/status").read_text()
peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
print(taken, int(peak.split()[1]) / 1024, groups)
"""
OURS = MEASURED.format(
    imports="import pandas\nfrom engine.intake.totals import Shape, totals\n"
    f"places = {{name: place for place, name in enumerate({HEADS!r}.split(','))}}\n"
    "del places['placement']",
    work="len(totals(path, Shape(places, 10)))",
)
DUCKDB = MEASURED.format(
    imports="import duckdb",
    work='len(duckdb.sql(f"SELECT campaign, ad_set, creative, day, sum(impressions), sum(clicks),'
    " sum(conversions), sum(spend), sum(revenue) FROM read_csv('{path}') GROUP BY ALL\").fetchall())",
)
PANDAS = MEASURED.format(
    imports="import pandas",
    work="len(pandas.read_csv(path).groupby(['campaign', 'ad_set', 'creative', 'day'])"
    "[['impressions', 'clicks', 'conversions', 'spend', 'revenue']].sum())",
)
PEERS = {"DuckDB": DUCKDB, "plain pandas": PANDAS}


def rows(*, full: bool) -> Iterator[Row]:
    """Yield seconds and megabytes for a million rows, and for ten million when there is time."""
    sizes = ((SIZE, RUNS), (FULL_SIZE, FULL_RUNS)) if full else ((SIZE, RUNS),)
    for size, runs in sizes:
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "export.csv"
            with path.open("w", encoding="utf-8") as file:
                _write(file, size)
            yield from _beside(path, size, runs)


def _beside(path: Path, size: int, runs: int) -> Iterator[Row]:
    works = {"ours": OURS, **PEERS}
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in works}
    for _ in range(runs):
        for name, code in works.items():
            found[name].append(_run(code, path))
    taken, held = ({name: median(run[at] for run in each) for name, each in found.items()} for at in (0, 1))
    at_most: Callable[[str], Goal | None] = lambda peer: Goal(1.0) if peer == "DuckDB" else None  # noqa: E731
    for peer in PEERS:
        yield Row(f"{size:,} rows summed", peer, taken["ours"], taken[peer], "s", at_most(peer))
        yield Row(f"{size:,} rows summed, peak", peer, held["ours"], held[peer], "MB", at_most(peer))
    if size == FULL_SIZE:
        yield Row(f"{size:,} rows summed, peak", "", held["ours"], None, "MB", Goal(MEGABYTES_AT_10M))


def _run(code: str, path: Path) -> tuple[float, float]:
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    taken, held, _ = done.stdout.splitlines()[-1].split()  # DuckDB may tell its progress before
    return float(taken), float(held)


def _write(file: TextIO, size: int) -> None:
    """Write rows day by day, as exports are sorted; the same ones every time."""
    chance = random.Random(20260330)  # noqa: S311
    whole = chance.randrange
    days = [str(FIRST_DAY + timedelta(days=number)) for number in range(DAYS)]
    file.write(f"{HEADS}\n")
    for number in range(size):
        campaign, ad_set, creative = whole(CAMPAIGNS), whole(AD_SETS), whole(CREATIVES)
        name = f"{campaign:03}-{ad_set}"
        file.write(
            f"{days[number * DAYS // size]},campaign-{campaign:03},ad-set-{name},creative-{name}-{creative},"
            f"feed-{whole(PLACEMENTS)},{whole(20_000)},{whole(400)},{whole(20)},"
            f"{whole(50_000) / 100:.2f},{whole(200_000) / 100:.2f}\n"
        )
