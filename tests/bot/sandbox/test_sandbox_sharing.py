"""Files that people share: stored, posted, told to the bot, read by it with its token alone."""

import base64
from typing import Any

import httpx
import pytest
from slack_sdk.errors import SlackApiError

from bot.sandbox.sharing import MOST_BYTES

Json = dict[str, Any]
CAMPAIGNS = b'[{"campaign_id": "spring-sale"}]'


def dropped(name: str = "campaigns.json", content: bytes = CAMPAIGNS) -> Json:
    return {"name": name, "content": base64.b64encode(content).decode()}


def share(person: Any, *files: Json, channel: str = "C0GROWTH", **more: Any) -> httpx.Response:
    return person.post("file", channel=channel, files=list(files), **more)


def heard(server: Any, bot: Any) -> list[Json]:
    """What the bot is told, in the order of arrival; connects it."""
    events: list[Json] = []

    def note(event: Json) -> None:
        events.append(event)
        server.workspace.journal.tell("heard", {})

    for kind in ("message", "file_shared", "app_mention"):
        bot.app.event(kind)(note)
    bot.connect()
    return events


def test_a_dropped_file_is_posted_and_told_to_the_bot(server, bot, approver) -> None:
    events = heard(server, bot)
    told = share(approver, dropped(), text="March, @Marko").json()
    server.workspace.wait_for(lambda: len(events) == 3)
    by_type = {one["type"]: one for one in events}
    (posted,) = server.workspace.messages("C0GROWTH")
    assert (posted["ts"], posted["user"], posted["text"]) == (told["ts"], "U0APPROVER", "March, <@U0MARKO>")
    assert by_type["message"]["subtype"] == "file_share"
    assert by_type["file_shared"] == {
        "type": "file_shared",
        "file_id": told["files"][0],
        "file": {"id": told["files"][0]},
        "user_id": "U0APPROVER",
        "channel_id": "C0GROWTH",
        "event_ts": told["ts"],
    }
    mention = by_type["app_mention"]
    assert [one["id"] for one in mention["files"]] == told["files"]
    assert (mention["upload"], "subtype" in mention) == (False, False)


def test_the_bot_reads_the_file_with_its_token_alone(server, client, approver) -> None:
    (file_id,) = share(approver, dropped()).json()["files"]
    file = client.files_info(file=file_id)["file"]
    assert (file["name"], file["size"], file["user"]) == ("campaigns.json", len(CAMPAIGNS), "U0APPROVER")
    assert file["shares"]["public"]["C0GROWTH"]
    stranger = httpx.get(file["url_private_download"])
    assert (stranger.status_code, stranger.headers["content-type"].split(";")[0]) == (200, "text/html")
    owner = {"Authorization": f"Bearer {server.bot_token}"}
    assert httpx.get(file["url_private_download"], headers=owner).content == CAMPAIGNS


def test_what_is_shared_where_the_bot_is_not_is_not_for_it(server, client, approver) -> None:
    (file_id,) = share(approver, dropped(), channel="C0RANDOM").json()["files"]
    with pytest.raises(SlackApiError, match="file_not_found"):
        client.files_info(file=file_id)
    owner = {"Authorization": f"Bearer {server.bot_token}"}
    assert httpx.get(f"{server.url}/files/{file_id}/campaigns.json", headers=owner).status_code == 404


def test_several_files_are_one_message_and_may_answer_in_a_thread(server, approver) -> None:
    root = approver.says("March")
    told = share(approver, dropped(), dropped("notes.txt", b"late"), thread_ts=root).json()
    posted = server.workspace.message("C0GROWTH", told["ts"])
    assert posted.thread_ts == root
    assert [one["name"] for one in posted.files] == ["campaigns.json", "notes.txt"]


@pytest.mark.parametrize("name", ["March & April.json", "a/b\\c?#%.json", "café ☕.json", "<b>.json"])
def test_any_name_has_an_address_that_works(server, client, approver, name: str) -> None:
    (file_id,) = share(approver, dropped(name)).json()["files"]
    url = client.files_info(file=file_id)["file"]["url_private"]
    assert httpx.get(url, headers={"Authorization": f"Bearer {server.bot_token}"}).content == CAMPAIGNS


def test_a_file_of_an_earlier_run_is_still_there(start, people, folder) -> None:
    first = start(folder=folder)
    (file_id,) = share(people(first, "U0MEMBER"), dropped()).json()["files"]
    first.stop()
    again = start(folder=folder)
    assert httpx.get(f"{again.url}/ui/file/{file_id}").content == CAMPAIGNS


@pytest.mark.parametrize(
    ("files", "said"),
    [
        ([], "There is no file to share."),
        ([dropped(content=b"")], "campaigns.json is empty, so there is nothing to share."),
        ([{"name": "a.json", "content": "%"}], "a.json did not arrive whole: its content is not base64."),
        ([{"name": "a.json"}], "a.json did not arrive whole: its content is not base64."),
        ([dropped()] * 11, "10 files at once are the most; these are 11."),
    ],
)
def test_what_cannot_be_shared_is_said_and_posts_nothing(
    server, approver, files: list[Json], said: str
) -> None:
    answer = share(approver, *files)
    assert (answer.status_code, answer.json()["error"]) == (400, said)
    assert server.workspace.messages("C0GROWTH") == []


def test_a_file_goes_only_where_its_owner_is_and_may_write(server, approver) -> None:
    assert share(approver, dropped(), channel="D0MEMBER").status_code == 404
    assert share(approver, dropped(), thread_ts="1.000001").status_code == 404
    server.workspace.archive("C0GROWTH")
    assert share(approver, dropped()).json() == {"error": "#growth is archived."}


def test_a_file_beyond_the_limit_is_refused_with_the_limit(approver) -> None:
    answer = share(approver, dropped("big.csv", bytes(MOST_BYTES + 1)))
    assert answer.status_code == 413
    assert answer.json()["error"] == "big.csv cannot be shared: the sandbox takes 20 MB at once."
