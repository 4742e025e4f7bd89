"""Retrospectives as JSON: taken whole, or refused with every fault named at once."""

import json
from decimal import Decimal
from typing import Any

import pytest
from engine_values import body
from hypothesis import example, given, settings
from hypothesis import strategies as st
from shared_data import shared_file
from strategies import campaigns, json_values, money

from engine.errors import Fault, Refused
from engine.intake.json_text import LONGEST, MOST_FAULTS
from engine.intake.payload import read_campaigns
from engine.models.campaign import CampaignPerformanceInput
from engine.models.retrospective import Retrospective

NUMBER = "a number, without quotes"
MOST = "at most 1,000,000,000,000"
MARK = "<here>"
MOMENT = "2026-03-29T10:00:00+00:00"
FIRST, LAST = "0001-01-01T00:00:00+14:00", "9999-12-31T23:59:59-12:00"


def _text(**changed: Any) -> str:
    return json.dumps(body(**changed), indent=2)


def _with_literal(block: str, field: str, literal: str) -> str:
    """Give the body with any text in the place of one metric, be it JSON or not."""
    parts = body()
    parts[block][field] = MARK
    return json.dumps(parts, indent=2).replace(f'"{MARK}"', literal)


def _faults(text: str | bytes) -> list[Fault]:
    with pytest.raises(Refused) as refused:
        read_campaigns(text)
    return refused.value.faults


def _read(text: str | bytes) -> CampaignPerformanceInput:
    found, _ = read_campaigns(text)
    assert len(found) == 1
    return found[0]


# What is taken


def test_the_seed_s_campaign_is_taken() -> None:
    told = _read(shared_file("data/reflection_incoming_campaign.json").read_bytes())
    assert told.campaign_id == "cmp_007_meta_summer_bootcamp"
    assert told.actual_metrics.clicks == 4900
    assert told.actual_metrics.spend == Decimal(3950)
    assert [audience.name for audience in told.audiences] == ["Students 18-25", "Aspiring Creators 18-24"]
    assert (told.window_start, told.window_end, told.currency) == (None, None, None)


def test_the_seed_s_history_is_taken_as_a_list() -> None:
    found, was_list = read_campaigns(shared_file("data/reflection_campaign_history.json").read_bytes())
    assert was_list
    assert [each.campaign_id[:7] for each in found] == [f"cmp_00{number}" for number in range(1, 7)]


def test_one_campaign_and_a_list_of_one_are_told_apart() -> None:
    one, alone = read_campaigns(_text())
    many, listed = read_campaigns(json.dumps([body()]))
    assert (alone, listed) == (False, True)
    assert one == many


def test_a_byte_order_mark_is_no_fault() -> None:
    assert _read("\ufeff".encode() + _text().encode()) == _read("\ufeff" + _text()) == _read(_text())


def test_the_order_of_fields_changes_nothing() -> None:
    assert _read(json.dumps(dict(reversed(body().items())))) == _read(_text())


def test_whole_numbers_may_be_written_with_a_point() -> None:
    assert _read(_with_literal("actual_metrics", "clicks", "3.0e2")).actual_metrics.clicks == 300


def test_revenue_may_be_missing_or_null() -> None:
    assert _read(_with_literal("actual_metrics", "revenue", "null")).actual_metrics.revenue is None
    assert _read(_text()).expected_metrics.revenue is None


def test_the_seed_s_names_of_optional_fields_are_known() -> None:
    told = _read(_text(timezone="Europe/Madrid", data_as_of="2026-03-30T07:40:00+02:00"))
    assert told.time_zone == "Europe/Madrid"
    assert told.as_of is not None


def test_conversions_may_exceed_clicks_since_some_follow_a_view() -> None:
    assert _read(
        _with_literal("actual_metrics", "conversions", "400.5")
    ).actual_metrics.conversions == Decimal("400.5")


@given(money)
@example(Decimal("999999999999.999999"))
@example(Decimal("0.000001"))
@settings(max_examples=60, deadline=None)
def test_money_is_kept_exactly_to_the_millionth(amount: Decimal) -> None:
    told = _read(_with_literal("actual_metrics", "spend", format(amount, "f")))
    assert told.actual_metrics.spend == amount
    kept = CampaignPerformanceInput.model_validate_json(told.model_dump_json())
    assert kept.actual_metrics.spend == amount


@given(campaigns())
@settings(max_examples=60, deadline=None)
def test_a_campaign_comes_back_from_its_stored_form_as_it_was(told: CampaignPerformanceInput) -> None:
    assert CampaignPerformanceInput.model_validate_json(told.model_dump_json()) == told
    kept = Retrospective(campaign=told, revision=1, received_at=told.timestamp)
    again = Retrospective.model_validate_json(kept.model_dump_json())
    assert (again, again.key, again.evidence_hash) == (kept, kept.key, kept.evidence_hash)


@pytest.mark.parametrize(
    ("one", "other"), [("0", "0.0"), ("0", "-0.0"), ("372.5", "372.500"), ("360", "3.6e2")]
)
def test_two_spellings_of_one_amount_are_the_same_evidence(one: str, other: str) -> None:
    hashes = set()
    for literal in (one, other):
        told = _read(_with_literal("actual_metrics", "spend", literal))
        kept = Retrospective(campaign=told, revision=1, received_at=told.timestamp)
        hashes.add(kept.evidence_hash)
    assert len(hashes) == 1


# What is refused


@pytest.mark.parametrize(
    ("literal", "shown", "rule"),
    [
        ("NaN", "NaN", "a finite number"),
        ("Infinity", "Infinity", "a finite number"),
        ("-Infinity", "-Infinity", "a finite number"),
        ("1e309", "1E+309", MOST),
        ("12345678901234567890123456", "12345678901234567890123456", MOST),
        ("1000000000001", "1000000000001", MOST),
        ("-12.00", "-12.00", "not negative"),
        ("true", "true", NUMBER),
        ("null", "null", NUMBER),
        ('"12"', "12", NUMBER),
        ("[12]", "a list", NUMBER),
        ("{}", "a block", NUMBER),
    ],
)
def test_a_hostile_number_is_refused_by_name_value_rule_and_line(literal: str, shown: str, rule: str) -> None:
    assert _faults(_with_literal("actual_metrics", "spend", literal)) == [
        Fault("actual_metrics.spend", shown, rule, 15)
    ]


@pytest.mark.parametrize(
    ("literal", "shown", "rule"),
    [
        ("1.5", "1.5", "a whole number"),
        ("12001", "12001", "≤ impressions (12000)"),
        ("-1", "-1", "not negative"),
        ("false", "false", NUMBER),
        ("NaN", "NaN", "a finite number"),
    ],
)
def test_a_count_that_cannot_be_is_refused(literal: str, shown: str, rule: str) -> None:
    assert _faults(_with_literal("actual_metrics", "clicks", literal)) == [
        Fault("actual_metrics.clicks", shown, rule, 13)
    ]


@pytest.mark.parametrize(
    ("field", "value", "shown", "rule"),
    [
        ("timestamp", "2026-03-29T10:00", "2026-03-29T10:00", f"with a time zone, such as {MOMENT}"),
        ("timestamp", "yesterday", "yesterday", f"a date and time such as {MOMENT}"),
        ("timestamp", 17, "17", f"a date and time such as {MOMENT}"),
        ("campaign_id", "  ", "  ", "not empty"),
        ("name", "\u202e\u2066", "\\u202e\\u2066", "with at least one character that can be seen"),
        ("platform", "\u3164 \u200b", "\u3164 \\u200b", "with at least one character that can be seen"),
        ("campaign_id", "spring\x07sale", "spring\\x07sale", "without control characters"),
        ("campaign_id", 7, "7", "a text in quotes"),
        ("campaign_id", "a" * 201, "a" * 59 + "…", "at most 200 characters"),
        ("platform", True, "true", "a text in quotes"),
        ("objective", None, "null", "a text in quotes"),
        ("expected_metrics", [], "a list", "a block in braces"),
        ("actual_metrics", None, "null", "a block in braces"),
        ("audiences", {}, "a block", "a list in brackets"),
        ("creatives", "beach-video", "beach-video", "a list in brackets"),
        ("budget", 400, "400", "a field I know"),
        ("currency", "euro", "euro", "a currency code of three capital letters, such as EUR"),
        ("timezone", "Mars/Olympus", "Mars/Olympus", "a time zone such as Europe/Madrid"),
        ("window_end", "29 Mar", "29 Mar", "a day such as 2026-03-29"),
        ("window_end", "2026-02-30", "2026-02-30", "a day of the calendar"),
        ("window_end", "1999-12-31", "1999-12-31", "a day between 2000 and 2100"),
        ("window_end", "2100-01-02", "2100-01-02", "a day between 2000 and 2100"),
        ("window_start", "0001-01-01", "0001-01-01", "a day between 2000 and 2100"),
        ("timestamp", FIRST, FIRST, "a moment between 2000 and 2100"),
        ("timestamp", LAST, LAST, "a moment between 2000 and 2100"),
        ("as_of", FIRST, FIRST, "a moment between 2000 and 2100"),
        ("data_as_of", LAST, LAST, "a moment between 2000 and 2100"),
        ("audiences", [0] * 1_001, "a list", "at most 1,000 entries"),
        ("creatives", [0] * 1_001, "a list", "at most 1,000 entries"),
    ],
)  # fmt: skip
def test_a_field_that_breaks_its_rule_is_named(field: str, value: Any, shown: str, rule: str) -> None:
    faults = _faults(_text(**{field: value}))
    assert [(fault.field, fault.value, fault.rule) for fault in faults] == [(field, shown, rule)]
    assert all(fault.line for fault in faults)


def test_a_window_must_run_forward_and_be_closed() -> None:
    backwards = _faults(_text(window_start="2026-03-29", window_end="2026-03-01"))
    open_ended = _faults(_text(window_start="2026-03-29"))
    assert [fault.rule for fault in backwards] == ["not before window_start (2026-03-29)"]
    assert [fault.rule for fault in open_ended] == ["given together with window_start"]


@pytest.mark.parametrize("field", sorted(body()))
def test_every_missing_field_is_named_with_the_line_of_its_block(field: str) -> None:
    parts = body()
    del parts[field]
    assert _faults(json.dumps(parts, indent=2)) == [Fault(field, "(missing)", "has to be given", 1)]


def test_every_fault_of_every_campaign_is_told_at_once() -> None:
    parts = body(timestamp="2026-03-29T10:00:00", extra=1)
    parts["actual_metrics"] = {"impressions": 10, "clicks": 940, "conversions": True, "spend": -12}
    faults = _faults(json.dumps([body(), parts], indent=2))
    assert {(fault.field, fault.value) for fault in faults} == {
        ("[1].actual_metrics.clicks", "940"),
        ("[1].actual_metrics.conversions", "true"),
        ("[1].actual_metrics.spend", "-12"),
        ("[1].timestamp", "2026-03-29T10:00:00"),
        ("[1].extra", "1"),
    }
    assert len({fault.line for fault in faults}) == 5


def test_the_refusal_reads_as_people_read_it() -> None:
    with pytest.raises(Refused) as refused:
        read_campaigns(_with_literal("actual_metrics", "spend", "-12.00"), source="spring.json")
    assert str(refused.value) == (
        "Nothing taken from spring.json.\n"
        'Line 15, actual_metrics.spend: -12.00 breaks the rule "not negative".\n'
        "Nothing was stored."
    )


@pytest.mark.parametrize("text", ["[]", "[ ]"])
def test_an_empty_list_is_refused(text: str) -> None:
    assert _faults(text) == [Fault("file", "0 campaigns", "1 to 5,000 campaigns")]


@pytest.mark.parametrize(("text", "shown"), [("3", "3"), ("null", "null"), ('"spring-sale"', "spring-sale")])
def test_what_is_no_block_is_no_campaign(text: str, shown: str) -> None:
    (fault,) = _faults(text)
    assert (fault.field, fault.value, fault.rule) == ("campaign", shown, "a block in braces")


def test_an_item_of_a_list_that_is_no_block_is_named_by_its_place() -> None:
    (fault,) = _faults(json.dumps([body(), 3], indent=2))
    assert "[1]" in fault.field
    assert fault.line


@pytest.mark.parametrize(
    ("raw", "value"), [(b"\xff\xfe{}", "byte 0xff at 0"), (b'{"a": "\x80"}', "byte 0x80 at 7")]
)
def test_bytes_that_are_not_utf_8_are_refused_by_their_place(raw: bytes, value: str) -> None:
    assert _faults(raw) == [Fault("file", value, "text in UTF-8")]


def test_two_tellings_of_one_campaign_at_one_moment_are_refused() -> None:
    other = body(actual_metrics=body()["expected_metrics"])
    (fault,) = _faults(json.dumps([body(), other]))
    assert fault == Fault("campaign_id", "spring-sale", "one set of figures for each campaign and timestamp")


def test_one_moment_is_one_moment_however_its_offset_is_written() -> None:
    here, there = "2026-03-29T10:00:00+00:00", "2026-03-29T12:00:00+02:00"
    other = body(timestamp=there, actual_metrics=body()["expected_metrics"])
    (fault,) = _faults(json.dumps([body(timestamp=here), other]))
    assert fault.rule == "one set of figures for each campaign and timestamp"

    found, _ = read_campaigns(json.dumps([body(timestamp=here), body(timestamp=there)]))
    assert [each.timestamp.isoformat() for each in found] == [here, there]


def test_the_same_telling_twice_is_no_fault() -> None:
    found, _ = read_campaigns(json.dumps([body(), body()]))
    assert len(found) == 2


def _attribute(literal: str) -> str:
    parts = body(audiences=[{"name": "new-parents", "attributes": {"age": MARK}}])
    return json.dumps(parts, indent=2).replace(f'"{MARK}"', literal)


@pytest.mark.parametrize(
    ("literal", "rule"),
    [
        ("NaN", "a text, a finite number, true or false"),
        ("-Infinity", "a text, a finite number, true or false"),
        ("[1]", "a text, a finite number, true or false"),
        ("{}", "a text, a finite number, true or false"),
        ("1e309", MOST),
        ("-1e999999999", MOST),
        ("1" * 26, MOST),
        ("1000000000001", MOST),
        ("-1000000000000.5", MOST),
    ],
)
def test_a_hostile_attribute_is_one_fault_under_its_own_name(literal: str, rule: str) -> None:
    (fault,) = _faults(_attribute(literal))
    assert (fault.field, fault.rule) == ("audiences[0].attributes.age", rule)


@pytest.mark.parametrize(
    ("literal", "value"),
    [("1000000000000", 10**12), ("-2.5", -2.5), ("1e-999999999", 0.0), ("true", True), ("null", None)],
)
def test_an_attribute_is_kept_as_it_is(literal: str, value: object) -> None:
    found = _read(_attribute(literal)).audiences[0].attributes["age"]
    assert (found, type(found)) == (value, type(value))


def test_the_most_that_is_told_is_a_hundred_faults() -> None:
    unknown = _faults(_text(**{f"budget-{number}": 1 for number in range(500)}))
    missing = _faults(json.dumps([{}] * 500))
    for faults in (unknown, missing):
        assert len(faults) == MOST_FAULTS
        assert faults[-1] == Fault("and more", "over 100 faults", "at most 100 are told at once")
        assert all(fault.line for fault in faults[:-1])


def test_what_has_a_thousand_faults_is_told_to_be_no_campaign() -> None:
    unknown = body(**{f"budget-{number}": 1 for number in range(5_000)})
    assert _faults(json.dumps([body(), unknown])) == [
        Fault("[1]", "5,000 faults", "a campaign with the fields I know", 1)
    ]


def test_a_file_that_is_too_long_is_refused_before_it_is_decoded() -> None:
    (fault,) = _faults(b"\xff" * (LONGEST + 1))
    assert fault.rule == "at most 8,000,000 bytes"


def test_no_control_character_of_a_key_or_value_is_repeated_raw() -> None:
    hostile = "\x1b[2J\u202eelas\n"
    twice = json.dumps({hostile: 1})[:-1] + "," + json.dumps({hostile: 1})[1:]
    for text in (_text(**{hostile: 1}), _text(currency=hostile), _text(platform=hostile), twice):
        (fault,) = _faults(text)
        assert str(fault).isprintable()
    with pytest.raises(Refused) as refused:
        read_campaigns("[]", source=hostile)
    assert all(line.isprintable() for line in str(refused.value).splitlines())


def test_a_refusal_can_always_be_printed() -> None:
    """Half of a surrogate pair is valid JSON and no text that any file or Slack could hold."""
    for parts in ({"platform": "\ud800"}, {"\ud800": 1}):
        (fault,) = _faults(_text(**parts))
        assert str(fault).encode()


@given(json_values)
@settings(max_examples=60, deadline=None)
def test_any_json_is_refused_in_plain_words_and_never_crashes(value: Any) -> None:
    for fault in _faults(json.dumps(value)):
        assert fault.field
        assert fault.rule


@given(st.sampled_from(sorted(body())), json_values)
@settings(max_examples=80, deadline=None)
def test_any_value_in_any_field_is_taken_or_refused_in_plain_words(field: str, value: Any) -> None:
    faults: list[Fault] = []
    try:
        _read(_text(**{field: value}))
    except Refused as refused:
        faults = refused.faults
    assert all(fault.field and fault.rule and fault.line for fault in faults)


@given(st.text(max_size=60) | st.binary(max_size=60))
@settings(max_examples=80, deadline=None)
def test_any_text_and_any_bytes_are_refused_in_plain_words(raw: str | bytes) -> None:
    assert _faults(raw)
