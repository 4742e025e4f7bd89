"""The embedder of an OpenAI-compatible endpoint: what it costs, and what happens when it fails."""

import json
import logging
import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import Any

import llm_server as llm
import numpy as np
import openai  # noqa: F401  imported here, so that no test's deadline pays for it
import pytest
from engine_values import MADRID, SPRING_SALE, WORDS, analysed, stood
from factories import APPROVER, HandClock
from llm_server import ModelServer, Write, absurd_vectors, completion, error, raw, vectors

from engine.narrate.breaker import Breaker
from engine.narrate.llm import LanguageModel
from engine.narrate.llm_narrator import ModelNarrator
from engine.narrate.openai_embedder import OpenAIEmbedder
from engine.narrate.paid_model import ModelSettings
from engine.narrate.prices import Price
from engine.narrate.purse import Purse
from engine.ports import EmbedderFailed
from engine.recollection import Recollection
from store import Store
from store.vectors import VectorIndex

KEY = "sk-planted-key-0123456789"
MODEL = "text-embedding-3-small"
CAMPAIGNS = [stood("spring-sale"), stood("campus-reels", audiences=["Students 18-25"])]
FOREVER_S = 100.0  # longer than any test may take
Make = Callable[..., OpenAIEmbedder]
Remember = Callable[[OpenAIEmbedder], Recollection]


@pytest.fixture
def server() -> Iterator[ModelServer]:
    opened = ModelServer()
    yield opened
    opened.close()


@pytest.fixture
def purse(store: Store, clock: HandClock) -> Purse:
    return Purse(store.memory, clock, zone=lambda: MADRID, budget=Decimal(100))


@pytest.fixture
def make(server: ModelServer, purse: Purse) -> Make:
    def embedder(*, purse: Purse = purse, breaker: Breaker | None = None, **changed: Any) -> OpenAIEmbedder:
        parts: dict[str, Any] = {"model": MODEL, "api_key": KEY, "base_url": server.url, "deadline_s": 5.0}
        return OpenAIEmbedder(ModelSettings(**parts | changed), purse, breaker=breaker)

    return embedder


@pytest.fixture
def pool() -> Iterator[ThreadPoolExecutor]:
    """One thread, so that what is submitted last is done last."""
    with ThreadPoolExecutor(1) as made:
        yield made


@pytest.fixture
def remember(tmp_path: Path, pool: ThreadPoolExecutor) -> Remember:
    def recollection(embedder: OpenAIEmbedder) -> Recollection:
        return Recollection(embedder, VectorIndex(tmp_path / "vectors.faiss", embedder), pool=pool)

    return recollection


def near(recollection: Recollection, words: str = "college kids", **how: Any) -> dict[str, float]:
    return recollection.campaigns(words, CAMPAIGNS, 1, most=5, **how)


def calls(store: Store) -> list[dict[str, Any]]:
    with store.memory.reading() as reading:
        return [entry.detail for entry in reading.ledger() if entry.deed == "asked_model"]


def test_vectors_come_in_the_order_of_their_texts_with_length_1(server: ModelServer, make: Make) -> None:
    server.always = vectors
    rows = make().embed(["student", "sale", ""])
    assert rows.dtype == np.float32
    assert np.linalg.norm(rows, axis=1) == pytest.approx([1, 1, 1], abs=1e-6)
    assert list(rows.argmax(axis=1)) == [0, 1, 2]
    (question,) = server.questions
    assert (question["path"], question["model"], question["input"]) == (
        "/v1/embeddings", MODEL, ["student", "sale", " "],
    )  # fmt: skip


def test_one_question_is_asked_once(server: ModelServer, make: Make) -> None:
    server.always = vectors
    embedder = make()
    first = embedder.embed(["student"])
    first[0, 0] = 7  # what was handed out is not what is remembered
    assert embedder.embed(["student"])[0, 0] < 1
    assert len(server.questions) == 1


def found(*data: Any) -> Write:
    return raw(200, json.dumps({"data": data}))


FAILURES: dict[str, tuple[Write, str]] = {
    "timeout": (llm.silence, "timeout"),
    "drip": (llm.drip, "timeout"),
    "429 with a long Retry-After": (error(429, Retry_After="90"), "rate_limited"),
    "500": (error(500), "server_error"),
    "HTML with 200": (raw(200, "<html>Bad gateway</html>", "text/html"), "not_json"),
    "{}": (raw(200, "{}"), "empty"),
    "no vectors": (found(), "empty"),
    "wrong schema": (found({"index": 0, "embedding": ["x"]}), "wrong_schema"),
    "closed socket": (llm.hang_up, "unreachable"),
    "unknown model": (error(404, "model_not_found"), "unknown_model"),
    "401": (error(401, "invalid_api_key"), "unauthorised"),
    "400": (error(400), "bad_request"),
    "no JSON": (raw(200, "\udcff".encode("utf-8", "replace").decode()), "not_json"),
    "too few": (found({"index": 1, "embedding": [1.0]}), "wrong_schema"),
    "twice": (found({"index": 0, "embedding": [1.0]}, {"index": 0, "embedding": [1.0]}), "wrong_schema"),
    "zeros": (found({"index": 0, "embedding": [0.0, 0.0]}), "wrong_schema"),
    "endless": (raw(200, '{"data": [{"index": 0, "embedding": [1e999]}]}'), "wrong_schema"),
    "no numbers at all": (found({"index": 0, "embedding": 7}), "wrong_schema"),
    "data of another shape": (raw(200, '{"data": {"a": 1}}'), "wrong_schema"),
}


@pytest.mark.parametrize("kind", FAILURES)
def test_each_failure_lets_the_local_embedder_answer_and_is_one_line_in_the_log(
    kind: str, server: ModelServer, make: Make, remember: Remember, caplog: pytest.LogCaptureFixture
) -> None:
    answer, named = FAILURES[kind]
    server.answers = [answer]
    recollection = remember(make(deadline_s=0.5 if named == "timeout" else 5.0))
    assert near(recollection, patience_s=FOREVER_S) == near(Recollection())
    lines = [each.getMessage() for each in caplog.records if each.levelno >= logging.WARNING]
    assert len(lines) == 1
    assert lines[0].startswith(f"no vectors from {MODEL}: {named}: ")
    assert lines[0].endswith("; the local embedder answers")
    assert "planted" not in caplog.text
    assert len(server.questions) == 1, "a failed call is not repeated"


def test_a_failure_has_no_cause_that_could_hold_a_key(server: ModelServer, make: Make) -> None:
    server.answers = [error(401, "invalid_api_key")]
    with pytest.raises(EmbedderFailed) as failed:
        make().embed(["student"])
    assert failed.value.__cause__ is None
    assert "planted" not in str(failed.value)


def test_an_outage_is_told_once_for_each_reason_and_once_more_when_it_comes_again(
    server: ModelServer, make: Make, remember: Remember, pool: ThreadPoolExecutor,
    caplog: pytest.LogCaptureFixture,
) -> None:  # fmt: skip
    recollection = remember(make())
    server.answers = [error(500), error(500), error(429), error(500), vectors, vectors, error(500)]
    for words in ("one", "two", "three", "four"):
        near(recollection, words, patience_s=FOREVER_S)
        settle(pool)
    assert caplog.text.count("server_error") == 1
    assert caplog.text.count("rate_limited") == 1
    near(recollection, "five")
    settle(pool)
    assert not recollection.is_failing
    near(recollection, "six", patience_s=FOREVER_S)
    assert recollection.is_failing
    assert caplog.text.count("server_error") == 2


def settle(pool: ThreadPoolExecutor) -> None:
    """Wait for what is still asked beside the questions."""
    pool.submit(int).result(30)


def test_a_model_without_a_price_is_not_asked_until_the_team_names_one(
    server: ModelServer, make: Make, remember: Remember, caplog: pytest.LogCaptureFixture
) -> None:
    local = remember(make(model="nomic-embed-text"))
    assert near(local) == near(local) == near(Recollection())
    assert server.questions == []
    assert caplog.text.count("I know no price of nomic-embed-text") == 1
    server.always = vectors
    free = {"nomic-embed-text": Price(Decimal(0), Decimal(0))}
    make(model="nomic-embed-text", prices=free).embed(["student"])
    assert len(server.questions) == 1


def test_each_call_is_in_the_ledger_with_its_exact_cost(
    server: ModelServer, make: Make, store: Store
) -> None:
    server.answers = [vectors, error(429), llm.hang_up]
    make().embed(["student", "sale"])
    for text in ("one", "twelve bytes"):
        with pytest.raises(EmbedderFailed):
            make().embed([text])
    counted, turned_away, unknown = calls(store)
    # 20 tokens at 0.02 USD per million; who tells no cost is booked at one token for each byte
    assert Decimal(counted["usd"]) == Decimal("0.0000004")
    assert (counted["model"], counted["prompt"], counted["input_tokens"]) == (MODEL, "embedding", 20)
    assert Decimal(turned_away["usd"]) == 0
    assert Decimal(unknown["usd"]) == Decimal("0.00000024")
    assert [each["outcome"] for each in calls(store)] == ["used", "rate_limited", "unreachable"]


def test_a_count_that_nobody_can_have_sent_is_booked_at_the_most_of_the_call(
    server: ModelServer, make: Make, store: Store
) -> None:
    server.answers = [absurd_vectors]
    make().embed(["twelve bytes"])
    (call,) = calls(store)
    assert Decimal(call["usd"]) == Decimal("0.00000024")
    assert call["outcome"] == "used"


def test_words_and_vectors_are_paid_from_one_purse(
    server: ModelServer, store: Store, clock: HandClock, make: Make, remember: Remember
) -> None:
    purse = Purse(
        store.memory, clock, zone=lambda: MADRID, budget=Decimal("0.0115"), approvers=lambda: (APPROVER,)
    )
    chat = ModelSettings(model="gpt-4.1-mini", api_key=KEY, base_url=server.url)
    narrator = ModelNarrator(LanguageModel(chat, purse), lambda: WORDS)
    server.answers = [completion({}, usage={"prompt_tokens": 0, "completion_tokens": 7_187})]
    narrator.word(analysed(SPRING_SALE), others=())
    asked = len(server.questions)
    embedder = make(model="text-embedding-3-large", purse=purse)
    assert near(remember(embedder), "college kids " * 200) == near(Recollection(), "college kids " * 200)
    assert len(server.questions) == asked, "what is left is not enough for this call"
    assert purse.spent_today() == Decimal("0.0114992")


def test_five_failures_give_it_a_rest_and_one_call_tries_it_again(server: ModelServer, make: Make) -> None:
    now = [0.0]
    embedder = make(breaker=Breaker(monotonic=lambda: now[0]))

    def fails(text: str, why: str) -> None:
        with pytest.raises(EmbedderFailed, match=why):
            embedder.embed([text])

    server.always = error(500)
    for number in range(5):
        fails(f"text {number}", "server_error")
    fails("one more", "resting")
    assert len(server.questions) == 5
    now[0] = 61
    fails("the probe", "server_error")
    fails("after it", "resting")
    assert len(server.questions) == 6
    now[0] = 122
    server.always = vectors
    embedder.embed(["the next probe"])
    embedder.embed(["and another"])
    assert len(server.questions) == 8


def test_a_probe_that_the_purse_refuses_leaves_the_way_to_the_next_one(
    server: ModelServer, make: Make, store: Store, clock: HandClock
) -> None:
    now = [0.0]
    small = Purse(store.memory, clock, zone=lambda: MADRID, budget=Decimal("0.000001"))
    embedder = make(purse=small, breaker=Breaker(monotonic=lambda: now[0]))
    server.always = error(500)
    for number in range(5):
        with pytest.raises(EmbedderFailed, match="server_error"):
            embedder.embed([f"text {number}"])
    now[0] = 61
    with pytest.raises(EmbedderFailed, match="over_budget"):
        embedder.embed(["a text that costs more than what is left of so small a budget for the day"])
    server.always = vectors
    embedder.embed(["short"])
    assert len(server.questions) == 6


def test_who_is_slow_is_left_behind_and_answers_the_next_question(
    server: ModelServer, make: Make, remember: Remember, pool: ThreadPoolExecutor
) -> None:
    go_on = threading.Event()

    def slow(handler: llm.Handler) -> None:
        go_on.wait(30)
        vectors(handler)

    server.answers = [slow]
    server.always = vectors
    recollection = remember(make())
    local = near(Recollection(), "student")
    assert near(recollection, "student", patience_s=0.05) == local
    assert near(recollection, "student", patience_s=FOREVER_S) == local, "nobody waits behind it"
    go_on.set()
    settle(pool)
    asked = len(server.questions)
    assert near(recollection, "student")["meta/default/campus-reels"] > 0.9
    assert len(server.questions) == asked == 2, "its texts and the question are known by then"


def test_while_it_fails_nobody_waits_for_it(server: ModelServer, make: Make, remember: Remember) -> None:
    server.answers = [error(500)]
    server.always = llm.silence
    recollection = remember(make(deadline_s=30.0))
    near(recollection, "one", patience_s=FOREVER_S)
    local = near(Recollection(), "two")
    assert near(recollection, "two", patience_s=FOREVER_S) == local
    server.released.set()


def test_without_a_key_openai_is_not_even_imported() -> None:
    asks = "import bot.app, sys; print(sorted({'openai', 'faiss', 'fastapi'} & set(sys.modules)))"
    done = subprocess.run(
        [sys.executable, "-c", asks],
        cwd=Path(__file__).parents[2],
        capture_output=True,
        text=True,
        check=True,
    )
    assert done.stdout.strip() == "[]"
