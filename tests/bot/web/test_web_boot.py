"""`marko run` by HTTP: a process that needs no app token, served on a port, and stopped in order."""

import json
import socket
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx
import pytest
from bot_team import APPROVER, GROWTH, SIGNING_SECRET, Team
from shell_room import PROJECT, Room, command, surroundings, told
from web_room import DOOR, KEYED, TOKEN, signed, until
from web_room import command as slash

from bot.manifest import commands, events
from bot.sandbox.server import SandboxServer

PATIENCE_S = 30


@pytest.fixture
def slack() -> Iterator[SandboxServer]:
    with SandboxServer(commands=commands(), bot_events=events(), signing_secret=SIGNING_SECRET) as server:
        yield server


def free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port: int = taken.getsockname()[1]
    return port


@pytest.mark.parametrize("name", ["MARKO_PORT", "PORT"])
def test_marko_run_without_an_app_token_serves_slack_by_http(
    tmp_path: Path, slack: SandboxServer, name: str
) -> None:
    port = free_port()
    environment = surroundings(
        SLACK_BOT_TOKEN=slack.bot_token,
        SLACK_SIGNING_SECRET=SIGNING_SECRET,
        SLACK_API_URL=slack.api_url,
        MARKO_API_TOKEN=TOKEN,
        **{name: str(port)},
    )
    with (tmp_path / "bot.log").open("wb") as log:
        process = subprocess.Popen(command("run"), cwd=tmp_path, env=environment, stderr=log)
    url = f"http://127.0.0.1:{port}"
    try:
        with httpx.Client(base_url=url, headers=KEYED, trust_env=False) as bot:
            until(lambda: ready(bot))
            slack.deliver_to(f"{url}{DOOR}")
            assert bot.post("/analyze-campaign", json=told()).status_code == 200
            body = {"user": APPROVER, "channel": GROWTH, "text": "/analyze spring-sale"}
            httpx.post(f"{slack.url}/ui/command", json=body, trust_env=False).raise_for_status()
            slack.workspace.wait_for(lambda: slack.workspace.messages(GROWTH), PATIENCE_S)
        process.terminate()
        assert process.wait(PATIENCE_S) == 0
    finally:
        process.kill()
        process.wait()
    assert "Traceback" not in (tmp_path / "bot.log").read_text(encoding="utf-8")


def ready(bot: httpx.Client) -> bool:
    try:
        return bot.get("/readyz").status_code == 200
    except httpx.TransportError:
        return False


def test_a_port_that_is_taken_is_told_in_one_line(tmp_path: Path) -> None:
    with socket.socket() as taken:
        taken.bind(("0.0.0.0", 0))  # noqa: S104  as the bot itself would
        taken.listen()
        port = taken.getsockname()[1]
        room = Room(tmp_path)
        done = room.run("run", SLACK_BOT_TOKEN="x", SLACK_SIGNING_SECRET="x", MARKO_PORT=str(port))
    assert (done.code, done.out) == (1, "")
    assert done.err == f"Port {port} cannot be taken (Address already in use); MARKO_PORT names another.\n"


def test_fastapi_is_not_imported_where_nothing_is_served() -> None:
    told_by = (
        "import json, sys, bot.app, bot.shell, bot.cli;"
        "print(json.dumps([each for each in ('fastapi', 'uvicorn', 'bot.web.app') if each in sys.modules]))"
    )
    done = subprocess.run(
        [sys.executable, "-c", told_by], cwd=PROJECT, env=surroundings(), capture_output=True, check=True
    )
    assert json.loads(done.stdout) == []


def test_what_is_secret_is_in_no_log_and_in_no_answer(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level("DEBUG")
    team = Team(tmp_path, filled=False, mode="http", MARKO_API_TOKEN="planted-api-token")
    answers = []
    try:
        assert team.sandbox.marko
        assert team.sandbox.marko.web
        with httpx.Client(base_url=team.sandbox.marko.web.url, trust_env=False) as bot:
            for key in ("planted-api-token", "planted-guess"):
                answers.append(bot.get("/recommendations", headers={"Authorization": f"Bearer {key}"}))
                answers.append(bot.post("/analyze-campaign", headers={"Authorization": f"Bearer {key}"}))
            body = slash("planted-words", trigger="1")
            answers += [
                bot.post(DOOR, content=body, headers=signed(body, secret=secret))
                for secret in (SIGNING_SECRET, "planted-secret")
            ]
    finally:
        team.close()
    own = ("httpx", "httpcore")  # the test's own client
    ours = [each.getMessage() for each in caplog.records if not each.name.startswith(own)]
    everything = "\n".join([*ours, *(each.text for each in answers)])
    for secret in ("planted-api-token", "planted-guess", SIGNING_SECRET, "planted-secret", "xoxb-sandbox"):
        assert secret not in everything
