"""The child that draws: begun when asked, ended when idle, at the close, and with a killed bot."""

import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import pytest

from bot.charting.waterfall import Bar
from bot.child import HOME
from bot.studio import NoPicture, Studio

BARS = [Bar("Forecast", "45.00", 0, 45, "whole"), Bar("Actual", "58.50", 0, 58.5, "whole")]
SILENT = (sys.executable, "-c", "import sys; sys.stdin.read()")
BROKEN = (sys.executable, "-c", "pass")
BABBLING = (sys.executable, "-c", "input(); print('a font cache is built')")
PARENT = """
import sys
from bot.charting.waterfall import Bar
from bot.studio import Studio
studio = Studio()
studio.waterfall("Why", [Bar("Forecast", "45.00", 0, 45, "whole")])
print(studio.pid, flush=True)
sys.stdin.read()
"""


@contextmanager
def studio(**how: object) -> Iterator[Studio]:
    made = Studio(**how)  # type: ignore[arg-type]
    try:
        yield made
    finally:
        made.close()


def wait(until: Callable[[], bool]) -> None:
    deadline = time.monotonic() + 15
    while not until():
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.02)


def is_gone(pid: int) -> bool:
    """Ended; what nobody has collected yet is gone too."""
    told = subprocess.run(["ps", "-o", "stat=", "-p", str(pid)], capture_output=True, check=False, text=True)
    return told.stdout.strip()[:1] in {"", "Z"}


def test_one_child_draws_all_pictures_and_none_is_there_before_the_first() -> None:
    with studio() as made:
        assert made.pid is None
        first = made.waterfall("Why", BARS)
        child = made.pid
        assert child
        assert first.startswith(b"\x89PNG")
        assert made.waterfall("Why", BARS) == first
        assert made.pid == child


def test_an_idle_child_ends_and_the_next_picture_begins_another() -> None:
    with studio(idle_s=0.05) as made:
        made.waterfall("Why", BARS)
        wait(lambda: made.pid is None)
        assert made.waterfall("Why", BARS).startswith(b"\x89PNG")


def test_what_cannot_be_drawn_is_told_and_the_child_goes_on() -> None:
    with studio() as made:
        with pytest.raises(NoPicture, match="KeyError"):
            made.waterfall("Why", [Bar("Forecast", "45.00", 0, 45, "loud")])  # type: ignore[arg-type]
        child = made.pid
        assert made.waterfall("Why", BARS)
        assert made.pid == child


@pytest.mark.parametrize(
    "command", [BROKEN, BABBLING, ("/nowhere/python",)], ids=["ends", "babbles", "missing"]
)
def test_a_child_that_does_not_answer_is_no_picture(command: tuple[str, ...]) -> None:
    with studio(command=command) as made, pytest.raises(NoPicture):
        made.waterfall("Why", BARS)


def test_a_picture_that_takes_too_long_is_left_and_its_child_ended() -> None:
    with studio(command=SILENT, deadline_s=0.05) as made:
        with pytest.raises(NoPicture, match="took over"):
            made.waterfall("Why", BARS)
        assert made.pid is None


def test_closing_ends_a_child_in_the_middle_of_a_picture() -> None:
    with studio(command=SILENT) as made:
        found: list[str] = []

        def draw() -> None:
            with pytest.raises(NoPicture) as told:
                made.waterfall("Why", BARS)
            found.append(str(told.value))

        asked = threading.Thread(target=draw)
        asked.start()
        wait(lambda: made.pid is not None)
        made.close()
        asked.join()
        assert len(found) == 1
        assert made.pid is None
        with pytest.raises(NoPicture, match="closed"):
            made.waterfall("Why", BARS)


def test_a_killed_bot_leaves_no_orphan() -> None:
    parent = subprocess.Popen(
        [sys.executable, "-c", PARENT], cwd=HOME, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True
    )
    with parent:
        assert parent.stdout
        child = int(parent.stdout.readline())
        assert not is_gone(child)
        parent.kill()
        parent.wait()
        wait(lambda: is_gone(child))
