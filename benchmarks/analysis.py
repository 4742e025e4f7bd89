"""How long a person waits for an analysis, in a memory of a thousand campaigns and of a new list."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from benchmarks.campaigns import name, portfolio
from benchmarks.goal import Goal, Row, percentile, seconds_of
from bot.app import SystemClock, build_engine
from bot.settings import read_settings
from engine.engine import Engine
from engine.intake.payload import read_campaigns
from engine.models.retrospective import Retrospective
from store import Store, open_store

KNOWN, ASKED = 1_000, 60
LIST = 300
LIST_RUNS, FULL_LIST_RUNS = 1, 5


def rows(*, full: bool) -> Iterator[Row]:
    """Yield ``/analyze`` in a memory of 1,000 campaigns, then ``marko analyze`` of a list of 300."""
    with tempfile.TemporaryDirectory() as folder:
        settings = read_settings({"MARKO_DATA_DIR": folder, "MARKO_OUTPUT_DIR": f"{folder}/output"})
        clock = SystemClock()
        with closing(open_store(settings.database, clock)) as store:
            _remember(store, KNOWN)
            engine = build_engine(settings, store, clock)
            first = _analyze(engine, 0)
            taken = [_analyze(engine, number) for number in range(1, ASKED)]
    note = f"the first call {first * 1e3:.0f} ms"
    work = f"/analyze among {KNOWN:,} campaigns"
    yield Row(f"{work}, p50", "", percentile(taken, 0.5), None, "ms", None, note)
    yield Row(f"{work}, p95", "", percentile(taken, 0.95), None, "ms", Goal(1_000))
    listed = median(_analyze_list() for _ in range(FULL_LIST_RUNS if full else LIST_RUNS))
    per_campaign = f"{listed / LIST * 1e3:.1f} ms a campaign"
    yield Row(f"marko analyze, a list of {LIST}", "", listed, None, "s", None, per_campaign)


def _remember(store: Store, size: int) -> None:
    campaigns, _ = read_campaigns(portfolio(size), source="portfolio")
    with store.memory.unit() as unit:
        for campaign in campaigns:
            unit.keep_retrospective(
                Retrospective(campaign=campaign, revision=1, received_at=SystemClock().now())
            )


def _analyze(engine: Engine, number: int) -> float:
    return seconds_of(lambda: engine.analyze(name(number), asked_by="U0MEMBER", channel="C0GROWTH"))


def _analyze_list() -> float:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "campaigns.json"
        file.write_text(portfolio(LIST), encoding="utf-8")
        told = {"MARKO_DATA_DIR": f"{folder}/data", "MARKO_OUTPUT_DIR": f"{folder}/output"}
        command = [sys.executable, "-m", "bot", "analyze", str(file), "--json"]
        return seconds_of(lambda: _run(command, told))


def _run(command: list[str], told: dict[str, str]) -> None:
    subprocess.run(command, env=os.environ | told, stdout=subprocess.DEVNULL, check=True)  # noqa: S603
