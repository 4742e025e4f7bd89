"""The sandbox's page in a real browser, on a recorded state: what it draws and what it sends."""

from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from recorded_page import PAGE, RecordedPage, served

pytestmark = pytest.mark.browser

CARD = "1774854060.000100"
HOSTILE = "1774854600.000100"
MARKED = "1774854660.000100"
ALL_BLOCKS = "1774854720.000100"
ALL_ELEMENTS = "1774854780.000100"
UNKNOWN = "1774854840.000100"
BROKEN = "1774854900.000100"
EMPTY = "1774854960.000100"


@pytest.fixture
def recorded() -> Iterator[RecordedPage]:
    with served(RecordedPage()) as page:
        yield page


@pytest.fixture
def page(browser: Browser, recorded: RecordedPage) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 860})
    opened = context.new_page()
    failures: list[str] = []
    opened.on("pageerror", lambda error: failures.append(str(error)))
    yield opened
    context.close()
    assert failures == []


def go(page: Page, recorded: RecordedPage, address: str = "C0GROWTH") -> None:
    page.goto(f"{recorded.url}/#/{address}")
    expect(page.get_by_test_id("composer")).to_be_visible()


def message(page: Page, ts: str) -> Locator:
    return page.locator(f"#conversation [data-ts='{ts}']")


def action(where: Locator, action_id: str) -> Locator:
    return where.locator(f"[data-action-id='{action_id}']")


def text(ts: str, words: str, **fields: Any) -> dict[str, Any]:
    return {"ts": ts, "channel": "C0GROWTH", "user": "U0MARKO", "bot_id": "B0MARKO", "text": words} | fields


# What is drawn


def test_the_first_screen_says_what_to_try_and_puts_it_into_the_composer(
    page: Page, recorded: RecordedPage
) -> None:
    go(page, recorded, "C0RANDOM")
    expect(page.get_by_test_id("guide").get_by_role("heading")).to_be_in_viewport()
    page.get_by_test_id("try").first.click()
    expect(page.get_by_test_id("composer")).to_have_value("/analyze spring-sale")
    expect(page.get_by_test_id("composer")).to_be_focused()
    page.get_by_test_id("guide-close").click()
    expect(page.get_by_test_id("guide")).to_have_count(0)
    page.get_by_test_id("open-guide").click()
    expect(page.get_by_test_id("guide")).to_be_visible()


def test_a_card_looks_as_marko_wrote_it(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded)
    card = message(page, CARD)
    expect(card).to_contain_text("APP")
    expect(card).to_contain_text("as of today, 07:40")
    expect(card.locator("strong", has_text="Beat the forecast.")).to_be_visible()
    approve = card.get_by_role("button", name="Approve: raise the daily budget of spring-sale by 15 %")
    expect(approve).to_have_text("Approve")


def test_hostile_names_stay_text(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded, "C0GALLERY")
    body = message(page, HOSTILE).locator(".message-text")
    expect(body).to_contain_text('<img src=x onerror="window.pwned=1">')
    expect(body).to_contain_text("<script>window.pwned=1</script>")
    expect(body).to_contain_text("<javascript:window.pwned=1|click me>")
    expect(body).to_contain_text("snake_case_name 2*3*4 a~b~c")
    expect(body.locator("img, script")).to_have_count(0)
    addresses = body.locator("a").evaluate_all("links => links.map((link) => link.href)")
    assert addresses == ["https://example.com/?a=1&b=2"]
    assert page.evaluate("window.pwned") is None


def test_no_file_of_the_page_writes_html_source() -> None:
    writers = ("innerHTML", "outerHTML", "insertAdjacentHTML", "document.write", "eval(", "srcdoc")
    sources = {path.name: path.read_text(encoding="utf-8") for path in PAGE.glob("*.js")}
    assert "mrkdwn.js" in sources
    assert [(name, word) for name, source in sources.items() for word in writers if word in source] == []


def test_mrkdwn_is_drawn_as_slack_draws_it(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded, "C0GALLERY")
    bold = message(page, HOSTILE).locator("strong", has_text="bold")
    expect(bold.locator("em s")).to_have_text("struck")
    expect(message(page, HOSTILE).locator("code")).to_have_text("code *not bold* <b>")
    marked = message(page, MARKED)
    expect(marked.locator("blockquote")).to_have_text("quotedtwice")
    expect(marked.locator("pre")).to_have_text("let x = '<b>';\n  indented *stars*")
    expect(marked.get_by_test_id("broadcast")).to_have_text("@channel")
    expect(marked.locator(".mention-me")).to_have_text("@Approver")
    expect(marked.locator("time", has_text="2026-03-30 09:00:00")).to_be_visible()
    expect(marked).to_contain_text("the fallback ✅ :no_such:")
    expect(marked.locator("a[href='https://example.com/path_with_underscores']")).to_be_visible()


def test_every_block_draws(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded, "C0GALLERY")
    drawn = message(page, ALL_BLOCKS)
    recorded_blocks = next(m for m in recorded.state["messages"]["C0GALLERY"] if m["ts"] == ALL_BLOCKS)[
        "blocks"
    ]
    assert len({block["type"] for block in recorded_blocks}) == len(recorded_blocks) - 1  # two sections
    expect(drawn.locator(".block")).to_have_count(len(recorded_blocks))
    expect(drawn.get_by_test_id("cannot-draw")).to_have_count(0)
    expect(drawn.get_by_role("heading", name="Every block <b>once</b>")).to_be_visible()
    expect(drawn.get_by_role("columnheader", name="Campaign")).to_be_visible()
    expect(drawn.get_by_role("cell", name="<b>spring-sale</b>")).to_be_visible()
    expect(drawn.get_by_role("img", name="CPA 45.00 to 58.50 EUR")).to_be_visible()
    expect(drawn.locator(".rich li")).to_have_text(["item one", "item two"])
    expect(drawn.locator(".markdown strong")).to_have_text("bold")
    expect(drawn.get_by_label("Your words")).to_be_editable()


def test_every_element_draws(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded, "C0GALLERY")
    drawn = message(page, ALL_ELEMENTS)
    blocks = next(m for m in recorded.state["messages"]["C0GALLERY"] if m["ts"] == ALL_ELEMENTS)["blocks"]
    elements = [one for block in blocks for one in block.get("elements", [block.get("accessory")])]
    for element in elements:
        expect(action(drawn, element["action_id"])).to_be_visible()
    expect(drawn.get_by_test_id("cannot-draw")).to_have_count(0)


def test_what_cannot_be_drawn_is_an_error_and_never_nothing(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded, "C0GALLERY")
    errors = message(page, UNKNOWN).get_by_test_id("cannot-draw")
    expect(errors).to_have_count(4)
    expect(errors.nth(0)).to_contain_text("The sandbox cannot draw a block of type “hologram”.")
    expect(errors.nth(1)).to_contain_text("The sandbox cannot draw an element of type “lever”.")
    errors.nth(0).locator("summary").click()
    expect(errors.nth(0).locator("pre")).to_contain_text('"depth": 3')
    expect(message(page, UNKNOWN)).to_contain_text("still here")
    expect(message(page, BROKEN).get_by_test_id("fault")).to_have_text("<@U0NOBODY> is nobody here.")
    expect(message(page, EMPTY).get_by_test_id("fault")).to_contain_text("neither text nor blocks")
    recorded.say("party")
    expect(page.get_by_test_id("notice")).to_contain_text("does not know the event “party”")


# What is sent


def test_a_confirm_dialog_sends_only_after_yes(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded)
    approve = action(message(page, CARD), "card.approve")
    approve.click()
    expect(page.get_by_test_id("confirm")).to_contain_text("440.00 → 506.00 EUR")
    page.get_by_test_id("confirm-no").click()
    expect(page.get_by_test_id("confirm")).to_have_count(0)
    expect(approve).to_be_focused()
    approve.click()
    page.keyboard.press("Escape")
    expect(page.get_by_test_id("confirm")).to_have_count(0)
    assert recorded.posts == []
    approve.click()
    with page.expect_response("**/ui/action"):
        page.get_by_test_id("confirm-yes").click()
    (sent,) = recorded.posted("/ui/action")
    assert sent == {
        "user": "U0APPROVER",
        "channel": "C0GROWTH",
        "message_ts": CARD,
        "block_id": "decide",
        "action_id": "card.approve",
        "action": {"type": "button", "value": "rec-1"},
        "state": {"values": {}},
    }


def test_the_overflow_menu_is_worked_by_keyboard(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded)
    action(message(page, CARD), "card.more_actions").press("Enter")
    expect(page.get_by_role("menuitem", name="Edit & approve…")).to_be_focused()
    page.keyboard.press("ArrowDown")
    with page.expect_response("**/ui/action"):
        page.keyboard.press("Enter")
    (sent,) = recorded.posted("/ui/action")
    assert sent["action"] == {
        "type": "overflow",
        "selected_option": {"text": {"type": "plain_text", "text": "Choose another…"}, "value": "o1"},
    }


def test_menus_dates_and_choices_send_what_slack_sends(page: Page, recorded: RecordedPage) -> None:
    option = {"text": {"type": "plain_text", "text": "spring-sale"}, "value": "c-1"}
    recorded.answers["/ui/options"] = (200, {"options": [option]})
    go(page, recorded, "C0GALLERY")
    drawn = message(page, ALL_ELEMENTS)
    with page.expect_response("**/ui/action"):
        action(drawn, "e.external").press_sequentially("sp")
        page.get_by_role("option", name="spring-sale").click()
    with page.expect_response("**/ui/action"):
        drawn.get_by_label("Action is wrong").check()
    with page.expect_response("**/ui/action"):
        drawn.get_by_label("Remember").uncheck()
    with page.expect_response("**/ui/action"):
        action(drawn, "e.date").fill("2026-04-13")
    picked, chosen, unchecked, dated = (body["action"] for body in recorded.posted("/ui/action"))
    assert recorded.posted("/ui/options")[-1]["value"] == "sp"
    assert picked == {"type": "external_select", "selected_option": option}
    assert chosen["selected_option"]["value"] == "action"
    assert unchecked == {"type": "checkboxes", "selected_options": []}
    assert dated == {"type": "datepicker", "selected_date": "2026-04-13"}
    values = recorded.posted("/ui/action")[-1]["state"]["values"]
    assert values["e3"]["e.time"] == {"type": "timepicker", "selected_time": "09:00"}
    assert values["e2"]["e.conversations"]["selected_conversation"] == "C0GALLERY"


def test_commands_are_completed_and_messages_are_sent(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded)
    composer = page.get_by_test_id("composer")
    composer.press_sequentially("/")
    composer.press("ArrowDown")
    composer.press("Tab")
    expect(composer).to_have_value("/learnings ")
    composer.press_sequentially("students")
    with page.expect_response("**/ui/command"):
        composer.press("Enter")
    composer.fill("hello\nthere")
    with page.expect_response("**/ui/message"):
        page.get_by_test_id("send").click()
    where = {"user": "U0APPROVER", "channel": "C0GROWTH"}
    assert recorded.posts == [
        ("/ui/command", {**where, "text": "/learnings students"}),
        ("/ui/message", {**where, "text": "hello\nthere"}),
    ]


def test_a_refused_command_keeps_its_text_and_says_why(page: Page, recorded: RecordedPage) -> None:
    recorded.answers["/ui/command"] = (404, {"error": "/analyse is not a valid command."})
    go(page, recorded)
    page.get_by_test_id("composer").fill("/analyse")
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("notice")).to_contain_text("/analyse is not a valid command.")
    expect(page.get_by_test_id("composer")).to_have_value("/analyse")


# Modals


def opened_modal(page: Page, recorded: RecordedPage) -> Locator:
    go(page, recorded)
    recorded.say("view_opened", view=recorded.modal)
    modal = page.get_by_test_id("modal")
    expect(modal).to_be_visible()
    return modal


def fill_modal(modal: Locator, recorded: RecordedPage) -> None:
    recorded.answers["/ui/options"] = (
        200,
        {"options": [{"text": {"type": "plain_text", "text": "spring-sale"}, "value": "c-1"}]},
    )
    modal.get_by_label("Data is wrong").check()
    modal.get_by_label("Your limit, in percent").fill("20")
    modal.get_by_role("combobox").fill("spring")
    modal.page.get_by_role("option", name="spring-sale").click()


def test_required_inputs_are_told_all_at_once(page: Page, recorded: RecordedPage) -> None:
    modal = opened_modal(page, recorded)
    expect(modal.get_by_label("Cause is wrong")).to_be_focused()
    modal.get_by_label("Your limit, in percent").fill("250")
    page.get_by_test_id("modal-submit").click()
    expect(modal.get_by_test_id("input-error").filter(visible=True)).to_have_text(
        ["Please complete this required field.", "Enter 100 or less.", "Please complete this required field."]
    )
    assert recorded.posts == []


def test_the_bots_errors_stand_at_their_inputs(page: Page, recorded: RecordedPage) -> None:
    modal = opened_modal(page, recorded)
    fill_modal(modal, recorded)
    errors = {"limit": "Your own limit is 20 %.", "note": "Say which data.", "nowhere": "Lost."}
    recorded.answers["/ui/view/submit"] = (200, {"errors": errors})
    page.get_by_test_id("modal-submit").click()
    shown = modal.get_by_test_id("input-error").filter(visible=True)
    expect(shown).to_have_text(["Your own limit is 20 %.", "Say which data."])
    expect(modal.get_by_label("Your limit, in percent")).to_have_attribute("aria-invalid", "true")
    expect(modal.get_by_test_id("modal-error")).to_have_text("Lost. (No input block is called “nowhere”.)")
    (sent,) = recorded.posted("/ui/view/submit")
    assert sent["values"]["limit"] == {"limit": {"type": "number_input", "value": "20"}}
    assert sent["values"]["reason"]["reason"]["selected_option"]["value"] == "3"
    assert sent["values"]["note"] == {"note": {"type": "plain_text_input", "value": None}}


def test_a_timeout_is_shown_and_the_values_stay(page: Page, recorded: RecordedPage) -> None:
    modal = opened_modal(page, recorded)
    fill_modal(modal, recorded)
    recorded.answers["/ui/view/submit"] = (
        504,
        {"error": "Marko did not answer within 3 s (operation_timeout)"},
    )
    page.get_by_test_id("modal-submit").click()
    expect(modal.get_by_test_id("modal-error")).to_contain_text("operation_timeout")
    expect(modal.get_by_label("Your limit, in percent")).to_have_value("20")
    recorded.answers["/ui/view/submit"] = (200, {"closed": True})
    page.get_by_test_id("modal-submit").click()
    expect(modal).to_have_count(0)


def test_an_update_keeps_what_was_typed_and_a_push_covers_it(page: Page, recorded: RecordedPage) -> None:
    modal = opened_modal(page, recorded)
    modal.get_by_label("Note").fill("The pixel was off.")
    recorded.say("view_updated", view=recorded.modal | {"hash": "h2"})
    expect(modal.get_by_label("Note")).to_have_value("The pixel was off.")
    pushed = recorded.modal | {"id": "V2", "title": {"type": "plain_text", "text": "Teach"}}
    recorded.say("view_opened", view=pushed)
    expect(modal.filter(visible=True)).to_have_count(1)
    expect(modal.filter(visible=True)).to_contain_text("Teach")
    with page.expect_response("**/ui/view/close"):
        page.keyboard.press("Escape")
    expect(modal).to_contain_text("Closing decides nothing.")
    expect(modal.get_by_label("Note")).to_have_value("The pixel was off.")
    assert recorded.posted("/ui/view/close") == [{"user": "U0APPROVER", "view_id": "V2"}]


def test_focus_stays_in_a_modal_and_comes_back(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded)
    page.get_by_test_id("composer").focus()
    recorded.say("view_opened", view=recorded.modal)
    modal = page.get_by_test_id("modal")
    expect(modal).to_be_visible()
    for _ in range(12):
        page.keyboard.press("Tab")
        assert modal.evaluate("node => node.contains(document.activeElement)")
    with page.expect_response("**/ui/view/close"):
        page.keyboard.press("Escape")
    expect(page.get_by_test_id("composer")).to_be_focused()


# What happens meanwhile


def test_messages_come_change_and_go(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded)
    ts = "1774855200.000100"
    recorded.say("message", message=text(ts, "spring-sale: reading 28 days."))
    expect(message(page, ts)).to_contain_text("reading 28 days")
    recorded.say("message_changed", message=text(ts, "*Beat the forecast.*", edited=True))
    expect(message(page, ts)).to_contain_text("Beat the forecast. (edited)")
    recorded.say("message_deleted", channel="C0GROWTH", ts=ts)
    expect(message(page, ts)).to_have_count(0)
    recorded.say("message", message=text(ts, "Only <@U0MEMBER> can decide this.", ephemeral=True))
    expect(page.get_by_test_id("ephemeral").last).to_contain_text("Only visible to you")


def test_another_channels_message_counts_as_unread(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded)
    recorded.say("message", message=text("1774855200.000100", "hello", channel="D0APPROVER"))
    direct = page.locator("[data-channel-id='D0APPROVER']")
    expect(direct.get_by_test_id("unread")).to_have_text("1")
    direct.click()
    expect(page.get_by_role("heading", name="Marko", exact=True)).to_be_visible()
    expect(direct.get_by_test_id("unread")).to_have_count(0)


def test_a_thread_opens_beside_and_takes_replies(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded)
    message(page, CARD).get_by_test_id("replies").click()
    pane = page.get_by_test_id("thread-pane")
    expect(pane.get_by_role("cell", name="CTR beach-video")).to_be_visible()
    expect(pane).to_contain_text("3 replies")
    pane.get_by_test_id("thread-composer").fill("thanks")
    with page.expect_response("**/ui/message"):
        pane.get_by_test_id("thread-send").click()
    assert recorded.posted("/ui/message")[0]["thread_ts"] == CARD
    recorded.say("message", message=text("1774855200.000100", "A fourth.", thread_ts=CARD))
    expect(pane).to_contain_text("4 replies")
    expect(message(page, CARD).get_by_test_id("replies")).to_contain_text("4 replies")
    pane.get_by_test_id("thread-close").click()
    expect(pane).to_be_hidden()


def test_a_permalink_and_a_reload_lead_to_the_same_place(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded, f"C0GALLERY/{UNKNOWN}")
    expect(message(page, UNKNOWN)).to_be_in_viewport()
    page.get_by_test_id("user-switch").select_option("U0MEMBER")
    expect(page.get_by_text("as Member")).to_be_visible()
    page.reload()
    expect(page.get_by_text("as Member")).to_be_visible()
    expect(page.get_by_role("heading", name="#gallery")).to_be_visible()
    expect(page.get_by_test_id("user-switch")).to_have_value("U0MEMBER")


def test_whoever_switches_in_the_conversation_with_marko_comes_to_their_own(
    page: Page, recorded: RecordedPage
) -> None:
    go(page, recorded, "D0APPROVER")
    expect(page.get_by_role("heading", name="Marko", exact=True)).to_be_visible()
    for channel in recorded.state["channels"]:
        if channel["is_im"]:
            channel["id"] = "D0MEMBER"
    page.get_by_test_id("user-switch").select_option("U0MEMBER")
    expect(page.get_by_text("as Member")).to_be_visible()
    expect(page.get_by_role("heading", name="Marko", exact=True)).to_be_visible()
    expect(page.get_by_test_id("notice")).to_have_count(0)


def test_a_lost_connection_is_told_and_made_good(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded)
    recorded.say("connection", connected=False)
    expect(page.get_by_test_id("connection")).to_have_text("Marko is not connected")
    missed = text("1774855200.000100", "Said while nobody listened.")
    recorded.state["messages"]["C0GROWTH"].append(missed)
    recorded.hang_up()
    expect(message(page, missed["ts"])).to_be_visible()
    expect(page.get_by_test_id("connection")).to_have_text("Marko is connected")
    recorded.say("notice", text="/analyze was not answered within 3 s (operation_timeout)", level="error")
    expect(page.get_by_test_id("notice")).to_contain_text("operation_timeout")


def test_the_clock_moves_forward_at_a_button(page: Page, recorded: RecordedPage) -> None:
    clock = {"now": "2026-04-06T07:00:00+00:00", "zone": "Europe/Madrid", "offset_seconds": 603_600}
    recorded.answers["/ui/clock"] = (200, {"clock": clock})
    go(page, recorded)
    expect(page.get_by_test_id("clock")).to_contain_text("Mon 30 Mar 2026, 09:20")
    page.get_by_test_id("clock-monday").click()
    expect(page.get_by_test_id("clock")).to_contain_text("Mon 6 Apr 2026, 09:00")
    with page.expect_response("**/ui/clock"):
        page.get_by_test_id("clock-three-days").click()
    expect(message(page, CARD)).to_contain_text("as of 30 Mar 2026, 07:40")
    assert recorded.posted("/ui/clock") == [{"move": "monday_0900"}, {"move": "three_days"}]


# Where the reader stands

NEWEST = "1774854480.000100"
STANDS_AT_END = """() => {
  const list = document.querySelector("#conversation-scroll");
  const last = [...list.querySelectorAll("article")].at(-1);
  const below = last.getBoundingClientRect().bottom - list.getBoundingClientRect().bottom;
  return below <= 1 && below > -60;
}"""
SIZES = [{"width": 1280, "height": 860}, {"width": 390, "height": 844}]
both_widths = pytest.mark.parametrize("size", SIZES, ids=["desktop", "phone"])


def scroll_away(page: Page) -> None:
    """Up to the beginning, until the page has heard of it."""
    page.evaluate(
        """() => new Promise((heard) => {
          const list = document.querySelector("#conversation-scroll");
          list.addEventListener("scroll", () => heard(), { once: true });
          list.scrollTop = 0;
        })"""
    )


@both_widths
def test_a_channel_opens_and_reloads_at_its_newest_message(
    page: Page, recorded: RecordedPage, size: Any
) -> None:
    page.set_viewport_size(size)
    go(page, recorded)
    page.wait_for_function(STANDS_AT_END)
    page.reload()
    expect(message(page, NEWEST)).to_be_visible()
    page.wait_for_function(STANDS_AT_END)


def test_a_message_that_comes_before_the_scroll_event_does_not_lose_the_end(
    page: Page, recorded: RecordedPage
) -> None:
    go(page, recorded)
    page.wait_for_function(STANDS_AT_END)
    # The event of an earlier jump arrives when the list has grown already and is not yet followed.
    page.evaluate(
        """() => {
          const list = document.querySelector("#conversation-scroll");
          document.querySelector(".log").append(document.createElement("pre"));
          document.querySelector(".log").lastChild.textContent = "one more line\\n".repeat(30);
          list.dispatchEvent(new Event("scroll"));
          document.querySelector(".log").lastChild.remove();
        }"""
    )
    recorded.say("message", message=text("1774855200.000100", "line\n" * 20))
    expect(message(page, "1774855200.000100")).to_be_visible()
    page.wait_for_function(STANDS_AT_END)
    expect(page.get_by_test_id("new-messages").first).to_be_hidden()


def test_whoever_scrolled_up_stays_there_and_is_told_of_new_messages(
    page: Page, recorded: RecordedPage
) -> None:
    go(page, recorded)
    page.wait_for_function(STANDS_AT_END)
    scroll_away(page)
    recorded.say("message", message=text("1774855200.000100", "elsewhere", channel="C0GALLERY"))
    recorded.say("message", message=text("1774855210.000100", "A fourth.", thread_ts=CARD))
    expect(message(page, CARD).get_by_test_id("replies")).to_contain_text("4 replies")
    pill = page.locator("#conversation").get_by_test_id("new-messages")
    expect(pill).to_be_hidden()
    recorded.say("message", message=text("1774855220.000100", "Here."))
    expect(pill).to_be_visible()
    assert page.locator("#conversation-scroll").evaluate("list => list.scrollTop") == 0
    pill.click()
    page.wait_for_function(STANDS_AT_END)
    expect(pill).to_be_hidden()


def test_the_thread_opens_where_an_answer_follows_a_press(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded)
    pane = page.get_by_test_id("thread-pane")
    recorded.say("message", message=text("1774855200.000100", "A fourth.", thread_ts=CARD))
    expect(message(page, CARD).get_by_test_id("replies")).to_contain_text("4 replies")
    expect(pane).to_be_hidden()
    action(message(page, CARD), "card.more").click()
    recorded.say("message", message=text("1774855210.000100", "A fifth.", thread_ts=CARD))
    expect(pane).to_contain_text("A fifth.")


def test_an_answer_in_a_thread_is_pointed_out_at_its_message(page: Page, recorded: RecordedPage) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    go(page, recorded)
    page.wait_for_function(STANDS_AT_END)
    action(message(page, CARD), "card.more").click()
    page.evaluate(
        """ts => {
          const list = document.querySelector("#conversation-scroll");
          const link = list.querySelector(`[data-ts='${ts}'] .replies`);
          list.scrollTop += link.getBoundingClientRect().top - list.getBoundingClientRect().bottom - 20;
        }""",
        CARD,
    )
    link = message(page, CARD).get_by_test_id("replies")
    expect(link).not_to_be_in_viewport()
    recorded.say("message", message=text("1774855200.000100", "A fourth.", thread_ts=CARD))
    expect(link).to_be_in_viewport(ratio=1)
    expect(link).to_have_class("replies has-news")
    expect(page.get_by_test_id("thread-pane")).to_be_hidden()
    expect(page.locator("#conversation").get_by_test_id("new-messages")).to_be_hidden()


# Narrow screens


@pytest.mark.parametrize(
    "address", ["C0GROWTH", "C0GALLERY", "D0APPROVER?tab=home", f"C0GROWTH?thread={CARD}"]
)
def test_a_phone_never_scrolls_sideways(page: Page, recorded: RecordedPage, address: str) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    go(page, recorded, "C0GROWTH")
    page.goto(f"{recorded.url}/#/{address}")
    sticking_out = """() => [...document.querySelectorAll("body *")]
      .filter((one) => getComputedStyle(one).visibility !== "hidden" && !one.closest(".table-frame"))
      .filter((one) => one.getBoundingClientRect().right > window.innerWidth + 1)
      .map((one) => one.outerHTML.slice(0, 120))"""
    expect(page.locator("article, [data-testid=home]").first).to_be_visible()
    assert page.evaluate("document.documentElement.scrollWidth") == 390
    assert page.evaluate(sticking_out) == []


def test_a_phone_reaches_everything(page: Page, recorded: RecordedPage) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    go(page, recorded)
    expect(page.get_by_test_id("composer")).to_be_in_viewport()
    expect(page.get_by_test_id("sidebar")).to_be_hidden()
    page.get_by_role("button", name="Open the channel list").click()
    page.get_by_role("link", name="#gallery, 2 unread").click()
    expect(page.get_by_role("heading", name="#gallery")).to_be_visible()
    expect(page.get_by_test_id("sidebar")).to_be_hidden()
    columns = (
        message(page, ALL_BLOCKS)
        .locator(".fields")
        .evaluate("node => getComputedStyle(node).gridTemplateColumns.split(' ').length")
    )
    assert columns == 1


def test_on_a_phone_the_drawer_closes_after_a_clock_button_and_the_notice_stands_above_the_composer(
    page: Page, recorded: RecordedPage
) -> None:
    clock = {"now": "2026-04-06T07:00:00+00:00", "zone": "Europe/Madrid", "offset_seconds": 603_600}
    recorded.answers["/ui/clock"] = (200, {"clock": clock})
    page.set_viewport_size({"width": 390, "height": 844})
    go(page, recorded)
    recorded.say("notice", text="/analyze was not answered within 3 s", level="error")
    expect(page.get_by_test_id("notice")).to_be_visible()
    page.get_by_role("button", name="Open the channel list").click()
    page.get_by_test_id("clock-monday").click()  # nothing lies above it
    expect(page.get_by_test_id("sidebar")).to_be_hidden()
    notice = page.get_by_test_id("notice").filter(has_text="It is now Mon 6 Apr 2026")
    expect(notice).to_be_visible()
    box, composer = notice.bounding_box(), page.locator("#conversation-composer").bounding_box()
    assert box
    assert composer
    assert 844 / 2 < box["y"] < box["y"] + box["height"] <= composer["y"]


def test_on_a_phone_the_guides_commands_and_the_channels_are_large_enough_for_a_thumb(
    page: Page, recorded: RecordedPage
) -> None:
    page.set_viewport_size({"width": 390, "height": 844})
    go(page, recorded, "C0RANDOM")
    heights = "nodes => nodes.map((node) => node.getBoundingClientRect().height)"
    assert min(page.get_by_test_id("try").evaluate_all(heights)) >= 40
    page.get_by_role("button", name="Open the channel list").click()
    assert min(page.locator(".channel").evaluate_all(heights)) >= 40
