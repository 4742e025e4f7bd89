"""Promise 23: what Marko writes for spreadsheets is safe to open, and nothing is lost by it."""

import csv
import io

import pytest
from hypothesis import given
from hypothesis import strategies as st

from engine.intake.safe_cells import as_it_was, rejects_csv, safe, safe_csv
from engine.models.export import Rejected


@pytest.mark.parametrize(
    "text", ["5", "-5", "-5.2", "+3 %", "-5,2", "+3%", "-1,234.50", "−5", "spring-sale", "it's", ""]
)
def test_numbers_and_plain_texts_stay_as_they_are(text: str) -> None:
    assert safe(text) == text


@pytest.mark.parametrize(
    "text",
    [
        "=1+1", "+1+1", "-1+1", "-2+3+cmd|' /C calc'!A0", "@SUM(A1)", "\tx", "\rx", " =1", "\xa0=1",
        "\u202f=1", "\n=1", "\r\n=1", "\ufeff=1", "\u200b=1", "\x00=1", "＝1", "＠x", "- x", "-1 -2",
        "=-5", "'=1", "\t-5",
    ],
)  # fmt: skip
def test_a_cell_that_would_act_begins_with_an_apostrophe(text: str) -> None:
    assert safe(text).startswith("'")
    assert as_it_was(safe(text)) == text


@pytest.mark.parametrize(
    ("text", "written"),
    [
        ("a;=1", "a;'=1"),
        ('"=1', "\"'=1"),
        ("a,-5", "a,'-5"),
        ("-5,=1", "'-5,'=1"),
        ("a\t@x", "a\t'@x"),
        ("a\n=1", "a\n'=1"),
        ("a, 'b'", "a, ''b'"),
        ("'a", "''a"),
    ],
)
def test_what_another_spreadsheet_would_begin_a_cell_with_is_safe_too(text: str, written: str) -> None:
    assert safe(text) == written
    assert as_it_was(written) == text


def test_rejected_rows_are_a_table_that_spreadsheets_read() -> None:
    content = rejects_csv(
        [
            Rejected(line=17, column="Spend", value="-12.00", rule="not negative"),
            Rejected(line=88, column="=cmd", value='=HYPERLINK("x")', rule="≤ impressions (91)"),
        ]
    )
    assert content.startswith(b"\xef\xbb\xbfline,column,value,rule\r\n")
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"), newline="")))
    assert rows[1] == ["17", "Spend", "-12.00", "not negative"]
    assert rows[2] == ["88", "'=cmd", '\'=HYPERLINK("x")', "≤ impressions (91)"]


def test_half_a_surrogate_is_spelled_out() -> None:
    assert b"\\ud800" in safe_csv([["\ud800"]])


hostile = st.text("=+-@＝ \t\r\n,;|\"'5.%\xa0\u200bx", max_size=12) | st.text(max_size=12)


@given(hostile)
def test_every_text_can_be_told_from_what_was_written(text: str) -> None:
    assert as_it_was(safe(text)) == text


@given(st.lists(st.text("=+-@＝ \t\r\n,;|\"'5.%x", max_size=10), min_size=1, max_size=4))
def test_every_row_comes_back_as_it_was(row: list[str]) -> None:
    read = list(csv.reader(io.StringIO(safe_csv([row]).decode("utf-8-sig"), newline="")))
    assert [[as_it_was(cell) for cell in each] for each in read] == [row]
