"""Where pictures are drawn: one child process, begun when a picture is asked for, ended when idle.

The first import of matplotlib is a second of pure Python under the interpreter's lock, and some 70 MB:
neither belongs into the process that acknowledges.
"""

import base64
import json
import logging
import subprocess
import sys
import threading
from collections.abc import Sequence
from pathlib import Path

import bot
from bot.charts import Bar

log = logging.getLogger(__name__)

DEADLINE_S = 15.0
IDLE_S = 60.0
GOODBYE_S = 2.0
HOME = Path(bot.__file__).parents[1]  # so that the child finds the same code
EASEL = (sys.executable, "-m", "bot.easel")


class NoPicture(Exception):
    """A picture could not be drawn, or not in time; the message is one line."""


class Studio:
    """Draws one picture at a time. Safe to call from several threads."""

    def __init__(
        self, *, deadline_s: float = DEADLINE_S, idle_s: float = IDLE_S, command: Sequence[str] = EASEL
    ) -> None:
        self._deadline_s = deadline_s
        self._idle_s = idle_s
        self._command = tuple(command)
        self._lock = threading.Lock()
        self._child: subprocess.Popen[str] | None = None
        self._idle: threading.Timer | None = None
        self._closed = False

    def waterfall(self, title: str, bars: Sequence[Bar]) -> bytes:
        """Draw a waterfall; raises ``NoPicture``, at the latest after the deadline."""
        with self._lock:
            answer = self._ask(json.dumps({"title": title, "bars": bars}))
        if "png" not in answer:
            raise NoPicture(answer.get("error", "no picture came"))
        return base64.b64decode(answer["png"])

    @property
    def pid(self) -> int | None:
        """The child's process id while there is one."""
        child = self._child
        return child.pid if child and child.poll() is None else None

    def close(self) -> None:
        """End the child now, also in the middle of a picture, and begin none after it."""
        self._closed = True
        if child := self._child:
            child.kill()  # whoever waits for its answer reads the end of it, and lets the lock go
        with self._lock:
            self._end()

    def _ask(self, request: str) -> dict[str, str]:
        if self._closed:
            raise NoPicture("the studio is closed")
        if self._idle:
            self._idle.cancel()
        child = self._begun()
        if self._closed:
            child.kill()  # it was begun while the studio was being closed
        overdue = threading.Timer(self._deadline_s, child.kill)
        overdue.daemon = True
        overdue.start()
        try:
            answer = _answer(child, request)
        finally:
            overdue.cancel()
        if answer is None:
            self._end()
            raise NoPicture(f"the child ended, or took over {self._deadline_s:g} s")
        self._rest()
        return answer

    def _begun(self) -> subprocess.Popen[str]:
        if self._child is None or self._child.poll() is not None:
            self._end()
            try:
                self._child = subprocess.Popen(  # noqa: S603  our own interpreter and module
                    self._command,
                    cwd=HOME,
                    stdin=subprocess.PIPE,
                    stdout=subprocess.PIPE,
                    stderr=subprocess.DEVNULL,
                    text=True,
                    encoding="utf-8",
                    start_new_session=True,  # Ctrl-C is for the bot, which then ends its child
                )
            except OSError as problem:
                raise NoPicture(f"no child process: {type(problem).__name__}") from problem
        return self._child

    def _rest(self) -> None:
        self._idle = threading.Timer(self._idle_s, self._go_home)
        self._idle.daemon = True
        self._idle.start()

    def _go_home(self) -> None:
        with self._lock:
            if self._idle is threading.current_thread():  # nothing was asked meanwhile
                self._end()

    def _end(self) -> None:
        """Close the child's input, which ends it; see that it is gone."""
        if self._idle:
            self._idle.cancel()
        child, self._child, self._idle = self._child, None, None
        if child is None:
            return
        for pipe in (child.stdin, child.stdout):
            if pipe:
                try:
                    pipe.close()
                except OSError:
                    log.debug("the child's pipe was broken already")
        try:
            child.wait(GOODBYE_S)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()


def _answer(child: "subprocess.Popen[str]", request: str) -> dict[str, str] | None:
    """Ask and read one line; ``None`` where the child ended instead."""
    if child.stdin is None or child.stdout is None:
        return None
    try:
        child.stdin.write(f"{request}\n")
        child.stdin.flush()
        line = child.stdout.readline()
        answer: dict[str, str] | None = json.loads(line) if line else None
    except (OSError, ValueError):
        return None
    return answer
