"""A model's words in Slack: one reply in the card's thread, or none; the card is worded by code."""

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bot_team import Team, shown
from llm_server import ModelServer, error, faithful
from shell_room import Room, told

ENVIRONMENT = {"OPENAI_API_KEY": "sk-planted-0123456789abcdef"}
MARK = "Worded by a model, figures checked"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    opened = ModelServer()
    yield opened
    opened.close()


def environment(server: ModelServer) -> dict[str, str]:
    # Embeddings are somebody else's story: this server answers chat alone, so they stay local.
    return {**ENVIRONMENT, "OPENAI_BASE_URL": server.url}


def chats(server: ModelServer) -> list[dict[str, Any]]:
    return [each for each in server.questions if each["path"].endswith("/chat/completions")]


def answer_chats_with(server: ModelServer, write: Any) -> None:
    def answer(handler: Any) -> None:
        (write if handler.path.endswith("/chat/completions") else error(404))(handler)

    server.always = answer


def replies(team: Team, card: dict[str, Any]) -> list[dict[str, Any]]:
    messages = team.workspace.messages(card["channel"], "U0APPROVER")
    return [each for each in messages if each.get("thread_ts") == card["ts"] and each["ts"] != card["ts"]]


def test_the_words_of_a_model_come_as_one_reply_in_the_card_s_thread(
    tmp_path: Path, server: ModelServer
) -> None:
    answer_chats_with(server, faithful)
    team = Team(tmp_path, **environment(server))
    try:
        assert chats(server) == [], "the sample history is worded by rules"
        card = team.card_of("spring-sale")
        assert "*Beat the forecast.* CPA 31.00" in shown(card)
        reply = team.wait(lambda: next((each for each in replies(team, card) if MARK in shown(each)), None))
        assert "• Beat the forecast. CPA 31.00" in shown(reply)
        assert "openai:gpt-4.1-mini" in shown(reply)
        assert reply["broken"] == []
        team.command("/analyze spring-sale")
        team.whisper("spring-sale", user="U0APPROVER")
        assert len([each for each in replies(team, card) if MARK in shown(each)]) == 1
    finally:
        team.close()


def test_where_the_model_fails_the_card_stands_alone_and_can_be_decided(
    tmp_path: Path, server: ModelServer
) -> None:
    answer_chats_with(server, error(500))
    team = Team(tmp_path, **environment(server))
    try:
        card = team.card_of("spring-sale")
        team.wait(lambda: chats(server))
        team.click("Approve", card)
        team.wait(lambda: team.find("Carry it out in Meta, then press Done."))
        assert replies(team, card) == []
    finally:
        team.close()


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_marko_analyze_says_whose_words_they_are(room: Room, server: ModelServer) -> None:
    answer_chats_with(server, faithful)
    done = room.run("analyze", room.file("one.json", told()), "--json", **environment(server))
    insights = done.json["insights"]
    assert insights["source"] == "openai:gpt-4.1-mini"
    assert insights["alternative"]["source"] == "rules"
    kept = json.loads(room.artifacts()["spring-sale/insights.json"])
    assert kept == insights
    again = room.run("analyze", room.file("one.json", told()), "--json", **environment(server))
    assert again.json["insights"] == insights
    assert len(chats(server)) == 1, "another process asks no second time within the hour"


def test_marko_analyze_falls_back_to_the_rules_with_one_line_and_no_key_in_it(
    room: Room, server: ModelServer
) -> None:
    answer_chats_with(server, error(401, "invalid_api_key"))
    plain = room.run("analyze", room.file("one.json", told()), "--json").json["insights"]
    done = room.run(
        "analyze", "one.json", "--json", MARKO_LOG_LEVEL="DEBUG", **environment(server)
    )  # fmt: skip
    assert done.code == 0
    assert done.json["insights"] == plain
    lines = [line for line in done.err.splitlines() if "insights by the rules" in line]
    assert len(lines) == 1
    assert "unauthorised" in lines[0]
    assert "planted" not in done.err


def test_doctor_tells_the_model_and_its_price_and_never_the_key(room: Room) -> None:
    done = room.run("doctor", **ENVIRONMENT)
    assert "ok       OPENAI_API_KEY: set" in done.out
    assert "ok       model: gpt-4.1-mini, 0.40 and 1.60 USD per million tokens in and out" in done.out
    assert "planted" not in done.out + done.err
    broken = room.run("doctor", MARKO_INSIGHTS_MODEL="llama3.1", **ENVIRONMENT)
    assert "broken   model: llama3.1 has no price, so it is not asked; name one in MARKO_PRICES" in broken.out
