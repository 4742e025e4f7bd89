"""A file → CTR, CPC, CPA, ROAS by campaign × ad set × creative × day: ours beside DuckDB, Polars, pandas.

Ours is the whole journey of a person's file: opening, how it is written, what its columns mean, the pass over
its rows, the check of its total, daily rows. The pass alone is told in a note. Each runs in processes of its
own, in turns; the seconds begin when its library is imported, the memory is the process's at its highest. The
notes tell seconds of processor as well, which others on the machine change less.
"""

import random
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from datetime import date, timedelta
from pathlib import Path
from statistics import median
from typing import TextIO

from benchmarks.goal import RUNS, Goal, Row

SIZE, FULL_SIZE = 1_000_000, 10_000_000
DAYS, CAMPAIGNS, AD_SETS, CREATIVES, STATES = 90, 20, 5, 5, 6
FIRST_DAY = date(2026, 1, 1)
# The names of a Meta export; "delivery" is a column that nothing needs.
HEADS = (
    "Day,Campaign name,Ad set name,Ad name,Delivery,Impressions,Link clicks,Purchases,Amount spent (EUR),"
    "Purchases conversion value"
)
GROUPS = DAYS * CAMPAIGNS * AD_SETS * CREATIVES  # at a million rows each occurs
MEGABYTES_AT_10M = 300

MEASURED = """
import sys, time
from pathlib import Path
path = Path(sys.argv[1])
{imports}
began, worked = time.perf_counter(), time.process_time()
groups = {work}
taken, worked = time.perf_counter() - began, time.process_time() - worked
# Linux hands a process its parent's peak in ``ru_maxrss``; this one begins with the program.
status = Path("/proc/self/status").read_text()
peak = next(line for line in status.splitlines() if line.startswith("VmHWM"))
print(taken, int(peak.split()[1]) / 1024, worked, groups)
"""
RATIOS = """
def kpis(impressions, clicks, spend, conversions, revenue):
    return (
        clicks / impressions if impressions else None,
        spend / clicks if clicks else None,
        spend / conversions if conversions else None,
        revenue / spend if spend else None,
    )
"""
PASS = MEASURED.format(
    imports="""
import numpy
from engine.intake.numbers import NumberStyle
from engine.intake.reading import Reading
from engine.intake.sums import sums
numbers = {"impressions": 5, "clicks": 6, "conversions": 7, "spend": 8, "revenue": 9}
reading = Reading(start=0, delimiter=",", quote='"', first=2, width=10, keys=(1, 2, 3, 0), numbers=numbers,
                  style=NumberStyle())
"""
    + RATIOS,
    work="len([(each.texts, each.numbers, kpis(*each.numbers[:5])) for each in sums(path, reading).groups])",
)
WHOLE = MEASURED.format(
    imports="""
import numpy
from engine.intake.export import scan
from engine.models.export import Hints
"""
    + RATIOS,
    work="len([(row, kpis(row.impressions, row.clicks, row.spend, row.conversions, row.revenue))"
    ' for row in scan(path, name="export.csv", hints=Hints()).rows])',
)
DUCKDB = MEASURED.format(
    imports="""
import duckdb
ASKED = """
    '"""SELECT *, c / nullif(i, 0), s / nullif(c, 0), s / nullif(p, 0), r / nullif(s, 0) FROM ('
    'SELECT "Campaign name", "Ad set name", "Ad name", "Day", sum("Impressions") i, sum("Link clicks") c,'
    ' sum("Amount spent (EUR)") s, sum("Purchases") p, sum("Purchases conversion value") r'
    " FROM read_csv('{path}') GROUP BY ALL)\"\"\".replace('{path}', str(path))\n",
    work="len(duckdb.sql(ASKED).fetchall())",
)
FRAMES = """
KEYS = ["Campaign name", "Ad set name", "Ad name", "Day"]
NUMBERS = ["Impressions", "Link clicks", "Amount spent (EUR)", "Purchases", "Purchases conversion value"]
RATIOS = {"ctr": (1, 0), "cpc": (2, 1), "cpa": (2, 3), "roas": (4, 2)}
"""
POLARS = MEASURED.format(
    imports=f"""
import polars
{FRAMES}
ratios = [(polars.col(NUMBERS[a]) / polars.col(NUMBERS[b])).alias(name) for name, (a, b) in RATIOS.items()]
""",
    work="len(polars.scan_csv(path).group_by(KEYS).agg(polars.col(NUMBERS).sum()).with_columns(ratios)"
    '.collect(engine="streaming").rows())',
)
PANDAS = MEASURED.format(
    imports=f"""
import pandas
{FRAMES}
def ratio(a, b):
    return lambda frame: frame[NUMBERS[a]] / frame[NUMBERS[b]]
ratios = {{name: ratio(*each) for name, each in RATIOS.items()}}
""",
    work="len(list(pandas.read_csv(path).groupby(KEYS)[NUMBERS].sum().assign(**ratios).itertuples()))",
)
OURS, ALONE = "the whole journey", "the pass alone"
GOALS = {"DuckDB": Goal(1.0)}
PEERS = {"DuckDB": DUCKDB, "Polars": POLARS, "plain pandas": PANDAS}


def rows(*, full: bool) -> Iterator[Row]:
    """Yield seconds and megabytes for a million rows, and for ten million when there is time."""
    for size in (SIZE, FULL_SIZE) if full else (SIZE,):
        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "export.csv"
            with path.open("w", encoding="utf-8") as file:
                _write(file, size)
            yield from _beside(path, size)


def _beside(path: Path, size: int) -> Iterator[Row]:
    works = {OURS: WHOLE, ALONE: PASS} | PEERS
    found: dict[str, list[tuple[float, ...]]] = {name: [] for name in works}
    for _ in range(RUNS):
        for name, code in works.items():
            found[name].append(_run(code, path))
    taken, held, worked = (
        {name: median(run[at] for run in each) for name, each in found.items()} for at in range(3)
    )
    for peer in PEERS:
        work, goal = f"{size:,} rows → KPIs", GOALS.get(peer)
        spent = f"processor {worked[OURS] / worked[peer]:.2f}×"
        alone = f"; {ALONE} {taken[ALONE] / taken[peer]:.2f}×, {worked[ALONE] / worked[peer]:.2f}×"
        note = f"{spent}{alone if goal else ''}"
        yield Row(work, peer, taken[OURS], taken[peer], "s", goal, note)
        note = f"{ALONE} {held[ALONE] / held[peer]:.2f}×" if goal else ""
        if goal and size == FULL_SIZE:
            yield Row(f"{work}, peak", "", held[OURS], None, "MB", Goal(MEGABYTES_AT_10M), note)
        else:
            yield Row(f"{work}, peak", peer, held[OURS], held[peer], "MB", goal, note)


def _run(code: str, path: Path) -> tuple[float, ...]:
    """Give seconds, megabytes, and seconds of processor."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", code, str(path)], capture_output=True, text=True, check=True
    )
    *told, groups = done.stdout.splitlines()[-1].split()  # DuckDB may tell its progress before
    if int(groups) != GROUPS:
        raise RuntimeError(f"{groups} groups instead of {GROUPS}.")
    return tuple(float(each) for each in told)


def _write(file: TextIO, size: int) -> None:
    """Write rows day by day, as exports are sorted; the same ones every time. Nobody clicks unseen."""
    chance = random.Random(20260330)  # noqa: S311
    whole = chance.randrange
    days = [str(FIRST_DAY + timedelta(days=number)) for number in range(DAYS)]
    file.write(f"{HEADS}\n")
    for number in range(size):
        campaign, ad_set, creative = whole(CAMPAIGNS), whole(AD_SETS), whole(CREATIVES)
        name = f"{campaign:03}-{ad_set}"
        file.write(
            f"{days[number * DAYS // size]},campaign-{campaign:03},ad-set-{name},creative-{name}-{creative},"
            f"state-{whole(STATES)},{400 + whole(20_000)},{whole(400)},{whole(20)},"
            f"{whole(50_000) / 100:.2f},{whole(200_000) / 100:.2f}\n"
        )
