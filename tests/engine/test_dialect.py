"""Delimiter, quotes, header and notes are told from what is there; of two equal ways none is guessed."""

import csv
import io
from pathlib import Path
from typing import Literal

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st
from shared_data import shared_file

from engine.errors import Fault, Refused
from engine.intake.dialect import HEAD, MOST_COLUMNS, Dialect, dialect
from engine.intake.opening import opened

NAMES = ("Day", "Campaign name", "Spend", "Impressions")


def put(folder: Path, text: str | bytes) -> Path:
    path = folder / "export.csv"
    path.write_bytes(text if isinstance(text, bytes) else text.encode())
    return path


def dialect_of(folder: Path, text: str | bytes) -> Dialect:
    with opened(put(folder, text), "export.csv") as found:
        return dialect(found)


def unknown_of(folder: Path, text: str | bytes) -> Dialect:
    """The same without knowing any name, as with a language that nobody taught us."""
    with opened(put(folder, text), "export.csv") as found:
        return dialect(found, lambda _: False)


def fault_of(folder: Path, text: str | bytes, *, known: bool = True) -> Fault:
    with pytest.raises(Refused) as refusal:
        (dialect_of if known else unknown_of)(folder, text)
    return refusal.value.faults[0]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_each_delimiter_is_told_by_the_names_it_divides(tmp_path: Path, delimiter: str) -> None:
    rows = [NAMES, ("2026-03-01", "a", "1", "2"), ("2026-03-02", "b", "3", "4")]
    text = "".join(delimiter.join(row) + "\n" for row in rows)
    assert dialect_of(tmp_path, text) == Dialect(delimiter, '"', 1, 2, 4, NAMES, (), frozenset())
    assert unknown_of(tmp_path, text).delimiter == delimiter


def test_other_delimiters_within_cells_divide_nothing(tmp_path: Path) -> None:
    found = dialect_of(
        tmp_path, "Day;Campaign name;Spend\n1;Leads, directors | DE;1,50\n2;Brand, new | AT;2,75\n"
    )
    assert (found.delimiter, found.width) == (";", 3)


def test_the_delimiter_that_the_first_line_names_is_taken(tmp_path: Path) -> None:
    for sign in (";", "|", "^"):
        found = dialect_of(
            tmp_path, f"sep={sign}\r\nDay{sign}Campaign name{sign}Spend\r\n1{sign}a, b{sign}5\r\n"
        )
        assert (found.delimiter, found.header, found.first, found.preface) == (sign, 2, 3, ())


def test_single_quotes_are_quotes_where_they_hold_cells(tmp_path: Path) -> None:
    found = dialect_of(tmp_path, "'Day','Campaign name','Spend'\n'1','Leads, directors','5'\n")
    assert (found.quote, found.names) == ("'", ("Day", "Campaign name", "Spend"))
    plain = dialect_of(tmp_path, "Day,Campaign name,Spend\n1,'90s Hits,5\n2,Rock 'n' Roll,6\n")
    assert plain.quote == '"'


def test_line_breaks_within_the_header_move_the_first_row(tmp_path: Path) -> None:
    found = dialect_of(tmp_path, 'Day,"Campaign\nname","Spend\r\n(EUR)"\n1,"two\nlines",5\n')
    assert (found.header, found.first, found.names[1]) == (1, 4, "Campaign\nname")


def test_repeated_and_empty_names_stay_as_they_are(tmp_path: Path) -> None:
    found = dialect_of(tmp_path, ",Day,Campaign name, Spend ,Spend,\n1,2026-03-01,a,5,5,\n")
    assert found.names == ("", "Day", "Campaign name", " Spend ", "Spend", "")


def test_a_delimiter_at_the_end_of_rows_alone_is_no_column(tmp_path: Path) -> None:
    assert dialect_of(tmp_path, "Day,Campaign name,Spend\n1,a,5,\n2,b,6,\n").width == 3


# Above the table

GOOGLE = 'Campaign report\n"September 1, 2025 - September 3, 2025"\nDay,Campaign,Cost\n2025-09-01,a,5\n'
MICROSOFT = (
    '"Report Name: Campaigns, all"\n"Report Time: 8/1/2025 - 8/2/2025"\n"Rows: 2"\n\n'
    '"TimePeriod","CampaignName","Spend"\n"8/1/2025","a","5"\n"8/2/2025","b","6"\n\n'
    '"©2025 Microsoft Corporation. All rights reserved. "\n'
)


def test_title_and_range_are_the_preface(tmp_path: Path) -> None:
    found = dialect_of(tmp_path, GOOGLE)
    assert (found.header, found.first) == (3, 4)
    assert found.preface == ("Campaign report", "September 1, 2025 - September 3, 2025")


def test_a_range_without_quotes_is_one_text_of_the_preface(tmp_path: Path) -> None:
    assert dialect_of(tmp_path, GOOGLE.replace('"', "")).preface[1] == "September 1, 2025 - September 3, 2025"


def test_a_block_of_keys_above_and_a_copyright_below_are_no_rows(tmp_path: Path) -> None:
    found = dialect_of(tmp_path, MICROSOFT)
    assert (found.header, found.first, found.last) == (5, 6, frozenset({9}))
    assert found.preface == ("Report Name: Campaigns, all", "Report Time: 8/1/2025 - 8/2/2025", "Rows: 2")


def test_what_a_spreadsheet_padded_reads_alike(tmp_path: Path) -> None:
    padded = MICROSOFT.replace('"', "").replace("Campaigns, all", "Campaigns").split("\n")
    text = "".join(line + "," * (2 - line.count(",")) + "\r\n" for line in padded[:-1])
    found = dialect_of(tmp_path, text)
    assert (found.header, found.first, found.preface[2], found.last) == (5, 6, "Rows: 2", frozenset({9}))


def test_a_key_and_its_value_in_cells_of_their_own_are_one_text(tmp_path: Path) -> None:
    text = "Time zone\tEurope/Berlin\t\nDay\tCampaign name\tSpend\n1\ta\t5\n"
    assert dialect_of(tmp_path, text).preface == ("Time zone: Europe/Berlin",)


def test_a_long_preface_hides_no_header(tmp_path: Path) -> None:
    text = "".join(f"Filter {at}: a, b and {at}\n" for at in range(40)) + "\nDay,Campaign name,Spend\n1,a,5\n"
    assert dialect_of(tmp_path, text).header == 42


# Below the table


@pytest.mark.parametrize(
    "note",
    ["©2025 Microsoft Corporation, all rights reserved.", '"* Estimated metric, in development"',
     "Note: spend, net of tax",
     "Downloaded by the agency", "Hinweis: Werte, vorläufig"],
)  # fmt: skip
def test_notes_are_left_out_by_their_lines(tmp_path: Path, note: str) -> None:
    found = dialect_of(tmp_path, f"Day,Campaign name,Spend\n1,a,5\n\n{note}\n\n")
    assert found.last == frozenset({4})


@pytest.mark.parametrize(
    "row",
    [
        "Total,,5",
        '"Total: Account",,5',
        "2,b",
        '3,"a\nsecond line",7',
        '3,7,"a\nlast line"',
        "3,Note: sale,5",
    ],
)
def test_the_last_row_is_no_note(tmp_path: Path, row: str) -> None:
    assert dialect_of(tmp_path, f"Day,Campaign name,Spend\n1,a,5\n{row}\n").last == frozenset()


def test_notes_of_a_large_file_are_counted_from_its_beginning(tmp_path: Path) -> None:
    rows = "".join(f"2026-03-01,sale {at},{at}\n" for at in range(60_000))
    found = dialect_of(tmp_path, f"Day,Campaign name,Spend\n{rows}\n© the agency\n")
    assert len(rows) > HEAD
    assert found.last == frozenset({60_003})


# What is refused


def test_rows_wider_than_their_header_are_refused_with_the_first(tmp_path: Path) -> None:
    fault = fault_of(tmp_path, "Day,Campaign name,Spend\n1,a,5,50\n2,b,6,75\n")
    assert (fault.field, fault.value, fault.line) == ("row", "4 cells", 2)
    assert (
        fault.rule == "3 cells as in the header in line 1; decimal commas need quotes, or another delimiter"
    )


def test_two_delimiters_that_do_equally_well_are_refused(tmp_path: Path) -> None:
    fault = fault_of(tmp_path, "foo,bar;baz\nx,1;2\ny,3;4\n", known=False)
    assert fault.value == "comma and semicolon divide it equally well"


@pytest.mark.parametrize(
    "text", ["hello\nworld\n", "Just a sentence, or two.\n", "1,2,3\n4,5,6\n", "a\n\n\nb\n"]
)
def test_what_has_no_header_is_no_table(tmp_path: Path, text: str) -> None:
    with pytest.raises(Refused):
        dialect_of(tmp_path, text)


def test_more_columns_than_any_export_are_refused(tmp_path: Path) -> None:
    text = ",".join(f"name{at}" for at in range(MOST_COLUMNS + 1)) + "\n"
    assert fault_of(tmp_path, "Day,Campaign name," + text).value == f"{MOST_COLUMNS + 3:,} columns"


def test_a_second_table_below_is_refused(tmp_path: Path) -> None:
    text = "Day,Campaign name,Spend\n1,a,5\n\nDay,Ad set name,Spend\n1,b,5\n"
    fault = fault_of(tmp_path, text)
    assert (fault.value, fault.line) == ("a second header", 4)


def test_a_header_that_stands_there_twice_is_one_table(tmp_path: Path) -> None:
    assert (
        dialect_of(tmp_path, "Day,Campaign name,Spend\n1,a,5\nDay,Campaign name,Spend\n1,b,5\n").header == 1
    )


# Real files, and any table

HEADERS = {
    "kasparro_fb_ads_undergarments.csv": (1, 15),
    "kag_conversion_data.csv": (1, 11),
    "meta_native_gwwc_campaigns.csv": (1, 16),
    "meta_native_gwwc_adsets.csv": (1, 20),
    "google_native_campaign_report.csv": (3, 24),
    "global_ads_performance.csv": (1, 14),
    "ab_control_group.csv": (1, 10),
    "upworthy_ab_tests_dev.csv.gz": (1, 10),
    "layout_google_daily_cad.csv": (3, 9),
    "layout_meta_daily_total_row.csv": (1, 13),
    "layout_linkedin_campaign_performance.csv": (4, 15),
    "layout_tiktok_campaign.csv": (1, 16),
    "layout_microsoft_campaign_performance.csv": (9, 12),
}


@pytest.mark.parametrize("name", HEADERS)
def test_the_header_of_every_real_file_is_found_even_without_knowing_names(name: str) -> None:
    with opened(shared_file(f"data/{name}"), name) as found:
        for told in (dialect(found), dialect(found, lambda _: False)):
            assert (told.header, told.width) == HEADERS[name]
            assert (told.delimiter, told.quote) == (",", '"')
            assert told.last == (frozenset({13}) if "microsoft" in name else frozenset())


texts = st.text(st.sampled_from("abcZ äé0 9,;|\t\"'\n:-.€"), max_size=12)
tables = st.lists(st.tuples(texts, texts, texts, st.integers(0, 999).map(str)), min_size=1, max_size=12)


@settings(max_examples=300, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=tables,
    delimiter=st.sampled_from(",;\t|"),
    quoting=st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
    encoding=st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
    end=st.sampled_from(["\n", "\r\n"]),
    preface=st.sampled_from([(), ("Campaign report", "All time"), ("Report Name: x", "")]),
)
def test_any_table_in_any_dialect_comes_back_cell_by_cell(  # noqa: PLR0917  Hypothesis draws each
    tmp_path: Path,
    rows: list[tuple[str, str, str, str]],
    delimiter: str,
    quoting: Literal[0, 1],
    encoding: str,
    end: str,
    preface: tuple[str, ...],
) -> None:
    # A note of its own at the end is taken for one.
    assume(sum(1 for cell in rows[-1] if cell.strip()) > 1)
    out = io.StringIO(newline="")
    out.write("".join(line + end for line in preface))
    writer = csv.writer(out, delimiter=delimiter, quoting=quoting, lineterminator=end)
    writer.writerows([("Day", "Campaign name", "Ad set name", "Impressions"), *rows])
    path = tmp_path / "any.csv"
    path.write_bytes(out.getvalue().encode(encoding))
    with opened(path, "any.csv") as found:
        told = dialect(found)
        text = found.path.read_bytes()[found.start :].decode()
    assert (told.delimiter, told.quote, told.header) == (delimiter, '"', len(preface) + 1)
    below = text.split("\n", told.first - 1)[told.first - 1]
    made = [tuple(row) for row in csv.reader(io.StringIO(below, newline=""), delimiter=told.delimiter)]
    assert made == [tuple(row) for row in rows]
    assert told.last == frozenset()
