"""What a restart keeps."""

from pathlib import Path

from slack_sdk import WebClient

from bot.sandbox.server import SandboxServer

CARD = [{"type": "section", "block_id": "s", "text": {"type": "mrkdwn", "text": "*Beat the forecast.*"}}]
MODAL = {"type": "modal", "title": {"type": "plain_text", "text": "Reject"}, "blocks": CARD}


def test_a_restart_keeps_messages_channels_views_files_and_the_clock(folder: Path) -> None:
    with SandboxServer(folder=folder) as before:
        client = WebClient(token=before.bot_token, base_url=before.api_url)
        root = client.chat_postMessage(
            channel="C0GROWTH",
            text="digest",
            blocks=CARD,
            metadata={"event_type": "digest", "event_payload": {"slot": "1"}},
        )["ts"]
        client.chat_postMessage(channel="C0GROWTH", text="reply", thread_ts=root)
        client.chat_postEphemeral(channel="C0GROWTH", user="U0MEMBER", text="psst")
        client.reactions_add(channel="C0GROWTH", timestamp=root, name="eyes")
        client.conversations_join(channel="C0RANDOM")
        client.files_upload_v2(channel="C0GROWTH", filename="a.csv", content=b"a,b")
        for title in ("a", "b"):
            trigger = before._parts.passes.trigger("U0MEMBER", "any")
            client.views_open(trigger_id=trigger, view=MODAL) if title == "a" else client.views_push(
                trigger_id=trigger, view=MODAL
            )
        client.views_publish(user_id="U0MEMBER", view={"type": "home", "blocks": CARD})
        before.clock.jump("three_days")
        told = before.workspace.messages("C0GROWTH")
        stack = [view.id for view in before.views.stack("U0MEMBER")]
    with SandboxServer(folder=folder) as after:
        assert _without_address(after.workspace.messages("C0GROWTH")) == _without_address(told)
        assert [view.id for view in after.views.stack("U0MEMBER")] == stack
        assert after.views.home("U0MEMBER") is not None
        assert after.workspace.is_member("C0RANDOM", "U0MARKO")
        assert round(after.clock.offset_seconds) == 3 * 86_400
        newer = after.workspace.post("C0GROWTH", "U0MEMBER", "newer")
        assert newer.ts > told[-1]["ts"]
        client = WebClient(token=after.bot_token, base_url=after.api_url)
        file_id = told[-1]["files"][0]["id"]
        assert client.files_info(file=file_id)["file"]["url_private"].startswith(after.url)
        thread = client.conversations_replies(channel="C0GROWTH", ts=root)["messages"]
        assert [one["text"] for one in thread] == ["digest", "reply"]


def test_a_deleted_message_and_a_closed_view_stay_gone(folder: Path) -> None:
    with SandboxServer(folder=folder) as before:
        client = WebClient(token=before.bot_token, base_url=before.api_url)
        ts = client.chat_postMessage(channel="C0GROWTH", text="x")["ts"]
        client.chat_delete(channel="C0GROWTH", ts=ts)
        trigger = before._parts.passes.trigger("U0MEMBER")
        client.views_open(trigger_id=trigger, view=MODAL)
        before.views.clear("U0MEMBER")
    with SandboxServer(folder=folder) as after:
        assert after.workspace.messages("C0GROWTH") == []
        assert after.views.stack("U0MEMBER") == []


def test_without_a_folder_nothing_is_kept(tmp_path: Path, server: SandboxServer) -> None:
    server.workspace.post("C0GROWTH", "U0MEMBER", "x")
    assert list(tmp_path.iterdir()) == []


def _without_address(messages: list[dict[str, object]]) -> list[dict[str, object]]:
    """The port changes at a restart, and with it the address in a file."""
    return [{key: value for key, value in one.items() if key != "files"} for one in messages]
