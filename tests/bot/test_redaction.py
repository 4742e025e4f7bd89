"""What leaves through the log: no token, no ticket, no address that answers in our name, no e-mail."""

import io
import json
import logging

import pytest

from bot.redaction import Discreet, redact

URL = "https://hooks.slack.com/commands/T1/2/planted"
SECRETS = {
    "bot token": "token=xoxb-123-planted-abc",
    "user token": "'xoxp-planted'",
    "app token": "xapp-1-A1-planted",
    "header": "{'Authorization': 'Bearer planted'}",
    "ticket": 'body: {"ok":true,"url":"wss://wss-primary.slack.com/link/?ticket=planted-x&app_id=A1"}',
    "answering address": f"Sending a request - url: {URL}, body: x",
    "address in a payload": json.dumps({"response_url": URL, "text": "spring-sale"}),
    "address in an escaped payload": json.dumps({"response_url": URL}).replace("/", "\\/"),
    "sandbox's address": "POST http://127.0.0.1:3000/response/planted",
    "verification token": json.dumps({"token": "planted", "team_id": "T1"}),
    "e-mail": "profile of planted.person+ads@mail.example.com",
}


@pytest.mark.parametrize("kind", SECRETS)
def test_a_secret_is_hidden_wherever_it_stands(kind: str) -> None:
    assert "planted" not in redact(SECRETS[kind])
    assert "(hidden)" in redact(SECRETS[kind])


@pytest.mark.parametrize(
    "text",
    [
        "connected to Marko sandbox as marko",
        "card:rec_0123456789:C0GROWTH:0: fatal_error; again in 2 s",
        "case 1a2b3c: /analyze of command:17.1 failed",
        "looking for digest:C0GROWTH:2026-03-30 after 2 attempts",
    ],
)
def test_what_is_no_secret_stays_readable(text: str) -> None:
    assert redact(text) == text


def test_a_traceback_is_redacted_like_its_message() -> None:
    written = io.StringIO()
    handler = logging.StreamHandler(written)
    handler.setFormatter(Discreet("%(levelname)s %(message)s"))
    log = logging.Logger("planting")
    log.addHandler(handler)
    try:
        raise ValueError("xoxb-planted-1")
    except ValueError:
        log.exception("with %s", "xapp-planted-2")
    assert "ValueError: (hidden)" in written.getvalue()
    assert written.getvalue().startswith("ERROR with (hidden)\n")
