"""The sandbox's page, served with a recorded state: what it asks is noted, what it hears is told by hand."""

import asyncio
import copy
import json
import queue
import struct
import threading
import zlib
from collections.abc import AsyncIterator, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import uvicorn
from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import FileResponse, JSONResponse, Response, StreamingResponse
from starlette.routing import Mount, Route
from starlette.staticfiles import StaticFiles

PAGE = Path(__file__).parents[3] / "bot" / "sandbox" / "page"
RECORDED = Path(__file__).with_name("page_state.json")


class RecordedPage:
    """A server for one page. `posts` are the page's calls in order; `answers` says what they get."""

    def __init__(self) -> None:
        recorded = json.loads(RECORDED.read_text(encoding="utf-8"))
        self.state: dict[str, Any] = recorded["state"]
        self.modal: dict[str, Any] = recorded["modal"]
        self.posts: list[tuple[str, dict[str, Any]]] = []
        self.answers: dict[str, tuple[int, dict[str, Any]]] = {}
        self.url = ""
        self._said: list[str] = []
        self._lock = threading.Lock()
        self._listeners: list[queue.Queue[str | None]] = []

    def posted(self, path: str) -> list[dict[str, Any]]:
        """The bodies of the page's calls to one path."""
        return [body for called, body in self.posts if called == path]

    def say(self, kind: str, **body: Any) -> None:
        """Tell an event to every page that listens, and to those that come later and ask from before it."""
        with self._lock:
            line = json.dumps({"seq": len(self._said) + 1, "type": kind, **body})
            self._said.append(line)
            for listener in self._listeners:
                listener.put(line)

    def hang_up(self) -> None:
        """End every stream of events."""
        with self._lock:
            for listener in self._listeners:
                listener.put(None)
            self._listeners.clear()

    def app(self) -> Starlette:
        """The web app."""
        return Starlette(
            routes=[
                Route("/", lambda _: FileResponse(PAGE / "index.html")),
                Route("/pixel.png", lambda _: Response(_pixel(), media_type="image/png")),
                Route("/ui/state", self._state),
                Route("/ui/events", self._events),
                Route("/ui/{rest:path}", self._post, methods=["POST"]),
                Mount("/page", StaticFiles(directory=PAGE)),
            ]
        )

    async def _state(self, request: Request) -> Response:
        user = next((one for one in self.state["users"] if one["id"] == request.query_params["user"]), None)
        if user is None:
            return JSONResponse({"error": "There is no such person."}, status_code=404)
        return JSONResponse(copy.deepcopy(self.state) | {"me": user, "last_seq": len(self._said)})

    async def _events(self, request: Request) -> Response:
        listener: queue.Queue[str | None] = queue.Queue()
        with self._lock:
            for line in self._said[int(request.query_params["after"]) :]:
                listener.put(line)
            self._listeners.append(listener)
        return StreamingResponse(_lines(listener), media_type="text/event-stream")

    async def _post(self, request: Request) -> Response:
        self.posts.append((request.url.path, await request.json()))
        status, body = self.answers.get(request.url.path, (202, {}))
        return JSONResponse(body, status_code=status)


async def _lines(listener: "queue.Queue[str | None]") -> AsyncIterator[str]:
    yield ": hello\n\n"
    while (line := await asyncio.to_thread(listener.get)) is not None:
        yield f"data: {line}\n\n"


def _pixel() -> bytes:
    """A PNG of one grey pixel."""

    def chunk(kind: bytes, data: bytes) -> bytes:
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)
    body = chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\x00\x80")) + chunk(b"IEND", b"")
    return b"\x89PNG\r\n\x1a\n" + body


@contextmanager
def served(page: RecordedPage) -> Iterator[RecordedPage]:
    """Serve the page on a free port of this computer while the block runs."""
    server = uvicorn.Server(
        uvicorn.Config(page.app(), port=0, log_level="error", timeout_graceful_shutdown=1)
    )
    listening = threading.Event()
    startup = server.startup

    async def started(sockets: Any = None) -> None:
        await startup(sockets=sockets)
        listening.set()

    server.startup = started  # type: ignore[method-assign]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    if not listening.wait(10):
        raise TimeoutError("the recorded page did not start within 10 s")
    port = server.servers[0].sockets[0].getsockname()[1]
    page.url = f"http://127.0.0.1:{port}"
    try:
        yield page
    finally:
        page.hang_up()
        server.should_exit = True
        thread.join(10)
