"""A slow analysis says how far it is where its card will stand; a quick one says nothing."""

import threading
from collections.abc import Sequence
from typing import Any

import pytest
from bot_team import shown
from factories import APPROVER
from office import Office

from bot.headway import Headway
from bot.sandbox.server import SandboxServer
from engine.models.delivery import Delivery
from engine.models.headway import Step
from engine.models.retrospective import Retrospective


def request(office: Office, channel: str, text: str) -> Delivery:
    payload = {"user_id": APPROVER, "channel_id": channel, "text": text}
    return Delivery(
        key="command:1.slow", kind="command", name="/analyze", payload=payload, received_at=office.clock.now()
    )


class Slow:
    """Holds an analysis up at each step until the message that tells of it stands in the channel."""

    def __init__(self, office: Office, slack: SandboxServer, channel: str, headway: Headway) -> None:
        self._office, self._slack, self._channel = office, slack, channel
        self._headway = headway
        self.seen: list[str] = []

    def step(self, step: Step, window: Retrospective) -> None:
        self._office.engine.show_step(self._headway.record, step, window, self._channel)
        self._office.publisher.publish_due()
        self._office.publisher.publish_due()
        (message,) = self._slack.workspace.messages(self._channel)
        self.seen.append(shown(message))


def test_the_steps_and_the_card_are_one_message(slack: SandboxServer, office: Office, channel: str) -> None:
    known = office.put_card("C0ELSEWHERE")
    name = known.analysis.retrospective.name
    headway = Headway(request(office, channel, name), office.desk)
    slow = Slow(office, slack, channel, headway)
    answer = office.engine.analyze(
        name, asked_by=APPROVER, channel=channel, steps=slow.step, over=headway.record
    )
    office.publish(3)
    (message,) = slack.workspace.messages(channel)
    assert [text.split(": ")[1].split("\n")[0] for text in slow.seen] == [
        "reading 28\u00a0days.",
        "comparing with the forecast.",
        "looking for the cause.",
    ]
    assert "Approve" in shown(message)
    (view,) = [each for each in office.engine.views(answer.recommendation.id) if each.channel == channel]
    assert view.ts == message["ts"]


def test_a_quick_analysis_posts_its_card_alone(slack: SandboxServer, office: Office, channel: str) -> None:
    known = office.put_card("C0ELSEWHERE")
    delivery = request(office, channel, known.analysis.retrospective.name)
    with Headway(delivery, office.desk) as headway:
        office.engine.analyze(
            known.analysis.retrospective.name,
            asked_by=APPROVER,
            channel=channel,
            steps=headway.step,
            over=headway.record,
        )
    office.publish(3)
    (message,) = slack.workspace.messages(channel)
    assert "Approve" in shown(message)


def test_where_the_card_stands_already_the_message_says_so(
    slack: SandboxServer, office: Office, channel: str
) -> None:
    known = office.put_card(channel)
    office.publisher.publish_due()
    headway = Headway(request(office, channel, "again"), office.desk)
    window = known.analysis.retrospective
    office.engine.show_step(headway.record, "reading", window, channel)
    office.publish(2)
    office.engine.analyze(window.name, asked_by=APPROVER, channel=channel, over=headway.record)
    office.publish(2)
    assert "Its card still stands." in shown(slack.workspace.messages(channel)[-1])


def test_a_failure_ends_the_message_and_a_card_that_overtook_it_is_left_alone(
    slack: SandboxServer, office: Office, channel: str
) -> None:
    known = office.put_card("C0ELSEWHERE")
    window = known.analysis.retrospective
    failing = Headway(request(office, channel, "fails"), office.desk)
    office.engine.show_step(failing.record, "reading", window, channel)
    office.publish(2)
    with pytest.raises(ZeroDivisionError), failing:
        raise ZeroDivisionError
    office.publish(2)
    (message,) = slack.workspace.messages(channel)
    assert "I could not finish this. Nothing was changed" in shown(message)


def test_a_step_that_was_not_sent_before_the_card_is_never_sent(
    slack: SandboxServer, office: Office, channel: str
) -> None:
    known = office.put_card("C0ELSEWHERE")
    window = known.analysis.retrospective
    office.engine.show_step("headway:late", "reading", window, channel)
    office.engine.analyze(window.name, asked_by=APPROVER, channel=channel, over="headway:late")
    office.engine.show_step("headway:late", "explaining", window, channel)
    office.publish(3)
    (message,) = slack.workspace.messages(channel)
    assert "Approve" in shown(message)
    assert office.waiting() == []


def test_a_step_that_comes_after_the_card_is_never_told(
    slack: SandboxServer, office: Office, channel: str
) -> None:
    window = office.put_card("C0ELSEWHERE").analysis.retrospective
    office.engine.analyze(window.name, asked_by=APPROVER, channel=channel, over="headway:too-late")
    office.engine.show_step("headway:too-late", "explaining", window, channel)
    office.publish(3)
    (message,) = slack.workspace.messages(channel)
    assert "Approve" in shown(message)


def test_a_long_thought_is_told_while_it_lasts(slack: SandboxServer, office: Office, channel: str) -> None:
    known = office.put_card("C0ELSEWHERE")
    window = known.analysis.retrospective
    office.publisher.start()
    with Headway(request(office, channel, "slow"), office.desk, first_s=0.01) as headway:
        headway.step("comparing", window)
        told = slack.workspace.journal.wait_for(lambda: messages_of(slack, channel))
    assert "comparing with the forecast." in shown(told[0])


def messages_of(slack: SandboxServer, channel: str) -> Sequence[dict[str, Any]]:
    return slack.workspace.messages(channel)


def test_two_threads_that_tell_the_same_request_post_one_message(
    slack: SandboxServer, office: Office, channel: str
) -> None:
    window = office.put_card("C0ELSEWHERE").analysis.retrospective
    together = threading.Barrier(2)

    def tell() -> None:
        together.wait()
        office.engine.show_step("headway:twice", "reading", window, channel)

    threads = [threading.Thread(target=tell) for _ in range(2)]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    office.publish(2)
    assert len(slack.workspace.messages(channel)) == 1
