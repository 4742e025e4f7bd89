"""Which days of which import count: *holdings*, pieces of lots, and which campaigns are one (*links*).

The pieces of a lot are all its days, each with its status, so that a correction, an undo or a link changes
a few of them and never a row. What they should be is thought out elsewhere (``engine/overlap.py``).
"""

import json
from collections.abc import Collection, Iterator, Mapping, Sequence
from datetime import date
from typing import Any

from sqlalchemy import Connection, RowMapping, bindparam, case, delete, func, insert, select, update

from engine.models.daily import PAIRS, DailyRow, DaySum, Figures, RowCampaign
from engine.models.export import NUMBERS, WHOLE, Holding, Sums, exact
from store import daily
from store.checksums import sound
from store.schema import day_sums, holdings, links, lots

MOST_VALUES = 10_000  # of one statement; PostgreSQL takes 65,535
Place = tuple[str, str, str]  # import, campaign, currency
Row = RowMapping | Mapping[Any, Any]
Known = tuple[int, int, Figures]  # bits of the figures that rows have, how many rows, and their sums


def held(
    connection: Connection,
    *,
    campaign_key: str | None = None,
    source: str | None = None,
    by: str | None = None,
    days: tuple[date, date] | None = None,
    live: bool = True,
) -> list[Holding]:
    """Give holdings in the order in which their imports came, then by campaign and day."""
    asked = select(holdings, *_of_lot()).join(lots, lots.c.lot == holdings.c.lot)
    if campaign_key is not None:
        asked = asked.where(lots.c.campaign_key.in_(one_campaign(connection, campaign_key)))
    if source is not None:
        asked = asked.where(lots.c.source == source)
    if by is not None:
        asked = asked.where(holdings.c.by == by)
    if days is not None:
        first, last = (day.isoformat() for day in days)
        asked = asked.where(holdings.c.first_day <= last, holdings.c.last_day >= first)
    if live:
        asked = asked.where(holdings.c.status == "live")
    asked = asked.order_by(lots.c.number, lots.c.campaign_key, holdings.c.first_day, holdings.c.seq)
    return [_holding(row) for row in connection.execute(asked).mappings()]


def put_aside(connection: Connection, source: str) -> list[Holding]:
    """Give what was put aside of an import: one holding for each campaign and currency; of ranges one each.

    Ranges that share days are one, so that each row lies in one holding.
    """
    ends = func.min(day_sums.c.first_day).label("first"), func.max(day_sums.c.last_day).label("last")
    ranges = _has_ranges()
    asked = select(lots.c.lot, *ends, ranges.label("ranges"), *_summed(day_sums)).join(
        day_sums, day_sums.c.lot == lots.c.lot
    )
    found = connection.execute(asked.where(lots.c.source == source).group_by(lots.c.lot)).mappings().all()
    about = {each["lot"]: each for each in connection.execute(_lots_of(source)).mappings()}
    return [
        _aside(sound(lots, about[each["lot"]]), part, ranges=bool(each["ranges"]))
        for each in found
        for part in (_ranges_of(connection, each["lot"]) if each["ranges"] else [each])
    ]


def _ranges_of(connection: Connection, lot: int) -> list[dict[str, Any]]:
    """Add up each range of a lot, together with those that share days with it."""
    days = day_sums.c.first_day, day_sums.c.last_day
    asked = select(days[0].label("first"), days[1].label("last"), *_summed(day_sums))
    parts: list[dict[str, Any]] = []
    for row in connection.execute(
        asked.where(day_sums.c.lot == lot).group_by(*days).order_by(*days)
    ).mappings():
        if not parts or row["first"] > parts[-1]["last"]:
            parts.append(dict(row))
            continue
        held = parts[-1]
        held["last"] = max(held["last"], row["last"])
        for name in ("rows", *NUMBERS):
            known = [each for each in (held[name], row[name]) if each is not None]
            held[name] = sum(known) if known else None
    return parts


def hold(connection: Connection, wanted: Collection[Holding], at: str) -> None:
    """Replace the pieces of these lots, and add up what is in each."""
    known = _lots_by_place(connection, {each.source for each in wanted})
    pieces = [(each, _found(known, each)) for each in _in_order(wanted)]
    _describe(connection, pieces)
    seq = int(connection.scalar(select(func.coalesce(func.max(holdings.c.seq), 0))) or 0)
    for which in _batched(sorted({lot["lot"] for _, lot in pieces})):
        connection.execute(delete(holdings).where(holdings.c.lot.in_(which)))
    fresh = [_piece(seq, each, lot["lot"], at) for seq, (each, lot) in enumerate(pieces, start=seq + 1)]
    if fresh:
        connection.execute(insert(holdings), fresh)
        _add_up(connection, seq)


def figures(connection: Connection, holding: Holding) -> dict[tuple[date, date], Figures]:
    lot = _lot_of(connection, holding)
    within = day_sums.c.first_day >= holding.first_day.isoformat()
    within &= day_sums.c.last_day <= holding.last_day.isoformat()
    found: dict[tuple[date, date], list[Known]] = {}
    for row in connection.execute(select(day_sums).where(day_sums.c.lot == lot, within)).mappings():
        span = date.fromisoformat(row["first_day"]), date.fromisoformat(row["last_day"])
        found.setdefault(span, []).append(_known(sound(day_sums, row)))
    return {span: daily.added((rows, sums) for _, rows, sums in each) for span, each in sorted(found.items())}


def rows(connection: Connection, campaign_key: str, first: date, last: date) -> list[DailyRow]:
    """Give the rows that count, import by import."""
    asked = select(holdings.c.lot, holdings.c.first_day, holdings.c.last_day)
    asked = asked.join(lots, lots.c.lot == holdings.c.lot).order_by(lots.c.number, holdings.c.first_day)
    mine = lots.c.campaign_key == campaign_key, holdings.c.status == "live"
    found = connection.execute(asked.where(*mine)).all()
    spans = [(lot, max(f, first.isoformat()), min(la, last.isoformat())) for lot, f, la in found]
    return [row for span in spans for row in daily.of_lot(connection, *span)]


def days(connection: Connection, campaign_key: str, first: date, last: date) -> list[DaySum]:
    asked = select(day_sums, lots.c.currency).join(lots, lots.c.lot == day_sums.c.lot)
    asked = asked.join(holdings, holdings.c.lot == day_sums.c.lot)
    asked = asked.where(
        lots.c.campaign_key.in_(one_campaign(connection, campaign_key)),
        holdings.c.status == "live",
        day_sums.c.first_day == day_sums.c.last_day,
        day_sums.c.first_day >= holdings.c.first_day,
        day_sums.c.first_day <= holdings.c.last_day,
        day_sums.c.first_day >= first.isoformat(),
        day_sums.c.first_day <= last.isoformat(),
    )
    found: dict[tuple[str, str], list[Known]] = {}
    for row in connection.execute(asked).mappings():
        sums = {name: row[name] for name in day_sums.c.keys()}  # noqa: SIM118  columns are no dict
        found.setdefault((row["first_day"], row["currency"]), []).append(_known(sound(day_sums, sums)))  # type: ignore[arg-type]
    return [_day(day, currency, each) for (day, currency), each in sorted(found.items())]


def row_campaigns(connection: Connection, source: str | None = None) -> list[RowCampaign]:
    """Give every campaign of which something counts, or those of one import, as its newest rows call it."""
    ends = func.min(day_sums.c.first_day).label("first"), func.max(day_sums.c.last_day).label("last")
    spans = select(day_sums.c.lot, *ends, func.sum(day_sums.c["rows"]).label("rows"))
    if source is None:
        spans = spans.join(holdings, holdings.c.lot == day_sums.c.lot).where(
            holdings.c.status == "live",
            day_sums.c.first_day >= holdings.c.first_day,
            day_sums.c.last_day <= holdings.c.last_day,
        )
    else:
        spans = spans.where(day_sums.c.lot.in_(select(lots.c.lot).where(lots.c.source == source)))
    told = spans.group_by(day_sums.c.lot).subquery()
    asked = select(lots, told.c.first, told.c.last, told.c["rows"]).join(told, told.c.lot == lots.c.lot)
    found: dict[str, list[Row]] = {}
    for row in connection.execute(asked.order_by(lots.c.campaign_key, lots.c.number)).mappings():
        found.setdefault(row["campaign_key"], []).append(row)
    return [_campaign(each) for each in found.values()]


def all_links(connection: Connection) -> dict[str, str]:
    found = connection.execute(select(links).order_by(links.c.alias)).mappings()
    return {each["alias"]: sound(links, each)["main"] for each in found}


def link(connection: Connection, alias: str, main: str | None) -> None:
    """Make a key another one's, and with it those that were this one's; ``None`` takes it back."""
    known = all_links(connection)
    connection.execute(delete(links).where(links.c.alias == alias))
    if main is None:
        return
    main = known.get(main, main)
    if main == alias:
        raise ValueError(f"{alias} is not an alias of itself.")
    connection.execute(update(links).where(links.c.main == alias).values(main=main))
    connection.execute(insert(links).values(alias=alias, main=main))


def one_campaign(connection: Connection, key: str) -> list[str]:
    """Name the campaign's key, its main's and those of all that are linked to it."""
    known = all_links(connection)
    main = known.get(key, key)
    return [main, *(alias for alias, of in known.items() if of == main)]


def _has_ranges() -> Any:
    return func.max(case((day_sums.c.first_day != day_sums.c.last_day, 1), else_=0))


def _summed(table: Any) -> list[Any]:
    sums = [func.sum(table.c[name]).label(name) for name in NUMBERS]
    return [func.sum(table.c["rows"]).label("rows"), *sums]


def _lots_of(source: str) -> Any:
    return select(lots).where(lots.c.source == source)


def _of_lot() -> list[Any]:
    names = ("source", "campaign_key", "currency", "number", "level", "breakdowns", "by_day", "read_on")
    return [lots.c[name].label(f"lot_{name}") for name in names]


def _lot_of(connection: Connection, holding: Holding) -> int:
    mine = lots.c.source == holding.source, lots.c.campaign_key == holding.campaign_key
    found = connection.scalar(select(lots.c.lot).where(*mine, lots.c.currency == (holding.currency or "")))
    if found is None:
        raise LookupError(f"{holding.source} brought nothing of {holding.campaign_key}.")
    return int(found)


def _in_order(wanted: Collection[Holding]) -> list[Holding]:
    return sorted(wanted, key=lambda each: (each.source, each.campaign_key, each.first_day))


def _lots_by_place(connection: Connection, sources: Collection[str]) -> dict[Place, Row]:
    found = connection.execute(select(lots).where(lots.c.source.in_(sources))).mappings()
    return {(each["source"], each["campaign_key"], each["currency"]): sound(lots, each) for each in found}


def _found(known: Mapping[Place, Row], holding: Holding) -> Row:
    try:
        return known[holding.source, holding.campaign_key, holding.currency or ""]
    except KeyError:
        raise LookupError(f"{holding.source} brought nothing of {holding.campaign_key}.") from None


def _describe(connection: Connection, pieces: Sequence[tuple[Holding, Row]]) -> None:
    """Write down of lots that hold something for the first time what they are, and their import's number."""
    last = int(connection.scalar(select(func.coalesce(func.max(lots.c.number), 0))) or 0)
    numbers = {lot["source"]: lot["number"] for _, lot in pieces if lot["number"] is not None}
    fresh = {lot["lot"]: each for each, lot in pieces if lot["number"] is None}
    told = []
    for lot, each in fresh.items():
        if each.source not in numbers:
            last += 1
            numbers[each.source] = last
        values = {
            "number": numbers[each.source],
            "level": each.level,
            "breakdowns": json.dumps(each.breakdowns),
            "by_day": each.by_day,
            "read_on": each.read_on.isoformat() if each.read_on else None,
        }
        told.append({"which": lot, **values})
    if told:
        written: dict[str, Any] = {name: bindparam(name) for name in told[0] if name != "which"}
        connection.execute(update(lots).where(lots.c.lot == bindparam("which")).values(written), told)


def _batched(which: Sequence[int]) -> Iterator[Sequence[int]]:
    """Give some at a time: a statement takes so many values."""
    for begin in range(0, len(which), MOST_VALUES):
        yield which[begin : begin + MOST_VALUES]


def _piece(seq: int, each: Holding, lot: int, at: str) -> dict[str, Any]:
    return {
        "seq": seq,
        "lot": lot,
        "first_day": each.first_day.isoformat(),
        "last_day": each.last_day.isoformat(),
        "status": each.status,
        "by": each.by,
        "same_as": each.same_as,
        "apart": each.apart,
        "rows": 0,
        "changed_at": at,
    }


def _add_up(connection: Connection, after: int) -> None:
    """Write into the holdings that came ``after`` what their rows add up to."""
    asked = select(holdings.c.seq, *_summed(day_sums)).join(day_sums, day_sums.c.lot == holdings.c.lot)
    within = day_sums.c.first_day >= holdings.c.first_day, day_sums.c.last_day <= holdings.c.last_day
    asked = asked.where(holdings.c.seq > after, *within).group_by(holdings.c.seq)
    sums = [
        {"piece": row["seq"], **{name: _whole(row[name]) for name in ("rows", *NUMBERS)}}
        for row in connection.execute(asked).mappings()
    ]
    for each in sums:
        each["reach"] = each["reach"] if each["rows"] == 1 else None
    if sums:
        written: dict[str, Any] = {name: bindparam(name) for name in ("rows", *NUMBERS)}
        connection.execute(update(holdings).where(holdings.c.seq == bindparam("piece")).values(written), sums)


def _whole(figure: Any) -> int | None:
    """Read a sum; SQLite goes on with a float, and is not exact any more, where 64 bits are too few."""
    if isinstance(figure, float):
        raise OverflowError("These figures are too large to be added up.")
    return None if figure is None else int(figure)


def _known(row: Row) -> Known:
    return row["known"], row["rows"], tuple(row[name] for name in NUMBERS)


def _day(day: str, currency: str, told: Sequence[Known]) -> DaySum:
    sums = daily.added((rows, each) for _, rows, each in told)
    total = sum(rows for _, rows, _ in told)
    filled = [sum(rows for known, rows, _ in told if known >> place & 1) for place in range(len(NUMBERS))]
    partly = frozenset(name for name, count in zip(NUMBERS, filled, strict=True) if 0 < count < total)
    return DaySum(
        day=date.fromisoformat(day),
        currency=currency,
        partly=partly,
        rows=total,
        filled=tuple(filled),
        pairs=tuple(_pairs(told)) if partly else (),
        **dict(zip(NUMBERS, sums, strict=True)),
    )


def _pairs(told: Sequence[Known]) -> Iterator[tuple[int, int] | None]:
    """For each ratio both sums over the rows that have both cells."""
    for pair in PAIRS:
        top, bottom = (NUMBERS.index(name) for name in pair)
        both = [(each[top], each[bottom]) for _, _, each in told]
        whole = [(a, b) for a, b in both if a is not None and b is not None]
        yield (sum(a for a, _ in whole), sum(b for _, b in whole)) if whole else None


def _sums(row: Row) -> Sums:
    told = {name: _whole(row[name]) for name in NUMBERS}
    return Sums(**{name: told[name] if name in WHOLE else exact(told[name]) for name in NUMBERS})  # type: ignore[arg-type]


def _holding(row: Row) -> Holding:
    sound(holdings, {name: row[name] for name in holdings.c.keys()})  # type: ignore[arg-type]  # noqa: SIM118
    read_on = row["lot_read_on"]
    return Holding(
        source=row["lot_source"],
        campaign_key=row["lot_campaign_key"],
        first_day=date.fromisoformat(row["first_day"]),
        last_day=date.fromisoformat(row["last_day"]),
        level=row["lot_level"],
        by_day=bool(row["lot_by_day"]),
        currency=row["lot_currency"] or None,
        status=row["status"],
        by=row["by"],
        rows=row["rows"],
        sums=_sums(row),
        read_on=date.fromisoformat(read_on) if read_on else None,
        breakdowns=tuple(json.loads(row["lot_breakdowns"])),
        number=row["lot_number"],
        same_as=row["same_as"],
        apart=bool(row["apart"]),
    )


def _aside(lot: Row, row: Row, *, ranges: bool) -> Holding:
    sums = {name: row[name] for name in NUMBERS} | ({} if int(row["rows"]) == 1 else {"reach": None})
    return Holding(
        source=lot["source"],
        campaign_key=lot["campaign_key"],
        first_day=date.fromisoformat(row["first"]),
        last_day=date.fromisoformat(row["last"]),
        level="campaign",
        by_day=not ranges,
        currency=lot["currency"] or None,
        rows=int(row["rows"]),
        sums=_sums(sums),
    )


def _campaign(every: Sequence[Row]) -> RowCampaign:
    newest = max(every, key=lambda each: (each["last"], each["number"] or 0))
    names: dict[str, str] = {}
    for each in every:
        for name, day in json.loads(each["names"]).items():
            names[name] = max(day, names.get(name, ""))
    called = sorted(names, key=lambda name: (names[name], name))
    shared = ("campaign_key", "platform", "account", "campaign_id", "objective", "attribution", "currency")
    return RowCampaign(
        **{name: newest[name] for name in shared},
        name=called[-1],
        first_day=min(date.fromisoformat(each["first"]) for each in every),
        last_day=max(date.fromisoformat(each["last"]) for each in every),
        names=tuple(called),
        rows=sum(int(each["rows"]) for each in every),
    )
