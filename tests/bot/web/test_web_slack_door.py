"""Slack's door: what is signed comes in once, everything else is 401 and has no effect."""

import time
from collections.abc import Callable

import httpx
import pytest
from bot_team import GROWTH, SIGNING_SECRET, Team
from web_room import DOOR, announce, client, command, event, signed, signed_json

from bot.sandbox.http_link import FORM_TYPE
from bot.web.slack_door import LONGEST, is_signed

Headers = Callable[[bytes], dict[str, str]]


def accepted(team: Team) -> int:
    """How many requests were ever written to the inbox."""
    marko = team.sandbox.marko
    assert marko
    with marko._store._database.reading() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM inbox").scalar_one())


def without(name: str) -> Headers:
    return lambda body: {key: value for key, value in signed(body).items() if key != name}


def with_header(name: str, value: str) -> Headers:
    return lambda body: signed(body) | {name: value}


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param(lambda body: {"Content-Type": FORM_TYPE}, id="none"),
        pytest.param(lambda body: signed(body, age_s=360), id="six minutes old"),
        pytest.param(lambda body: signed(body, age_s=-360), id="six minutes ahead"),
        pytest.param(lambda body: signed(body, secret="another"), id="wrong secret"),
        pytest.param(lambda body: signed(body + b"&more=1"), id="changed body"),
        pytest.param(without("X-Slack-Signature"), id="no signature"),
        pytest.param(without("X-Slack-Request-Timestamp"), id="no timestamp"),
        pytest.param(with_header("X-Slack-Request-Timestamp", "soon"), id="a timestamp of letters"),
        pytest.param(with_header("X-Slack-Request-Timestamp", "9" * 4000), id="an endless timestamp"),
        pytest.param(with_header("X-Slack-Signature", "v0=é"), id="a signature of odd letters"),
        pytest.param(with_header("X-Slack-Signature", ""), id="an empty signature"),
    ],
)
def test_a_request_that_is_not_signed_now_by_slack_is_401_and_does_nothing(
    team: Team, stranger: httpx.Client, headers: Headers
) -> None:
    before = accepted(team)
    body = command("spring-sale", trigger="never")
    made = {name: value.encode("latin-1") for name, value in headers(body).items()}
    answer = stranger.post(DOOR, content=body, headers=made)
    assert answer.status_code == 401
    assert answer.json() == {"error": "The signature of this request is missing, old or wrong.", "faults": []}
    assert accepted(team) == before


def test_the_ssl_check_needs_a_signature_too(stranger: httpx.Client) -> None:
    answer = stranger.post(
        DOOR, content=b"ssl_check=1&command=%2Fanalyze", headers={"Content-Type": FORM_TYPE}
    )
    assert answer.status_code == 401


def test_a_signature_is_good_for_five_minutes_either_way() -> None:
    now, body = int(time.time()), b"text=1"
    made = signed(body)
    timestamp, signature = made["X-Slack-Request-Timestamp"], made["X-Slack-Signature"]
    for away, good in ((-301, False), (-299, True), (0, True), (299, True), (302, False)):
        moment = int(timestamp) + away
        assert is_signed(SIGNING_SECRET, body, timestamp, signature, now=moment) is good, (away, now)


def test_a_signed_command_is_acknowledged_and_done(team: Team, stranger: httpx.Client) -> None:
    body = command("spring-sale", trigger="first")
    answer = stranger.post(DOOR, content=body, headers=signed(body))
    assert (answer.status_code, answer.text) == (200, "")
    team.wait(lambda: team.find("*Beat the forecast.*"))


def test_a_valid_request_sent_again_has_no_effect(team: Team, stranger: httpx.Client) -> None:
    body = command("new-parents", trigger="replayed")
    headers = signed(body)
    assert stranger.post(DOOR, content=body, headers=headers).status_code == 200
    team.wait(lambda: team.find("*Missed the forecast.*"))
    before = accepted(team), team.workspace.messages(GROWTH)
    for retry in range(1, 4):
        again = headers | {"X-Slack-Retry-Num": str(retry), "X-Slack-Retry-Reason": "http_timeout"}
        assert stranger.post(DOOR, content=body, headers=again).status_code == 200
    assert (accepted(team), team.workspace.messages(GROWTH)) == before


def test_slacks_challenge_is_answered(stranger: httpx.Client) -> None:
    body = event(type="url_verification", token="x", challenge="say this")
    answer = stranger.post(DOOR, content=body, headers=signed_json(body))
    assert (answer.status_code, answer.json()) == (200, {"challenge": "say this"})


def test_an_unsigned_challenge_is_not_answered(stranger: httpx.Client) -> None:
    body = event(type="url_verification", token="x", challenge="say this")
    assert stranger.post(DOOR, content=body).status_code == 401


def test_a_body_beyond_the_limit_is_refused_before_it_is_read(stranger: httpx.Client) -> None:
    status, body = announce(stranger, DOOR, LONGEST + 1, {})
    assert status == 413
    assert body["error"] == "The body is too long: at most 2,000,000 bytes."


def test_a_body_without_a_length_is_cut_off_at_the_limit(stranger: httpx.Client) -> None:
    pieces = (b"x" * 65_536 for _ in range(LONGEST // 65_536 + 2))
    assert stranger.post(DOOR, content=pieces).status_code == 413


def test_signed_bytes_that_are_no_text_are_400(stranger: httpx.Client) -> None:
    body = b"text=\xff\xfe"
    assert stranger.post(DOOR, content=body, headers=signed(body)).status_code == 400


def test_only_posts_are_taken(stranger: httpx.Client) -> None:
    answer = stranger.get(DOOR)
    assert answer.status_code == 405
    assert answer.json() == {"error": "Method Not Allowed.", "faults": []}


def test_with_an_app_token_there_is_no_door(tmp_path_factory: pytest.TempPathFactory) -> None:
    team = Team(tmp_path_factory.mktemp("socket"), filled=False, port=0, SLACK_SIGNING_SECRET=SIGNING_SECRET)
    try:
        with client(team, keyed=False) as opened:
            body = command("spring-sale", trigger="never")
            assert opened.post(DOOR, content=body, headers=signed(body)).status_code == 404
            assert opened.get("/readyz").json() == {"status": "ok", "store": "ok", "slack": "ok"}
    finally:
        team.close()
