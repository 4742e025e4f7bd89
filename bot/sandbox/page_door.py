"""What the page asks for: itself, the state, the feed of changes, and everything that people do."""

import asyncio
import json
import mimetypes
from collections.abc import AsyncIterator, Awaitable, Callable
from pathlib import Path
from typing import Any

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response, StreamingResponse
from starlette.routing import Route

from bot.sandbox import interactions, web_files
from bot.sandbox.interactions import Impossible
from bot.sandbox.parts import Parts
from bot.sandbox.people import TEAM_ID, TEAM_NAME, User

PAGE = Path(__file__).parent / "page"
KEEP_ALIVE_SECONDS = 15.0

Json = dict[str, Any]


def _parts(request: Request) -> Parts:
    parts: Parts = request.app.state.parts
    return parts


def _viewer(request: Request) -> User:
    user = _parts(request).workspace.users.get(request.query_params.get("user", ""))
    if user is None or user.is_bot:
        raise Impossible(404, f"There is no person {request.query_params.get('user', '')!r}.")
    return user


async def index(_request: Request) -> Response:
    """The page itself."""
    return _static("index.html")


async def page_file(request: Request) -> Response:
    """A file that the page is made of."""
    return _static(request.path_params["name"])


async def permalink(request: Request) -> Response:
    """A message's address opens the page there."""
    ts = request.path_params["moment"].removeprefix("p")
    return RedirectResponse(f"/?channel={request.path_params['channel']}&ts={ts[:-6]}.{ts[-6:]}")


async def state(request: Request) -> Response:
    """Everything that a person sees."""
    parts, me = _parts(request), _viewer(request)
    workspace = parts.workspace
    # Under the lock, so that last_seq is exactly the point from which the feed goes on.
    with parts.journal.condition:
        channels = workspace.channels_of(me.id)
        home = parts.views.home(me.id)
        body = {
            "team": {"id": TEAM_ID, "name": TEAM_NAME},
            "me": me.to_page(),
            "users": [user.to_page() for user in workspace.users.values()],
            "channels": [workspace.channel_for_page(channel, me.id) for channel in channels],
            "commands": list(parts.commands),
            "clock": parts.clock.state(),
            "connected": parts.delivery.connected,
            "messages": {channel.id: workspace.messages(channel.id, me.id) for channel in channels},
            "views": [view.to_page() for view in parts.views.stack(me.id)],
            "home": home.to_page() if home else None,
            "guide": parts.guide,
            "last_seq": parts.journal.last_seq,
        }
        workspace.mark_seen(me.id)
    return JSONResponse(body)


async def feed(request: Request) -> Response:
    """The changes after a number, as server-sent events."""
    parts, me = _parts(request), _viewer(request)
    told = request.headers.get("last-event-id") or request.query_params.get("after", "0")
    after = int(told) if told.isdigit() else 0
    changes = _changes(parts, me.id, after, request.app.state.closing)
    headers = {"Cache-Control": "no-store", "X-Accel-Buffering": "no"}
    return StreamingResponse(changes, media_type="text/event-stream", headers=headers)


async def _changes(parts: Parts, user: str, after: int, closing: asyncio.Event) -> AsyncIterator[str]:
    loop, changed = asyncio.get_running_loop(), asyncio.Event()
    stop_watching = parts.journal.watch(lambda: loop.call_soon_threadsafe(changed.set))
    try:
        yield ": here\n\n"
        while not closing.is_set():
            changed.clear()
            for happening in parts.journal.since(after):
                after = happening.seq
                if parts.workspace.may_see(happening, user):
                    yield f"id: {happening.seq}\ndata: {json.dumps(happening.to_page())}\n\n"
            parts.workspace.mark_seen(user)
            try:
                await asyncio.wait_for(changed.wait(), KEEP_ALIVE_SECONDS)
            except TimeoutError:
                yield ": still here\n\n"
    finally:
        stop_watching()


async def move_clock(request: Request) -> Response:
    """Move the sandbox's clock forward and wake who listens to it."""
    parts, body = _parts(request), await _body(request)
    try:
        # Listeners may call this very server, so they must not stand in its way.
        if "move" in body:
            await run_in_threadpool(parts.clock.jump, str(body["move"]))
        else:
            await run_in_threadpool(lambda: parts.clock.move(seconds=float(body.get("seconds") or 0)))
    except (ValueError, TypeError) as wrong:
        raise Impossible(400, str(wrong)) from None
    return JSONResponse({"clock": parts.clock.state()})


async def read_faults(request: Request) -> Response:
    """The switches that make the sandbox fail on purpose."""
    return JSONResponse({"faults": _parts(request).switches.state()})


async def set_fault(request: Request) -> Response:
    """Turn one of these switches."""
    parts, body = _parts(request), await _body(request)
    try:
        parts.switches.set(str(body.get("name")), on=bool(body.get("on")))
    except ValueError as wrong:
        raise Impossible(404, str(wrong)) from None
    return JSONResponse({"faults": parts.switches.state()})


async def page_content(request: Request) -> Response:
    """A shared file's bytes for the page, which has no token."""
    return web_files.content(_parts(request), request.path_params["file_id"])


def _doing(act: Callable[[Parts, Json], Json]) -> Callable[[Request], Awaitable[Response]]:
    async def door(request: Request) -> Response:
        return JSONResponse(act(_parts(request), await _body(request)), status_code=202)

    return door


def _asking(
    act: Callable[[Parts, Json], Awaitable[tuple[int, Json]]],
) -> Callable[[Request], Awaitable[Response]]:
    async def door(request: Request) -> Response:
        status, answer = await act(_parts(request), await _body(request))
        return JSONResponse(answer, status_code=status)

    return door


async def refuse(_request: Request, error: Exception) -> Response:
    """An Impossible as an answer."""
    status = error.status if isinstance(error, Impossible) else 500
    return JSONResponse({"error": str(error)}, status_code=status)


async def _body(request: Request) -> Json:
    """The JSON of a request of the page itself; another site's page may not act here."""
    origin = request.headers.get("origin")
    if origin is not None and origin.rstrip("/") not in {
        _parts(request).url,
        _parts(request).url.replace("127.0.0.1", "localhost"),
    }:
        raise Impossible(403, "Only the sandbox's own page may do that.")
    try:
        body = json.loads(await request.body() or b"{}")
    except ValueError:
        raise Impossible(400, "The body is not valid JSON.") from None
    if not isinstance(body, dict):
        raise Impossible(400, "The body must be a JSON object.")
    return body


def _static(name: str) -> Response:
    # Names only, never paths: nothing outside the page's folder is told.
    path = PAGE / name
    if "/" in name or name.startswith(".") or not path.is_file():
        return JSONResponse({"error": f"There is no {name}."}, status_code=404)
    kind = {".js": "text/javascript", ".css": "text/css"}.get(path.suffix)
    kind = kind or mimetypes.guess_type(name)[0] or "application/octet-stream"
    return Response(path.read_bytes(), media_type=kind, headers={"Cache-Control": "no-cache"})


ROUTES = [
    Route("/", index),
    Route("/page/{name}", page_file),
    Route("/archives/{channel}/{moment}", permalink),
    Route("/ui/state", state),
    Route("/ui/events", feed),
    Route("/ui/file/{file_id}", page_content),
    Route("/ui/command", _doing(interactions.command), methods=["POST"]),
    Route("/ui/message", _doing(interactions.message), methods=["POST"]),
    Route("/ui/action", _doing(interactions.action), methods=["POST"]),
    Route("/ui/view/submit", _asking(interactions.submit), methods=["POST"]),
    Route("/ui/view/close", _doing(interactions.close), methods=["POST"]),
    Route("/ui/options", _asking(interactions.options), methods=["POST"]),
    Route("/ui/clock", move_clock, methods=["POST"]),
    Route("/ui/faults", read_faults, methods=["GET"]),
    Route("/ui/faults", set_fault, methods=["POST"]),
]
