"""The files that machines read: the same bytes as the JSON library writes, only sooner."""

import json

import pytest
from hypothesis import example, given
from hypothesis import strategies as st
from strategies import json_values

from store.artifacts import indented


@given(st.dictionaries(st.text(max_size=8), json_values, max_size=5) | json_values)
@example(
    {"as_of": None, "signals": {"audience:students": {"events": [{"day": "2026-03-30"}], "weight": 1e-7}}}
)
@example([[], {}, [[]], [{}], {"": []}, "a,\n  b", True, 1e22, -0.0])
def test_the_bytes_are_those_of_the_json_library(body: object) -> None:
    assert indented(body) == json.dumps(body, ensure_ascii=False, indent=2, allow_nan=False)


@pytest.mark.parametrize("value", [float("nan"), float("inf")])
@pytest.mark.parametrize("within", ["alone", "leaf", "deep"])
def test_what_is_no_number_is_no_json(value: float, within: str) -> None:
    body: object = {"alone": value, "leaf": {"a": value}, "deep": [[1], value]}[within]
    with pytest.raises(ValueError, match="not JSON compliant"):
        indented(body)
