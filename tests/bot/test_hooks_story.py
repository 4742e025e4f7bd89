"""What programs deliver by webhook: taken once, told in one message, kept where nobody could read it."""

import json
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bot_team import APPROVER, GROWTH, MEMBER, PARTNER, SHARED, Team, labels, shown
from hook_sender import KEY, Sender, export
from torture.made_up import campaigns

from bot.listeners.exports import read_again
from engine.models.export import Hints

SPACE = "\u00a0"
AT = datetime(2026, 3, 30, 9, tzinfo=UTC)


@pytest.fixture(params=["socket", "http"])
def team(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Team]:
    made = Team(
        tmp_path,
        filled=False,
        mode=request.param,
        port=0,
        at=AT,
        MARKO_HOOK_SECRET=KEY,
        MARKO_HOOK_CHANNEL=GROWTH,
    )
    yield made
    made.close()


def told(team: Team, source: str = "n8n-meta") -> list[dict[str, Any]]:
    """The messages about what a source delivered."""
    every = team.workspace.messages(GROWTH, APPROVER)
    return [each for each in every if not each["ephemeral"] and f"from {source}." in shown(each)]


def says(team: Team, words: str, source: str = "n8n-meta") -> dict[str, Any]:
    """Wait until the one message of a source says this."""
    message = team.wait(lambda: next((each for each in told(team, source) if words in shown(each)), None))
    assert len(told(team, source)) == 1
    return message


def test_a_burst_of_fifty_is_one_message_that_is_edited(team: Team) -> None:
    sender = Sender(team)
    answers = [
        sender.send(
            f"msg_{number}", export(f"lamp-{number}", spend=20 + number), query=f"?file=day-{number}.csv"
        )
        for number in range(48)
    ]
    answers.append(sender.send("msg_same", export("lamp-0", spend=20)))
    answers.append(sender.send("msg_bad", b"hello,world\n1,2\n"))
    assert [each.status_code for each in answers] == [202] * 50
    assert len({each.json()["id"] for each in answers}) == 50
    said = says(team, "48 taken, 1 the same again, 1 could not be read")
    assert shown(said).splitlines()[1:] == [
        f"*50{SPACE}deliveries from n8n-meta.* 48 taken, 1 the same again, 1 could not be read: "
        "`/marko inbox`.",
        f"2–3{SPACE}Mar, 4,176.00{SPACE}EUR, 48{SPACE}campaigns",
    ]
    posted = [each for each in team.workspace.messages(GROWTH, APPROVER) if not each["ephemeral"]]
    assert [each["ts"] for each in posted if each["user"] == "U0MARKO"] == [said["ts"]]


def test_the_same_delivery_again_is_200_and_changes_nothing(team: Team) -> None:
    sender, body = Sender(team), export()
    first = sender.send("msg_1", body)
    says(team, "1 taken")
    before = kept(team)
    again = [sender.send("msg_1", body) for _ in range(3)]
    assert [(each.status_code, each.json()) for each in again] == [
        (200, {"id": first.json()["id"], "status": "duplicate"})
    ] * 3
    assert kept(team) == before
    other = sender.send("msg_1", export("sofa-week"))
    assert other.status_code == 409
    assert "delivered before with other content" in other.json()["error"]
    assert kept(team) == before


def kept(team: Team) -> dict[str, int]:
    """How many rows there are of everything."""
    assert team.sandbox.marko
    with closing(sqlite3.connect(team.sandbox.marko._store.path)) as connection:
        names = [
            name for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        ]
        names = [name for name in names if name not in {"views", "sqlite_sequence"}]  # Slack answers later
        count = "SELECT count(*) FROM {}"
        return {name: connection.execute(count.format(name)).fetchone()[0] for name in names}


def test_rows_in_json_say_platform_account_and_currency_once(team: Team) -> None:
    row = {"date": "2026-03-02", "campaign": "lamp-sale", "impressions": 1000, "clicks": 40, "spend": 20.25}
    body = json.dumps({"platform": "meta", "account": "shop", "currency": "EUR", "rows": [row]}).encode()
    assert Sender(team).send("msg_1", body, media="application/json").status_code == 202
    said = says(team, "1 taken")
    assert f"2{SPACE}Mar, 20.25{SPACE}EUR, 1{SPACE}campaign" in shown(said)
    (known,) = team.engine.data_known()
    assert (known.platform, known.account, known.by) == ("Meta", "shop", "hook:n8n-meta")


def test_a_source_that_names_a_platform_is_that_platform(team: Team) -> None:
    row = {"date": "2026-03-02", "campaign": "lamp-sale", "impressions": 1000, "clicks": 40, "cost": 20.25}
    body = json.dumps({"currency": "EUR", "rows": [row]}).encode()
    assert Sender(team, "tiktok").send("msg_1", body, media="application/json").status_code == 202
    says(team, "1 taken", "tiktok")
    assert [each.platform for each in team.engine.data_known()] == ["TikTok"]


def test_retrospectives_are_taken_as_the_api_takes_them(team: Team) -> None:
    body = campaigns(["spring-sale", "lamp-sale"], team.sandbox.clock.now())
    body = body if isinstance(body, bytes) else body.encode()
    assert Sender(team).send("msg_1", body, media="application/json").status_code == 202
    assert "2" in shown(says(team, "with a forecast"))
    assert team.engine.recommendations().total == 2
    assert Sender(team).send("msg_2", body, media="application/json").status_code == 202
    says(team, "1 taken, 1 the same again")
    strict = body.replace(b'"name"', b'"surprise": 1, "name"', 1)
    assert Sender(team).send("msg_3", strict, media="application/json").status_code == 202
    says(team, "1 could not be read")


def test_a_dead_letter_says_why_and_is_read_again_or_dropped(team: Team) -> None:
    sender = Sender(team)
    unknown = export(header="Day,Campaign name,Impressions,Link clicks,Amount spent,Results")
    sender.send("msg_1", unknown, query="?file=no-currency.csv")
    sender.send("msg_2", b"hello,world\n1,2\n", query="?file=%2Fetc%2F%3C!channel%3E.csv")
    says(team, "2 could not be read")
    team.command("/marko inbox", user=MEMBER)
    inbox = team.whisper("2\u00a0deliveries not counted", user=MEMBER)
    text = shown(inbox)
    assert "`no-currency.csv` from n8n-meta" in text
    assert "Name the currency in the column, as Spend (EUR)" in text
    assert "<!channel>" not in text
    assert "lamp-sale" not in text
    assert labels(inbox) == ["Retry", "Drop…"] * 2
    pressed = {"user": MEMBER, "channel": GROWTH, "message_ts": inbox["ts"]}
    press(team, inbox, pressed, "Drop…", 0)
    team.whisper("Dropped. Nothing of it was stored.", user=MEMBER)
    says(team, "1 dropped, 1 could not be read")
    press(team, inbox, pressed, "Drop…", 0)
    team.whisper("That was settled already.", user=MEMBER)

    answer(team, unknown)
    press(team, inbox, pressed, "Retry", 1)
    team.whisper("Reading it again.", user=MEMBER)
    assert "1 dropped" in shown(says(team, "1 the same again"))
    team.command("/marko inbox", user=MEMBER)
    team.whisper("Nothing waits in the inbox", user=MEMBER)
    deeds = [each.entry.deed for each in team.engine.audit(about=None, by=MEMBER, limit=50).lines]
    assert {"hook_retried", "hook_dropped"} <= set(deeds)


def answer(team: Team, body: bytes) -> None:
    """Drop such a file in Slack and answer there for all like it."""
    ts = team.share("no-currency.csv", body, user=MEMBER)["ts"]
    asked = team.wait(
        lambda: next((each for each in replies(team, ts) if "Which currency" in shown(each)), None)
    )
    assert asked
    identifier = team.wait(lambda: next(iter(waiting(team)), None))
    team.engine.answer_export(identifier, Hints(currency="EUR"), by=MEMBER, remember=True)
    assert team.sandbox.marko
    read_again(identifier, team.sandbox.marko._crew._desk)


def waiting(team: Team) -> list[str]:
    with team.engine._memory.reading() as reading:
        return [each.id for each in reading.recent_imports(20) if each.state == "asking"]


def replies(team: Team, ts: str) -> list[dict[str, Any]]:
    every = team.workspace.messages(GROWTH, APPROVER)
    return [each for each in every if each["thread_ts"] == ts and each["user"] == "U0MARKO"]


def press(team: Team, message: dict[str, Any], where: dict[str, Any], label: str, place: int) -> None:
    """Press the button of one of several letters."""
    rows = [block for block in message["blocks"] if block["type"] == "actions"]
    block = rows[place]
    element = next(each for each in block["elements"] if each["text"]["text"] == label)
    action = {"type": "button", "value": element["value"]}
    body = {**where, "block_id": block["block_id"], "action_id": element["action_id"], "action": action}
    team.http.post("/ui/action", json=body).raise_for_status()


def test_after_ten_quiet_minutes_another_message_begins(team: Team) -> None:
    sender = Sender(team)
    sender.send("msg_1", export("lamp-1"))
    says(team, "1 taken")
    team.move(seconds=601)
    sender.send("msg_2", export("lamp-2", spend=30.0))
    team.wait(lambda: len(told(team)) == 2)
    sender.send("msg_3", export("lamp-3", spend=40.0))
    team.wait(lambda: "2 taken" in shown(told(team)[-1]))
    assert len(told(team)) == 2


def test_strangers_may_not_settle_what_could_not_be_read(team: Team) -> None:
    Sender(team).send("msg_1", b"hello,world\n1,2\n")
    says(team, "1 could not be read")
    team.command("/marko inbox", user=PARTNER, channel=SHARED)
    team.whisper("I work for the people of this workspace alone", user=PARTNER, channel=SHARED)
