"""The dialog of ``/analyze``: a known campaign, one that is entered, or pasted JSON."""

import json
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest
from bot_team import GROWTH, MEMBER, RANDOM, Team, both_ways, labels, shown
from dialog_hands import saying
from exported import dropped, row, scanned
from home_visits import home_saying, press, visit
from shell_room import told

AT = datetime(2026, 3, 30, 9, tzinfo=UTC)  # the day after the campaigns that are entered
DIRECT = "D0MEMBER"
ENTRY = {
    "name": "summer-sale",
    "objective": "Sales",
    "currency": "eur",
    "window_start": "2026-03-02",
    "window_end": "2026-03-29",
    "actual_metrics.impressions": "100,000",
    "actual_metrics.clicks": "2,000",
    "actual_metrics.conversions": "200",
    "actual_metrics.spend": "4,000.50",
    "expected_metrics.impressions": "100000",
    "expected_metrics.clicks": "2000",
    "expected_metrics.conversions": "100",
    "expected_metrics.spend": "4000",
}


def opened(team: Team, *, user: str = MEMBER, channel: str = GROWTH) -> dict[str, Any]:
    team.command("/analyze", user=user, channel=channel)
    return team.view(user)


def turned(team: Team, view: dict[str, Any], how: str, **typed: Any) -> dict[str, Any]:
    """Choose another way, and wait until the dialog shows it."""
    team.choose(view, "how", how, typed=typed, user=MEMBER)

    def redrawn() -> dict[str, Any] | None:
        now = team.view(MEMBER)
        return now if json.loads(now["private_metadata"])["how"] == how else None

    return team.wait(redrawn)


def blocks(view: dict[str, Any]) -> list[str]:
    return [each["block_id"] for each in view["blocks"] if each["type"] == "input"]


def starts(view: dict[str, Any]) -> dict[str, Any]:
    """What stands in each input when it is drawn."""
    return {
        block: next((value for key, value in element.items() if key != "type"), None)
        for block, elements in view["state"]["values"].items()
        for element in elements.values()
    }


def platform(team: Team, view: dict[str, Any], name: str) -> dict[str, Any]:
    return team.options(view, "platform", name, user=MEMBER)[name]


@both_ways
def test_a_known_campaign_is_found_by_typing_and_its_card_is_posted(team: Team) -> None:
    view = opened(team)
    assert view["title"]["text"] == "Analyze"
    assert blocks(view) == ["how", "campaign", "window"]
    offered = team.options(view, "campaign", "", user=MEMBER)
    assert "spring-sale" in offered
    found = team.options(view, "campaign", "SPRING", user=MEMBER)
    assert list(found) == ["spring-sale"]
    assert team.submit(view, {"campaign": found["spring-sale"]}, user=MEMBER) == {"closed": True}
    card = team.wait(lambda: team.find("*Beat the forecast.* CPA 31.00"))
    assert card["channel"] == GROWTH
    assert card["thread_ts"] is None


@both_ways
def test_a_campaign_that_only_rows_know_is_offered_and_its_window_chosen(team: Team) -> None:
    today = team.engine.today()
    rows = [row("Beach Video", today - timedelta(days=back)) for back in range(1, 41)]
    unthreaded = dropped("beach", channel=GROWTH, by=MEMBER).model_copy(update={"thread": None})
    begun = team.engine.begin_export(unthreaded)
    team.engine.take_export(begun.id, scanned(rows))
    view = opened(team)
    found = team.wait(lambda: team.options(view, "campaign", "beach video", user=MEMBER))
    assert list(found) == ["Beach Video"]
    chosen = {"campaign": found["Beach Video"], "window": "7"}
    assert team.submit(view, chosen, user=MEMBER) == {"closed": True}
    card = team.wait(lambda: team.find("*No forecast.* Against its own"))
    with team.engine._memory.reading() as reading:
        (kept,) = [each for each in reading.retrospectives() if each.name == "Beach Video"]
    assert (kept.campaign.window_start, kept.last_day) == (
        today - timedelta(days=7),
        today - timedelta(days=1),
    )
    assert "data quality 100/100" in shown(card)
    team.command("/analyze beach-video 14d", user=MEMBER)
    team.wait(lambda: team.find("35\u00a0conversions") and team.find("70\u00a0conversions"))


@both_ways
def test_an_entered_campaign_is_judged_and_posted(team: Team) -> None:
    view = turned(team, opened(team), "enter")
    assert team.submit(view, ENTRY | {"platform": platform(team, view, "Radio Ads")}, user=MEMBER) == {
        "closed": True
    }
    card = team.wait(lambda: team.find("*Beat the forecast.* CPA 20.00"))
    assert "`summer-sale` · Radio Ads · Sales" in shown(card)
    assert "2–29\u00a0Mar" in shown(card)
    with team.engine._memory.reading() as reading:
        (held,) = [each for each in reading.retrospectives() if each.name == "summer-sale"]
    assert str(held.campaign.actual_metrics.spend) == "4000.5"
    assert held.campaign.currency == "EUR"


@both_ways
def test_everything_that_is_wrong_is_told_at_its_input_at_once(team: Team) -> None:
    view = turned(team, opened(team), "enter")
    wrong = {
        "platform": platform(team, view, "Meta"),
        "currency": "e1",
        "window_start": "2026-03-30",
        "actual_metrics.clicks": "200,000",
        "actual_metrics.spend": "a lot",
        "expected_metrics.conversions": "1,5",
        "expected_metrics.clicks": "100001",
    }
    before = team.engine.names()
    answer = team.submit(view, ENTRY | wrong, user=MEMBER)
    assert answer["errors"] == {
        "currency": 'The rule is "a currency code of three capital letters, such as EUR".',
        "window_end": "The last day is before the first (30 Mar 2026).",
        "actual_metrics.clicks": 'The rule is "≤ impressions (100000)".',
        "actual_metrics.spend": "This is not a number such as 1,234.50.",
        "expected_metrics.conversions": "This is not a number such as 1,234.50.",
        "expected_metrics.clicks": 'The rule is "≤ impressions (100000)".',
    }
    assert team.engine.names() == before


def test_a_last_day_in_the_far_future_is_told_at_its_input(team: Team) -> None:
    view = turned(team, opened(team), "enter")
    mistyped = {"platform": platform(team, view, "Meta"), "window_end": "2062-03-29"}
    answer = team.submit(view, ENTRY | mistyped, user=MEMBER)
    assert answer["errors"] == {"window_end": 'The rule is "at most a month ahead of today".'}
    assert "summer-sale" not in team.engine.names()


def test_without_a_forecast_an_entered_campaign_has_none(team: Team) -> None:
    view = turned(team, opened(team), "enter")
    came = {name: text for name, text in ENTRY.items() if not name.startswith("expected")}
    team.submit(view, came | {"platform": platform(team, view, "Meta")}, user=MEMBER)
    team.wait(lambda: team.find("*No forecast.* CPA 20.00"))


@both_ways
def test_what_was_typed_is_still_there_after_looking_at_the_other_ways(team: Team) -> None:
    view = opened(team)
    spring = team.options(view, "campaign", "spring", user=MEMBER)["spring-sale"]
    view = turned(team, view, "enter", campaign=spring)
    meta = platform(team, view, "Meta")
    view = turned(team, view, "paste", **ENTRY, platform=meta)
    assert starts(view) == {"how": starts(view)["how"], "pasted": None}
    pasted = json.dumps([told("one"), told("two")], indent=2)[:3_000]
    view = turned(team, view, "known", pasted=pasted)
    assert starts(view)["campaign"]["value"] == spring["value"]
    view = turned(team, view, "enter")
    again = starts(view)
    assert again["platform"]["value"] == "Meta"
    assert again["objective"]["value"] == "Sales"
    chosen = {"objective", "platform", "how"}
    assert {name: again[name] for name in ENTRY if name not in chosen} == {
        name: text for name, text in ENTRY.items() if name not in chosen
    }
    assert starts(turned(team, view, "paste"))["pasted"] == pasted


@both_ways
def test_pasted_json_is_checked_while_the_dialog_is_open_and_then_analysed(team: Team) -> None:
    view = turned(team, opened(team), "paste")
    wrong = team.submit(view, {"pasted": '{"campaign_id": 7,\n "platform": ""}'}, user=MEMBER)
    lines = wrong["errors"]["pasted"].split("\n")
    assert 'Line 1, campaign_id: 7 breaks the rule "a text in quotes".' in lines
    assert lines[-1].startswith("and ")
    right = json.dumps(told("summer-sale"))
    assert team.submit(view, {"pasted": right}, user=MEMBER) == {"closed": True}
    card = team.wait(lambda: team.find("`summer-sale` · Meta"))
    assert "Approve" in labels(card)


def test_a_pasted_list_is_told_in_one_message(team: Team) -> None:
    view = turned(team, opened(team), "paste")
    team.submit(view, {"pasted": json.dumps([told("summer-a"), told("summer-b")])}, user=MEMBER)
    said = team.wait(lambda: team.find("*2\u00a0campaigns taken.*"))
    assert said["thread_ts"] is None
    assert "`summer-a`" in shown(said)


def test_older_figures_are_not_taken_and_the_person_is_told(team: Team) -> None:
    newer, older = (
        json.dumps(told("summer-sale", timestamp=f"2026-03-{day}T10:00:00+00:00", currency=currency))
        for day, currency in ((30, "EUR"), (29, "USD"))
    )
    for text in (newer, older):
        team.submit(turned(team, opened(team), "paste"), {"pasted": text}, user=MEMBER)
        team.wait(lambda: team.find("`summer-sale` · Meta"))
    told_so = team.whisper("I know figures of `summer-sale` from a later moment.", user=MEMBER)
    assert labels(told_so) == ["Open card"]


@both_ways
def test_where_the_bot_is_no_member_nobody_types_in_vain(team: Team) -> None:
    team.command("/analyze", user=MEMBER, channel=RANDOM)
    view = saying(team, "Type `/invite @Marko`, then `/analyze` again.", MEMBER)
    assert blocks(view) == []
    assert view["submit"] is None


def test_a_bot_that_was_removed_meanwhile_says_so_by_direct_message(team: Team) -> None:
    view = opened(team)
    spring = team.options(view, "campaign", "spring", user=MEMBER)["spring-sale"]
    team.workspace.leave(GROWTH, "U0MARKO")
    team.submit(view, {"campaign": spring}, user=MEMBER)
    team.wait(lambda: team.find("I am not in this channel", channel=DIRECT, user=MEMBER))


def test_in_a_direct_message_the_card_comes_there(team: Team) -> None:
    view = opened(team, channel=DIRECT)
    spring = team.options(view, "campaign", "spring", user=MEMBER)["spring-sale"]
    team.submit(view, {"campaign": spring}, user=MEMBER)
    team.wait(lambda: team.find("*Beat the forecast.*", channel=DIRECT, user=MEMBER))


def test_from_home_the_card_comes_into_the_direct_message(team: Team) -> None:
    visit(team, MEMBER)

    def pressed() -> bool:
        """Home may be drawn anew under the finger."""
        try:
            press(team, "Analyze…", home_saying(team, "Analyze…", MEMBER), user=MEMBER)
        except httpx.HTTPStatusError:
            return False
        return True

    team.wait(pressed)
    view = team.view(MEMBER)
    spring = team.options(view, "campaign", "spring", user=MEMBER)["spring-sale"]
    team.submit(view, {"campaign": spring}, user=MEMBER)
    card = team.wait(lambda: team.find("*Beat the forecast.*", channel=DIRECT, user=MEMBER))
    team.click("More", card, user=MEMBER)
    team.wait(lambda: team.find("How computed.", channel=DIRECT, user=MEMBER))


@both_ways
def test_of_two_quick_clicks_the_newer_is_what_the_dialog_shows(team: Team) -> None:
    view = opened(team)
    for how in ("enter", "paste"):  # both on the same drawing
        team.choose(view, "how", how, user=MEMBER)
    team.wait(lambda: blocks(team.view(MEMBER)) == ["how", "pasted"])
    right = json.dumps(told("summer-sale"))
    assert team.submit(team.view(MEMBER), {"pasted": right}, user=MEMBER) == {"closed": True}
    team.wait(lambda: team.find("`summer-sale` · Meta"))


def test_what_was_shown_is_what_is_sent_also_where_a_click_ran_ahead(team: Team) -> None:
    view = turned(team, opened(team), "enter")
    ahead = ENTRY | {"platform": platform(team, view, "Meta"), "how": "paste"}
    assert team.submit(view, ahead, user=MEMBER) == {"closed": True}
    team.wait(lambda: team.find("`summer-sale` · Meta"))


def test_where_nothing_is_known_the_dialog_offers_to_enter(tmp_path: Any) -> None:
    team = Team(tmp_path, filled=False)
    try:
        assert "actual_metrics.spend" in blocks(opened(team))
    finally:
        team.close()


def test_too_late_a_window_is_said_in_words(team: Team) -> None:
    team.fault("expired_trigger")
    team.command("/analyze", user=MEMBER)
    team.whisper("Slack gave me too little time to open the window.", user=MEMBER)


def test_the_dialog_takes_numbers_as_the_team_writes_them(tmp_path: Any) -> None:
    team = Team(tmp_path, MARKO_NUMBER_FORMAT="1.234,50")
    try:
        view = turned(team, opened(team), "enter")
        typed = {"actual_metrics.spend": "4.000,50", "platform": platform(team, view, "Meta")}
        german = {name: text.replace(",", ".") for name, text in ENTRY.items()}
        assert team.submit(view, german | typed, user=MEMBER) == {"closed": True}
        team.wait(lambda: team.find("*Beat the forecast.* CPA 20,00"))
    finally:
        team.close()


@pytest.mark.browser
def test_in_a_browser_the_long_dialog_stays_in_the_window_and_is_sent(team: Team, browser: Any) -> None:
    page = browser.new_page(viewport={"width": 390, "height": 700})
    page.goto(team.sandbox.server.url)
    page.get_by_test_id("composer").fill("/analyze")
    page.get_by_test_id("composer").press("Escape")
    page.get_by_test_id("send").click()
    page.get_by_label("Enter", exact=True).click()
    page.get_by_label("Name", exact=True).fill("summer-sale")
    page.get_by_role("combobox", name="Platform").click()
    page.get_by_role("combobox", name="Platform").press_sequentially("Radio")
    page.get_by_role("option", name="Radio").click()
    page.get_by_role("combobox", name="Objective").click()
    page.get_by_role("option", name="Sales").click()
    for name, typed in (
        ("impressions", "100,000"),
        ("clicks", "2,000"),
        ("conversions", "200"),
        ("spend", "4,000"),
    ):
        page.get_by_label(f"Actual {name}").fill(typed)
    page.get_by_test_id("modal-submit").click()
    page.get_by_text("No forecast.").first.wait_for()
    page.close()
