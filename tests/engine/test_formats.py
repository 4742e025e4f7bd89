"""How figures look: one rule for every screen."""

from datetime import date
from decimal import Decimal

import pytest
from engine_values import told
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.models.comparison import Interval
from engine.narrate.formats import MINUS, SPACE, Formats, listed

F = Formats(year=2026)


def _range(low: float, high: float) -> str:
    return told(F.change_range(Interval(low=low, high=high, level=0.8)))


def test_the_minus_sign_is_a_minus_sign_and_the_space_before_a_unit_does_not_break() -> None:
    assert MINUS == "\u2212"
    assert SPACE == "\u00a0"
    assert F.change(-24) == "\u221224\u00a0%"
    assert F.money(31, "EUR") == "31.00\u00a0EUR"
    assert F.count(390, "conversion") == "390\u00a0conversions"
    assert F.day(date(2026, 3, 29)) == "29\u00a0Mar"


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (25.4, "+25 %"), (25.5, "+26 %"), (10.0, "+10 %"), (9.96, "+10 %"), (9.95, "+10 %"), (9.94, "+9.9 %"),
        (5.65, "+5.7 %"), (0.04, "+0.0 %"), (0.0, "+0.0 %"), (-0.04, "+0.0 %"), (-0.05, "−0.1 %"),
        (-9.94, "−9.9 %"), (-9.96, "−10 %"), (-61.4634, "−61 %"), (-1.5, "−1.5 %"), (1234.5, "+1,235 %"),
    ],
)  # fmt: skip
def test_a_change_is_whole_from_ten_percent_and_has_one_decimal_below(value: float, text: str) -> None:
    assert told(F.change(value)) == text


@pytest.mark.parametrize(
    ("value", "places", "text"),
    [
        (0.5, 0, "1"), (1.5, 0, "2"), (2.5, 0, "3"), (-0.5, 0, "−1"), (-2.5, 0, "−3"),
        (0.125, 2, "0.13"), (2.675, 2, "2.68"), (1.005, 2, "1.01"), (-1.005, 2, "−1.01"), (-0.004, 2, "0.00"),
    ],
)  # fmt: skip
def test_numbers_are_rounded_half_away_from_zero_as_they_are_written(
    value: float, places: int, text: str
) -> None:
    assert F.number(value, places) == text


@pytest.mark.parametrize(
    ("low", "high", "text"),
    [
        (6, 31, "+6 % to +31 %"),
        (-31, -6, "−6 % to −31 %"),
        (-9, 6, "−9 % to +6 %"),
        (0, 12, "+0 % to +12 %"),
        (-12, 0, "−12 % to +0 %"),
        (-9.6, -0.7, "−1 % to −10 %"),
    ],
)
def test_a_range_begins_nearest_to_zero_and_across_zero_with_the_negative_end(
    low: float, high: float, text: str
) -> None:
    assert _range(low, high) == text


@pytest.mark.parametrize(
    ("currency", "text"),
    [("EUR", "1,234.50 EUR"), ("JPY", "1,235 JPY"), ("KWD", "1,234.500 KWD"), ("BHD", "1,234.500 BHD"),
     ("KRW", "1,235 KRW"), ("XYZ", "1,234.50 XYZ"), (None, "1,234.50")],
)  # fmt: skip
def test_a_price_has_the_decimals_of_its_currency(currency: str | None, text: str) -> None:
    assert told(F.money(Decimal("1234.50"), currency)) == text


def test_the_code_of_the_currency_can_be_said_once_a_pair() -> None:
    assert F.money(440, "EUR", code=False) == "440.00"


@pytest.mark.parametrize(
    ("value", "text"), [(462.4, "462 EUR"), (462.5, "463 EUR"), (18240.55, "18,241 EUR")]
)
def test_a_sum_of_money_is_whole(value: float, text: str) -> None:
    assert told(F.total(value, "EUR")) == text
    assert F.total(462, None) == "462"


@pytest.mark.parametrize(
    ("separators", "large", "negative"),
    [
        ("1,234.50", "1,234,567.89", "−1,234.50"),
        ("1.234,50", "1.234.567,89", "−1.234,50"),
        ("1 234,50", "1 234 567,89", "−1 234,50"),
    ],
)
def test_separators_are_the_workspace_s(separators: str, large: str, negative: str) -> None:
    style = Formats(separators=separators)  # type: ignore[arg-type]
    assert told(style.number(Decimal("1234567.89"), 2)) == large
    assert told(style.number(-1234.5, 2)) == negative


def test_the_space_between_thousands_does_not_break() -> None:
    assert Formats(separators="1 234,50").number(1234) == "1\u00a0234"


@pytest.mark.parametrize(
    ("kpi", "value", "text"),
    [("ctr", 0.012, "1.20 %"), ("cvr", 0.0317, "3.17 %"), ("roas", 3.5, "3.50"), ("roas", 3.495, "3.50"),
     ("cpa", 31.0, "31.00 EUR"), ("cpc", 0.9, "0.90 EUR"), ("cpm", 14.738, "14.74 EUR")],
)  # fmt: skip
def test_a_kpi_is_written_in_its_own_unit(kpi: str, value: float, text: str) -> None:
    assert told(F.kpi(kpi, value, "EUR")) == text  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("value", "text"),
    [(0, "0 conversions"), (1, "1 conversion"), (2, "2 conversions"), (390.0, "390 conversions"),
     (1234, "1,234 conversions"), (3.5, "3.5 conversions"), (Decimal("1.0"), "1 conversion")],
)  # fmt: skip
def test_one_is_singular_and_everything_else_is_plural(value: float, text: str) -> None:
    assert told(F.count(value, "conversion")) == text


@pytest.mark.parametrize(
    ("first", "last", "text"),
    [
        (date(2026, 3, 2), date(2026, 3, 29), "2–29 Mar"),
        (date(2026, 2, 28), date(2026, 3, 29), "28 Feb–29 Mar"),
        (None, date(2026, 3, 29), "up to 29 Mar"),
        (date(2026, 3, 29), date(2026, 3, 29), "29 Mar"),
        (date(2025, 3, 2), date(2025, 3, 29), "2–29 Mar 2025"),
        (date(2025, 12, 29), date(2026, 1, 4), "29 Dec 2025–4 Jan"),
        (date(2025, 3, 2), date(2026, 3, 29), "2 Mar 2025–29 Mar"),
    ],
)
def test_a_window_is_told_as_briefly_as_it_can_be(first: date | None, last: date, text: str) -> None:
    assert told(F.days(first, last)) == text


def test_the_year_is_left_out_where_nobody_needs_it() -> None:
    assert told(Formats().day(date(1999, 3, 29))) == "29 Mar"
    assert told(F.day(date(2027, 1, 1))) == "1 Jan 2027"


def test_names_are_joined_as_people_join_them() -> None:
    assert listed([]) == ""
    assert listed(["a"]) == "a"
    assert listed(["a", "b"]) == "a and b"
    assert listed(["a", "b", "c"]) == "a, b and c"


@given(st.decimals(-(10**12), 10**12, places=4), st.integers(0, 3))
@settings(max_examples=100, deadline=None)
def test_a_written_number_reads_back_as_the_rounded_one(value: Decimal, places: int) -> None:
    text = F.number(value, places)
    back = Decimal(text.replace(",", "").replace(MINUS, "-"))
    assert abs(back - value) <= Decimal(5).scaleb(-places - 1)
    assert not text.startswith(f"{MINUS}0") or back != 0


@given(st.floats(-1e9, 1e9))
@settings(max_examples=100, deadline=None)
def test_every_change_has_a_sign_and_never_a_minus_before_nothing(value: float) -> None:
    text = told(F.change(value))
    assert text[0] in f"+{MINUS}"
    assert text not in {"−0 %", "−0.0 %"}


def test_a_year_that_both_days_have_is_said_once() -> None:
    formats = Formats(year=2026)
    told = formats.days(date(2025, 2, 4), date(2025, 3, 3))
    assert told.replace(SPACE, " ") == "4 Feb–3 Mar 2025"
    assert formats.days(date(2025, 12, 30), date(2026, 1, 2)).replace(SPACE, " ") == "30 Dec 2025–2 Jan"
