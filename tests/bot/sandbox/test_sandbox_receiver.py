"""The sandbox's ad platform: what it takes, what it refuses, and what people see and do there."""

import base64
from collections.abc import Callable
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import Any

import httpx
import pytest
from playwright.sync_api import Browser, expect
from test_webhooks import execution

from bot.egress import NoAnswer, place_of, post
from bot.sandbox.receiver_door import LOOKUPS, ORDERS
from bot.sandbox.server import SandboxServer
from bot.webhooks import lookup_request, order_request

KEY = "marko:rec_0123456789:do"


@pytest.fixture
def server(start: Callable[..., SandboxServer]) -> SandboxServer:
    return start()


def ask(server: SandboxServer, told: Any = None, *, at: datetime | None = None, lookup: bool = False) -> Any:
    make = lookup_request if lookup else order_request
    request = make(told or execution(), (server.receiver.secret,), now=at or datetime.now(UTC))
    url = f"{server.url}{LOOKUPS if lookup else ORDERS}"
    return httpx.post(url, content=request.body, headers=request.headers)


def way_back() -> Any:
    return execution(previous="506", to="440", purpose="undo", key="marko:rec_0123456789:undo")


def test_it_changes_once_gives_the_same_receipt_again_and_tells_of_it(server: SandboxServer) -> None:
    first, again = ask(server), ask(server)
    assert first.json() == again.json() == {"receipt": "rcpt-0001", "previous": 440.0, "value": 506.0}
    assert server.receiver.effects == [KEY]
    assert ask(server, lookup=True).json() == {"state": "done", **first.json()}
    assert ask(server, way_back(), lookup=True).json() == {"state": "never_seen"}


def test_a_value_changed_there_is_kept_as_people_write_it_and_what_is_none_says_what_to_enter(
    server: SandboxServer,
) -> None:
    ask(server)
    body = {"campaign": "spring-sale", "field": "daily spend"}
    shown = httpx.post(f"{server.url}/ui/platform/value", json=body | {"value": "1e9"}).json()
    assert [each["value"] for each in shown["values"]] == ["1000000000"]
    for wrong in ("", "much", "-5", "NaN", "1e12", "1e999999999"):
        refused = httpx.post(f"{server.url}/ui/platform/value", json=body | {"value": wrong})
        assert refused.status_code == 400
        assert "Enter an amount such as 440.00" in refused.text


def test_what_is_not_genuine_changes_nothing(server: SandboxServer) -> None:
    old = datetime.now(UTC) - timedelta(minutes=6)
    assert ask(server, at=old).status_code == 401
    assert ask(server, at=old + timedelta(minutes=12)).status_code == 401
    request = order_request(execution(), (server.receiver.secret,), now=datetime.now(UTC))
    for body, headers in (
        (request.body + b" ", request.headers),
        (request.body, {}),
        (b"\xff", request.headers),
    ):
        assert httpx.post(f"{server.url}{ORDERS}", content=body, headers=headers).status_code == 401
    stranger = f"whsec_{base64.b64encode(b'x' * 32).decode()}"
    forged = order_request(execution(), (stranger,), now=datetime.now(UTC))
    assert httpx.post(f"{server.url}{ORDERS}", content=forged.body, headers=forged.headers).status_code == 401
    assert server.receiver.calls == []


def test_a_look_up_at_the_orders_address_changes_nothing(server: SandboxServer) -> None:
    request = lookup_request(execution(), (server.receiver.secret,), now=datetime.now(UTC))
    answer = httpx.post(f"{server.url}{ORDERS}", content=request.body, headers=request.headers)
    assert answer.status_code == 400


def test_an_undo_is_refused_once_somebody_changed_the_value(server: SandboxServer) -> None:
    ask(server)
    server.receiver.change("spring-sale", "daily spend", Decimal("480.00"))
    refused = ask(server, way_back())
    assert (refused.status_code, refused.json()["error"]) == (409, "daily spend is 480.00 now, not 506.00")
    server.receiver.change("spring-sale", "daily spend", Decimal(506))
    assert ask(server, way_back()).status_code == 200
    assert server.receiver.value("spring-sale") == Decimal(440)


def test_its_faults_are_as_their_words_say(server: SandboxServer) -> None:
    faults = server.receiver.faults
    faults.set("fail", on=True)
    assert [ask(server).status_code for _ in range(3)] == [500, 500, 200]
    other = execution(key="marko:rec_1:do", campaign_id="other")
    faults.set("refuse", on=True)
    assert ask(server, other).status_code == 422
    assert ask(server, other, lookup=True).json()["state"] == "refused"
    faults.set("refuse", on=False)
    faults.set("lie", on=True)
    assert ask(server, other).json()["value"] == 506.0
    assert server.receiver.value("other") == Decimal(440)
    faults.set("no_lookup", on=True)
    assert ask(server, lookup=True).status_code == 503
    with pytest.raises(ValueError, match="No fault is called"):
        faults.set("rain", on=True)


@pytest.mark.parametrize(("fault", "effects"), [("stall", 1), ("drop", 0)])
def test_a_stalled_or_cut_request_has_no_answer(server: SandboxServer, fault: str, effects: int) -> None:
    server.receiver.faults.set(fault, on=True)
    request = order_request(execution(), (server.receiver.secret,), now=datetime.now(UTC))
    with pytest.raises(NoAnswer):
        post(place_of(f"{server.url}{ORDERS}"), request.body, request.headers, timeout_s=0.5)
    assert len(server.receiver.effects) == effects


def test_what_stands_there_is_there_after_a_restart(
    start: Callable[..., SandboxServer], tmp_path: Any
) -> None:
    first = start(folder=tmp_path)
    ask(first)
    first.stop()
    second = start(folder=tmp_path)
    assert second.receiver.value("spring-sale") == Decimal(506)
    assert ask(second).json()["receipt"] == "rcpt-0001"
    assert second.receiver.effects == []


@pytest.mark.browser
@pytest.mark.parametrize("width", [1280, 390])
def test_people_see_what_stands_there_and_change_it(
    browser: Browser, server: SandboxServer, width: int
) -> None:
    server.receiver.connected = True
    ask(server)
    page = browser.new_page(viewport={"width": width, "height": 844})
    page.goto(f"{server.url}/traffic#platform")
    row = page.get_by_test_id("platform-row")
    expect(row).to_contain_text("spring-sale · daily spend")
    expect(page.get_by_test_id("platform-value")).to_have_text("506.00 EUR")
    expect(page.get_by_test_id("platform-requests")).to_contain_text("action.do spring-sale to 506.00: 200")
    row.get_by_label("New daily spend of spring-sale").fill("480.50")
    row.get_by_role("button").click()
    expect(page.get_by_test_id("platform-value")).to_have_text("480.50 EUR")
    page.get_by_label("It says done and changes nothing").check()
    expect(page.locator("#platform-on")).to_have_text("(1 fault on)")
    assert server.receiver.faults.state()["lie"]
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")
    page.close()
