"""What the sums of a file come to: which groups are data, on which days, in which currency, of what."""

from collections.abc import Collection, Iterator, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

import numpy as np

from engine.intake.assembling import Days, Given, Keys, Mixed, Parts, Unfit, parted, result_kinds
from engine.intake.dated import Column, Dated, dated
from engine.intake.grouped import Grouped
from engine.intake.headers import folded
from engine.intake.money import Money, code_of
from engine.intake.reading import Group
from engine.intake.total_rows import ADDED, Total, sorted_out
from engine.intake.total_words import says_nothing
from engine.models.currency import smallest_unit
from engine.models.export import MILLION, NUMBERS, Field, Hints, Number, Question

CONVERSIONS = NUMBERS.index("conversions")
MONEY_NAMES = frozenset({"spend", "revenue"})
UNKNOWN_DAYS: Days = (date.min, date.min)


class Refusal(NamedTuple):
    """A group whose rows are not taken."""

    group: Group
    why: Unfit


class Judged(NamedTuple):
    """What became of each group. With a ``question``, which is about days, parts have none."""

    parts: Parts
    refused: tuple[Refusal, ...]
    totals: tuple[Total, ...]
    mixed: Mixed
    keys: Keys
    question: Question | None = None


class Known(NamedTuple):
    """What is known of a file beside its groups."""

    given: Given
    money: Money
    said: Days | None
    today: date


def judged(
    groups: Grouped,
    columns: Sequence[Column],
    known: Known,
    hints: Hints,
    suspects: Sequence[Group] = (),
) -> Judged:
    """Sort the groups out; ``suspects`` are rejected rows, which may be totals.

    Raises ``Refused`` where days contradict each other.
    """
    fields = [each.field for each in columns]
    named = codes(groups, fields)
    sort = partial(
        sorted_out,
        fields=fields,
        unit=_coin(named, known.money),
        compared=tuple(_compared(is_mixed=_are_mixed(groups, fields), currencies=len(named))),
        suspects=suspects,
    )
    data, totals = sort(groups)
    keys = Keys(fields, known.given)
    days: Dated | Question | None = None
    if len(data):
        days = dated(
            data,
            columns,
            hints.date_order,
            said=known.said,
            today=known.today,
            settled={folded(each) for each in hints.columns},
            platform=known.given.platform,
        )
    dating = days if isinstance(days, Dated) else Dated(data.same(()), [UNKNOWN_DAYS])
    found = parted(data, keys, dating.alike, dating.days)
    refused = tuple(Refusal(data.group(place), why) for place, why in found.refused.items())
    if refused and totals:
        totals = sort(_without(groups, data, list(found.refused))).totals
    question = days if isinstance(days, Question) else None
    return Judged(found.taken, refused, totals, result_kinds(found.taken), keys, question)


def _compared(*, is_mixed: bool, currencies: int) -> Iterator[Number]:
    """What a total is compared in: what can be added up, and not across kinds of results or currencies."""
    for number in ADDED:
        if not (number == "conversions" and is_mixed) and not (number in MONEY_NAMES and currencies > 1):
            yield number


def _are_mixed(groups: Grouped, fields: Sequence[Field | None]) -> bool:
    """Whether rows with results name several kinds of them."""
    places = [at for at, field in enumerate(fields) if field == "result_kind"]
    if not places:
        return False
    counted = groups.only(groups.numbers[CONVERSIONS] != 0)
    firsts = counted.only(counted.same(places).firsts)
    kinds = (tuple(each.texts[at] for at in places) for each in firsts)
    return sum(not all(map(says_nothing, texts)) for texts in kinds) > 1


def _coin(codes: Collection[str], money: Money) -> int:
    """The smallest coin of the file's currencies, in millionths; the largest of them where they differ."""
    coins = [smallest_unit(code) for code in codes or (money.currency,)]
    return int(max(coins) * MILLION)


def codes(groups: Grouped, fields: Sequence[Field | None]) -> set[str]:
    """The currencies that rows name."""
    places = [at for at, field in enumerate(fields) if field == "currency"]
    return {code for at in places for text in groups.used(at) if (code := code_of(text))}


def _without(groups: Grouped, data: Grouped, lost: Sequence[int]) -> Grouped:
    """Leave groups of ``data`` out of all groups; each has its own first line."""
    return groups.only(~np.isin(groups.lines, data.lines[list(lost)]))
