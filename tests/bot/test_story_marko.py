"""``/marko``: what is known and how Marko stands, for one person's eyes."""

from pathlib import Path
from typing import Any

from bot_team import APPROVER, GROWTH, MEMBER, RANDOM, Team, both_ways, labels, shown

from engine.models.study import STUDY_KINDS


def asked(team: Team, words: str, says: str, *, user: str = MEMBER, channel: str = RANDOM) -> dict[str, Any]:
    """Type it where the bot is no member, and wait for the answer."""
    team.command(f"/marko {words}".strip(), user=user, channel=channel)
    answer = team.whisper(says, user=user, channel=channel)
    assert answer["broken"] == []
    return answer


@both_ways
def test_help_names_every_command_and_an_unknown_word_gets_the_nearest(team: Team) -> None:
    for words in ("", "help"):
        text = shown(asked(team, words, "What you can type"))
        verbs = ("insights", "recommendations", "weights", "why", "settings", "doctor")
        for verb in (*verbs, *STUDY_KINDS, "/analyze", "/learnings", "/digest"):
            assert verb in text
    answer = asked(team, "pattern `<!channel>`", "I know no `pattern`.")
    assert "Nearest: `/marko patterns`" in shown(answer)


@both_ways
def test_the_lists_say_what_they_rest_on_and_how_much_more_there_is(team: Team) -> None:
    for words, title in (
        ("insights", "What the newest analyses say"),
        ("recommendations", "What was proposed"),
        ("weights", "What each signal weighs"),
    ):
        text = shown(asked(team, words, title))
        assert "11\u00a0campaigns, data up to" in text
    assert "and 7 more" in shown(team.whisper("What was proposed", user=MEMBER, channel=RANDOM))


def test_insights_come_by_priority_with_window_and_sample(team: Team) -> None:
    answer = asked(team, "insights", "What the newest analyses say")
    texts = [block["text"]["text"] for block in answer["blocks"] if block["type"] == "section"][1:]
    assert len(texts) == 5
    assert all(text.startswith("*High* · `") for text in texts)
    assert all("\u00a0conversions" in text.split("\n")[1] for text in texts)


def test_recommendations_can_be_asked_by_status_and_by_campaign(team: Team) -> None:
    team.click("Approve", team.card_of("spring-sale"))
    team.wait(lambda: team.find("Approved by"))
    answer = asked(team, "recommendations approved", "What was proposed")
    assert f"⏳ Approved, to be carried out by <@{APPROVER}>" in shown(answer)
    text = shown(asked(team, "recommendations spring", "the newest first* (1)"))
    assert "`spring-sale`: Raise the daily spend" in text
    asked(team, "recommendations rejected", "No recommendation like that.")
    answer = asked(team, "recommendations spring-sole", "I know no campaign `spring-sole`. Nearest:")
    assert labels(answer) == ["spring-sale"]


def test_a_card_that_nobody_saw_can_be_shown_from_the_list(team: Team) -> None:
    answer = asked(team, "recommendations newsletter-leads", "What was proposed", channel=GROWTH)
    section = next(block for block in answer["blocks"] if block.get("accessory"))
    assert section["accessory"]["text"]["text"] == "Show card here"
    body = {
        "user": MEMBER,
        "channel": GROWTH,
        "message_ts": answer["ts"],
        "block_id": section["block_id"],
        "action_id": section["accessory"]["action_id"],
        "action": {"type": "button", "value": section["accessory"]["value"]},
    }
    team.http.post("/ui/action", json=body).raise_for_status()
    team.wait(lambda: team.find("newsletter-leads: Beat the forecast."))


@both_ways
def test_why_names_every_campaign_that_moved_a_weight_and_offers_the_nearest(team: Team) -> None:
    answer = asked(team, "why students-18-25", "`audience:students-18-25` weighs")
    table = next(block for block in answer["blocks"] if block["type"] == "table")
    campaigns = [row[1]["text"] for row in table["rows"][1:]]
    assert campaigns == ["spring-sale", "exam-season", "campus-reels"]
    unknown = asked(team, "why studnts-18", "I know no signal `studnts-18`. Nearest:")
    team.click("students-18-25", unknown, user=MEMBER)
    assert labels(asked(team, "why", "Which signal?"))


@both_ways
def test_settings_are_told_to_everybody_and_changed_by_approvers(team: Team) -> None:
    told = asked(team, "settings", "What is set")
    assert f"Approvers: <@{APPROVER}>" in shown(told)
    assert "Time zone: Europe/Madrid" in shown(told)
    assert labels(told) == []
    assert labels(asked(team, "settings", "What is set", user=APPROVER)) == ["Change…"]


@both_ways
def test_the_doctor_answers_approvers_and_tells_no_secret(team: Team) -> None:
    text = shown(asked(team, "doctor", "All is well", user=APPROVER))
    assert "Slack: " in text
    for secret in (team.sandbox.server.bot_token, team.sandbox.server.app_token):
        assert secret not in text
    assert "marko.db" not in shown(asked(team, "doctor", "is for approvers"))


def test_the_doctor_names_a_missing_scope_and_what_it_hinders(team: Team) -> None:
    team.sandbox.server.scopes.set("files:read", on=False)
    text = shown(asked(team, "doctor", "1 broken", user=APPROVER))
    assert "files:read: files dropped into channels cannot be read" in text


def test_without_the_scope_for_looking_people_up_every_refusal_names_it(team: Team) -> None:
    team.sandbox.server.scopes.set("users:read", on=False)
    asked(team, "doctor", "I cannot look you up: I lack `users:read`.", user=APPROVER)


def test_with_nothing_known_each_list_says_so(tmp_path: Path) -> None:
    team = Team(tmp_path, filled=False)
    try:
        asked(team, "insights", "No insight yet")
        asked(team, "recommendations", "No campaign was analyzed yet.")
        asked(team, "weights", "No signal has a weight yet")
        asked(team, "why students", "`/marko weights` lists them.")
    finally:
        team.close()
