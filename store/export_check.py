"""Whether rows, their sums and their holdings say the same: what counts is what its rows add up to."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Mapping
from itertools import pairwise
from typing import Any

from sqlalchemy import Table

from engine.models.export import NUMBERS
from store import schema

ADDED = ("rows", *(name for name in NUMBERS if name != "reach"))  # people are not added up
Row = Mapping[str, Any]
Rows = Callable[[Table], Iterator[Row]]
Sums = dict[int, list[int]]


def faults(rows: Rows) -> Iterator[str]:
    """Look at every lot of which something counts, or could; rows of what was undone may be gone."""
    pieces: dict[int, list[Row]] = defaultdict(list)
    for row in rows(schema.holdings):
        pieces[row["lot"]].append(row)
    kept = {lot for lot, held in pieces.items() if any(each["status"] != "undone" for each in held)}
    by_row = _added(({"rows": 1, **row} for row in rows(schema.daily_rows)), kept)
    by_day = _added(rows(schema.day_sums), kept)
    by_piece = _added((row for held in pieces.values() for row in held), kept)
    for lot in sorted(kept):
        if not by_row[lot] == by_day[lot] == by_piece[lot]:
            yield f"lot {lot}: its rows, its days and its holdings add up to something else"
        elif _meet(pieces[lot]):
            yield f"lot {lot}: a day of it is held twice"
    yield from _chains(list(rows(schema.links)))


def _added(rows: Iterable[Row], kept: set[int]) -> Sums:
    sums: Sums = defaultdict(lambda: [0] * len(ADDED))
    for row in rows:
        if row["lot"] in kept:
            held = sums[row["lot"]]
            for place, name in enumerate(ADDED):
                held[place] += row[name] or 0
    return sums


def _meet(pieces: list[Row]) -> bool:
    ordered = sorted(pieces, key=lambda each: each["first_day"])
    return any(before["last_day"] >= after["first_day"] for before, after in pairwise(ordered))


def _chains(links: list[Row]) -> Iterator[str]:
    aliases = {row["alias"] for row in links}
    for row in links:
        if row["main"] in aliases:
            yield f"{row['alias']} is linked to {row['main']}, which is linked itself"
