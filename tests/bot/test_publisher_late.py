"""A digest that had to wait: what it claims may have been retracted before Slack took it."""

from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest
from bot_team import shown
from factories import APPROVER, HandClock
from history import SPRING, campaigns, contradicted, hand_in
from office import Office

from bot.sandbox.server import SandboxServer

MONDAY_NINE = datetime(2026, 3, 30, 7, 0, tzinfo=UTC)


@pytest.fixture
def late(slack: SandboxServer, tmp_path: Path) -> Any:
    made = Office(tmp_path, slack.api_url, clock=HandClock(MONDAY_NINE))
    yield made
    made.close()


def retractions(slack: SandboxServer, channel: str, ts: str) -> list[dict[str, Any]]:
    return [each for each in slack.workspace.messages(channel) if each["thread_ts"] == ts]


def test_what_was_retracted_while_slack_was_down_is_taken_back_in_the_digests_thread(
    slack: SandboxServer, late: Office, channel: str
) -> None:
    hand_in(late.engine, campaigns(SPRING, 0.7))
    late.engine.post_digest_now(channel, by=APPROVER, key="first")
    slack.switches.set("refuse_posts", on=True)
    late.publish(2)
    hand_in(late.engine, contradicted())
    slack.switches.set("refuse_posts", on=False)
    late.publish(4)
    (digest,) = [each for each in slack.workspace.messages(channel) if each["thread_ts"] is None]
    assert "`students`" in shown(digest)
    (told,) = retractions(slack, channel, digest["ts"])
    assert "We were wrong" in shown(told)


def test_a_digest_whose_answer_was_lost_is_found_and_answered_once(
    slack: SandboxServer, late: Office, channel: str
) -> None:
    hand_in(late.engine, campaigns(SPRING, 0.7))
    late.engine.post_digest_now(channel, by=APPROVER, key="first")
    slack.switches.set("drop_response_after_post", on=True)
    late.publisher.publish_due()
    hand_in(late.engine, contradicted())
    late.publish(4)
    (digest,) = [each for each in slack.workspace.messages(channel) if each["thread_ts"] is None]
    assert len(retractions(slack, channel, digest["ts"])) == 1
