"""The same money under other names counts once: ad sets of a file that names no campaigns, in every order."""

from collections.abc import Iterator
from datetime import date
from decimal import Decimal

import pytest
from exported import MARCH, dropped, row, scanned
from factories import APPROVER

from engine.engine import Engine
from engine.errors import UndoLaterFirst
from engine.models.answer import Person
from engine.models.daily import DailyRow
from engine.models.export import Level
from engine.models.file_import import FileImport

BOSS = Person(id=APPROVER)
NAMES: dict[Level, tuple[str, str]] = {"campaign": ("Brand", "Prospecting"), "ad set": ("Set one", "Set two")}


def rows(level: Level, first: int, last: int, more: int = 0) -> Iterator[DailyRow]:
    """Two names, 200 a day and ``more``; ad sets have other names than the campaigns."""
    one, other = NAMES[level]
    for day in range(first, last + 1):
        yield row(one, day, 100 + more)
        yield row(other, day, 100)


def take(engine: Engine, level: Level, first: int, last: int, more: int = 0) -> FileImport:
    name = f"{level}-{first}-{last}-{more}"
    read = scanned(rows(level, first, last, more), file=f"{name}.csv", level=level)
    return engine.take_export(engine.begin_export(dropped(name)).id, read)


def total(engine: Engine) -> Decimal:
    return sum((spend for each in engine.data_known() for spend in each.spend.values()), Decimal(0))


def test_ad_sets_that_were_corrected_are_the_same_money_still(engine: Engine) -> None:
    take(engine, "campaign", 1, 28)
    assert take(engine, "ad set", 1, 28).state == "double"
    again = take(engine, "ad set", 1, 28, more=1)
    assert (again.state, total(engine)) == ("double", 28 * 200)


def test_days_that_the_campaigns_do_not_know_count_and_are_told(engine: Engine) -> None:
    take(engine, "campaign", 1, 20)
    longer = take(engine, "ad set", 11, 25)
    assert (longer.state, total(engine)) == ("done", 25 * 200)
    assert longer.scan is not None
    assert [each.text for each in longer.scan.warnings] == [
        "campaign-1-20-0.csv holds 10 of these days under the names of its campaigns. "
        "I keep those and add nothing for them."
    ]


def test_campaigns_that_come_later_take_the_place_of_the_ad_sets_on_their_days(engine: Engine) -> None:
    take(engine, "ad set", 1, 20)
    take(engine, "campaign", 11, 25)
    assert total(engine) == 25 * 200
    take(engine, "campaign", 1, 12, more=5)
    assert total(engine) == 12 * 205 + 13 * 200


def test_an_undo_of_either_leaves_what_the_other_says(engine: Engine) -> None:
    sets, campaigns = take(engine, "ad set", 1, 20), take(engine, "campaign", 11, 25)
    engine.undo_export(campaigns.id, by=BOSS)
    assert total(engine) == 20 * 200
    again = engine.take_export(
        engine.begin_export(dropped("again")).id, scanned(rows("campaign", 11, 25), file="again.csv")
    )
    assert (again.state, total(engine)) == ("done", 25 * 200)
    engine.undo_export(sets.id, by=BOSS)
    assert total(engine) == 15 * 200


def test_what_a_corrected_file_had_replaced_gives_way_too_once_that_is_undone(engine: Engine) -> None:
    take(engine, "ad set", 1, 16)
    fixed = take(engine, "ad set", 14, 17)
    take(engine, "campaign", 14, 19)
    engine.undo_export(fixed.id, by=BOSS)
    assert total(engine) == 13 * 200 + 6 * 200


def test_ad_sets_give_way_to_the_campaigns_that_come_back_with_an_undo(engine: Engine) -> None:
    take(engine, "campaign", 1, 20)
    newer = take(engine, "campaign", 10, 27, more=3)
    take(engine, "ad set", 15, 27, more=3)
    engine.undo_export(newer.id, by=BOSS)
    assert total(engine) == 20 * 200 + 7 * 203


def test_a_person_may_say_that_they_are_other_money(engine: Engine) -> None:
    take(engine, "campaign", 1, 10)
    double = take(engine, "ad set", 1, 10)
    engine.keep_both(double.id, by="U0MEMBER")
    assert total(engine) == 2 * 10 * 200


def test_other_accounts_and_figures_that_differ_are_other_money(engine: Engine) -> None:
    take(engine, "campaign", 1, 10)
    elsewhere = [each._replace(account="two") for each in rows("ad set", 1, 10)]
    engine.take_export(engine.begin_export(dropped("two")).id, scanned(elsewhere, level="ad set"))
    assert total(engine) == 2 * 10 * 200
    take(engine, "ad set", 1, 10, more=50)
    assert total(engine) == 2 * 10 * 200 + 10 * 250


@pytest.mark.parametrize("order", [(0, 1, 2), (1, 2, 0), (2, 0, 1), (2, 1, 0)])
def test_undone_in_any_order_nothing_is_left(engine: Engine, order: tuple[int, ...]) -> None:
    done = [take(engine, "campaign", 1, 10), take(engine, "ad set", 5, 15), take(engine, "campaign", 8, 20)]
    left = [done[place].id for place in order]
    while left:
        for each in list(left):
            try:
                engine.undo_export(each, by=BOSS)
            except UndoLaterFirst:
                continue
            left.remove(each)
    assert total(engine) == 0
    with engine._memory.reading() as reading:
        assert reading.days("meta/default/brand", MARCH, date.max) == []
