"""The digest's dialog: it follows what is chosen, previews, orders, changes and stops."""

from bot_team import APPROVER, GROWTH, MEMBER, RANDOM, Team, both_ways, labels, shown
from dialog_hands import choose, current, offered, press, saying, stands, submit

from bot import ids


def orders(team: Team) -> list[tuple[str, int, str, str]]:
    return [(each.channel, each.weekday, each.at, each.time_zone) for each in team.engine.subscriptions()]


@both_ways
def test_the_digest_is_ordered_by_dialog_and_comes_when_it_said(team: Team) -> None:
    team.command("/digest")
    view = team.view()
    assert [stands(view, each) for each in (ids.ORDER_CHANNEL, ids.ORDER_DAY, ids.ORDER_TIME)] == [
        GROWTH,
        "0",
        "09:00",
    ]
    assert stands(view, ids.ORDER_ZONE) == "Europe/Madrid"
    choose(team, ids.ORDER_DAY, "Tuesday")
    saying(team, "Next *Tue")
    choose(team, ids.ORDER_TIME, "07:30")
    saying(team, "07:30*.")
    choose(team, ids.ORDER_ZONE, "America/New_York")
    saying(team, "07:30*, for you 13:30.")
    assert submit(team) == {"closed": True}
    told = team.whisper("✅ Every Tuesday 07:30 (America/New_York) in <#C0GROWTH>. Next", user=APPROVER)
    assert told["broken"] == []
    assert orders(team) == [(GROWTH, 1, "07:30", "America/New_York")]
    assert team.find("Learned") is None


@both_ways
def test_a_preview_goes_to_the_person_alone_and_decides_nothing(team: Team) -> None:
    team.card_of("new-parents")
    team.command("/digest")
    team.view()
    press(team, "Send me a preview")
    sent = team.wait(lambda: team.find("Preview of the digest", channel="D0APPROVER"))
    assert "for <#C0GROWTH>*, as it would be now. Nothing was posted there." in shown(sent)
    assert "*Waits.* `new-parents`" in shown(sent)
    assert labels(sent) == ["Open card"]
    assert sent["broken"] == []
    saying(team, "✅ The preview is in your messages with me.")
    assert team.find("*Waits.*") is None
    assert team.engine.digest(f"digest:{GROWTH}:preview") is None
    assert orders(team) == []


@both_ways
def test_a_channel_without_the_bot_is_an_error_at_its_input(team: Team) -> None:
    team.command("/digest", channel=RANDOM)
    saying(team, "⚠️ I am not in this channel.")
    told = "I am not in this channel. Type /invite @Marko there, then order again."
    assert submit(team) == {"errors": {ids.ORDER_CHANNEL: told}}
    assert orders(team) == []
    choose(team, ids.ORDER_CHANNEL, GROWTH)
    team.wait(lambda: "⚠️" not in shown(current(team)))
    assert submit(team) == {"closed": True}
    team.wait(lambda: team.find("✅ Every Monday 09:00", channel="D0APPROVER"))
    assert [channel for channel, *_ in orders(team)] == [GROWTH]


def test_what_was_not_seen_while_the_dialog_was_open_is_refused_after(team: Team) -> None:
    team.command("/digest")
    saying(team, "Next *Mon")
    assert submit(team, order_channel=RANDOM) == {"closed": True}
    team.whisper("I am not in <#C0RANDOM>. Type `/invite @Marko` there, then order again.", user=APPROVER)
    assert orders(team) == []


def test_an_archived_channel_and_a_direct_message_get_no_digest(team: Team) -> None:
    team.command("/digest", channel="D0APPROVER")
    assert stands(saying(team, "Next *Mon"), ids.ORDER_CHANNEL) is None
    team.workspace.channels[GROWTH].is_archived = True
    choose(team, ids.ORDER_CHANNEL, GROWTH)
    saying(team, "⚠️ This channel is archived.")
    assert submit(team) == {"errors": {ids.ORDER_CHANNEL: "This channel is archived. Choose another one."}}
    assert submit(team, order_channel="D0APPROVER") == {"closed": True}
    team.wait(lambda: team.find("A digest goes to a channel. Choose one.", channel="D0APPROVER"))
    assert orders(team) == []


def test_an_order_that_stands_is_shown_changed_and_stopped(team: Team) -> None:
    team.command("/digest weekly fri 16:00 #growth")
    team.whisper("✅ Every Friday 16:00", user=APPROVER)
    team.command("/digest", channel=RANDOM)
    saying(team, "⚠️")
    choose(team, ids.ORDER_TIME, "11:00")
    choose(team, ids.ORDER_CHANNEL, GROWTH)
    view = saying(team, "Now every Friday 16:00 (Europe/Madrid), ordered by <@U0APPROVER>.")
    assert [stands(view, each) for each in (ids.ORDER_DAY, ids.ORDER_TIME)] == ["4", "16:00"]
    assert view["submit"]["text"] == "Save"
    choose(team, ids.ORDER_TIME, "15:00")
    saying(team, "15:00*")
    submit(team)
    team.wait(lambda: team.find("✅ Every Friday 15:00", channel="D0APPROVER"))
    team.command("/digest")
    saying(team, "Now every Friday 15:00")
    press(team, "Stop the digest here")
    after = saying(team, "✅ No more digests in <#C0GROWTH>.")
    assert "Stop the digest here" not in shown(after)
    assert stands(after, ids.ORDER_TIME) == "15:00"
    assert orders(team) == []


def test_a_member_may_look_for_a_zone_by_its_city(team: Team) -> None:
    team.command("/digest", user=MEMBER)
    team.view(MEMBER)
    assert offered(team, ids.ORDER_ZONE, "new york", user=MEMBER) == ["America/New_York"]
    assert offered(team, ids.ORDER_ZONE, "", user=MEMBER)[0] == "Europe/Madrid"


def test_help_is_still_a_text(team: Team) -> None:
    team.command("/digest help")
    team.whisper("`/digest` alone opens a window", user=APPROVER)
