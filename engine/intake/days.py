"""What a cell of a date column says: a day, or the first and last day of a week, a month, a quarter.

A column is written in one way: a row that can be read in one order only decides for all of them. What no
row decides is asked, and a column in which rows contradict each other is refused.
"""

from collections.abc import Iterable, Sequence
from datetime import date, timedelta
from typing import Literal, NamedTuple

from engine.intake.day_texts import A_DAY, Order, Reading, readings
from engine.intake.numbers import BadCell, BadColumn, is_missing, plain
from engine.models.export import MONTH_FIRST as MONTH_FIRST_PLATFORMS
from engine.models.export import DateOrder, Question

Unit = Literal["day", "week", "month"]
DAY_FIRST: DateOrder = "day first"
MONTH_FIRST: DateOrder = "month first"
ORDERS: tuple[Order, ...] = (DAY_FIRST, MONTH_FIRST, "year first")
SERIAL_ZERO = date(1899, 12, 30)  # day 0 of spreadsheets, since they take 1900 for a leap year
SERIALS = range((date(2000, 1, 1) - SERIAL_ZERO).days, (date(2101, 1, 1) - SERIAL_ZERO).days)
ONE_ORDER = "days in one order, day first or month first"
FOUR_DIGITS = "a year of four digits"
ONE_WAY = "days written in one way: a spreadsheet has turned some of them round"
SHOWN = 3


class DayStyle(NamedTuple):
    """How a column writes its days. ``order`` is ``None`` where no cell needs one.

    ``unit`` is what a cell stands for that names one day only: in a column of weeks it is the first of
    seven, in a column of months the first of its month. With ``serial`` cells are a spreadsheet's numbers.
    """

    order: Order | None = None
    serial: bool = False
    unit: Unit = "day"

    def day(self, text: str) -> date | tuple[date, date]:
        """Give the day, or both ends of what the cell spans. Raises ``BadCell``."""
        first, last = self.span(text)
        return first if first == last else (first, last)

    def span(self, text: str) -> tuple[date, date]:
        """Give the first and the last day; they are equal for a day. Raises ``BadCell``."""
        if self.serial:
            first = last = _of_serial(text)
        else:
            first, last = self._chosen(readings(text))
        if first == last and self.unit == "week":
            return first, first + timedelta(days=6)
        if first == last and self.unit == "month":
            return _month_of(first)
        return first, last

    def _chosen(self, found: Sequence[Reading]) -> tuple[date, date]:
        fit = {each.span for each in found if each.order in (None, self.order)}
        if self.order is None:
            fit = {each.span for each in found}  # 05/05/2025 is one day either way
        if len(fit) != 1:
            raise BadCell("days in the order of the other rows" if self.order else ONE_ORDER)
        return fit.pop()


def day_style(
    texts: Iterable[str], hint: DateOrder | None = None, *, unit: Unit = "day", platform: str | None = None
) -> DayStyle | Question:
    """Decide how a column is written from all of its distinct texts; cells without a value are skipped.

    A hint decides only what the rows leave open. Raises ``BadColumn`` where rows contradict each other
    and where not one cell is a day.
    """
    known, serials, strange = _sorted_out(texts)
    if serials and not known:
        return DayStyle(serial=True, unit=unit)
    if not known and strange:
        raise BadColumn(A_DAY, tuple(strange[:2]))
    _check_not_turned(known)
    orders = _orders(known)
    if hint is None and (left := _left_open(known)):
        return _question(left, platform)
    if len(orders) > 1 and "year first" in orders:
        raise BadColumn(FOUR_DIGITS, tuple(_open(known)[:2]))
    if len(orders) > 1 and hint is None:
        return _question(known, platform)
    decided = hint if len(orders) > 1 else next(iter(orders), None)
    return DayStyle(order=decided, unit=unit)


Known = dict[str, Sequence[Reading]]


def _sorted_out(texts: Iterable[str]) -> tuple[Known, list[str], list[str]]:
    """Part the texts into those with readings, spreadsheet numbers, and what is no day at all."""
    known: Known = {}
    serials: list[str] = []
    strange: list[str] = []
    for text in texts:
        if is_missing(text):
            continue
        try:
            known[text] = readings(text)
        except BadCell:
            (serials if _is_serial(text) else strange).append(text)
    return known, serials, strange


def _orders(known: Known) -> list[Order]:
    """Give the orders in which every text can be read; none where no text needs one."""
    wanted: set[Order] = set()
    against: dict[Order, str] = {}
    for text, found in known.items():
        orders = {each.order for each in found if each.order}
        if not orders or (len(orders) > 1 and len({each.span for each in found}) == 1):
            continue
        wanted |= orders
        for order in ORDERS:
            if order not in orders:
                against.setdefault(order, text)
    fitting = [order for order in ORDERS if order in wanted and order not in against]
    if wanted and not fitting:
        raise BadColumn(ONE_ORDER, tuple(against[each] for each in ORDERS if each in wanted))
    return fitting


def _left_open(known: Known) -> Known:
    """Give the texts that only such decide as are written with another sign: 8/2/2025 beside 13.8.2025."""
    by_sign: dict[str, Known] = {}
    for text, found in known.items():
        if any(each.order for each in found):
            sign = next((each for each in text if each in "/.-"), "")
            by_sign.setdefault(sign, {})[text] = found
    if len(by_sign) == 1:
        return {}
    open_ones = [part for part in by_sign.values() if len(_orders(part)) > 1]
    return {text: found for part in open_ones for text, found in part.items()}


def _open(known: Known) -> list[str]:
    """Give the texts that can be read as two different days."""
    return [text for text, found in known.items() if len({each.span for each in found}) > 1]


def _question(known: Known, platform: str | None) -> Question:
    """Ask for the order; the likelier one stands first: the platform's own, else that of closer days."""
    options = sorted((DAY_FIRST, MONTH_FIRST), key=lambda order: _scatter(known, order))
    usual = "No row decides it."
    if platform in MONTH_FIRST_PLATFORMS:
        options = [MONTH_FIRST, DAY_FIRST]
        usual = f"{platform} mostly writes the month first; I ask, since no row decides it."
    examples = _open(known)[:SHOWN]
    said = {each.order: f"{each.first.day} {each.first:%B}" for each in known[examples[0]]}
    first, second = (said[order] for order in options)
    return Question(
        kind="date_order",
        text=f"Is {plain(examples[0])} {first} or {second}? {usual}",
        examples=tuple(examples),
        options=tuple(options),
    )


def _scatter(known: Known, order: Order) -> int:
    days = [each.first for found in known.values() for each in found if each.order in (None, order)]
    return (max(days) - min(days)).days


def _check_not_turned(known: Known) -> None:
    """Refuse what a spreadsheet leaves of days in the other order: it turns round those that it can read.

    Of 03/04/2025 and 13/04/2025, read month first, it makes 2025-03-04 and leaves 13/04/2025 as it is.
    """
    others = {text for text, found in known.items() if any(each.order for each in found)}
    if not others or len(others) == len(known):
        return
    forced = all(len({each.span for each in known[text]}) == 1 and _is_late(known[text]) for text in others)
    turned = [text for text in known if text not in others]
    if forced and all(known[text][0].first.day <= 12 for text in turned):
        raise BadColumn(ONE_WAY, (turned[0], min(others)))


def _is_late(found: Sequence[Reading]) -> bool:
    return all(each.first.day > 12 for each in found)


def _is_serial(text: str) -> bool:
    number = plain(text).partition(".")[0].partition(",")[0]
    rest = plain(text)[len(number) + 1 :]
    return number.isdecimal() and int(number[:9]) in SERIALS and (not rest or rest.isdecimal())


def _of_serial(text: str) -> date:
    if not _is_serial(text):
        raise BadCell("a spreadsheet's day number, as in the other rows")
    return SERIAL_ZERO + timedelta(days=int(plain(text)[:5]))


def _month_of(day: date) -> tuple[date, date]:
    if day.day != 1:
        raise BadCell("a month, or its first day")
    return day, (day + timedelta(days=31)).replace(day=1) - timedelta(days=1)
