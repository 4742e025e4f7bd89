"""What an answer means: done by a receipt alone, refused by a no, and everything else unclear."""

import json
from decimal import Decimal
from typing import Any

import pytest
from test_webhooks import execution

from bot.egress import Answer
from bot.fates import Done, NeverSeen, Said, Unclear, Waits, agreed, held_against, of_lookup, of_order
from engine.models.execution import Receipt


def answer(status: int, body: Any = b"", **headers: str) -> Answer:
    return Answer(status, headers, body if isinstance(body, bytes) else json.dumps(body).encode())


def done(**values: Any) -> Done:
    return Done(Receipt(**{"id": "r1"} | values))


def test_a_receipt_makes_it_done_and_tells_what_was_and_is_exactly() -> None:
    told = b'{"receipt":"r1","previous":440.10,"value":"506.00"}'
    assert of_order(answer(200, told)) == done(previous=Decimal("440.10"), value=Decimal("506.00"))


@pytest.mark.parametrize(
    "body",
    [b"", b"OK", b"Accepted", b"[]", b"null", b"{", {"ok": True}, {"receipt": ""}, {"receipt": 7},
     {"receipt": None}, {"receipt": "r1", "value": True}, {"receipt": "r1", "value": "NaN"},
     {"receipt": "r1", "value": -1}, {"receipt": "r1", "previous": "much"},
     b'{"receipt":"r1","value":NaN}', b"[" * 60_000],
)  # fmt: skip
def test_a_200_without_a_whole_receipt_is_not_done(body: Any) -> None:
    assert isinstance(of_order(answer(200, body)), Unclear)


@pytest.mark.parametrize("status", [301, 302, 303, 307, 308, 400, 401, 403, 404, 409, 410, 412, 422])
def test_a_redirect_or_a_4xx_is_a_no_for_good(status: int) -> None:
    said = of_order(answer(status, {"error": "the  value\nhas changed"}))
    assert said == Said(f"{status}, the value has changed", for_good=True)


@pytest.mark.parametrize(
    ("status", "asked", "wait"),
    [(429, "7", 7.0), (503, "120", 120.0), (500, "", None), (408, "soon", None), (425, "99999999", 3600.0),
     (429, "Mon, 01 Jan 2001 00:00:00 GMT", 0.0)],
)  # fmt: skip
def test_a_busy_receiver_is_asked_again_when_it_says(status: int, asked: str, wait: float | None) -> None:
    said = of_order(answer(status, **{"retry-after": asked}))
    assert said == Said(str(status), for_good=False, wait_s=wait)


@pytest.mark.parametrize("status", [502, 504, 524])
def test_what_a_go_between_answers_says_nothing_of_the_receiver(status: int) -> None:
    assert isinstance(of_order(answer(status)), Unclear)


@pytest.mark.parametrize(
    ("told", "fate"),
    [
        ({"state": "never_seen"}, NeverSeen()),
        ({"state": "refused", "error": "no"}, Said("no")),
        ({"state": "done", "receipt": "r1", "value": 506}, done(value=Decimal(506), read_back=True)),
        ({"state": "done", "receipt": "r1"}, done()),
        ({"state": "done"}, Unclear("the look-up does not tell")),
        ({"state": "pending"}, Unclear("the look-up does not tell")),
        ({}, Unclear("the look-up does not tell")),
    ],
)
def test_a_look_up_tells_one_of_three_things(told: dict[str, Any], fate: Any) -> None:
    assert of_lookup(answer(200, told)) == fate


def test_the_look_up_is_believed_over_the_answer() -> None:
    read = done(value=Decimal(506), read_back=True)
    silent = Unclear("no answer in time")
    assert agreed(silent, read) == read
    assert agreed(silent, NeverSeen()) == NeverSeen()
    assert agreed(silent, Said("no")) == Said("no")
    assert agreed(silent, Waits("closed")) == silent
    assert agreed(done(previous=Decimal(440)), read) == done(
        previous=Decimal(440), value=Decimal(506), read_back=True
    )
    assert isinstance(agreed(done(), NeverSeen()), Unclear)
    assert isinstance(agreed(done(), Said("no")), Unclear)
    assert agreed(done(), Waits("closed")) == done()


def test_done_with_another_value_than_was_asked_for_is_not_done() -> None:
    assert held_against(execution(), done(value=Decimal(440))) == Unclear(
        "daily spend is 440.00 there, not 506.00 EUR", Decimal(440)
    )
    right = done(value=Decimal("505.99999999999994"))
    assert held_against(execution(), right) == right
    assert held_against(execution(), done()) == done()


def test_what_comes_before_an_answer_tells_nothing_of_it() -> None:
    assert all(isinstance(of_order(answer(status)), Unclear) for status in (101, 102, 103))


@pytest.mark.parametrize("amount", ["1e-999999999", "0." + "1" * 50_000])
def test_an_amount_that_could_not_be_written_out_is_no_receipt(amount: str) -> None:
    body = f'{{"receipt": "r1", "previous": {amount}}}'.encode()
    assert isinstance(of_order(Answer(200, {}, body)), Unclear)
