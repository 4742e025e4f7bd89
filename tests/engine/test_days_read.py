"""What a cell of a date column says: a day, a span of days, or the rule that it breaks."""

from datetime import date

import pytest
from hypothesis import given
from hypothesis import strategies as st
from written_cells import MONTH_NAMES, WAYS, WAYS_WITH_NAMES, day_written

from engine.intake.day_texts import A_DAY, A_WEEKDAY, EXISTS, IN_REACH, WITH_ITS_YEAR, readings
from engine.intake.days import DayStyle, Unit, day_style
from engine.intake.month_names import MONTHS, WEEKDAYS
from engine.intake.numbers import BadCell

AUGUST = date(2025, 8, 1)
days = st.dates(date(2000, 1, 1), date(2099, 12, 31))


def rule_of(text: str, style: DayStyle = DayStyle()) -> str:  # noqa: B008  it cannot change
    with pytest.raises(BadCell) as caught:
        style.span(text)
    return caught.value.rule


@pytest.mark.parametrize(
    "text",
    [
        "2025-08-01", "2025-8-1", "2025/08/01", "2025.08.01", "20250801", " 2025-08-01 ", "2025-08-01 00:00",
        "2025-08-01T00:00:00+02:00", "2025-08-01T23:59:59Z", "2025-08-01 00:00:00 UTC",
        "2025-08-01 13:00:00.000+0000", "1.08.2025", "01.08.2025", "1. 8. 2025", "2025. 8. 1.", "1 Aug 2025",
        "Aug 1, 2025", "AUG 1, 2025", "August 1st, 2025", "1st of August 2025", "1. August 2025",
        "1er août 2025", "1 aout 2025", "1 de agosto de 2025", "1 agosto 2025", "1 augustus 2025",
        "1 sierpnia 2025", "1 augusti 2025", "01-Aug-2025", "01-Aug-25", "2025-Aug-01", "Fri, Aug 1, 2025",
        "Friday 1 August 2025", "vendredi 1 août 2025", "viernes, 1 de agosto de 2025", "Fr., 1. August 2025",
        "2025-08-01, Fri", "sexta-feira, 1 de agosto de 2025", "Fri Aug 01 2025", "Aug 1, 2025, 12:00 AM",
        "1 août 2025 à 00:00", "2025年8月1日", "2025 年 8 月 1 日", "2025년 8월 1일", "２０２５/８/１",
        "٢٠٢٥-٠٨-٠١", "1\xa0août\xa02025",
    ],
)  # fmt: skip
def test_a_day_is_read_in_whatever_words(text: str) -> None:
    assert DayStyle().day(text) == AUGUST


@pytest.mark.parametrize(
    ("text", "first", "last"),
    [
        ("2025-W31", date(2025, 7, 28), date(2025, 8, 3)),
        ("KW 31 2025", date(2025, 7, 28), date(2025, 8, 3)),
        ("2020-W53", date(2020, 12, 28), date(2021, 1, 3)),
        ("Week of Aug 4, 2025", date(2025, 8, 4), date(2025, 8, 10)),
        ("Woche vom 4.8.2025", date(2025, 8, 4), date(2025, 8, 10)),
        ("Aug 4, 2025 - Aug 10, 2025", date(2025, 8, 4), date(2025, 8, 10)),
        ("4 Aug – 10 Aug 2025", date(2025, 8, 4), date(2025, 8, 10)),
        ("2025-08-04 to 2025-08-10", date(2025, 8, 4), date(2025, 8, 10)),
        ("2025-08-04/2025-08-10", date(2025, 8, 4), date(2025, 8, 10)),
        ("2025-08-04 ~ 2025-08-10", date(2025, 8, 4), date(2025, 8, 10)),
        ("2025-08", date(2025, 8, 1), date(2025, 8, 31)),
        ("08/2025", date(2025, 8, 1), date(2025, 8, 31)),
        ("Aug 2025", date(2025, 8, 1), date(2025, 8, 31)),
        ("Aug '25", date(2025, 8, 1), date(2025, 8, 31)),
        ("agosto de 2025", date(2025, 8, 1), date(2025, 8, 31)),
        ("mar 2024", date(2024, 3, 1), date(2024, 3, 31)),
        ("Dezember 2025", date(2025, 12, 1), date(2025, 12, 31)),
        ("2025年2月", date(2025, 2, 1), date(2025, 2, 28)),
        ("Q3 2025", date(2025, 7, 1), date(2025, 9, 30)),
        ("2025-Q4", date(2025, 10, 1), date(2025, 12, 31)),
        ("T1 2025", date(2025, 1, 1), date(2025, 3, 31)),
        ("3. Quartal 2025", date(2025, 7, 1), date(2025, 9, 30)),
    ],
)
def test_weeks_months_quarters_and_ranges_are_both_of_their_ends(text: str, first: date, last: date) -> None:
    assert DayStyle().day(text) == (first, last)
    assert DayStyle().span(text) == (first, last)


@pytest.mark.parametrize(
    ("text", "rule"),
    [
        ("2025-02-31", EXISTS),
        ("31/02/2025", EXISTS),
        ("31. Februar 2025", EXISTS),
        ("2025-13-01", EXISTS),
        ("1999-12-31", IN_REACH),
        ("2101-01-01", IN_REACH),
        ("0000-00-00", IN_REACH),
        ("01/01/1999", IN_REACH),
        ("Tue, Sep 1, 2025", A_WEEKDAY),
        ("1 Aug", WITH_ITS_YEAR),
        ("Aug-25", WITH_ITS_YEAR),
        ("2025-W54", "a week that exists"),
        ("Aug 10, 2025 - Aug 4, 2025", "a first day that is not after the last"),
        ("Total", A_DAY),
        ("45870", A_DAY),
        ("1754006400", A_DAY),
        ("12.50", A_DAY),
        ("1/2/3/4", A_DAY),
        ("1/2/345", A_DAY),
        ("2025", A_DAY),
        ("yesterday", A_DAY),
        ("Week 31", A_DAY),
        ("x" * 100, A_DAY),
    ],
)
def test_what_is_no_day_breaks_a_rule(text: str, rule: str) -> None:
    assert rule_of(text) == rule


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("mar. 1 avr. 2025", date(2025, 4, 1)),
        ("Mar 1, 2025", date(2025, 3, 1)),
        ("Mar 1st, 2025", date(2025, 3, 1)),
        ("mar, 01.04.2025", date(2025, 4, 1)),
    ],
)
def test_mar_is_march_unless_a_month_comes_as_well(text: str, day: date) -> None:
    assert DayStyle().day(text) == day


def test_a_weekday_decides_the_order() -> None:
    assert day_style(["Thu 03/04/2025"]) == DayStyle(order="day first")
    assert day_style(["Tue 03/04/2025"]) == DayStyle(order="month first")


@pytest.mark.parametrize(
    ("unit", "text", "span"),
    [
        ("week", "2025-08-04", (date(2025, 8, 4), date(2025, 8, 10))),
        ("week", "2025-W32", (date(2025, 8, 4), date(2025, 8, 10))),
        ("month", "2025-02-01", (date(2025, 2, 1), date(2025, 2, 28))),
        ("month", "2025-02", (date(2025, 2, 1), date(2025, 2, 28))),
    ],
)
def test_a_column_of_weeks_or_months_names_their_first_day(
    unit: Unit, text: str, span: tuple[date, date]
) -> None:
    assert DayStyle(unit=unit).span(text) == span


def test_a_column_of_months_holds_no_other_days() -> None:
    assert rule_of("2025-08-17", DayStyle(unit="month")) == "a month, or its first day"


def test_every_weekday_and_month_has_one_number_where_it_is_used() -> None:
    assert set(MONTHS.values()) == set(range(1, 13))
    assert MONTHS["mar"] == 3
    assert {number for numbers in WEEKDAYS.values() for number in numbers} == set(range(7))
    assert all(len(numbers) == 1 for numbers in WEEKDAYS.values())


@given(days, st.sampled_from(WAYS_WITH_NAMES), st.sampled_from(sorted(MONTH_NAMES)))
def test_any_day_with_its_months_name_reads_back(day: date, way: str, names: str) -> None:
    assert DayStyle().day(day_written(way, day, names)) == day


@given(days, st.data())
def test_any_day_in_figures_reads_back_in_its_order(day: date, data: st.DataObject) -> None:
    order = data.draw(st.sampled_from([None, "day first", "month first"]))
    text = day_written(data.draw(st.sampled_from(WAYS[order])), day)
    assert DayStyle(order=order).day(text) == day


@given(st.text(max_size=20) | st.text("0123456789/-. :TZQWaug", max_size=14))
def test_any_text_is_days_in_reach_or_refused(text: str) -> None:
    try:
        found = readings(text)
    except BadCell:
        return
    assert found
    assert all(2000 <= each.first.year <= each.last.year <= 2101 for each in found)
