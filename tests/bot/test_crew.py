"""What comes in is kept, acknowledged at once, done once, and told when it fails."""

import json
import logging
import threading
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from bot_team import shown
from factories import APPROVER, MONDAY
from office import Office, ScriptedSlack, click_payload, command_payload, dispatch, new_channel, view_payload

from bot import ids
from bot.blocks.card_states import sealed
from bot.blocks.modals import Origin
from bot.crew import WORKERS, Handler
from bot.desk import Desk
from bot.listeners import HANDLERS
from bot.sandbox.people import TEAM_ID
from bot.sandbox.server import SandboxServer
from engine.models.delivery import Delivery

PATIENCE_S = 20


class Counting:
    """The real handlers, and how often each was called; ``wait`` until so many are finished."""

    def __init__(self, inside: Callable[[Delivery, Desk], None] | None = None) -> None:
        self.done: list[str] = []
        self._inside = inside
        self._news = threading.Condition()
        self.handlers: dict[str, Handler] = {name: self._around(each) for name, each in HANDLERS.items()}

    def wait(self, number: int) -> None:
        with self._news:
            assert self._news.wait_for(lambda: len(self.done) >= number, PATIENCE_S)

    def _around(self, handler: Handler) -> Handler:
        def counted(delivery: Delivery, desk: Desk) -> None:
            try:
                (self._inside or handler)(delivery, desk)
            finally:
                with self._news:
                    self.done.append(delivery.key)
                    self._news.notify_all()

        return counted


def inbox(office: Office) -> dict[str, str]:
    """The status of every delivery, by its key."""
    with office.store._database.reading() as connection:
        return dict(connection.exec_driver_sql("SELECT key, status FROM inbox").all())


def whispers(slack: SandboxServer, channel: str, user: str = APPROVER) -> list[str]:
    return [shown(each) for each in slack.workspace.messages(channel, user) if each["ephemeral"]]


def ledger(office: Office) -> list[str]:
    with office.engine._memory.reading() as reading:
        return [entry.deed for entry in reading.ledger()]


def test_the_same_command_delivered_four_times_also_across_a_restart_acts_once(
    slack: SandboxServer, office: Office, channel: str, tmp_path: Path
) -> None:
    payload = command_payload("/analyze help", channel, trigger="1.one")
    counting = Counting()
    crew = office.crew(counting.handlers)
    app = office.bolt(crew)
    assert [dispatch(app, payload).status for _ in range(2)] == [200, 200]
    crew.stop()
    after = Office(tmp_path, slack.api_url)
    crew = after.crew(counting.handlers)
    assert crew.resume() == 0
    app = after.bolt(crew)
    assert [dispatch(app, payload).status for _ in range(2)] == [200, 200]
    crew.stop()
    after.close()
    assert counting.done == ["command:1.one"]
    assert len(whispers(slack, channel)) == 1


def test_a_second_command_of_the_same_words_is_a_new_one(
    slack: SandboxServer, office: Office, channel: str
) -> None:
    crew = office.crew()
    app = office.bolt(crew)
    for trigger in ("1.one", "1.two"):
        dispatch(app, command_payload("/analyze help", channel, trigger=trigger))
    crew.stop()
    assert len(whispers(slack, channel)) == 2


def test_what_no_database_can_hold_is_marked_before_anything_works_on_it(
    office: Office, channel: str
) -> None:
    came: list[Delivery] = []
    crew = office.crew({**HANDLERS, "command:/analyze": lambda delivery, _: came.append(delivery)})
    dispatch(office.bolt(crew), command_payload("/analyze a\0b\ud83c", channel, trigger="1.odd"))
    crew.stop()
    assert [each.payload["text"] for each in came] == ["a\ufffdb\ufffd"]


def test_the_same_click_delivered_twice_decides_once(office: Office, channel: str) -> None:
    known = office.put_card(channel)
    payload = click_payload(ids.APPROVE, sealed(known), channel, "17.1", trigger="1.click")
    crew = office.crew()
    app = office.bolt(crew)
    assert [dispatch(app, payload).status for _ in range(3)] == [200, 200, 200]
    crew.stop()
    assert ledger(office).count("approved") == 1
    assert list(inbox(office).values()) == ["done"]
    assert office.engine.recommendation(known.id).status == "approved"


def test_the_same_submission_delivered_twice_acts_once(office: Office, channel: str) -> None:
    known = office.put_card(channel)
    values = {
        ids.REASON: {ids.VALUE: {"type": "radio_buttons", "selected_option": {"value": "data"}}},
        ids.NOTE: {ids.VALUE: {"type": "plain_text_input", "value": "late"}},
    }
    payload = view_payload(ids.REJECT_VIEW, Origin(known.id, channel).packed(), values)
    crew = office.crew()
    app = office.bolt(crew)
    assert [dispatch(app, payload).status for _ in range(2)] == [200, 200]
    crew.stop()
    assert ledger(office).count("rejected") == 1
    assert office.engine.recommendation(known.id).decisions[-1].note == "late"


def test_a_wrong_submission_is_answered_at_its_input_and_may_come_again(office: Office, channel: str) -> None:
    known = office.put_card(channel)
    private = Origin(known.id, channel).packed()
    crew = office.crew()
    app = office.bolt(crew)
    wrong, right = (
        view_payload(ids.ORDER_VALUE_VIEW, private, {ids.VALUE: {ids.VALUE: {"value": typed}}})
        for typed in ("much", "60")
    )
    answer = json.loads(dispatch(app, wrong).body)
    assert answer["response_action"] == "errors"
    assert set(answer["errors"]) == {ids.VALUE}
    assert inbox(office) == {}
    dispatch(app, right)
    crew.stop()
    assert office.engine.recommendation(known.id).analysis.order_value == 60


def test_twenty_slow_jobs_are_all_acknowledged_before_any_is_done(office: Office, channel: str) -> None:
    gate, begun = threading.Event(), threading.Semaphore(0)

    def slow(_: Delivery, __: Desk) -> None:
        begun.release()
        assert gate.wait(PATIENCE_S)

    counting = Counting(slow)
    crew = office.crew(counting.handlers)
    app = office.bolt(crew)
    answers = [
        dispatch(app, command_payload("/analyze spring-sale", channel, trigger=f"1.{number}"))
        for number in range(20)
    ]
    assert [each.status for each in answers] == [200] * 20
    assert counting.done == []
    assert len(inbox(office)) == 20
    assert all(begun.acquire(timeout=PATIENCE_S) for _ in range(WORKERS))
    gate.set()
    counting.wait(20)
    crew.stop()
    assert sorted(counting.done) == sorted(f"command:1.{number}" for number in range(20))
    assert set(inbox(office).values()) == {"done"}


@pytest.mark.parametrize("action", [ids.REJECT, ids.ENTER_FORECAST, ids.ENTER_ORDER_VALUE])
def test_a_dialog_opens_while_every_worker_is_busy(
    scripted: ScriptedSlack, tmp_path: Path, action: str
) -> None:
    gate, begun = threading.Event(), threading.Semaphore(0)

    def slow(_: Delivery, __: Desk) -> None:
        begun.release()
        assert gate.wait(PATIENCE_S)

    office = Office(tmp_path, scripted.api_url)
    known = office.put_card("C0GROWTH")
    scripted.say("users.info", {"ok": True, "user": {"id": APPROVER, "team_id": TEAM_ID}})
    counting = Counting()
    crew = office.crew({**counting.handlers, "command:/analyze": slow})
    app = office.bolt(crew)
    for number in range(WORKERS + 1):
        dispatch(app, command_payload("/analyze spring-sale", "C0GROWTH", trigger=f"1.{number}"))
    assert all(begun.acquire(timeout=PATIENCE_S) for _ in range(WORKERS))
    dispatch(app, click_payload(action, known.id, "C0GROWTH", "17.1", trigger="1.click"))
    counting.wait(1)
    (opened,) = scripted.calls("views.open")
    assert opened["trigger_id"] == "1.click"
    gate.set()
    crew.stop()
    office.close()


def test_the_command_alone_opens_its_dialog_while_every_worker_is_busy_with_names(
    scripted: ScriptedSlack, tmp_path: Path
) -> None:
    gate, begun = threading.Event(), threading.Semaphore(0)
    counting = Counting()
    asking = counting.handlers["command:/analyze"]

    def slow_with_a_name(delivery: Delivery, desk: Desk) -> None:
        if not delivery.payload["text"]:
            asking(delivery, desk)
            return
        begun.release()
        assert gate.wait(PATIENCE_S)

    office = Office(tmp_path, scripted.api_url)
    scripted.say("conversations.info", {"ok": True, "channel": {"is_member": True}})
    crew = office.crew({**counting.handlers, "command:/analyze": slow_with_a_name})
    app = office.bolt(crew)
    for number in range(WORKERS + 1):
        dispatch(app, command_payload("/analyze spring-sale", "C0GROWTH", trigger=f"1.{number}"))
    assert all(begun.acquire(timeout=PATIENCE_S) for _ in range(WORKERS))
    dispatch(app, command_payload("/analyze", "C0GROWTH", trigger="1.alone"))
    counting.wait(1)
    (opened,) = scripted.calls("views.open")
    assert opened["trigger_id"] == "1.alone"
    gate.set()
    crew.stop()
    office.close()


def test_resuming_again_takes_up_nothing_that_is_at_work(office: Office, channel: str) -> None:
    gate = threading.Event()

    def slow(_: Delivery, __: Desk) -> None:
        assert gate.wait(PATIENCE_S)

    payload = command_payload("/analyze help", channel, trigger="1.left")
    left = Delivery(
        key="command:1.left", kind="command", name="/analyze", payload=payload, received_at=MONDAY
    )
    assert office.store.inbox.accept(left)
    office.store.inbox.hand_over()  # as a bot does when it stops
    counting = Counting(slow)
    crew = office.crew(counting.handlers)
    assert [crew.resume(), crew.resume()] == [1, 0]
    gate.set()
    crew.stop()
    assert counting.done == ["command:1.left"]


def test_what_comes_in_while_the_crew_resumes_is_done_once(office: Office, channel: str) -> None:
    gate, begun = threading.Event(), threading.Semaphore(0)

    def slow(_: Delivery, __: Desk) -> None:
        begun.release()
        assert gate.wait(PATIENCE_S)

    counting = Counting(slow)
    crew = office.crew(counting.handlers)
    dispatch(office.bolt(crew), command_payload("/analyze help", channel, trigger="1.early"))
    assert begun.acquire(timeout=PATIENCE_S)
    assert crew.resume() == 0
    gate.set()
    crew.stop()
    assert counting.done == ["command:1.early"]


def test_what_was_accepted_and_not_begun_is_done_after_a_restart_once(
    slack: SandboxServer, office: Office, channel: str, tmp_path: Path
) -> None:
    payload = command_payload("/analyze help", channel, trigger="1.left")
    body = {name: value for name, value in payload.items() if name != "token"}
    delivery = Delivery(
        key="command:1.left", kind="command", name="/analyze", payload=body, received_at=MONDAY
    )
    assert office.store.inbox.accept(delivery)  # begun, and then killed
    for expected in (1, 0):
        after = Office(tmp_path, slack.api_url)
        crew = after.crew()
        assert crew.resume() == expected
        crew.stop()
        after.close()
    assert len(whispers(slack, channel)) == 1


def test_what_has_not_begun_when_the_bot_stops_waits_for_the_next_start(office: Office, channel: str) -> None:
    gate, begun = threading.Event(), threading.Semaphore(0)

    def slow(_: Delivery, __: Desk) -> None:
        begun.release()
        assert gate.wait(PATIENCE_S)

    crew = office.crew(Counting(slow).handlers)
    app = office.bolt(crew)
    for number in range(WORKERS + 3):
        dispatch(app, command_payload("/analyze help", channel, trigger=f"1.{number}"))
    assert all(begun.acquire(timeout=PATIENCE_S) for _ in range(WORKERS))
    stopping = threading.Thread(target=crew.stop)
    stopping.start()
    gate.set()
    stopping.join()
    statuses = list(inbox(office).values())
    counting = Counting()
    crew = office.crew(counting.handlers)
    assert crew.resume() == statuses.count("waiting")
    crew.stop()


def test_a_handler_that_fails_is_told_with_a_case_that_is_in_the_log(
    slack: SandboxServer, office: Office, channel: str, caplog: pytest.LogCaptureFixture
) -> None:
    def failing(_: Delivery, __: Desk) -> None:
        raise ZeroDivisionError("xoxb-planted")

    counting = Counting(failing)
    crew = office.crew(counting.handlers)
    dispatch(office.bolt(crew), command_payload("/analyze spring-sale", channel, trigger="1.bad"))
    crew.stop()
    (told,) = whispers(slack, channel)
    told = told.splitlines()[-1]
    case = told.rpartition("Case ")[2].split(";")[0]
    assert told.startswith("I failed. Nothing was changed. Case ")
    (record,) = [each for each in caplog.records if each.levelno == logging.ERROR]
    assert f"case {case}" in record.getMessage()
    assert record.exc_info
    assert told == f"I failed. Nothing was changed. Case {case}; the owner knows."
    (report,) = [shown(each) for each in slack.workspace.messages("D0APPROVER") if case in shown(each)]
    assert f"Case {case}: /analyze for <@{APPROVER}> failed (ZeroDivisionError)." in report
    assert "xoxb-planted" not in told
    assert inbox(office) == {"command:1.bad": "failed"}


@pytest.mark.parametrize("reachable", [True, False])
def test_an_owner_who_was_not_told_is_not_said_to_know(
    scripted: ScriptedSlack, tmp_path: Path, reachable: bool
) -> None:
    office = Office(tmp_path, scripted.api_url, approvers="" if reachable else APPROVER)
    if not reachable:
        scripted.say("chat.postMessage", {"ok": False, "error": "channel_not_found"})

    def failing(_: Delivery, __: Desk) -> None:
        raise ZeroDivisionError

    crew = office.crew(Counting(failing).handlers)
    dispatch(office.bolt(crew), command_payload("/analyze spring-sale", "C0GROWTH", trigger="1.bad"))
    crew.stop()
    (told,) = scripted.calls("chat.postEphemeral")
    assert told["text"].endswith("; it is in the log.")
    assert len(scripted.calls("chat.postMessage")) == (0 if reachable else 1)
    office.close()


def test_a_refusal_is_told_in_its_own_words_and_not_logged_as_a_failure(
    slack: SandboxServer, office: Office, channel: str, caplog: pytest.LogCaptureFixture
) -> None:
    crew = office.crew()
    dispatch(office.bolt(crew), command_payload("/analyze nothing-known", channel, trigger="1.none"))
    crew.stop()
    (told,) = whispers(slack, channel)
    assert told.startswith("I know no campaign nothing-known.")
    assert [each for each in caplog.records if each.levelno >= logging.ERROR] == []


def test_an_answer_that_cannot_be_delivered_stops_nobody(
    scripted: ScriptedSlack, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    office = Office(tmp_path, scripted.api_url)
    for _ in range(2):
        scripted.say("chat.postEphemeral", {"ok": False, "error": "fatal_error"})
        scripted.say("users.info", {"ok": True, "user": {"id": APPROVER, "team_id": TEAM_ID}})
    crew = office.crew()
    app = office.bolt(crew)
    dispatch(app, command_payload("/analyze help", "C0GROWTH", trigger="1.one"))
    crew.stop()
    assert "the apology for command:1.one could not be delivered" in caplog.text
    crew = office.crew()
    dispatch(office.bolt(crew), command_payload("/analyze help", "C0GROWTH", trigger="1.two"))
    crew.stop()
    assert inbox(office) == {"command:1.one": "failed", "command:1.two": "done"}
    office.close()


@pytest.mark.parametrize(
    ("error", "words"),
    [
        ("not_in_channel", "Type `/invite @Marko`, then `/analyze` again."),
        ("missing_scope", "I lack `users:read` to do this."),
        ("expired_trigger_id", "Slack gave me too little time to open the window."),
    ],
)
def test_slacks_own_refusals_have_words_with_a_way_out(
    scripted: ScriptedSlack, tmp_path: Path, error: str, words: str
) -> None:
    office = Office(tmp_path, scripted.api_url)

    def refused(_: Delivery, desk: Desk) -> None:
        desk.client.conversations_info(channel="C0GROWTH")

    scripted.say("conversations.info", {"ok": False, "error": error, "needed": "users:read"})
    crew = office.crew({**HANDLERS, "action:more": refused})
    payload = click_payload(ids.MORE, "rec_1", "C0GROWTH", "17.1", trigger="1.more")
    dispatch(office.bolt(crew), payload)
    crew.stop()
    (told,) = scripted.calls("chat.postEphemeral")
    assert words in json.dumps(told["blocks"], ensure_ascii=False)
    office.close()


def test_a_response_url_that_is_dead_is_answered_in_the_channel(
    slack: SandboxServer, office: Office, scripted: ScriptedSlack
) -> None:
    channel = new_channel(slack)
    scripted.close()
    payload = command_payload("/analyze help", channel, trigger="1.url")
    crew = office.crew()
    dispatch(office.bolt(crew), {**payload, "response_url": f"{scripted.api_url}response"})
    crew.stop()
    assert len(whispers(slack, channel)) == 1


def test_slacks_verification_token_is_never_kept(office: Office, channel: str) -> None:
    gate = threading.Event()

    def slow(_: Delivery, __: Desk) -> None:
        assert gate.wait(PATIENCE_S)

    crew = office.crew(Counting(slow).handlers)
    dispatch(office.bolt(crew), command_payload("/analyze help", channel, trigger="1.token"))
    with office.store._database.reading() as connection:
        (payload,) = connection.exec_driver_sql("SELECT payload FROM inbox").scalars()
    gate.set()
    crew.stop()
    assert "verification-planted" not in payload
    assert "/analyze" in payload


def test_what_nobody_listens_to_is_not_acknowledged_as_done(office: Office, channel: str) -> None:
    crew = office.crew()
    app = office.bolt(crew)
    assert dispatch(app, command_payload("/nonsense", channel, trigger="1.no")).status == 404
    link: dict[str, Any] = click_payload(ids.OPEN_LINK, "", channel, "17.1", trigger="1.link")
    assert dispatch(app, link).status == 200
    crew.stop()
    assert inbox(office) == {}
