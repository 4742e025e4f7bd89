"""The picture's way into the thread: made beside the publisher, posted once, or said in words alone."""

import logging
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from drawn import VOICE
from office import Office, ScriptedSlack, new_channel

from bot import pictures
from bot.pictures import Pictures
from bot.publisher import Publisher
from bot.sandbox.server import SandboxServer
from bot.studio import Studio

CHANNEL = "C0GROWTH"
MISSED = {
    "expected_metrics": {"impressions": 1_500_000, "clicks": 30_000, "conversions": 615, "spend": 27_675.0},
    "actual_metrics": {"impressions": 1_500_000, "clicks": 24_000, "conversions": 480, "spend": 28_080.0},
    "currency": "EUR",
}
SAID = "CPA 45.00 to 58.50\u00a0EUR: clicks harder +11.48, conversion +1.27, impressions dearer +0.75"
# A child that draws nothing, at once: here only the picture's way matters.
HASTY = (sys.executable, "-uc", """import sys\nfor _ in sys.stdin: print('{"png": "UE5H"}')""")
SILENT = (sys.executable, "-c", "import sys; sys.stdin.read()")
BROKEN = (sys.executable, "-c", "pass")
# Answers with what is no object at all, as no child of ours does.
ODD = (sys.executable, "-uc", """import sys\nfor _ in sys.stdin: print('[]')""")
REFUSED = {"ok": False, "error": "invalid_blocks"}


class Gallery(Office):
    """An office whose publisher has pictures."""

    def __init__(self, *arguments: Any, command: tuple[str, ...] = HASTY, **how: Any) -> None:
        super().__init__(*arguments, **how)
        self.pictures = Pictures(self.engine, self.client, Studio(command=command), VOICE)
        self.publisher = Publisher(
            self.store.outbox,
            self.engine,
            self.client,
            voice=VOICE,
            clock=self.clock,
            pictures=self.pictures,
        )

    def close(self) -> None:
        self.pictures.close()
        super().close()

    def publish_until(self, there: Callable[[], object]) -> None:
        """Publish again and again, since a picture is made in its own time."""
        deadline = time.monotonic() + 15
        while not there():
            self.publish(1)
            assert time.monotonic() < deadline, "it did not come in time"


@pytest.fixture(autouse=True)
def _without_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "UPLOAD_WAITS", (0.0, 0.0))


@pytest.fixture
def gallery(scripted: ScriptedSlack, tmp_path: Path) -> Iterator[Gallery]:
    made = Gallery(tmp_path, scripted.api_url)
    yield made
    made.close()


def allow_upload(scripted: ScriptedSlack, file: str = "F0PICTURE") -> None:
    url = f"{scripted.api_url}upload"
    scripted.say("files.getUploadURLExternal", {"ok": True, "file_id": file, "upload_url": url})
    scripted.say("files.completeUploadExternal", {"ok": True, "files": [{"id": file}]})


def posts(scripted: ScriptedSlack) -> list[dict[str, Any]]:
    """What was sent into threads."""
    return [each for each in scripted.calls("chat.postMessage") if each.get("thread_ts")]


def kinds(post: dict[str, Any]) -> list[str]:
    return [each["type"] for each in post["blocks"]]


def test_a_real_change_of_the_cpa_gets_its_picture_into_the_cards_thread(
    gallery: Gallery, scripted: ScriptedSlack
) -> None:
    allow_upload(scripted)
    known = gallery.put_card(CHANNEL, **MISSED)
    gallery.publish_until(lambda: posts(scripted))
    (card,) = gallery.engine.views(known.id)
    (post,) = posts(scripted)
    assert post["thread_ts"] == card.ts
    assert post["blocks"][0] == {"type": "image", "slack_file": {"id": "F0PICTURE"}, "alt_text": SAID}
    assert post["blocks"][1]["text"]["text"].startswith("Why the CPA rose: clicks came harder 85")
    assert post["text"].endswith(SAID)
    key = f"picture:{known.id}:{CHANNEL}:{card.ts}"
    assert post["metadata"]["event_payload"] == {"key": key}
    assert scripted.calls("files.getUploadURLExternal")[0]["alt_txt"] == SAID
    assert gallery.waiting() == []


@pytest.mark.parametrize(
    "changed",
    [{"actual_metrics": MISSED["expected_metrics"]}, {"objective": "Traffic"}],
    ids=["noise", "another driver"],
)
def test_without_a_real_change_of_a_driving_cpa_there_is_none(
    gallery: Gallery, scripted: ScriptedSlack, changed: dict[str, Any]
) -> None:
    gallery.put_card(CHANNEL, **{**MISSED, **changed})
    gallery.publish(3)
    assert posts(scripted) == []
    assert gallery.waiting() == []


def test_a_file_that_slack_cannot_show_yet_is_tried_again_and_uploaded_once(
    gallery: Gallery, scripted: ScriptedSlack
) -> None:
    allow_upload(scripted)
    gallery.put_card(CHANNEL, **MISSED)
    gallery.publish_until(lambda: len(scripted.calls("chat.postMessage")) == 1)
    scripted.say("chat.postMessage", REFUSED)
    gallery.publish_until(lambda: len(posts(scripted)) == 2)
    assert [kinds(each) for each in posts(scripted)] == [["image", "section"]] * 2
    assert len(scripted.calls("files.completeUploadExternal")) == 1
    assert gallery.waiting() == []


def test_a_file_that_slack_never_shows_is_said_in_words(gallery: Gallery, scripted: ScriptedSlack) -> None:
    allow_upload(scripted)
    gallery.put_card(CHANNEL, **MISSED)
    gallery.publish_until(lambda: len(scripted.calls("chat.postMessage")) == 1)
    for _ in range(4):
        scripted.say("chat.postMessage", REFUSED)
    gallery.publish_until(lambda: len(posts(scripted)) == 5)
    last = posts(scripted)[-1]
    assert kinds(last) == ["section", "section"]
    assert last["blocks"][0]["text"]["text"] == SAID
    assert gallery.waiting() == []


def test_without_the_scope_the_words_arrive_and_the_log_names_it_once(
    gallery: Gallery, scripted: ScriptedSlack, caplog: pytest.LogCaptureFixture
) -> None:
    for name in ("beach-video", "city-break"):
        scripted.say("files.getUploadURLExternal", {"ok": False, "error": "missing_scope"})
        gallery.put_card(CHANNEL, campaign_id=name, **MISSED)
    gallery.publish_until(lambda: len(posts(scripted)) == 2)
    assert [kinds(each) for each in posts(scripted)] == [["section", "section"]] * 2
    told = [each for each in caplog.messages if "files:write" in each]
    assert told == ["cards go without pictures: the app lacks files:write; an admin can add it"]


def test_an_upload_that_fails_for_a_moment_is_tried_again(gallery: Gallery, scripted: ScriptedSlack) -> None:
    scripted.say("files.getUploadURLExternal", {"ok": False, "error": "internal_error"}, status=500)
    scripted.say("files.getUploadURLExternal", b"<html>", status=502)
    allow_upload(scripted)
    gallery.put_card(CHANNEL, **MISSED)
    gallery.publish_until(lambda: posts(scripted))
    assert kinds(posts(scripted)[0]) == ["image", "section"]


def test_an_upload_that_is_refused_leaves_the_words(
    gallery: Gallery, scripted: ScriptedSlack, caplog: pytest.LogCaptureFixture
) -> None:
    scripted.say("files.getUploadURLExternal", {"ok": False, "error": "storage_limit_reached"})
    gallery.put_card(CHANNEL, **MISSED)
    gallery.publish_until(lambda: posts(scripted))
    assert kinds(posts(scripted)[0]) == ["section", "section"]
    assert "goes without its picture: storage_limit_reached" in caplog.text


def test_a_picture_that_cannot_be_drawn_is_left_out_and_logged(
    scripted: ScriptedSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gallery = Gallery(tmp_path, scripted.api_url, command=BROKEN)
    gallery.put_card(CHANNEL, **MISSED)
    gallery.publish_until(lambda: posts(scripted))
    gallery.close()
    assert kinds(posts(scripted)[0]) == ["section", "section"]
    assert "goes without its picture: NoPicture" in caplog.text
    assert scripted.calls("files.getUploadURLExternal") == []


def test_an_odd_error_while_drawing_loses_no_words(
    scripted: ScriptedSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    gallery = Gallery(tmp_path, scripted.api_url, command=ODD)
    known = gallery.put_card(CHANNEL, **MISSED)
    gallery.publish_until(lambda: posts(scripted))
    parked = gallery.parked()
    gallery.close()
    (post,) = posts(scripted)
    assert kinds(post) == ["section", "section"]
    assert post["blocks"][0]["text"]["text"] == SAID
    (record,) = [each for each in caplog.records if each.name == "bot.pictures"]
    assert known.id in record.getMessage()
    assert record.exc_info  # nobody foresaw it, so the log says where it came from
    assert parked == []


def test_waiting_for_a_picture_counts_as_no_attempt_and_looks_nothing_up(
    scripted: ScriptedSlack, tmp_path: Path
) -> None:
    gallery = Gallery(tmp_path, scripted.api_url, command=SILENT)
    gallery.put_card(CHANNEL, **MISSED)
    gallery.publish(1)
    assert gallery.publisher.publish_due() == 1  # taken up, and then the bot is gone
    gallery.clock.forward(seconds=1)
    (taken,) = gallery.waiting()
    assert (taken.attempts, taken.doubtful) == (1, False)
    gallery.store.outbox.recover()  # as if it had been sent, and nobody knew how that ended
    gallery.publish(5)
    (item,) = gallery.waiting()
    assert (item.attempts, item.doubtful) == (2, True)
    assert scripted.calls("conversations.replies") == []
    gallery.close()


def test_a_card_never_waits_for_a_picture(
    slack: SandboxServer, channel: str, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.WARNING)
    gallery = Gallery(tmp_path, slack.api_url, command=SILENT)
    gallery.put_card(channel, **MISSED)
    gallery.publish(2)  # its picture is being made now, and never will be
    gallery.put_card(channel, **{**MISSED, "campaign_id": "city-break"})
    gallery.publish(1)
    assert len(slack.workspace.messages(channel)) == 2
    gallery.close()


def test_a_picture_whose_bot_was_stopped_is_posted_by_the_next_once(
    slack: SandboxServer, tmp_path: Path
) -> None:
    channel = new_channel(slack)
    first = Gallery(tmp_path, slack.api_url)
    first.put_card(channel, **MISSED)
    first.publish(1)
    assert first.publisher.publish_due() == 1  # taken up, and then the bot is gone
    first.close()
    second = Gallery(tmp_path, slack.api_url, clock=first.clock)
    second.store.outbox.recover()
    second.publish_until(lambda: len(slack.workspace.messages(channel)) == 2)
    second.publish(5)
    card, picture = slack.workspace.messages(channel)
    assert picture["thread_ts"] == card["ts"]
    assert picture["blocks"][0]["type"] == "image"
    assert second.waiting() == []
    second.close()


def test_a_picture_whose_answer_was_lost_is_found_and_not_posted_again(
    slack: SandboxServer, tmp_path: Path
) -> None:
    channel = new_channel(slack)
    gallery = Gallery(tmp_path, slack.api_url)
    gallery.put_card(channel, **MISSED)
    gallery.publish(1)
    slack.switches.set("drop_response_after_post", on=True)
    gallery.publish_until(lambda: len(slack.workspace.messages(channel)) == 2)
    gallery.publish(5)
    assert len(slack.workspace.messages(channel)) == 2
    assert gallery.waiting() == []
    gallery.close()
