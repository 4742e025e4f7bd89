"""The dialogs: what they ask, what is checked while they are open, and how answers are read."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, get_args

import pytest
from drawn import recommended
from engine_values import MADRID, RULES, SPRING_SALE, WORDS, analysed
from factories import HandClock

from bot import ids
from bot.blocks.modals import Origin, answers, forecast_view, order_value_view, reject_view
from bot.listeners import CHECKS, VIEWS
from bot.sandbox.strictness import view_faults
from engine.engine import Engine
from engine.models.recommendation import RejectReason
from engine.narrate.formats import Separators
from store import open_store

Checked = Callable[..., dict[str, str]]

KNOWN = recommended(analysed(SPRING_SALE))
GOOD = {"impressions": "200,000", "clicks": "4,000", "conversions": "150", "spend": "6,000.00", "revenue": ""}


def filled(values: dict[str, Any]) -> dict[str, Any]:
    """A submitted dialog with one text in each block."""
    return {"state": {"values": {block: {ids.VALUE: {"value": text}} for block, text in values.items()}}}


@pytest.fixture
def checked(tmp_path: Path) -> Iterator[Checked]:
    """What is wrong with a dialog that is submitted with these texts."""
    store = open_store(tmp_path / "marko.db", HandClock())
    engine = Engine(store.memory, HandClock(), rules=RULES, words=WORDS, zone=MADRID, approvers=())

    def check(name: str, values: dict[str, str], separators: Separators = "1,234.50") -> dict[str, str]:
        return CHECKS[name](filled(values), separators, engine)

    yield check
    store.close()


@pytest.mark.parametrize("view", [reject_view, order_value_view, forecast_view])
def test_every_dialog_is_taken_by_slack_and_handled(view: Any) -> None:
    made = view(KNOWN, "C0GROWTH")
    assert view_faults(made) == []
    assert made["callback_id"] in VIEWS
    assert Origin.unpacked(made) == Origin(KNOWN.id, "C0GROWTH")
    assert set(json.loads(made["private_metadata"])) == {"recommendation", "channel"}


def test_every_reason_to_reject_can_be_chosen() -> None:
    choices = reject_view(KNOWN, "C0GROWTH")["blocks"][0]["element"]["options"]
    assert [each["value"] for each in choices] == list(get_args(RejectReason))


def test_the_order_value_names_the_currency_where_there_is_one() -> None:
    label = order_value_view(KNOWN, "C0GROWTH")["blocks"][0]["label"]["text"]
    assert label == "What is one order worth on average, in EUR?"
    without = recommended(analysed(SPRING_SALE.model_copy(update={"currency": None})))
    label = order_value_view(without, "C0GROWTH")["blocks"][0]["label"]["text"]
    assert label == "What is one order worth on average?"


def test_answers_are_read_whatever_kind_of_input_they_come_from() -> None:
    values = {
        "reason": {ids.VALUE: {"type": "radio_buttons", "selected_option": {"value": "data"}}},
        "note": {ids.VALUE: {"type": "plain_text_input", "value": None}},
        "other": {ids.VALUE: {"type": "radio_buttons", "selected_option": None}},
    }
    assert answers({"state": {"values": values}}) == {"reason": "data", "note": "", "other": ""}


@pytest.mark.parametrize(
    ("typed", "error"),
    [
        ("much", "This is not a number such as 1,234.50."),
        ("", "This is not a number such as 1,234.50."),
        ("1,5", "This is not a number such as 1,234.50."),
        ("-5", "It has to be more than 0."),
        ("\u22125.50", "It has to be more than 0."),
        ("-1,5", "This is not a number such as 1,234.50."),
        ("0", "It has to be more than 0 and at most 1,000,000,000,000."),
        ("9" * 13, "It has to be more than 0 and at most 1,000,000,000,000."),
    ],
)
def test_a_wrong_order_value_is_told_at_its_input(checked: Checked, typed: str, error: str) -> None:
    assert checked(ids.ORDER_VALUE_VIEW, {ids.VALUE: typed}) == {ids.VALUE: error}


def test_a_good_forecast_has_no_errors(checked: Checked) -> None:
    assert checked(ids.FORECAST_VIEW, GOOD) == {}
    assert checked(ids.FORECAST_VIEW, {**GOOD, "revenue": "9,000"}) == {}
    german = {**GOOD, "impressions": "200.000", "clicks": "4.000", "spend": "6.000,00"}
    assert checked(ids.FORECAST_VIEW, german, "1.234,50") == {}


def test_every_wrong_number_of_a_forecast_is_told_at_once(checked: Checked) -> None:
    wrong = {**GOOD, "impressions": "many", "spend": "1,5", "revenue": "?"}
    assert checked(ids.FORECAST_VIEW, wrong) == dict.fromkeys(
        ("impressions", "spend", "revenue"), "This is not a number such as 1,234.50."
    )


@pytest.mark.parametrize(
    ("changed", "errors"),
    [
        ({"clicks": "300,000"}, {"clicks": 'The rule is "≤ impressions (200000)".'}),
        ({"clicks": "10.5"}, {"clicks": 'The rule is "a whole number".'}),
        ({"spend": "9" * 14}, {"spend": 'The rule is "at most 1,000,000,000,000".'}),
        ({"conversions": "0"}, {"conversions": "A forecast needs more than 0 conversions."}),
    ],
)
def test_a_broken_rule_of_a_forecast_is_told_at_its_input(
    checked: Checked, changed: dict[str, str], errors: dict[str, str]
) -> None:
    assert checked(ids.FORECAST_VIEW, {**GOOD, **changed}) == errors


def test_a_forecast_left_empty_where_it_is_needed_is_told(checked: Checked) -> None:
    assert "clicks" in checked(ids.FORECAST_VIEW, {**GOOD, "clicks": ""})
