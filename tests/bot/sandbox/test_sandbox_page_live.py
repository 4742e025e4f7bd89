"""The page, the sandbox and Bolt's own client together: a press in a browser comes back as a redraw."""

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, Page, expect

from bot.sandbox.server import SandboxServer

pytestmark = pytest.mark.browser

RECORDED = json.loads(Path(__file__).with_name("page_state.json").read_text(encoding="utf-8"))
MESSAGES = {message["ts"]: message for message in RECORDED["state"]["messages"]["C0GROWTH"]}
PROPOSED = MESSAGES["1774854060.000100"]["blocks"]
APPROVED = MESSAGES["1774854300.000100"]["blocks"]
REJECT = {
    key: RECORDED["modal"][key] for key in ("type", "callback_id", "title", "submit", "close", "blocks")
}


@pytest.fixture
def page(browser: Browser, server: SandboxServer, bot: Any) -> Iterator[Page]:
    """The approver's page, with a bot that answers as Marko will."""
    bot.app.command("/analyze")(_post_card)
    bot.app.action("card.approve")(_redraw)
    bot.app.action("card.reject")(_open_reject)
    bot.app.options("campaign")(_suggest)
    bot.app.view("reject")(_take_reason)
    bot.connect()
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    opened = context.new_page()
    opened.goto(server.url)
    expect(opened.get_by_test_id("connection")).to_have_text("Marko is connected")
    yield opened
    context.close()


def _post_card(ack: Callable[..., None], command: dict[str, Any], client: Any) -> None:
    ack()
    client.chat_postMessage(channel=command["channel_id"], text="spring-sale", blocks=PROPOSED)


def _redraw(ack: Callable[..., None], body: dict[str, Any], client: Any) -> None:
    ack()
    client.chat_update(
        channel=body["channel"]["id"], ts=body["message"]["ts"], text="approved", blocks=APPROVED
    )


def _open_reject(ack: Callable[..., None], body: dict[str, Any], client: Any) -> None:
    ack()
    client.views_open(trigger_id=body["trigger_id"], view=REJECT)


def _suggest(ack: Callable[..., None], payload: dict[str, Any]) -> None:
    name = {"type": "plain_text", "text": f"{payload['value']}-sale"}
    ack(options=[{"text": name, "value": "c-1"}])


def _take_reason(ack: Callable[..., None], view: dict[str, Any], body: dict[str, Any], client: Any) -> None:
    if view["state"]["values"]["limit"]["limit"]["value"] == "20":
        ack(response_action="errors", errors={"limit": "Your own limit is 15 %."})
        return
    ack()
    client.chat_postEphemeral(channel="C0GROWTH", user=body["user"]["id"], text="Rejected.")


def _analyze(page: Page) -> None:
    page.get_by_test_id("composer").fill("/analyze spring-sale")
    page.get_by_test_id("send").click()
    expect(page.locator("[data-action-id='card.approve']")).to_be_visible()


def test_approving_a_card_redraws_it_for_everybody(page: Page) -> None:
    _analyze(page)
    page.locator("[data-action-id='card.approve']").click()
    page.get_by_test_id("confirm-yes").click()
    card = page.get_by_test_id("message").last
    expect(card.locator("[data-action-id='card.done']")).to_be_visible()
    expect(card).to_contain_text("Approved by @Approver")
    expect(card).to_contain_text("(edited)")
    page.get_by_test_id("user-switch").select_option("U0GUEST")
    expect(page.get_by_text("as Guest")).to_be_visible()
    expect(page.get_by_test_id("message").last).to_contain_text("Approved by @Approver")


def test_a_modal_is_opened_refused_and_taken(page: Page) -> None:
    _analyze(page)
    page.locator("[data-action-id='card.reject']").click()
    modal = page.get_by_test_id("modal")
    modal.get_by_label("Data is wrong").check()
    modal.get_by_label("Your limit").fill("20")
    modal.get_by_role("combobox").fill("spring")
    page.get_by_role("option", name="spring-sale").click()
    page.get_by_test_id("modal-submit").click()
    expect(modal.get_by_test_id("input-error").filter(visible=True)).to_have_text("Your own limit is 15 %.")
    modal.get_by_label("Your limit").fill("15")
    page.get_by_test_id("modal-submit").click()
    expect(modal).to_have_count(0)
    expect(page.get_by_test_id("ephemeral")).to_contain_text("Rejected.")


def test_slacks_own_permalink_opens_the_message(page: Page, bot: Any) -> None:
    _analyze(page)
    ts = page.get_by_test_id("message").last.get_attribute("data-ts")
    page.goto(bot.client.chat_getPermalink(channel="C0GROWTH", message_ts=ts)["permalink"])
    expect(page.locator(f"[data-ts='{ts}'].found")).to_be_in_viewport()


@pytest.mark.parametrize("size", [(1280, 860), (390, 844)], ids=["desktop", "phone"])
def test_eight_commands_in_a_row_each_bring_their_card_into_view(page: Page, size: tuple[int, int]) -> None:
    page.set_viewport_size({"width": size[0], "height": size[1]})
    cards = page.locator("#conversation article").filter(has=page.locator("[data-action-id='card.approve']"))
    for number in range(1, 9):
        page.get_by_test_id("composer").fill("/analyze spring-sale")
        page.get_by_test_id("send").click()
        expect(cards).to_have_count(number)
        page.wait_for_function(
            """() => {
              const list = document.querySelector("#conversation-scroll").getBoundingClientRect();
              const card = [...document.querySelectorAll("#conversation article")].at(-1);
              return card.getBoundingClientRect().bottom <= list.bottom;
            }"""
        )
        expect(page.locator("#conversation").get_by_test_id("new-messages")).to_be_hidden()
