"""Where deliveries of webhooks are worked off: kept at the door, read beside the crew, one after the other.

The record says what is to be done, so whoever takes it up, in this bot or another, goes on where a killed one
stopped. What cannot be read is kept for a person; what only failed now is tried again, less and less often.
"""

import logging
import threading
from collections.abc import Callable
from datetime import timedelta
from pathlib import Path
from typing import NamedTuple

from bot.reading_room import LeftOff, NotRead, ReadingRoom, RoomClosed
from engine.engine import Engine
from engine.errors import Fault, Refused, StoreTrouble
from engine.intake.json_text import LONGEST
from engine.models.export import Question
from engine.models.file_import import Dropped, FileImport
from engine.models.hook import Accepted, HookDelivery
from engine.ports import Clock, Hooks

log = logging.getLogger(__name__)

IDLE_S = 1.0
QUIET = timedelta(minutes=10)  # after which a source's next delivery begins another message
MOST_ATTEMPTS = 8
FIRST_WAIT_S, LONGEST_WAIT_S = 5.0, 3600.0
MOST_READ = 3  # how often one file is read on, where answers about its shape are remembered
MOST_FAULTS = 3
AGAIN = frozenset({"refused", "stopped", "cancelled", "undone"})  # what such a file may be handed in after
REASONS = {
    "memory": "It takes more memory to read than there is. Send a shorter range.",
    "late": "Reading it took too long. Send a shorter range.",
    "gone": "Its bytes are damaged in my memory. Send it again, with a new id.",
    "cancelled": "Somebody cancelled it.",
}
WAYS = {
    "currency": "Name the currency in the column, as Spend (EUR), or as currency beside the rows of JSON.",
    "date_order": "Write days as 2026-03-30.",
    "decimal": "Write decimals with a point.",
    "column": "Name the column plainly, or drop such a file in Slack once and answer there for all like it.",
    "days": "Send one row for each day.",
    "total": "Send each row once, and no total row or one that adds up.",
}


class Later(Exception):
    """Reading failed for now."""


class Ended(NamedTuple):
    """What came of a reading: the import, or why there is none."""

    found: FileImport | None = None
    reason: str = ""


class Mailroom:
    """Takes deliveries in, and reads them in a thread of its own."""

    def __init__(
        self,
        hooks: Hooks,
        engine: Engine,
        room: ReadingRoom,
        *,
        clock: Clock,
        channel: str | None = None,
        told: Callable[[], object] = lambda: None,
    ) -> None:
        """``channel`` is told what came; ``told`` is called after every delivery that was worked off."""
        self._hooks = hooks
        self._engine = engine
        self._room = room
        self._clock = clock
        self._channel = channel
        self._told = told
        self._stopping = False
        self._awake = threading.Event()
        self._thread = threading.Thread(target=self._run, name="mailroom", daemon=True)

    def start(self) -> None:
        """Take up what an earlier run left behind, then keep reading."""
        self._thread.start()

    def stop(self) -> None:
        """Begin nothing new; what is being read is read again after the next start, or by another bot.

        To be called after the reading room was closed, which ends what is being read.
        """
        self._stopping = True
        self._awake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)
        try:
            self._hooks.hand_over()
        except StoreTrouble as trouble:
            log.warning("what was not read waits until its lease has run out: %s", trouble)

    def accept(self, source: str, webhook_id: str, content: bytes, *, file: str, media: str) -> Accepted:
        """Keep a genuine delivery; it is durable when this returns."""
        delivery = self._engine.hook_delivery(source, webhook_id, content, file=file, media=media)
        accepted = self._hooks.accept(delivery, content, quiet=QUIET)
        if accepted.status == "accepted":
            self._awake.set()
        return accepted

    def work_off(self) -> int:
        """Read everything that is due; returns how many deliveries were taken."""
        taken = 0
        while not self._stopping and (delivery := self._hooks.claim(now=self._clock.now())):
            self._work(delivery)
            taken += 1
        return taken

    def _run(self) -> None:
        while not self._stopping:
            self._awake.clear()
            try:
                self.work_off()
            except RoomClosed:
                return  # the bot is stopping
            except StoreTrouble:
                log.exception("deliveries cannot be used; trying again")
            except Exception:
                # The last resort: without this thread no delivery would ever be read again. What was being
                # read is taken up again.
                log.exception("reading deliveries stopped short; trying again")
            self._awake.wait(IDLE_S)

    def _work(self, delivery: HookDelivery) -> None:
        try:
            ended = self._read(delivery)
        except (Later, StoreTrouble) as failed:
            self._try_later(delivery, str(failed))
        except Exception as problem:
            # Ours, whatever it was: nothing that a program sent may be lost, or hold up what came after it.
            log.exception("%s was not read", delivery.id)
            self._try_later(delivery, type(problem).__name__)
        else:
            self._say(delivery, ended)
        self._told()

    def _say(self, delivery: HookDelivery, ended: Ended) -> None:
        if ended.found is not None:
            self._engine.hook_read(delivery.id, ended.found, channel=self._channel)
        else:
            self._engine.hook_unread(delivery.id, ended.reason, channel=self._channel)

    def _try_later(self, delivery: HookDelivery, error: str) -> None:
        if delivery.attempts >= MOST_ATTEMPTS:
            reason = f"Reading it failed {delivery.attempts} times ({error}). It is no fault of the file."
            self._say(delivery, Ended(reason=reason))
            return
        wait = min(FIRST_WAIT_S * 3.0 ** (delivery.attempts - 1), LONGEST_WAIT_S)
        self._engine.hook_later(delivery.id, error, wait=timedelta(seconds=wait))

    def _read(self, delivery: HookDelivery) -> Ended:
        from engine.intake.flat_json import holds_retrospectives  # noqa: PLC0415  an idle bot needs none

        content = self._hooks.content(delivery.id)
        if content is None:
            return Ended(reason=REASONS["gone"])
        dropped = self._dropped(delivery)
        if len(content) <= LONGEST and holds_retrospectives(content):
            found, _ = self._engine.import_file(content, dropped)
            return _ended(found)
        return self._read_export(delivery, content, dropped)

    def _dropped(self, delivery: HookDelivery) -> Dropped:
        """The import that this reading goes on with; one that came to nothing is not begun again."""
        number = 1
        while True:
            identifier = f"import:{delivery.id}" + (f":{number}" if number > 1 else "")
            known = self._engine.file_import(identifier)
            if known is None or known.state not in AGAIN:
                return Dropped(id=identifier, channel="", thread=None, file=delivery.file, by=delivery.actor)
            number += 1

    def _read_export(self, delivery: HookDelivery, content: bytes, dropped: Dropped) -> Ended:
        """Let the child read rows; what was begun before a kill goes on, or is found done."""
        found = self._engine.begin_export(dropped)
        if found.state == "asking":
            return self._open(found)
        if found.state != "reading":
            return _ended(found)
        with self._room.job() as folder:
            path = folder / "export"
            path.write_bytes(content)
            try:
                found = self._taken(delivery, path, dropped.id)
                return self._open(found) if found.state == "asking" else _ended(found)
            except Refused as refused:
                return _ended(self._engine.refuse_export(dropped.id, faults=refused.faults))
            except (NotRead, LeftOff) as failed:
                reason = failed.reason if isinstance(failed, NotRead) else "cancelled"
                if reason not in REASONS:
                    raise Later(str(failed)) from failed
                self._engine.refuse_export(dropped.id, reason=reason)
                return Ended(reason=REASONS[reason])

    def _open(self, found: FileImport) -> Ended:
        """Nobody is there to be asked: what is open is told, and nothing is stored."""
        self._engine.refuse_export(found.id, reason="open")
        questions = found.scan.questions if found.scan else ()
        return Ended(reason="\n".join(map(_asked, questions[:MOST_FAULTS])))

    def _taken(self, delivery: HookDelivery, path: Path, identifier: str) -> FileImport:
        """Read until nothing more is remembered about files of its shape; what is open then is refused."""
        from engine.intake.platforms import said  # noqa: PLC0415  as above

        platform = said(delivery.source)
        for _ in range(MOST_READ):
            hints = self._engine.hints_of(identifier)
            if platform and not hints.source:
                hints = hints.model_copy(update={"source": platform})
            scanned = self._room.read(path, identifier, name=delivery.file, hints=hints)
            found = self._engine.take_export(identifier, scanned)
            if found.state != "reading":
                return found
        raise Later("answers about files of its shape kept changing")


def _ended(found: FileImport) -> Ended:
    """Say in words why an import is none."""
    if found.state in {"done", "same", "double"}:
        return Ended(found)
    if found.state == "stopped":
        raise Later("reading it stopped halfway")
    if found.faults:
        told = [
            str(Fault(each.field, each.value, each.rule, each.line)) for each in found.faults[:MOST_FAULTS]
        ]
        more = len(found.faults) - len(told)
        return Ended(reason="\n".join([*told, *([f"and {more} more"] if more > 0 else [])]))
    return Ended(reason=REASONS.get(found.reason, "Nothing could be taken of it."))


def _asked(question: Question) -> str:
    return f"{question.text} {WAYS.get(question.kind, '')}".strip()
