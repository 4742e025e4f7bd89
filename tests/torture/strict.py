"""Promise 24: payloads are strict: what JSON lets pass and no campaign can have is refused, by its field."""

import contextlib
import io
import json
import os
import tempfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, NamedTuple
from unittest.mock import patch

import httpx
from bot_team import APPROVER, GROWTH, Team, shown

from bot.cli import main
from torture.made_up import campaigns
from torture.result import Result, counted
from torture.traces import rows

TOKEN = "a-token-of-the-torture"
MARK = "the literal stands here"
LITERALS = ("NaN", "Infinity", "-Infinity", "1e309", "true", "12345678901234567890123456", '"12"')
FIGURES = ("impressions", "clicks", "conversions", "spend", "revenue")
Door = Callable[[str], str]
"""Hands a text in, and gives what is answered."""


class Hostile(NamedTuple):
    """A body, and the field that its refusal has to name."""

    kind: str
    field: str
    text: str


def run(times: int) -> Result:
    """Hand ``times`` hostile bodies in by each door: the shell, the HTTP API, and a file that is dropped."""
    with tempfile.TemporaryDirectory() as folder:
        team = Team(Path(folder) / "team", filled=False, port=0, MARKO_API_TOKEN=TOKEN)
        try:
            bodies = list(_bodies(team, times))
            faults = [
                fault
                for name, door in _doors(team, Path(folder)).items()
                for number, each in enumerate(bodies)
                for fault in _refused(name, door, each, number, Path(folder))
            ]
        finally:
            team.close()
    return counted(times * 3, faults)


def _refused(name: str, door: Door, hostile: Hostile, number: int, folder: Path) -> list[str]:
    told = door(hostile.text)
    where = f"{name}, {hostile.kind} as {hostile.field}"
    faults = [] if hostile.field in told else [f"{number}: {where}: the field is not named: {told[:80]}"]
    stored = [
        database
        for database in (folder / "team" / "marko.db", folder / "shell" / "marko-data" / "marko.db")
        if database.exists() and rows(database, "SELECT count(*) FROM performance_logs")[0][0]
    ]
    return faults + ([f"{number}: {where}: stored"] if stored else [])


def _bodies(team: Team, times: int) -> Iterator[Hostile]:
    whole = json.loads(campaigns(["spring-sale"], team.sandbox.clock.now()))[0]
    kinds = [
        *((kind, block, field) for kind in LITERALS for block in BLOCKS for field in FIGURES),
        *(("null", block, field) for block in BLOCKS for field in FIGURES if field != "revenue"),
        *(("a field twice", block, field) for block in BLOCKS for field in FIGURES),
        *(("an extra field", block, f"extra_{number}") for block in BLOCKS for number in range(5)),
    ]
    for number in range(times):
        kind, block, field = kinds[(number * 5) % len(kinds)]  # no factor is shared: every kind comes
        yield Hostile(kind, field, _body(whole, kind, block, field))


BLOCKS = ("expected_metrics", "actual_metrics")


def _body(whole: dict[str, Any], kind: str, block: str, field: str) -> str:
    metrics = dict(whole[block])
    if kind == "an extra field":
        return json.dumps(whole | {block: metrics | {field: 1}})
    if kind == "a field twice":
        metrics.pop(field)
        twice = f'{{"{field}": 1, "{field}": 2, {json.dumps(metrics)[1:]}'
        return json.dumps(whole | {block: MARK}).replace(f'"{MARK}"', twice)
    return json.dumps(whole | {block: metrics | {field: MARK}}).replace(f'"{MARK}"', kind)


def _doors(team: Team, folder: Path) -> dict[str, Door]:
    home = folder / "shell"
    home.mkdir()
    return {
        "shell": lambda text: _shell(home, text),
        "HTTP": lambda text: _http(team, text),
        "file": lambda text: _file(team, text),
    }


def _shell(home: Path, text: str) -> str:
    (home / "one.json").write_text(text, encoding="utf-8")
    said = io.StringIO()
    kept = {"PATH": os.environ.get("PATH", "")}
    with (
        contextlib.chdir(home),
        patch.dict(os.environ, kept, clear=True),
        contextlib.redirect_stderr(said),
        contextlib.redirect_stdout(io.StringIO()),
    ):
        code = main(["analyze", "one.json"])
    return said.getvalue() if code == 1 else f"exit {code}"


def _http(team: Team, text: str) -> str:
    team.move(seconds=2)  # more than sixty in a minute would be refused unread
    assert team.sandbox.marko
    assert team.sandbox.marko.web
    url, headers = team.sandbox.marko.web.url, {"Authorization": f"Bearer {TOKEN}"}
    answer = httpx.post(f"{url}/analyze-campaign", content=text, headers=headers, timeout=20, trust_env=False)
    named = " ".join(str(each["field"]) for each in answer.json().get("faults", ()))
    return named if answer.status_code == 422 else f"status {answer.status_code}"


def _file(team: Team, text: str) -> str:
    ts = team.share("one.json", text.encode())["ts"]

    def answered() -> dict[str, Any] | None:
        every = team.workspace.messages(GROWTH, APPROVER)
        mine = (each for each in every if each["thread_ts"] == ts and each["user"] == "U0MARKO")
        return next(mine, None)

    return shown(team.wait(answered))
