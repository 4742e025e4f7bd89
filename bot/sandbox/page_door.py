"""What the page asks for: itself, the state, the feed of changes, and everything that people do."""

from collections.abc import Awaitable, Callable, Iterator

from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import JSONResponse, RedirectResponse, Response
from starlette.routing import Route

from bot.sandbox import interactions, sharing, visits, web_files
from bot.sandbox.asked import Impossible, person
from bot.sandbox.page_requests import Json, body_of, feed, parts_of, static
from bot.sandbox.parts import Parts
from bot.sandbox.people import TEAM_ID, TEAM_NAME, User


def _viewer(request: Request) -> User:
    return person(parts_of(request), request.query_params.get("user", ""))


async def index(_request: Request) -> Response:
    """The page itself."""
    return static("index.html")


async def page_file(request: Request) -> Response:
    """A file that the page is made of."""
    return static(request.path_params["name"])


async def permalink(request: Request) -> Response:
    """A message's address opens the page there."""
    ts = request.path_params["moment"].removeprefix("p")
    return RedirectResponse(f"/?channel={request.path_params['channel']}&ts={ts[:-6]}.{ts[-6:]}")


async def state(request: Request) -> Response:
    """Everything that a person sees."""
    parts, me = parts_of(request), _viewer(request)
    workspace = parts.workspace
    # Under the lock, so that last_seq is exactly the point from which the feed goes on.
    with parts.journal.condition:
        channels = workspace.channels_of(me.id)
        own = {channel.id for channel in channels}
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
            "prompts": parts.assistance.prompts(own),
            "statuses": parts.assistance.statuses(own),
            "file_limit": sharing.MOST_BYTES,
            "guide": parts.guide,
            "last_seq": parts.journal.last_seq,
        }
        workspace.mark_seen(me.id)
    return JSONResponse(body)


async def changes(request: Request) -> Response:
    """The changes after a number, as server-sent events."""
    parts, me = parts_of(request), _viewer(request)
    told = request.headers.get("last-event-id") or request.query_params.get("after", "0")
    return feed(request, parts.journal, _News(parts, me.id, int(told) if told.isdigit() else 0))


class _News:
    """What a person's page has not been told yet."""

    def __init__(self, parts: Parts, user: str, after: int) -> None:
        self._parts = parts
        self._user = user
        self._after = after

    def __call__(self) -> Iterator[tuple[int, Json]]:
        for happening in self._parts.journal.since(self._after):
            self._after = happening.seq
            if self._parts.workspace.may_see(happening, self._user):
                yield happening.seq, happening.to_page()
        self._parts.workspace.mark_seen(self._user)


async def move_clock(request: Request) -> Response:
    """Move the sandbox's clock forward and wake who listens to it."""
    parts, body = parts_of(request), await body_of(request)
    try:
        # Listeners may call this very server, so they must not stand in its way.
        if "move" in body:
            await run_in_threadpool(parts.clock.jump, str(body["move"]))
        else:
            await run_in_threadpool(lambda: parts.clock.move(seconds=float(body.get("seconds") or 0)))
    except (ValueError, TypeError) as wrong:
        raise Impossible(400, str(wrong)) from None
    return JSONResponse({"clock": parts.clock.state()})


async def page_content(request: Request) -> Response:
    """A shared file's bytes for the page, which has no token."""
    return web_files.content(parts_of(request), request.path_params["file_id"])


def _doing(act: Callable[[Parts, Json], Json]) -> Callable[[Request], Awaitable[Response]]:
    async def door(request: Request) -> Response:
        return JSONResponse(act(parts_of(request), await body_of(request)), status_code=202)

    return door


def _asking(
    act: Callable[[Parts, Json], Awaitable[tuple[int, Json]]],
) -> Callable[[Request], Awaitable[Response]]:
    async def door(request: Request) -> Response:
        status, answer = await act(parts_of(request), await body_of(request))
        return JSONResponse(answer, status_code=status)

    return door


ROUTES = [
    Route("/", index),
    Route("/page/{name}", page_file),
    Route("/archives/{channel}/{moment}", permalink),
    Route("/ui/state", state),
    Route("/ui/events", changes),
    Route("/ui/file/{file_id}", page_content),
    Route("/ui/command", _doing(interactions.command), methods=["POST"]),
    Route("/ui/message", _doing(interactions.message), methods=["POST"]),
    Route("/ui/file", _doing(sharing.share), methods=["POST"]),
    Route("/ui/sample", _doing(sharing.share_sample), methods=["POST"]),
    Route("/ui/home", _doing(visits.home), methods=["POST"]),
    Route("/ui/action", _doing(interactions.action), methods=["POST"]),
    Route("/ui/view/submit", _asking(interactions.submit), methods=["POST"]),
    Route("/ui/view/close", _doing(interactions.close), methods=["POST"]),
    Route("/ui/options", _asking(interactions.options), methods=["POST"]),
    Route("/ui/clock", move_clock, methods=["POST"]),
]
