"""The file of refused rows: whole, and no cell of it acts in a spreadsheet."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st
from test_exported import record, scan

from bot.rejects import rejects_file, safe
from engine.models.export import Rejected


def rows(*rejects: Rejected, rejected: int | None = None) -> list[list[str]]:
    found = record(scan=scan(rejects=rejects, rejected=rejected or len(rejects)))
    return list(csv.reader(io.StringIO(rejects_file(found).decode("utf-8-sig"), newline="")))


def test_each_refused_row_has_its_line_column_value_and_rule() -> None:
    told = rows(Rejected(line=17, column="Spend", value="−12.00", rule="not negative"), rejected=3)
    assert told == [
        ["Line", "Column", "Value", "Rule"],
        ["17", "Spend", "−12.00", "not negative"],
        ["", "", "", "and 2 more"],
    ]


@pytest.mark.parametrize(
    "cell",
    ["=1+1", "+1", "-cmd()", "@SUM(A1)", "\t=1", "\r=1", "  =1", "\n=1", " \n @x", "＝1", "-5-3", "\u00a0=1"],
)
def test_what_a_spreadsheet_would_take_for_a_formula_is_text(cell: str) -> None:
    assert safe(cell) == f"'{cell}"


@pytest.mark.parametrize("cell", ["-5", "-12.00", "-1,234.50", "12", "lamp-sale", "a=b", "", "5-3"])
def test_numbers_and_plain_words_stay_as_they_are(cell: str) -> None:
    assert safe(cell) == cell


@given(st.text(max_size=20))
def test_no_cell_begins_like_a_formula(cell: str) -> None:
    first = safe(cell).lstrip()[:1]
    number = cell.replace(",", "").replace(".", "").removeprefix("-")
    assert first not in {"=", "+", "@"}
    assert first != "-" or (number.isdecimal() and number.isascii())


@given(st.text(st.characters(exclude_categories=["Cs"]), max_size=30))
def test_every_value_comes_back_out_of_the_file(value: str) -> None:
    (_, (_, _, told, _)) = rows(Rejected(line=1, column="Spend", value=value, rule="a number"))
    assert told.removeprefix("'") == value.removeprefix("'")
