"""``Retry-After`` that nobody could wait for, or that asks for no wait at all."""

from datetime import timedelta
from pathlib import Path

import pytest
from factories import MONDAY
from office import Office, ScriptedSlack
from slack_sdk.errors import SlackApiError

from bot.link import Link
from bot.patience import MOST_S, UNTOLD_S, Patience, PatientClient, asked_s
from bot.slack import web_client
from bot.watchdog import Watchdog

LIMITED = {"ok": False, "error": "ratelimited"}
ODD = ("0", "-5", "abc", "", "nan", "inf", "1e9", "99999999999999999999")


def refusal(scripted: ScriptedSlack, told: str) -> SlackApiError:
    scripted.say("users.info", LIMITED, status=429, headers={"Retry-After": told})
    client = PatientClient("xoxb-1", scripted.api_url, patience=Patience(), timeout=5, waits=False)
    client.patience.rest = lambda *_: None  # type: ignore[method-assign]
    for _ in range(2):
        scripted.say("users.info", LIMITED, status=429, headers={"Retry-After": told})
    with pytest.raises(SlackApiError) as refused:
        client.users_info(user="U1")
    return refused.value


@pytest.mark.parametrize(
    ("told", "seconds"),
    [("0", 0), ("-5", 0), ("7", 7), ("abc", UNTOLD_S), ("nan", UNTOLD_S), ("inf", MOST_S), ("1e9", MOST_S)],
)
def test_what_slack_asks_for_is_a_wait_that_ends(scripted: ScriptedSlack, told: str, seconds: float) -> None:
    assert asked_s(refusal(scripted, told)) == seconds


@pytest.mark.parametrize("told", ODD)
def test_a_post_that_is_told_to_wait_oddly_holds_up_no_other_and_arrives_later(
    scripted: ScriptedSlack, tmp_path: Path, told: str
) -> None:
    office = Office(tmp_path, scripted.api_url)
    office.publisher._client = office.client.hasty(5)  # as the bot's own waits for nothing
    for _ in range(3 if told in {"0", "-5"} else 1):  # who is told to come at once does so, three times
        scripted.say("chat.postMessage", LIMITED, status=429, headers={"Retry-After": told})
    office.put_card("C0A", name="one")
    office.put_card("C0B", name="two")
    assert office.publisher.publish_due() == 2
    posted = [each["channel"] for each in scripted.calls("chat.postMessage")]
    assert posted[-1] == "C0B"
    assert set(posted[:-1]) == {"C0A"}
    assert office.publisher.publish_due() == 0  # it waits, however short it was told to
    office.clock.moment = MONDAY + timedelta(seconds=MOST_S + 1)
    assert office.publisher.publish_due() > 0
    assert scripted.calls("chat.postMessage")[-1]["channel"] == "C0A"
    assert office.parked() == []
    office.close()


def test_a_socket_that_is_refused_with_no_wait_is_not_asked_for_in_a_loop(scripted: ScriptedSlack) -> None:
    client = web_client("xoxb-1", scripted.api_url)

    def refused() -> Link:
        client.apps_connections_open(app_token="xapp-1")
        raise AssertionError

    for _ in range(10):
        scripted.say("apps.connections.open", LIMITED, status=429, headers={"Retry-After": "0"})
    watchdog = Watchdog(refused)
    for _ in range(10):
        watchdog._try()
    assert len(scripted.calls("apps.connections.open")) == 3  # one attempt, which repeats itself twice
