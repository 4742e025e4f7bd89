"""A column is written in one order: a row decides for all, or a person, and never a guess."""

from collections.abc import Sequence
from datetime import date, timedelta

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_cells import WAYS, day_written

from engine.intake.days import FOUR_DIGITS, ONE_ORDER, ONE_WAY, DayStyle, day_style
from engine.intake.numbers import BadCell, BadColumn
from engine.models.export import Question


def asked(texts: Sequence[str]) -> Question:
    answer = day_style(texts)
    assert isinstance(answer, Question)
    return answer


def refused(texts: Sequence[str]) -> BadColumn:
    with pytest.raises(BadColumn) as caught:
        day_style(texts)
    return caught.value


def test_one_row_decides_for_all() -> None:
    style = day_style(["03/04/2025", "", "13/04/2025"])
    assert isinstance(style, DayStyle)
    assert style.day("03/04/2025") == date(2025, 4, 3)
    style = day_style(["03/04/2025", "04/13/2025"])
    assert isinstance(style, DayStyle)
    assert style.day("03/04/2025") == date(2025, 3, 4)


def test_what_no_row_decides_is_asked() -> None:
    question = asked(["03/04/2026"])
    assert question.kind == "date_order"
    assert question.text == "Is 03/04/2026 3 April or 4 March? No row decides it."
    assert question.options == ("day first", "month first")
    assert question.examples == ("03/04/2026",)


def test_the_order_in_which_days_follow_each_other_is_told_first_and_still_asked() -> None:
    question = asked([f"08/{number:02}/2025" for number in range(1, 8)])
    assert question.options == ("month first", "day first")
    assert question.text == "Is 08/01/2025 1 August or 8 January? No row decides it."


def test_a_hint_decides_what_is_open_and_nothing_else() -> None:
    assert day_style(["03/04/2025"], "month first") == DayStyle(order="month first")
    assert day_style(["03/04/2025", "13/04/2025"], "month first") == DayStyle(order="day first")


def test_the_same_day_either_way_needs_no_answer() -> None:
    style = day_style(["05/05/2025", "06/06/2025"])
    assert isinstance(style, DayStyle)
    assert style.day("05/05/2025") == date(2025, 5, 5)


def test_rows_that_contradict_each_other_are_refused_with_both_texts() -> None:
    problem = refused(["03/04/2025", "13/04/2025", "04/13/2025"])
    assert problem.rule == ONE_ORDER
    assert set(problem.examples) == {"13/04/2025", "04/13/2025"}


def test_days_that_a_spreadsheet_has_turned_round_are_refused() -> None:
    assert refused(["2025-03-04", "2025-12-04", "13/04/2025"]).rule == ONE_WAY
    assert day_style(["2025-03-04", "2025-03-14", "13/04/2025"]) == DayStyle(order="day first")


def test_dots_are_written_by_those_who_write_the_day_first() -> None:
    assert day_style(["03.04.2025"]) == DayStyle(order="day first")
    assert day_style(["04.13.2025"]) == DayStyle(order="month first")
    assert refused(["03.04.2025", "04.13.2025"]).rule == ONE_ORDER


def test_years_of_two_digits_are_read_where_only_one_order_is_possible() -> None:
    style = day_style(["25-08-01", "25-08-02"])
    assert isinstance(style, DayStyle)
    assert style.day("25-08-01") == date(2025, 8, 1)
    style = day_style(["13/08/25"])
    assert isinstance(style, DayStyle)
    assert style.day("13/08/25") == date(2025, 8, 13)
    assert asked(["01/08/25"]).options == ("day first", "month first")
    assert refused(["12-08-25"]).rule == FOUR_DIGITS


def test_spreadsheet_numbers_are_days_only_where_the_whole_column_is_so() -> None:
    style = day_style(["45870", "45871.0", "Total"])
    assert isinstance(style, DayStyle)
    assert style.serial
    assert style.day("45870") == date(2025, 8, 1)
    assert style.day("45871.0") == date(2025, 8, 2)
    with pytest.raises(BadCell):
        style.day("Total")
    mixed = day_style(["2025-08-01", "45870"])
    assert isinstance(mixed, DayStyle)
    with pytest.raises(BadCell):
        mixed.day("45870")


def test_a_column_without_one_day_is_refused() -> None:
    assert refused(["spring-sale", "beach-video"]).examples == ("spring-sale", "beach-video")


def test_cells_without_a_value_and_days_that_are_none_decide_nothing() -> None:
    assert day_style([]) == day_style(["", "--"]) == DayStyle()
    assert asked(["31/02/2025", "03/04/2025"]).examples == ("03/04/2025",)
    assert day_style(["Total", "2025-08-01"]) == DayStyle()


def test_ranges_are_ordered_like_days() -> None:
    style = day_style(["01/08/2025 - 17/08/2025"])
    assert isinstance(style, DayStyle)
    assert style.span("01/08/2025 - 17/08/2025") == (date(2025, 8, 1), date(2025, 8, 17))


starts = st.dates(date(2001, 1, 1), date(2098, 12, 31))


@given(starts, st.integers(1, 60), st.data())
def test_a_column_in_any_order_is_read_right_or_asked(start: date, length: int, data: st.DataObject) -> None:
    days = [start + timedelta(days=number) for number in range(length)]
    order = data.draw(st.sampled_from([None, "day first", "month first"]))
    way = data.draw(st.sampled_from(WAYS[order]))
    texts = [day_written(way, day) for day in days]
    style = day_style(texts)
    if isinstance(style, Question):
        assert order in style.options
        style = day_style(texts, order)
    assert isinstance(style, DayStyle)
    assert [style.day(text) for text in texts] == days
