"""Which groups of rows are the platform's own totals, what each speaks of, and whether it agrees.

A row is a total where a cell of it says so ("Total: Account", "Gesamt: Konto"), or where it names no
campaign and others do. Its other cells narrow it: a day, a campaign type, a currency. Below the campaign
a blank cell alone says little (some campaigns have no ad group), so there the figures decide.
"""

from collections.abc import Collection, Iterable, Iterator, Sequence
from decimal import Decimal
from typing import NamedTuple, Protocol

import numpy as np

from engine.intake.grouped import Counts, Grouped, Mask, Sum, Sums, same
from engine.intake.reading import Group
from engine.intake.total_words import may_say_all, says_nothing, says_total
from engine.models.export import MILLION, NUMBERS, WHOLE, Field, Number, TotalCheck

Figures = tuple[int | None, ...]  # in the order of NUMBERS
NAMES: tuple[Field, ...] = ("campaign", "campaign_id", "ad_set", "ad_set_id", "ad", "ad_id")
DAYS: tuple[Field, ...] = ("day", "week", "month", "first_day", "last_day")
PARTS: tuple[Field, ...] = ("creative", "audience", "placement", "device", "country", "platform", "objective")
LABELLED: frozenset[Field | None] = frozenset(
    {None, "platform", "account", "account_id", *NAMES, *DAYS, *PARTS}
)
ADDED: tuple[Number, ...] = ("impressions", "clicks", "spend", "conversions", "revenue")  # not reach
MANY = 1_000  # impressions; that two rows have just as many is no chance
MOST_OFF = 10_000  # sums of rounded cells may be off by one part in so many


class Total(NamedTuple):
    """A total row beside the sums of the rows that it speaks of.

    ``of`` counts those rows, ``is_whole`` says that they are all of the file's, ``differs`` names what does
    not agree. A row without a figure that could be compared has ``compared`` empty.
    """

    line: int
    label: str
    of: int
    is_whole: bool
    ours: Figures
    theirs: Figures
    compared: tuple[Number, ...]
    differs: tuple[Number, ...]

    @property
    def agrees(self) -> bool:
        return bool(self.compared) and not self.differs

    def check(self) -> TotalCheck | None:
        """Tell of the figure that says most: one that differs, else the money."""
        told = sorted(self.differs or self.compared, key=("spend", *NUMBERS).index)
        if not told:
            return None
        at = NUMBERS.index(told[0])
        ours, theirs = (_amount(each[at], told[0]) for each in (self.ours, self.theirs))
        return TotalCheck(
            number=told[0],
            line=self.line,
            label=self.label,
            ours=ours,
            theirs=theirs,
            agrees=not self.differs,
        )


class Sorted(NamedTuple):
    """The groups that are data, and the totals among the others."""

    data: Grouped
    totals: tuple[Total, ...]


def sorted_out(
    groups: Grouped,
    fields: Sequence[Field | None],
    *,
    unit: int,
    compared: tuple[Number, ...] = ADDED,
    suspects: Sequence[Group] = (),
) -> Sorted:
    """Tell totals from data; ``suspects`` are rows that count only if they are totals.

    Rows of a file of campaigns that name none, and hold less than the rows beside them, are data.

    ``fields`` are those of the keys, in order, ``None`` for a column that has no other use. ``unit`` is the
    smallest coin in millionths: cells are rounded to it. ``compared`` are the numbers that can be added up.
    """
    table = _Table(groups.beside(suspects), fields, unit=unit, compared=compared)
    is_sure = table.totals()
    is_given = np.arange(len(is_sure)) < len(groups)
    is_data, found = table.without_subtotals(is_given & ~is_sure)
    sure = np.flatnonzero(is_sure).tolist()
    beside = list(zip(sure, table.compared_with(is_data, sure), strict=True))
    unnamed = [place for place, total in beside if is_given[place] and table.is_unnamed(place, total)]
    is_data[unnamed] = True
    totals = [
        total
        for place, total in beside
        if not is_data[place] and (is_given[place] or total.agrees or table.is_labelled(place))
    ]
    data = groups if is_data[is_given].all() else groups.only(is_data[is_given])
    return Sorted(data, (*totals, *found))


class Counted(Protocol):
    """What has numbers, in the order of ``NUMBERS``."""

    @property
    def numbers(self) -> Figures: ...


def added(groups: Iterable[Counted]) -> Figures:
    """Sum numbers; one that none has stays unknown."""
    columns = zip(*(each.numbers for each in groups), strict=True)
    held = [[value for value in column if value is not None] for column in columns]
    return tuple(sum(values) if values else None for values in held) or (None,) * len(NUMBERS)


class _Words(NamedTuple):
    """The texts of a column that say nothing, that may say all, and that label totals."""

    nothing: set[str]
    all: set[str]
    labels: set[str]


def _words(texts: Iterable[str], *, has_labels: bool) -> _Words:
    """Ask each text once; ids are no words, and there may be many of them."""
    made = _Words(set(), set(), set())
    for text in texts:
        if text.isdecimal():
            continue
        if says_nothing(text):
            made.nothing.add(text)
        if may_say_all(text):
            made.all.add(text)
        if has_labels and says_total(text):
            made.labels.add(text)
    return made


class _Table:
    """The groups' columns: where cells say nothing, all, or that they are totals."""

    def __init__(
        self,
        groups: Grouped,
        fields: Sequence[Field | None],
        *,
        unit: int,
        compared: tuple[Number, ...],
    ) -> None:
        self._groups = groups
        self._fields = fields
        self._unit = unit
        self._numbers = compared
        used = [groups.used(at) for at in range(len(fields))]
        words = [
            _words(texts, has_labels=field in LABELLED) for field, texts in zip(fields, used, strict=True)
        ]
        self._nothing = [each.nothing for each in words]
        self._all = [each.all for each in words]
        self._labels = [each.labels for each in words]
        self._said = [
            len(texts) > len(each.nothing | each.labels) for texts, each in zip(used, words, strict=True)
        ]
        self._top = self._top_names()

    def _top_names(self) -> list[int]:
        """The columns that name what a row is of; a row in which all are blank is of everything."""
        for chosen in (("campaign", "campaign_id"), ("ad_set", "ad_set_id"), ("ad", "ad_id"), DAYS[:3]):
            places = [at for at, each in enumerate(self._fields) if each in chosen and self._said[at]]
            if places:
                return places
        return []

    def totals(self) -> Mask:
        """Say which groups are totals: asked once for all whose cells say nothing, or total, alike."""
        kinds = [
            self._groups.has(at, nothing) + self._groups.has(at, labels).astype(np.int64) * 2
            for at, (nothing, labels) in enumerate(zip(self._nothing, self._labels, strict=True))
            if nothing or labels
        ]
        alike = same(kinds, len(self._groups))
        firsts = self._groups.only(alike.firsts)
        return np.array([self._is_total(each.texts) for each in firsts], dtype=np.bool_)[alike.ids]

    def _is_total(self, texts: tuple[str, ...]) -> bool:
        """Whether a row says so itself, or names nothing where others do, at whatever level."""
        labelled = [at for at, labels in enumerate(self._labels) if texts[at] in labels]
        named = [at for at, each in enumerate(self._fields) if each in NAMES and self._says(texts, at)]
        if named:  # what a column says that has no use is not said of a campaign: its budget type is "Total"
            labelled = [at for at in labelled if self._fields[at]]
        if labelled:
            return not self._is_named_so(labelled, named)
        return bool(self._top) and not named and not any(self._says(texts, at) for at in self._top)

    def is_unnamed(self, place: int, total: Total) -> bool:
        """Whether it only lacks its campaign's name: a total is not less than what it is of."""
        if not any(self._fields[at] in NAMES[:2] for at in self._top) or total.agrees:
            return False
        is_labelled = self.is_labelled(place)
        if not total.of:
            return not is_labelled
        pairs = [
            (total.theirs[NUMBERS.index(each)], total.ours[NUMBERS.index(each)]) for each in total.compared
        ]
        return bool(pairs) and not is_labelled and all((said or 0) <= (ours or 0) for said, ours in pairs)

    def is_labelled(self, place: int) -> bool:
        """Whether a cell of its says that it is a total."""
        texts = self._groups.group(place).texts
        return any(text in labels for text, labels in zip(texts, self._labels, strict=True))

    def _is_named_so(self, labelled: Sequence[int], named: Sequence[int]) -> bool:
        """A campaign called "Total" has an id, or ad sets; an ad set's total stands in its campaign."""
        deepest = max((_depth(self._fields[at]) for at in named), default=-1)
        least = min(_depth(self._fields[at]) for at in labelled)
        return deepest >= 0 and 0 <= least <= deepest

    def _says(self, texts: tuple[str, ...], at: int) -> bool:
        return texts[at] not in self._nothing[at] and texts[at] not in self._labels[at]

    def without_subtotals(self, is_data: Mask) -> tuple[Mask, list[Total]]:
        """Take out rows that say nothing where others do, and hold just what those others add up to."""
        for at, field in enumerate(self._fields):
            if field is None or field in NAMES or field in PARTS:
                self._all[at] |= self._as_much_as_others(at, is_data)
        mixed = [
            at
            for at, field in enumerate(self._fields)
            if (field is None or field in (*NAMES, *PARTS, *DAYS[:3])) and self._all[at] and self._said[at]
        ]
        found = list[Total]()
        if not mixed:
            return is_data, found
        is_blank = [self._groups.has(at, self._all[at]) for at in mixed]
        alike = same(is_blank, len(self._groups))
        blanks = {
            number: [at for at, blank in zip(mixed, is_blank, strict=True) if blank[first]]
            for number, first in enumerate(alike.firsts.tolist())
            if is_data[alike.ids == number].any()
        }
        kept = np.zeros_like(is_data)
        for number in sorted(blanks, key=lambda each: len(blanks[each])):
            blank, mine = blanks[number], is_data & (alike.ids == number)
            if blank:
                finer = [each for each, names in blanks.items() if not set(blank) <= set(names)]
                mine, totals = self._subtotals(mine, kept & np.isin(alike.ids, finer), blank)
                found += totals
            kept |= mine
        return kept, found

    def _as_much_as_others(self, at: int, is_data: Mask) -> set[str]:
        """Find a text whose rows add up to just what all others do: a total, whatever it is called."""
        alike = self._groups.same([at])
        sums = self._groups.sums(alike, is_data)
        figures = sums.numbers[[NUMBERS.index(each) for each in self._numbers]]
        if (sums.rows > 0).sum() <= 2:  # two halves of a test may well be equal
            return set()
        is_half = (figures * 2 == figures.sum(axis=1, keepdims=True)).all(axis=0)
        is_no_chance = ((figures > 0).sum(axis=0) > 1) & (sums.numbers[0] >= MANY)
        halves = np.flatnonzero(is_half.astype(np.bool_) & is_no_chance.astype(np.bool_)).tolist()
        return {self._groups.group(int(alike.firsts[each])).texts[at] for each in halves}

    def _subtotals(self, mine: Mask, finer: Mask, blank: Collection[int]) -> tuple[Mask, list[Total]]:
        places = [at for at, field in enumerate(self._fields) if at not in blank and _narrows(field)]
        alike = self._groups.same(places)
        sums, own = self._groups.sums(alike, finer), self._groups.sums(alike, mine)
        is_beside = mine & (sums.rows > 0)[alike.ids]
        beside = [
            self._beside(own.at(number), sums.at(number), group, is_whole=False)
            for number, group in zip(alike.ids[is_beside].tolist(), self._groups.only(is_beside), strict=True)
        ]
        return (mine & ~is_beside, beside) if _are_sure(beside) else (mine, [])

    def compared_with(self, is_data: Mask, totals: Sequence[int]) -> Iterator[Total]:
        rows = int(self._groups.rows[is_data].sum())
        known: dict[tuple[int, ...], tuple[Counts, Sums]] = {}
        for place, group in zip(totals, self._groups.only(list(totals)), strict=True):
            ours = Sum(0, (None,) * len(NUMBERS))
            for narrowing in self._narrowings(group):
                if narrowing not in known:
                    alike = self._groups.same(narrowing)
                    known[narrowing] = alike.ids, self._groups.sums(alike, is_data)
                ids, sums = known[narrowing]
                ours = sums.at(int(ids[place]))
                if ours.rows:
                    break
            yield self._beside(Sum(group.rows, group.numbers), ours, group, is_whole=ours.rows == rows)

    def _narrowings(self, group: Group) -> Iterator[tuple[int, ...]]:
        """What the row's cells narrow it to; without the ends of its range where no row has those."""
        said = [
            at
            for at, field in enumerate(self._fields)
            if field and self._says(group.texts, at) and self._said[at] and _narrows(field)
        ]
        yield tuple(said)
        yield tuple(at for at in said if self._fields[at] not in DAYS[1:])

    def _beside(self, theirs: Sum, ours: Sum, group: Group, *, is_whole: bool) -> Total:
        each = self._total(theirs.numbers, ours, group, is_whole=is_whole)
        if each.differs and theirs.rows > 1:
            # Several totals of one thing, told apart only by a column that is not used.
            one = tuple(
                value // theirs.rows if value is not None and value % theirs.rows == 0 else None
                for value in theirs.numbers
            )
            once = self._total(one, ours, group, is_whole=is_whole)
            return once if once.agrees and once.compared == each.compared else each
        return each

    def _total(self, theirs: Figures, ours: Sum, group: Group, *, is_whole: bool) -> Total:
        both = {each: (theirs[at], ours.numbers[at]) for at, each in enumerate(NUMBERS)}
        compared = tuple(each for each in self._numbers if None not in both[each])
        differs = tuple(each for each in compared if not self._fits(each, theirs, ours))
        if not ours.rows:  # a total of no rows at all
            compared = tuple(each for each in self._numbers if theirs[NUMBERS.index(each)])
            differs = compared
        return Total(
            line=group.line,
            label=self._label(group),
            of=ours.rows,
            is_whole=is_whole,
            ours=ours.numbers,
            theirs=theirs,
            compared=compared,
            differs=differs,
        )

    def _fits(self, number: Number, theirs: Figures, ours: Sum) -> bool:
        """Whether they agree; sums of amounts that were rounded may be off by half a coin a row."""
        at = NUMBERS.index(number)
        said, summed = theirs[at] or 0, ours.numbers[at] or 0
        if number in WHOLE:
            return said == summed
        unit = MILLION // 100 if number == "conversions" else self._unit
        allowed = min(unit * (ours.rows + 1) // 2, unit + said // MOST_OFF)
        return abs(said - summed) <= allowed

    def _label(self, group: Group) -> str:
        """What the row calls itself, or else what it is narrowed to."""
        texts = [group.texts[at].strip() for at, known in enumerate(self._labels) if group.texts[at] in known]
        if texts:
            return texts[0]
        own = [at for at, field in enumerate(self._fields) if field in (*NAMES, *DAYS[:3], *PARTS)]
        said = [group.texts[at].strip() for at in own if self._says(group.texts, at)]
        return " · ".join(dict.fromkeys(said))


def _are_sure(totals: Collection[Total]) -> bool:
    """Whether figures alone say that rows are totals: most agree, and some in more than could be chance."""
    agreeing = [each for each in totals if each.agrees]
    return len(agreeing) * 2 > len(totals) and any(_is_no_chance(each) for each in agreeing)


def _is_no_chance(total: Total) -> bool:
    figures = [total.ours[NUMBERS.index(each)] or 0 for each in total.compared]
    is_large = (total.ours[0] or 0) >= MANY
    return sum(1 for each in figures if each) >= 2 and (total.of > 1 or is_large)


def _narrows(field: Field | None) -> bool:
    """What a row is of; not what its figures mean."""
    return field in (*NAMES, *DAYS, *PARTS, "account", "account_id", "currency")


def _depth(field: Field | None) -> int:
    """0 a campaign, 1 an ad set, 2 an ad; -1 what is none of them."""
    return NAMES.index(field) // 2 if field in NAMES else -1


def _amount(value: int | None, number: Number) -> Decimal:
    return Decimal(value or 0) if number in WHOLE else Decimal(value or 0).scaleb(-6)
