"""What is over and asked for no more is removed, a little at each tick.

An inbox row that is done goes after 30 days: Slack repeats an event within minutes, so its key has long been
of no use. An outbox row that was sent goes after 90 days, unless its key is what says "once for all time"
(a welcome, a card's figures, an import). Views, and whatever is not finished, stay.

Rows of an import that was undone go 30 days after that. Those that were replaced, or are the same money as
others, stay: an undo, or a person's word, may let them count again.
"""

from datetime import datetime, timedelta

from sqlalchemy import Table, delete, select

from store import daily, hooks
from store.database import Database
from store.moments import to_text
from store.schema import holdings, inbox, outbox
from store.tally import Tally

INBOX_KEPT, OUTBOX_KEPT = timedelta(days=30), timedelta(days=90)
UNDONE_KEPT = timedelta(days=30)
AT_ONCE = 200
# Their keys name a version, a moment or a click, which come once anyway.
PASSING = frozenset({"redraw", "wording", "headway", "preview", "parked", "notice", "reminder", "settings"})


class Pruning:
    """Goes through both tables from the oldest row on, and begins again at the end."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._tally = Tally(database)
        self._places = {inbox.name: 0, outbox.name: 0}

    def prune(self, now: datetime) -> int:
        """Look at some rows of each table; returns how many were removed."""
        removed = self._prune(inbox, "done", "received_at", now - INBOX_KEPT)
        removed += self._prune(outbox, "sent", "changed_at", now - OUTBOX_KEPT)
        removed += self._prune_undone(now - UNDONE_KEPT)
        removed += hooks.prune(self._database, now, AT_ONCE)
        return removed + self._tally.prune(now, AT_ONCE)

    def _prune_undone(self, before: datetime) -> int:
        """Remove some rows of the lots of which everything was undone long ago."""
        old = (holdings.c.status == "undone") & (holdings.c.changed_at < to_text(before))
        other = select(holdings.c.lot).where(holdings.c.status != "undone")
        gone = select(holdings.c.lot).where(old, holdings.c.lot.not_in(other)).distinct().limit(AT_ONCE)
        with self._database.reading() as connection:
            lots = connection.scalars(gone).all()
        if not lots:
            return 0
        with self._database.writing() as connection:
            return daily.remove(connection, lots)

    def _prune(self, table: Table, over: str, moment: str, before: datetime) -> int:
        place = self._places[table.name]
        looked_at = select(table).where(table.c.status == over, table.c.seq > place)
        with self._database.reading() as connection:
            rows = connection.execute(looked_at.order_by(table.c.seq).limit(AT_ONCE)).mappings().all()
        old = [row["seq"] for row in rows if row[moment] < to_text(before) and _passes(table, row["kind"])]
        self._places[table.name] = rows[-1]["seq"] if len(rows) == AT_ONCE else 0
        if not old:
            return 0
        with self._database.writing() as connection:
            finished = (table.c.status == over) & table.c.seq.in_(old)  # nobody took it up meanwhile
            return connection.execute(delete(table).where(finished)).rowcount


def _passes(table: Table, kind: str) -> bool:
    return table is inbox or kind in PASSING
