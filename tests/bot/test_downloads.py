"""Fetching a shared file: from Slack alone, as much as is read anyway, and its token goes nowhere else."""

import json

import pytest
from factories import APPROVER
from office import Office, ScriptedSlack

from bot.downloads import DownloadFailed, download
from bot.listeners.events.file import file_shared, kind_of, worth_file
from engine.errors import MayNotHandIn
from engine.models.delivery import Delivery

FILE = "/files/F1/summer.json"


def fetched(slack: ScriptedSlack, path: str = FILE, *, most: int = 100) -> bytes:
    return download(address(slack, path), token="xoxb-planted", api_url=slack.api_url, most=most)


def address(slack: ScriptedSlack, path: str = FILE) -> str:
    return slack.api_url.removesuffix("/api/") + path


def reason(slack: ScriptedSlack) -> str:
    with pytest.raises(DownloadFailed) as failed:
        fetched(slack)
    return failed.value.reason


def test_a_file_comes_whole_and_no_more_than_was_asked_for(scripted: ScriptedSlack) -> None:
    for most, expected in ((100, b"0123456789"), (10, b"0123456789"), (4, b"0123")):
        scripted.say(FILE, b"0123456789")
        assert fetched(scripted, most=most) == expected


def test_a_page_to_sign_in_means_that_a_scope_is_missing(scripted: ScriptedSlack) -> None:
    scripted.say(FILE, b"<!DOCTYPE html>", headers={"Content-Type": "text/html; charset=utf-8"})
    assert reason(scripted) == "missing_scope"


@pytest.mark.parametrize(
    ("status", "expected"),
    [(401, "missing_scope"), (403, "missing_scope"), (404, "unreachable"), (500, "unreachable")],
)
def test_a_refusal_is_told_by_its_reason(scripted: ScriptedSlack, status: int, expected: str) -> None:
    scripted.say(FILE, b"", status=status)
    assert reason(scripted) == expected


def test_half_a_file_is_no_file(scripted: ScriptedSlack) -> None:
    scripted.say(FILE, b"half", headers={"Content-Length": "100"})
    with pytest.raises(DownloadFailed):
        fetched(scripted)


def test_a_redirect_is_followed_at_home_and_never_elsewhere(scripted: ScriptedSlack) -> None:
    scripted.say(FILE, b"", status=302, headers={"Location": "/files/moved.json"})
    scripted.say("/files/moved.json", b"here")
    assert fetched(scripted) == b"here"
    stranger = ScriptedSlack()
    try:
        scripted.say(FILE, b"", status=302, headers={"Location": address(stranger)})
        assert reason(scripted) == "elsewhere"
        assert stranger.asked == []
    finally:
        stranger.close()


@pytest.mark.parametrize(
    "url",
    [
        "http://files.slack.com/files-pri/T1-F1/a.json",
        "https://slack.com.evil.example/a.json",
        "https://evilslack.com/a.json",
        "https://slack.com@evil.example/a.json",
        "file:///etc/hostname",
        "https://drive.example/a.json",
        "http://[broken/a.json",
        "",
    ],
)
def test_the_token_goes_to_slack_and_to_no_other_host(url: str) -> None:
    with pytest.raises(DownloadFailed) as failed:
        download(url, token="xoxb-planted", api_url="https://slack.com/api/", most=10)
    assert failed.value.reason == "elsewhere"


@pytest.mark.parametrize(
    ("file", "kind"),
    [
        ({"name": "summer.json"}, "json"),
        ({"name": "SUMMER.JSON", "mimetype": "text/plain"}, "json"),
        ({"name": "summer", "mimetype": "application/json; charset=utf-8"}, "json"),
        ({"name": "Untitled", "filetype": "json"}, "json"),
        ({"name": "meta.csv", "mimetype": "text/csv"}, "export"),
        ({"name": "meta.XLSX"}, "export"),
        ({"name": "sheet", "filetype": "gsheet"}, "export"),
        ({"name": "card.png", "mimetype": "image/png"}, None),
        ({"name": "json"}, None),
        ({"name": "campaigns.txt", "mimetype": "text/plain"}, "text"),
        ({"name": "campaigns", "filetype": "text"}, "text"),
        ({"name": "notes.md", "mimetype": "text/plain", "filetype": "text"}, None),
        ({"name": None}, None),
        ({}, None),
    ],
)
def test_what_a_file_is_tells_its_name_or_slack(file: dict[str, str], kind: str | None) -> None:
    assert kind_of(file) == kind


def test_one_file_in_one_channel_is_one_event_and_a_bots_is_none() -> None:
    event = {"type": "file_shared", "file_id": "F1", "user_id": "U1", "channel_id": "C1"}
    assert worth_file(event) == "file:F1:C1"
    assert worth_file(event | {"channel_id": "C2"}) == "file:F1:C2"
    for missing in ({"bot_id": "B1"}, {"user_id": ""}, {"channel_id": None}):
        assert worth_file(event | missing) is None


def dropped(
    office: Office, scripted: ScriptedSlack, *looks: dict[str, object], **person: object
) -> list[str]:
    """Let a file be shared; ``looks`` are what Slack says of it, time after time. Gives what was sent."""
    for look in looks:
        scripted.say("files.info", look if "ok" in look else {"ok": True, "file": file(scripted) | look})
    user = {"id": APPROVER, "team_id": "T0SANDBOX"} | person
    scripted.say("users.info", {"ok": True, "user": user})
    event = {"type": "file_shared", "file_id": "F1", "user_id": APPROVER, "channel_id": "C0GROWTH"}
    delivery = Delivery(
        key="file:F1:C0GROWTH",
        kind="event",
        name="file_shared",
        payload={"event": event},
        received_at=office.clock.now(),
    )
    file_shared(delivery, office.desk)
    office.publish()
    return [str(each.get("thread_ts")) for each in scripted.calls("chat.postMessage")]


def file(scripted: ScriptedSlack) -> dict[str, object]:
    scripted.say(FILE, json.dumps({"campaign_id": 1}).encode())
    return {"id": "F1", "name": "summer.json", "url_private_download": address(scripted)}


SHARED = {"shares": {"private": {"C0GROWTH": [{"ts": "17.2"}]}}}


@pytest.fixture
def desk_of(scripted: ScriptedSlack, tmp_path: object) -> Office:
    made = Office(tmp_path, scripted.api_url)  # type: ignore[arg-type]
    yield made
    made.close()


def test_slack_is_asked_again_until_it_knows_the_message(desk_of: Office, scripted: ScriptedSlack) -> None:
    assert dropped(desk_of, scripted, {}, {}, SHARED) == ["17.2"]
    assert len(scripted.calls("files.info")) == 3


def test_where_slack_never_says_in_which_message_the_answer_stands_in_the_channel(
    desk_of: Office, scripted: ScriptedSlack
) -> None:
    assert dropped(desk_of, scripted, {}, {}, {}, {}) == ["None"]


def test_a_file_in_a_thread_is_answered_at_its_root(desk_of: Office, scripted: ScriptedSlack) -> None:
    shares = {"public": {"C0GROWTH": [{"ts": "17.9", "thread_ts": "17.1"}]}}
    assert dropped(desk_of, scripted, {"shares": shares}) == ["17.1"]


def test_a_file_that_was_taken_away_again_is_not_missed(desk_of: Office, scripted: ScriptedSlack) -> None:
    assert dropped(desk_of, scripted, {"ok": False, "error": "file_not_found"}) == []


def test_a_bots_file_is_left_alone(desk_of: Office, scripted: ScriptedSlack) -> None:
    assert dropped(desk_of, scripted, SHARED, is_bot=True) == []


def test_a_strangers_file_is_refused(desk_of: Office, scripted: ScriptedSlack) -> None:
    with pytest.raises(MayNotHandIn, match=r"belongs to another workspace\. Nothing was stored\."):
        dropped(desk_of, scripted, SHARED, team_id="T0ELSEWHERE")
    assert not any(each.method == FILE for each in scripted.asked)


def test_a_file_that_slack_does_not_keep_is_told_so(desk_of: Office, scripted: ScriptedSlack) -> None:
    external = SHARED | {"url_private_download": "https://drive.example/summer.json"}
    assert dropped(desk_of, scripted, external) == ["17.2"]
    (sent,) = scripted.calls("chat.postMessage")
    assert "Slack does not keep it itself" in str(sent["blocks"])


def test_a_missing_scope_is_told_with_what_an_admin_can_do(desk_of: Office, scripted: ScriptedSlack) -> None:
    scripted.say(FILE, b"<html>", headers={"Content-Type": "text/html"})
    assert dropped(desk_of, scripted, SHARED) == ["17.2"]
    (sent,) = scripted.calls("chat.postMessage")
    assert "I lack `files:read` to read files. An admin can add it and reinstall." in str(sent["blocks"])
