"""Slack by HTTP: everything is posted to the bot's request URL, signed with the app's secret."""

import asyncio
import hashlib
import hmac
import http.client
import json
import secrets
import time
import urllib.error
import urllib.request
from concurrent.futures import ThreadPoolExecutor
from typing import Any, NamedTuple
from urllib.parse import urlencode

from bot.sandbox.envelopes import BAD_ANSWER, NOT_CONNECTED, TIMEOUT, Ack, Envelope

JSON_TYPE = "application/json"
FORM_TYPE = "application/x-www-form-urlencoded"
AT_ONCE = 32
# Straight to the bot: a proxy that the environment names is not meant for this machine.
_STRAIGHT = urllib.request.build_opener(urllib.request.ProxyHandler({}))
_REASONS = {TIMEOUT: "http_timeout"}
_UNPROVEN = "Your URL didn't respond with the value of the challenge parameter."


class _Answer(NamedTuple):
    status: int
    content_type: str
    body: str
    no_retry: bool


class HttpLink:
    """Posts envelopes to one address. Signatures take real time, whatever the sandbox's clock says."""

    def __init__(self, signing_secret: str, request_url: str | None, ack_seconds: float) -> None:
        self._secret = signing_secret
        self._url = request_url
        self.ack_seconds = ack_seconds
        self._threads = ThreadPoolExecutor(AT_ONCE, thread_name_prefix="slack-by-http")

    def close(self) -> None:
        """Finish what is being posted."""
        self._threads.shutdown()

    @property
    def connected(self) -> bool:
        return self._url is not None

    async def move_to(self, request_url: str) -> None:
        """Use another address once it has answered a challenge. Raises ValueError when it does not."""
        challenge = secrets.token_hex(16)
        told = {"type": "url_verification", "token": "sandbox", "challenge": challenge}
        try:
            answer = await self._posting(request_url, json.dumps(told), JSON_TYPE, {})
        except OSError as broken:
            raise ValueError(_UNPROVEN) from broken
        if answer.status != 200 or challenge not in answer.body:
            raise ValueError(_UNPROVEN)
        self._url = request_url

    async def send(self, envelope: Envelope) -> Ack:
        """Post one envelope and wait for its answer, `ack_seconds` at most."""
        if self._url is None:
            return Ack(NOT_CONNECTED)
        body, content_type = encoded(envelope.kind, envelope.payload)
        headers = {}
        if envelope.retry is not None:
            number, reason = envelope.retry
            why = _REASONS.get(reason, reason)
            headers = {"X-Slack-Retry-Num": str(number), "X-Slack-Retry-Reason": why}
        posting = self._posting(self._url, body, content_type, headers)
        try:
            answer = await asyncio.wait_for(posting, self.ack_seconds)
        except TimeoutError:
            return Ack(TIMEOUT)
        except (OSError, http.client.HTTPException):
            return Ack(NOT_CONNECTED)
        if not 200 <= answer.status < 300:
            return Ack(BAD_ANSWER, is_final=answer.no_retry)
        return Ack(payload=_payload(answer) if envelope.accepts_payload else {})

    def _posting(
        self, url: str, body: str, content_type: str, headers: dict[str, str]
    ) -> asyncio.Future[_Answer]:
        loop = asyncio.get_running_loop()
        return loop.run_in_executor(self._threads, self._post, url, body, content_type, headers)

    def _post(self, url: str, body: str, content_type: str, headers: dict[str, str]) -> _Answer:
        raw = body.encode()
        signed = signature(self._secret, raw, int(time.time()))
        request = urllib.request.Request(  # noqa: S310  the bot's own address
            url, data=raw, headers={"Content-Type": content_type, **signed, **headers}, method="POST"
        )
        try:
            with _STRAIGHT.open(request, timeout=self.ack_seconds) as response:
                return _answer(response.status, response.headers, response.read())
        except urllib.error.HTTPError as refused:
            with refused:
                return _answer(refused.code, refused.headers, refused.read())


def encoded(kind: str, payload: dict[str, Any]) -> tuple[str, str]:
    """Write an envelope as Slack does: commands as a form, clicks as JSON in a form, events as JSON."""
    if kind == "slash_commands":
        return urlencode(payload), FORM_TYPE
    if kind == "interactive":
        return urlencode({"payload": json.dumps(payload, ensure_ascii=False)}), FORM_TYPE
    return json.dumps(payload, ensure_ascii=False), JSON_TYPE


def signature(secret: str, body: bytes, moment: int) -> dict[str, str]:
    """The two headers of Slack's signature, version 0."""
    basis = f"v0:{moment}:".encode() + body
    digest = hmac.new(secret.encode(), basis, hashlib.sha256).hexdigest()
    return {"X-Slack-Request-Timestamp": str(moment), "X-Slack-Signature": f"v0={digest}"}


def _answer(status: int, headers: Any, body: bytes) -> _Answer:
    no_retry = headers.get("X-Slack-No-Retry") == "1"
    return _Answer(status, headers.get_content_type(), body.decode("utf-8", "replace"), no_retry)


def _payload(answer: _Answer) -> dict[str, Any]:
    """What the answer holds: words alone are a text."""
    if not answer.body.strip():
        return {}
    if answer.content_type != JSON_TYPE:
        return {"text": answer.body}
    try:
        found = json.loads(answer.body)
    except ValueError:
        return {"text": answer.body}
    return found if isinstance(found, dict) else {}
