"""The nightly check: a thousand campaigns of ninety days, judged from their rows in a real store."""

import tempfile
from collections.abc import Iterator
from contextlib import closing
from datetime import timedelta
from pathlib import Path
from time import perf_counter
from zoneinfo import ZoneInfo

import numpy as np

from benchmarks.every_campaign import judged
from benchmarks.goal import Goal, Row
from benchmarks.noise import START, lived, quiet_campaign
from bot.clock import SystemClock
from bot.settings import read_settings
from engine.models.daily import DailyRow, DaySum
from engine.models.file_import import FileImport
from engine.models.rules import Rules
from store import Store, open_store

SEED = 20260602
CAMPAIGNS, DAYS, A_FILE = 1_000, 90, 100
ZONE = ZoneInfo("Europe/Madrid")


def rows(*, full: bool) -> Iterator[Row]:  # noqa: ARG001  the same in a short and a full run
    """Yield how long all are judged, and how much more memory the last half took than the first."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"MARKO_DATA_DIR": folder})
        with closing(open_store(settings.database, SystemClock())) as store:
            _fill(store, CAMPAIGNS)
            began, peaks, count = perf_counter(), [], 0
            with store.memory.reading() as reading:
                for each in judged(reading, [], now=SystemClock().now(), team=ZONE, rules=Rules()):
                    count += each.retrospective.rows is not None
                    if count in {CAMPAIGNS // 2, CAMPAIGNS}:
                        peaks.append(_peak_mb())
            seconds = perf_counter() - began
    note = f"{count:,} judged, {seconds / max(count, 1) * 1e3:.1f} ms each"
    yield Row(f"nightly check, {CAMPAIGNS:,} × {DAYS} days", "", seconds, None, "s", Goal(60), note)
    grown = peaks[-1] - peaks[0]
    yield Row("its memory, second half over first", "", grown, None, "MB", Goal(20))


def _fill(store: Store, campaigns: int) -> None:
    """Bring so many campaigns in files of a hundred."""
    chance = np.random.default_rng(SEED)
    for file in range(campaigns // A_FILE):
        found = FileImport(
            id=f"import:{file}", channel="C0GROWTH", thread="1.1", file=f"{file}.csv", by="U0MEMBER",
            checksum=str(file), at=SystemClock().now(), state="done",
        )  # fmt: skip
        told = [row for number in range(A_FILE) for row in _rows(f"c-{file * A_FILE + number:05}", chance)]
        with store.memory.unit() as unit:
            unit.keep_file_import(found)
            unit.add_rows(found.id, told)
            read_on = START + timedelta(days=DAYS)
            unit.hold([each.model_copy(update={"read_on": read_on}) for each in unit.put_aside(found.id)])


def _rows(name: str, chance: np.random.Generator) -> list[DailyRow]:
    return [_row(name, each) for each in lived(quiet_campaign(chance), DAYS, chance)]


def _row(name: str, each: DaySum) -> DailyRow:
    return DailyRow(
        first_day=each.day, last_day=each.day, platform="Meta", account="default", campaign_id=name,
        campaign=name, ad_set="", ad="", creative="", audience="", placement="", device="", country="",
        currency="EUR", objective="", attribution="", impressions=each.impressions, clicks=each.clicks,
        spend=each.spend, conversions=each.conversions, revenue=each.revenue, reach=None,
    )  # fmt: skip


def _peak_mb() -> float:
    """Give the most memory that this process ever held, in MB (Linux)."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    return int(next(line for line in status.splitlines() if line.startswith("VmHWM")).split()[1]) / 1024
