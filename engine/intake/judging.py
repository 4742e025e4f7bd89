"""What the sums of a file come to: which groups are data, on which days, in which currency, of what."""

from collections.abc import Collection, Iterable, Iterator, Sequence
from datetime import date
from functools import partial
from typing import NamedTuple

from engine.intake.assembling import Days, Given, Keys, Mixed, Part, Unfit, result_kinds
from engine.intake.dated import Column, Dated, dated
from engine.intake.money import Money, code_of
from engine.intake.total_rows import ADDED, Group, Total, sorted_out
from engine.intake.total_words import says_nothing
from engine.models.currency import smallest_unit
from engine.models.export import MILLION, NUMBERS, Field, Hints, Number, Question

CONVERSIONS = NUMBERS.index("conversions")
MONEY_NAMES = frozenset({"spend", "revenue"})
MONEY = NUMBERS.index("spend"), NUMBERS.index("revenue")
UNKNOWN_DAYS: Days = (date.min, date.min)


class Refusal(NamedTuple):
    """A group whose rows are not taken."""

    group: Group
    why: Unfit


class Judged(NamedTuple):
    """What became of each group. With a ``question``, which is about days, parts have none."""

    parts: tuple[Part, ...]
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
    groups: Sequence[Group],
    columns: Sequence[Column],
    known: Known,
    hints: Hints,
    suspects: Sequence[Group] = (),
) -> Judged:
    """Sort the groups out; ``suspects`` are rejected rows, which may be totals.

    Raises ``Refused`` where days contradict each other.
    """
    fields = [each.field for each in columns]
    codes = _codes(groups, fields)
    sort = partial(
        sorted_out,
        fields=fields,
        unit=_coin(codes, known.money),
        compared=tuple(_compared(is_mixed=_are_mixed(groups, fields), currencies=len(codes))),
        suspects=suspects,
    )
    data, totals = sort(groups)
    keys = Keys(fields, known.given)
    if not data:
        return Judged((), (), totals, Mixed((), frozenset()), keys)
    dating = dated(data, columns, hints.date_order, said=known.said, today=known.today)
    parts, refused = _parts(data, keys, dating)
    if refused and totals:
        lost = {id(each.group) for each in refused}
        rest = [each for each in groups if id(each) not in lost]
        totals = sort(rest).totals
    question = dating if isinstance(dating, Question) else None
    return Judged(parts, refused, totals, result_kinds(parts), keys, question)


def _parts(
    data: Iterable[Group], keys: Keys, dating: Dated | Question
) -> tuple[tuple[Part, ...], tuple[Refusal, ...]]:
    parts, refused = list[Part](), list[Refusal]()
    for group in data:
        days = dating.read(group) if isinstance(dating, Dated) else UNKNOWN_DAYS
        part = days if isinstance(days, Unfit) else keys.part(group, days)
        if isinstance(part, Unfit):
            refused.append(Refusal(group, part))
        else:
            parts.append(part)
    return tuple(parts), tuple(refused)


def _compared(*, is_mixed: bool, currencies: int) -> Iterator[Number]:
    """What a total is compared in: what can be added up, and not across kinds of results or currencies."""
    for number in ADDED:
        if not (number == "conversions" and is_mixed) and not (number in MONEY_NAMES and currencies > 1):
            yield number


def _are_mixed(groups: Iterable[Group], fields: Sequence[Field | None]) -> bool:
    places = [at for at, field in enumerate(fields) if field == "result_kind"]
    kinds = {
        tuple(each.texts[at] for at in places)
        for each in groups
        if each.numbers[CONVERSIONS] and not all(says_nothing(each.texts[at]) for at in places)
    }
    return len(kinds) > 1


def _coin(codes: Collection[str], money: Money) -> int:
    """The smallest coin of the file's currencies, in millionths; the largest of them where they differ."""
    coins = [smallest_unit(code) for code in codes or (money.currency,)]
    return int(max(coins) * MILLION)


def _codes(groups: Iterable[Group], fields: Sequence[Field | None]) -> set[str]:
    """The currencies that rows name."""
    places = [at for at, field in enumerate(fields) if field == "currency"]
    texts = {each.texts[at] for each in groups for at in places}
    return {code for text in texts if (code := code_of(text))}


def has_money(group: Group) -> bool:
    return any(group.numbers[at] for at in MONEY)
