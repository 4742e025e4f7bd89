"""The picture of a study: on its way with it, or left out, and then the table says the same."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from engine_values import counted, ran
from factories import APPROVER
from office import ScriptedSlack
from test_pictures import CHANNEL, REFUSED, Gallery, allow_upload, kinds

from bot import pictures

VERB = "forecast-accuracy"
FULL = ["section", "section", "image", "table", "context"]
THREAD = "17.000001"


@pytest.fixture(autouse=True)
def _without_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(pictures, "UPLOAD_WAITS", (0.0, 0.0))


@pytest.fixture
def gallery(scripted: ScriptedSlack, tmp_path: Path) -> Iterator[Gallery]:
    made = Gallery(tmp_path, scripted.api_url)
    for number in range(6):
        came = counted(100_000, 2_000 + number, 200 + number, 4_000)
        campaign = ran(
            f"lake-{number}", expected_metrics=counted(100_000, 1_000, 100, 4_000), actual_metrics=came
        )
        made.engine._analyze(campaign.campaign, asked_by=None)
    yield made
    made.close()


def show(gallery: Gallery) -> str:
    key, is_new = gallery.engine.show_study(VERB, "", channel=CHANNEL, by=APPROVER)
    assert is_new
    return str(key)


def ask(gallery: Gallery, text: str = VERB) -> str:
    return str(
        gallery.engine.answer_question(text, channel=CHANNEL, ts=THREAD, thread=THREAD, by=APPROVER).id
    )


def posts(scripted: ScriptedSlack) -> list[dict[str, Any]]:
    return scripted.calls("chat.postMessage")


def shapes(scripted: ScriptedSlack) -> list[list[str]]:
    return [kinds(each) for each in posts(scripted)]


def test_a_study_is_posted_with_its_picture_and_its_key(gallery: Gallery, scripted: ScriptedSlack) -> None:
    allow_upload(scripted)
    key = show(gallery)
    gallery.publish_until(lambda: posts(scripted))
    (post,) = posts(scripted)
    assert kinds(post) == FULL
    assert post["metadata"]["event_payload"] == {"key": key}
    assert scripted.calls("files.getUploadURLExternal")[0]["filename"] == (
        "how-far-forecasts-run-from-what-came.png"
    )
    assert gallery.engine.show_study(VERB, "", channel=CHANNEL, by=APPROVER) == (key, False)
    gallery.publish(3)
    assert len(posts(scripted)) == 1


@pytest.mark.parametrize("begin", [show, ask], ids=["study", "reply"])
def test_a_file_that_slack_never_shows_leaves_the_table(
    gallery: Gallery, scripted: ScriptedSlack, begin: Callable[[Gallery], str]
) -> None:
    allow_upload(scripted)
    begin(gallery)
    for _ in range(4):
        scripted.say("chat.postMessage", REFUSED)
    gallery.publish_until(lambda: len(posts(scripted)) == 5)
    assert ["image" in shape for shape in shapes(scripted)] == [True] * 4 + [False]
    assert "table" in shapes(scripted)[-1]
    assert len(scripted.calls("files.completeUploadExternal")) == 1
    gallery.publish(3)
    assert len(posts(scripted)) == 5
    assert gallery.parked() == []


@pytest.mark.parametrize("begin", [show, ask], ids=["study", "reply"])
def test_where_slack_takes_neither_picture_nor_table_the_rows_are_said_in_words(
    gallery: Gallery, scripted: ScriptedSlack, begin: Callable[[Gallery], str]
) -> None:
    scripted.say("files.getUploadURLExternal", {"ok": False, "error": "missing_scope"})
    begin(gallery)
    scripted.say("chat.postMessage", REFUSED)
    gallery.publish_until(lambda: len(posts(scripted)) == 2)
    assert "table" in shapes(scripted)[0]
    assert set(shapes(scripted)[1]) <= {"section", "context", "actions"}
    assert "CTR, all: Run" in str(posts(scripted)[1]["blocks"])


def test_a_reply_whose_picture_was_uploaded_before_the_bot_was_stopped_uploads_none_again(
    gallery: Gallery, scripted: ScriptedSlack
) -> None:
    allow_upload(scripted)
    reply = ask(gallery)
    gallery.publisher.publish_due()
    gallery.publish_until(lambda: gallery.engine.reply(reply).file)
    gallery.pictures._made.clear()  # another run knows of nothing but what is kept
    gallery.publish_until(lambda: posts(scripted))
    assert "image" in shapes(scripted)[-1]
    assert len(scripted.calls("files.getUploadURLExternal")) == 1


def test_a_study_whose_campaign_is_gone_is_given_up_and_the_next_is_posted(
    gallery: Gallery, scripted: ScriptedSlack
) -> None:
    key, _ = gallery.engine.show_study("trend", "nobody", channel=CHANNEL, by=APPROVER)
    gallery.publish_until(gallery.parked)
    assert gallery.parked() == [(key, "cannot be drawn")]
    allow_upload(scripted)
    show(gallery)
    gallery.publish_until(lambda: "table" in str(shapes(scripted)))
