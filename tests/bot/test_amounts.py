"""Amounts of several currencies, as people type them in their own number format."""

from decimal import Decimal

import pytest

from bot.amounts import EXAMPLES, BadAmounts, read_amounts, write_amounts
from engine.models.preference import Amounts
from engine.narrate.formats import Formats, Separators

BOTH = Amounts(of=(("EUR", Decimal(3000)), ("USD", Decimal(3500))))


@pytest.mark.parametrize("separators", list(EXAMPLES))
def test_what_is_written_is_read_again_as_the_same(separators: Separators) -> None:
    assert read_amounts(EXAMPLES[separators], separators) == BOTH
    broken = Amounts(of=(("KWD", Decimal("0.125")), ("EUR", Decimal("1234567.5"))))
    for amounts in (BOTH, broken, Amounts()):
        assert read_amounts(write_amounts(amounts, Formats(separators)), separators) == amounts


@pytest.mark.parametrize("typed", ["3000 EUR, 3500 USD", "3500usd,3000eur", " 3000 EUR ;3500 USD; "])
def test_order_spaces_and_case_do_not_matter(typed: str) -> None:
    assert read_amounts(typed, "1,234.50") == BOTH


@pytest.mark.parametrize(
    "typed",
    [
        "3000",
        "EUR",
        "EUR 3000",
        "1,5 EUR",
        "3.000,50 EUR",
        "-3 EUR",
        "1e5 EUR",
        "3 EURO",
        "3 EUR 4 USD",
        "NaN EUR",
    ],
)
def test_what_is_not_surely_an_amount_with_its_currency_is_refused(typed: str) -> None:
    with pytest.raises(BadAmounts, match="such as 3,000 EUR, 3,500 USD"):
        read_amounts(typed, "1,234.50")


@pytest.mark.parametrize(
    ("typed", "says"),
    [("1 EUR, 2 EUR", "EUR stands here twice"), ("0 EUR", "more than 0"), ("9" * 17 + " EUR", "16")],
)
def test_an_amount_that_says_nothing_or_two_things_is_refused(typed: str, says: str) -> None:
    with pytest.raises(BadAmounts, match=says):
        read_amounts(typed, "1,234.50")
