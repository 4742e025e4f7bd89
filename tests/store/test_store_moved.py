"""On which days a database finds that two imports divide a campaign otherwise among its parts."""

from datetime import date

from exported import dropped, kept, row

from store import Store


def test_only_days_on_which_a_part_has_other_figures_are_named(store: Store) -> None:
    kept(store.memory, "a", [row(day=day, ad=ad, spend=50) for day in (1, 2, 3) for ad in "AB"])
    fresh = [row(day=1, ad=ad, spend=50) for ad in "AB"]
    fresh += [row(day=2, ad="A", spend=60), row(day=2, ad="B", spend=40)]
    fresh += [row(day=3, ad="A", spend=50, revenue=0), row(day=3, ad="B", spend=50)]
    kept(store.memory, "b", fresh, status="double")
    with store.memory.reading() as reading:
        ours = reading.put_aside(dropped("b").id)
        theirs = reading.holdings(source=dropped("a").id)
        found = reading.moved(ours, theirs)
    assert found == {(date(2026, 3, day), date(2026, 3, day)) for day in (2, 3)}


def test_one_row_and_its_halves_are_the_same_money(store: Store) -> None:
    kept(store.memory, "a", [row(ad="A", spend=50, clicks=10), row(ad="A", spend=50, clicks=10)])
    kept(store.memory, "b", [row(ad="A", spend=100, clicks=20, impressions=20_000, conversions=10_000_000)])
    with store.memory.reading() as reading:
        ours = reading.put_aside(dropped("b").id)
        assert reading.moved(ours, reading.holdings(source=dropped("a").id)) == set()
