"""How often people asked for work in the last minute: one row for each time that counted.

Asking and counting are one transaction, so that two bots never let an eleventh through together. A key
counts once: what is worked on again after a kill is let through, and counts as before.
"""

from datetime import datetime, timedelta

from sqlalchemy import ColumnElement, Connection, delete, select

from engine.models.delivery import Often
from store.database import Database, insert_once
from store.moments import from_text, to_text
from store.schema import tally

KEPT = timedelta(hours=1)


class Tally:
    """Who did what when (``engine.ports.Tally``)."""

    def __init__(self, database: Database) -> None:
        self._database = database

    def take(
        self, key: str, what: str, *, person: str, channel: str | None, now: datetime, often: Often
    ) -> tuple[int, float] | None:
        with self._database.writing() as connection:
            if connection.scalar(select(tally.c.key).where(tally.c.key == key)) is not None:
                return None
            scopes = [(tally.c.person == person, often.person)]
            if channel:
                scopes.append((tally.c.channel == channel, often.channel))
            for whose, most in scopes:
                left = _left(connection, (tally.c.what == what) & whose, most, now, often.window)
                if left is not None:
                    return most, left
            row = {"key": key, "what": what, "person": person, "channel": channel, "at": to_text(now)}
            insert_once(connection, tally, row)
            return None

    def prune(self, now: datetime, limit: int) -> int:
        oldest = select(tally.c.at).order_by(tally.c.seq).limit(1)
        with self._database.reading() as connection:
            if (at := connection.scalar(oldest)) is None or at >= to_text(now - KEPT):
                return 0
        old = select(tally.c.seq).where(tally.c.at < to_text(now - KEPT)).order_by(tally.c.seq).limit(limit)
        with self._database.writing() as connection:
            return connection.execute(delete(tally).where(tally.c.seq.in_(old.scalar_subquery()))).rowcount


def _left(
    connection: Connection, which: ColumnElement[bool], most: int, now: datetime, window: timedelta
) -> float | None:
    """Say in how many seconds one more is allowed; ``None`` where it is allowed now."""
    recent = (tally.c.at > to_text(now - window)) & (tally.c.at <= to_text(now))
    newest = select(tally.c.at).where(which, recent).order_by(tally.c.at.desc()).limit(most)
    found = connection.scalars(newest).all()
    if len(found) < most:
        return None
    return (from_text(found[-1]) + window - now).total_seconds()
