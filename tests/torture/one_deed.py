"""One deed of the store in a process of its own, for whoever kills it, or breaks the disk under it.

``python -m torture.one_deed WHAT FOLDER SOCKET``: says "done", or "told" and what a person is told, or
"raw" and an error that nobody put into words; after a failure it tries once more, in the same process.
"""

import socket
import sys
from collections.abc import Callable
from pathlib import Path

import factories
from factories import MONDAY, HandClock

from engine.errors import StoreTrouble
from store import Store, open_store
from store.backup import back_up
from store.ledger_key import LedgerKey
from store.restore import restore

KEY = "a key of the torture, long enough to be one"
CLOCK = HandClock()


def opened(folder: Path) -> Store:
    return open_store(folder / "marko.db", CLOCK, ledger_key=KEY)


class Unit:
    """A decision with all that is written beside it; the memory stays open over a failure."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store: Store | None = None

    def __call__(self) -> None:
        self._store = self._store or opened(self._folder)
        with self._store.memory.unit() as unit:
            proposed = factories.recommendation("rec-autumn")
            unit.keep_recommendation(proposed, expected_version=None)
            unit.keep_recommendation(factories.decided(proposed), expected_version=1)
            unit.post(factories.intent("card:rec-autumn:C0MARKETING:0"))
            unit.set_setting("deed", {"value": 2})
            unit.note(actor="U0APPROVER", deed="approved", subject="rec-autumn", detail={})
        self._store.audit.keep_up()


class Accept:
    """What Slack sends, accepted before it is acknowledged."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._store: Store | None = None

    def __call__(self) -> None:
        self._store = self._store or opened(self._folder)
        self._store.inbox.accept(factories.delivery("Ev0AUTUMN"))


class Backup:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self) -> None:
        file, target = self._folder / "marko.db", self._folder / "backups" / "later.db"
        back_up(file, target, now=MONDAY, key=LedgerKey(KEY), listed_beside=file, force=True)


class Restore:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self) -> None:
        file = self._folder / "marko.db"
        restore(file, self._folder / "backup.db", home=file, clock=CLOCK, key=LedgerKey(KEY))


class Migration:
    def __init__(self, folder: Path) -> None:
        self._folder = folder

    def __call__(self) -> None:
        opened(self._folder).close()


DEEDS: dict[str, Callable[[Path], Callable[[], None]]] = {
    "unit": Unit,
    "accept": Accept,
    "backup": Backup,
    "restore": Restore,
    "migration": Migration,
}


def main(what: str, folder: Path, said: socket.socket) -> None:
    deed = DEEDS[what](folder)
    for _ in range(2):
        try:
            deed()
        except StoreTrouble as trouble:
            said.send(f"told {trouble}\n".encode())
        except Exception as raw:  # noqa: BLE001  what is not put into words is what is looked for
            said.send(f"raw {type(raw).__name__}: {raw}\n".encode())
        else:
            said.send(b"done\n")
            return


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), socket.socket(fileno=int(sys.argv[3])))
