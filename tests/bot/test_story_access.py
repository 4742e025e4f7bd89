"""Who takes part in what: members, guests of the workspace, and people of another company."""

import json
from typing import Any, get_args

import pytest
from bot_team import (
    APPROVER,
    GROWTH,
    GUEST,
    MEMBER,
    PARTNER,
    SHARED,
    Team,
    both_ways,
    labels,
    shown,
)
from dialog_hands import press
from shell_room import told as campaign

from bot.listeners import HANDLERS
from bot.listeners.door import ACTS
from engine.decide.policy import GUESTS_MAY, closed_to, stranger
from engine.models.answer import Act, Person

SENTENCE = "Guests see what stands in their channels. Ask an approver to add you."
NOT_OURS = "I work for the people of this workspace alone. Nothing was changed."
DIRECT = {APPROVER: "D0APPROVER", MEMBER: "D0MEMBER", GUEST: "D0GUEST", PARTNER: "D0PARTNER"}
STUDENTS = "winning_audience|audience:students-18-25|cpa|all"


def say(team: Team, text: str, *, user: str, channel: str, thread: str | None = None) -> str:
    body = {"user": user, "channel": channel, "text": text}
    answer = team.http.post("/ui/message", json=body | ({"thread_ts": thread} if thread else {}))
    return str(answer.raise_for_status().json()["ts"])


def by_marko(team: Team, channel: str) -> list[dict[str, Any]]:
    """What Marko posted for all to see in a channel."""
    every = team.workspace.messages(channel)
    return [each for each in every if each["bot_id"] and not each["ephemeral"]]


def whispers(team: Team, user: str, channel: str) -> list[dict[str, Any]]:
    return [each for each in team.workspace.messages(channel, user) if each["ephemeral"]]


def refused_so_far(team: Team, user: str, words: str, channel: str) -> int:
    return sum(words in shown(each) for each in whispers(team, user, channel))


def one_more(team: Team, before: int, user: str, words: str, channel: str) -> None:
    team.wait(lambda: refused_so_far(team, user, words, channel) == before + 1)


def ledger(team: Team, deed: str) -> list[tuple[str, str]]:
    with team.engine._memory.reading() as reading:
        return [(each.actor, each.subject) for each in reading.ledger() if each.deed == deed]


def settled(team: Team) -> None:
    """Wait until a later question is answered: whatever was on its way before has arrived."""
    ts = say(team, "@Marko what can I ask?", user=MEMBER, channel=GROWTH)
    team.wait(lambda: [each for each in by_marko(team, GROWTH) if each["thread_ts"] == ts])


# The table


def test_every_listener_says_what_somebody_takes_part_in_by_it() -> None:
    assert set(ACTS) == set(HANDLERS)
    assert set(GUESTS_MAY) == set(get_args(Act))


@pytest.mark.parametrize("act", get_args(Act))
def test_members_take_part_in_everything_and_whoever_is_in_doubt_in_nothing(act: Act) -> None:
    assert not closed_to(Person(id="U0"), act)
    assert stranger(Person(id="U0")) is None
    assert stranger(Person(id="U0", is_guest=True)) is None
    for doubt in ({"is_known": False}, {"is_bot": True}, {"is_deactivated": True}, {"is_foreign": True}):
        assert stranger(Person(id="U0", **doubt))


# Strangers


@both_ways
def test_a_stranger_who_asks_in_a_shared_channel_is_told_alone_and_without_a_figure(team: Team) -> None:
    for thread in (None, say(team, "Morning", user=MEMBER, channel=SHARED)):
        before = refused_so_far(team, PARTNER, NOT_OURS, SHARED)
        say(team, "@Marko how did spring-sale do?", user=PARTNER, channel=SHARED, thread=thread)
        one_more(team, before, PARTNER, NOT_OURS, SHARED)
        assert whispers(team, PARTNER, SHARED)[-1]["thread_ts"] == thread
    settled(team)
    assert by_marko(team, SHARED) == []
    assert whispers(team, MEMBER, SHARED) == []
    assert ledger(team, "refused") == [(PARTNER, "look")] * 2


@both_ways
def test_a_stranger_who_writes_to_the_bot_gets_one_plain_line(team: Team) -> None:
    say(team, "how much did we spend in total?", user=PARTNER, channel=DIRECT[PARTNER])
    (told,) = team.wait(lambda: by_marko(team, DIRECT[PARTNER]))
    assert shown(told).split("\n") == [NOT_OURS, NOT_OURS]
    team.http.post("/ui/home", json={"user": PARTNER, "tab": "messages"}).raise_for_status()
    settled(team)
    assert team.state(PARTNER)["prompts"] == []


@both_ways
def test_a_stranger_neither_looks_nor_votes_nor_enters_nor_orders(team: Team) -> None:
    card = team.card_of("new-parents", channel=SHARED)
    record = next(each["value"] for each in card["blocks"][-2]["elements"] if "value" in each)
    presses = [label for label in labels(card) if label in {"More", "Approve"}]
    assert "More" in presses
    before = refused_so_far(team, PARTNER, NOT_OURS, SHARED)
    team.click("More", card, user=PARTNER)
    one_more(team, before, PARTNER, NOT_OURS, SHARED)
    team.click("More", card, user=MEMBER)
    asked = team.wait(lambda: team.find("how I came to this", channel=SHARED))
    for count, label in enumerate(("Verdict right", "Reasoning poor"), start=before + 1):
        team.click(label, asked, user=PARTNER)
        one_more(team, count, PARTNER, NOT_OURS, SHARED)
    for command in ("/analyze new-parents", "/learnings", "/marko weights", "/marko help", "/digest now"):
        count = refused_so_far(team, PARTNER, NOT_OURS, SHARED)
        team.command(command, user=PARTNER, channel=SHARED)
        one_more(team, count, PARTNER, NOT_OURS, SHARED)
    settled(team)
    assert (team.engine.tally(record, "verdict"), team.engine.tally(record, "reasoning")) == ((0, 0), (0, 0))
    assert labels(team.wait(lambda: team.find("how I came to this", channel=SHARED)))[:1] == ["Verdict right"]
    assert team.engine.subscriptions() == ()


@both_ways
def test_a_dialog_that_a_stranger_opens_closes_and_takes_nothing(team: Team) -> None:
    team.command("/analyze", user=PARTNER, channel=SHARED)
    team.wait(lambda: "Not open to you" in json.dumps(team.view(PARTNER)))
    view = team.view(PARTNER)
    assert NOT_OURS in json.dumps(view)
    assert view.get("submit") is None


@both_ways
def test_a_file_of_a_stranger_is_not_taken(team: Team) -> None:
    for name in ("theirs.json", "theirs.csv"):
        team.share(name, json.dumps(campaign(campaign_id="theirs")).encode(), user=PARTNER, channel=SHARED)
    team.wait(lambda: len(whispers(team, PARTNER, SHARED)) == 2)
    assert all("belongs to another workspace" in shown(each) for each in whispers(team, PARTNER, SHARED))
    assert by_marko(team, SHARED) == []
    assert "theirs" not in team.engine.names()


# Guests


@both_ways
def test_a_guest_takes_part_in_what_stands_in_their_channels(team: Team) -> None:
    card = team.card_of("new-parents", user=GUEST)
    team.click("More", card, user=GUEST)
    asked = team.wait(lambda: team.find("how I came to this"))
    team.click("Verdict right", asked, user=GUEST)
    team.wait(lambda: "Verdict right 1" in labels(team.find("how I came to this") or asked))
    team.command("/analyze", user=GUEST)
    assert team.view(GUEST)["title"]["text"] == "Analyze"
    for command in ("/marko", "/marko help", "/learnings help", "/digest help", "/analyze help"):
        before = len(whispers(team, GUEST, GROWTH))
        team.command(command, user=GUEST)
        team.wait(lambda before=before: len(whispers(team, GUEST, GROWTH)) == before + 1)
    assert refused_so_far(team, GUEST, SENTENCE, GROWTH) == 0
    assert team.view(GUEST)["title"]["text"] == "Analyze"


@both_ways
@pytest.mark.parametrize("where", [GROWTH, DIRECT[GUEST]], ids=["channel", "direct"])
def test_what_reads_across_campaigns_or_changes_what_others_get_is_not_for_guests(
    team: Team, where: str
) -> None:
    team.command("/digest weekly mon 09:00")
    team.whisper("✅ Every Monday 09:00", user=APPROVER)
    commands = ["/learnings", "/learnings students", "/digest now", "/digest off", "/digest weekly tue 10:00"]
    commands += ["/marko insights", "/marko patterns", "/marko recommendations", "/marko weights"]
    commands += ["/marko why objective:sales", "/marko settings", "/marko doctor"]
    for command in commands:
        before = refused_so_far(team, GUEST, SENTENCE, where)
        team.command(command, user=GUEST, channel=where)
        one_more(team, before, GUEST, SENTENCE, where)
    settled(team)
    assert [each for each in by_marko(team, where) if each["thread_ts"] is None] == []
    (order,) = team.engine.subscriptions()
    assert (order.weekday, order.by) == (0, APPROVER)


@both_ways
def test_a_guest_is_answered_about_a_cards_own_campaign_in_its_thread_and_nowhere_else(team: Team) -> None:
    card = team.card_of("spring-sale")
    elsewhere = "@Marko how did spring-sale do?"
    others = ["@Marko how did new-parents do?", "@Marko which campaigns are there?", "@Marko hello"]
    others += ["@Marko compare spring-sale and new-parents", "@Marko what is similar to it?"]
    for text, thread in ((elsewhere, None), *((each, card["ts"]) for each in others)):
        before = refused_so_far(team, GUEST, SENTENCE, GROWTH)
        say(team, text, user=GUEST, channel=GROWTH, thread=thread)
        one_more(team, before, GUEST, SENTENCE, GROWTH)
    ts = say(team, "@Marko how did new-parents do?", user=MEMBER, channel=GROWTH, thread=card["ts"])
    team.wait(lambda: team.engine.views(f"reply:{GROWTH}:{ts}"))
    of_another = next(each for each in by_marko(team, GROWTH) if "`new-parents`" in shown(each))
    before = refused_so_far(team, GUEST, SENTENCE, GROWTH)
    team.click("Right", of_another, user=GUEST)
    one_more(team, before, GUEST, SENTENCE, GROWTH)
    ts = say(team, "@Marko how much did it cost?", user=GUEST, channel=GROWTH, thread=card["ts"])
    team.wait(lambda: team.engine.views(f"reply:{GROWTH}:{ts}"))
    own = next(each for each in by_marko(team, GROWTH) if "`spring-sale`: Spend" in shown(each))
    team.click("Right", own, user=GUEST)
    team.wait(lambda: labels(team.again(own))[0] == "Right 1")
    assert team.engine.tally(f"reply:{GROWTH}:{of_another['ts']}", "answer") == (0, 0)


@both_ways
def test_a_guest_who_writes_to_the_bot_is_told_and_offered_no_question(team: Team) -> None:
    say(team, "how much did we spend in total?", user=GUEST, channel=DIRECT[GUEST])
    (told,) = team.wait(lambda: by_marko(team, DIRECT[GUEST]))
    assert SENTENCE in shown(told)
    assert labels(told) == []
    team.http.post("/ui/home", json={"user": GUEST, "tab": "messages"}).raise_for_status()
    settled(team)
    assert team.state(GUEST)["prompts"] == []


@both_ways
def test_the_dialog_of_the_digest_closes_to_a_guest(team: Team) -> None:
    team.command("/digest", user=GUEST)
    team.wait(lambda: SENTENCE in json.dumps(team.view(GUEST)))
    assert team.view(GUEST).get("submit") is None


# The digest


@both_ways
def test_no_digest_goes_to_a_channel_that_another_company_sees(team: Team) -> None:
    team.command("/digest now", user=MEMBER, channel=SHARED)
    told = team.whisper("This channel is shared with another workspace.", user=MEMBER, channel=SHARED)
    assert "Nothing was posted." in shown(told)
    team.command("/digest weekly mon 09:00", user=MEMBER, channel=SHARED)
    team.whisper("Nothing was ordered.", user=MEMBER, channel=SHARED)
    assert by_marko(team, SHARED) == []
    team.command("/digest now", user=MEMBER, channel=DIRECT[MEMBER])
    team.wait(lambda: by_marko(team, DIRECT[MEMBER]))


@both_ways
def test_an_order_is_ended_by_whoever_ordered_it_or_by_an_approver(team: Team) -> None:
    team.command("/digest weekly mon 09:00", user=APPROVER)
    team.whisper("✅ Every Monday 09:00", user=APPROVER)
    team.command("/digest off", user=MEMBER)
    team.whisper(f"Only <@{APPROVER}> can end this order. Nothing was changed.", user=MEMBER)
    team.command("/digest weekly tue 10:00", user=MEMBER)
    team.whisper("✅ Every Tuesday 10:00", user=MEMBER)
    team.command("/digest off", user=MEMBER)
    team.wait(lambda: ledger(team, "refused") == [(MEMBER, GROWTH)] * 2)
    (order,) = team.engine.subscriptions()
    assert (order.weekday, order.by) == (1, APPROVER), "whoever changes an order does not take it over"
    team.command("/digest off", user=APPROVER)
    team.whisper("No more digests in this channel.", user=APPROVER)
    team.command("/digest weekly wed 11:00", user=MEMBER)
    team.whisper("✅ Every Wednesday 11:00", user=MEMBER)
    team.command("/digest off", user=MEMBER)
    team.whisper("No more digests in this channel.", user=MEMBER)
    assert team.engine.subscriptions() == ()


@both_ways
def test_the_dialog_says_who_can_stop_somebody_elses_digest(team: Team) -> None:
    team.command("/digest weekly mon 09:00", user=APPROVER)
    team.whisper("✅ Every Monday 09:00", user=APPROVER)
    team.command("/digest", user=MEMBER)
    team.wait(lambda: "Stop the digest here" in json.dumps(team.view(MEMBER)))
    press(team, "Stop the digest here", user=MEMBER)
    team.wait(lambda: f"Only <@{APPROVER}> can end this order." in json.dumps(team.view(MEMBER)))
    assert len(team.engine.subscriptions()) == 1


# Nobody is pinged


@both_ways
def test_no_answer_and_no_import_pings_anybody_or_says_an_id(team: Team) -> None:
    card = team.card_of("spring-sale")
    team.click("Approve", card)
    team.wait(lambda: ledger(team, "approved"))
    data = json.dumps([campaign(campaign_id=each, name=each) for each in ("zeta", "eta")]).encode()
    first = team.share("a.json", data, user=MEMBER)["ts"]
    team.wait(lambda: [each for each in by_marko(team, GROWTH) if each["thread_ts"] == first])
    threads = [team.share("b.json", data, user=APPROVER)["ts"]]
    asked = ["@Marko who can decide?", "@Marko who approved spring-sale?", "@Marko is @Member <!channel> ok?"]
    threads += [say(team, each, user=MEMBER, channel=GROWTH) for each in asked]
    team.wait(lambda: {each["thread_ts"] for each in by_marko(team, GROWTH)} >= set(threads))
    told = {each["thread_ts"]: each for each in by_marko(team, GROWTH) if each["thread_ts"]}
    assert "by Member). Nothing was added." in shown(told[threads[0]])
    assert "Approver can decide." in shown(told[threads[1]])
    assert told[threads[1]]["text"] == "Approver can decide."
    assert "`spring-sale`: Approver approved" in shown(told[threads[2]])
    for each in (*told.values(), *by_marko(team, DIRECT[MEMBER])):
        assert "<@" not in json.dumps(each["blocks"]) + each["text"]
        assert "U0" not in each["text"]
        assert "<!channel>" not in json.dumps(each["blocks"])


def test_a_card_that_is_posted_decided_names_the_decider_and_an_edit_mentions_them(team: Team) -> None:
    card = team.card_of("spring-sale")
    team.click("Approve", card)
    edited = team.wait(lambda: team.find("Approved by"))
    assert f"Approved by <@{APPROVER}>" in shown(edited)
    team.command("/analyze spring-sale", channel=SHARED)
    posted = team.wait(lambda: team.find("Approved by", channel=SHARED))
    assert "Approved by Approver, " in shown(posted)
    assert "<@" not in json.dumps(posted["blocks"])


# Words with a file


@both_ways
def test_words_that_come_with_a_picture_are_answered_and_a_picture_alone_is_not(team: Team) -> None:
    picture = b"\x89PNG\r\n\x1a\n" + b"0" * 32
    alone = team.share("alone.png", picture, user=MEMBER, channel=DIRECT[MEMBER])["ts"]
    asked = team.share(
        "shot.png", picture, user=MEMBER, channel=DIRECT[MEMBER], text="How did spring-sale do?"
    )["ts"]
    (told,) = team.wait(
        lambda: [each for each in by_marko(team, DIRECT[MEMBER]) if each["thread_ts"] == asked]
    )
    assert "*Answer.* `spring-sale`: *Beat the forecast.*" in shown(told)
    bare = team.share("shot.png", picture, user=MEMBER, channel=GROWTH, text="@Marko")["ts"]
    settled(team)
    threads = {each["thread_ts"] for each in (*by_marko(team, DIRECT[MEMBER]), *by_marko(team, GROWTH))}
    assert not threads & {alone, bare}
