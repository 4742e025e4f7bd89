"""The page of the traffic in a real browser, against a real sandbox."""

from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, Page, expect
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot.sandbox.server import SandboxServer

pytestmark = pytest.mark.browser


@pytest.fixture
def server(start: Callable[..., SandboxServer]) -> SandboxServer:
    """A sandbox that tells the bot of no event, so that calls alone are lines."""
    return start(bot_events=())


@pytest.fixture(params=[(1280, 860), (390, 844)], ids=["desktop", "phone"])
def page(request: pytest.FixtureRequest, browser: Browser, server: SandboxServer) -> Iterator[Page]:
    width, height = request.param
    context = browser.new_context(viewport={"width": width, "height": height})
    opened = context.new_page()
    failures: list[str] = []
    opened.on("pageerror", lambda error: failures.append(str(error)))
    opened.goto(f"{server.url}/traffic")
    expect(opened.locator("#faults input")).to_have_count(8)
    yield opened
    context.close()
    assert failures == []


def test_calls_come_live_are_read_filtered_paused_and_cleared(page: Page, client: WebClient) -> None:
    rows = page.get_by_test_id("exchange").filter(visible=True)
    client.auth_test()
    client.chat_postMessage(channel="C0GROWTH", text="<b>spring-sale</b>")
    expect(rows).to_have_count(2)
    expect(rows.last).to_contain_text("C0GROWTH · <b>spring-sale</b>")
    rows.last.get_by_role("button").press("Enter")
    expect(page.get_by_test_id("exchange-said").last).to_contain_text('"ok": true')
    page.get_by_test_id("traffic-words").fill("postmess")
    expect(rows).to_have_count(1)
    page.get_by_test_id("traffic-words").fill("")
    page.get_by_test_id("traffic-kind").select_option("failed")
    expect(rows).to_have_count(0)
    with pytest.raises(SlackApiError):
        client.chat_postMessage(channel="C0RANDOM", text="x")
    expect(rows).to_contain_text("not_in_channel")
    page.get_by_test_id("traffic-kind").select_option("")
    page.get_by_test_id("traffic-pause").click()
    client.auth_test()
    expect(page.locator("#traffic-count")).to_have_text("3 · paused, 1 since")
    page.get_by_test_id("traffic-pause").click()
    expect(rows).to_have_count(4)
    page.get_by_test_id("traffic-clear").click()
    expect(rows).to_have_count(0)
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_a_fault_is_switched_on_strikes_once_and_is_seen_to_be_off(
    page: Page, server: SandboxServer, client: WebClient
) -> None:
    page.get_by_text("Faults on purpose", exact=True).click()
    fault = page.get_by_label("The next post is refused with 429")
    with page.expect_response("**/ui/faults"):
        fault.check()
    expect(page.locator("#faults-on")).to_have_text("(1 on)")
    with pytest.raises(SlackApiError, match="ratelimited"):
        client.chat_postMessage(channel="C0GROWTH", text="x")
    expect(fault).not_to_be_checked()
    page.get_by_text("Scopes of the app").click()
    with page.expect_response("**/ui/scopes"):
        page.get_by_label("chat:write").uncheck()
    expect(page.locator("#scopes-off")).to_have_text("(1 taken away)")
    assert "chat:write" not in server.scopes.granted()


def test_the_sidebar_leads_to_the_traffic(page: Page, server: SandboxServer) -> None:
    page.goto(server.url)
    expect(page.get_by_test_id("open-traffic")).to_have_attribute("href", "/traffic")
