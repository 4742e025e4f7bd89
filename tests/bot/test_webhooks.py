"""What is sent: the same bytes with every try, signed so that anybody with the key can check it."""

import base64
import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest
from standardwebhooks import Webhook, WebhookVerificationError

from bot.webhooks import lookup_request, order_request
from engine.models.action import SetSpend
from engine.models.execution import Execution

KEYS = tuple(f"whsec_{base64.b64encode(letter * 32).decode()}" for letter in (b"a", b"b"))
AT = datetime(2026, 3, 30, 7, 40, tzinfo=UTC)


def execution(
    *, to: str = "506", previous: str = "440", currency: str | None = "EUR", **more: object
) -> Execution:
    values = {
        "key": "marko:rec_0123456789:do",
        "recommendation": "rec_0123456789",
        "purpose": "do",
        "workflow": "Budget Reallocation",
        "campaign_id": "spring-sale",
        "platform": "meta",
        "action": SetSpend(
            field="daily spend", previous=Decimal(previous), to=Decimal(to), currency=currency
        ),
        "status": "sending",
        "by": "U0APPROVER",
        "created_at": AT,
    }
    return Execution(**{**values, **more})  # type: ignore[arg-type]


def test_an_order_is_exactly_these_bytes() -> None:
    assert order_request(execution(), now=AT).body == (
        b'{"action":{"currency":"EUR","field":"daily spend","kind":"set_spend","previous":440.00,'
        b'"to":506.00},"approved_at":"2026-03-30T07:40:00+00:00","approved_by":"U0APPROVER","campaign_id":"spring-sale",'
        b'"idempotency_key":"marko:rec_0123456789:do","platform":"meta","recommendation_id":"rec_0123456789",'
        b'"type":"action.do","workflow":"Budget Reallocation"}'
    )


def test_a_later_try_has_the_same_bytes_and_key_and_a_new_moment() -> None:
    first = order_request(execution(), KEYS, now=AT)
    later = execution(attempts=3, refusals=2, error="500", sent_at=AT, doubtful=True)
    second = order_request(later, KEYS, now=AT + timedelta(minutes=1))
    assert second.body == first.body
    same = ("webhook-id", "Idempotency-Key")
    assert [second.headers[each] for each in same] == [first.headers[each] for each in same]
    assert int(second.headers["webhook-timestamp"]) == int(first.headers["webhook-timestamp"]) + 60
    assert second.headers["webhook-signature"] != first.headers["webhook-signature"]


def test_each_of_two_keys_verifies_and_a_third_does_not() -> None:
    request = order_request(execution(), KEYS, now=datetime.now(UTC))
    for key in KEYS:
        assert Webhook(key).verify(request.body, request.headers)["campaign_id"] == "spring-sale"
    with pytest.raises(WebhookVerificationError):
        Webhook(f"whsec_{base64.b64encode(b'c' * 32).decode()}").verify(request.body, request.headers)
    assert len(request.headers["webhook-signature"].split(" ")) == 2


def test_without_keys_nothing_is_signed_as_in_a_dry_run() -> None:
    assert "webhook-signature" not in order_request(execution(), now=AT).headers


def test_an_undo_says_what_the_platform_must_still_show() -> None:
    way_back = execution(previous="506", to="440", purpose="undo", key="marko:rec_0123456789:undo")
    told = json.loads(order_request(way_back, now=AT).body)
    assert told["type"] == "action.undo"
    assert told["only_if"] == {"value": 506.0}
    assert (told["action"]["previous"], told["action"]["to"]) == (506.0, 440.0)


@pytest.mark.parametrize(
    ("currency", "to", "written"),
    [
        ("JPY", "50600", b'"to":50600}'),
        ("KWD", "0.1", b'"to":0.100}'),
        (None, "1062.8", b'"to":1062.80}'),
        ("EUR", "999999999999.99", b'"to":999999999999.99}'),
        ("EUR", "440.005", b'"to":440.005}'),
        ("EUR", "1E+3", b'"to":1000.00}'),
    ],
)
def test_amounts_are_exact_numbers_with_the_currencys_decimals(
    currency: str | None, to: str, written: bytes
) -> None:
    body = order_request(execution(to=to, currency=currency), now=AT).body
    assert written in body
    assert json.loads(body, parse_float=Decimal)["action"]["to"] == Decimal(to)


def test_names_out_of_files_stay_names() -> None:
    name = 'spring "sale"\n{{1.evil}} ü'
    body = order_request(execution(campaign_id=name), now=AT).body
    assert body.isascii()
    assert json.loads(body)["campaign_id"] == name


def test_every_look_up_has_an_id_of_its_own_and_asks_for_the_same_key() -> None:
    first = lookup_request(execution(), KEYS, now=AT)
    second = lookup_request(execution(), KEYS, now=AT + timedelta(seconds=1))
    assert first.headers["webhook-id"] != second.headers["webhook-id"]
    assert "." not in first.headers["webhook-id"]
    assert json.loads(first.body) == {
        "type": "action.lookup",
        "idempotency_key": "marko:rec_0123456789:do",
        "recommendation_id": "rec_0123456789",
        "workflow": "Budget Reallocation",
        "platform": "meta",
        "campaign_id": "spring-sale",
        "field": "daily spend",
    }
