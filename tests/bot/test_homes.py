"""Opened Homes follow the record: no person, no Slack and no card is held up by somebody's Home."""

import json
import threading
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from bot_team import APPROVER, MEMBER
from factories import CHANNEL, delivery
from office import Office, ScriptedSlack
from shell_room import told

from bot.blocks.home import Found
from bot.listeners.commands.marko import marko
from bot.listeners.events.home import home_opened
from bot.listeners.views.learnings import learnings
from engine.models.answer import Person

TEAM = "T0SANDBOX"
STUDENTS = Found("students", ["Students 18-25: CPA is lower."], 3)


class HomeSlack(ScriptedSlack):
    """Knows everybody but those who are ``gone``; publishing a Home waits while ``door`` is shut."""

    def __init__(self) -> None:
        self.gone: set[str] = set()
        self.refused: dict[str, str] = {}
        self.door = threading.Event()
        self.door.set()
        self.came = threading.Event()
        super().__init__()

    def answer(self, method: str, arguments: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        if method == "users.info" and not self._answers[method]:
            is_gone = arguments["user"] in self.gone
            answer = {"ok": False, "error": "user_not_found"} if is_gone else {"user": {"team_id": TEAM}}
            self.say(method, {"ok": True, **answer})
        if method == "views.publish":
            if arguments["user_id"] in self.refused:
                self.say(method, {"ok": False, "error": self.refused[arguments["user_id"]]})
            answered = super().answer(method, arguments)
            self.came.set()
            self.door.wait(20)
            return answered
        return super().answer(method, arguments)

    def drawn_for(self) -> list[str]:
        return [str(each["user_id"]) for each in self.calls("views.publish")]

    def newest(self) -> str:
        return json.dumps(self.calls("views.publish")[-1])


@pytest.fixture
def scripted() -> Iterator[HomeSlack]:
    made = HomeSlack()
    yield made
    made.door.set()
    made.close()


@pytest.fixture
def quiet(tmp_path: Path, scripted: HomeSlack) -> Iterator[Office]:
    """The bot's parts on a Slack that says yes to everything; Marko is in a channel."""
    made = Office(tmp_path, scripted.api_url)
    made.engine.seen_in(CHANNEL)
    yield made
    scripted.door.set()
    made.close()


def caught_up(office: Office) -> int:
    """Bring every Home up to date that may be now; gives how many were looked at."""
    count = 0
    while office.homes.catch_up():
        count += 1
    return count


def test_ten_decisions_are_one_new_home_for_each_person(quiet: Office, scripted: HomeSlack) -> None:
    for person in (APPROVER, MEMBER):
        quiet.homes.opened(person)
    assert scripted.drawn_for() == [APPROVER, MEMBER]
    for number in range(5):
        card = quiet.put_card(CHANNEL, campaign_id=f"spring-{number}")
        quiet.engine.decide(card.id, "approve", by=Person(id=APPROVER))
    assert caught_up(quiet) == 2
    assert scripted.drawn_for() == [APPROVER, MEMBER] * 2
    assert caught_up(quiet) == 0


def test_an_opening_is_drawn_at_once_whatever_stands_there(quiet: Office, scripted: HomeSlack) -> None:
    event = {"event": {"type": "app_home_opened", "user": APPROVER, "tab": "home"}}
    for _ in range(2):
        home_opened(delivery(name="app_home_opened", kind="event", payload=event), quiet.desk)
    assert scripted.drawn_for() == [APPROVER, APPROVER]


def test_whoever_is_gone_holds_up_nobody(quiet: Office, scripted: HomeSlack) -> None:
    for person in (APPROVER, "U0GONE", MEMBER):
        quiet.homes.opened(person)
    scripted.gone = {"U0GONE"}
    scripted.asked.clear()
    quiet.clock.forward(minutes=6)  # who they are is asked again
    for number in range(3):
        quiet.put_card(CHANNEL, campaign_id=f"spring-{number}")
        caught_up(quiet)
        quiet.clock.forward(seconds=31)
    assert Counter(scripted.drawn_for()) == {APPROVER: 3, MEMBER: 3}
    assert [each["user"] for each in scripted.calls("users.info")].count("U0GONE") == 1
    scripted.gone = set()
    quiet.homes.opened("U0GONE")
    assert scripted.drawn_for()[-1] == "U0GONE"


@pytest.mark.parametrize("code", ["not_enabled", "invalid_arguments", "a_code_nobody_knows"])
def test_a_lasting_refusal_of_one_home_holds_up_nobody(quiet: Office, scripted: HomeSlack, code: str) -> None:
    for person in (APPROVER, "U0ODD", MEMBER):
        quiet.homes.opened(person)
    scripted.refused = {"U0ODD": code}
    scripted.asked.clear()
    for number in range(3):
        quiet.put_card(CHANNEL, campaign_id=f"spring-{number}")
        caught_up(quiet)
        quiet.clock.forward(seconds=31)
    assert Counter(scripted.drawn_for()) == {APPROVER: 3, MEMBER: 3, "U0ODD": 1}


def test_a_home_that_failed_is_tried_again_after_a_rest_of_its_own(
    quiet: Office, scripted: HomeSlack
) -> None:
    scripted.refused = {APPROVER: "internal_error"}
    quiet.homes.opened(APPROVER)
    quiet.homes.opened(MEMBER)
    assert caught_up(quiet) == 0
    scripted.refused = {}
    quiet.clock.forward(seconds=31)
    assert caught_up(quiet) == 1
    assert scripted.drawn_for() == [APPROVER, MEMBER, APPROVER]


def test_a_failed_look_up_is_tried_again_and_draws_no_strangers_home(
    quiet: Office, scripted: HomeSlack
) -> None:
    scripted.say("users.info", {"ok": False, "error": "internal_error"})
    scripted.say("users.info", {"ok": True})
    quiet.homes.opened(APPROVER)
    quiet.homes.opened(MEMBER)
    assert scripted.drawn_for() == []
    quiet.clock.forward(seconds=31)
    assert caught_up(quiet) == 2
    assert scripted.drawn_for() == [APPROVER, MEMBER]


def test_a_busy_slack_is_asked_once_and_left_alone_as_long_as_it_says(
    quiet: Office, scripted: HomeSlack
) -> None:
    for person in (APPROVER, MEMBER):
        quiet.homes.opened(person)
    quiet.put_card(CHANNEL)
    scripted.asked.clear()
    busy = {"ok": False, "error": "ratelimited"}
    scripted.say("views.publish", busy, status=429, headers={"Retry-After": "60"})
    assert caught_up(quiet) == 1
    quiet.clock.forward(seconds=59)
    assert caught_up(quiet) == 0
    quiet.homes.opened(MEMBER)
    assert scripted.drawn_for() == [APPROVER]
    quiet.clock.forward(seconds=2)
    assert caught_up(quiet) == 2
    assert set(scripted.drawn_for()[1:]) == {APPROVER, MEMBER}


def test_a_slack_that_breaks_off_is_left_alone_and_what_it_took_is_drawn_again(
    quiet: Office, scripted: HomeSlack
) -> None:
    quiet.homes.opened(APPROVER)
    quiet.put_card(CHANNEL)
    scripted.say("views.publish", b'{"ok": tr', headers={"Content-Length": "99"})
    assert caught_up(quiet) == 1
    assert caught_up(quiet) == 0
    quiet.clock.forward(seconds=6)
    assert caught_up(quiet) == 1
    assert len(scripted.drawn_for()) == 3


def test_what_changes_nothing_to_be_read_there_is_not_published(quiet: Office, scripted: HomeSlack) -> None:
    for number in range(5):
        quiet.homes.opened(f"U{number}")
    quiet.homes.opened(APPROVER)
    scripted.asked.clear()
    quiet.engine.seen_in("C0ANOTHER")
    assert caught_up(quiet) == 6
    assert scripted.asked == []


def test_one_card_and_a_hundred_openers_are_one_home_at_a_time_and_nobody_looked_up(
    quiet: Office, scripted: HomeSlack
) -> None:
    for number in range(110):
        quiet.homes.opened(f"U{number:03}")
    scripted.asked.clear()
    quiet.put_card(CHANNEL)
    assert quiet.homes.catch_up()
    assert len(scripted.asked) == 1
    assert caught_up(quiet) == 99
    assert scripted.drawn_for() == [f"U{number:03}" for number in range(10, 110)]
    assert scripted.calls("users.info") == []


def test_a_role_is_asked_for_again_after_some_minutes(quiet: Office, scripted: HomeSlack) -> None:
    quiet.homes.opened(MEMBER)
    quiet.put_card(CHANNEL, campaign_id="spring-sale")
    quiet.clock.forward(minutes=6)
    scripted.say("users.info", {"ok": True, "user": {"team_id": TEAM, "is_restricted": True}})
    caught_up(quiet)
    assert "Ask an approver to add you" in scripted.newest()


def test_after_a_start_nobodys_home_is_drawn_until_they_open_it(
    quiet: Office, scripted: HomeSlack, tmp_path: Path
) -> None:
    quiet.homes.opened(APPROVER)
    quiet.store.close()
    later = Office(tmp_path, scripted.api_url, clock=quiet.clock)
    scripted.asked.clear()
    later.put_card(CHANNEL)
    assert caught_up(later) == 0
    later.homes.opened(APPROVER)
    assert scripted.drawn_for() == [APPROVER]
    later.close()


def test_a_home_is_kept_fresh_for_an_hour_after_it_was_opened(quiet: Office, scripted: HomeSlack) -> None:
    quiet.homes.opened(APPROVER)
    quiet.clock.forward(minutes=59)
    quiet.put_card(CHANNEL, campaign_id="spring-sale")
    assert caught_up(quiet) == 1
    quiet.clock.forward(minutes=1)
    quiet.put_card(CHANNEL, campaign_id="beach-video")
    assert caught_up(quiet) == 0
    quiet.homes.opened(APPROVER)
    assert len(scripted.drawn_for()) == 3


def test_what_was_found_stays_until_home_is_opened_again(quiet: Office, scripted: HomeSlack) -> None:
    quiet.put_card(CHANNEL)
    quiet.homes.opened(APPROVER)
    view = {"state": {"values": {"value": {"value": {"type": "plain_text_input", "value": "students"}}}}}
    payload = {"user": {"id": APPROVER}, "view": view}
    learnings(delivery(name="learnings_view", kind="view", payload=payload), quiet.desk)
    assert "about `students`" in scripted.newest()
    quiet.put_card(CHANNEL, campaign_id="another")
    assert caught_up(quiet) == 1
    assert "about `students`" in scripted.newest()
    quiet.homes.opened(APPROVER)
    assert "*Learned lately*" in scripted.newest()


def test_what_was_found_comes_after_a_home_that_is_under_way(quiet: Office, scripted: HomeSlack) -> None:
    quiet.put_card(CHANNEL)
    quiet.homes.opened(APPROVER)
    quiet.put_card(CHANNEL, campaign_id="another")
    scripted.came.clear()
    scripted.door.clear()
    under_way = threading.Thread(target=quiet.homes.catch_up)
    under_way.start()
    assert scripted.came.wait(20)
    search = threading.Thread(target=quiet.homes.searched, args=(APPROVER, STUDENTS))
    search.start()
    assert len(scripted.drawn_for()) == 2
    scripted.door.set()
    under_way.join()
    search.join()
    assert "Students 18-25" in scripted.newest()
    assert caught_up(quiet) == 0


def test_no_card_waits_for_a_home(quiet: Office, scripted: HomeSlack) -> None:
    quiet.homes.opened(APPROVER)
    scripted.came.clear()
    scripted.door.clear()
    quiet.publisher.start()
    quiet.put_card(CHANNEL, campaign_id="spring-sale")
    quiet.homes.start()
    assert scripted.came.wait(20)
    campaign = quiet.engine.submit(_campaign("beach-video"), source=None, asked_by=APPROVER).answers[0]
    name = campaign.recommendation.analysis.retrospective.name
    card = quiet.engine.analyze(name, asked_by=APPROVER, channel=CHANNEL).shown
    assert card
    assert quiet.publisher.outcome(card, 20).state == "sent"


def test_the_bot_stops_while_slack_keeps_a_home_waiting(quiet: Office, scripted: HomeSlack) -> None:
    quiet.homes._client.timeout = 1
    quiet.homes.start()
    quiet.homes.opened(APPROVER)
    scripted.came.clear()
    scripted.door.clear()
    quiet.put_card(CHANNEL)
    assert scripted.came.wait(20)
    quiet.homes.stop()
    assert not quiet.homes._thread.is_alive()


def test_slack_is_asked_for_our_channels_until_one_is_known(tmp_path: Path, scripted: HomeSlack) -> None:
    office = Office(tmp_path, scripted.api_url)
    scripted.say("users.conversations", {"ok": False, "error": "missing_scope"})
    scripted.say("users.conversations", {"ok": True, "channels": []})
    scripted.say("users.conversations", {"ok": True, "channels": [{"id": CHANNEL}]})
    for _ in range(4):
        office.homes.opened(APPROVER)
    assert len(scripted.calls("users.conversations")) == 3
    assert len(scripted.drawn_for()) == 4
    assert office.engine.has_a_channel()
    office.close()


def test_where_slack_takes_no_table_a_list_is_told_in_words(quiet: Office, scripted: HomeSlack) -> None:
    quiet.put_card(CHANNEL)
    scripted.say("chat.postEphemeral", {"ok": False, "error": "invalid_blocks"})
    typed: dict[str, Any] = {"channel_id": CHANNEL, "user_id": APPROVER, "text": "weights"}
    marko(delivery(name="/marko", kind="command", payload=typed), quiet.desk)
    first, second = (_blocks(each) for each in scripted.calls("chat.postEphemeral"))
    assert "table" in [block["type"] for block in first]
    assert "table" not in [block["type"] for block in second]
    assert "Weight" in json.dumps(second)


def _blocks(call: dict[str, Any]) -> list[dict[str, Any]]:
    blocks = call["blocks"]
    return json.loads(blocks) if isinstance(blocks, str) else blocks


def _campaign(campaign_id: str) -> str:
    return json.dumps(told(campaign_id=campaign_id))
