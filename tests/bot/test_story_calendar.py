"""The calendar in Slack: shown, added to, changed and removed from, by members, over the socket and HTTP."""

from datetime import date
from typing import Any

from bot_team import APPROVER, GUEST, MEMBER, Team, both_ways, labels, shown
from dialog_hands import current, saying, submit

from bot import ids

FIRST, LAST = "2031-11-27", "2031-11-30"


def opened(team: Team, label: str, words: str, *, user: str = MEMBER) -> None:
    """Press a button of the newest calendar that says so."""
    team.click(label, team.whisper(words, user=user), user=user)


def typed(**values: str) -> dict[str, Any]:
    return {getattr(ids, f"EVENT_{name.upper()}"): value for name, value in values.items()}


def events(team: Team) -> list[tuple[str, date, str]]:
    return [(each.event.name, each.event.last, each.event.by) for each in team.engine.calendar().coming]


@both_ways
def test_a_member_adds_changes_and_removes_an_event(team: Team) -> None:
    team.command("/marko calendar", user=MEMBER)
    opened(team, "Add…", "Nothing is on the calendar.")
    view = saying(team, "Only this platform", MEMBER)
    wrong = team.submit(view, typed(name="Black <Friday>", first=FIRST, last="2031-11-20"), user=MEMBER)
    assert list(wrong["errors"]) == [ids.EVENT_LAST]
    good = typed(name="Black <Friday>", kind="sale", first=FIRST, last=LAST, yearly="every_year")
    assert team.submit(view, good, user=MEMBER) == {"closed": True}
    told = team.whisper(
        "On the calendar: *`Black &lt;Friday&gt;`* · sale · 27–30\u00a0Nov\u00a02031", user=MEMBER
    )
    assert "every year" in shown(told)
    assert labels(told) == ["Change…", "Remove…", "Add…", "Country…"]
    assert events(team) == [("Black <Friday>", date(2031, 11, 30), MEMBER)]
    team.command("/marko calendar")
    opened(team, "Change…", "*Coming*", user=APPROVER)
    view = saying(team, "Only this platform")
    assert team.submit(view, typed(last="2031-12-01")) == {"closed": True}
    told = team.whisper("✅ Changed: ", user=APPROVER)
    assert events(team) == [("Black <Friday>", date(2031, 12, 1), APPROVER)]
    team.click("Remove…", told)
    saying(team, "Remove this from the calendar?")
    assert submit(team) == {"closed": True}
    team.whisper("Removed: ", user=APPROVER)
    assert events(team) == []
    with team.engine._memory.reading() as reading:
        deeds = [each.deed for each in reading.ledger() if each.deed.startswith("calendar_")]
    assert deeds == ["calendar_added", "calendar_changed", "calendar_removed"]


@both_ways
def test_the_country_is_checked_at_its_input(team: Team) -> None:
    team.command("/marko calendar", user=MEMBER)
    opened(team, "Country…", "No country is set")
    view = saying(team, "Two letters, such as ES", MEMBER)
    block = view["blocks"][0]["block_id"]
    assert list(team.submit(view, {block: "Neverland"}, user=MEMBER)["errors"]) == [ids.EVENT_COUNTRY_NAME]
    assert team.submit(view, {block: "es"}, user=MEMBER) == {"closed": True}
    team.whisper("✅ Public holidays of ES count.", user=MEMBER)


def test_an_event_of_one_campaign_is_chosen_by_search(team: Team) -> None:
    team.command("/marko calendar", user=MEMBER)
    opened(team, "Add…", "Nothing is on the calendar.")
    view = saying(team, "Only this campaign", MEMBER)
    offered = team.options(view, ids.EVENT_CAMPAIGN, "spring", user=MEMBER)
    platform = team.options(view, ids.EVENT_PLATFORM, "meta", user=MEMBER)
    values = typed(name="Launch", kind="launch", first=FIRST, last=FIRST)
    campaign = next(iter(offered.values()))
    both = values | {ids.EVENT_CAMPAIGN: campaign, ids.EVENT_PLATFORM: next(iter(platform.values()))}
    assert list(team.submit(view, both, user=MEMBER)["errors"]) == [ids.EVENT_CAMPAIGN]
    alone = values | {ids.EVENT_CAMPAIGN: campaign, ids.EVENT_PLATFORM: None}
    assert team.submit(view, alone, user=MEMBER) == {"closed": True}
    told = team.whisper("On the calendar: *`Launch`* · launch", user=MEMBER)
    assert "only" in shown(told)
    (kept,) = team.engine.calendar().coming
    assert kept.event.campaign == team.engine.key_of("spring-sale")


def test_a_guest_and_whoever_comes_too_late_change_nothing(team: Team) -> None:
    team.command("/marko calendar", user=GUEST)
    team.wait(lambda: [each for each in team.workspace.messages("C0GROWTH", GUEST) if each["ephemeral"]])
    team.command("/marko calendar", user=MEMBER)
    opened(team, "Add…", "Nothing is on the calendar.")
    view = saying(team, "Only this platform", MEMBER)
    team.submit(view, typed(name="Launch", first=FIRST, last=FIRST), user=MEMBER)
    told = team.whisper("On the calendar: *`Launch`*", user=MEMBER)
    team.click("Remove…", told, user=MEMBER)
    saying(team, "Remove this from the calendar?", MEMBER)
    submit(team, user=MEMBER)
    team.whisper("Removed: ", user=MEMBER)
    team.click("Change…", told, user=MEMBER)
    team.whisper("The calendar has no single event", user=MEMBER)
    assert current(team, MEMBER) == {"blocks": []}
