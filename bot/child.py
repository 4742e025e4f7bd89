"""A process of ours beside the bot: one line of JSON asks it, lines answer, and it ends when nobody asks.

What is heavy on memory, or on the interpreter's lock, is done there, so that no acknowledgement waits for it.
"""

import json
import logging
import subprocess
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Literal

import bot

log = logging.getLogger(__name__)

GOODBYE_S = 2.0
HOME = Path(bot.__file__).parents[1]  # so that the child finds the same code
Heard = Callable[[dict[str, Any]], bool]  # whether a line was news on the way, and not the answer


class ChildFailed(Exception):
    """There is no answer: ``reason`` says whether it took too long, ended, or could not be begun."""

    def __init__(self, reason: Literal["late", "ended", "not begun", "closed"], why: str = "") -> None:
        self.reason = reason
        super().__init__(why or reason)


def _no_news(_: dict[str, Any]) -> bool:
    return False


def _go_on() -> None:
    """Nothing speaks against asking."""


class Child:
    """Begun when it is first asked. Whoever asks has its ``turn``; safe to call from several threads."""

    def __init__(self, command: Sequence[str], *, deadline_s: float, idle_s: float) -> None:
        self._command = tuple(command)
        self._deadline_s = deadline_s
        self._idle_s = idle_s
        self._lock = threading.Lock()
        self._process: subprocess.Popen[str] | None = None
        self._idle: threading.Timer | None = None
        self._closed = False

    @property
    def pid(self) -> int | None:
        """Its process id while there is one."""
        process = self._process
        return process.pid if process and process.poll() is None else None

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Have it for oneself; others wait."""
        with self._lock:
            yield

    def ask(
        self, request: str, *, heard: Heard = _no_news, check: Callable[[], None] = _go_on
    ) -> dict[str, Any]:
        """Send one line and give its answer; to be called in one's ``turn``. Raises ``ChildFailed``.

        ``check`` is called before it is asked; whatever that, or ``heard``, raises ends the child.
        """
        if self._closed:
            raise ChildFailed("closed")
        if self._idle:
            self._idle.cancel()
        process = self._begun()
        if self._closed:
            process.kill()  # it was begun while we were being closed
        late = threading.Event()
        overdue = threading.Timer(self._deadline_s, _end_late, (process, late))
        overdue.daemon = True
        overdue.start()
        try:
            check()
            answer = _answer(process, request, heard)
        except BaseException:
            process.kill()  # what it would still say answers nobody else
            raise
        finally:
            overdue.cancel()
            if process.poll() is not None:
                self._end()
        if answer is None:
            self._end()
            raise ChildFailed("late" if late.is_set() else "ended")
        self._rest()
        return answer

    def kill(self) -> None:
        """End it now; whoever waits for its answer reads the end of it."""
        if process := self._process:
            process.kill()

    def close(self) -> None:
        """End it now, also in the middle of its work, and begin none after it."""
        self._closed = True
        self.kill()
        with self._lock:
            self._end()

    def _begun(self) -> "subprocess.Popen[str]":
        if self._process is None or self._process.poll() is not None:
            self._end()
            try:
                self._process = subprocess.Popen(  # noqa: S603  our own interpreter and module
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
                raise ChildFailed("not begun", f"no child process: {type(problem).__name__}") from problem
        return self._process

    def _rest(self) -> None:
        self._idle = threading.Timer(self._idle_s, self._go_home)
        self._idle.daemon = True
        self._idle.start()

    def _go_home(self) -> None:
        with self._lock:
            if self._idle is threading.current_thread():  # nothing was asked meanwhile
                self._end()

    def _end(self) -> None:
        """Close its input, which ends it; see that it is gone."""
        if self._idle:
            self._idle.cancel()
        process, self._process, self._idle = self._process, None, None
        if process is None:
            return
        for pipe in (process.stdin, process.stdout):
            if pipe:
                try:
                    pipe.close()
                except OSError:
                    log.debug("the child's pipe was broken already")
        try:
            process.wait(GOODBYE_S)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


def _answer(process: "subprocess.Popen[str]", request: str, heard: Heard) -> dict[str, Any] | None:
    """Ask, hear what comes on the way, and give the last line; ``None`` where the child ended instead."""
    if process.stdin is None or process.stdout is None:
        return None
    try:
        process.stdin.write(f"{request}\n")
        process.stdin.flush()
    except (OSError, ValueError):
        return None
    while True:
        try:
            line = process.stdout.readline()
            answer: dict[str, Any] | None = json.loads(line) if line else None
        except (OSError, ValueError):
            return None
        if answer is None or not heard(answer):
            return answer


def _end_late(process: "subprocess.Popen[str]", late: threading.Event) -> None:
    late.set()
    process.kill()
