"""A button that stands on an old drawing always answers, whatever became of its record, and does nothing."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from factories import APPROVER
from office import Office, ScriptedSlack, click_payload, dispatch

from bot.sandbox.people import TEAM_ID
from engine.models.answer import Person
from engine.models.execution import Receipt
from engine.models.recommendation import Recommendation, Verb

WHO, SECOND = Person(id=APPROVER), "U0SECOND"
USER = {"ok": True, "user": {"id": SECOND, "team_id": TEAM_ID}}
STATES = {
    "rejected": "This was rejected by",
    "approved": "This was approved by",
    "done": "This was carried out by",
    "dropped": "This was dropped by",
    "snoozed": "This was snoozed by",
    "executing": "It is being sent.",
    "executed": "It is carried out.",
    "failed": "It was refused.",
    "unknown": "Nobody knows whether it arrived.",
    "expired": "too old to approve",
}


@pytest.fixture
def room(scripted: ScriptedSlack, tmp_path: Path) -> Iterator[Office]:
    made = Office(tmp_path, scripted.api_url, approvers=f"{APPROVER},{SECOND}")
    yield made
    made.close()


def old_approve(known: Recommendation) -> dict[str, Any]:
    """A second approver presses Approve beside other figures."""
    return click_payload(
        "approve", f"{known.id}|{'0' * 16}", "C0GROWTH", "17.1", trigger="1.old", user=SECOND
    )


def bring(office: Office, known: Recommendation, state: str) -> None:
    """Bring a proposal into this state, by the ways that lead there."""
    engine = office.engine
    steps: dict[str, tuple[Verb, ...]] = {
        "rejected": ("reject",),
        "approved": ("approve",),
        "done": ("approve", "done"),
        "dropped": ("approve", "drop"),
        "snoozed": ("snooze",),
    }
    if state == "expired":
        office.clock.forward(days=5)
        engine.keep_time()
        return
    engine._connected = lambda _: state not in steps
    for verb in steps.get(state, ("approve",)):
        until = office.clock.forward(seconds=1).replace(day=3, month=4) if verb == "snooze" else None
        engine.decide(known.id, verb, by=WHO, until=until)
    if state in steps or state == "executing":
        return
    (claimed,) = office.store.executions.claim(now=office.clock.now(), limit=1)
    if state == "executed":
        engine.carried_out(claimed.key, Receipt(id="r-1"))
    elif state == "failed":
        engine.carrying_refused(claimed.key, "no", again_at=None)
    else:
        engine.carrying_in_doubt(claimed.key, "silence")


@pytest.mark.parametrize("state", STATES)
def test_an_old_approve_says_how_it_stands(state: str, room: Office, scripted: ScriptedSlack) -> None:
    known = room.put_card("C0GROWTH")
    room.publish(1)
    bring(room, known, state)
    before = room.engine.recommendation(known.id)
    scripted.say("users.info", USER)
    scripted.say("auth.test", {"ok": True, "team_id": TEAM_ID, "user_id": "U0MARKO", "bot_id": "B0MARKO"})
    crew = room.crew()
    pressed = old_approve(known)
    assert dispatch(room.bolt(crew), pressed).status == 200
    crew.stop()
    told = str(scripted.calls("chat.postEphemeral"))
    assert STATES[state] in told
    assert "Your click changed nothing." in told
    assert room.engine.recommendation(known.id) == before


def test_what_was_pressed_beside_other_figures_is_refused_and_drawn_again(
    room: Office, scripted: ScriptedSlack
) -> None:
    known = room.put_card("C0GROWTH")
    room.publish(1)
    drawn = len(scripted.calls("chat.update"))
    scripted.say("users.info", USER)
    scripted.say("auth.test", {"ok": True, "team_id": TEAM_ID, "user_id": "U0MARKO", "bot_id": "B0MARKO"})
    crew = room.crew()
    pressed = old_approve(known)
    assert dispatch(room.bolt(crew), pressed).status == 200
    crew.stop()
    room.publish(2)
    assert "The figures changed. Please look again." in str(scripted.calls("chat.postEphemeral"))
    assert room.engine.recommendation(known.id).status == "proposed"
    assert len(scripted.calls("chat.update")) == drawn + 1
