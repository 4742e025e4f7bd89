"""Pings as people meet them: a reply that mentions one person, ⋯ to stop it, Home to have it back."""

from typing import Any

from bot_team import APPROVER, GUEST, MEMBER, Team, both_ways, button, shown
from home_visits import home_saying, press, visit

MUTE, CRITICAL, WHY = "Mute 1 week", "Only critical", "Why did I get this?"


def asked(team: Team, campaign: str) -> dict[str, Any]:
    """A new card, which a member asked for now."""
    team.command(f"/analyze {campaign} --force", user=MEMBER)
    card: dict[str, Any] = team.wait(lambda: team.find(f"`{campaign}`"))
    team.wait(lambda: team.engine.views(button(card, "More")[1]["value"]))
    return card


def expiring(team: Team, campaign: str = "spring-sale") -> dict[str, Any]:
    """Let a card stand until its last day: what its asker is told then."""
    team.move(move="monday_0900")
    card = asked(team, campaign)
    team.move(seconds=49 * 3600)
    told: dict[str, Any] = team.wait(lambda: team.find("⏳ Expires"))
    assert told["thread_ts"] == card["ts"]
    return told


def pick(team: Team, told: dict[str, Any], label: str, *, user: str = MEMBER) -> None:
    """Choose from ⋯ beside the notice."""
    block = told["blocks"][0]
    menu = block["accessory"]
    chosen = next(each for each in menu["options"] if each["text"]["text"] == label)
    body = {
        "user": user,
        "channel": told["channel"],
        "message_ts": told["ts"],
        "block_id": block["block_id"],
        "action_id": menu["action_id"],
        "action": {"type": "overflow", "selected_option": chosen},
    }
    team.http.post("/ui/action", json=body).raise_for_status()


@both_ways
def test_a_ping_mentions_who_asked_says_why_and_can_be_muted_and_unmuted_on_home(team: Team) -> None:
    told = expiring(team)
    assert shown(told).count("<@") == 1
    assert f"<@{MEMBER}> ⏳ Expires" in shown(told)
    assert [each["text"]["text"] for each in told["blocks"][0]["accessory"]["options"]] == [
        MUTE,
        CRITICAL,
        WHY,
    ]
    pick(team, told, WHY)
    team.whisper("I tell who asked for it, else the approvers, once. Pings: 1 of 6 this week.", user=MEMBER)
    pick(team, told, WHY, user=APPROVER)
    team.whisper("This was for somebody else", user=APPROVER)
    pick(team, told, MUTE)
    team.whisper("Muted until", user=MEMBER)
    visit(team, MEMBER)
    home = home_saying(team, "I ping you about nothing.", MEMBER)
    assert "Pings: 1 of 6 this week" in shown(home)
    press(team, "Unmute", home, user=MEMBER)
    team.wait(lambda: "I ping you about nothing" not in shown(team.state(MEMBER)["home"]) or None)
    assert team.engine.ping_choices(MEMBER).muted_until is None


@both_ways
def test_what_is_muted_is_held_back_and_told_on_home_and_in_the_digest(team: Team) -> None:
    told = expiring(team)
    pick(team, told, MUTE)
    team.whisper("Muted until", user=MEMBER)
    visit(team, MEMBER)
    home_saying(team, "I ping you about nothing.", MEMBER)
    card = asked(team, "new-parents")
    team.move(seconds=49 * 3600)
    visit(team, MEMBER)
    home = home_saying(team, "Held back for you: 1.", MEMBER)
    assert "`new-parents` expires soon" in shown(home)
    assert not [each for each in team.workspace.messages(card["channel"], MEMBER) if _pings(each, card)]
    team.command("/digest now")
    digest = team.wait(lambda: team.find("Held back: 1 for Member. Home lists them."))
    assert f"<@{MEMBER}>" not in shown(digest), "a mention would be a ping"
    assert "Held back for you: 1." in shown(team.state(MEMBER)["home"])


@both_ways
def test_only_critical_is_chosen_and_taken_back(team: Team) -> None:
    told = expiring(team)
    pick(team, told, CRITICAL)
    team.whisper("Only critical pings from now on", user=MEMBER)
    visit(team, MEMBER)
    home = home_saying(team, "but for what is critical", MEMBER)
    press(team, "Unmute", home, user=MEMBER)
    team.wait(lambda: _without("but for what is critical", team))


@both_ways
def test_a_guest_has_nothing_to_mute(team: Team) -> None:
    told = expiring(team)
    pick(team, told, MUTE, user=GUEST)
    team.whisper("I ping guests and strangers about nothing", user=GUEST)
    assert team.engine.ping_choices(GUEST).muted_until is None


def _pings(message: dict[str, Any], card: dict[str, Any]) -> bool:
    return message.get("thread_ts") == card["ts"] and f"<@{MEMBER}>" in shown(message)


def _without(words: str, team: Team) -> dict[str, Any] | None:
    home: dict[str, Any] | None = team.state(MEMBER)["home"]
    return home if home and words not in shown(home) else None
