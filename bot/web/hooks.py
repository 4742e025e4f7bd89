"""The door for what programs deliver: ``POST /hooks/ingest/{source}``, signed by Standard Webhooks 1.0.

Nothing is read here. A delivery is looked at as little as possible until its signature fits, kept with its
bytes before it is acknowledged, and worked off by ``bot/mailroom.py``. Signed is ``id.timestamp.body``;
neither path nor query are, so nothing that changes a figure is taken from there.
"""

import base64
import hashlib
import hmac
import re
import time
from collections.abc import AsyncIterator, Callable, Collection, Mapping
from contextlib import asynccontextmanager
from pathlib import PurePath
from typing import Any, NamedTuple

import anyio
from anyio.to_thread import run_sync
from fastapi import APIRouter, Request
from fastapi.responses import JSONResponse
from starlette.requests import ClientDisconnect

from bot.hook_secrets import SECRET, SOURCE, HookSecrets
from bot.receivers import PREFIX
from bot.web.answers import Problem
from bot.web.body import up_to
from engine.intake.json_text import printable
from engine.models.hook import Accepted

PATH = "/hooks/ingest/{source}"
LONGEST = 25_000_000
IN_FLIGHT = 4 * LONGEST  # bytes of bodies that are held at a time, whoever sends them
SLOWEST_S = 120.0
FRESH_S = 300
THREADS = 4
MOST_SIGNATURES = 20
LONGEST_NAME = 120
ENDINGS = {
    "application/json": "json",
    "application/x-ndjson": "json",
    "text/csv": "csv",
    "application/csv": "csv",
    "text/tab-separated-values": "tsv",
    "text/plain": "txt",
    "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet": "xlsx",
    "application/gzip": "gz",
    "application/x-gzip": "gz",
    "application/zip": "zip",
    "application/octet-stream": "bin",
}
SUMMARY = "Data of other programs, signed by Standard Webhooks; 202 with an id"
ANSWERS: dict[int | str, dict[str, Any]] = {
    200: {"description": 'The same delivery again: {"id": …, "status": "duplicate"}; nothing changed'},
    401: {"description": "Not signed, signed with another secret, or more than five minutes off"},
    409: {"description": "This id was delivered before with other content"},
    413: {"description": f"Over {LONGEST:,} bytes"},
    415: {"description": "A form, or a kind of content that is not read"},
    503: {"description": "No secret is set, or too much comes at once"},
}
CLOSED = f"Webhooks are closed: the owner of the bot has to set {SECRET}."
MULTIPART = (
    "Send the file itself as the body, not a form: Content-Type: text/csv, and its name as ?file=NAME.csv."
)
KINDS = "Send application/json, text/csv, or a spreadsheet as it is, and say so in Content-Type."
PACKED = "Content-Encoding is not read: send the bytes as they are, or a .gz file as application/gzip."
UNREAD = "is not read: it is not signed. Put platform, account and currency into the JSON, beside its rows."
CONFLICT = (
    "This webhook-id was delivered before with other content; that stands, and this was not taken. "
    "Send new content with a new id."
)
SIGNED = ("webhook-id", "webhook-timestamp", "webhook-signature")
_ID = re.compile(r"[\x21-\x7e]{1,200}")
_STAMP = re.compile(r"[0-9]{1,12}")


class Delivered(NamedTuple):
    """One genuine delivery."""

    source: str
    webhook_id: str
    content: bytes
    file: str
    media: str


class _Signed(NamedTuple):
    webhook_id: str
    timestamp: str
    signatures: str


def is_genuine(keys: Collection[str], signed: "_Signed", body: bytes) -> bool:
    """Check the signatures of Standard Webhooks over the bytes, by each key, in constant time.

    The package's own check takes texts alone, and a spreadsheet is none.
    """
    message = f"{signed.webhook_id}.{signed.timestamp}.".encode()
    given = [each.encode() for each in signed.signatures.split(" ")[:MOST_SIGNATURES]]
    fits = False
    for key in keys:
        mac = hmac.new(base64.b64decode(key.removeprefix(PREFIX)), message, hashlib.sha256)
        mac.update(body)
        wanted = b"v1," + base64.b64encode(mac.digest())
        for each in given:
            fits |= hmac.compare_digest(each, wanted)
    return fits


def hooks(secrets: HookSecrets, accept: Callable[[Delivered], Accepted]) -> APIRouter:
    """Make the route; ``accept`` keeps a delivery durably and says whether it is new."""
    router = APIRouter(tags=["hooks"])
    room = _Room(IN_FLIGHT)
    threads: list[anyio.CapacityLimiter] = []  # threads of its own: nobody else waits for a large file

    def check_and_keep(signed: _Signed, delivered: Delivered) -> Accepted:
        if not is_genuine(secrets.keys(delivered.source), signed, delivered.content):
            raise Problem(
                401, "The signature is wrong: it does not fit these bytes and the secret of this source."
            )
        if not delivered.content:
            raise Problem(422, "The body is empty.")
        return accept(delivered)

    @router.post(PATH, summary=SUMMARY, status_code=202, responses=ANSWERS)
    async def receive(source: str, request: Request) -> JSONResponse:
        if not SOURCE.fullmatch(source):
            raise Problem(404, "Not Found.")
        if not secrets.keys(source):
            raise Problem(503, CLOSED)
        signed = _signed(request.headers)
        media = _media(request.headers)
        name = _name(request, source, media)
        if not threads:
            threads.append(anyio.CapacityLimiter(THREADS))
        async with room.held(_announced(request.headers)):
            content = await _body(request)
            delivered = Delivered(source, signed.webhook_id, content, name, media)
            accepted = await run_sync(check_and_keep, signed, delivered, limiter=threads[0])
        if accepted.status == "conflict":
            raise Problem(409, CONFLICT)
        status = 202 if accepted.status == "accepted" else 200
        return JSONResponse({"id": accepted.id, "status": accepted.status}, status)

    return router


class _Room:
    """Bytes of bodies that may be held at a time: whoever has no key must not fill the memory."""

    def __init__(self, most: int) -> None:
        self._left = most

    @asynccontextmanager
    async def held(self, size: int) -> AsyncIterator[None]:
        """Hold so many; raises ``Problem`` 503 where too many are held."""
        if size > self._left:
            raise Problem(
                503, "Too many deliveries at once; send it again in a moment.", headers={"Retry-After": "5"}
            )
        self._left -= size
        try:
            yield
        finally:
            self._left += size


async def _body(request: Request) -> bytes:
    try:
        with anyio.fail_after(SLOWEST_S):
            return await up_to(LONGEST)(request)
    except ClientDisconnect:
        raise Problem(400, "The body ended early; nothing was taken.") from None
    except TimeoutError:
        raise Problem(
            408, f"The body took longer than {SLOWEST_S:.0f} s.", headers={"Connection": "close"}
        ) from None


def _announced(headers: Mapping[str, str]) -> int:
    """How long a body may be: as it says, else as long as any."""
    told = headers.get("content-length", "")
    return min(int(told), LONGEST) if told.isascii() and told.isdigit() and len(told) < 20 else LONGEST


def _signed(headers: Mapping[str, str]) -> _Signed:
    """Read what signs; raises ``Problem`` 401 before anything of the body is read."""
    named = {name: headers.get(name, "") for name in SIGNED}
    if missing := [name for name, value in named.items() if not value]:
        raise Problem(401, f"Not signed: {', '.join(missing)} missing. Sign it by Standard Webhooks.")
    found = _Signed(*named.values())
    if not _ID.fullmatch(found.webhook_id):
        raise Problem(401, "webhook-id takes 1 to 200 visible ASCII characters.")
    if not _STAMP.fullmatch(found.timestamp):
        raise Problem(401, "webhook-timestamp takes whole seconds since 1970.")
    # By real time, whatever a sandbox's clock says: a captured delivery is of no use after five minutes.
    if abs(time.time() - int(found.timestamp)) > FRESH_S:
        raise Problem(401, f"webhook-timestamp is more than {FRESH_S} s off. Sign it when you send it.")
    return found


def _media(headers: Mapping[str, str]) -> str:
    media = headers.get("content-type", "").partition(";")[0].strip().lower()
    if media.startswith("multipart/"):
        raise Problem(415, MULTIPART)
    if media not in ENDINGS:
        raise Problem(415, KINDS)
    if headers.get("content-encoding", "identity").strip().lower() != "identity":
        raise Problem(415, PACKED)
    return media


def _name(request: Request, source: str, media: str) -> str:
    """What the file is called, by query or header, else by its source; it is shown, and decides nothing."""
    if others := sorted(set(request.query_params) - {"file"}):
        raise Problem(422, f"?{printable(others[0])[:40]} {UNREAD}")
    given = request.query_params.get("file") or request.headers.get("x-file-name", "")
    name = printable(PurePath(given.replace("\\", "/")).name.strip())
    return name[-LONGEST_NAME:] if name else f"{source}.{ENDINGS[media]}"
