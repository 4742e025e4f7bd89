"""The weekly digest in a channel: ordered, due, once, late, quiet."""

from bot_team import APPROVER, GROWTH, RANDOM, Team, both_ways, labels, shown

BY_HAND = "<@U0APPROVER> approved, to be carried out by hand:"


def digests(team: Team, channel: str = GROWTH) -> list[str]:
    return [
        each["ts"]
        for each in team.workspace.messages(channel)
        if (each["metadata"] or {}).get("event_payload", {}).get("key", "").startswith("digest:")
    ]


@both_ways
def test_monday_nine_brings_one_digest_with_what_was_learned_and_what_waits(team: Team) -> None:
    team.click("Approve", team.card_of("spring-sale"))
    team.wait(lambda: team.find("Approved by"))
    team.card_of("new-parents")
    team.command("/digest weekly mon 09:00 #growth")
    team.whisper("Every Monday 09:00 (Europe/Madrid) in <#C0GROWTH>. Next", user=APPROVER)
    team.move(move="monday_0900")
    digest = team.wait(lambda: team.find("*Seen once.*"))
    text = shown(digest)
    assert "`Students 18-25`: CPA" in text
    assert f"*Decided.* {BY_HAND} raise the daily spend of `spring-sale`" in text
    assert "*Waits.* `new-parents`: Lower the daily spend" in text
    assert labels(digest) == ["Approve", "Reject…", "Open card"]
    assert digest["broken"] == []
    team.move(move="one_hour")
    assert len(digests(team)) == 1


@both_ways
def test_deciding_in_the_digest_redraws_the_card_and_the_digest(team: Team) -> None:
    card = team.card_of("new-parents")
    team.command("/digest now")
    digest = team.wait(lambda: team.find("*Waits.*"))
    team.click("Approve", digest)
    changed = team.wait(lambda: team.find("Carry it out in Meta"))
    assert changed["ts"] == card["ts"]
    redrawn = team.wait(lambda: team.find(f"*Decided.* {BY_HAND} lower"))
    assert redrawn["ts"] == digest["ts"]
    assert "1 to carry out" in shown(redrawn)


@both_ways
def test_three_weeks_later_one_digest_comes_and_says_that_it_is_late(team: Team) -> None:
    team.command("/digest weekly mon 09:00 #growth")
    team.whisper("Every Monday", user=APPROVER)
    team.sandbox.disconnect()
    team.move(seconds=21 * 24 * 3600)
    team.sandbox.connect()
    late = team.wait(lambda: team.find("Marko was down"))
    assert "Late: due" in shown(late)
    team.sandbox.disconnect()
    team.sandbox.connect()
    assert len(digests(team)) == 1


def test_a_quiet_week_is_one_line(team: Team) -> None:
    team.command("/digest weekly mon 09:00 #growth")
    team.whisper("Every Monday", user=APPROVER)
    team.move(move="monday_0900")
    team.wait(lambda: len(digests(team)) == 1)
    team.move(seconds=7 * 24 * 3600)
    quiet = team.wait(lambda: team.find("Quiet week"))
    assert len(quiet["blocks"]) == 1
    assert "Nothing real moved, nothing waits." in shown(quiet)


def test_off_ends_the_order_and_bad_words_are_named(team: Team) -> None:
    team.command("/digest weekly someday 25:00 #growth")
    told = shown(team.whisper("Nothing was stored.", user=APPROVER))
    assert 'day: someday breaks the rule "mon, tue, wed, thu, fri, sat or sun".' in told
    assert 'time: 25:00 breaks the rule "a time such as 09:00".' in told
    team.command("/digest off")
    team.whisper("This channel gets no digest.", user=APPROVER)
    team.command("/digest weekly fri 16:00")
    team.whisper("Every Friday 16:00", user=APPROVER)
    team.command("/digest off")
    team.whisper("No more digests in this channel.", user=APPROVER)
    team.move(seconds=8 * 24 * 3600)
    assert digests(team) == []


def test_a_channel_without_the_bot_cannot_order_a_digest(team: Team) -> None:
    team.command("/digest weekly mon 09:00 #random")
    team.whisper("I am not in <#C0RANDOM>", user=APPROVER)
    assert digests(team, RANDOM) == []
