"""A shell in a folder of its own: runs ``marko`` as a process, with an environment of its own."""

import contextlib
import json
import os
import sqlite3
import subprocess
import sys
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import pytest
from engine_values import body

from bot.cli import main

PROJECT = Path(__file__).resolve().parents[2]
KEPT = ("PATH", "HOME", "LANG", "LC_ALL", "SYSTEMROOT", "COVERAGE_PROCESS_START")


class Done(NamedTuple):
    code: int
    out: str
    err: str

    @property
    def json(self) -> Any:
        return json.loads(self.out)


class Room:
    """``folder`` is where the command runs and keeps its data."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def run(self, *arguments: str, given: str | bytes | None = None, **environment: str) -> Done:
        """Run ``marko`` to its end."""
        written = given.encode() if isinstance(given, str) else given
        done = subprocess.run(
            command(*arguments),
            cwd=self.folder,
            env=surroundings(**environment),
            input=written,
            capture_output=True,
            timeout=60,
            check=False,
        )
        return Done(done.returncode, done.stdout.decode(), done.stderr.decode())

    def call(self, *arguments: str, heard: pytest.CaptureFixture[str]) -> Done:
        """Run ``marko`` in this process, which is ten times as fast."""
        with contextlib.chdir(self.folder), patch.dict(os.environ, surroundings(), clear=True):
            code = main(arguments)
        return Done(code, *heard.readouterr())

    def file(self, name: str, content: Any) -> str:
        """Write a file; what is no text is written as JSON."""
        text = content if isinstance(content, str) else json.dumps(content, ensure_ascii=False)
        (self.folder / name).write_text(text, encoding="utf-8")
        return name

    def stored(self) -> int:
        """How many campaign windows the memory holds."""
        return len(self.rows("performance_logs"))

    def rows(self, table: str) -> list[tuple[Any, ...]]:
        path = self.folder / "marko-data" / "marko.db"
        if not path.exists():
            return []
        with sqlite3.connect(path) as connection:
            return connection.execute(f"SELECT * FROM {table}").fetchall()  # noqa: S608

    def artifacts(self) -> dict[str, bytes]:
        """Every file in the output folder, by its path."""
        home = self.folder / "output"
        return {
            str(each.relative_to(home)): each.read_bytes()
            for each in sorted(home.rglob("*"))
            if each.is_file()
        }


def command(*arguments: str) -> list[str]:
    return [sys.executable, "-m", "bot", *arguments]


def surroundings(**changed: str) -> dict[str, str]:
    """The least a process needs, and what the test sets."""
    kept = {name: os.environ[name] for name in KEPT if name in os.environ}
    return {**kept, "PYTHONPATH": str(PROJECT), "PYTHONUTF8": "1", **changed}


def told(campaign_id: str = "spring-sale", **changed: Any) -> dict[str, Any]:
    """One retrospective as JSON, with a real win in it."""
    parts: dict[str, Any] = {
        "campaign_id": campaign_id,
        "expected_metrics": counted(833_333, 10_000, 300, 12_300.0, 30_750.0),
        "actual_metrics": counted(820_200, 12_303, 390, 12_090.0, 42_315.0),
        "currency": "EUR",
        "window_start": "2026-03-02",
        "window_end": "2026-03-29",
    }
    return body(**parts | changed)


def counted(impressions: int, clicks: int, conversions: int, spend: float, revenue: float) -> dict[str, Any]:
    """Totals as a file has them."""
    return {
        "impressions": impressions,
        "clicks": clicks,
        "conversions": conversions,
        "spend": spend,
        "revenue": revenue,
    }
