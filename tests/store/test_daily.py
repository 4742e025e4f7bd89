"""Rows of exports in the store: put aside, held, added up exactly, and damaged never unnoticed."""

from collections.abc import Callable
from datetime import date, timedelta
from decimal import Decimal
from itertools import count
from pathlib import Path
from typing import Any

import pytest
from exported import MARCH, days, dropped, row
from factories import MONDAY, HandClock
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from remembered import KEY
from sqlalchemy import text
from sqlalchemy.exc import IntegrityError

from engine.errors import StoreTrouble
from engine.models.daily import PAIRS, DailyRow
from engine.models.export import NUMBERS, Holding
from engine.models.file_import import FileImport
from store import Store
from store.inspection import inspect_file
from store.ledger_key import LedgerKey
from store.verify import rows_over, verified

SPRING = "meta/default/spring-sale"
LAST = date(2026, 12, 31)


def bring(store: Store, name: str, rows: list[DailyRow], *, at_once: int = 2_000) -> str:
    """Put the rows of an import aside, in pieces."""
    found = dropped(name)
    with store.memory.unit() as unit:
        unit.keep_file_import(FileImport(**found.model_dump(), checksum=name, at=MONDAY, state="reading"))
    for begin in range(0, len(rows), at_once):
        with store.memory.unit() as unit:
            unit.add_rows(found.id, rows[begin : begin + at_once])
    return found.id


def hold(store: Store, source: str, **changed: Any) -> list[Holding]:
    with store.memory.unit() as unit:
        aside = [each.model_copy(update=changed) for each in unit.put_aside(source)]
        unit.hold(aside)
    return aside


def keep(store: Store, name: str, rows: list[DailyRow], **changed: Any) -> str:
    source = bring(store, name, rows)
    hold(store, source, **changed)
    return source


def faults(store: Store) -> list[str]:
    with store._database.reading() as connection:  # type: ignore[attr-defined]
        found = verified(rows_over(connection), connection, ())
        return [str(each) for each in found if each.state == "fault"]


def test_what_is_put_aside_does_not_count(store: Store) -> None:
    source = bring(store, "march", days())
    with store.memory.reading() as reading:
        assert reading.days(SPRING, MARCH, LAST) == []
        assert reading.row_campaigns() == []
        assert reading.holdings() == []
        (aside,) = reading.put_aside(source)
    assert (aside.campaign_key, aside.rows, aside.sums.spend) == (SPRING, 10, Decimal(1000))
    assert (aside.first_day.day, aside.last_day.day, aside.by_day) == (1, 10, True)


def test_what_is_held_counts_day_by_day(store: Store) -> None:
    keep(store, "march", [*days(last=2), row(day=2, ad_set="B", spend=5)])
    with store.memory.reading() as reading:
        one, two = reading.days(SPRING, MARCH, LAST)
    assert (one.day, one.currency, one.spend, one.clicks, one.rows) == (MARCH, "EUR", 100_000_000, 200, 1)
    assert (two.spend, two.clicks, two.conversions, two.rows) == (105_000_000, 400, 10_000_000, 2)
    assert (two.revenue, two.partly, two.pairs) == (None, frozenset(), ())


def test_only_days_within_the_window_are_told(store: Store) -> None:
    keep(store, "march", days(last=10))
    with store.memory.reading() as reading:
        found = reading.days(SPRING, MARCH + timedelta(days=3), MARCH + timedelta(days=5))
    assert [each.day.day for each in found] == [4, 5, 6]


def test_missing_cells_stay_missing_and_make_no_ratio(store: Store) -> None:
    rows = [row(clicks=None, ad_set="A"), row(clicks=10, impressions=1_000, ad_set="B"), row(spend=None)]
    keep(store, "march", rows)
    with store.memory.reading() as reading:
        (found,) = reading.days(SPRING, MARCH, LAST)
    assert (found.clicks, found.impressions, found.spend) == (210, 21_000, 200_000_000)
    assert found.partly == {"clicks", "spend"}
    assert found.filled == (3, 2, 2, 3, 0, 0)
    assert found.pairs[PAIRS.index(("clicks", "impressions"))] == (210, 11_000)
    assert found.pairs[PAIRS.index(("spend", "clicks"))] == (100_000_000, 10)
    assert found.pairs[PAIRS.index(("revenue", "spend"))] is None


def test_a_reach_is_never_added_up(store: Store) -> None:
    keep(store, "march", [row(reach=500), row(day=2, reach=300), row(day=2, ad_set="B", reach=300)])
    with store.memory.reading() as reading:
        assert [each.reach for each in reading.days(SPRING, MARCH, LAST)] == [500, None]
        assert reading.holdings()[0].sums.reach is None


def test_a_days_rows_are_read_back_as_they_were(store: Store) -> None:
    rows = [
        row(ad_set="set", ad="ad", creative="Vidéo", audience="25-34", placement="feed", device="mobile",
            country="DE", objective="sales", attribution="7-day click", reach=3, revenue=1),
        row(day=2, impressions=None, conversions=1),
    ]  # fmt: skip
    keep(store, "march", rows)
    with store.memory.reading() as reading:
        assert reading.rows(SPRING, MARCH, LAST) == rows
        assert reading.rows(SPRING, MARCH, MARCH) == rows[:1]


def test_texts_that_no_database_holds_are_kept_as_near_as_can_be(store: Store) -> None:
    keep(store, "march", [row(ad_set="a\0b", ad="half \ud83d of a pair")])
    with store.memory.reading() as reading:
        (found,) = reading.rows(SPRING, MARCH, LAST)
    assert (found.ad_set, found.ad) == ("a\ufffdb", "half \ufffd of a pair")


def test_part_of_a_lot_can_be_replaced_and_come_back(store: Store) -> None:
    source = keep(store, "march", days(last=10))
    with store.memory.unit() as unit:
        (whole,) = unit.holdings(source=source)
        end = MARCH + timedelta(days=4)
        live = whole.model_copy(update={"last_day": end})
        lost = whole.model_copy(
            update={"first_day": end + timedelta(days=1), "status": "replaced", "by": "import:fixed"}
        )
        unit.hold([live, lost])
    with store.memory.reading() as reading:
        assert [each.day.day for each in reading.days(SPRING, MARCH, LAST)] == [1, 2, 3, 4, 5]
        assert [(each.status, each.rows) for each in reading.holdings(live=False)] == [
            ("live", 5),
            ("replaced", 5),
        ]
        assert [each.status for each in reading.holdings(by="import:fixed", live=False)] == ["replaced"]
        assert len(reading.rows(SPRING, MARCH, LAST)) == 5
    assert faults(store) == []
    with store.memory.unit() as unit:
        unit.hold([whole])
    with store.memory.reading() as reading:
        assert reading.holdings() == [whole]


def test_figures_of_any_days_are_told_whether_they_count_or_not(store: Store) -> None:
    source = bring(store, "march", days(last=3))
    with store.memory.reading() as reading:
        (aside,) = reading.put_aside(source)
        found = reading.figures(aside.model_copy(update={"last_day": MARCH + timedelta(days=1)}))
    second = MARCH + timedelta(days=1)
    assert list(found) == [(MARCH, MARCH), (second, second)]
    assert found[MARCH, MARCH] == (10_000, 200, 100_000_000, 5_000_000, None, None)


def test_imports_are_numbered_in_the_order_in_which_they_came_to_count(store: Store) -> None:
    first, second = bring(store, "march", days(last=2)), bring(store, "april", days(last=2))
    hold(store, second)
    hold(store, first)
    hold(store, second, status="replaced", by=first)
    with store.memory.reading() as reading:
        assert [(each.source, each.number) for each in reading.holdings(live=False)] == [
            (second, 1),
            (first, 2),
        ]


def test_rows_of_an_import_that_is_not_kept_are_refused(store: Store) -> None:
    with pytest.raises(IntegrityError), store.memory.unit() as unit:
        unit.add_rows("import:nobody", days())
    with store.memory.reading() as reading:
        assert reading.put_aside("import:nobody") == []


def test_what_was_never_put_aside_cannot_be_held(store: Store) -> None:
    source = keep(store, "march", days(last=2))
    with store.memory.unit() as unit:
        (held,) = unit.holdings(source=source)
        with pytest.raises(LookupError):
            unit.hold([held.model_copy(update={"campaign_key": "meta/default/another"})])


def test_what_was_put_aside_is_forgotten_and_what_counts_is_not(store: Store) -> None:
    source, held = bring(store, "march", days()), keep(store, "april", days("Summer Sale"))
    with store.memory.unit() as unit:
        while unit.forget_rows(source) or unit.forget_rows(held):
            pass
    with store.memory.reading() as reading:
        assert reading.put_aside(source) == []
        assert reading.holdings()[0].rows == 10
    assert faults(store) == []


def test_campaigns_of_rows_are_told_with_every_name_the_newest_last(store: Store) -> None:
    march = [row("spring_sale", 1), row("Spring  Sale", 2, objective="sales"), row("SPRING SALE", 1)]
    keep(store, "march", march)
    keep(store, "april", [row("Spring-Sale", 40, attribution="7-day click")])
    with store.memory.reading() as reading:
        (found,) = reading.row_campaigns()
    assert (found.campaign_key, found.campaign_id, found.platform) == (SPRING, "spring-sale", "Meta")
    assert found.names == ("SPRING SALE", "spring_sale", "Spring  Sale", "Spring-Sale")
    assert (found.name, found.rows, found.attribution) == ("Spring-Sale", 4, "7-day click")
    assert (found.first_day, found.last_day) == (MARCH, MARCH + timedelta(days=39))


def test_linked_campaigns_have_one_row_of_days(store: Store) -> None:
    keep(store, "march", [row("Spring Sale", 1), row("Sprng Sale", 2), row("Spring Sle", 3)])
    with store.memory.unit() as unit:
        unit.link("meta/default/spring-sle", "meta/default/sprng-sale")
        unit.link("meta/default/sprng-sale", SPRING)  # and what was linked to it follows
    with store.memory.reading() as reading:
        assert reading.links() == {"meta/default/spring-sle": SPRING, "meta/default/sprng-sale": SPRING}
        for key in (SPRING, "meta/default/sprng-sale"):
            assert [each.day.day for each in reading.days(key, MARCH, LAST)] == [1, 2, 3]
        assert len(reading.holdings(campaign_key=SPRING)) == 3
    with store.memory.unit() as unit:
        unit.link("meta/default/sprng-sale", None)
    with store.memory.reading() as reading:
        assert [each.day.day for each in reading.days(SPRING, MARCH, LAST)] == [1, 3]
    assert faults(store) == []


def test_a_campaign_is_never_its_own_alias(store: Store) -> None:
    with store.memory.unit() as unit, pytest.raises(ValueError, match="not an alias of itself"):
        unit.link(SPRING, SPRING)


def test_the_generation_grows_with_what_counts(store: Store) -> None:
    with store.memory.reading() as reading:
        before = reading.generation()
    keep(store, "march", days())
    with store.memory.unit() as unit:
        unit.link("meta/default/sprng-sale", SPRING)
        assert unit.generation() == before + 2


def test_figures_that_64_bits_cannot_add_up_are_refused(store: Store) -> None:
    source = bring(store, "march", [row(ad_set=str(n), conversions=10**18) for n in range(9)])
    assert hold(store, source)[0].sums.conversions == Decimal(9 * 10**12)
    with pytest.raises(Exception, match=r"too large|out of range|overflow"):
        keep(store, "april", [row("Huge", day, conversions=9 * 10**18) for day in (1, 2)])


@pytest.mark.parametrize("table", ["daily_rows", "day_sums", "holdings", "lots"])
def test_a_changed_figure_is_found(path: Path, place: Path, store: Store, table: str) -> None:
    keep(store, "march", days(last=3))
    column = "names" if table == "lots" else "spend"
    value = "'{}'" if table == "lots" else "777"
    with store._database.writing() as connection:  # type: ignore[attr-defined]
        known = text("SELECT name FROM sqlite_temp_master WHERE type = 'trigger'")
        for trigger in [each for each in connection.scalars(known).all() if table in each]:
            connection.exec_driver_sql(f"DROP TRIGGER {trigger}")
        which = f"rowid = (SELECT min(rowid) FROM {table})"  # noqa: S608
        connection.exec_driver_sql(f"UPDATE {table} SET {column} = {value} WHERE {which}")  # noqa: S608
    assert any(f"of {table} is not as it was written" in each for each in faults(store))
    reads: dict[str, Callable[[Any], Any]] = {
        "daily_rows": lambda reading: reading.rows(SPRING, MARCH, LAST),
        "day_sums": lambda reading: reading.days(SPRING, MARCH, LAST),
        "holdings": lambda reading: reading.holdings(),
        "lots": lambda reading: reading.put_aside("import:march:C0MARKETING"),
    }
    with pytest.raises(StoreTrouble), store.memory.reading() as reading:
        reads[table](reading)


def test_rows_that_are_gone_are_found(path: Path, place: Path, store: Store) -> None:
    keep(store, "march", days(last=3))
    with store._database.writing() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql("DELETE FROM daily_rows WHERE seq = 2")
    assert faults(store) == [
        "exports      fault  lot 1: its rows, its days and its holdings add up to something else"
    ]


def test_days_that_are_held_twice_are_found(path: Path, place: Path, store: Store) -> None:
    keep(store, "march", [row(spend=None, impressions=None, clicks=None, conversions=None)])
    with store._database.writing() as connection:  # type: ignore[attr-defined]
        connection.exec_driver_sql(
            "INSERT INTO holdings (seq, lot, first_day, last_day, status, apart, rows, changed_at) "
            "SELECT 9, lot, first_day, last_day, status, apart, 0, changed_at FROM holdings"
        )
    assert faults(store) == ["exports      fault  lot 1: a day of it is held twice"]


def test_rows_of_an_undone_import_go_after_a_month_and_others_stay(store: Store, clock: HandClock) -> None:
    undone = keep(store, "march", days(), status="undone", by="U0APPROVER")
    replaced = keep(store, "april", days(), status="replaced", by="import:may")
    clock.forward(days=29)
    store.prune(clock.now())
    with store.memory.reading() as reading:
        assert len(reading.put_aside(undone)) == 1
    clock.forward(days=2)
    for _ in range(3):
        store.prune(clock.now())
    with store.memory.reading() as reading:
        assert reading.put_aside(undone) == []
        assert [each.rows for each in reading.holdings(source=replaced, live=False)] == [10]
    assert faults(store) == []


def test_a_whole_memory_with_rows_has_no_faults(path: Path, place: Path, store: Store) -> None:
    keep(store, "march", days())
    store.audit.keep_up()
    store.close()
    found = inspect_file(path, LedgerKey(KEY))
    assert [each for each in found if each.state == "fault" and each.what != "ledger"] == []
    assert any(each.what == "exports" and "10 rows" in each.told for each in found)


NUMBERED = count(1)
cells = st.one_of(st.none(), st.integers(0, 10**15))


@given(
    st.lists(
        st.tuples(st.integers(1, 4), st.sampled_from("ABC"), cells, cells, cells), min_size=1, max_size=30
    ),
    st.integers(1, 7),
)
@settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
def test_in_whatever_pieces_rows_come_their_days_add_up(
    store: Store, told: list[tuple[Any, ...]], at_once: int
) -> None:
    rows = [
        row("Spring Sale", day, ad_set=part, impressions=a)._replace(spend=b, conversions=c)
        for day, part, a, b, c in told
    ]
    source = f"p{next(NUMBERED)}"
    key = f"meta/{source}/spring-sale"
    keep_rows = [each._replace(account=source) for each in rows]
    found = bring(store, source, keep_rows, at_once=at_once)
    hold(store, found)
    with store.memory.reading() as reading:
        days_told = reading.days(key, MARCH, LAST)
        read = reading.rows(key, MARCH, LAST)
    assert read == keep_rows
    for each in days_told:
        mine = [one for one in keep_rows if one.first_day == each.day]
        for name in NUMBERS:
            known = [value for one in mine if (value := getattr(one, name)) is not None]
            assert getattr(each, name) == (sum(known) if known else None) or name == "reach"
    assert len(days_told) == len({one.first_day for one in keep_rows})
