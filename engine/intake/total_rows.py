"""Which groups of rows are the platform's own totals, what each speaks of, and whether it agrees.

A row is a total where a cell of it says so ("Total: Account", "Gesamt: Konto"), or where it names no
campaign and others do. Its other cells narrow it: a day, a campaign type, a currency. Below the campaign
a blank cell alone says little (some campaigns have no ad group), so there the figures decide.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from decimal import Decimal
from typing import NamedTuple, Protocol

from engine.intake.total_words import says_all, says_nothing, says_total
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


class Group(Protocol):
    """Rows whose keys are written alike, as ``sums`` gives them."""

    @property
    def texts(self) -> tuple[str, ...]: ...
    @property
    def numbers(self) -> Figures: ...
    @property
    def rows(self) -> int: ...
    @property
    def line(self) -> int: ...


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

    data: list[Group]
    totals: tuple[Total, ...]


def sorted_out(
    groups: Sequence[Group],
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
    table = _Table([*groups, *suspects], fields, unit=unit, compared=compared)
    sure = [each for each in (*groups, *suspects) if table.is_total(each)]
    lines = {id(each) for each in sure}
    rest = [each for each in groups if id(each) not in lines] if sure else list(groups)
    data, found = table.without_subtotals(rest)
    beside = list(zip(sure, table.compared_with(data, sure), strict=True))
    given = {id(each) for each in groups}
    unnamed = {id(each) for each, total in beside if id(each) in given and table.is_unnamed(each, total)}
    totals = [total for each, total in beside if id(each) not in unnamed]
    return Sorted([*data, *(each for each in sure if id(each) in unnamed)], (*totals, *found))


class Counted(Protocol):
    """What has numbers, in the order of ``NUMBERS``."""

    @property
    def numbers(self) -> Figures: ...


def added(groups: Iterable[Counted]) -> Figures:
    """Sum numbers; one that none has stays unknown."""
    columns = zip(*(each.numbers for each in groups), strict=True)
    held = [[value for value in column if value is not None] for column in columns]
    return tuple(sum(values) if values else None for values in held) or (None,) * len(NUMBERS)


class _Table:
    """The groups' columns: where cells say nothing, all, or that they are totals."""

    def __init__(
        self,
        groups: Sequence[Group],
        fields: Sequence[Field | None],
        *,
        unit: int,
        compared: tuple[Number, ...],
    ) -> None:
        self._fields = fields
        self._unit = unit
        self._numbers = compared
        distinct = [{each.texts[at] for each in groups} for at in range(len(fields))]
        self._nothing = [{text for text in texts if says_nothing(text)} for texts in distinct]
        self._all = [{text for text in texts if says_all(text)} for texts in distinct]
        self._labels = [
            {text for text in texts if says_total(text)} if field in LABELLED else set[str]()
            for field, texts in zip(fields, distinct, strict=True)
        ]
        self._said = [
            bool(texts - nothing - labels)
            for texts, nothing, labels in zip(distinct, self._nothing, self._labels, strict=True)
        ]
        self._top = self._top_names()

    def _top_names(self) -> list[int]:
        """The columns that name what a row is of; a row in which all are blank is of everything."""
        for chosen in (("campaign", "campaign_id"), ("ad_set", "ad_set_id"), ("ad", "ad_id"), DAYS[:3]):
            places = [at for at, each in enumerate(self._fields) if each in chosen and self._said[at]]
            if places:
                return places
        return []

    def is_total(self, group: Group) -> bool:
        """Whether it says so itself, or names nothing where others do, at whatever level."""
        texts = group.texts
        labelled = [at for at, labels in enumerate(self._labels) if texts[at] in labels]
        named = [at for at, each in enumerate(self._fields) if each in NAMES and self._says(texts, at)]
        if named:  # what a column says that has no use is not said of a campaign: its budget type is "Total"
            labelled = [at for at in labelled if self._fields[at]]
        if labelled:
            return not self._is_named_so(labelled, named)
        return bool(self._top) and not named and not any(self._says(texts, at) for at in self._top)

    def is_unnamed(self, group: Group, total: Total) -> bool:
        """Whether it only lacks its campaign's name: a total is not less than what it is of."""
        if not any(self._fields[at] in NAMES[:2] for at in self._top) or not total.of or total.agrees:
            return False
        is_labelled = any(text in labels for text, labels in zip(group.texts, self._labels, strict=True))
        pairs = [
            (total.theirs[NUMBERS.index(each)], total.ours[NUMBERS.index(each)]) for each in total.compared
        ]
        return bool(pairs) and not is_labelled and all((said or 0) <= (ours or 0) for said, ours in pairs)

    def _is_named_so(self, labelled: Sequence[int], named: Sequence[int]) -> bool:
        """A campaign called "Total" has an id, or ad sets; an ad set's total stands in its campaign."""
        deepest = max((_depth(self._fields[at]) for at in named), default=-1)
        least = min(_depth(self._fields[at]) for at in labelled)
        return deepest >= 0 and 0 <= least <= deepest

    def _says(self, texts: tuple[str, ...], at: int) -> bool:
        return texts[at] not in self._nothing[at] and texts[at] not in self._labels[at]

    def without_subtotals(self, groups: list[Group]) -> tuple[list[Group], list[Total]]:
        """Take out rows that say nothing where others do, and hold just what those others add up to."""
        mixed = [
            at
            for at, field in enumerate(self._fields)
            if (field in NAMES or field in PARTS or field in DAYS[:3]) and self._all[at] and self._said[at]
        ]
        if not mixed:
            return groups, []
        by_pattern = defaultdict[frozenset[int], list[Group]](list)
        for each in groups:
            by_pattern[frozenset(at for at in mixed if each.texts[at] in self._all[at])].append(each)
        data, found = list[Group](), list[Total]()
        for blank in sorted(by_pattern, key=len):
            finer = [each for each in data if not blank <= self._blank(each, mixed)]
            kept, totals = self._subtotals(by_pattern[blank], finer, blank) if blank else (None, [])
            data += by_pattern[blank] if kept is None else kept
            found += totals
        return data, found

    def _blank(self, group: Group, mixed: Sequence[int]) -> frozenset[int]:
        return frozenset(at for at in mixed if group.texts[at] in self._all[at])

    def _subtotals(
        self, groups: list[Group], finer: list[Group], blank: frozenset[int]
    ) -> tuple[list[Group], list[Total]]:
        places = [at for at, field in enumerate(self._fields) if at not in blank and _narrows(field)]
        sums, mine = _summed(finer, places), _summed(groups, places)
        keys = {id(each): tuple(each.texts[at] for at in places) for each in groups}
        beside = {
            id(each): self._beside(mine[key], sums[key], each, is_whole=False)
            for each in groups
            if (key := keys[id(each)]) in sums
        }
        if not _are_sure(beside.values()):
            return groups, []
        return [each for each in groups if id(each) not in beside], list(beside.values())

    def compared_with(self, data: Sequence[Group], totals: Sequence[Group]) -> Iterator[Total]:
        rows = sum(each.rows for each in data)
        known: dict[tuple[int, ...], Mapping[tuple[str, ...], _Sum]] = {}
        for each in totals:
            ours = _Sum(0, (None,) * len(NUMBERS))
            for narrowing in self._narrowings(each):
                if narrowing not in known:
                    known[narrowing] = _summed(data, narrowing)
                key = tuple(each.texts[at] for at in narrowing)
                ours = known[narrowing].get(key, ours)
                if ours.rows:
                    break
            theirs = _Sum(each.rows, each.numbers)
            yield self._beside(theirs, ours, each, is_whole=ours.rows == rows)

    def _narrowings(self, group: Group) -> Iterator[tuple[int, ...]]:
        """What the row's cells narrow it to; without the ends of its range where no row has those."""
        said = [
            at
            for at, field in enumerate(self._fields)
            if field and self._says(group.texts, at) and self._said[at] and _narrows(field)
        ]
        yield tuple(said)
        yield tuple(at for at in said if self._fields[at] not in DAYS[1:])

    def _beside(self, theirs: "_Sum", ours: "_Sum", group: Group, *, is_whole: bool) -> Total:
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

    def _total(self, theirs: Figures, ours: "_Sum", group: Group, *, is_whole: bool) -> Total:
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

    def _fits(self, number: Number, theirs: Figures, ours: "_Sum") -> bool:
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


class _Sum(NamedTuple):
    rows: int
    numbers: Figures


def _summed(groups: Iterable[Group], places: Sequence[int]) -> dict[tuple[str, ...], _Sum]:
    """Sum groups by the texts at these places."""
    together = defaultdict[tuple[str, ...], list[Group]](list)
    for each in groups:
        together[tuple(each.texts[at] for at in places)].append(each)
    return {key: _Sum(sum(each.rows for each in found), added(found)) for key, found in together.items()}


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
