"""Total rows: which rows are totals, of what, and whether they agree."""

from typing import NamedTuple

import pytest

from engine.intake.grouped import Grouped
from engine.intake.reading import Group
from engine.intake.total_rows import Sorted, sorted_out
from engine.intake.total_words import says_total
from engine.models.export import Field

CENT = 10_000
Figures = tuple[int | None, int | None, int | None, int | None, int | None, int | None]


class Row(NamedTuple):
    texts: tuple[str, ...]
    numbers: Figures
    rows: int = 1
    line: int = 1


def row(*texts: str, seen: int | None = None, spent: int | None = None, reach: int | None = None) -> Row:
    """A row with impressions and spend, in whole coins."""
    return Row(texts, (seen, None, None if spent is None else spent * 1_000_000, None, None, reach))


def told(rows: list[Row], *fields: Field | None) -> Sorted:
    groups = [Group(each.texts, each.numbers, each.rows, at) for at, each in enumerate(rows, 2)]
    return sorted_out(Grouped.of(groups, len(fields)), fields, unit=CENT)


@pytest.mark.parametrize(
    "label",
    ["Total", "Total: Account", "Total : compte", "Gesamt: Konto", "Total of 2 results", "Resultados totales",
     "Total: Conta", "Results from 7 campaigns", "Ergebnisse aus 7 Kampagnen", "Grand total",
     "Gesamtergebnis",
     "Total\u00a0: compte", "TOTAL", "Totaal", "合計", "Total (12)", "Total general"],
)  # fmt: skip
def test_labels_of_many_languages_say_total(label: str) -> None:
    assert says_total(label)


@pytest.mark.parametrize(
    "name",
    [
        "Total Wine",
        "Totally new",
        "Total Wine: Spring",
        "Summer sale",
        "Suma Foods",
        "Results Driven",
        "",
        "Sum of us",
    ],
)
def test_a_campaign_that_begins_with_a_total_is_none(name: str) -> None:
    assert not says_total(name)


def test_a_row_without_a_name_is_a_total_where_others_have_one() -> None:
    data, totals = told(
        [row("", seen=30, spent=3), row("a", seen=10, spent=1), row("b", seen=20, spent=2)], "campaign"
    )
    assert [each.texts[0] for each in data] == ["a", "b"]
    assert (totals[0].is_whole, totals[0].agrees, totals[0].line) == (True, True, 2)


def test_a_total_that_differs_says_in_what() -> None:
    _, totals = told([row("a", seen=10, spent=1), row("Total", seen=11, spent=1)], "campaign")
    assert totals[0].differs == ("impressions",)
    check = totals[0].check()
    assert check is not None
    assert (check.number, check.ours, check.theirs, check.agrees) == ("impressions", 10, 11, False)


def test_a_row_without_a_name_that_holds_less_than_the_others_is_no_total() -> None:
    data, totals = told([row("", seen=5), row("a", seen=10), row("b", seen=20)], "campaign")
    assert (len(data), totals) == (3, ())


def test_a_day_beside_a_blank_name_narrows_the_total_to_that_day() -> None:
    rows = [row("", "1", seen=30), row("a", "1", seen=10), row("b", "1", seen=20), row("a", "2", seen=5)]
    _, totals = told(rows, "campaign", "day")
    assert (totals[0].of, totals[0].is_whole, totals[0].agrees) == (2, False, True)


def test_a_campaign_type_narrows_a_total_and_its_label_is_told() -> None:
    rows = [
        row("", "a", "Search", seen=10),
        row("", "b", "Display", seen=7),
        row("Total: Search", "", "Search", seen=10),
    ]
    data, totals = told(rows, None, "campaign", "objective")
    assert len(data) == 2
    assert (totals[0].label, totals[0].of, totals[0].agrees) == ("Total: Search", 1, True)


def test_a_column_without_use_that_speaks_of_a_total_makes_no_campaign_one() -> None:
    data, totals = told([row("Campaign Total", "a", seen=1), row("Daily", "b", seen=2)], None, "campaign")
    assert (len(data), totals) == (2, ())


def test_a_campaign_called_total_with_an_id_or_ad_sets_is_data() -> None:
    data, totals = told([row("Total", "7", seen=1), row("b", "8", seen=2)], "campaign", "campaign_id")
    assert (len(data), totals) == (2, ())
    data, totals = told([row("Total", "set", seen=1), row("b", "set", seen=2)], "campaign", "ad_set")
    assert (len(data), totals) == (2, ())


def test_a_blank_ad_set_is_a_subtotal_only_where_the_figures_say_so() -> None:
    rows = [row("a", "", seen=30, spent=3), row("a", "x", seen=10, spent=1), row("a", "y", seen=20, spent=2)]
    data, totals = told(rows, "campaign", "ad_set")
    assert (len(data), totals[0].agrees, totals[0].of) == (2, True, 2)
    data, totals = told([*rows[1:], row("a", "", seen=31, spent=3)], "campaign", "ad_set")
    assert (len(data), totals) == (3, ())


def test_a_small_row_that_another_equals_by_chance_is_data() -> None:
    rows = [row("a", "", seen=1, spent=1), row("a", "x", seen=1, spent=1)]
    assert len(told(rows, "campaign", "ad_set").data) == 2


def test_one_subtotal_among_many_that_differs_is_a_total_that_differs() -> None:
    rows = [row(name, "", seen=3_000, spent=2) for name in "ab"] + [row("c", "", seen=3_000, spent=7)]
    rows += [row(name, "x", seen=1_000, spent=1) for name in "abc"]
    rows += [row(name, "y", seen=2_000, spent=1) for name in "abc"]
    data, totals = told(rows, "campaign", "ad_set")
    assert len(data) == 6
    assert [each.differs for each in totals] == [(), (), ("spend",)]


def test_subtotals_of_two_levels_are_each_found() -> None:
    rows = [
        row("a", "", "", seen=30, spent=3),
        row("a", "x", "", seen=30, spent=3),
        row("a", "x", "1", seen=10, spent=1),
        row("a", "x", "2", seen=20, spent=2),
    ]
    data, totals = told(rows, "campaign", "ad_set", "ad")
    assert (len(data), [each.agrees for each in totals]) == (2, [True, True])


def test_the_word_all_in_a_breakdown_is_a_subtotal_where_the_figures_say_so() -> None:
    rows = [
        row("a", "All", seen=30, spent=3),
        row("a", "DE", seen=10, spent=1),
        row("a", "FR", seen=20, spent=2),
    ]
    data, totals = told(rows, "campaign", "country")
    assert (len(data), len(totals)) == (2, 1)


def test_two_totals_of_one_thing_that_are_written_alike_agree_each() -> None:
    both = row("", seen=20)._replace(rows=2)
    _, totals = told([row("a", seen=10), both], "campaign")
    assert totals[0].agrees


def test_rounding_of_many_rows_is_no_difference_and_a_cent_of_one_is() -> None:
    rows = [Row((f"c{n}",), (None, None, 1_004_000, None, None, None)) for n in range(10)]
    _, totals = told([*rows, Row(("Total",), (None, None, 10_040_000, None, None, None))], "campaign")
    assert totals[0].agrees
    _, totals = told([*rows, Row(("Total",), (None, None, 10_100_000, None, None, None))], "campaign")
    assert totals[0].differs == ("spend",)


def test_without_campaigns_a_label_in_the_day_is_enough() -> None:
    data, totals = told([row("2026-03-01", seen=1), row("2026-03-02", seen=2), row("Gesamt", seen=3)], "day")
    assert (len(data), totals[0].agrees, totals[0].is_whole) == (2, True, True)


def test_a_file_of_totals_alone_has_no_data() -> None:
    data, totals = told([row("Total", seen=1), row("Total: Account", seen=1)], "campaign")
    assert (len(data), len(totals)) == (0, 2)
