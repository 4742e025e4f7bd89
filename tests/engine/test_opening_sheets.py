"""An XLSX becomes plain text: row n of the sheet is line n, and nothing that is there reads as empty."""

import csv
import io
import re
import zipfile
from collections.abc import Callable, Sequence
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from openpyxl.worksheet.worksheet import Worksheet

from engine.errors import Fault, Refused
from engine.intake.dialect import dialect
from engine.intake.opening import opened
from engine.models.export import Warned

HEADER = ("Day", "Campaign name", "Spend", "Impressions")
ROW = (date(2026, 3, 1), "spring-sale", 12.5, 1000)


def book(
    path: Path, *sheets: tuple[str, Sequence[Sequence[Any]]], change: Callable[[Any], None] | None = None
) -> Path:
    """Write a workbook of named sheets."""
    made = openpyxl.Workbook()
    made.remove(made.worksheets[0])
    for title, rows in sheets:
        sheet = made.create_sheet(title)
        for row in rows:
            sheet.append(row)
    if change:
        change(made)
    made.save(path)
    return path


def lines_of(path: Path) -> list[str]:
    with opened(path, path.name) as found:
        assert found.kind == "xlsx"
        return found.path.read_text().split("\n")[:-1]


def fault_of(path: Path) -> Fault:
    with pytest.raises(Refused) as refusal, opened(path, path.name):
        pass
    return refusal.value.faults[0]


def changed(path: Path, part: str, change: Callable[[str], str]) -> Path:
    """Write one part of a workbook anew."""
    made = io.BytesIO()
    with zipfile.ZipFile(path) as old, zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as new:
        for info in old.infolist():
            content = old.read(info)
            new.writestr(info.filename, change(content.decode()) if info.filename == part else content)
    path.write_bytes(made.getvalue())
    return path


def test_cells_become_text_with_points_and_iso_days(tmp_path: Path) -> None:
    values = (
        date(2026, 3, 1), datetime.fromisoformat("2026-03-01 14:05:09"),
        time(4, 5), timedelta(days=1, hours=2), True, 12, 0.1 + 0.2, 1e-7, -5.25,
        23845678901234567, "two\nlines", 'with "quotes", comma', 0,
    )  # fmt: skip
    path = book(tmp_path / "a.xlsx", ("Data", [[f"c{at}" for at in range(len(values))], values]))
    assert lines_of(path)[1] == (
        '2026-03-01,2026-03-01 14:05:09,04:05:00,"1 day, 2:00:00",true,12,0.3,0.0000001,-5.25,'
        '23845678901234568,two lines,"with ""quotes"", comma",0'
    )


def test_numbers_are_typed_and_texts_that_could_be_either_are_not(tmp_path: Path) -> None:
    def is_typed(*row: object) -> bool:
        with opened(book(tmp_path / "a.xlsx", ("Data", [HEADER, row])), "a.xlsx") as found:
            return found.is_typed

    assert is_typed(*ROW)
    assert is_typed("2026-03-01", "sale 2", 1.5, 2)
    assert not is_typed("2026-03-01", "sale", "1.234,50", 2)
    assert not is_typed("2026-03-01", "sale", "1.234", 2)


def test_ids_that_excel_rounded_are_told(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ("Data", [HEADER, ("1", 23845678901234567, 5, 6)]))
    with opened(path, "a.xlsx") as found:
        assert [each.code for each in found.warnings] == ["rounded"]


def test_a_percent_is_a_share(tmp_path: Path) -> None:
    def shown_as_percent(made: Any) -> None:
        made.worksheets[0]["C2"].number_format = "0.00%"

    path = book(
        tmp_path / "a.xlsx",
        ("Data", [("Day", "Campaign", "CTR"), ("1", "a", 0.0495)]),
        change=shown_as_percent,
    )
    assert lines_of(path)[1] == "1,a,0.0495"


def test_days_count_from_1904_where_the_workbook_says_so(tmp_path: Path) -> None:
    def on_a_mac(made: Any) -> None:
        made.epoch = openpyxl.utils.datetime.CALENDAR_MAC_1904

    path = book(tmp_path / "a.xlsx", ("Data", [HEADER, ROW]), change=on_a_mac)
    assert lines_of(path)[1].startswith("2026-03-01,")


def test_row_n_of_the_sheet_is_line_n_wherever_the_table_begins(tmp_path: Path) -> None:
    def placed(made: Any) -> None:
        sheet: Worksheet = made.worksheets[0]
        sheet["B2"] = "Campaign report"
        sheet.merge_cells("B2:E2")
        for column, (name, value) in enumerate(zip(HEADER, ROW, strict=True), 2):
            sheet.cell(5, column, name)
            sheet.cell(7, column, value)

    path = book(tmp_path / "a.xlsx", ("Data", []), change=placed)
    assert lines_of(path) == [
        "", "Campaign report,,,", "", "", "Day,Campaign name,Spend,Impressions", "",
        "2026-03-01,spring-sale,12.5,1000",
    ]  # fmt: skip
    with opened(path, "a.xlsx") as found:
        table = dialect(found)
    assert (table.header, table.first, table.names, table.preface) == (5, 6, HEADER, ("Campaign report",))


def test_columns_that_are_empty_to_the_end_are_none(tmp_path: Path) -> None:
    def formatted(made: Any) -> None:
        made.worksheets[0]["Z1"].number_format = "0.00"
        made.worksheets[0]["Z9"].number_format = "0.00"

    assert lines_of(book(tmp_path / "a.xlsx", ("Data", [HEADER, ROW]), change=formatted))[0].count(",") == 3


def test_an_error_in_a_cell_is_told_not_taken_for_nothing(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ("Data", [HEADER, (date(2026, 3, 1), "a", "#DIV/0!", 5)]))
    assert lines_of(path)[1] == "2026-03-01,a,#DIV/0!,5"


def test_a_formula_counts_by_its_value_and_without_one_it_is_told(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ("Data", [HEADER, (date(2026, 3, 1), "a", "=1+2", 5)]))
    assert lines_of(path)[1] == "2026-03-01,a,formula without a value,5"
    part = "xl/worksheets/sheet1.xml"
    counted = changed(path, part, lambda text: re.sub(r"(</f>)<v ?/?>(</v>)?", r"\1<v>3</v>", text))
    assert lines_of(counted)[1] == "2026-03-01,a,3,5"
    failed = changed(
        path, part, lambda text: text.replace("<v>3</v>", "<v>#REF!</v>").replace('r="C2"', 'r="C2" t="e"')
    )
    assert lines_of(failed)[1] == "2026-03-01,a,#REF!,5"


def test_a_name_merged_over_rows_stands_in_each_and_a_number_once(tmp_path: Path) -> None:
    def merged(made: Any) -> None:
        made.worksheets[0].merge_cells("B2:B3")
        made.worksheets[0].merge_cells("C2:C3")

    rows = [HEADER, ROW, (date(2026, 3, 2), None, None, 7)]
    path = book(tmp_path / "a.xlsx", ("Data", rows), change=merged)
    assert lines_of(path)[2] == "2026-03-02,spring-sale,,7"


# Which sheet


def test_the_sheet_with_the_table_is_found_and_named(tmp_path: Path) -> None:
    notes = [("About this report",), ("Made by", "the agency"), ("Version", "2")]
    path = book(tmp_path / "a.xlsx", ("Notes", notes), ("Data", [HEADER, ROW]), ("Empty", []))
    with opened(path, "a.xlsx") as found:
        assert found.path.read_text().startswith("Day,")
        assert found.warnings == (
            Warned(code="sheet", text="I read the sheet 'Data' of 2; no other holds such a table."),
        )


def test_one_sheet_needs_no_word(tmp_path: Path) -> None:
    with opened(book(tmp_path / "a.xlsx", ("Data", [HEADER, ROW]), ("Sheet2", [])), "a.xlsx") as found:
        assert found.warnings == ()


def test_two_sheets_with_tables_are_refused_by_name(tmp_path: Path) -> None:
    fault = fault_of(book(tmp_path / "a.xlsx", ("Campaigns", [HEADER, ROW]), ("Ad sets", [HEADER, ROW])))
    assert (fault.field, fault.value) == ("sheets", "tables on Campaigns and Ad sets")
    assert fault.rule == "one table: save the sheet you mean as CSV"


def test_two_tables_on_one_sheet_are_refused_by_row(tmp_path: Path) -> None:
    rows = [HEADER, ROW, (), ("Day", "Ad set name", "Spend", "Impressions"), ROW]
    fault = fault_of(book(tmp_path / "a.xlsx", ("Data", rows)))
    assert (fault.value, fault.line) == ("tables from row 1 and from row 4 on", 4)


def test_a_hidden_sheet_holds_no_table(tmp_path: Path) -> None:
    def hidden(made: Any) -> None:
        made["Old"].sheet_state = "hidden"

    path = book(tmp_path / "a.xlsx", ("Data", [HEADER, ROW]), ("Old", [HEADER, ROW]), change=hidden)
    assert len(lines_of(path)) == 2


def test_sheets_without_a_table_are_refused(tmp_path: Path) -> None:
    assert (
        fault_of(book(tmp_path / "a.xlsx", ("Data", [("only", "a header")]))).value == "no table on any sheet"
    )


@pytest.mark.parametrize(
    ("part", "told"),
    [
        ("content.xml", "an OpenDocument or similar file"),
        ("Index/Document.iwa", "a Numbers file"),
        ("word/document.xml", "a Word document"),
        ("xl/workbook.bin", "a binary Excel file (.xlsb)"),
    ],
)
def test_other_programs_files_are_told_apart(tmp_path: Path, part: str, told: str) -> None:
    path = tmp_path / "a.xlsx"
    with zipfile.ZipFile(path, "w") as made:
        made.writestr("mimetype" if part == "content.xml" else part, "x")
        made.writestr(part + "2", "x")
    assert fault_of(path).value == told


def test_a_cell_far_away_makes_no_sheet_of_billions(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ("Data", [HEADER, ROW]))
    part = "xl/worksheets/sheet1.xml"
    far = '<row><c r="XFD1048576"><v>1</v></c></row></sheetData>'
    fault = fault_of(changed(path, part, lambda text: text.replace("</sheetData>", far)))
    assert fault.value.startswith("a sheet of 1,048,57")
    assert fault.rule.startswith("at most 2,000,000 cells")


def test_a_part_that_says_a_smaller_size_than_it_has_is_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ("Data", [HEADER, ROW]))
    packed = bytearray(path.read_bytes())
    at = packed.find(b"PK\x01\x02")
    while packed[at + 46 : at + 49] != b"xl/":
        at = packed.find(b"PK\x01\x02", at + 1)
    packed[at + 24 : at + 28] = (5).to_bytes(4, "little")
    path.write_bytes(packed)
    assert fault_of(path).value == "a zip that unpacks to more than it says"


def test_definitions_in_xml_are_refused(tmp_path: Path) -> None:
    path = book(tmp_path / "a.xlsx", ("Data", [HEADER, ROW]))
    bomb = '<!DOCTYPE x [<!ENTITY a "aaaa">]>'
    fault = fault_of(changed(path, "xl/workbook.xml", lambda text: bomb + text))
    assert fault.value == "XML with definitions of its own"


@pytest.mark.parametrize("keep", [0.1, 0.5, 0.9, 0.999])
def test_a_workbook_that_is_cut_off_is_refused(tmp_path: Path, keep: float) -> None:
    path = book(tmp_path / "a.xlsx", ("Data", [HEADER, ROW]))
    content = path.read_bytes()
    path.write_bytes(content[: int(len(content) * keep)])
    assert fault_of(path).value == "a zip that is cut off"


@settings(max_examples=30, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    cells=st.lists(
        st.tuples(
            st.dates(date(2000, 1, 1), date(2090, 1, 1)),
            st.text(st.characters(exclude_categories=("C", "Z")), min_size=1, max_size=12).filter(
                lambda name: name[0] not in "=#"  # those would be formulas and errors
            ),
            st.decimals(0, 10**9, places=2),
            st.integers(0, 10**12),
        ),
        min_size=1,
        max_size=8,
    )
)
def test_any_cells_come_back_exactly(tmp_path: Path, cells: list[tuple[date, str, Decimal, int]]) -> None:
    path = book(tmp_path / "any.xlsx", ("Data", [HEADER, *cells]))
    with opened(path, "any.xlsx") as found:
        rows = list(csv.reader(io.StringIO(found.path.read_text(), newline="")))[1:]
    made = [(date.fromisoformat(day), name, Decimal(spend), int(seen)) for day, name, spend, seen in rows]
    assert made == [(day, name, spend, seen) for day, name, spend, seen in cells]
