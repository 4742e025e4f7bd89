"""Rows in JSON become a table with every digit kept, or are refused with line and field."""

import csv
import io
import json
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from shared_data import shared_file

from engine.errors import Fault, Refused
from engine.intake.dialect import dialect
from engine.intake.flat_json import LARGEST, holds_retrospectives
from engine.intake.opening import Opened, opened
from engine.models.export import Warned

ROWS = '[{"day": "2026-03-01", "spend": 12.50, "clicks": 7}, '
ROWS += '{"day": "2026-03-02", "spend": 1e3, "clicks": null}]'


def put(folder: Path, text: str) -> Path:
    path = folder / "rows.json"
    path.write_text(text)
    return path


def table_of(folder: Path, text: str) -> tuple[Opened, str]:
    with opened(put(folder, text), "rows.json") as found:
        assert found.kind == "json"
        return found, found.path.read_text()


def fault_of(folder: Path, text: str) -> Fault:
    with pytest.raises(Refused) as refusal, opened(put(folder, text), "rows.json"):
        pass
    return refusal.value.faults[0]


@pytest.mark.parametrize(
    "text",
    [
        ROWS,
        f'{{"data": {ROWS}, "paging": {{"cursors": {{"after": "x"}}}}}}',
        f'{{"count": 2, "rows":\n {ROWS}}}',
        "\ufeff" + ROWS,
        json.dumps(json.loads(ROWS), indent=2).replace("12.5", "12.50").replace("1000.0", "1e3"),
        "\n".join(ROWS.strip("[]").replace("}, {", "}\n{").splitlines()),
    ],
)
def test_rows_are_found_in_a_list_in_a_block_and_line_by_line(tmp_path: Path, text: str) -> None:
    found, table = table_of(tmp_path, text)
    assert table == "day,spend,clicks\n2026-03-01,12.50,7\n2026-03-02,1000,\n"
    assert found.is_typed


def test_the_header_of_json_is_its_fields_whatever_they_are_called(tmp_path: Path) -> None:
    with opened(put(tmp_path, '[{"7": "2026-03-01", "a,b": 5}]'), "rows.json") as found:
        table = dialect(found)
    assert (table.header, table.first, table.names, table.preface, table.last) == (
        1, 2, ("7", "a,b"), (), frozenset(),
    )  # fmt: skip


def test_a_line_is_told_where_its_block_begins(tmp_path: Path) -> None:
    found, _ = table_of(tmp_path, '[\n  {"a": 1,\n "b": 2},\n\n  {"a": 3, "b": 4}\n]')
    assert [found.told(line) for line in (1, 2, 3)] == [1, 2, 5]


def test_on_a_single_line_the_number_of_the_row_is_told(tmp_path: Path) -> None:
    found, _ = table_of(tmp_path, '[{"a": 1, "b": 2}, {"a": 3, "b": 4}]')
    assert [found.told(line) for line in (2, 3)] == [1, 2]


def test_lists_within_rows_are_not_read_and_named(tmp_path: Path) -> None:
    row = {
        "campaign_name": "spring",
        "spend": "12.50",
        "actions": [{"action_type": "purchase", "value": "3"}],
    }
    found, table = table_of(tmp_path, json.dumps({"data": [row]}))
    assert table == "campaign_name,spend\nspring,12.50\n"
    assert found.warnings == (
        Warned(code="nested", text="Not read: actions holds lists, and I read flat fields alone."),
    )


def test_texts_that_could_be_either_leave_the_numbers_open(tmp_path: Path) -> None:
    assert table_of(tmp_path, '[{"a": "12.50", "b": 1}]')[0].is_typed
    assert not table_of(tmp_path, '[{"a": "1.234,50", "b": 1}]')[0].is_typed
    assert not table_of(tmp_path, '[{"a": "1,234", "b": 1}]')[0].is_typed


@pytest.mark.parametrize(
    ("text", "field", "value", "line"),
    [
        ('[{"a": 1,\n "b": NaN}]', "row 1, b", "NaN", 1),
        ('[{"a": 1, "b": 2},\n{"a": 1, "b": -Infinity}]', "row 2, b", "-Infinity", 2),
        ('[{"a": 1, "b": 12345678901234567890123456}]', "row 1, b", "12345678901234567890123456", 1),
        ('[{"a": 1, "b": 1e309}]', "row 1, b", "1E+309", 1),
        ('[{"a": 1, "b": 2},\n{"a": 1,\n"a": 2}]', "row 2, a", "given twice", 3),
        ('{"a": 1, "b": 2}\n{"a": 1, "b": }', "row 2, JSON", "}", 2),
        ('{"data": [{"a": 1, "b": 2}], "data": []}', "data", "given twice", 1),
        ('[{"a": 1, "b": 2},]', "JSON", "something after the last row", 1),
        ('[{"a": 1, "b": 2},,{"a": 1}]', "JSON", ",,", 1),
        ('[{"a": 1, "b": 2} {"a": 1}]', "JSON", "{", 1),
        ('[{"a": 1, "b": 2}', "JSON", "a list that does not end", None),
        ('[{"a": 1, "b": 2}]]', "JSON", "something after the last row", 1),
        ("[[1, 2], [3, 4]]", "JSON", "[", 1),
        ("[1, 2]", "JSON", "something after the last row", 1),
        ("[]", "JSON", "no rows", None),
        ('{"error": {"message": "token expired"}}', "JSON", "a block with error", None),
    ],
)
def test_what_is_no_sound_row_is_refused_with_its_line(
    tmp_path: Path, text: str, field: str, value: str, line: int | None
) -> None:
    fault = fault_of(tmp_path, text)
    assert (fault.field, fault.value, fault.line) == (field, value, line)


def test_nesting_without_end_and_files_without_end_are_refused(tmp_path: Path) -> None:
    assert fault_of(tmp_path, '{"a":' * 100_000).value == "over 40 levels"
    assert fault_of(tmp_path, '[{"a": 1, "b": ' + "[" * 100_000).value == "over 40 levels"
    path = put(tmp_path, "[{")
    with path.open("r+b") as file:
        file.truncate(LARGEST + 1)
    with pytest.raises(Refused), opened(path, "rows.json"):
        pass


def test_retrospectives_are_told_apart_and_go_another_way(tmp_path: Path) -> None:
    history = shared_file("data/reflection_campaign_history.json").read_bytes()
    assert holds_retrospectives(history)
    assert holds_retrospectives(shared_file("data/reflection_incoming_campaign.json").read_bytes())
    assert not holds_retrospectives(ROWS.encode())
    assert not holds_retrospectives(b"Day,actual_metrics\n1,2\n")
    assert fault_of(tmp_path, history.decode()).value == "retrospectives"


cells = (
    st.none()
    | st.booleans()
    | st.integers(-(10**24), 10**24)
    | st.decimals(-(10**9), 10**9, places=4)
    | st.text()
)


@settings(max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture], deadline=None)
@given(
    rows=st.lists(
        st.fixed_dictionaries({"day": cells, "name": cells, "spend": cells}), min_size=1, max_size=6
    )
)
def test_any_rows_come_back_with_every_digit(tmp_path: Path, rows: list[dict[str, Any]]) -> None:
    def written(value: Any) -> str:
        return json.dumps(value) if value is None or isinstance(value, str | bool) else str(value)

    fields = [", ".join(f'"{key}": {written(value)}' for key, value in row.items()) for row in rows]
    blocks = [f"{{{each}}}" for each in fields]
    for text in (f"[{','.join(blocks)}]", "\n".join(blocks), f'{{"data": [{", ".join(blocks)}]}}'):
        _, table = table_of(tmp_path, text)
        names, *made = csv.reader(io.StringIO(table, newline=""))
        assert made == [[_shown(row[name]) for name in names] for row in rows]


def _shown(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    return str(value).replace("\r\n", " ").replace("\n", " ").replace("\r", " ")
