"""``/learnings``: what was learned, the evidence behind it, and saying that it is not true for us."""

import json
from datetime import date, timedelta
from typing import Any

from bot_team import APPROVER, GROWTH, MEMBER, Team, both_ways, labels, shown
from engine_values import body

STUDENTS = "winning_audience|audience:students-18-25|cpa|all"


def hand_in(team: Team, ratio: float, *, name: str, back: int, count: int = 4) -> None:
    """Hand in short campaigns that ended ``back`` days ago: students at ``ratio``, others on forecast."""
    until = date.fromisoformat(team.engine.preview_digest(GROWTH).last_day.isoformat()) - timedelta(days=back)
    meant = {"impressions": 200_000, "clicks": 4_000, "conversions": 200, "spend": 8_000.0}
    many = [
        body(
            campaign_id=f"{name}-{kind}-{number}",
            platform="TikTok",
            expected_metrics=meant,
            actual_metrics={**meant, "spend": round(8_000.0 * factor * (0.96 + 0.02 * number), 2)},
            audiences=[{"name": audience, "attributes": {}}],
            creatives=[{"id": "reel", "type": "video", "headline": "", "primary_text": ""}],
            timestamp=f"{until}T18:00:00+00:00",
            window_start=str(until - timedelta(days=3)),
            window_end=str(until),
            currency="EUR",
        )
        for kind, audience, factor in (("campus", "Students 18-25", ratio), ("else", "Anglers", 1.0))
        for number in range(count)
    ]
    team.engine.submit(json.dumps(many), source=None, asked_by="shell")


def ledger(team: Team, deed: str) -> list[tuple[str, str]]:
    with team.engine._memory.reading() as reading:
        return [(each.actor, each.subject) for each in reading.ledger() if each.deed == deed]


def whispered(team: Team, words: str, *, user: str = APPROVER) -> dict[str, Any]:
    told = team.whisper(words, user=user)
    assert told["broken"] == []
    return told


def doubting(team: Team, user: str) -> dict[str, Any]:
    """Ask for the learnings and open the dialog that doubts the one there is."""
    team.command("/learnings students", user=user)
    team.click("Not true for us…", whispered(team, "Students 18-25", user=user), user=user)
    return team.view(user)


@both_ways
def test_learnings_about_a_topic_come_with_status_context_and_buttons(team: Team) -> None:
    team.command("/learnings college kids", user=MEMBER)
    told = whispered(team, "Students 18-25", user=MEMBER)
    text = shown(told)
    assert "of 1 learning* about college kids" in text.replace("\u00a0", " ")
    assert "`Students 18-25`: CPA −" in text
    assert "Candidate, last tested" in text
    assert "used in no decision yet · Meta, TikTok, Sales" in text
    assert labels(told) == ["Evidence", "Not true for us…"]
    assert told["text"].startswith("1 of 1\u00a0learning. Students 18-25: CPA")


@both_ways
def test_the_evidence_is_a_table_of_campaigns_for_whoever_asked(team: Team) -> None:
    team.command("/learnings", user=MEMBER)
    team.click("Evidence", whispered(team, "Students 18-25", user=MEMBER), user=MEMBER)
    told = whispered(team, "First period", user=MEMBER)
    (table,) = [each for each in told["blocks"] if each["type"] == "table"]
    assert "campus-reels" in shown(told)
    assert [len(row) for row in table["rows"]] == [6] * 4, "one period needs no column"
    assert "Each campaign against its own forecast" in shown(told)


@both_ways
def test_a_member_says_that_it_is_not_true_for_us_and_that_is_a_note_until_it_is_taken_back(
    team: Team,
) -> None:
    told = [each.name for each in team.engine.preview_digest(GROWTH).learned]
    assert told == ["Students 18-25"]
    view = doubting(team, MEMBER)
    assert view["title"]["text"] == "Not true for us"
    assert "An approver can leave it out of digests." in json.dumps(view)
    refused = team.submit(view, {"note": "   "}, user=MEMBER)
    assert "Please say in a few words what differs." in json.dumps(refused)
    team.submit(view, {"note": "Ours are <!channel> *teachers*"}, user=MEMBER)
    whispered(team, "Kept. `Students 18-25` is shown with your note", user=MEMBER)
    assert ledger(team, "objected") == [(MEMBER, STUDENTS)]
    assert [each.name for each in team.engine.preview_digest(GROWTH).learned] == told
    team.command("/learnings teachers students", user=MEMBER)
    noted = whispered(team, "Doubted by", user=MEMBER)
    assert f"Doubted by <@{MEMBER}>, " in shown(noted)
    assert ": Ours are &lt;!channel&gt; *teachers*" in shown(noted)
    assert labels(noted) == ["Evidence", "Not true for us…", "Take it back"]
    team.click("Take it back", noted, user=MEMBER)
    whispered(team, "Taken back. `Students 18-25` may stand in digests, and nobody doubts it.", user=MEMBER)
    assert ledger(team, "took_back") == [(MEMBER, STUDENTS)]


@both_ways
def test_an_approvers_doubt_leaves_the_digest_and_another_member_cannot_take_it_back(team: Team) -> None:
    team.submit(doubting(team, APPROVER), {"note": "Ours are teachers"})
    whispered(team, "Kept. `Students 18-25` is left out of digests")
    assert team.engine.preview_digest(GROWTH).learned == ()
    team.command("/learnings students", user=MEMBER)
    noted = whispered(team, "left out of digests: Ours are teachers", user=MEMBER)
    assert labels(noted) == ["Evidence", "Not true for us…"]
    team.command("/learnings students")
    own = whispered(team, "left out of digests: Ours are teachers")
    team.click("Take it back", own)
    whispered(team, "Taken back.")
    assert [each.name for each in team.engine.preview_digest(GROWTH).learned] == ["Students 18-25"]
    team.submit(doubting(team, MEMBER), {"note": "Mine too"}, user=MEMBER)
    whispered(team, "is shown with your note", user=MEMBER)
    team.command("/learnings student", user=APPROVER)
    team.click("Take it back", whispered(team, ": Mine too"))
    team.wait(lambda: ledger(team, "took_back") == [(APPROVER, STUDENTS)] * 2)


def test_a_topic_without_a_learning_names_the_nearest_or_nothing(team: Team) -> None:
    team.command("/learnings qqqq")
    assert shown(whispered(team, "No learning about")).count("`qqqq`") == 1
    team.command("/learnings help")
    assert "Validated: seen again in campaigns that had no part in the claim." in shown(
        whispered(team, "says what was learned")
    )


def test_a_validated_learning_is_told_apart_from_what_was_seen_once(team: Team) -> None:
    team.move(seconds=10 * 24 * 3600)
    hand_in(team, 0.72, name="second", back=0)
    team.command("/learnings students")
    text = shown(whispered(team, "Validated, last tested"))
    assert "`Students 18-25`" in text
    team.command("/digest now")
    digest = team.wait(lambda: team.find("*Learned.*"))
    assert "1 learned" in shown(digest)
    assert digest["broken"] == []


def test_what_was_wrong_is_said_in_the_thread_that_claimed_it_and_leads_the_next_digest(team: Team) -> None:
    team.command("/digest now")
    first = team.wait(lambda: team.find("*Seen once.*"))
    key = first["metadata"]["event_payload"]["key"]
    team.wait(lambda: team.engine.views(key))
    team.move(seconds=10 * 24 * 3600)
    hand_in(team, 2.2, name="bad", back=0, count=9)
    reply = team.wait(lambda: team.find("We were wrong: “`Students 18-25` has a lower CPA than the rest”."))
    assert reply["thread_ts"] == first["ts"]
    assert reply["broken"] == []
    team.command("/digest now")
    digest = team.wait(lambda: team.find("1 mistake"))
    sections = [each["text"]["text"] for each in digest["blocks"] if each["type"] == "section"]
    assert sections[0].startswith("We were wrong: “`Students 18-25`")
    assert digest["broken"] == []
    team.command("/learnings students")
    told = whispered(team, "Retracted.")
    assert labels(told)[-1] == "Evidence"
