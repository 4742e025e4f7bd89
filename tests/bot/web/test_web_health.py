"""Alive and ready: each thing that can fail is named, and nothing is told to strangers beyond that."""

import socket
from dataclasses import replace
from pathlib import Path

import httpx
from bot_team import Team
from fastapi import FastAPI
from fastapi.testclient import TestClient
from web_room import client

from bot.app import Marko
from bot.settings import read_settings
from bot.web.health import Store, health
from engine.errors import StoreTrouble


def test_a_bot_at_work_is_alive_and_ready(stranger: httpx.Client) -> None:
    alive, ready = stranger.get("/healthz"), stranger.get("/readyz")
    assert (alive.status_code, alive.json()) == (200, {"status": "ok"})
    assert (ready.status_code, ready.json()) == (200, {"status": "ok", "store": "ok", "slack": "ok"})


def test_the_probe_writes_to_the_memory_and_moves_nothing_in_it(team: Team, stranger: httpx.Client) -> None:
    with team.engine._memory.reading() as reading:
        before = reading.generation()
    team.engine.probe()
    assert stranger.get("/readyz").status_code == 200
    with team.engine._memory.reading() as reading:
        assert reading.generation() == before
        assert reading.setting("probe")


def test_a_memory_that_cannot_be_written_is_named_and_its_path_is_not() -> None:
    def broken() -> None:
        raise StoreTrouble("/home/somebody/marko.db: the disk is full")

    assert Store(broken)() == "cannot be written"


def test_many_questions_in_a_second_are_one_write() -> None:
    writes: list[bool] = []
    store = Store(lambda: writes.append(True))
    assert [store() for _ in range(50)] == ["ok"] * 50
    assert len(writes) == 1


def test_whatever_is_not_ok_makes_it_503_and_is_named() -> None:
    app = FastAPI()
    app.include_router(health({"store": lambda: "cannot be written", "slack": lambda: "ok"}))
    answer = TestClient(app).get("/readyz")
    assert answer.status_code == 503
    assert answer.json() == {"status": "not ready", "store": "cannot be written", "slack": "ok"}


def test_while_slack_is_down_it_is_alive_and_not_ready(tmp_path: Path) -> None:
    with socket.socket() as silent:
        silent.bind(("127.0.0.1", 0))  # bound and not listening: nobody is there
        environment = {
            "SLACK_BOT_TOKEN": "xoxb-1",
            "SLACK_SIGNING_SECRET": "s",
            "SLACK_API_URL": f"http://127.0.0.1:{silent.getsockname()[1]}/api/",
            "MARKO_DATA_DIR": str(tmp_path),
        }
        marko = Marko(replace(read_settings(environment), port=0))
        marko.start()
        try:
            assert marko.web
            with httpx.Client(base_url=marko.web.url, trust_env=False) as opened:
                assert opened.get("/healthz").status_code == 200
                answer = opened.get("/readyz")
                assert answer.status_code == 503
                assert answer.json() == {"status": "not ready", "store": "ok", "slack": "not connected"}
        finally:
            marko.stop()


def test_a_socket_that_went_away_is_not_ready(tmp_path: Path) -> None:
    team = Team(tmp_path, filled=False, port=0)
    try:
        with client(team, keyed=False) as opened:
            assert opened.get("/readyz").json()["slack"] == "ok"
            team.sandbox.server.stop()
            team.wait(lambda: opened.get("/readyz").status_code == 503)
            assert opened.get("/readyz").json()["slack"] == "not connected"
            assert opened.get("/healthz").status_code == 200
    finally:
        team.close()
