"""The sandbox's page on a recorded state: files, the agent's prompts and status, Home, pictures, dialogs."""

import base64
from collections.abc import Iterator
from typing import Any

import pytest
from playwright.sync_api import Browser, Locator, Page, expect
from recorded_page import RecordedPage, served

pytestmark = pytest.mark.browser

CARD = "1774854060.000100"
NOTES = {"name": "notes.txt", "mimeType": "text/plain", "buffer": b"late"}
CAMPAIGNS = {"name": "march.json", "mimeType": "application/json", "buffer": b"[1]"}
OFFER = {
    "channel": "D0APPROVER",
    "title": "Ask me",
    "prompts": [
        {"title": "new-parents", "message": "How did new-parents do?"},
        {"title": "What waits?", "message": "What waits for a decision?"},
    ],
}
DROP = """([node, names]) => {
  const data = new DataTransfer();
  for (const name of names) data.items.add(new File(["[1]"], name));
  for (const kind of ["dragenter", "dragover", "drop"]) {
    const told = { dataTransfer: data, bubbles: true, cancelable: true };
    document.querySelector(node).dispatchEvent(new DragEvent(kind, told));
  }
}"""
both_widths = pytest.mark.parametrize(
    "size", [{"width": 1280, "height": 860}, {"width": 390, "height": 844}], ids=["desktop", "phone"]
)


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
    expect(page.get_by_test_id("composer")).to_be_enabled()


def plain(text: str) -> dict[str, Any]:
    return {"type": "plain_text", "text": text}


def option(text: str) -> dict[str, Any]:
    return {"text": plain(text), "value": text}


def ask(recorded: RecordedPage, page: Page, *blocks: dict[str, Any], hash_: str = "h1") -> Locator:
    """Open a dialog with these blocks, or change it."""
    view = recorded.modal | {"hash": hash_, "blocks": list(blocks), "state": {"values": {}}}
    recorded.say("view_opened" if hash_ == "h1" else "view_updated", view=view)
    modal = page.get_by_test_id("modal")
    expect(modal).to_be_visible()
    return modal


def asked(name: str, element: dict[str, Any], **more: Any) -> dict[str, Any]:
    return {"type": "input", "block_id": name, "label": plain(name), "element": element, **more}


# Files


@both_widths
def test_a_chosen_file_waits_above_the_composer_and_is_sent_with_its_words(
    page: Page, recorded: RecordedPage, size: Any
) -> None:
    page.set_viewport_size(size)
    go(page, recorded)
    with page.expect_file_chooser() as chooser:
        page.get_by_test_id("composer-attach").press("Enter")
    chooser.value.set_files([CAMPAIGNS, NOTES])
    waiting = page.get_by_test_id("composer-attachments")
    expect(waiting).to_contain_text("march.json")
    page.get_by_role("button", name="Do not share notes.txt").click()
    expect(waiting).not_to_contain_text("notes.txt")
    page.get_by_test_id("composer").fill("@Marko, March")
    with page.expect_response("**/ui/file"):
        page.get_by_test_id("composer").press("Enter")
    (sent,) = recorded.posted("/ui/file")
    assert sent == {
        "user": "U0APPROVER",
        "channel": "C0GROWTH",
        "text": "@Marko, March",
        "files": [{"name": "march.json", "content": base64.b64encode(b"[1]").decode()}],
    }
    expect(waiting).to_be_hidden()
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_files_are_dropped_onto_a_conversation_and_onto_a_thread(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded, f"C0GROWTH?thread={CARD}")
    page.evaluate(DROP, ["#conversation", ["march.json"]])
    expect(page.get_by_test_id("composer-attachments")).to_contain_text("march.json")
    page.evaluate(DROP, ["#thread", ["notes.txt"]])
    expect(page.get_by_test_id("thread-composer-attachments")).to_contain_text("notes.txt")
    with page.expect_response("**/ui/file"):
        page.get_by_test_id("thread-send").click()
    (sent,) = recorded.posted("/ui/file")
    assert (sent["thread_ts"], [one["name"] for one in sent["files"]]) == (CARD, ["notes.txt"])
    page.goto(f"{recorded.url}/#/D0APPROVER")
    expect(page.get_by_test_id("composer-attachments")).to_be_hidden()
    page.goto(f"{recorded.url}/#/C0GROWTH")
    expect(page.get_by_test_id("composer-attachments")).to_contain_text("march.json")


def test_a_file_that_was_refused_waits_again_and_the_reason_is_told(
    page: Page, recorded: RecordedPage
) -> None:
    recorded.answers["/ui/file"] = (413, {"error": "march.json cannot be shared: 20 MB at once."})
    go(page, recorded)
    page.get_by_test_id("composer-files").set_input_files([CAMPAIGNS])
    page.get_by_test_id("composer").fill("March")
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("notice")).to_contain_text("20 MB at once")
    expect(page.get_by_test_id("composer-attachments")).to_contain_text("march.json")
    expect(page.get_by_test_id("composer")).to_have_value("March")


def test_what_cannot_be_shared_is_said_before_it_is_sent(page: Page, recorded: RecordedPage) -> None:
    recorded.state["file_limit"] = 3
    go(page, recorded)
    page.get_by_test_id("composer-files").set_input_files(
        [{**NOTES, "buffer": b""}, {**NOTES, "name": "b.txt"}]
    )
    expect(page.get_by_test_id("notice")).to_have_text(
        [
            "notes.txt is empty, so there is nothing to share.×",
            "b.txt cannot be shared: the sandbox takes 3 bytes at once.×",
        ]
    )
    page.get_by_test_id("composer-files").set_input_files([CAMPAIGNS])
    page.get_by_test_id("composer").fill("/analyze")
    page.get_by_test_id("send").click()
    expect(page.get_by_test_id("notice").last).to_contain_text("A command takes no file")
    assert recorded.posts == []


# The agent


@both_widths
def test_the_prompts_of_a_direct_message_are_sent_at_a_press(
    page: Page, recorded: RecordedPage, size: Any
) -> None:
    page.set_viewport_size(size)
    recorded.state["prompts"] = [OFFER]
    go(page, recorded)
    expect(page.get_by_test_id("prompts")).to_be_hidden()
    page.goto(f"{recorded.url}/#/D0APPROVER")
    prompts = page.get_by_test_id("prompt")
    expect(prompts).to_have_text(["new-parents", "What waits?"])
    with page.expect_response("**/ui/message"):
        prompts.first.press("Enter")
    assert recorded.posted("/ui/message") == [
        {"user": "U0APPROVER", "channel": "D0APPROVER", "text": "How did new-parents do?"}
    ]
    recorded.say("prompts", **(OFFER | {"prompts": OFFER["prompts"][1:]}))
    expect(prompts).to_have_text(["What waits?"])
    assert page.evaluate("document.documentElement.scrollWidth <= window.innerWidth")


def test_what_the_bot_is_doing_stands_until_it_says_something(page: Page, recorded: RecordedPage) -> None:
    status = {"channel": "C0GROWTH", "thread_ts": CARD, "loading_messages": [], "seconds_left": 120}
    go(page, recorded, f"C0GROWTH?thread={CARD}")
    here = page.locator("#conversation").get_by_test_id("status")
    there = page.get_by_test_id("thread-pane").get_by_test_id("status")
    recorded.say("status", **status, status="is looking it up…")
    expect(here).to_have_text("Marko is looking it up…")
    expect(there).to_have_text("Marko is looking it up…")
    answer = {
        "channel": "C0GROWTH",
        "user": "U0MARKO",
        "bot_id": "B0MARKO",
        "text": "Well.",
        "thread_ts": CARD,
    }
    recorded.say("message", message={"ts": "1774855200.000100", **answer})
    expect(here).to_have_text("")
    expect(there).to_have_text("")
    recorded.say("status", **status, status="is comparing…")
    expect(here).to_have_text("Marko is comparing…")
    recorded.say("status", **status, status="")
    expect(here).to_have_text("")
    recorded.say("status", **(status | {"seconds_left": 0.05}), status="is late…")
    recorded.say("notice", text="later", level="info")
    expect(page.get_by_test_id("notice")).to_be_visible()
    expect(here).to_have_text("")


def test_each_opening_of_the_conversation_with_marko_is_told_once(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded)
    assert recorded.posted("/ui/home") == []
    with page.expect_response("**/ui/home"):
        page.locator("[data-channel-id='D0APPROVER']").click()
    with page.expect_response("**/ui/home"):
        page.get_by_test_id("tab-home").click()
    recorded.say("home", view={"id": "V0HOME", "type": "home", "blocks": []})
    recorded.hang_up()
    expect(page.get_by_test_id("home")).to_be_visible()
    with page.expect_response("**/ui/home"):
        page.get_by_test_id("user-switch").select_option("U0MEMBER")
    assert recorded.posted("/ui/home") == [
        {"user": "U0APPROVER", "tab": "messages"},
        {"user": "U0APPROVER", "tab": "home"},
        {"user": "U0MEMBER", "tab": "home"},
    ]


def test_the_guide_asks_in_the_dm_drops_a_sample_and_leads_home(page: Page, recorded: RecordedPage) -> None:
    recorded.state["guide"]["steps"] = [
        {"text": "Ask.", "try": "How did new-parents do?", "in": "direct"},
        {"text": "A file.", "sample": "Drop a sample file here"},
        {"text": "An export.", "files": [{"name": "meta-ads.csv", "label": "Meta"}]},
        {"text": "All that waits.", "open": "Home"},
    ]
    go(page, recorded)
    with page.expect_response("**/ui/sample"):
        page.get_by_test_id("drop-sample").click()
    assert recorded.posted("/ui/sample") == [{"user": "U0APPROVER", "channel": "C0GROWTH"}]
    with page.expect_response("**/ui/sample"):
        page.get_by_role("button", name="Drop the sample meta-ads.csv here: Meta").click()
    assert recorded.posted("/ui/sample")[-1]["name"] == "meta-ads.csv"
    page.get_by_test_id("try").click()
    expect(page.get_by_role("heading", name="Marko", exact=True)).to_be_visible()
    expect(page.get_by_test_id("composer")).to_have_value("How did new-parents do?")
    page.get_by_test_id("open-home").click()
    expect(page.get_by_test_id("home")).to_be_visible()


# Pictures


@both_widths
def test_a_picture_is_enlarged_and_shown_in_its_own_size(
    page: Page, recorded: RecordedPage, size: Any
) -> None:
    page.set_viewport_size(size)
    go(page, recorded)
    image = {"type": "image", "image_url": f"{recorded.url}/pixel.png", "alt_text": "CPA 45.00 to 58.50 EUR"}
    where = {"channel": "C0GROWTH", "user": "U0MARKO", "bot_id": "B0MARKO", "text": "chart"}
    recorded.say("message", message={"ts": "1774855200.000100", **where, "blocks": [image]})
    picture = page.get_by_role("button", name="Enlarge: CPA 45.00 to 58.50 EUR")
    picture.press("Enter")
    large = page.get_by_test_id("enlarged")
    expect(large).to_contain_text("CPA 45.00 to 58.50 EUR")
    expect(large.get_by_alt_text("CPA 45.00 to 58.50 EUR")).to_be_visible()
    page.get_by_test_id("own-size").click()
    expect(page.get_by_test_id("own-size")).to_have_text("Fit the window")
    page.keyboard.press("Escape")
    expect(large).to_have_count(0)
    expect(picture).to_be_focused()


# Dialogs


def test_several_people_are_chosen_taken_away_and_sent(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded)
    several = {"type": "multi_users_select", "action_id": "who", "max_selected_items": 2}
    modal = ask(recorded, page, asked("Approvers", several))
    field = modal.get_by_role("combobox", name="Approvers")
    page.get_by_test_id("modal-submit").click()
    expect(modal.get_by_test_id("input-error")).to_have_text("Please complete this required field.")
    for name in ("Approver", "Member"):
        field.fill(name)
        modal.get_by_role("option", name=name, exact=True).click()
    field.press("ArrowDown")
    expect(modal).to_contain_text("2 can be chosen at most.")
    field.press("Escape")
    modal.get_by_role("button", name="Take away Approver").click()
    with page.expect_response("**/ui/view/submit"):
        page.get_by_test_id("modal-submit").click()
    (sent,) = recorded.posted("/ui/view/submit")
    assert sent["values"]["Approvers"]["who"] == {
        "type": "multi_users_select",
        "selected_users": ["U0MEMBER"],
    }


def test_a_choice_that_changes_the_dialog_keeps_what_stays(page: Page, recorded: RecordedPage) -> None:
    go(page, recorded)
    how = asked(
        "How",
        {"type": "radio_buttons", "action_id": "how", "options": [option("pick"), option("enter")]},
        dispatch_action=True,
    )
    spend = asked("Spend", {"type": "number_input", "action_id": "spend", "is_decimal_allowed": True})
    until = asked("Until", {"type": "datepicker", "action_id": "until"})
    at = asked("At", {"type": "timepicker", "action_id": "at"})
    where = asked("Where", {"type": "conversations_select", "action_id": "where"})
    kinds = asked("Kinds", {"type": "checkboxes", "action_id": "kinds", "options": [option("weekly")]})
    modal = ask(recorded, page, how, spend, until, at, where, kinds)
    modal.get_by_label("Spend").fill("12.50")
    modal.get_by_label("Until").fill("2026-04-01")
    modal.get_by_label("At").fill("09:00")
    modal.get_by_label("weekly").check()
    modal.get_by_role("combobox", name="Where").fill("growth")
    page.get_by_role("option", name="#growth").click()
    with page.expect_response("**/ui/action"):
        modal.get_by_label("enter").check()
    (pressed,) = recorded.posted("/ui/action")
    assert pressed["action"] == {"type": "radio_buttons", "selected_option": option("enter")}
    assert pressed["state"]["values"]["Spend"]["spend"]["value"] == "12.50"
    note = asked("Note", {"type": "plain_text_input", "action_id": "note", "multiline": True}, optional=True)
    ask(recorded, page, how, note, spend, until, at, where, kinds, hash_="h2")
    expect(modal.get_by_label("Note")).to_be_visible()
    expect(modal.get_by_label("enter")).to_be_checked()
    expect(modal.get_by_label("enter")).to_be_focused()
    modal.get_by_label("Note").fill("two\nlines")
    with page.expect_response("**/ui/view/submit"):
        page.get_by_test_id("modal-submit").click()
    (sent,) = recorded.posted("/ui/view/submit")
    held = {name: next(iter(value.values())) for name, value in sent["values"].items()}
    assert held["Spend"]["value"] == "12.50"
    assert held["Until"]["selected_date"] == "2026-04-01"
    assert held["At"]["selected_time"] == "09:00"
    assert held["Where"]["selected_conversation"] == "C0GROWTH"
    assert held["Kinds"]["selected_options"] == [option("weekly")]
    assert held["Note"]["value"] == "two\nlines"


def test_a_search_select_without_a_least_length_asks_at_once(page: Page, recorded: RecordedPage) -> None:
    recorded.answers["/ui/options"] = (200, {"options": [option("spring-sale"), option("new-parents")]})
    go(page, recorded)
    campaign = {"type": "external_select", "action_id": "campaign", "min_query_length": 0}
    modal = ask(recorded, page, asked("Campaign", campaign))
    modal.get_by_role("combobox").click()
    page.get_by_role("option", name="new-parents").click()
    assert recorded.posted("/ui/options")[0]["value"] == ""
    with page.expect_response("**/ui/view/submit"):
        page.get_by_test_id("modal-submit").click()
    assert recorded.posted("/ui/view/submit")[0]["values"]["Campaign"]["campaign"][
        "selected_option"
    ] == option("new-parents")
