"""The embedder of an OpenAI-compatible endpoint, and what happens when it does not answer as it should."""

import json
import logging
import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from engine_values import stood

from engine.narrate import openai_embedder
from engine.narrate.openai_embedder import OpenAIEmbedder
from engine.ports import EmbedderFailed
from engine.recollection import Recollection
from store.vectors import VectorIndex

KEY = "sk-planted-key"


class Endpoint:
    """Answers each request with the next of ``answers``, and with vectors when there is none left."""

    def __init__(self) -> None:
        self.answers: list[tuple[int, bytes]] = []
        self.asked: list[dict[str, Any]] = []
        self.silent = threading.Event()
        endpoint = self

        class Handler(BaseHTTPRequestHandler):
            def do_POST(self) -> None:
                body = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
                endpoint.asked.append(body)
                if endpoint.silent.is_set():
                    endpoint.released.wait(30)
                status, content = (
                    endpoint.answers.pop(0) if endpoint.answers else (200, _vectors(body["input"]))
                )
                self.send_response(status)
                self.send_header("Content-Type", "application/json")
                self.send_header("Content-Length", str(len(content)))
                self.end_headers()
                self.wfile.write(content)

            def log_message(self, *_: Any) -> None:
                """Nothing on the screen."""

        self.released = threading.Event()
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
        self._server.daemon_threads = True
        self.url = f"http://127.0.0.1:{self._server.server_address[1]}/v1"
        threading.Thread(target=self._server.serve_forever, daemon=True).start()

    def close(self) -> None:
        self.released.set()
        self._server.shutdown()
        self._server.server_close()


def _vectors(texts: list[str]) -> bytes:
    """Three dimensions, turned round, as an endpoint may: students, sale, everything else."""
    data = [
        {
            "object": "embedding",
            "index": place,
            "embedding": [3.0 * ("tudent" in text), 4.0 * ("ale" in text), 0.5],
        }
        for place, text in enumerate(texts)
    ]
    return json.dumps(
        {"object": "list", "model": "m", "data": data[::-1], "usage": {"prompt_tokens": 1, "total_tokens": 1}}
    ).encode()


@pytest.fixture
def endpoint() -> Iterator[Endpoint]:
    served = Endpoint()
    yield served
    served.close()


def _embedder(endpoint: Endpoint) -> OpenAIEmbedder:
    return OpenAIEmbedder(KEY, model="embed-small", base_url=endpoint.url)


def test_vectors_come_in_the_order_of_their_texts_with_length_1(endpoint: Endpoint) -> None:
    rows = _embedder(endpoint).embed(["student", "sale", ""])
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 1], abs=1e-6)
    assert list(rows.argmax(axis=1)) == [0, 1, 2]
    assert endpoint.asked[0]["model"] == "embed-small"


def test_one_question_is_asked_once(endpoint: Endpoint) -> None:
    embedder = _embedder(endpoint)
    first = embedder.embed(["student"])
    first[0, 0] = 7  # what was handed out is not what is remembered
    assert embedder.embed(["student"])[0, 0] < 1
    assert len(endpoint.asked) == 1


ODD = {
    "no key": (401, b'{"error": {"message": "Incorrect API key provided: sk-planted-key"}}'),
    "too many": (429, b"{}"),
    "broken": (500, b"oops"),
    "HTML": (200, b"<html>sign in</html>"),
    "nothing": (200, b"{}"),
    "no JSON": (200, b"\xff"),
    "too few": (200, b'{"data": []}'),
    "not a number": (200, b'{"data": [{"index": 0, "embedding": ["x"]}]}'),
    "zeros": (200, b'{"data": [{"index": 0, "embedding": [0.0, 0.0]}]}'),
    "endless": (200, b'{"data": [{"index": 0, "embedding": [1e999]}]}'),
    "twice": (200, b'{"data": [{"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [1.0]}]}'),
}


@pytest.mark.parametrize("answer", ODD.values(), ids=ODD.keys())
def test_whatever_is_odd_is_one_failure_that_tells_no_key(
    endpoint: Endpoint, answer: tuple[int, bytes]
) -> None:
    endpoint.answers = [answer]
    embedder = _embedder(endpoint)
    with pytest.raises(EmbedderFailed, match="embed-small gave no vectors") as failed:
        embedder.embed(["student"])
    assert KEY not in str(failed.value)
    assert failed.value.__cause__ is None
    with pytest.raises(EmbedderFailed, match="a moment ago"):
        embedder.embed(["sale"])
    assert len(endpoint.asked) == 1


def test_an_endpoint_that_is_silent_is_left_behind(
    endpoint: Endpoint, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(openai_embedder, "DEADLINE_S", 0.2)
    endpoint.silent.set()
    with pytest.raises(EmbedderFailed):
        _embedder(endpoint).embed(["student"])


def test_where_the_endpoint_fails_the_local_embedder_answers_and_one_line_is_logged(
    endpoint: Endpoint, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    embedder = _embedder(endpoint)
    recollection = Recollection(embedder, VectorIndex(tmp_path / "vectors.faiss", embedder))
    campaigns = [stood("spring-sale"), stood("campus-reels", audiences=["Students 18-25"])]
    near = recollection.campaigns("student", campaigns, 1, most=5)
    assert near["meta/default/campus-reels"] > 0.9 > near["meta/default/spring-sale"]
    endpoint.answers = [(500, b"oops")] * 3
    with caplog.at_level(logging.WARNING):
        local = recollection.campaigns("college kids", campaigns, 2, most=5)
        assert recollection.campaigns("college kids", campaigns, 2, most=5) == local
    assert local == Recollection().campaigns("college kids", campaigns, 2, most=5)
    assert max(local, key=lambda key: local[key]) == "meta/default/campus-reels"
    assert [each.message for each in caplog.records] == [
        "embed-small gave no vectors (InternalServerError); the local embedder answers"
    ]
    assert KEY not in caplog.text


def test_without_a_key_openai_is_not_even_imported() -> None:
    import subprocess  # noqa: PLC0415
    import sys  # noqa: PLC0415

    asks = "import bot.app, sys; print(sorted({'openai', 'faiss', 'fastapi'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", asks],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
