"""How long a person waits, in a memory of a thousand campaigns and for the analysis of a new list."""

import os
import subprocess
import sys
import tempfile
from collections.abc import Callable, Iterator
from contextlib import closing
from pathlib import Path
from statistics import median

from benchmarks import memory
from benchmarks.campaigns import name, portfolio
from benchmarks.goal import Goal, Row, percentile, seconds_of
from bot.app import build_engine
from bot.clock import SystemClock
from bot.settings import read_settings
from engine.engine import Engine
from store import open_store

KNOWN, ASKED, LOOKED = 1_000, 60, 20
LIST = 300
LIST_RUNS, FULL_LIST_RUNS = 1, 5


def rows(*, full: bool) -> Iterator[Row]:
    """Yield what people ask in a memory of 1,000 campaigns, then ``marko analyze`` of a list of 300."""
    with tempfile.TemporaryDirectory() as folder:
        told = {
            "MARKO_DATA_DIR": folder,
            "MARKO_OUTPUT_DIR": f"{folder}/output",
            "MARKO_APPROVERS": memory.APPROVER.id,
            "MARKO_CHANGES_A_DAY": str(KNOWN),
        }
        settings = read_settings(told)
        clock = SystemClock()
        with closing(open_store(settings.database, clock)) as store:
            engine = build_engine(settings, store, clock)
            with closing(engine):
                memory.fill(store, engine, KNOWN)
            engine = build_engine(settings, store, clock)
            with closing(engine):
                first = _analyze(engine, 0)
                taken = [_analyze(engine, number) for number in range(1, ASKED)]
                looks = list(_looks(engine))
    note = f"the first call {first * 1e3:.0f} ms"
    work = f"/analyze among {KNOWN:,} campaigns"
    yield Row(f"{work}, p50", "", percentile(taken, 0.5), None, "ms", None, note)
    yield Row(f"{work}, p95", "", percentile(taken, 0.95), None, "ms", Goal(1_000))
    yield from looks
    listed = median(_analyze_list() for _ in range(FULL_LIST_RUNS if full else LIST_RUNS))
    per_campaign = f"{listed / LIST * 1e3:.1f} ms a campaign"
    yield Row(f"marko analyze, a list of {LIST}", "", listed, None, "s", None, per_campaign)


def _looks(engine: Engine) -> Iterator[Row]:
    """Yield what is read every day, and a decision, each of which changes what the next Home shows."""
    waiting = [each.id for each in engine.recommendations(status="proposed", limit=KNOWN).recommendations]
    decided, homes = [], []
    for identifier in waiting[:LOOKED]:
        decided.append(_seconds_to_decide(engine, identifier))
        homes.append(seconds_of(lambda: engine.overview(memory.APPROVER)))
    yield Row("a decision", "", median(decided), None, "ms", Goal(50), "among 1,560 digests")
    yield Row("Home after a decision", "", median(homes), None, "ms", Goal(100))
    works: dict[str, tuple[Callable[[], object], float]] = {
        "/learnings": (engine.learned_about, 100),
        "what waits, asked in words": (lambda: engine.ask("What waits for a decision?"), 300),
        "what was decided, asked in words": (lambda: engine.ask("What was decided?"), 300),
        "a digest's preview": (lambda: engine.preview_digest(memory.CHANNEL), 300),
        "/marko insights": (engine.insights, 300),
    }
    for work, (ask, limit) in works.items():
        yield Row(work, "", median(seconds_of(ask) for _ in range(LOOKED)), None, "ms", Goal(limit))


def _seconds_to_decide(engine: Engine, identifier: str) -> float:
    return seconds_of(lambda: engine.decide(identifier, "reject", by=memory.APPROVER))


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
