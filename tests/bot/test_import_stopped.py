"""What Slack shows of a file that failed halfway."""

import json
from typing import Any

import pytest
from bot_team import APPROVER, GROWTH, MEMBER, Team, both_ways, shown
from drawn import HOSTILE, VOICE
from factories import MONDAY
from shell_room import told as known_campaign

from bot.blocks.imported import imported
from bot.blocks.limits import FALLBACK, faults
from bot.sandbox.strictness import message_faults, text_error
from engine.models.file_import import FileImport, Haul

AGAIN = "Something failed on my side. Drop it again and I take the rest."


def stopped(stored: int, taken: int, *, windows: int | None = None, file: str = "march.json") -> FileImport:
    haul = Haul(campaigns=windows or taken, taken=taken, known=0, outdated=0)
    return FileImport(
        id="import:F1:C0GROWTH",
        channel="C0GROWTH",
        thread="17.1",
        file=file,
        by=APPROVER,
        checksum="",
        at=MONDAY,
        state="stopped",
        stored=stored,
        haul=haul,
    )


@pytest.mark.parametrize(
    ("found", "says"),
    [
        (stopped(29, 60), "*Stopped: 29 of 60 campaigns taken.*"),
        (stopped(0, 1), "*Stopped: 0 of 1 campaign taken.*"),
        (stopped(3, 8, windows=2), "*Stopped: 3 of 8 windows taken.*"),
        (stopped(0, 0, windows=5), "*Stopped.*"),
    ],
)
def test_it_says_how_far_it_got_and_what_to_do(found: FileImport, says: str) -> None:
    message = imported(found, {}, VOICE)
    section, context = message.blocks
    assert section["text"]["text"].replace("\u00a0", " ") == f"{says} {AGAIN}"
    assert context["elements"][0]["text"] == "`march.json`"
    assert message.text.replace("\u00a0", " ") == f"march.json: {says.strip('*')} {AGAIN}"


@pytest.mark.parametrize("file", HOSTILE, ids=lambda text: ascii(text)[:20])
def test_it_fits_whatever_the_file_is_called(file: str) -> None:
    message = imported(stopped(29, 5_000, file=file), {}, VOICE)
    assert message_faults(message.blocks) == []
    assert faults(message.blocks) == []
    assert text_error(message.text, message.blocks) is None
    assert len(message.text) <= FALLBACK


@both_ways
def test_its_thread_tells_it_once_and_dropped_again_the_rest_is_taken(team: Team) -> None:
    names = [f"part-{number}" for number in range(4)]
    data = json.dumps([known_campaign(campaign_id=name, name=name) for name in names]).encode()
    analyze, left = team.engine._analyze, iter(range(2))

    def failing(*args: Any, **keywords: Any) -> Any:
        if next(left, None) is None:
            team.engine._analyze = analyze
            raise ZeroDivisionError
        return analyze(*args, **keywords)

    team.engine._analyze = failing
    ts = team.share("march.json", data, user=MEMBER)["ts"]
    (told,) = team.wait(lambda: replies(team, ts))
    assert "Stopped: 2 of 4\u00a0campaigns taken." in shown(told)
    again = team.share("march.json", data, user=MEMBER)["ts"]
    (done,) = team.wait(lambda: replies(team, again))
    assert "2\u00a0campaigns taken, 2 known already." in shown(done)
    assert len(replies(team, ts)) == 1


def replies(team: Team, ts: str) -> list[dict[str, Any]]:
    every = team.workspace.messages(GROWTH, APPROVER)
    return [each for each in every if each["thread_ts"] == ts and each["user"] == "U0MARKO"]
