"""What a cell of figures says: exactly one number, none, or the rule that it breaks."""

from decimal import Decimal

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from written_cells import STYLES, amounts, millions, read_slowly, styles, written

from engine.intake.numbers import (
    A_WHOLE_NUMBER,
    NOT_A_BOUND,
    NOT_A_PERCENTAGE,
    NOT_AN_ERROR,
    NOT_MONEY,
    NOT_SHORTENED,
    BadCell,
    NumberStyle,
    exact,
    is_scientific,
    unit_of,
    worth,
)

POINT, COMMA = STYLES
PLAIN = NumberStyle()


def rule_of(cell: str, style: NumberStyle = POINT, *, whole: bool = False) -> str:
    with pytest.raises(BadCell) as caught:
        exact(cell, style, whole=whole)
    return caught.value.rule


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1234", "1234"),
        ("1,234.50", "1234.50"),
        ("$1,234.50", "1234.50"),
        ("-$5.00", "-5"),
        ("$-5.00", "-5"),
        ("$5.00 USD", "5"),
        ("US$ 5", "5"),
        ("R$ 12.50", "12.5"),
        ("CHF 1'234.50", "1234.5"),
        ("1’234.50", "1234.5"),
        ("1 234.50", "1234.5"),
        ("1\u202f234.50\xa0€", "1234.5"),
        ("1\u2009234.50", "1234.5"),
        ("₹1,23,456.78", "123456.78"),
        ("12,34,56,789", "123456789"),
        ("(12.50)", "-12.5"),
        ("$(12.50)", "-12.5"),
        ("(12.50 €)", "-12.5"),
        ("12.50-", "-12.5"),
        ("−12.50", "-12.5"),
        ("–12.50", "-12.5"),
        ("+12.50", "12.5"),
        ("- 12.50", "-12.5"),
        ("1.2E+05", "120000"),
        ("1.5e-3", "0.0015"),
        (".5", "0.5"),
        ("$.50", "0.5"),
        ("Rs.500", "500"),
        ("12.", "12"),
        ("007", "7"),
        ("１，２３４．５", "1234.5"),
        ("١٬٢٣٤٫٥٠", "1234.5"),
        ("१,२३,४५६.७८", "123456.78"),
        ("12.350000000000001", "12.35"),
        ("0.30000000000000004", "0.3"),
        ("1.500000000000", "1.5"),
        ("999999999999.999999", "999999999999.999999"),
        ("1000000000000", "1000000000000"),
        ("\u200e12.50", "12.5"),
    ],
)
def test_a_number_is_read_exactly(cell: str, amount: str) -> None:
    assert exact(cell, POINT, whole=False) == millions(Decimal(amount))


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("1.234,50", "1234.5"),
        ("1 234,50 €", "1234.5"),
        ("1.234.567", "1234567"),
        ("12,5", "12.5"),
        (",5", "0.5"),
    ],
)
def test_a_number_with_a_decimal_comma_is_read_exactly(cell: str, amount: str) -> None:
    assert exact(cell, COMMA, whole=False) == millions(Decimal(amount))


@pytest.mark.parametrize(
    "cell",
    [
        "",
        " ",
        "--",
        " --",
        "-",
        "—",
        "–",
        "n/a",
        "N/A",
        "null",
        "NULL",
        "NaN",
        "None",
        "(not set)",
        "k. A.",
        "\\N",
        "\xa0",
    ],
)
def test_a_cell_without_a_value_is_missing_and_never_zero(cell: str) -> None:
    assert exact(cell, POINT, whole=True) is None
    assert exact(cell, POINT, whole=False) is None


@pytest.mark.parametrize(
    ("cell", "rule"),
    [
        ("< 10", NOT_A_BOUND),
        ("<1", NOT_A_BOUND),
        ("> 90%", NOT_A_BOUND),
        ("＜10", NOT_A_BOUND),
        ("10+", NOT_A_BOUND),
        ("3 %", NOT_A_PERCENTAGE),
        ("1.2K", NOT_SHORTENED),
        ("$3M", NOT_SHORTENED),
        ("1.2 Mio.", NOT_SHORTENED),
        ("#DIV/0!", NOT_AN_ERROR),
        ("#REF!", NOT_AN_ERROR),
        ("1000000000000.000001", "at most 1,000,000,000,000"),
        ("1e300", "at most 1,000,000,000,000"),
        ("1,23", "a number such as 1,234.50"),
        ("0,123", "a number such as 1,234.50"),
        ("1,234,56", "a number such as 1,234.50"),
        ("1,2,345", "a number such as 1,234.50"),
        ("1 23", "a number such as 1,234.50"),
        ("1.234.567", "a number such as 1,234.50"),
        ("1,234'567", "a number such as 1,234.50"),
        ("--5", "a number with one sign"),
        ("-5-", "a number with one sign"),
        ("(-5)", "a number with one sign"),
        ("(5", "a number"),
        ("€5 USD", "a number"),
        ("5 apples", "a number"),
        ("5²", "a number"),
        ("1½", "a number"),
        ("=1+1", "a number"),
        ("5:30", "a number"),
        ("2026-03-29", "a number"),
        ("12.-", "a number"),
        ("Total", "a number"),
        ("1" * 70, "a number"),
        ("inf", "a number"),
    ],
)
def test_what_is_no_exact_number_breaks_a_rule(cell: str, rule: str) -> None:
    assert rule_of(cell) == rule


def test_a_group_that_nobody_has_seen_the_meaning_of_is_refused() -> None:
    assert rule_of("1,234", PLAIN) == "a number such as 1234.50"
    assert exact("1 234", PLAIN, whole=True) == 1234


def test_counts_are_whole_and_no_money() -> None:
    assert exact("1,234", POINT, whole=True) == 1234
    assert exact("1234.00", POINT, whole=True) == 1234
    assert exact("1.2E+05", POINT, whole=True) == 120_000
    assert exact("-3", POINT, whole=True) == -3
    assert rule_of("12.5", whole=True) == A_WHOLE_NUMBER
    assert rule_of("$12", whole=True) == NOT_MONEY


def test_the_currency_of_a_cell_is_known_by_its_sign() -> None:
    assert unit_of("12,50 €") == {"EUR"}
    assert unit_of("CHF 1'234.50") == {"CHF"}
    assert {"USD", "CAD"} <= unit_of("$5")
    assert unit_of("5") == unit_of("five") == frozenset()


def test_a_number_that_a_spreadsheet_may_have_rounded_is_known() -> None:
    assert is_scientific("1.23E+05")
    assert not is_scientific("123456")
    assert not is_scientific("Essen 1")


@given(st.data(), amounts, styles)
def test_any_amount_in_any_style_reads_back_exactly(
    data: st.DataObject, amount: Decimal, style: NumberStyle
) -> None:
    assert exact(data.draw(written(amount, style)), style, whole=False) == millions(amount)


@given(st.data(), st.integers(-(10**12), 10**12), styles)
def test_any_count_in_any_style_reads_back_exactly(
    data: st.DataObject, count: int, style: NumberStyle
) -> None:
    cell = data.draw(written(Decimal(count), style, money=False))
    assert exact(cell, style, whole=True) == count


@given(st.text("0123456789.,'- +()%$€eEkr", max_size=14), styles)
@settings(max_examples=1500)
@example("1,23,4", POINT)
@example("1.2e-3-", POINT)
@example("kr.5", POINT)
@example(".0000001", POINT)
def test_junk_reads_as_what_its_digits_say_or_not_at_all(text: str, style: NumberStyle) -> None:
    try:
        amount = exact(text, style, whole=False)
    except BadCell:
        return
    if amount is not None:
        slow = read_slowly(text, style)
        assert slow is not None
        rounded = (slow * 10**6).to_integral_value()  # half to even, as more than six decimals are
        assert abs(rounded - amount) <= abs(slow) * Decimal(2) ** -30


@given(st.text(max_size=20))
def test_any_text_is_a_number_or_missing_or_refused(text: str) -> None:
    try:
        amount = exact(text, POINT, whole=False)
    except BadCell:
        return
    assert amount is None or any(each.isdecimal() for each in text)


@pytest.mark.parametrize(
    ("cell", "amount"),
    [
        ("12.345678912", 12_345_679),
        ("0.1234567", 123_457),
        ("0.3333333333333333", 333_333),
        ("0.12345650", 123_456),  # a half goes to the even neighbour
        ("0.1234575", 123_458),
        ("-0.1234575", -123_458),
        ("1,234.12345678", 1_234_123_457),
        ("1e-7", 0),
    ],
)
def test_an_amount_beyond_millionths_is_rounded_half_to_even_and_known_to_be(cell: str, amount: int) -> None:
    assert worth(cell, POINT, whole=False) == (amount, True)


@pytest.mark.parametrize("cell", ["12.350000000000001", "1.429999948", "12.3456780000", "12.5", "1.5e3", "7"])
def test_what_is_exact_or_a_programs_noise_is_not_called_rounded(cell: str) -> None:
    assert not worth(cell, POINT, whole=False).is_rounded


@pytest.mark.parametrize("cell", ["11.9999999999", "0.0000001", "12.345678912"])
def test_a_count_is_never_rounded(cell: str) -> None:
    with pytest.raises(BadCell, match="a whole number"):
        exact(cell, POINT, whole=True)
