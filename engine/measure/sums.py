"""One window out of its days: what was counted, and honest pairs where cells are missing. Pure."""

from collections.abc import Iterable, Sequence
from datetime import date
from decimal import Decimal

from engine.models.campaign import Metrics, Pair, Ratio
from engine.models.daily import PAIRS, DailyRow, DaySum
from engine.models.export import NUMBERS, WHOLE, Number, exact
from engine.models.from_rows import Disagreement, LeftOut

RATIO_OF: dict[tuple[Number, Number], Ratio] = {
    ("clicks", "impressions"): "ctr",
    ("conversions", "clicks"): "cvr",
    ("spend", "conversions"): "cpa",
    ("revenue", "spend"): "roas",
    ("spend", "clicks"): "cpc",
    ("spend", "impressions"): "cpm",
    ("revenue", "conversions"): "aov",
}
ADDED: tuple[Number, ...] = tuple(each for each in NUMBERS if each != "reach")
BLANK_IS_NONE = frozenset({"meta"})  # platforms that write nothing where nobody converted
WORTH_A_WARNING = 0.01
TOLD = ("impressions", "clicks", "conversions", "spend", "revenue")


def window(days: Sequence[DaySum], *, platform: str = "") -> Metrics:
    """Add up days of one currency; ``platform`` is its slug.

    What no day has is unknown. A ratio whose cells are partly missing gets the sums of rows that have both,
    but where a blank cell surely means none. Reach is that of a single row.
    """
    totals = {number: _total(number, days) for number in ADDED}
    pairs = {RATIO_OF[pair]: _both(place, pair, days) for place, pair in enumerate(PAIRS)}
    honest = [
        Pair(ratio=RATIO_OF[pair], top=top, bottom=bottom)
        for pair in PAIRS
        if (found := pairs[RATIO_OF[pair]]) != (totals[pair[0]], totals[pair[1]])
        and totals[pair[0]] is not None
        and totals[pair[1]] is not None
        and not _blank_is_none(pair, days, totals, pairs, platform)
        for top, bottom in [found]
    ]
    return Metrics(
        impressions=_whole(totals["impressions"]),
        clicks=_whole(totals["clicks"]),
        conversions=totals["conversions"],
        spend=totals["spend"],
        revenue=totals["revenue"],
        reach=days[0].reach if len(days) == 1 and days[0].rows == 1 else None,
        pairs=tuple(honest),
    )


def left_out(days: Sequence[DaySum]) -> tuple[LeftOut, ...]:
    """Name the numbers that some rows of a window lack and others have."""
    rows = sum(each.rows for each in days)
    found = []
    for number in ADDED:
        have = sum(_filled(number, each) for each in days)
        if 0 < have < rows:
            found.append(LeftOut(number=number, rows=rows - have, out_of=rows))
    return tuple(found)


def disagreements(actual: Metrics, handed_in: Metrics) -> tuple[Disagreement, ...]:
    """Name the numbers that differ by more than 1 %, as far as both are known."""
    found = []
    for number in TOLD:
        ours, theirs = getattr(actual, number), getattr(handed_in, number)
        if ours is None or theirs is None:
            continue
        apart = abs(float(ours) - float(theirs))
        if apart > WORTH_A_WARNING * max(float(ours), float(theirs)):
            found.append(
                Disagreement.model_validate(
                    {"number": number, "rows": float(ours), "handed_in": float(theirs)}
                )
            )
    return tuple(found)


def range_sums(rows: Iterable[DailyRow]) -> list[DaySum]:
    """Read rows of a range as sums of one row each, so that they are added up as days are."""
    return [_one(each, each.first_day) for each in rows]


def _one(row: DailyRow, day: date) -> DaySum:
    numbers = {number: getattr(row, number) for number in NUMBERS}
    return DaySum(
        day=day,
        currency=row.currency,
        **numbers,
        partly=frozenset(),
        rows=1,
        filled=tuple(int(numbers[each] is not None) for each in NUMBERS),
    )


def _total(number: Number, days: Sequence[DaySum]) -> Decimal | None:
    known = [value for each in days if (value := getattr(each, number)) is not None]
    if not known:
        return None
    return Decimal(sum(known)) if number in WHOLE else exact(sum(known))


def _both(place: int, pair: tuple[Number, Number], days: Sequence[DaySum]) -> tuple[Decimal, Decimal]:
    """Add top and bottom over the rows that have both."""
    sums = [0, 0]
    for each in days:
        both = (getattr(each, pair[0]), getattr(each, pair[1]))
        if each.pairs:
            both = each.pairs[place] or (None, None)
        if None not in both:
            sums = [sums[0] + both[0], sums[1] + both[1]]
    top, bottom = (
        Decimal(value) if number in WHOLE else Decimal(value).scaleb(-6)
        for number, value in zip(pair, sums, strict=True)
    )
    return top, bottom


def _blank_is_none(
    pair: tuple[Number, Number],
    days: Sequence[DaySum],
    totals: dict[Number, Decimal | None],
    pairs: dict[Ratio, tuple[Decimal, Decimal]],
    platform: str,
) -> bool:
    """Say whether rows that lack one of a pair surely had none of it.

    Revenue: every conversion stands in a row that has revenue. Conversions: the platform leaves them blank
    where there are none. Then the plain sums are the honest ones, and pairs would hide what was spent.
    """
    blank = {number for number in pair if any(_filled(number, each) < each.rows for each in days)}
    if blank == {"revenue"}:
        return pairs["aov"][1] == totals["conversions"]
    if blank == {"conversions"}:
        return platform in BLANK_IS_NONE
    return False


def _filled(number: Number, day: DaySum) -> int:
    if day.filled:
        return day.filled[NUMBERS.index(number)]
    return 0 if getattr(day, number) is None else day.rows


def _whole(value: Decimal | None) -> int | None:
    return None if value is None else int(value)
