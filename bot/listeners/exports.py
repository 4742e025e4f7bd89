"""An export on its way from Slack to the engine: fetched, read by a child, stored; whatever comes is told.

The record says what is to be done, so each step finds out for itself whether it was done: by an earlier
delivery, by somebody who pressed first, or before a restart.
"""

import logging
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from slack_sdk.errors import SlackApiError

from bot.desk import Desk
from bot.downloads import DownloadFailed, download_to
from bot.reading_room import LeftOff, NotRead, ReadingRoom
from engine.errors import EngineError, Refused
from engine.models.daily import DailyRow
from engine.models.file_import import Dropped

log = logging.getLogger(__name__)

QUIET_S = 1.0  # what is done by then is not announced
EDIT_EVERY_S = 3.0
NOTED_EVERY = 1_000  # rows
GONE = frozenset({"file_not_found", "file_deleted"})
Shape = dict[str, Any]


def take_in(file: Shape, dropped: Dropped, desk: Desk) -> None:
    """Begin an export that was dropped, and read it; once, however often it is delivered."""
    desk.engine.begin_export(dropped)
    read_export(dropped.id, desk, file)


def read_again(identifier: str, desk: Desk) -> None:
    """Read an export once more, as its record says after an answer; Slack still has the file, or not."""
    read_export(identifier, desk, None)


def read_export(identifier: str, desk: Desk, file: Shape | None) -> None:
    """Fetch, read and store; nobody does it twice at the same time."""
    room = desk.room
    with room.turn(identifier) as mine:
        found = desk.engine.file_import(identifier)
        if not mine or found is None or found.state != "reading":
            return
        try:
            with room.job() as folder:
                _read(identifier, file or _look_up(identifier, desk), folder, desk)
        except Refused as refused:
            desk.engine.refuse_export(identifier, faults=refused.faults)
        except (DownloadFailed, NotRead) as failed:
            log.warning("%s was not read: %s", identifier, failed)
            desk.engine.refuse_export(identifier, reason=failed.reason)
            if failed.reason == "failed":
                raise  # our own failure: the owner hears of it
        except LeftOff:
            log.info("%s was left off", identifier)
        finally:
            desk.publisher.wake()


def _read(identifier: str, file: Shape, folder: Path, desk: Desk) -> None:
    room, path = desk.room, folder / "export"
    with _Headway(identifier, desk) as headway:
        _fetch(file, path, room, identifier, desk)
        name = str(file.get("name") or "file")
        while True:
            hints = desk.engine.hints_of(identifier)
            scanned = room.read(path, identifier, name=name, hints=hints, told=headway.note)
            scanned = scanned._replace(rows=headway.stored(scanned.rows, scanned.scan.rows))
            if desk.engine.take_export(identifier, scanned).state != "reading":
                return  # else files of its shape were answered for before, and it is read with that


def _fetch(file: Shape, path: Path, room: ReadingRoom, identifier: str, desk: Desk) -> None:
    if str(file.get("size") or "0").isdigit() and int(file.get("size") or 0) > room.most:
        raise DownloadFailed("large")
    if str(file.get("filetype") or "") == "gsheet":
        raise DownloadFailed("sheet")
    download_to(
        path,
        str(file.get("url_private_download") or file.get("url_private") or ""),
        token=desk.client.token or "",
        api_url=desk.client.base_url,
        most=room.most,
        check=lambda: room.check(identifier),
    )


def _look_up(identifier: str, desk: Desk) -> Shape:
    """The file behind a record: its id is the middle of the record's."""
    _, _, rest = identifier.partition(":")
    try:
        file: Shape = desk.client.files_info(file=rest.partition(":")[0])["file"]
    except SlackApiError as refused:
        if refused.response.get("error") in GONE:
            raise DownloadFailed("gone") from None
        raise
    return file


class _Headway:
    """Shows how far reading is while the block lasts: not in the first second, then every few seconds."""

    def __init__(self, identifier: str, desk: Desk) -> None:
        self._identifier = identifier
        self._desk = desk
        self._rows = (0, 0)
        self._storing = False
        self._over = threading.Event()
        self._thread = threading.Thread(target=self._tell, name="reading", daemon=True)

    def note(self, read: int, about: int) -> None:
        """How many of about how many rows are read; shown when its time comes."""
        self._rows, self._storing = (read, about), False

    def stored(self, rows: Iterator[DailyRow], about: int) -> Iterator[DailyRow]:
        """Give all rows on, and note how many of them were taken: a long file is stored for a while."""
        for place, row in enumerate(rows):
            if not place % NOTED_EVERY:
                self._rows, self._storing = (place, about), True
            yield row

    def __enter__(self) -> "_Headway":
        self._thread.start()
        return self

    def __exit__(self, *_: object) -> None:
        self._over.set()
        self._thread.join()

    def _tell(self) -> None:
        wait = QUIET_S
        while not self._over.wait(wait):
            wait = EDIT_EVERY_S
            try:
                found = self._desk.engine.read_on(self._identifier, *self._rows, storing=self._storing)
            except EngineError:
                log.exception("how far %s is could not be told", self._identifier)  # reading itself goes on
                continue
            if found.state != "reading":
                self._desk.room.leave_off(self._identifier)  # cancelled, perhaps at another bot
                return
            self._desk.publisher.wake()
