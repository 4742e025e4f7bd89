"""What another process wrote is followed: settings within a second or two, and at once where it decides."""

import json
from pathlib import Path

import pytest
from engine_values import MADRID, RULES, WORDS, body
from factories import APPROVER, HandClock

from engine import in_force
from engine.engine import Engine
from engine.errors import MayNotEnd, StoreTrouble
from engine.models.answer import Person
from store import open_store

ME, SECOND = Person(id=APPROVER), Person(id="U0SECOND")
FOREVER = 1e9


@pytest.fixture
def other(tmp_path: Path, clock: HandClock, engine: Engine) -> Engine:
    """The same memory in another process; both have looked at their settings."""
    store = open_store(tmp_path / "data" / "marko.db", clock)
    made = Engine(
        store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=(APPROVER, "U0SECOND")
    )
    assert made.preferences() == engine.preferences()
    return made


def set_there(other: Engine, **wanted: object) -> None:
    shown = other.preferences()
    named = {each: Person(id=each) for each in (APPROVER, "U0SECOND")}
    other.change_preferences(shown, shown.model_copy(update=wanted), by=ME, people=named)


def test_a_setting_of_another_process_is_in_force_after_the_next_look(
    engine: Engine, other: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    set_there(other, time_zone="America/New_York")
    monkeypatch.setattr(in_force, "FRESH_S", FOREVER)
    assert str(engine.zone) == "Europe/Madrid"
    monkeypatch.setattr(in_force, "FRESH_S", 0.0)
    assert str(engine.zone) == "America/New_York"
    assert in_force.FRESH_S <= 1


def test_looking_again_at_what_nobody_changed_makes_nothing_anew(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(in_force, "FRESH_S", 0.0)
    assert engine._in_force.now() is engine._in_force.now()


def test_settings_that_cannot_be_looked_at_hold_as_they_were(
    engine: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = engine.preferences()
    monkeypatch.setattr(in_force, "FRESH_S", 0.0)

    def away() -> None:
        raise StoreTrouble("the server is away")

    monkeypatch.setattr(engine._in_force._memory, "reading", away)
    assert engine.preferences() == before


def test_whoever_is_no_approver_any_more_ends_no_order_of_somebody_else(
    engine: Engine, other: Engine, monkeypatch: pytest.MonkeyPatch
) -> None:
    engine.subscribe("C0GROWTH", weekday=0, at="09:00", by="U0MEMBER")
    monkeypatch.setattr(in_force, "FRESH_S", FOREVER)
    set_there(other, approvers=(APPROVER,))
    assert "U0SECOND" in engine.approvers  # what this process holds is old
    with pytest.raises(MayNotEnd) as refused:
        engine.unsubscribe("C0GROWTH", by=SECOND)
    assert refused.value.approvers == (APPROVER,)
    engine.subscribe("C0GROWTH", weekday=1, at="09:00", by="U0SECOND")
    order = engine.subscription("C0GROWTH")
    assert order is not None
    assert order.by == "U0MEMBER"


def test_campaigns_of_another_process_are_offered_and_analysed(engine: Engine, other: Engine) -> None:
    engine.prepare_choices().result()
    assert engine.campaign_choices("beach") == []
    other.submit(json.dumps(body(campaign_id="beach-video")), source=None, asked_by="shell")
    engine.prepare_choices().result()
    assert [each.label for each in engine.campaign_choices("beach")] == ["beach-video"]
    assert engine.analyze("beach-video", asked_by="U0MEMBER").recommendation.campaign_key.endswith(
        "beach-video"
    )
