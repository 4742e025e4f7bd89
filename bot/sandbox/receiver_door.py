"""How the ad platform is reached: signed changes and look-ups by the bot, and what people do to it."""

import asyncio
import contextlib
from decimal import Decimal, InvalidOperation

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.asked import Impossible
from bot.sandbox.page_requests import Json, body_of, parts_of
from bot.sandbox.parts import Parts
from bot.sandbox.receiver import LABELS, Told
from bot.sandbox.web_api import NoAnswer

ORDERS, LOOKUPS = "/platform/actions", "/platform/lookups"
MOST_BYTES = 65_536
TYPES = {ORDERS: frozenset({"action.do", "action.undo"}), LOOKUPS: frozenset({"action.lookup"})}


async def take(request: Request) -> Response:
    """Take one signed request; 401 where it is not genuine, and then nothing is looked at."""
    parts, path = parts_of(request), request.url.path
    raw = await request.body()
    asked = parts.receiver.verified(raw[: MOST_BYTES + 1], request.headers)
    if asked is None or asked.get("type") not in TYPES[path]:
        status, error = (401, "not genuine") if asked is None else (400, "no such type")
        number = parts.traffic.begin("action", path, raw[:MOST_BYTES].decode(errors="replace"))
        parts.traffic.end(number, state=str(status), answer={"error": error})
        return JSONResponse({"error": error}, status_code=status)
    about = str(asked.get("campaign_id"))
    number = parts.traffic.begin("action", asked["type"], raw.decode(), about=about)
    told = _obeyed(parts, path, asked)
    state = "ok" if told.status == 200 and told.manner == "answer" else told.manner
    parts.traffic.end(number, state=str(told.status) if state == "answer" else state, answer=told.body)
    return await _answered(request, told)


def _obeyed(parts: Parts, path: str, asked: Json) -> Told:
    try:
        return parts.receiver.lookup(asked) if path == LOOKUPS else parts.receiver.order(asked)
    except (KeyError, TypeError, InvalidOperation) as missing:
        return Told(400, {"error": f"the order lacks {missing}"})


async def _answered(request: Request, told: Told) -> Response:
    if told.manner == "stall":
        await _until_gone(request)
    return JSONResponse(told.body, status_code=told.status) if told.manner == "answer" else NoAnswer()


async def _until_gone(request: Request) -> None:
    """Wait until the other side hangs up, or the sandbox ends."""
    closing = asyncio.ensure_future(request.app.state.closing.wait())
    gone = asyncio.ensure_future(request.receive())
    _, pending = await asyncio.wait({closing, gone}, return_when=asyncio.FIRST_COMPLETED)
    for each in pending:
        each.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await each


async def read(request: Request) -> Response:
    """What the platform has now, and the words for its faults."""
    return JSONResponse({**parts_of(request).receiver.to_page(), "labels": LABELS})


async def set_fault(request: Request) -> Response:
    """Turn one of its faults."""
    body, parts = await body_of(request), parts_of(request)
    try:
        parts.receiver.faults.set(str(body.get("name")), on=bool(body.get("on")))
    except ValueError as wrong:
        raise Impossible(404, str(wrong)) from None
    parts.traffic.wake()
    return JSONResponse(parts.receiver.to_page())


async def change(request: Request) -> Response:
    """Somebody else changes a value there."""
    body, parts = await body_of(request), parts_of(request)
    try:
        value = Decimal(str(body.get("value")))
        if not value.is_finite() or not 0 <= value < 10**12:
            raise InvalidOperation
        plain = Decimal(f"{value:f}")  # 1e9 is shown as people write it
        parts.receiver.change(str(body.get("campaign")), str(body.get("field")), plain)
    except InvalidOperation:
        raise Impossible(400, "Enter an amount such as 440.00, below a trillion.") from None
    except ValueError as wrong:
        raise Impossible(404, str(wrong)) from None
    parts.traffic.wake()
    return JSONResponse(parts.receiver.to_page())


ROUTES = [
    Route(ORDERS, take, methods=["POST"]),
    Route(LOOKUPS, take, methods=["POST"]),
    Route("/ui/platform", read, methods=["GET"]),
    Route("/ui/platform/faults", set_fault, methods=["POST"]),
    Route("/ui/platform/value", change, methods=["POST"]),
]
