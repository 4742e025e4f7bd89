"""What is read as plain digits, eight at once, is what ``exact`` reads one by one; the rest is left to it."""

from decimal import Decimal
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from engine.intake.digits import plain, tail
from engine.intake.grid import Cells
from engine.intake.numbers import UNSEEN, BadCell, NumberStyle, exact
from engine.intake.reading import Reading
from engine.intake.sums import sums

STYLES = [
    NumberStyle(".", ","),
    NumberStyle(",", "."),
    NumberStyle("."),
    NumberStyle(","),
    NumberStyle(UNSEEN),
]
styles = st.sampled_from(STYLES)
anything = st.text("0123456789.,-$' eE", max_size=20)
numbers = st.builds(
    lambda value, decimals, mark, group: f"{value:,.{decimals}f}".translate(
        {ord("."): mark, ord(","): group}
    ),
    st.decimals(0, 10**13, places=7) | st.decimals(0, 10**4, places=3),
    st.integers(0, 7),
    st.sampled_from(".,"),
    st.sampled_from(["", ",", ".", " "]),
)


def _exact(text: str, style: NumberStyle, *, whole: bool) -> int | str | None:
    try:
        return exact(text, style, whole=whole)
    except BadCell as bad:
        return bad.rule


def _read(texts: list[str], style: NumberStyle, *, whole: bool) -> list[int | None]:
    """Read cells that stand side by side, as they do in a file; ``None`` where one is not plain."""
    around = bytes(512)
    buffer = bytearray(around + ";".join(texts).encode() + around)
    ends = np.cumsum([len(each) + 1 for each in texts]) + 511
    starts = ends - [len(each) for each in texts]
    read = plain(tail(buffer, Cells(starts, ends)), style, whole=whole)
    is_plain = [True] * len(texts) if read.is_plain is None else read.is_plain.tolist()
    return [value if ok else None for value, ok in zip(read.values.tolist(), is_plain, strict=True)]


@settings(max_examples=500, deadline=None)
@given(st.lists(anything | numbers, min_size=1, max_size=30), styles, st.booleans())
def test_what_is_plain_is_what_exact_reads(texts: list[str], style: NumberStyle, whole: bool) -> None:
    for text, value in zip(texts, _read(texts, style, whole=whole), strict=True):
        assert value is None or value == _exact(text, style, whole=whole), text


@given(st.integers(0, 6), st.lists(st.decimals(0, 9, places=6), min_size=1), styles, st.booleans())
def test_a_column_of_one_length_is_what_exact_reads(
    decimals: int, values: list[Decimal], style: NumberStyle, whole: bool
) -> None:
    texts = [f"{value:.{decimals}f}" for value in values]
    for text, value in zip(texts, _read(texts, style, whole=whole), strict=True):
        assert value is None or value == _exact(text, style, whole=whole), text


@pytest.mark.parametrize("style", STYLES)
@pytest.mark.parametrize(
    "value", ["0", "7", "1234", "12.3", "0.01", "1234.50", "123456.78", "999999999999", "0.000001"]
)
def test_usual_cells_are_plain(style: NumberStyle, value: str) -> None:
    if style.decimal == UNSEEN and "." in value:
        return
    written = value.replace(".", style.decimal)
    assert _read([written], style, whole=False) == [_exact(written, style, whole=False)]


@pytest.mark.parametrize(("text", "value"), [("1,234", 1234), ("12,345", 12345), ("1,234,567", 1234567)])
def test_usual_thousands_are_plain(text: str, value: int) -> None:
    assert _read([text], NumberStyle(".", ","), whole=True) == [value]
    assert _read([text.replace(",", ".")], NumberStyle(",", "."), whole=True) == [value]


@settings(max_examples=100, deadline=None)
@given(cells=st.lists(anything | numbers, min_size=1, max_size=30), style=styles)
def test_a_file_s_sum_is_that_of_its_cells_whatever_they_are(
    tmp_path_factory: pytest.TempPathFactory, cells: list[str], style: NumberStyle
) -> None:
    path: Path = tmp_path_factory.mktemp("cells") / "export.csv"
    path.write_text("".join(f"x;{cell}\n" for cell in cells), encoding="utf-8")
    reading = Reading(0, ";", '"', 1, 2, (0,), {"spend": 1}, style)
    firm = reading._replace(rules=reading.rules._replace(firm=True))
    values = [_exact(cell, style, whole=False) for cell in cells]
    taken = [each for each in values if isinstance(each, int) and each >= 0]
    made = sums(path, firm)
    assert sum(each.numbers[2] or 0 for each in made.groups) == sum(taken)
    assert made.rejections == sum(isinstance(each, str) or (each or 0) < 0 for each in values)
    assert made.rows + made.rejections == len(cells)
