"""A local server that speaks as much of OpenAI's API as the bot asks for.

It has a queue of answers and a history of questions. An answer is a function that writes to the
connection, so it can be slow, broken or nothing at all.
"""

import json
import threading
from collections.abc import Callable
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

Write = Callable[["Handler"], None]
USAGE = {"prompt_tokens": 1_000, "completion_tokens": 200, "prompt_tokens_details": {"cached_tokens": 400}}


class ModelServer:
    """Serve from a free port of this machine until ``close``; without an answer it says so and fails."""

    def __init__(self) -> None:
        self.answers: list[Write] = []
        self.always: Write | None = None
        self.questions: list[dict[str, Any]] = []
        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self._server.room = self  # type: ignore[attr-defined]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.01,), daemon=True)
        self._thread.start()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self._server.server_port}/v1"

    @property
    def facts(self) -> dict[str, Any]:
        """What the newest question told the model."""
        body: dict[str, Any] = json.loads(self.questions[-1]["messages"][1]["content"])
        return body

    def next(self) -> Write:
        if self.answers:
            return self.answers.pop(0)
        assert self.always, "a question came that nobody expected"
        return self.always

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


class Handler(BaseHTTPRequestHandler):
    """One request; ``room`` is the server it came to."""

    protocol_version = "HTTP/1.1"
    question: dict[str, Any]

    @property
    def room(self) -> ModelServer:
        room: ModelServer = self.server.room  # type: ignore[attr-defined]
        return room

    def do_POST(self) -> None:
        self.question = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        self.room.questions.append(
            {
                **self.question,
                "headers": {name.lower(): each for name, each in self.headers.items()},
                "path": self.path,
            }
        )
        self.close_connection = True
        try:
            self.room.next()(self)
        except (BrokenPipeError, ConnectionResetError):
            return  # the bot went away, as it does when its time is up

    def send(self, status: int, body: bytes, kind: str = "application/json", **headers: str) -> None:
        self.send_response(status)
        for name, value in {"Content-Type": kind, "Content-Length": str(len(body)), **headers}.items():
            self.send_header(name.replace("_", "-"), value)
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:
        """Nothing on stderr."""


def raw(status: int, body: str, kind: str = "application/json", **headers: str) -> Write:
    return lambda handler: handler.send(status, body.encode(), kind, **headers)


def error(status: int, code: str = "", **headers: str) -> Write:
    told = {"error": {"message": "sk-planted-in-an-error-1234567890 went wrong", "code": code or None}}
    return raw(status, json.dumps(told), **headers)


def completion(
    content: Any, *, finish: str = "stop", refusal: str | None = None, usage: dict[str, Any] | None = USAGE
) -> Write:
    """A whole answer; what is no text is written as JSON."""
    text = content if isinstance(content, str | None) else json.dumps(content)
    message = {"role": "assistant", "content": text, "refusal": refusal}
    body = {
        "id": "chatcmpl-1", "object": "chat.completion", "created": 1, "model": "any",
        "choices": [{"index": 0, "finish_reason": finish, "message": message}],
    }  # fmt: skip
    return raw(200, json.dumps(body | ({"usage": usage} if usage else {})))


def insight(text: str, *facts: str, home: str = "key_learnings", priority: str = "high") -> dict[str, Any]:
    return {"list": home, "facts": list(facts), "priority": priority, "text": text}


def worded(*insights: dict[str, Any], **how: Any) -> Write:
    return completion({"insights": list(insights)}, **how)


def faithful(handler: Handler) -> None:
    """Word every fact as it is told, slots included: what a careful model does."""
    told = json.loads(handler.question["messages"][1]["content"])
    said = [
        insight(each["says"], each["id"], home=each["list"], priority=each["priority"])
        for each in told["facts"]
    ]
    worded(*said)(handler)


def vectors(handler: Handler) -> None:
    """Embed in three dimensions (students, sale, everything else), turned round, as an endpoint may."""
    texts = handler.question["input"]
    rows = [[3.0 * ("tudent" in text), 4.0 * ("ale" in text), 0.5] for text in texts]
    data = [{"object": "embedding", "index": at, "embedding": row} for at, row in enumerate(rows)]
    told = {"object": "list", "model": "any", "data": data[::-1]}
    _counted(told, 10 * len(texts))(handler)


def absurd_vectors(handler: Handler) -> None:
    """Embed, and count tokens that nobody can have sent."""
    _counted(
        {"data": [{"index": at, "embedding": [1.0, at]} for at in range(len(handler.question["input"]))]},
        10**40,
    )(handler)


def _counted(told: dict[str, Any], tokens: int) -> Write:
    return raw(200, json.dumps(told | {"usage": {"prompt_tokens": tokens, "total_tokens": tokens}}))


def silence(handler: Handler) -> None:
    """Take the question and never answer."""
    handler.room.released.wait(30)


def drip(handler: Handler) -> None:
    """Send a byte now and then, so that no read of the client's ever times out."""
    handler.send_response(200)
    handler.send_header("Content-Length", "100000")
    handler.end_headers()
    while not handler.room.released.wait(0.05):
        handler.wfile.write(b" ")
        handler.wfile.flush()


def hang_up(handler: Handler) -> None:
    handler.connection.close()
