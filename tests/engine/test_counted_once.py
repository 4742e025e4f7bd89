"""What counts after any order of imports, corrections, undos and answers is what a plain look at it says.

The other look knows nothing of pieces and statuses: day by day it lets the imports speak in their order.
"""

import random
import tempfile
from collections.abc import Collection, Iterator
from datetime import date, timedelta
from decimal import Decimal
from itertools import pairwise
from pathlib import Path
from typing import Any, NamedTuple

from engine_values import MADRID, RULES, WORDS
from exported import MARCH, dropped, row, scanned
from factories import APPROVER, HandClock
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

from engine.engine import Engine
from engine.errors import UndoLaterFirst
from engine.models.answer import Person
from engine.models.daily import DailyRow
from engine.models.export import Field, Level
from engine.overlap import FINER
from store import open_store

BOSS = Person(id=APPROVER)
NAMES = ("Spring Sale", "Sprng Sale", "Winter Coats")
ACCOUNTS = ("one", "two")
CURRENCIES = ("EUR", "USD")
LEVELS: tuple[Level, ...] = ("campaign", "ad set", "ad")
LAST = 12
END = date(2026, 12, 31)
Span = tuple[date, date]
Figures = dict[tuple[str, Span], int]  # by currency and days, in whole units


class Told(NamedTuple):
    """One import as a plain look sees it."""

    id: str
    level: Level
    breakdowns: tuple[Field, ...]
    by_day: bool
    rows: tuple[DailyRow, ...]
    apart: bool = False

    @property
    def fineness(self) -> tuple[bool, int, int]:
        return self.by_day, FINER[self.level], len(self.breakdowns)

    def covers(self) -> Collection[Span]:
        """The days that it speaks of: all of the file's days, or each of its ranges."""
        if not self.by_day:
            return sorted({(each.first_day, each.last_day) for each in self.rows})
        days = sorted({each.first_day for each in self.rows})
        count = (days[-1] - days[0]).days + 1
        return [(day, day) for day in (days[0] + timedelta(days=place) for place in range(count))]


def stands(new: Told, old: Told) -> bool:
    same = (new.by_day, new.level, set(new.breakdowns)) == (old.by_day, old.level, set(old.breakdowns))
    return same or new.fineness > old.fineness


def counted(imports: Collection[Told], keys: Collection[str], currency: str) -> list[tuple[Told, Span]]:
    """Which days and ranges of which import count of one campaign, known by several keys."""
    live: list[tuple[Told, Span]] = []
    for new in imports:
        mine = [each for each in new.rows if each.campaign_key in keys and each.currency == currency]
        spans = new.covers() if new.by_day else new._replace(rows=tuple(mine)).covers()
        fresh: list[tuple[Told, Span]] = []
        gone: list[tuple[Told, Span]] = []
        for span in spans if mine else ():
            met = [each for each in live if each[1][0] <= span[1] and span[0] <= each[1][1]]
            if new.apart:
                fresh.append((new, span))
            elif all(stands(new, old) for old, _ in met):
                fresh.append((new, span))
                gone += met
        live = [each for each in live if each not in gone] + fresh
    return live


def truth(imports: Collection[Told], keys: Collection[str]) -> Figures:
    sums: Figures = {}
    for currency in CURRENCIES:
        for told, span in counted(imports, keys, currency):
            for each in told.rows:
                mine = each.campaign_key in keys and each.currency == currency
                if mine and (each.first_day, each.last_day) == span:
                    place = currency, span
                    sums[place] = sums.get(place, 0) + (each.spend or 0) // 1_000_000
    return sums


def a_day(number: int) -> date:
    return MARCH + timedelta(days=number - 1)


class Counting(RuleBasedStateMachine):
    """Imports of overlapping days in every form; after each step the memory says what the plain look says."""

    @initialize()
    def begin(self) -> None:
        self.folder = tempfile.TemporaryDirectory()
        self.clock = HandClock()
        self.store = open_store(Path(self.folder.name) / "data" / "marko.db", self.clock)
        self.engine = Engine(
            self.store.memory, self.clock, rules=RULES, words=WORDS, zone=MADRID, approvers=(APPROVER,)
        )
        self.told: dict[str, Told] = {}  # what counts, or would, in the order in which it came
        self.first_link: dict[frozenset[str], bool] = {}
        self.number = 0

    def teardown(self) -> None:
        if hasattr(self, "store"):
            self.store.close()
            self.folder.cleanup()

    @rule(
        seed=st.integers(0, 1 << 30),
        level=st.sampled_from(LEVELS),
        by_place=st.booleans(),
        first=st.integers(1, LAST),
        length=st.integers(1, LAST),
        names=st.sets(st.sampled_from(NAMES), min_size=1),
        accounts=st.sampled_from([ACCOUNTS[:1], ACCOUNTS[1:], ACCOUNTS]),
        currencies=st.sampled_from([CURRENCIES[:1], CURRENCIES[:1], CURRENCIES]),
        gaps=st.booleans(),
    )
    def import_days(self, seed: int, first: int, length: int, gaps: bool, **of: Any) -> None:
        chance = random.Random(seed)  # noqa: S311  figures, no secrets
        numbers = [day for day in range(first, first + length) if not gaps or chance.random() < 0.7]
        spans = [(a_day(day), a_day(day)) for day in numbers or [first]]
        self._take(chance, spans, by_day=True, **of)

    @rule(
        seed=st.integers(0, 1 << 30),
        level=st.sampled_from(LEVELS[:2]),
        cuts=st.sets(st.integers(1, LAST), min_size=2, max_size=4),
        names=st.sets(st.sampled_from(NAMES), min_size=1),
    )
    def import_ranges(self, seed: int, cuts: set[int], **of: Any) -> None:
        chance = random.Random(seed)  # noqa: S311
        edges = sorted(cuts)
        spans = [(a_day(one), a_day(other - 1)) for one, other in pairwise(edges)]
        if all(one == other for one, other in spans):
            spans[-1] = (spans[-1][0], spans[-1][1] + timedelta(days=1))
        self._take(
            chance, spans, by_day=False, by_place=False, **of, accounts=ACCOUNTS[:1], currencies=("EUR",)
        )

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def import_again(self, data: st.DataObject) -> None:
        """The same rows in other bytes: a new look at them, of which nothing counts twice."""
        told = data.draw(st.sampled_from(list(self.told.values())))
        self._hand_in(told.rows, told.level, told.breakdowns, by_day=told.by_day)

    @precondition(lambda self: self.told)
    @rule(data=st.data())
    def undo(self, data: st.DataObject) -> None:
        identifier = data.draw(st.sampled_from(list(self.told)))
        later = ""
        try:
            assert self.engine.undo_export(identifier, by=BOSS).state == "undone"
        except UndoLaterFirst as refused:
            later = refused.later
        order = list(self.told)
        assert not later or order.index(later) > order.index(identifier)
        if not later:
            del self.told[identifier]

    @rule()
    def keep_both(self) -> None:
        for identifier, told in self.told.items():
            found = self.engine.file_import(identifier)
            if found and found.state == "double":
                assert self.engine.keep_both(identifier, by="U0MEMBER").state == "done"
                self.told[identifier] = told._replace(apart=True)
                return

    @precondition(lambda self: self.told)
    @rule(data=st.data(), one=st.booleans())
    def answer(self, data: st.DataObject, one: bool) -> None:
        """Say of two names that they are one campaign, or two; also of those that were answered before."""
        found = self.engine.file_import(data.draw(st.sampled_from(list(self.told))))
        if found and found.alike:
            group = data.draw(st.sampled_from(found.alike))
            self.engine.link_campaigns(found.id, group.main, one=one, by="U0MEMBER")

    @invariant()
    def every_day_says_what_the_plain_look_says(self) -> None:
        if not hasattr(self, "store"):
            return
        imports = list(self.told.values())
        keys = {each.campaign_key for told in imports for each in told.rows}
        with self.store.memory.reading() as reading:
            links = reading.links()
            for main in sorted({links.get(key, key) for key in keys}):
                group = {main, *(key for key, of in links.items() if of == main)}
                held: Figures = {}
                for day in reading.days(main, MARCH, END):
                    place = day.currency, (day.day, day.day)
                    held[place] = held.get(place, 0) + (day.spend or 0) // 1_000_000
                for each in (row for key in sorted(group) for row in reading.rows(key, MARCH, END)):
                    if each.first_day != each.last_day:
                        place = each.currency, (each.first_day, each.last_day)
                        held[place] = held.get(place, 0) + (each.spend or 0) // 1_000_000
                assert held == truth(imports, group), main

    @invariant()
    def the_sum_of_all_that_is_known_is_the_sum_of_its_days(self) -> None:
        if not hasattr(self, "store"):
            return
        imports = list(self.told.values())
        keys = {each.campaign_key for told in imports for each in told.rows}
        with self.store.memory.reading() as reading:
            links = reading.links()
        expected: dict[str, Decimal] = {}
        for main in {links.get(key, key) for key in keys}:
            group = {main, *(key for key, of in links.items() if of == main)}
            for (currency, _), spend in truth(imports, group).items():
                expected[currency] = expected.get(currency, Decimal(0)) + spend
        known: dict[str, Decimal] = {}
        for state in self.engine.data_known():
            for currency, spend in state.spend.items():
                known[currency] = known.get(currency, Decimal(0)) + spend
        assert known == expected

    def _take(self, chance: random.Random, spans: list[Span], **of: Any) -> None:
        rows = tuple(_rows(chance, spans, **{k: of[k] for k in ("names", "accounts", "currencies", "level")}))
        self._hand_in(rows, of["level"], ("placement",) if of["by_place"] else (), by_day=of["by_day"])

    def _hand_in(
        self, rows: tuple[DailyRow, ...], level: Level, breakdowns: tuple[Field, ...], *, by_day: bool
    ) -> None:
        self.number += 1
        name = f"file-{self.number}"
        begun = self.engine.begin_export(dropped(name))
        read = scanned(rows, file=f"{name}.csv", level=level, breakdowns=breakdowns)
        found = self.engine.take_export(begun.id, read)
        told = Told(found.id, level, breakdowns, by_day, rows)
        if found.state == "same":
            self._changes_nothing(told)
        else:
            assert found.state in {"done", "double"}
            self.told[found.id] = told

    def _changes_nothing(self, told: Told) -> None:
        imports = list(self.told.values())
        with self.store.memory.reading() as reading:
            links = reading.links()
        for main in {links.get(each.campaign_key, each.campaign_key) for each in told.rows}:
            group = {main, *(key for key, of in links.items() if of == main)}
            assert truth([*imports, told], group) == truth(imports, group)


def _rows(
    chance: random.Random,
    spans: list[Span],
    *,
    names: set[str],
    accounts: tuple[str, ...],
    currencies: tuple[str, ...],
    level: Level,
) -> Iterator[DailyRow]:
    for name in sorted(names):
        for account in accounts:
            for currency in currencies:
                for first, last in spans:
                    for part in ("A", "B") if level != "campaign" else ("",):
                        made = row(
                            name, first, chance.randrange(1, 1_000), account=account, currency=currency
                        )
                        yield made._replace(
                            last_day=last, ad_set=part, impressions=chance.randrange(900_000) + 1_000
                        )


TestCounting = Counting.TestCase
TestCounting.settings = settings(
    max_examples=25,
    stateful_step_count=12,
    deadline=None,
    derandomize=True,
    phases=(Phase.explicit, Phase.generate),
    suppress_health_check=list(HealthCheck),
)
