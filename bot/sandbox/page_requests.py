"""What every door of the page shares: its parts, its body, its files, its feed, and how it refuses."""

import asyncio
import json
import mimetypes
from collections.abc import AsyncIterator, Callable, Iterable
from pathlib import Path
from typing import Any

from starlette.requests import Request
from starlette.responses import JSONResponse, Response, StreamingResponse

from bot.sandbox import sharing
from bot.sandbox.asked import Impossible
from bot.sandbox.journal import Watched
from bot.sandbox.parts import Parts

PAGE = Path(__file__).parent / "page"
KEEP_ALIVE_SECONDS = 15.0

Json = dict[str, Any]


def parts_of(request: Request) -> Parts:
    """The parts of the sandbox that was asked."""
    parts: Parts = request.app.state.parts
    return parts


async def body_of(request: Request) -> Json:
    """The JSON of a request of the page itself; another site's page may not act here."""
    origin = request.headers.get("origin")
    if origin is not None and origin.rstrip("/") not in {
        parts_of(request).url,
        parts_of(request).url.replace("127.0.0.1", "localhost"),
    }:
        raise Impossible(403, "Only the sandbox's own page may do that.")
    if int(request.headers.get("content-length") or 0) > sharing.LONGEST_BODY:
        raise Impossible(413, sharing.too_big("This"))
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        raise Impossible(400, "The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise Impossible(400, "The body must be a JSON object.")
    return body


async def refuse(_request: Request, error: Exception) -> Response:
    """An Impossible as an answer."""
    status = error.status if isinstance(error, Impossible) else 500
    return JSONResponse({"error": str(error)}, status_code=status)


def static(name: str) -> Response:
    """A file that the page is made of."""
    # Names only, never paths: nothing outside the page's folder is told.
    path = PAGE / name
    if "/" in name or name.startswith(".") or not path.is_file():
        return JSONResponse({"error": f"There is no {name}."}, status_code=404)
    kind = {".js": "text/javascript", ".css": "text/css"}.get(path.suffix)
    kind = kind or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(path.read_bytes(), media_type=kind, headers={"Cache-Control": "no-cache"})


def feed(request: Request, source: Watched, news: Callable[[], Iterable[tuple[int, Json]]]) -> Response:
    """Server-sent events: what `news` has to tell, by number, at once and after each change of `source`."""
    events = _events(source, news, request.app.state.closing)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(events, media_type="text/event-stream", headers=headers)


async def _events(
    source: Watched, news: Callable[[], Iterable[tuple[int, Json]]], closing: asyncio.Event
) -> AsyncIterator[str]:
    loop, changed = asyncio.get_running_loop(), asyncio.Event()
    stop_watching = source.watch(lambda: loop.call_soon_threadsafe(changed.set))
    try:
        yield ": here\n\n"
        while not closing.is_set():
            changed.clear()
            for number, body in news():
                yield f"id: {number}\ndata: {json.dumps(body)}\n\n"
            try:
                await asyncio.wait_for(changed.wait(), KEEP_ALIVE_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
    finally:
        stop_watching()
