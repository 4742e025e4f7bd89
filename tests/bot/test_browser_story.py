"""The whole story as a person goes through it, in a real browser at desktop and phone width."""

import os
from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from bot_team import APPROVER, GUEST, Team

if TYPE_CHECKING:
    from playwright.sync_api import Browser, Locator, Page

pytestmark = pytest.mark.browser
SIZES = {"desktop": {"width": 1280, "height": 900}, "phone": {"width": 390, "height": 844}}


@pytest.fixture(params=sorted(SIZES))
def page(request: pytest.FixtureRequest, browser: "Browser", team: Team) -> "Iterator[Page]":
    """The sandbox's first screen. Pictures are kept where MARKO_SCREENSHOTS says."""
    size = SIZES[request.param]
    context = browser.new_context(viewport=size, has_touch=request.param == "phone")
    opened = context.new_page()
    faults: list[str] = []
    opened.on("pageerror", lambda error: faults.append(str(error)))
    opened.goto(team.sandbox.server.url)
    opened.get_by_test_id("composer").wait_for()
    yield opened
    context.close()
    assert faults == []


def picture(page: "Page", name: str) -> None:
    folder = os.environ.get("MARKO_SCREENSHOTS")
    if folder:
        width = (page.viewport_size or {}).get("width", 0)
        page.screenshot(path=str(Path(folder) / f"{name}-{width}.png"))


def say(page: "Page", text: str) -> None:
    page.get_by_test_id("composer").fill(text)
    page.get_by_test_id("composer").press("Escape")
    page.get_by_test_id("send").click()


def beside(page: "Page") -> None:
    """On a phone the switches are in the drawer."""
    drawer = page.get_by_role("button", name="Open the channel list")
    if drawer.is_visible():
        drawer.click()


def be(page: "Page", user: str) -> None:
    beside(page)
    page.get_by_test_id("user-switch").select_option(user)
    back(page)


def back(page: "Page") -> None:
    close = page.get_by_role("button", name="Close the channel list")
    if close.is_visible():
        close.click()


def card_saying(page: "Page", words: str) -> "Locator":
    return page.get_by_test_id("message").filter(has_text=words).last


def no_sideways_scroll(page: "Page") -> bool:
    return bool(page.evaluate("document.documentElement.scrollWidth <= window.innerWidth"))


def test_from_the_first_screen_to_the_monday_digest(page: "Page") -> None:
    page.get_by_text("Try Marko").first.wait_for()
    picture(page, "1-first-screen")

    say(page, "/analyze spring-sale")
    card = card_saying(page, "Beat the forecast.")
    card.get_by_role("button", name="Approve").wait_for()
    assert "CPA 31.00" in card.inner_text()
    picture(page, "2-card")

    be(page, GUEST)
    card_saying(page, "Beat the forecast.").get_by_role("button", name="Approve").click()
    page.get_by_test_id("confirm-yes").click()
    page.get_by_text("can decide this. Your click changed nothing.").wait_for()
    picture(page, "3-refused")

    be(page, APPROVER)
    card_saying(page, "Beat the forecast.").get_by_role("button", name="Approve").click()
    page.get_by_test_id("confirm").wait_for()
    picture(page, "4-confirm")
    page.get_by_test_id("confirm-yes").click()
    approved = card_saying(page, "Carry it out in Meta, then press Done.")
    approved.wait_for()
    assert approved.get_by_role("button", name="Approve").count() == 0
    picture(page, "5-approved")

    say(page, "/analyze new-parents")
    card_saying(page, "Missed the forecast.").get_by_role("button", name="Reject").click()
    page.get_by_test_id("modal").wait_for()
    picture(page, "6-reject")
    page.get_by_test_id("modal-close").click()

    say(page, "/digest weekly mon 09:00 #growth")
    page.get_by_text("Every Monday 09:00").wait_for()
    beside(page)
    page.get_by_test_id("clock-monday").click()
    back(page)
    digest = card_saying(page, "Seen once.")
    digest.wait_for()
    digest.scroll_into_view_if_needed()
    assert "Students 18-25" in digest.inner_text()
    assert "Decided." in digest.inner_text()
    assert "Waits." in digest.inner_text()
    picture(page, "7-digest")

    assert page.get_by_test_id("cannot-draw").count() == 0
    assert page.get_by_test_id("fault").count() == 0
    assert no_sideways_scroll(page)


def test_the_thread_holds_the_figures_and_the_reasoning(page: "Page") -> None:
    say(page, "/analyze new-parents")
    card = card_saying(page, "Missed the forecast.")
    card.get_by_role("button", name="More about new-parents").click()
    thread = page.get_by_test_id("thread-pane")
    if page.viewport_size == SIZES["phone"]:  # where there is room, it opens by itself after the press
        page.get_by_test_id("replies").first.click()
    thread.get_by_text("How computed.").wait_for()
    assert thread.get_by_role("table").count() == 2
    thread.get_by_role("img", name="CPA 45.00 to 58.50").wait_for()
    assert page.get_by_test_id("cannot-draw").count() == 0
    picture(page, "8-thread")
