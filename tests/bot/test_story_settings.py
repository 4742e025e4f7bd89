"""Settings that approvers change from Slack: at once, in the ledger, and nobody else."""

from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest
from bot_team import APPROVER, GROWTH, GUEST, MEMBER, Team, both_ways, labels, shown
from dialog_hands import choose, current, press_now, saying, stands, submit

from bot import ids

MARKO = "U0MARKO"


def open_settings(team: Team, *, user: str = APPROVER) -> None:
    """Type `/marko settings` and press its button."""
    team.command("/marko settings", user=user)
    told = team.whisper("What is set", user=user)
    team.click("Change…", told, user=user)
    saying(team, "Only they approve, reject and change this.", user)


def ledger(team: Team) -> list[tuple[str, str, Any, Any]]:
    with team.engine._memory.reading() as reading:
        return [
            (each.actor, each.subject, each.detail["old"], each.detail["new"])
            for each in reading.ledger()
            if each.deed == "changed_setting"
        ]


@pytest.fixture
def unnamed(tmp_path: Path, request: pytest.FixtureRequest) -> Any:
    """A team in which nobody is named an approver."""
    made = Team(tmp_path, mode=getattr(request, "param", "socket"))
    made.sandbox.disconnect()
    made.sandbox._settings = replace(made.sandbox._settings, approvers=())
    made.sandbox.connect()
    yield made
    made.close()


@both_ways
def test_an_approver_named_in_slack_approves_at_once_and_one_removed_does_not(team: Team) -> None:
    card = team.card_of("spring-sale")
    team.click("Approve", card, user=MEMBER)
    team.whisper("Only <@U0APPROVER> can decide this. Your click changed nothing.", user=MEMBER)
    open_settings(team)
    view = current(team)
    assert stands(view, ids.APPROVERS) == [APPROVER]
    assert submit(team, approvers=[APPROVER, MEMBER]) == {"closed": True}
    team.whisper("• Approvers: <@U0APPROVER> → <@U0APPROVER> and <@U0MEMBER>", user=APPROVER)
    team.click("Approve", card, user=MEMBER)
    team.wait(lambda: team.find("Approved by <@U0MEMBER>"))
    team.command("/marko settings", user=MEMBER)
    team.click("Change…", team.whisper("(set by <@U0APPROVER>", user=MEMBER), user=MEMBER)
    saying(team, "Only they approve", MEMBER)
    submit(team, approvers=[MEMBER], user=MEMBER)
    team.whisper("• Approvers: <@U0APPROVER> and <@U0MEMBER> → <@U0MEMBER>", user=MEMBER)
    other = team.card_of("new-parents")
    team.click("Approve", other)
    team.whisper("Only <@U0MEMBER> can decide this. Your click changed nothing.", user=APPROVER)
    assert ledger(team) == [
        (APPROVER, "approvers", [APPROVER], [APPROVER, MEMBER]),
        (MEMBER, "approvers", [APPROVER, MEMBER], [MEMBER]),
    ]


@both_ways
def test_a_lower_limit_holds_for_the_open_card_and_for_the_next(team: Team) -> None:
    card = team.card_of("spring-sale")
    assert "(+15\u00a0%)" in shown(card)
    open_settings(team)
    assert stands(current(team), ids.CHANGE_LIMIT) == "20"
    submit(team, change_limit="10")
    team.whisper("• Change limit: 20\u00a0% → 10\u00a0%", user=APPROVER)
    over = "+15\u00a0% is over your limit of 10\u00a0%. Edit it to 10\u00a0% or less."
    redrawn = team.wait(lambda: found if over in shown(found := team.again(card)) else None)
    assert labels(redrawn)[0] == "Edit & approve…"
    team.command("/analyze spring-sale")
    fresh = team.wait(lambda: team.find("(+10\u00a0%)"))
    team.click("Approve", fresh)
    team.wait(lambda: team.find("Approved by <@U0APPROVER>"))
    assert ledger(team) == [(APPROVER, "change_limit", 0.2, 0.1)]


def test_number_format_and_zone_are_those_of_the_next_message(team: Team) -> None:
    open_settings(team)
    submit(team, number_format="1.234,50", time_zone="America/New_York")
    told = shown(team.whisper("✅ Saved. It holds from now on.", user=APPROVER))
    assert "• Time zone: Europe/Madrid → America/New_York" in told
    assert "• Numbers: 1,234.50 → 1.234,50" in told
    card = team.card_of("spring-sale")
    assert "CPA 31,00\u00a0EUR instead of 41,00" in shown(card)
    assert "EDT" in shown(card) or "EST" in shown(card)
    team.command("/digest weekly mon 09:00 #growth")
    team.whisper("✅ Every Monday 09:00 (America/New_York)", user=APPROVER)
    team.sandbox.disconnect()
    team.sandbox.connect()
    assert team.engine.preferences().time_zone == "America/New_York"
    assert team.engine.preferences().number_format == "1.234,50"


@both_ways
def test_who_cannot_decide_cannot_be_named(team: Team) -> None:
    open_settings(team)
    choose(team, ids.APPROVERS, [APPROVER, GUEST, MARKO])
    saying(team, "⚠️ <@U0GUEST> is a guest and <@U0MARKO> is a bot.")
    assert submit(team) == {
        "errors": {
            ids.APPROVERS: "Not possible: one is a guest and one is a bot. "
            "Approvers are full members of this workspace."
        }
    }
    choose(team, ids.APPROVERS, [APPROVER])
    team.wait(lambda: "⚠️" not in shown(current(team)))
    assert submit(team, approvers=[APPROVER, GUEST], change_limit="5") == {"closed": True}
    told = shown(team.whisper("<@U0GUEST> is a guest.", user=APPROVER)).splitlines()
    assert told[-2:] == [
        "<@U0GUEST> is a guest. Approvers are full members of this workspace. "
        "The approvers stay as they were. The rest is saved. It holds from now on.",
        "• Change limit: 20\u00a0% → 5\u00a0%",
    ]
    assert team.engine.approvers == (APPROVER,)
    assert ledger(team) == [(APPROVER, "change_limit", 0.2, 0.05)]


def test_somebody_who_cannot_be_looked_up_is_not_named(team: Team) -> None:
    open_settings(team)
    del team.workspace.users[MEMBER]
    submit(team, approvers=[APPROVER, MEMBER])
    team.whisper("<@U0MEMBER> could not be looked up.", user=APPROVER)
    assert team.engine.approvers == (APPROVER,)


def test_nobody_but_approvers_opens_or_changes_settings(team: Team) -> None:
    team.command("/marko settings", user=MEMBER)
    told = team.whisper("What is set", user=MEMBER)
    assert "Change…" not in shown(told)
    open_settings(team)
    view = current(team)
    stolen = replace(team.sandbox.server.views.find(view["id"]), user=MEMBER)
    team.sandbox.server.views._keep(stolen)
    submit(team, user=MEMBER, change_limit="100")
    team.whisper("Only <@U0APPROVER> can decide this.", user=MEMBER)
    assert team.engine.preferences().change_limit == 0.2


def test_wrong_values_are_errors_at_their_inputs(team: Team) -> None:
    open_settings(team)
    assert submit(team, change_limit="0")["errors"] == {ids.CHANGE_LIMIT: "Please enter 1 or more."}
    answer = submit(team, change_limit="20", time_zone="Mars/Crater")
    assert answer["errors"] == {ids.TIME_ZONE: "This is no time zone. Search for a city."}


@pytest.mark.parametrize("unnamed", ["socket", "http"], indirect=True)
def test_while_nobody_is_named_a_workspace_admin_names_the_first(unnamed: Team) -> None:
    team = unnamed
    card = team.card_of("spring-sale")
    team.click("Approve", card)
    team.whisper("Nobody is named an approver yet. A workspace admin can name one", user=APPROVER)
    team.command("/marko settings", user=MEMBER)
    assert "Change…" not in shown(team.whisper("nobody yet, so nobody can approve", user=MEMBER))
    open_settings(team)
    assert submit(team, change_limit="15") == {
        "errors": {ids.APPROVERS: "Please complete this required field."}
    }
    submit(team, approvers=[MEMBER])
    team.whisper("• Approvers: nobody → <@U0MEMBER>", user=APPROVER)
    press_now(team, "Approve", card)
    team.whisper("Only <@U0MEMBER> can decide this.", user=APPROVER)
    press_now(team, "Approve", card, user=MEMBER)
    team.wait(lambda: team.find("Approved by <@U0MEMBER>"))


def test_an_empty_list_means_those_whom_the_environment_names(team: Team) -> None:
    open_settings(team)
    submit(team, approvers=[APPROVER, MEMBER])
    team.whisper("<@U0MEMBER>", user=APPROVER)
    team.command("/marko settings", channel=GROWTH)
    told = team.wait(lambda: team.find("(set by <@U0APPROVER>"))
    team.click("Change…", told)
    saying(team, "Empty: those who are named where I run.")
    submit(team, approvers=[])
    team.whisper("<@U0APPROVER> and <@U0MEMBER> → <@U0APPROVER>", user=APPROVER)
    assert team.engine.approvers == (APPROVER,)
    assert team.engine.told_preferences()[0].source != "slack"
