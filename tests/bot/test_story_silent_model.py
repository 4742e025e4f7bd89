"""A model that takes every question and never answers: the card does not wait for it, nor does anybody."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bot_team import APPROVER, Team, both_ways, shown
from llm_server import Handler, ModelServer, completion, error, silence, vectors
from shell_room import Room, told

KEY = "sk-planted-0123456789abcdef"
CHAT, EMBEDDINGS = "/v1/chat/completions", "/v1/embeddings"


@pytest.fixture
def server() -> Iterator[ModelServer]:
    opened = ModelServer()
    opened.always = embedding_alone
    yield opened
    opened.close()


@pytest.fixture
def team(request: pytest.FixtureRequest, tmp_path: Path, server: ModelServer) -> Iterator[Team]:
    environment = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url, "MARKO_LLM_BUDGET_USD": "0.01"}
    opened = Team(tmp_path, mode=request.param, **environment)
    yield opened
    opened.close()


def embedding_alone(handler: Handler) -> None:
    (vectors if handler.path == EMBEDDINGS else error(404))(handler)


def asked(server: ModelServer) -> list[str]:
    return [each["path"] for each in server.questions]


@both_ways
def test_the_card_stands_before_the_model_is_asked_and_can_be_decided_while_it_is_silent(
    team: Team, server: ModelServer
) -> None:
    """The embedder is asked nothing more: what it made at the start is known."""
    stood: list[bool] = []

    def see_and_say_nothing(handler: Handler) -> None:
        stood.append(team.find("Beat the forecast") is not None)
        silence(handler)

    server.questions.clear()
    server.always = see_and_say_nothing
    card = team.card_of("spring-sale")
    team.wait(lambda: stood)
    assert (asked(server), stood) == ([CHAT], [True])
    team.click("Approve", card)
    team.wait(lambda: team.find("Carry it out in Meta, then press Done."))
    assert not server.released.is_set()
    server.released.set()  # nobody has to wait for what was left behind


def test_marko_analyze_ends_in_the_rules_words_when_the_model_says_nothing(
    tmp_path: Path, server: ModelServer
) -> None:
    room = Room(tmp_path)
    plain = room.run("analyze", room.file("one.json", told()), "--json").json["insights"]
    server.always = silence
    environment = {"OPENAI_API_KEY": KEY, "OPENAI_BASE_URL": server.url, "MARKO_LLM_DEADLINE_S": "1"}
    environment["MARKO_LOG_LEVEL"] = "WARNING"
    done = room.run("analyze", "spring-sale", "--json", **environment)
    assert done.json["insights"] == plain
    assert asked(server) == [EMBEDDINGS, CHAT]
    lines = done.err.splitlines()
    assert len(lines) == 2
    assert "no vectors from text-embedding-3-small: timeout: no answer within 3 s" in done.err
    assert "insights by the rules, not by gpt-4.1-mini: timeout: no answer within 1 s" in done.err


@both_ways
def test_the_first_approver_is_told_by_dm_at_80_percent_and_when_it_is_used_up_and_all_goes_on(
    team: Team, server: ModelServer
) -> None:
    direct = team.workspace.direct_channel(APPROVER)
    assert direct is not None

    def notice(words: str) -> str:
        return shown(team.wait(lambda: team.find(words, channel=direct.id)))

    nothing = completion({}, usage={"prompt_tokens": 0, "completion_tokens": 5_000})  # 0.0080 USD
    server.always = nothing
    team.card_of("spring-sale")
    assert "used 0.0080 of 0.0100\u00a0USD today. At 0.0100\u00a0USD I go on by rules" in notice("has used")
    team.card_of("night-owls")
    assert "The next call could go beyond, so I go on by rules" in notice("could go beyond")
    team.card_of("pop-up-store")
    mine = team.workspace.messages(direct.id, APPROVER)
    assert len([each for each in mine if "USD today" in shown(each)]) == 2
    assert asked(server).count(CHAT) == 1
