"""Where pictures are drawn: one child process, begun when a picture is asked for, ended when idle.

The first import of matplotlib is a second of pure Python under the interpreter's lock, and some 70 MB:
neither belongs into the process that acknowledges.
"""

import base64
import json
import sys
from collections.abc import Sequence

from bot.charting.waterfall import Bar
from bot.child import Child, ChildFailed
from engine.narrate.picture import Picture
from engine.narrate.pictured import packed

DEADLINE_S = 15.0
IDLE_S = 60.0
EASEL = (sys.executable, "-m", "bot.easel")


class NoPicture(Exception):
    """A picture could not be drawn, or not in time; the message is one line."""


class Studio:
    """Draws one picture at a time. Safe to call from several threads."""

    def __init__(
        self, *, deadline_s: float = DEADLINE_S, idle_s: float = IDLE_S, command: Sequence[str] = EASEL
    ) -> None:
        self._deadline_s = deadline_s
        self._child = Child(command, deadline_s=deadline_s, idle_s=idle_s)

    def waterfall(self, title: str, bars: Sequence[Bar]) -> bytes:
        """Draw a waterfall; raises ``NoPicture``, at the latest after the deadline."""
        return self._drawn({"kind": "waterfall", "title": title, "bars": bars})

    def draw(self, picture: Picture) -> bytes:
        """Draw what a study shows; raises ``NoPicture`` as well."""
        return self._drawn(packed(picture))

    def _drawn(self, asked: dict[str, object]) -> bytes:
        with self._child.turn():
            answer = self._ask(json.dumps(asked))
        if "png" not in answer:
            raise NoPicture(answer.get("error", "no picture came"))
        return base64.b64decode(answer["png"])

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        return self._child.pid

    def close(self) -> None:
        """End the child now, also in the middle of a picture, and begin none after it."""
        self._child.close()

    def _ask(self, request: str) -> dict[str, str]:
        try:
            return self._child.ask(request)
        except ChildFailed as failed:
            told = {
                "closed": "the studio is closed",
                "late": f"the child took over {self._deadline_s:g} s",
                "ended": "the child ended",
            }
            raise NoPicture(told.get(failed.reason, str(failed))) from failed
