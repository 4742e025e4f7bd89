"""Strict JSON: what is read, what is refused, and the line where each field stands."""

import contextlib
import json
from decimal import Decimal
from itertools import count
from typing import Any

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from strategies import json_values

from engine.errors import Fault, Refused
from engine.intake.json_text import (
    DEEPEST,
    LONGEST,
    MOST_FAULTS,
    MOST_SIGNS,
    Path,
    dotted,
    lines_of,
    parse,
    printable,
)

FIRST_MARK = 987_650_000


def _marked(value: Any, marks: "count[int]") -> Any:
    """Put a number that stands nowhere else at every leaf."""
    if isinstance(value, dict):
        return {key: _marked(each, marks) for key, each in value.items()}
    if isinstance(value, list):
        return [_marked(each, marks) for each in value]
    return next(marks)


def _paths(value: Any, path: Path = ()) -> dict[Path, Any]:
    found = {path: value}
    if isinstance(value, dict):
        for key, each in value.items():
            found |= _paths(each, (*path, key))
    if isinstance(value, list):
        for index, each in enumerate(value):
            found |= _paths(each, (*path, index))
    return found


def _faults(text: str) -> list[Fault]:
    with pytest.raises(Refused) as refused:
        parse(text)
    return refused.value.faults


@given(json_values, st.integers(0, 4))
@example({'a"]},': ["[{", {"\\": 1}], "": [], "b": {}}, 2)
@settings(max_examples=60, deadline=None)
def test_every_value_stands_on_the_line_that_its_path_is_told_to_stand_on(value: Any, indent: int) -> None:
    marked = _marked(value, count(FIRST_MARK))
    text = json.dumps(marked, indent=indent)
    rows = text.split("\n")
    lines = lines_of(text, _paths(marked))

    assert lines.keys() == _paths(marked).keys()
    for path, each in _paths(marked).items():
        row = rows[lines[path] - 1]
        if isinstance(each, int):
            assert str(each) in row
        else:
            assert row.rstrip(",").endswith(("{}", "{") if isinstance(each, dict) else ("[]", "["))


@given(json_values)
@settings(max_examples=60, deadline=None)
def test_json_is_read_as_python_reads_it_with_exact_decimals(value: Any) -> None:
    text = json.dumps(value)
    assert parse(text) == json.loads(text, parse_float=Decimal)


@given(json_values, st.sampled_from(["\n", "\r\n", "  ", "\t"]))
@settings(max_examples=30, deadline=None)
def test_the_line_of_a_text_on_one_line_is_one(value: Any, space: str) -> None:
    lines = lines_of(json.dumps(value) + space, _paths(value))
    assert set(lines.values()) == {1}


def test_a_path_is_written_as_people_write_it() -> None:
    assert dotted((2, "actual_metrics", "clicks")) == "[2].actual_metrics.clicks"
    assert dotted(("audiences", 0, "name")) == "audiences[0].name"
    assert dotted(()) == ""


def test_every_key_given_twice_is_named_with_its_line() -> None:
    text = '{\n"spend": 1,\n"clicks": {"a": 1,\n"a": 2},\n"spend": 2\n}'
    assert _faults(text) == [
        Fault("clicks.a", "given twice", "each field once", 4),
        Fault("spend", "given twice", "each field once", 5),
    ]


def test_a_key_given_twice_in_another_spelling_is_given_twice() -> None:
    assert _faults('{"spend": 1, "sp\\u0065nd": 2}') == [Fault("spend", "given twice", "each field once", 1)]


def test_text_that_is_no_json_is_refused_with_the_place_and_the_line() -> None:
    fault = Fault("JSON", "} oops", "valid JSON (Expecting value)", 2)
    assert _faults('{"spend":\n} oops') == [fault]


def test_an_end_too_early_is_said() -> None:
    assert _faults('{"spend": ')[0].value == "the end of the text"


def test_deep_nesting_is_refused_before_it_is_read() -> None:
    assert _faults("[" * (DEEPEST + 1) + "]" * (DEEPEST + 1)) == [
        Fault("JSON", "41 levels", "at most 40 levels of nesting")
    ]
    assert _faults("[" * 100_000)[0].value == "100000 levels"


def test_brackets_inside_a_text_are_no_nesting() -> None:
    assert parse(json.dumps("[" * 100)) == "[" * 100


def test_a_text_that_is_too_long_is_refused_before_it_is_read() -> None:
    assert _faults(" " * (LONGEST + 1)) == [
        Fault("JSON", "more than 8,000,000 bytes", "at most 8,000,000 bytes")
    ]


@pytest.mark.parametrize("piece", ['"",', "[],", "{},", '"a":1,', '"', "]", ","])
def test_more_signs_than_any_file_needs_are_refused_before_they_are_read(piece: str) -> None:
    (fault,) = _faults(piece * (MOST_SIGNS + 1))
    assert fault.value.endswith("quotes, brackets, commas and colons")
    assert fault.rule == "at most 800,000"


def test_a_hundred_faults_are_told_and_the_last_one_says_that_there_are_more() -> None:
    faults = _faults("{" + ",".join(['"spend": 1'] * 500) + "}")
    assert len(faults) == MOST_FAULTS
    assert faults[-1] == Fault("and more", "over 100 faults", "at most 100 are told at once")
    assert len(_faults("{" + ",".join(['"spend": 1'] * 101) + "}")) == MOST_FAULTS
    assert {fault.field for fault in _faults("{" + ",".join(['"spend": 1'] * 101) + "}")} == {"spend"}


def test_fields_of_different_blocks_may_have_one_name() -> None:
    text = '[{"a": {"b": 1}, "c": {"b": 1}}, {"a": {"b": 1}}]'
    assert parse(text) == json.loads(text)


def test_a_name_that_is_very_long_is_cut_where_it_is_shown() -> None:
    assert len(dotted(("a" * 1_000_000,))) == 200


@pytest.mark.parametrize("code", [0x00, 0x0A, 0x1B, 0x7F, 0x9B, 0x202E, 0x2066, 0x2028, 0xD800])
def test_what_would_steer_a_terminal_is_spelled_out(code: int) -> None:
    shown = printable(f"Métá 🦯 {chr(code)}[31m")
    assert shown.isprintable()
    assert shown.startswith("Métá 🦯 \\")


def test_an_excerpt_of_what_is_no_json_is_spelled_out() -> None:
    assert _faults("\x1b[2J")[0].value == "\\x1b[2J"


def test_nan_and_infinity_come_as_they_are_so_that_their_field_can_be_named() -> None:
    found = parse('{"spend": NaN, "revenue": -Infinity}')
    assert found["spend"].is_nan()
    assert found["revenue"] == Decimal("-Infinity")


@pytest.mark.parametrize("digits", ["1" * 26, "9" * 5_000, "-" + "1" * 30])
def test_an_absurdly_long_whole_number_is_no_crash(digits: str) -> None:
    assert isinstance(parse(digits), Decimal)


@pytest.mark.parametrize("number", ["1e99999999999999999999", "1e-99999999999999999999"])
def test_an_absurd_exponent_is_refused_or_read_but_never_a_crash(number: str) -> None:
    with contextlib.suppress(Refused):
        assert not parse(f'{{"spend": {number}}}')["spend"].is_nan()


@pytest.mark.timeout(5)
def test_a_long_unfinished_text_takes_time_in_proportion_to_its_length() -> None:
    """A search that starts anew at each of the quoted quotes would take minutes."""
    assert _faults('"' + '\\"' * 200_000)
