"""The courier before a receiver that behaves oddly, with the real store and engine."""

import base64
import json
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from factories import HandClock
from outside import Reply, outside
from torture.made_up import campaigns
from torture.writes import APPROVER, opened

from bot.courier import Courier
from bot.receivers import read_receivers
from engine.engine import Engine
from engine.models.recommendation import Recommendation
from store import Store

SECRET = "whsec_" + base64.b64encode(bytes(32)).decode()


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def opened_here(tmp_path: Path, clock: HandClock) -> Iterator[tuple[Store, Engine]]:
    told = {"MARKO_ACTION_URL": "http://127.0.0.1:1/do", "MARKO_ACTION_SECRET": SECRET}
    store, engine = opened(tmp_path, clock, **told)
    yield store, engine
    engine.close()
    store.close()


def carried(
    here: tuple[Store, Engine], clock: HandClock, url: str, *, tries: int = 1, lookup: bool = True
) -> Recommendation:
    """Approve one change, and let the courier try as often."""
    store, engine = here
    answer = engine.submit(campaigns(["sale"], clock.now()), source=None, asked_by=None).answers[0]
    engine.decide(answer.recommendation.id, "approve", by=APPROVER)
    told = {"MARKO_ACTION_URL": f"{url}/do", "MARKO_ACTION_SECRET": SECRET}
    found = read_receivers(told | ({"MARKO_ACTION_LOOKUP_URL": f"{url}/ask"} if lookup else {}))
    courier = Courier(store.executions, engine, replace(found, timeout_s=2.0), clock=clock)
    for _ in range(tries):
        courier.carry_due()
        clock.forward(minutes=5)
    return engine.recommendation(answer.recommendation.id)


def reply(status: int, told: Any = None, **headers: str) -> Reply:
    return status, headers, b"" if told is None else json.dumps(told).encode()


def by_address(**replies: Reply) -> Callable[[Any], None]:
    """Answer what is asked at /do and /ask each in its own way."""

    def answer(handler: Any) -> None:
        status, headers, body = replies[handler.path.strip("/")]
        handler.send_response(status)
        for name, value in {"Content-Length": str(len(body)), **headers}.items():
            handler.send_header(name, value)
        handler.end_headers()
        handler.wfile.write(body)

    return answer


def test_a_change_made_by_a_receiver_that_then_fell_over_each_time_is_not_told_as_undone(
    opened_here: tuple[Store, Engine], clock: HandClock
) -> None:
    found = {"state": "done", "receipt": "r-1"}
    with outside(by_address(do=reply(500), ask=reply(200, found))) as far:
        record = carried(opened_here, clock, far.url, tries=3)
    assert record.status == "executed"
    assert record.execution is not None
    assert record.execution.receipt is not None
    assert record.execution.receipt.id == "r-1"


@pytest.mark.parametrize("found", [{"state": "never_seen"}, {"state": "refused"}, {}])
def test_three_refusals_are_the_end_where_the_look_up_knows_of_no_change(
    opened_here: tuple[Store, Engine], clock: HandClock, found: dict[str, str]
) -> None:
    with outside(by_address(do=reply(503), ask=reply(200, found))) as far:
        record = carried(opened_here, clock, far.url, tries=3)
    assert record.status == "failed"


@pytest.mark.parametrize(
    "answered",
    [
        reply(200),
        reply(204),
        reply(200, "ok"),
        reply(200, {"receipt": None}),
        reply(200, {"receipt": {"id": 1}}),
        reply(200, {"receipt": "r", "value": "NaN"}),
        reply(200, {"receipt": "r", "value": -1}),
        reply(200, {"receipt": "r", "value": 10**30}),
        reply(200, {"receipt": "r", "value": 0}),
        reply(200, {"receipt": "r"}, **{"Content-Length": "9000"}),
        reply(200, {"receipt": "r"}, **{"Content-Encoding": "gzip", "Transfer-Encoding": "chunked"}),
        reply(103),
    ],
)
def test_an_odd_answer_is_never_a_success_nor_a_refusal(
    opened_here: tuple[Store, Engine], clock: HandClock, answered: Reply
) -> None:
    with outside(answered) as far:
        assert carried(opened_here, clock, far.url, lookup=False).status == "unknown"
