"""On which days two imports divide a campaign's figures among its parts otherwise, though sums may agree.

The database compares: rows that go through Python one by one would keep others waiting.
"""

from collections.abc import Collection
from datetime import date
from typing import Any

from sqlalchemy import Connection, Select, and_, case, func, literal, or_, select, tuple_, union_all

from engine.models.export import NUMBERS, Holding
from store.schema import daily_rows, holdings, lots

OURS, THEIRS = 1, -1
PARTS = ("ad_set", "ad", "creative", "audience", "placement", "device", "country", "attribution")


def spans(
    connection: Connection, ours: Collection[Holding], theirs: Collection[Holding]
) -> set[tuple[date, date]]:
    if not ours or not theirs:
        return set()
    days = min(each.first_day for each in ours).isoformat(), max(each.last_day for each in ours).isoformat()
    new = _rows(OURS, ours, days)
    old = _rows(THEIRS, theirs, days).join(
        holdings,
        and_(
            holdings.c.lot == daily_rows.c.lot,
            holdings.c.status == "live",
            holdings.c.first_day <= daily_rows.c.first_day,
            holdings.c.last_day >= daily_rows.c.last_day,
        ),
    )
    both = union_all(new, old).subquery()
    span = both.c.first_day, both.c.last_day
    asked = select(*span).group_by(*span, *(both.c[name] for name in PARTS))
    asked = asked.having(or_(*(each for name in NUMBERS for each in _differ(both, name)))).distinct()
    found = connection.execute(asked)
    return {(date.fromisoformat(first), date.fromisoformat(last)) for first, last in found}


def _rows(side: int, which: Collection[Holding], days: tuple[str, str]) -> Select[Any]:
    """Rows of these lots, with the side on which they stand."""
    names = ("first_day", "last_day", *PARTS, *NUMBERS)
    places = sorted({(each.source, each.campaign_key, each.currency or "") for each in which})
    mine = select(lots.c.lot).where(tuple_(lots.c.source, lots.c.campaign_key, lots.c.currency).in_(places))
    return select(literal(side).label("side"), *(daily_rows.c[name] for name in names)).where(
        daily_rows.c.lot.in_(mine), daily_rows.c.first_day >= days[0], daily_rows.c.last_day <= days[1]
    )


def _differ(both: Any, name: str) -> tuple[Any, Any]:
    """A number's sums differ, or only one side knows it."""
    number, side = both.c[name], both.c.side
    knows = [func.max(case((and_(side == of, number.is_not(None)), 1), else_=0)) for of in (OURS, THEIRS)]
    return func.coalesce(func.sum(side * number), 0) != 0, knows[0] != knows[1]
