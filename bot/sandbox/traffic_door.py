"""What the page of the traffic asks for: the list, what was said in one exchange, the faults, the scopes."""

from collections.abc import Iterator

from starlette.requests import Request
from starlette.responses import JSONResponse, Response
from starlette.routing import Route

from bot.sandbox.asked import Impossible
from bot.sandbox.page_requests import Json, body_of, feed, parts_of, static
from bot.sandbox.parts import Parts
from bot.sandbox.scopes import Scopes
from bot.sandbox.switches import LABELS, Switches


async def page(_request: Request) -> Response:
    """The page itself."""
    return static("traffic.html")


async def changes(request: Request) -> Response:
    """All that is remembered, then what begins, ends or is switched, as server-sent events."""
    parts = parts_of(request)
    return feed(request, parts.traffic, _News(parts))


class _News:
    """What a page of the traffic has not been told yet."""

    def __init__(self, parts: Parts) -> None:
        self._parts = parts
        self._change = 0
        self._first_id = 0
        self._told: Json = {}

    def __call__(self) -> Iterator[tuple[int, Json]]:
        switched = _switched(self._parts)
        self._change, first_id, entries = self._parts.traffic.since(self._change)
        forgotten = first_id != self._first_id
        if not entries and not forgotten and switched == self._told:
            return
        self._first_id, self._told = first_id, switched
        told = {"first_id": first_id, "zone": self._parts.clock.zone, **switched}
        yield self._change, {**told, "entries": [one.to_page() for one in entries]}


def _switched(parts: Parts) -> Json:
    return {
        "faults": parts.switches.state(),
        "scopes": parts.scopes.state(),
        "platform": parts.receiver.to_page(),
    }


async def exchange(request: Request) -> Response:
    """What was said in one exchange: the request and the answer, as text."""
    entry = parts_of(request).traffic.find(request.path_params["number"])
    if entry is None:
        raise Impossible(404, "That exchange is forgotten.")
    return JSONResponse({**entry.to_page(), "request": entry.request, "answer": entry.answer})


async def clear(request: Request) -> Response:
    """Forget everything so far."""
    await body_of(request)
    parts_of(request).traffic.clear()
    return JSONResponse({})


async def read_faults(request: Request) -> Response:
    """The switches that make the sandbox fail on purpose."""
    return JSONResponse({"faults": parts_of(request).switches.state(), "labels": LABELS})


async def set_fault(request: Request) -> Response:
    """Turn one of these switches."""
    switches = parts_of(request).switches
    await _turn(switches, request)
    return JSONResponse({"faults": switches.state()})


async def set_scope(request: Request) -> Response:
    """Take a scope from the bot, or give it back."""
    scopes = parts_of(request).scopes
    await _turn(scopes, request)
    return JSONResponse({"scopes": scopes.state()})


async def _turn(board: Switches | Scopes, request: Request) -> None:
    body = await body_of(request)
    try:
        board.set(str(body.get("name")), on=bool(body.get("on")))
    except ValueError as wrong:
        raise Impossible(404, str(wrong)) from None
    parts_of(request).traffic.wake()


ROUTES = [
    Route("/traffic", page),
    Route("/ui/traffic/events", changes),
    Route("/ui/traffic/clear", clear, methods=["POST"]),
    Route("/ui/traffic/{number:int}", exchange),
    Route("/ui/faults", read_faults, methods=["GET"]),
    Route("/ui/faults", set_fault, methods=["POST"]),
    Route("/ui/scopes", set_scope, methods=["POST"]),
]
