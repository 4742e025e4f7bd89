"""Promise 17: requests are genuine: what Slack did not sign now is 401, what came before has no effect."""

import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from urllib.parse import urlencode

import httpx
from bot_team import APPROVER, GROWTH, SIGNING_SECRET, Team

from bot.sandbox.http_link import FORM_TYPE, signature
from torture.result import Result, counted
from torture.traces import is_idle, rows

DOOR = "/slack/events"
SIX_MINUTES = 360
Headers = Callable[[bytes], dict[str, str]]
FORGED: dict[str, Headers] = {
    "six minutes old": lambda body: _signed(body, age_s=SIX_MINUTES),
    "six minutes ahead": lambda body: _signed(body, age_s=-SIX_MINUTES),
    "a wrong secret": lambda body: _signed(body, secret="another secret"),
    "a changed body": lambda body: _signed(body + b"&more=1"),
    "no signature": lambda _: {"Content-Type": FORM_TYPE},
    "a signature without a moment": lambda body: _without(_signed(body), "X-Slack-Request-Timestamp"),
}


def run(times: int) -> Result:
    """Send ``times`` rounds of forged requests, and of one that is genuine and comes again three times."""
    with tempfile.TemporaryDirectory() as folder:
        team = Team(Path(folder), filled=False, mode="http")
        try:
            faults = [fault for number in range(times) for fault in _round(team, Path(folder), number)]
        finally:
            team.close()
    return counted(times * (len(FORGED) + 3), faults)


def _round(team: Team, folder: Path, number: int) -> list[str]:
    assert team.sandbox.marko
    assert team.sandbox.marko.web
    database = folder / "marko.db"
    with httpx.Client(base_url=team.sandbox.marko.web.url, timeout=20, trust_env=False) as slack:
        faults = [fault for kind in FORGED for fault in _forged(slack, database, kind, number)]
        return faults + _replayed(team, slack, database, number)


def _forged(slack: httpx.Client, database: Path, kind: str, number: int) -> list[str]:
    body, before = _command(f"forged-{number}-{kind}"), _accepted(database)
    answer = slack.post(DOOR, content=body, headers=FORGED[kind](body))
    wrong = [f"{kind}: {answer.status_code}"] if answer.status_code != 401 else []
    return wrong + ([f"{kind}: had an effect"] if _accepted(database) != before else [])


def _replayed(team: Team, slack: httpx.Client, database: Path, number: int) -> list[str]:
    body, before = _command(f"genuine-{number}"), _accepted(database)
    headers = _signed(body)
    answers = [slack.post(DOOR, content=body, headers=headers).status_code for _ in range(4)]
    team.wait(lambda: is_idle(database))
    added = _accepted(database) - before
    done = rows(database, "SELECT count(*) FROM ledger WHERE deed = 'read'")[0][0]
    faults = [] if set(answers) == {200} else [f"a genuine request: {answers}"]
    return faults + ([] if (added, done) == (1, number + 1) else [f"replayed: {added} taken, {done} done"])


def _command(trigger: str) -> bytes:
    told = {
        "command": "/marko",
        "text": "weights",
        "team_id": "T0SANDBOX",
        "channel_id": GROWTH,
        "user_id": APPROVER,
        "api_app_id": "A0MARKO",
        "trigger_id": trigger,
    }
    return urlencode(told).encode()


def _signed(body: bytes, *, secret: str = SIGNING_SECRET, age_s: int = 0) -> dict[str, str]:
    return {"Content-Type": FORM_TYPE, **signature(secret, body, int(time.time()) - age_s)}


def _without(headers: dict[str, str], name: str) -> dict[str, str]:
    return {key: value for key, value in headers.items() if key != name}


def _accepted(database: Path) -> int:
    return int(rows(database, "SELECT count(*) FROM inbox")[0][0])
