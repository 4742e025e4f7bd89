"""Ten analyses in a minute a person: the eleventh is answered politely, and does no work."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bot_team import APPROVER, GROWTH, GUEST, MEMBER, Team, both_ways

from bot.limiter import OFTEN

SIGNED = {"Authorization": "Bearer a-token"}
MINUTE_S = 61


@pytest.fixture
def team(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Team]:
    made = Team(tmp_path, mode=getattr(request, "param", "socket"), port=0, MARKO_API_TOKEN="a-token")
    yield made
    made.close()


def analyses(team: Team) -> int:
    assert team.sandbox.marko
    with team.sandbox.marko._store._database.reading() as connection:
        return int(connection.exec_driver_sql("SELECT count(*) FROM tally").scalar_one())


def use_up(team: Team, *, user: str = APPROVER) -> None:
    before = analyses(team)
    for number in range(OFTEN["analyses"].person):
        team.command(f"/analyze nobody-{number}", user=user)
    team.wait(lambda: analyses(team) == before + OFTEN["analyses"].person)


@both_ways
def test_the_eleventh_analysis_in_a_minute_is_refused_in_words_and_does_no_work(team: Team) -> None:
    use_up(team)
    team.command("/analyze spring-sale")
    team.whisper("That was 10 analyses in a minute. Again in", user=APPROVER)
    assert team.find("Beat the forecast.") is None
    team.command("/analyze spring-sale", user=MEMBER)
    team.wait(lambda: team.find("Beat the forecast."))


def test_after_a_minute_one_is_taken_again_and_help_was_never_counted(team: Team) -> None:
    use_up(team)
    team.command("/analyze help")
    team.whisper("says what a campaign did against its forecast", user=APPROVER)
    team.move(seconds=MINUTE_S)
    team.command("/analyze spring-sale")
    team.wait(lambda: team.find("Beat the forecast."))


def test_a_restart_forgets_no_analysis(team: Team) -> None:
    use_up(team)
    team.sandbox.disconnect()
    team.sandbox.connect()
    team.command("/analyze spring-sale")
    team.whisper("That was 10 analyses in a minute.", user=APPROVER)


def test_whoever_asked_too_often_can_still_decide(team: Team) -> None:
    card = team.card_of("spring-sale")
    use_up_but_one(team)
    team.click("Reject…", card)
    assert team.view()["callback_id"] == "reject_view"


def use_up_but_one(team: Team) -> None:
    for number in range(OFTEN["analyses"].person - 1):
        team.command(f"/analyze nobody-{number}")
    team.wait(lambda: analyses(team) == OFTEN["analyses"].person)
    team.command("/analyze nobody")
    team.whisper("That was 10 analyses in a minute.", user=APPROVER)


def test_a_program_is_told_429_and_when_to_come_again(team: Team) -> None:
    assert team.sandbox.marko
    assert team.sandbox.marko.web
    url, body = f"{team.sandbox.marko.web.url}/api/v1/recommendations/analyze", {"campaign_id": "nobody"}
    answers = [team.http.post(url, json=body, headers=SIGNED) for _ in range(OFTEN["requests"].person + 1)]
    assert {each.status_code for each in answers[:-1]} == {404}
    assert answers[-1].status_code == 429
    assert 1 <= int(answers[-1].headers["Retry-After"]) <= 60
    assert "That was 60 requests in a minute." in answers[-1].json()["error"]


def test_questions_have_a_limit_too_and_it_is_told_to_the_asker_alone(team: Team) -> None:
    for number in range(OFTEN["questions"].person + 1):
        body = {"user": MEMBER, "channel": GROWTH, "text": f"<@U0MARKO> how did spring-sale do, {number}?"}
        team.http.post("/ui/message", json=body).raise_for_status()
    team.whisper("That was 10 questions in a minute.", user=MEMBER)
    assert all(not each["ephemeral"] for each in team.workspace.messages(GROWTH, GUEST))
