"""Numbers as people type them, in the separators of their team; what is doubtful is no number."""

from decimal import Decimal
from typing import cast

import pytest
from hypothesis import given
from hypothesis import strategies as st

from bot.numbers import read_number
from bot.settings import FORMATS
from engine.narrate.formats import Formats, Separators

ALL = cast("tuple[Separators, ...]", FORMATS)
AMOUNTS = st.integers(0, 10**12).map(lambda cents: Decimal(cents).scaleb(-2))


@pytest.mark.parametrize("separators", ALL)
@given(AMOUNTS)
def test_what_marko_writes_he_reads_back(separators: Separators, amount: Decimal) -> None:
    assert read_number(Formats(separators).number(amount, 2), separators) == amount


@pytest.mark.parametrize("separators", ALL)
@given(st.integers(0, 10**12))
def test_plain_digits_are_read_in_every_format(separators: Separators, whole: int) -> None:
    assert read_number(f" {whole} ", separators) == whole


@pytest.mark.parametrize(
    ("typed", "separators"),
    [
        ("1,5", "1,234.50"),
        ("12,34", "1,234.50"),
        ("1,2345", "1,234.50"),
        ("1.234,50", "1,234.50"),
        ("1.5", "1.234,50"),
        ("1,234.50", "1.234,50"),
        ("1 5", "1 234,50"),
        ("1.5", "1 234,50"),
        ("", "1,234.50"),
        ("much", "1,234.50"),
        ("-5", "1,234.50"),
        ("1e9", "1,234.50"),
        ("NaN", "1,234.50"),
        ("1,234.", "1,234.50"),
        (".5", "1,234.50"),
        ("40 EUR", "1,234.50"),
        ("1\n234,50", "1 234,50"),
    ],
)
def test_what_is_not_surely_a_number_is_none(typed: str, separators: Separators) -> None:
    assert read_number(typed, separators) is None


@given(st.text(max_size=20), st.sampled_from(ALL))
def test_any_text_is_a_finite_number_or_none(typed: str, separators: Separators) -> None:
    found = read_number(typed, separators)
    assert found is None or (found.is_finite() and found >= 0)
