"""A bot with its HTTP open, and hands that sign as Slack does or carry the API's token."""

import json
import time
from collections.abc import Callable
from http.client import HTTPConnection
from typing import Any
from urllib.parse import urlencode

import httpx
from bot_team import APPROVER, GROWTH, SIGNING_SECRET, Team

from bot.sandbox.http_link import FORM_TYPE, JSON_TYPE, signature

TOKEN = "a-token-of-the-tests"
DOOR = "/slack/events"
PATIENCE_S = 30.0
KEYED = {"Authorization": f"Bearer {TOKEN}"}


def client(team: Team, *, keyed: bool = True) -> httpx.Client:
    """A client of the bot's own server; straight, whatever proxy the environment names."""
    assert team.sandbox.marko
    assert team.sandbox.marko.web
    headers = KEYED if keyed else {}
    return httpx.Client(base_url=team.sandbox.marko.web.url, headers=headers, timeout=20, trust_env=False)


def announce(opened: httpx.Client, path: str, length: int, headers: dict[str, str]) -> tuple[int, Any]:
    """Announce a body of that length and send none of it: what is answered, came without reading."""
    url = opened.base_url
    connection = HTTPConnection(url.host, url.port or 80, timeout=20)
    try:
        connection.request("POST", path, headers={**headers, "Content-Length": str(length)})
        answer = connection.getresponse()
        return answer.status, json.loads(answer.read())
    finally:
        connection.close()


def until(predicate: Callable[[], bool]) -> None:
    """Wait for another process, which can tell us nothing by itself."""
    deadline = time.monotonic() + PATIENCE_S
    while not predicate():
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.02)


def command(text: str, *, trigger: str, name: str = "/analyze") -> bytes:
    """The body of a slash command as Slack writes it; without a response_url, so nobody is called back."""
    told = {
        "command": name,
        "text": text,
        "team_id": "T0SANDBOX",
        "team_domain": "sandbox",
        "channel_id": GROWTH,
        "channel_name": "growth",
        "user_id": APPROVER,
        "user_name": "approver",
        "api_app_id": "A0MARKO",
        "is_enterprise_install": "false",
        "trigger_id": trigger,
        "token": "x",
    }
    return urlencode(told).encode()


def event(**fields: Any) -> bytes:
    return json.dumps(fields).encode()


def signed(
    body: bytes, *, secret: str = SIGNING_SECRET, age_s: int = 0, kind: str = FORM_TYPE
) -> dict[str, str]:
    """The headers of a request that was signed ``age_s`` seconds ago."""
    return {"Content-Type": kind, **signature(secret, body, int(time.time()) - age_s)}


def signed_json(body: bytes) -> dict[str, str]:
    return signed(body, kind=JSON_TYPE)
