"""Slack's own requests: commands, clicks, dialogs and events, signed with the app's secret."""

import hashlib
import hmac
import time
from typing import Annotated

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Depends, Request
from fastapi.responses import Response
from slack_bolt import App, BoltRequest
from slack_bolt.adapter.starlette.handler import to_starlette_response

from bot.web.answers import refusal
from bot.web.body import up_to

PATH = "/slack/events"
LONGEST = 2_000_000
FRESH_S = 300
THREADS = 10
UNSIGNED = "The signature of this request is missing, old or wrong."


def is_signed(secret: str, body: bytes, timestamp: str, signature: str, *, now: float) -> bool:
    """Check Slack's signature: HMAC-SHA256 over ``v0:timestamp:body``, within five minutes of ``now``."""
    if not (timestamp.isascii() and timestamp.isdigit() and len(timestamp) < 16):
        return False
    if abs(now - int(timestamp)) > FRESH_S:
        return False
    basis = b"v0:" + timestamp.encode() + b":" + body
    expected = "v0=" + hmac.new(secret.encode(), basis, hashlib.sha256).hexdigest()
    return hmac.compare_digest(expected.encode(), signature.encode())


def slack_door(app: App, secret: str) -> APIRouter:
    """Make the route that checks a request and hands it to Bolt, whose answer goes back to Slack."""
    router = APIRouter(tags=["slack"])
    # Threads of its own: an acknowledgement never waits for somebody's long analysis.
    threads = anyio.CapacityLimiter(THREADS)

    def dispatch(body: bytes, request: Request) -> Response:
        try:
            text = body.decode()
        except UnicodeDecodeError:
            return refusal(400, "The body is no text in UTF-8.")
        asked = BoltRequest(body=text, headers=dict(request.headers))
        return to_starlette_response(app.dispatch(asked))

    @router.post(PATH, summary="Slack's signed requests", include_in_schema=True)
    async def receive(request: Request, body: Annotated[bytes, Depends(up_to(LONGEST))]) -> Response:
        timestamp = request.headers.get("x-slack-request-timestamp", "")
        signature = request.headers.get("x-slack-signature", "")
        # Bolt checks it too, but it writes what it refuses into the log, and falls over odd headers.
        if not is_signed(secret, body, timestamp, signature, now=time.time()):
            return refusal(401, UNSIGNED)
        return await run_sync(dispatch, body, request, limiter=threads)

    return router
