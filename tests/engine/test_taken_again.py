"""Files that come again: replaced by a later one in between, or divided otherwise among their parts."""

from typing import Any

import pytest
from exported import days, dropped, row, scanned
from factories import APPROVER

from engine.engine import Engine
from engine.errors import AnsweredAlready
from engine.models.answer import Person
from engine.models.daily import DailyRow
from engine.models.export import Alike
from engine.models.file_import import FileImport

MEMBER, OTHER = "U0MEMBER", "U0OTHER"


def take(engine: Engine, name: str, rows: list[DailyRow], **changed: Any) -> FileImport:
    begun = engine.begin_export(dropped(name))
    return engine.take_export(begun.id, scanned(rows, **changed))


def spent(engine: Engine) -> dict[str, int]:
    return {code: int(sums) for each in engine.data_known() for code, sums in each.spend.items()}


def by_ad(engine: Engine) -> dict[str, int]:
    with engine._memory.reading() as reading:
        rows = reading.rows("meta/default/spring-sale", *(days()[at].first_day for at in (0, -1)))
    told: dict[str, int] = {}
    for each in rows:
        told[each.ad] = told.get(each.ad, 0) + (each.spend or 0) // 1_000_000
    return told


def ads(first: int, second: int, last: int = 10) -> list[DailyRow]:
    both = (("A", first), ("B", second))
    return [row(day=day, spend=spend, ad=ad) for day in range(1, last + 1) for ad, spend in both]


def test_a_file_that_was_replaced_is_taken_again_as_a_correction(engine: Engine) -> None:
    take(engine, "a", days(last=10))
    take(engine, "b", days(first=8, last=10, spend=150))
    again = take(engine, "a again", days(last=10))
    assert again.state == "done"
    assert again.replaced is not None
    told = again.replaced
    assert (told.days, told.first_day.day, told.last_day.day) == (3, 8, 10)
    assert (int(told.before["EUR"]), int(told.after["EUR"])) == (450, 300)
    assert spent(engine) == {"EUR": 1_000}


def test_once_it_stands_again_it_is_the_same(engine: Engine) -> None:
    take(engine, "a", days())
    take(engine, "b", days(spend=150))
    again = take(engine, "a again", days())
    third = take(engine, "a third", days())
    assert (third.state, third.before) == ("same", again.id)
    assert take(engine, "b again", days(spend=150)).state == "done"
    assert spent(engine) == {"EUR": 1_500}


def test_an_undo_of_the_second_take_brings_the_correction_back(engine: Engine) -> None:
    take(engine, "a", days())
    take(engine, "b", days(spend=150))
    again = take(engine, "a again", days())
    engine.undo_export(again.id, by=Person(id=APPROVER))
    assert spent(engine) == {"EUR": 1_500}


def test_money_that_moved_between_ads_alone_is_a_correction(engine: Engine) -> None:
    take(engine, "a", ads(60, 40), level="ad")
    moved = take(engine, "b", [*ads(60, 40, last=7), *ads(55, 45)[14:]], level="ad")
    assert moved.state == "done"
    assert moved.replaced is not None
    assert (moved.replaced.days, moved.replaced.first_day.day) == (3, 8)
    assert moved.replaced.before == moved.replaced.after
    assert by_ad(engine) == {"A": 7 * 60 + 3 * 55, "B": 7 * 40 + 3 * 45}


def test_ads_in_another_order_are_the_same(engine: Engine) -> None:
    first = take(engine, "a", ads(60, 40), level="ad")
    again = take(engine, "b", ads(60, 40)[::-1], level="ad")
    assert (again.state, again.before) == ("same", first.id)


def test_a_part_that_lost_a_figure_is_no_longer_the_same(engine: Engine) -> None:
    first = [row(ad="A", revenue=0), row(ad="B", revenue=None)]
    take(engine, "a", first, level="ad")
    swapped = [row(ad="A", revenue=None), row(ad="B", revenue=0)]
    assert take(engine, "b", swapped, level="ad").state == "done"


def test_the_second_of_two_answers_to_one_card_is_told(engine: Engine) -> None:
    done = take(engine, "a", [*days("Store Opening", last=3), *days("Store Openings", last=3)])
    (group,) = done.alike
    linked = engine.link_campaigns(done.id, group.main, one=True, by=MEMBER, first=True)
    with pytest.raises(AnsweredAlready):
        engine.link_campaigns(done.id, group.main, one=False, by=OTHER, first=True)
    assert engine.file_import(done.id) == linked
    assert [each.answer for each in linked.alike] == ["one"]
    parted = engine.link_campaigns(done.id, group.main, one=False, by=OTHER)
    assert isinstance(parted.alike[0], Alike)
    assert parted.alike[0].answer == "two"
