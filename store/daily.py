"""The rows that exports bring, put aside in *lots*: what one import brought of one campaign in one currency.

Rows are kept as they were read, and added up by day as they come in, so that a campaign's days are read
without its rows. Rows of one day in which the same figures are missing are one sum: what is missing stays
missing, and no ratio is made of cells that do not belong together. Which days count is told by holdings
(``store/holdings.py``); of what was only put aside none do.

Every figure has to fit into 64 bits, and so have the sums of what one import brought of one campaign: an
amount may be 10¹² (``engine.models.campaign.LARGEST``), which is 10¹⁸ in millionths.
"""

import json
from collections.abc import Collection, Iterable, Sequence
from datetime import date
from functools import lru_cache
from typing import Any

from sqlalchemy import Connection, Dialect, Table, Text, delete, func, insert, select, update
from sqlalchemy.dialects import sqlite

from engine.models.daily import DailyRow, Figures
from engine.models.export import NUMBERS
from engine.models.visible import holdable
from store import checksums
from store.database import Prepared
from store.schema import PARTS, daily_rows, day_sums, holdings, lots

AT_ONCE = 20_000  # rows that are removed in one unit: about a tenth of a second
REACH = NUMBERS.index("reach")
ADDED = ("rows", *NUMBERS)
KEY = ("lot", "first_day", "last_day", "known")

Lot = dict[str, Any]
Span = tuple[int, str, str, int]  # lot, first day, last day, and which figures are known


def add(connection: Connection, source: str, rows: Collection[DailyRow]) -> None:
    """Put rows aside, in the order given."""
    known = _lots(connection, source, rows)
    seq = int(connection.scalar(select(func.coalesce(func.max(daily_rows.c.seq), 0))) or 0)
    placed = [(known[_place(row)], row) for row in rows]
    records = [_record(seq, lot["lot"], row) for seq, (lot, row) in enumerate(placed, start=seq + 1)]
    if connection.dialect.name == "sqlite":  # as in every other plain table
        for each in records:
            each["crc"] = checksums.of_row((name, each[name]) for name in _COVERED)
    if records:
        _insert(connection, daily_rows, records)
        _insert(connection, day_sums, _added_up(records))


def forget(connection: Connection, source: str) -> int:
    """Remove some rows that were put aside and hold nothing, and at last their lots."""
    mine = select(lots.c.lot).where(lots.c.source == source)
    mine = mine.where(~select(holdings.c.seq).where(holdings.c.lot == lots.c.lot).exists())
    return remove(connection, connection.scalars(mine).all())


def remove(connection: Connection, which: Sequence[int]) -> int:
    """Remove some rows of these lots; when none are left, the lots' sums and holdings too."""
    if not which:
        return 0
    some = select(daily_rows.c.seq).where(daily_rows.c.lot.in_(which)).limit(AT_ONCE)
    removed = connection.execute(delete(daily_rows).where(daily_rows.c.seq.in_(some.scalar_subquery())))
    if removed.rowcount:
        return removed.rowcount
    for table in (day_sums, holdings, lots):
        connection.execute(delete(table).where(table.c.lot.in_(which)))
    return 0


def of_lot(connection: Connection, lot: int, first: str, last: str) -> list[DailyRow]:
    """Read a lot's rows that lie within these days; ``DamagedRow`` where one is not as it was written."""
    within = daily_rows.c.lot == lot, daily_rows.c.first_day >= first, daily_rows.c.last_day <= last
    asked = select(daily_rows).where(*within).order_by(daily_rows.c.seq)
    about = connection.execute(select(lots).where(lots.c.lot == lot)).mappings().one()
    found = connection.execute(asked).mappings()
    return [_row(about, checksums.sound(daily_rows, each)) for each in found]


def added(figures: Iterable[tuple[int, Figures]]) -> Figures:
    """Add up (rows, figures); a reach is known of a single row alone, since people are reached twice."""
    told = list(figures)
    sums: list[int | None] = []
    for place in range(len(NUMBERS)):
        cells = [each[place] for _, each in told]
        known = [cell for cell in cells if cell is not None]
        sums.append(sum(known) if known else None)
    if sum(rows for rows, _ in told) != 1:
        sums[REACH] = None
    return tuple(sums)


def _place(row: DailyRow) -> tuple[str, str]:
    return row.campaign_key, row.currency


def _lots(connection: Connection, source: str, rows: Collection[DailyRow]) -> dict[tuple[str, str], Lot]:
    """Find, or begin, the lots of these rows, and keep what the rows call their campaigns."""
    by_place: dict[tuple[str, str], list[DailyRow]] = {}
    for row in rows:
        by_place.setdefault(_place(row), []).append(row)
    keys = sorted({key for key, _ in by_place})
    asked = select(lots).where(lots.c.source == source, lots.c.campaign_key.in_(keys))
    found = connection.execute(asked).mappings().all()
    known = {(each["campaign_key"], each["currency"]): checksums.sound(lots, each) for each in found}
    last = int(connection.scalar(select(func.coalesce(func.max(lots.c.lot), 0))) or 0)
    fresh = [place for place in by_place if place not in known]
    begun = {
        place: _begun(source, number, place, by_place[place])
        for number, place in enumerate(fresh, start=last + 1)
    }
    if begun:
        connection.execute(insert(lots), list(begun.values()))
    for place, lot in known.items():
        _rename(connection, lot, by_place[place])
    return {place: dict(lot) for place, lot in known.items()} | begun


def _begun(source: str, number: int, place: tuple[str, str], rows: Sequence[DailyRow]) -> Lot:
    newest = max(rows, key=lambda row: row.last_day)
    return {
        "lot": number,
        "source": source,
        "campaign_key": place[0],
        "platform": newest.platform,
        "account": newest.account,
        "campaign_id": newest.campaign_id,
        "currency": place[1],
        **_called({}, "", rows),
    }


def _rename(connection: Connection, lot: Any, rows: Sequence[DailyRow]) -> None:
    names = json.loads(lot["names"])
    called = _called(names, max(names.values(), default=""), rows)
    if any(lot[name] != value for name, value in called.items()):
        connection.execute(update(lots).where(lots.c.lot == lot["lot"]).values(called))


def _called(names: dict[str, str], until: str, rows: Sequence[DailyRow]) -> Lot:
    """What rows call a campaign: each spelling with its last day, and what its newest rows say."""
    names, called = dict(names), {}
    for row in rows:
        day = row.last_day.isoformat()
        name = _holdable(row.campaign)
        names[name] = max(day, names.get(name, ""))
        if day >= until:
            until, called = day, {"objective": row.objective, "attribution": row.attribution}
    return called | {"names": json.dumps(names, ensure_ascii=False, sort_keys=True)}


def _record(seq: int, lot: int, row: DailyRow) -> dict[str, Any]:
    record: dict[str, Any] = {"seq": seq, "lot": lot}
    record["first_day"], record["last_day"] = row.first_day.isoformat(), row.last_day.isoformat()
    for name in PARTS:
        record[name] = _holdable(getattr(row, name))
    for name in NUMBERS:
        record[name] = getattr(row, name)
    record["crc"] = None
    return record


_holdable = lru_cache(1 << 12)(holdable)  # names come again with every day
_COVERED = checksums.summed(daily_rows.c.keys())


def _row(lot: Any, row: Any) -> DailyRow:
    told: dict[str, Any] = {name: lot[name] for name in ("platform", "account", "campaign_id", "currency")}
    told |= {name: date.fromisoformat(row[name]) for name in ("first_day", "last_day")}
    return DailyRow(**told, **{name: row[name] for name in PARTS + NUMBERS})


def _added_up(records: Sequence[dict[str, Any]]) -> list[dict[str, Any]]:
    """One sum for each day (or range) of a lot and each set of figures that rows of it have."""
    sums: dict[Span, list[Any]] = {}
    for record in records:
        figures = [record[name] for name in NUMBERS]
        known = sum(1 << place for place, figure in enumerate(figures) if figure is not None)
        span = (record["lot"], record["first_day"], record["last_day"], known)
        if (held := sums.get(span)) is None:
            sums[span] = [1, *figures]
            continue
        held[0] += 1
        for place, figure in enumerate(figures, start=1):
            if figure is not None:
                held[place] += figure
    names = ("lot", "first_day", "last_day", "known", "rows", *NUMBERS)
    return [dict(zip(names, (*span, *held), strict=True)) for span, held in sums.items()]


def _insert(connection: Connection, table: Table, records: Sequence[dict[str, Any]]) -> None:
    """Insert many rows; sums are added to those that stand there.

    PostgreSQL takes them as one statement of one list a column, since each statement is a way there and back.
    """
    statement = _insertion(table, connection.dialect)
    if not isinstance(statement, Prepared):
        lists = {name: [each[name] for each in records] for name in records[0]}
        connection.exec_driver_sql(statement, lists)
        return
    connection.exec_driver_sql(statement.text, [statement.values(each) for each in records])


@lru_cache(maxsize=8)
def _insertion(table: Table, dialect: Dialect) -> Prepared | str:
    fields = [name for name in table.c.keys() if name != "crc" or table is daily_rows]  # noqa: SIM118
    if dialect.name == "postgresql":
        return _of_lists(table, fields)
    if table is daily_rows:
        return Prepared(insert(table), dialect, fields)
    statement = sqlite.insert(table)
    more = {name: table.c[name] + statement.excluded[name] for name in ADDED}
    return Prepared(statement.on_conflict_do_update(index_elements=KEY, set_=more), dialect, fields)


def _of_lists(table: Table, fields: Sequence[str]) -> str:
    kinds = {name: "text" if isinstance(table.c[name].type, Text) else "bigint" for name in fields}
    lists = ", ".join(f"%({name})s::{kind}[]" for name, kind in kinds.items())
    text = f"INSERT INTO {table.name} ({', '.join(fields)}) SELECT * FROM unnest({lists})"  # noqa: S608
    if table is daily_rows:
        return text
    more = ", ".join(f"{name} = {table.name}.{name} + excluded.{name}" for name in ADDED)
    return f"{text} ON CONFLICT ({', '.join(KEY)}) DO UPDATE SET {more}"
