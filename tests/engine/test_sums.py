"""Sums of an export: those of a plain loop over its rows, to the millionth; bad rows are told by line."""

import csv
import io
from collections import Counter
from decimal import Decimal
from pathlib import Path
from typing import Literal

import numpy as np
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from engine.errors import Refused
from engine.intake import blocks, groups, keys
from engine.intake import sums as intake
from engine.intake.numbers import NumberStyle
from engine.intake.reading import Contradiction, Group, Reading, Rejected, Rules
from engine.intake.sums import Summed, lines, sums
from engine.models.export import NUMBERS, WHOLE, Number

HEADS = ("day", "campaign", "ad_set", "creative", "placement", *NUMBERS)
PLACES = {name: place for place, name in enumerate(HEADS)}
POINT, COMMA = NumberStyle(".", ""), NumberStyle(",", "")
Quoting = Literal[0, 1]
READING = Reading(
    start=0, delimiter=",", quote='"', first=2, width=len(HEADS), keys=(1, 2, 3, 0),
    numbers={number: PLACES[number] for number in NUMBERS}, style=POINT,
)  # fmt: skip
NAMED = ("2026-03-01", "spring-sale", "new-parents", "beach-video", "feed")
ROW = (*NAMED, "100", "7", "12.34", "2", "190.00", "80")
LINE = ",".join(ROW)
KEY = ("spring-sale", "new-parents", "beach-video", "2026-03-01")
SUMS = (100, 7, 12_340_000, 2_000_000, 190_000_000, 80)


@pytest.fixture(autouse=True)
def _small_blocks(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a short file have many blocks."""
    monkeypatch.setattr(blocks, "BLOCK", 300)
    monkeypatch.setattr(blocks, "SOME", 100)


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "export.csv"


def _summed(path: Path, *rows: str, reading: Reading = READING, end: str = "\n") -> Summed:
    head = [reading.delimiter.join(HEADS)] * (reading.first - 1)
    path.write_bytes("".join(f"{each}{end}" for each in (*head, *rows)).encode())
    return sums(path, reading)


def _with(**cells: str) -> str:
    return ",".join(cells.get(head, cell) for head, cell in zip(HEADS, ROW, strict=True))


def _times(count: int, line: int = 2) -> Group:
    return Group(KEY, tuple(count * each for each in SUMS), count, line)


names = st.sampled_from(
    [
        "spring-sale", "beach, video", 'a "quoted" name', '"', "two\nlines", "two\r\nlines", "Ünïcode ✓",
        "NA", "007", " edges ", "", "x" * 70, "y" * 300, "y" * 301, "lone\rreturn", "a;b\tc", "'",
    ]
)  # fmt: skip
counts = st.integers(0, 10**7).map(str) | st.just("12.0")
money = (
    st.decimals(0, 10**6, places=2).map(str)
    | st.decimals(0, 10**3, places=6).map("{:f}".format)
    | st.integers(0, 10**12).map(str)
)
gaps = st.sampled_from(["", "--", " --", "n/a"])
wrong = st.sampled_from(["-1", "nan?", "inf", "1e400", "0x1F", "12.3.4", "1_000", "1000000000001", "< 10"])
good_rows = st.tuples(
    st.sampled_from(["2026-03-01", "2026-03-02"]), names, names, names, names,
    st.just("20000000") | gaps, counts | gaps, *(money | gaps for _ in range(3)), counts | gaps,
)  # fmt: skip


def _by_hand(rows: list[tuple[str, ...]]) -> Counter[tuple[object, ...]]:
    """Sum rows with ``Decimal``, one by one, by key texts and missing numbers."""
    kept: dict[tuple[object, ...], list[Decimal]] = {}
    for row in rows:
        numbers = [None if not cell.strip("- ") or cell == "n/a" else Decimal(cell) for cell in row[5:]]
        key = (*row[1:4], row[0], tuple(each is None for each in numbers))
        before = kept.get(key, [Decimal(0)] * (len(NUMBERS) + 1))
        kept[key] = [a + (b or 0) for a, b in zip(before, [*numbers, Decimal(1)], strict=True)]
    return Counter({(*key, *each): 1 for key, each in kept.items()})


def _told(made: Summed) -> Counter[tuple[object, ...]]:
    found: Counter[tuple[object, ...]] = Counter()
    for texts, numbers, rows, _ in made.groups:
        units = [1 if number in WHOLE else 1_000_000 for number in NUMBERS]
        exact = [Decimal(each or 0) / unit for each, unit in zip(numbers, units, strict=True)]
        found[*texts, tuple(each is None for each in numbers), *exact, Decimal(rows)] += 1
    return found


@settings(max_examples=150, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    rows=st.lists(good_rows, max_size=30),
    bad=st.dictionaries(st.integers(0, 29), st.tuples(st.integers(5, 10), wrong), max_size=3),
    written=st.tuples(
        st.sampled_from([",", ";", "\t", "§"]),
        st.sampled_from(['"', "'"]),
        st.sampled_from(["\n", "\r\n"]),
        st.sampled_from([csv.QUOTE_MINIMAL, csv.QUOTE_ALL]),
        st.sampled_from([64, 300, 5_000, 100_000]),
        st.integers(1, 4),
    ),
)
def test_the_sums_are_those_of_a_plain_loop_and_bad_rows_are_told_by_line(
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    rows: list[tuple[str, ...]],
    bad: dict[int, tuple[int, str]],
    written: tuple[str, str, str, Quoting, int, int],
) -> None:
    delimiter, quote, end, quoting, block, first = written
    monkeypatch.setattr(blocks, "BLOCK", block)
    text, good, told = io.StringIO(newline=""), list[tuple[str, ...]](), list[tuple[int, int]]()
    writer = csv.writer(text, delimiter=delimiter, quotechar=quote, lineterminator=end, quoting=quoting)
    text.write(f"About this report{end}" * (first - 1))
    for number, row in enumerate(rows):
        if number in bad:
            place, cell = bad[number]
            told.append((text.getvalue().count("\n") + 1, place))
            writer.writerow([*row[:place], cell, *row[place + 1 :]])
        else:
            good.append(row)
            writer.writerow(row)
    path.write_bytes(text.getvalue().encode())
    made = sums(path, READING._replace(delimiter=delimiter, quote=quote, first=first))
    assert _told(made) == _by_hand(good)
    assert [(each.line, each.place) for each in made.rejected] == told
    assert made.rows == len(good)


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    cells=st.lists(
        st.sampled_from(['5" tv', "plain", '"whole"', '"two\nlines"', '"a ""b"" c"', '""', 'x"y"z']),
        max_size=40,
    ),
    block=st.sampled_from([40, 300, 5_000]),
)
def test_signs_for_inches_amid_quoted_cells_are_read_as_the_csv_module_reads_them(
    path: Path, monkeypatch: pytest.MonkeyPatch, cells: list[str], block: int
) -> None:
    monkeypatch.setattr(blocks, "BLOCK", block)
    made = _summed(path, *(_with(campaign=cell) for cell in cells))
    read = csv.reader(io.StringIO("\n".join(_with(campaign=cell) for cell in cells), newline=""))
    assert Counter({each.texts[0]: each.rows for each in made.groups}) == Counter(row[1] for row in read)
    assert made.rejections == 0


def test_a_million_cents_are_ten_thousand(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 1 << 20)
    (group,) = _summed(path, *[_with(spend="0.01", revenue="0.10")] * 100_000).groups
    assert group.numbers == (10_000_000, 700_000, 1_000 * 10**6, 200_000 * 10**6, 10_000 * 10**6, 8_000_000)
    assert (group.rows, group.line) == (100_000, 2)


@pytest.mark.parametrize("amount", [10**12, 8 * 10**11])
def test_sums_beyond_64_bits_are_exact(path: Path, amount: int) -> None:
    other = _with(spend=str(amount), campaign="summer-sale", impressions="1000000000000")
    made = _summed(path, *[_with(spend=str(amount)), other] * 30, LINE)
    assert {each.texts[0]: each.numbers[2] for each in made.groups} == {
        "spring-sale": 30 * amount * 10**6 + 12_340_000,
        "summer-sale": 30 * amount * 10**6,
    }


REASONS = {
    ("spend", "-1"): "not negative",
    ("spend", "(12.50)"): "not negative",
    ("spend", "?"): "a number",
    ("spend", "1e17"): "at most 1,000,000,000,000",
    ("spend", "1000000000000.01"): "at most 1,000,000,000,000",
    ("impressions", "100.5"): "a whole number",
    ("clicks", "101"): "≤ impressions (100)",
}


@pytest.mark.parametrize(("where", "rule"), REASONS.items())
def test_a_row_is_rejected_by_line_place_and_rule_and_the_others_count(
    path: Path, where: tuple[str, str], rule: str
) -> None:
    head, cell = where
    made = _summed(path, *[LINE] * 20, _with(**{head: cell}), *[LINE] * 20)
    assert made.rejected == [Rejected(22, PLACES[head], cell, rule)]
    assert list(made.groups) == [_times(40)]


LONG = {"spend": "12.345678912", "revenue": "0.1234567"}


@pytest.mark.parametrize("with_quotes", [False, True])
def test_cells_beyond_millionths_are_rounded_and_counted_by_column(path: Path, *, with_quotes: bool) -> None:
    odd = _with(campaign='"spring-""sale"""') if with_quotes else LINE
    long = _with(**LONG)
    refused = _with(**LONG, clicks="101"), _with(**LONG | {"spend": "?"})
    made = _summed(path, *[LINE] * 20, *[long] * 30, *refused, odd)
    assert (made.rows, made.rejections) == (51, 2)
    assert made.rounded == {"spend": 30, "revenue": 30}
    spent = sum(each.numbers[2] or 0 for each in made.groups)
    assert spent == 21 * 12_340_000 + 30 * 12_345_679


def test_rows_read_one_by_one_are_rounded_and_counted_alike(path: Path) -> None:
    quoted = _with(spend='"12.345678912"', campaign='"spring ""sale"""')
    made = _summed(path, *[quoted] * 3, _with(spend="12.345678912 "))
    assert made.rounded == {"spend": 4}
    assert sum(each.numbers[2] or 0 for each in made.groups) == 4 * 12_345_679


def test_half_a_conversion_counts_and_clicks_above_impressions_if_the_rules_say_so(path: Path) -> None:
    reading = READING._replace(rules=Rules(clicked_is_seen=False))
    (group,) = _summed(path, _with(conversions="2.5", clicks="101"), reading=reading).groups
    assert group.numbers[1:4] == (101, 12_340_000, 2_500_000)


def test_clicks_are_not_compared_with_impressions_that_are_missing(path: Path) -> None:
    made = _summed(path, _with(impressions="--"), _with(clicks=""))
    assert made.rejections == 0


def test_a_missing_number_is_never_taken_for_0(path: Path) -> None:
    made = _summed(path, LINE, _with(spend="--"), _with(spend="0"), _with(spend="--"))
    assert list(made.groups) == [
        Group(KEY, (200, 14, 12_340_000, *(2 * each for each in SUMS[3:])), 2, 2),
        Group(KEY, (200, 14, None, *(2 * each for each in SUMS[3:])), 2, 3),
    ]


def test_a_row_that_is_too_wide_is_rejected_and_one_that_is_too_short_lacks_cells(path: Path) -> None:
    rows = [LINE, f"{LINE},more", LINE, "2026-03-01,spring-sale", f"{LINE},", f"{LINE}, ,", "", LINE]
    made = _summed(path, *rows)
    assert made.rejected == [Rejected(3, 11, "more", "at most 11 cells")]
    assert list(made.groups) == [
        _times(5),
        Group(("spring-sale", "", "", "2026-03-01"), (None,) * 6, 1, 5),
    ]


def test_notes_below_the_rows_are_no_rows(path: Path) -> None:
    made = _summed(path, LINE, "", "© A note, with a comma", reading=READING._replace(skip=frozenset({4})))
    assert list(made.groups) == [_times(1)]


@pytest.mark.parametrize(
    ("style", "cells", "expected"),
    [
        (NumberStyle(",", "."), ("1.234", "1.234,50"), (1234, 1_234_500_000)),
        (NumberStyle(",", ""), ("1234", "1234,50"), (1234, 1_234_500_000)),
        (NumberStyle(".", ","), ("1,234", "$1,234.50"), (1234, 1_234_500_000)),
        (NumberStyle(".", " "), ("1\u202f234", "€ 1 234.5"), (1234, 1_234_500_000)),
    ],
)
def test_numbers_are_read_as_they_are_written(
    path: Path, style: NumberStyle, cells: tuple[str, str], expected: tuple[int, int]
) -> None:
    reading = READING._replace(style=style, delimiter=";")
    row = ";".join([*ROW[:5], cells[0], "1", cells[1], "0", "0", "0"])
    (group,) = _summed(path, row, row, reading=reading).groups
    assert (group.numbers[0], group.numbers[2]) == tuple(2 * each for each in expected)


def test_a_cell_in_another_style_is_a_contradiction_or_rejected_when_the_style_is_sure(path: Path) -> None:
    rows = [*[LINE] * 20, _with(spend='"1.234,50"'), LINE]
    with pytest.raises(Contradiction) as told:
        _summed(path, *rows)
    assert (told.value.line, told.value.place, told.value.value) == (22, PLACES["spend"], "1.234,50")
    made = _summed(path, *rows, reading=READING._replace(rules=Rules(firm=True)))
    assert [(each.line, each.rule) for each in made.rejected] == [(22, "a number such as 1234.50")]


def test_keys_stand_in_the_order_asked_for_and_a_column_may_be_two_keys(path: Path) -> None:
    (group,) = _summed(path, LINE, reading=READING._replace(keys=(4, 1, 0, 1))).groups
    assert group.texts == ("feed", "spring-sale", "2026-03-01", "spring-sale")
    (group,) = _summed(path, LINE, reading=READING._replace(keys=(2,))).groups
    assert group.texts == ("new-parents",)
    (group,) = _summed(path, LINE, LINE, reading=READING._replace(keys=())).groups
    assert (group.texts, group.rows) == ((), 2)


def test_a_file_without_creatives_and_revenue_has_no_revenue(path: Path) -> None:
    numbers: dict[Number, int] = {each: PLACES[each] for each in NUMBERS if each != "revenue"}
    (group,) = _summed(path, LINE, LINE, reading=READING._replace(keys=(1,), numbers=numbers)).groups
    assert group.numbers == (200, 14, 24_680_000, 4_000_000, None, 160)


def test_what_stands_before_the_rows_is_not_read_and_the_lines_count_from_the_top(path: Path) -> None:
    content = f'"About\nthis report\n\n{LINE}\n{_with(impressions="?")}\n'
    path.write_bytes(b"\xef\xbb\xbf" + content.encode())
    made = sums(path, READING._replace(start=3, first=4))
    assert made.rejected[0].line == 5
    assert list(made.groups) == [_times(1, line=4)]


@pytest.mark.parametrize("end", ["\n", "\r\n"])
def test_the_last_row_needs_no_end_of_line(path: Path, end: str) -> None:
    path.write_bytes(f"{','.join(HEADS)}{end}{LINE}{end}{LINE}".encode())
    assert list(sums(path, READING).groups) == [_times(2)]


def test_the_same_text_with_quotes_and_without_is_one_group(path: Path) -> None:
    quoted = ",".join(f'"{cell}"' for cell in ROW)
    for rows in ([LINE, quoted] * 10, [quoted, LINE] * 10, [LINE] * 10 + [quoted] * 10):
        assert list(_summed(path, *rows).groups) == [_times(20)]


def test_a_text_of_any_length_is_one_group_in_all_blocks(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(keys, "SPREAD", 200)  # or short blocks would not differ
    long = "headline " * 12
    rows = [_with(creative=long), *[LINE] * 7, *[_with(creative=long)] * 2, _with(creative="x" * 999)]
    made = _summed(path, *rows * 5)
    assert Counter({each.texts[2]: each.rows for each in made.groups}) == Counter(
        {long: 15, "beach-video": 35, "x" * 999: 5}
    )


def test_a_hundred_thousand_ads_are_as_many_groups(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "BLOCK", 1 << 20)
    made = _summed(path, *(_with(creative=f"ad-{number}") for number in range(100_000)), LINE)
    texts = [each.texts[2] for each in made.groups]
    assert texts == [*(f"ad-{number}" for number in range(100_000)), "beach-video"]


def test_two_keys_of_one_hash_are_two_groups(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    drawn = iter([0] * 4)

    def of(self: keys.Hashing, sides: list[keys.Side], missing: keys.Places) -> keys.Words:
        multiplier = next(drawn, 1)
        return usual(self, sides, missing) * np.uint64(multiplier)

    usual = keys.Hashing.of
    monkeypatch.setattr(keys.Hashing, "of", of)
    made = _summed(path, *[LINE, _with(campaign="summer-sale")] * 20)
    assert {each.texts[0]: each.rows for each in made.groups} == {"spring-sale": 20, "summer-sale": 20}
    assert next(drawn, None) is None


def test_a_quote_that_is_never_closed_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    open_one = _with(placement='"feed')
    with pytest.raises(Refused, match=r'Line 3, row: 2026.* breaks the rule "a quoted cell that is closed"'):
        _summed(path, LINE, open_one, LINE)
    monkeypatch.setattr(blocks, "LONGEST_RECORD", 1_000)
    with pytest.raises(Refused, match=r"Line 3, row: .* at most 1,000 bytes, with every quote closed"):
        _summed(path, LINE, open_one, *[LINE] * 20)


def test_a_line_without_an_end_is_refused(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(blocks, "LONGEST_RECORD", 500)
    with pytest.raises(Refused, match=r"Line 3, row: x.* at most 500 bytes"):
        _summed(path, LINE, "x" * 2_000)


def test_bytes_that_are_no_text_are_refused(path: Path) -> None:
    path.write_bytes(LINE.replace("spring", "fr\xfch").encode("latin-1"))
    made = sums(path, READING._replace(first=1, keys=(0,)))
    assert made.rows == 1
    with pytest.raises(Refused, match="text in UTF-8"):
        list(sums(path, READING._replace(first=1)).groups)
    path.write_bytes(_with(campaign='fr"ch').replace("r", "\xfc").encode("latin-1"))  # read cell by cell
    assert sums(path, READING._replace(first=1, keys=(0,))).rows == 1
    with pytest.raises(Refused, match="text in UTF-8"):
        sums(path, READING._replace(first=1))
    assert lines(path, READING._replace(first=1), {0: {"2026-03-01"}}) == [(1, "2026-03-01")]


def test_more_rejections_than_one_can_read_are_counted(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "KEPT", 3)
    made = _summed(path, *[_with(impressions="?")] * 10)
    assert (len(made.rejected), made.rejections, made.rows, list(made.groups)) == (3, 10, 0, [])


def test_progress_is_told_and_may_end_the_pass(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(intake, "EVERY", 0)
    told: list[tuple[int, int]] = []
    _summed(path, *[LINE] * 100)
    sums(path, READING, lambda rows, about: told.append((rows, about)))
    assert [rows for rows, _ in told] == sorted(rows for rows, _ in told)
    assert told[-1] == (100, 101)  # the header is a part of the file as well
    assert all(90 <= about <= 130 for _, about in told)

    def stop(_: int, __: int) -> None:
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        sums(path, READING, stop)


def test_an_empty_file_has_no_groups(path: Path) -> None:
    path.write_bytes(b"")
    assert list(sums(path, READING).groups) == []
    assert list(_summed(path).groups) == []


def test_lines_are_found_by_the_text_of_a_key(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    rows = [LINE, _with(day="someday"), _with(campaign='"two\nlines"'), _with(day="")]
    _summed(
        path,
        *rows,
        _with(day='"some ""day"""'),
        *[LINE] * 10,
        "2026-03-01",
        'x,tv 5",,',
        _with(day="someday"),
    )
    assert lines(path, READING, {0: {"someday", 'some "day"', ""}}) == [
        (3, "someday"), (6, ""), (7, 'some "day"'), (20, "someday"),
    ]  # fmt: skip
    assert lines(path, READING, {0: {"x"}, 1: {"two\nlines", ""}}) == [(4, "two\nlines"), (18, ""), (19, "x")]
    monkeypatch.setattr(intake, "KEPT", 2)
    assert len(lines(path, READING, {0: {"2026-03-01"}})) == 2


def test_sums_are_put_aside_before_they_are_too_large(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(groups, "FULL", 1_000_000_000)
    assert list(_summed(path, *[LINE] * 50).groups) == [_times(50)]
