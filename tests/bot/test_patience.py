"""What Slack told one thread to wait for, no other thread asks for meanwhile."""

import pytest
from office import ScriptedSlack
from slack_sdk.errors import SlackApiError

from bot.patience import UNTOLD_S, Patience, PatientClient
from bot.sending import is_busy

LIMITED = {"ok": False, "error": "ratelimited"}


class Hours:
    """A clock for patience that a test moves."""

    def __init__(self) -> None:
        self.seconds = 100.0

    def __call__(self) -> float:
        return self.seconds


@pytest.fixture
def hours() -> Hours:
    return Hours()


@pytest.fixture
def client(scripted: ScriptedSlack, hours: Hours) -> PatientClient:
    patience = Patience(now=hours)
    return PatientClient("xoxb-1", scripted.api_url, patience=patience, timeout=5, waits=False)


def post(client: PatientClient, channel: str) -> None:
    client.chat_postMessage(channel=channel, text="hello")


def busy(scripted: ScriptedSlack, method: str, seconds: str) -> None:
    scripted.say(method, LIMITED, status=429, headers={"Retry-After": seconds})


def test_a_channel_that_is_told_to_wait_rests_for_every_client_and_the_others_go_on(
    scripted: ScriptedSlack, client: PatientClient, hours: Hours
) -> None:
    busy(scripted, "chat.postMessage", "30")
    for each in (client, client.hasty(3)):
        with pytest.raises(SlackApiError) as refused:
            post(each, "C1")
        assert is_busy(refused.value)
    assert float(refused.value.response.headers["Retry-After"]) == 30.0
    assert len(scripted.calls("chat.postMessage")) == 1
    post(client, "C2")
    hours.seconds += 30
    post(client, "C1")
    assert [each["channel"] for each in scripted.calls("chat.postMessage")] == ["C1", "C2", "C1"]


def test_other_methods_rest_whole_and_alone(scripted: ScriptedSlack, client: PatientClient) -> None:
    busy(scripted, "chat.update", "9")
    for channel in ("C1", "C2"):
        with pytest.raises(SlackApiError):
            client.chat_update(channel=channel, ts="1", text="hello")
    assert len(scripted.calls("chat.update")) == 1
    post(client, "C1")


def test_where_slack_does_not_say_for_how_long_it_is_some_seconds(
    scripted: ScriptedSlack, client: PatientClient, hours: Hours
) -> None:
    scripted.say("users.info", LIMITED, status=429)
    with pytest.raises(SlackApiError):
        client.users_info(user="U1")
    hours.seconds += UNTOLD_S - 0.1
    with pytest.raises(SlackApiError):
        client.users_info(user="U1")
    assert len(scripted.calls("users.info")) == 1


def test_who_can_wait_waits_and_is_answered(scripted: ScriptedSlack) -> None:
    client = PatientClient("xoxb-1", scripted.api_url, patience=Patience(), timeout=5, waits=True)
    busy(scripted, "chat.postMessage", "0.05")
    post(client, "C1")
    assert len(scripted.calls("chat.postMessage")) == 2


def test_nobody_sleeps_for_longer_than_half_a_minute(scripted: ScriptedSlack, client: PatientClient) -> None:
    busy(scripted, "chat.postMessage", "31")
    waiting = PatientClient("xoxb-1", scripted.api_url, patience=client.patience, timeout=5, waits=True)
    with pytest.raises(SlackApiError):
        post(waiting, "C1")
