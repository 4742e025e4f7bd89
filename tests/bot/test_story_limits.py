"""Limits that approvers set from Slack: how they are typed, what is said of them, and who hears of it."""

from collections.abc import Iterator
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from bot_team import APPROVER, GROWTH, GUEST, MEMBER, Team, both_ways, shown
from dialog_hands import choose, current, press_now, saying, stands, submit

from bot import ids
from engine.models.preference import Amounts, ChannelApprovers

TO_MEMBER = "D0MEMBER"


@pytest.fixture
def pair(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Team]:
    """A team of two approvers."""
    mode = getattr(request, "param", "socket")
    made = Team(tmp_path, mode=mode, MARKO_APPROVERS=f"{APPROVER},{MEMBER}")
    yield made
    made.close()


def open_settings(team: Team, *, user: str = APPROVER, channel: str = GROWTH) -> dict[str, Any]:
    before = [each["ts"] for each in team.workspace.messages(channel, user)]
    team.command("/marko settings", user=user, channel=channel)

    def told() -> dict[str, Any] | None:
        every = team.workspace.messages(channel, user)
        return next((each for each in every if each["ts"] not in before and "Change…" in shown(each)), None)

    team.click("Change…", team.wait(told), user=user)
    return saying(team, "Only they approve, reject and change this.", user)


def labels_of(view: dict[str, Any]) -> list[str]:
    return [each["label"]["text"] for each in view["blocks"] if each["type"] == "input"]


@pytest.mark.parametrize("pair", ["socket", "http"], indirect=True)
def test_limits_are_typed_with_their_currencies_and_told_before_and_after(pair: Team) -> None:
    view = open_settings(pair)
    assert labels_of(view) == [
        "Approvers",
        "Approvers in #growth, if others",
        "Two must agree above",
        "Change limit, %",
        "Spend limit a day",
        "Changes a day",
        "Freeze from",
        "Freeze to",
        "Proposals expire after, hours",
        "Pings a week, each person",
        "Time zone",
        "Numbers",
    ]
    day = pair.engine.today().isoformat()
    typed = {"two_above": "3,500 usd, 3,000 EUR", "spend_limit": "500.50 EUR", "changes_a_day": "5"}
    assert submit(pair, **typed, freeze_first=day, freeze_last=day, expiry_hours="24") == {"closed": True}
    told = shown(pair.whisper("✅ Saved.", user=APPROVER)).replace("\u00a0", " ")
    for line in (
        "• Two must agree above: not set, one approver is enough → 3,000 EUR, 3,500 USD",
        "• Spend limit a day: not set → 500.5 EUR",
        "• Changes a day: 10 → 5",
        "• Freeze: none → ",
        "• Proposals expire after: 72 hours → 24 hours",
    ):
        assert line in told
    now = pair.engine.preferences()
    assert now.two_above == Amounts(of=(("EUR", Decimal(3000)), ("USD", Decimal(3500))))
    assert (now.changes_a_day, now.expiry_hours) == (5, 24)
    again = open_settings(pair)
    assert stands(again, ids.TWO_ABOVE) == "3,000 EUR, 3,500 USD"
    assert stands(again, ids.FREEZE_LAST) == day


@pytest.mark.parametrize("pair", ["socket", "http"], indirect=True)
def test_the_other_approver_hears_of_what_was_loosened(pair: Team) -> None:
    open_settings(pair)
    submit(pair, two_above="3,000 EUR", changes_a_day="5")
    pair.whisper("✅ Saved.", user=APPROVER)
    open_settings(pair)
    submit(pair, two_above="9,000 EUR", changes_a_day="4")
    told = pair.wait(lambda: pair.find("Settings changed by", channel=TO_MEMBER, user=MEMBER))
    text = shown(told).replace("\u00a0", " ")
    assert "Settings changed by Approver, " in text
    assert "• Two must agree above: 3,000 EUR → 9,000 EUR" in text
    assert "Changes a day" not in text
    short = "two are named, so what one of them asks for nobody can approve; name a third."
    assert short in shown(pair.whisper("→ 9,000\u00a0EUR", user=APPROVER))
    heard = [each for each in pair.workspace.messages(TO_MEMBER, MEMBER) if "Settings changed" in shown(each)]
    assert len(heard) == 1
    assert not [
        each for each in pair.workspace.messages("D0APPROVER", APPROVER) if "Settings changed" in shown(each)
    ]


def test_everything_that_is_wrong_stands_at_its_input_at_once(team: Team) -> None:
    open_settings(team)
    today = team.engine.today()
    answer = submit(
        team,
        two_above="3000",
        spend_limit="5 EUR, 6 EUR",
        freeze_first=today.replace(year=today.year + 2).isoformat(),
        freeze_last=today.replace(year=today.year + 1).isoformat(),
    )
    assert answer["errors"] == {
        ids.TWO_ABOVE: "Write amounts with their currency, such as 3,000 EUR, 3,500 USD.",
        ids.SPEND_LIMIT: "EUR stands here twice.",
        ids.FREEZE_LAST: "The last day comes before the first.",
    }


def test_half_a_freeze_is_none_and_a_last_day_in_the_past_lifts_one(team: Team) -> None:
    open_settings(team)
    day = team.engine.today()
    assert submit(team, freeze_first=day.isoformat())["errors"] == {
        ids.FREEZE_LAST: "A freeze has a first and a last day. Choose both, or neither."
    }
    assert submit(team, freeze_first=day.isoformat(), freeze_last=day.isoformat()) == {"closed": True}
    team.whisper("• Freeze: none → ", user=APPROVER)
    open_settings(team)
    submit(team, freeze_last=day.replace(year=day.year - 1).isoformat())
    team.whisper(" → none", user=APPROVER)
    assert team.engine.preferences().freeze is None


def test_amounts_are_read_in_the_format_in_which_the_dialog_showed_them(team: Team) -> None:
    open_settings(team)
    submit(team, two_above="3,000 EUR", number_format="1.234,50")
    team.whisper("• Numbers: 1,234.50 → 1.234,50", user=APPROVER)
    view = open_settings(team)
    assert stands(view, ids.TWO_ABOVE) == "3.000 EUR"
    submit(team, two_above="3.000 EUR, 3.500 USD")
    team.whisper("→ 3.000\u00a0EUR, 3.500\u00a0USD", user=APPROVER)
    assert team.engine.preferences().two_above.in_currency("USD") == Decimal(3500)


@both_ways
def test_a_channel_has_approvers_of_its_own_there_and_nowhere_else(team: Team) -> None:
    card = team.card_of("spring-sale")
    open_settings(team)
    choose(team, ids.CHANNEL_APPROVERS, [GUEST])
    saying(team, "⚠️ <@U0GUEST> is a guest.")
    assert ids.CHANNEL_APPROVERS in submit(team)["errors"]
    choose(team, ids.CHANNEL_APPROVERS, [MEMBER])
    team.wait(lambda: "⚠️" not in shown(current(team)))
    assert submit(team, channel_approvers=[MEMBER]) == {"closed": True}
    team.whisper("none, the approvers decide everywhere → <#C0GROWTH>: <@U0MEMBER>", user=APPROVER)
    assert team.engine.preferences().channel_approvers == (
        ChannelApprovers(channel=GROWTH, approvers=(MEMBER,)),
    )
    press_now(team, "Approve", card)
    team.whisper("Only <@U0MEMBER> can decide this. Your click changed nothing.", user=APPROVER)
    team.command("/marko settings", user=MEMBER)
    assert "Change…" not in shown(team.whisper("What is set", user=MEMBER))
    press_now(team, "Approve", card, user=MEMBER)
    team.wait(lambda: team.find("Approved by <@U0MEMBER>"))
    open_settings(team)
    assert stands(current(team), ids.CHANNEL_APPROVERS) == [MEMBER]
    submit(team, channel_approvers=[])
    team.whisper("<#C0GROWTH>: <@U0MEMBER> → none", user=APPROVER)


def test_outside_of_channels_there_is_nothing_to_say_about_one(team: Team) -> None:
    view = open_settings(team, channel="D0APPROVER")
    assert not [each for each in labels_of(view) if "if others" in each]
