"""Uploads in three steps, messages with files, downloads."""

import httpx
import pytest
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.server import SandboxServer

PNG = b"\x89PNG\r\n\x1a\n" + bytes(64)


def test_an_upload_posts_a_message_with_its_file(client: WebClient, server: SandboxServer) -> None:
    root = client.chat_postMessage(channel="C0GROWTH", text="card")["ts"]
    client.files_upload_v2(
        channel="C0GROWTH",
        thread_ts=root,
        initial_comment="CPA fell.",
        filename="waterfall.png",
        content=PNG,
        alt_txt="CPA 45.00 to 58.50 EUR",
        title="Waterfall",
    )
    message = server.workspace.messages("C0GROWTH")[1]
    file = message["files"][0]
    assert (message["text"], message["thread_ts"]) == ("CPA fell.", root)
    assert (file["title"], file["mimetype"], file["size"]) == ("Waterfall", "image/png", len(PNG))
    assert httpx.get(server.url + file["page_url"]).content == PNG


def test_a_download_without_the_token_is_a_sign_in_page(client: WebClient, server: SandboxServer) -> None:
    file_id = client.files_upload_v2(channel="C0GROWTH", filename="rejects.csv", content=b"a,b")["file"]["id"]
    file = client.files_info(file=file_id)["file"]
    assert file["shares"]["public"]["C0GROWTH"]
    stranger = httpx.get(file["url_private_download"])
    assert (stranger.status_code, stranger.headers["content-type"].split(";")[0]) == (200, "text/html")
    owner = {"Authorization": f"Bearer {server.bot_token}"}
    assert httpx.get(file["url_private_download"], headers=owner).content == b"a,b"


def test_a_fresh_upload_does_not_know_its_type_yet(client: WebClient) -> None:
    answer = client.files_upload_v2(filename="waterfall.png", content=PNG)
    assert (answer["file"]["mimetype"], answer["file"]["shares"]) == ("", {})


def test_bytes_must_be_as_many_as_announced(client: WebClient) -> None:
    step = client.files_getUploadURLExternal(filename="a.csv", length=3)
    assert httpx.post(step["upload_url"], content=b"four").status_code == 400
    with pytest.raises(SlackApiError, match="file_not_found"):
        client.files_completeUploadExternal(files=[{"id": step["file_id"], "title": "a"}])


def test_a_refused_channel_leaves_the_upload_open(client: WebClient, server: SandboxServer) -> None:
    step = client.files_getUploadURLExternal(filename="a.csv", length=3)
    httpx.post(step["upload_url"], content=b"a,b")
    files = [{"id": step["file_id"], "title": "a"}]
    with pytest.raises(SlackApiError, match="not_in_channel"):
        client.files_completeUploadExternal(files=files, channel_id="C0RANDOM")
    client.files_completeUploadExternal(files=files, channel_id="C0GROWTH")
    assert len(server.workspace.messages("C0GROWTH")) == 1


def test_an_image_block_shows_only_a_file_that_is_there(client: WebClient) -> None:
    image = {"type": "image", "alt_text": "CPA", "slack_file": {"id": "F0GONE"}}
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        client.chat_postMessage(channel="C0GROWTH", text="x", blocks=[image])
    file_id = client.files_upload_v2(filename="waterfall.png", content=PNG)["file"]["id"]
    image["slack_file"] = {"id": file_id}
    client.chat_postMessage(channel="C0GROWTH", text="x", blocks=[image])
    url = client.files_info(file=file_id)["file"]["url_private"]
    image["slack_file"] = {"url": url}
    client.chat_postMessage(channel="C0GROWTH", text="x", blocks=[image])


def test_a_page_as_a_file_is_never_shown_in_place(client: WebClient, server: SandboxServer) -> None:
    file_id = client.files_upload_v2(channel="C0GROWTH", filename="a.html", content=b"<b>")["file"]["id"]
    answer = httpx.get(f"{server.url}/ui/file/{file_id}")
    assert answer.headers["content-disposition"] == "attachment"
    assert answer.headers["content-type"] == "application/octet-stream"


def test_an_image_block_refuses_a_file_that_is_no_picture(client: WebClient) -> None:
    no_picture = client.files_upload_v2(filename="rejects.csv", content=b"a,b")["file"]["id"]
    image = {"type": "image", "alt_text": "CPA", "slack_file": {"id": no_picture}}
    with pytest.raises(SlackApiError, match="invalid_blocks"):
        client.chat_postMessage(channel="C0GROWTH", text="x", blocks=[image])
