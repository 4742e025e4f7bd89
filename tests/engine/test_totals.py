"""Sums of an export: those of a plain loop over its rows, cent by cent; what is no row is told by line."""

import csv
import io
from collections import defaultdict
from decimal import Decimal
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.intake import totals as intake
from engine.intake.totals import NUMBERS, Refused, Shape, Total, Totals, totals

HEADS = ("day", "campaign", "ad_set", "creative", "placement", *NUMBERS)
COLUMNS = {name: place for place, name in enumerate(HEADS) if name != "placement"}
SHAPE = Shape(COLUMNS, len(HEADS))
ROW = ("2026-03-01", "spring-sale", "new-parents", "beach-video", "feed", "100", "7", "2", "12.34", "190.00")
LINE = ",".join(ROW)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a short file have many blocks, and halves that are cut again."""
    monkeypatch.setattr(intake, "BLOCK", 300)
    monkeypatch.setattr(intake, "SMALL", 100)


def _summed(path: Path, *rows: str, shape: Shape = SHAPE) -> Totals:
    lines = [",".join(HEADS), *rows] if shape.header else rows
    path.write_bytes(("\n".join(lines) + "\n").encode(shape.encoding))
    return totals(path, shape)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "export.csv"


names = st.sampled_from(
    ["spring-sale", "beach, video", 'a "quoted" name', "two\nlines", "Ünïcode ✓", "NA", "007", " edges "]
)
counts = st.integers(0, 10**7).map(str)
money = st.decimals(0, 10**6, places=2).map(str) | st.decimals(0, 10**3, places=6).map("{:f}".format)
wrong = st.sampled_from(["-1", "--", "", "nan", "inf", "1e400", "1,5", "0x1F", "12.3.4", "1_000", "٣"])
good_rows = st.tuples(st.just("2026-03-01"), names, names, names, names, counts, counts, money, money, money)


def _by_hand(rows: list[tuple[str, ...]]) -> dict[tuple[str, ...], list[Decimal]]:
    sums: dict[tuple[str, ...], list[Decimal]] = defaultdict(lambda: [Decimal(0)] * len(NUMBERS))
    for row in rows:
        day, campaign, ad_set, creative, _, *numbers = row
        key = (campaign, ad_set, creative, day)
        sums[key] = [a + Decimal(b) for a, b in zip(sums[key], numbers, strict=True)]
    return dict(sums)


def _told(made: Totals) -> dict[tuple[str, ...], list[Decimal]]:
    return {tuple(each[:4]): [Decimal(number) for number in each[4:]] for each in made}


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(good_rows, max_size=30),
    bad=st.dictionaries(st.integers(0, 29), st.tuples(st.integers(5, 9), wrong), max_size=3),
    written=st.tuples(
        st.sampled_from([",", ";", "\t"]),
        st.sampled_from(["utf-8", "utf-8-sig", "utf-16", "utf-16-le"]),
        st.sampled_from(["\n", "\r\n"]),
    ),
)
def test_the_sums_are_those_of_a_plain_loop_and_bad_rows_are_told_by_line(
    path: Path,
    rows: list[tuple[str, ...]],
    bad: dict[int, tuple[int, str]],
    written: tuple[str, str, str],
) -> None:
    delimiter, encoding, end = written
    text, good, lines = io.StringIO(newline=""), list[tuple[str, ...]](), list[int]()
    writer = csv.writer(text, delimiter=delimiter, lineterminator=end)
    writer.writerow(HEADS)
    for number, row in enumerate(rows):
        if number in bad:
            place, cell = bad[number]
            lines.append(text.getvalue().count("\n") + 1)
            writer.writerow([*row[:place], cell, *row[place + 1 :]])
        else:
            good.append(row)
            writer.writerow(row)
    path.write_bytes(text.getvalue().encode(encoding))
    made = totals(path, Shape(COLUMNS, len(HEADS), encoding=encoding, delimiter=delimiter))
    assert _told(made) == _by_hand(good)
    assert [each.line for each in made.rejected] == lines
    assert made.rows == len(made) == 0 or made.rows == len(good)


def test_a_million_cents_are_ten_thousand(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "BLOCK", 1 << 20)
    cent = ",".join([*ROW[:8], "0.01", "0.10"])
    (total,) = _summed(path, *[cent] * 100_000)
    assert total.spend == Decimal(1_000)
    assert total.revenue == Decimal(10_000)
    assert total.impressions == 10_000_000


REASONS = {
    "-1": "spend is “-1”, which is negative",
    "--": "spend is “--”, which is no number",
    "": "spend is “”, which is no number",
    "0.0000001": "spend is “0.0000001”, which has more than six decimals",
    "1e17": "spend is “1e17”, which is too large to be true",
}


@pytest.mark.parametrize(("cell", "reason"), REASONS.items())
def test_a_row_is_rejected_by_line_and_reason_and_the_others_count(
    path: Path, cell: str, reason: str
) -> None:
    bad = ",".join([*ROW[:8], cell, ROW[9]])
    made = _summed(path, *[LINE] * 20, bad, *[LINE] * 20)
    assert made.rejected == [(22, reason)]
    (total,) = made
    assert total == Total("spring-sale", "new-parents", "beach-video", "2026-03-01", 4_000, 280,
                          Decimal(80), Decimal("493.60"), Decimal(7_600))  # fmt: skip


def test_half_a_click_is_none_and_half_a_conversion_is(path: Path) -> None:
    half_click, half_conversion = (
        ",".join([*ROW[:6], *cells, *ROW[8:]]) for cells in (("7.5", "2"), ("7", "2.5"))
    )
    made = _summed(path, half_click, half_conversion)
    assert [each.reason for each in made.rejected] == ["clicks is “7.5”, which is not whole"]
    assert [each.conversions for each in made] == [Decimal("2.5")]


def test_a_row_that_is_too_wide_or_too_short_or_nobody_s_is_rejected(path: Path) -> None:
    nobody = ",".join([ROW[0], "", *ROW[2:]])
    made = _summed(path, LINE, f"{LINE},more", LINE, "2026-03-01,spring-sale", f"{LINE},", nobody, "", LINE)
    assert [(each.line, each.reason) for each in made.rejected] == [
        (3, "11 cells instead of 10"),
        (5, "impressions is “”, which is no number"),
        (7, "no campaign"),
    ]
    assert made.rows == 4


@pytest.mark.parametrize(
    ("decimal", "thousands", "cells", "sums"),
    [
        (",", ".", ("1.234", "1.234,50"), (1234, "1234.50")),
        (",", "", ("1234", "1234,50"), (1234, "1234.50")),
        (".", ",", ("1,234", "1,234.50"), (1234, "1234.50")),
        (".", "\u202f", ("1\u202f234", "1234.5"), (1234, "1234.50")),
    ],
)
def test_numbers_are_read_as_they_are_written(
    path: Path, decimal: str, thousands: str, cells: tuple[str, str], sums: tuple[int, str]
) -> None:
    shape = SHAPE._replace(decimal=decimal, thousands=thousands, delimiter=";")
    row = ";".join([*ROW[:5], cells[0], "1", "1", cells[1], "0"])
    made = _summed(path, row, shape=shape)
    assert [(each.impressions, each.spend) for each in made] == [(sums[0], Decimal(sums[1]))]


def test_thousands_that_are_not_in_threes_are_no_number(path: Path) -> None:
    shape = SHAPE._replace(thousands=",", delimiter=";")
    rows = [";".join([*ROW[:5], cell, "1", "1", "1", "0"]) for cell in ("1,23", "1234,567", ",123")]
    made = _summed(path, *rows, shape=shape)
    assert [each.line for each in made.rejected] == [2, 3, 4]


def test_a_point_is_no_number_where_decimals_are_written_with_a_comma(path: Path) -> None:
    shape = SHAPE._replace(decimal=",", delimiter=";")
    made = _summed(path, ";".join([*ROW[:5], "100", "7", "2", "12.34", "190,00"]), shape=shape)
    assert made.rejections == 1


def test_what_stands_before_the_header_is_not_read_and_the_lines_count_from_the_top(path: Path) -> None:
    made = _summed(path, "Report", "", ",".join(HEADS), LINE, LINE.replace("100", "?"),
                   shape=SHAPE._replace(header=4))  # fmt: skip
    assert made.rows == 1
    assert made.rejected[0].line == 6


def test_a_file_without_creatives_and_revenue_has_them_empty(path: Path) -> None:
    columns = {name: place for name, place in COLUMNS.items() if name not in {"creative", "revenue"}}
    (total,) = _summed(path, LINE, LINE, shape=SHAPE._replace(columns=columns))
    assert (total.creative, total.revenue, total.spend) == ("", 0, Decimal("24.68"))


def test_a_quote_that_is_a_sign_for_inches_swallows_nothing(path: Path) -> None:
    inches = LINE.replace("feed", 'tv 5"')
    made = _summed(path, *[LINE, inches, LINE] * 10)
    assert (made.rows, made.rejections) == (30, 0)


def test_a_quote_that_is_never_closed_is_refused(path: Path) -> None:
    with pytest.raises(Refused, match="from line 2 on a quoted cell is not closed"):
        _summed(path, LINE.replace("feed", '"feed'), LINE)


def test_more_rejections_than_one_can_read_are_counted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "TOLD", 3)
    made = _summed(path, *[LINE.replace("100", "?")] * 10)
    assert (len(made.rejected), made.rejections, made.rows) == (3, 10, 0)


def test_a_line_without_an_end_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "LONGEST_LINE", 500)
    with pytest.raises(Refused, match="line 3 is longer than 500 bytes"):
        _summed(path, LINE, "x" * 2_000)


def test_more_names_than_fit_are_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(intake.BITS, "campaign", 2)
    with pytest.raises(Refused, match="more than 4 different values of campaign"):
        _summed(path, *(LINE.replace("spring", f"spring-{number}") for number in range(5)))


def test_an_empty_file_has_no_groups(path: Path) -> None:
    path.write_bytes(b"")
    assert list(totals(path, SHAPE)) == []
    assert list(_summed(path)) == []
