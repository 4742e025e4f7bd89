"""Settings from Slack: who may, what wins, what the ledger says, and that they act at once."""

from collections.abc import Callable
from typing import Any

import pytest
from engine_values import MADRID, RULES, WORDS
from factories import APPROVER, HandClock

from engine.engine import Engine
from engine.errors import LastApprover, MayNotDecide, OverLimit, StoreTrouble, UnfitApprover
from engine.in_force import KEPT, NAMES
from engine.models.answer import Answer, Person
from engine.models.preference import Preferences
from store import Store

Submit = Callable[..., Answer]
ME, SECOND, NEW = Person(id=APPROVER), Person(id="U0SECOND"), Person(id="U0NEW")
ADMIN = Person(id="U0ADMIN", is_admin=True)


def change(engine: Engine, by: Person = ME, shown: Preferences | None = None, **wanted: Any) -> list[str]:
    """Change settings as the dialog does; everybody named is fit unless told otherwise."""
    people = wanted.pop("people", {each: Person(id=each) for each in wanted.get("approvers", ())})
    shown = shown or engine.preferences()
    made = Preferences.model_validate(shown.model_dump() | wanted)
    return [each.name for each in engine.change_preferences(shown, made, by=by, people=people)]


def noted(store: Store) -> list[tuple[str, str, Any]]:
    with store.memory.reading() as reading:
        found = [each for each in reading.ledger() if each.deed in {"changed_setting", "refused"}]
    return [(each.actor, each.subject, each.detail) for each in found]


@pytest.fixture
def nobody(store: Store, clock: HandClock) -> Engine:
    """An engine in which no approver is named."""
    return Engine(store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=())


def test_the_start_values_hold_until_somebody_sets_others(engine: Engine) -> None:
    assert engine.preferences() == Preferences(
        approvers=(APPROVER, "U0SECOND"),
        change_limit=0.2,
        time_zone="Europe/Madrid",
        number_format="1,234.50",
    )
    assert {each.source for each in engine.told_preferences()} == {"default"}


def test_what_the_environment_names_is_told_as_such(store: Store, clock: HandClock) -> None:
    made = Engine(
        store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=(APPROVER,), given={"approvers"}
    )
    sources = {each.name: each.source for each in made.told_preferences()}
    assert sources.pop("approvers") == "environment"
    assert sources == dict.fromkeys(set(NAMES) - {"approvers"}, "default")


def test_a_change_acts_at_once_wins_over_the_start_and_survives_a_restart(
    engine: Engine, store: Store, clock: HandClock
) -> None:
    others = {"change_limit": 0.1, "time_zone": "Asia/Tokyo", "number_format": "1 234,50"}
    changed = change(engine, approvers=(APPROVER, "U0NEW"), **others)
    assert changed == ["approvers", "change_limit", "time_zone", "number_format"]
    for each in (engine, Engine(store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=())):
        assert each.approvers == (APPROVER, "U0NEW")
        assert each._rules.change_limit == 0.1
        assert str(each._zone) == "Asia/Tokyo"
        assert each._words.formats.number(1234.5, 1) == "1\u00a0234,5"
        (told, *_) = each.told_preferences()
        assert (told.source, told.by, told.at) == ("slack", APPROVER, clock.now())


def test_every_change_is_in_the_ledger_with_old_and_new_value(engine: Engine, store: Store) -> None:
    change(engine, change_limit=0.1, number_format="1.234,50")
    change(engine, change_limit=0.3)
    assert noted(store) == [
        (APPROVER, "change_limit", {"old": 0.2, "new": 0.1}),
        (APPROVER, "number_format", {"old": "1,234.50", "new": "1.234,50"}),
        (APPROVER, "change_limit", {"old": 0.1, "new": 0.3}),
    ]


def test_saving_what_is_set_already_changes_and_notes_nothing(engine: Engine, store: Store) -> None:
    shown = engine.preferences()
    assert change(engine, shown=shown, change_limit=0.1) == ["change_limit"]
    assert change(engine, shown=shown, change_limit=0.1) == []
    assert change(engine) == []
    assert len(noted(store)) == 1


def test_two_dialogs_at_once_keep_what_each_of_them_changed(engine: Engine) -> None:
    shown = engine.preferences()
    change(engine, shown=shown, change_limit=0.1, approvers=(*shown.approvers, "U0NEW"))
    change(engine, SECOND, shown=shown, approvers=(APPROVER, "U0SECOND", "U0OTHER"))
    change(engine, SECOND, shown=shown, approvers=("U0SECOND",))
    assert engine.preferences().change_limit == 0.1
    assert engine.approvers == ("U0SECOND", "U0NEW", "U0OTHER")


@pytest.mark.parametrize(
    "person",
    [
        Person(id="U0MEMBER"),
        Person(id="U0MEMBER", is_admin=True),
        Person(id=APPROVER, is_known=False),
        Person(id=APPROVER, is_guest=True),
        Person(id=APPROVER, is_foreign=True),
    ],
)
def test_whoever_is_not_surely_an_approver_changes_nothing(
    engine: Engine, store: Store, person: Person
) -> None:
    with pytest.raises(MayNotDecide):
        engine.may_change_preferences(person)
    with pytest.raises(MayNotDecide):
        change(engine, person, change_limit=0.1)
    assert not engine.may_set(person)
    assert engine.preferences().change_limit == 0.2
    assert [(actor, subject) for actor, subject, _ in noted(store)] == [(person.id, "settings")] * 2


def test_while_nobody_is_named_an_admin_names_the_first_and_then_no_more(nobody: Engine) -> None:
    with pytest.raises(MayNotDecide):
        nobody.may_change_preferences(NEW)
    with pytest.raises(MayNotDecide):
        nobody.may_change_preferences(ADMIN.model_copy(update={"is_guest": True}))
    assert nobody.may_change_preferences(ADMIN).approvers == ()
    assert change(nobody, ADMIN, approvers=("U0NEW",)) == ["approvers"]
    with pytest.raises(MayNotDecide):
        nobody.may_change_preferences(ADMIN)
    assert nobody.may_set(NEW)


@pytest.mark.parametrize(
    ("people", "why"),
    [
        ({}, "could not be looked up"),
        ({"U0NEW": Person(id="U0NEW", is_known=False)}, "could not be looked up"),
        ({"U0NEW": Person(id="U0NEW", is_bot=True)}, "is a bot"),
        ({"U0NEW": Person(id="U0NEW", is_guest=True)}, "is a guest"),
        ({"U0NEW": Person(id="U0NEW", is_deactivated=True)}, "is deactivated"),
        ({"U0NEW": Person(id="U0NEW", is_foreign=True)}, "belongs to another workspace"),
    ],
)
def test_who_cannot_decide_cannot_be_named_and_nothing_else_is_changed(
    engine: Engine, store: Store, people: dict[str, Person], why: str
) -> None:
    with pytest.raises(UnfitApprover) as refused:
        change(engine, approvers=(APPROVER, "U0NEW"), change_limit=0.1, people={APPROVER: ME, **people})
    assert refused.value.people == {"U0NEW": why}
    assert engine.preferences().change_limit == 0.2
    assert noted(store) == []


def test_the_last_approver_cannot_leave(nobody: Engine) -> None:
    change(nobody, ADMIN, approvers=("U0NEW",))
    with pytest.raises(LastApprover):
        change(nobody, NEW, approvers=())
    assert nobody.approvers == ("U0NEW",)


def test_nobody_is_left_alone_with_approvers_who_cannot_decide(engine: Engine) -> None:
    gone = {"U0SECOND": Person(id="U0SECOND", is_deactivated=True)}
    with pytest.raises(LastApprover):
        change(engine, approvers=("U0SECOND",), people=gone)
    assert engine.approvers == (APPROVER, "U0SECOND")


def test_no_approvers_in_slack_means_those_of_the_start(engine: Engine) -> None:
    change(engine, approvers=("U0NEW",))
    assert engine.approvers == ("U0NEW",)
    start = {each: Person(id=each) for each in engine.named_at_start}
    change(engine, NEW, approvers=(), people=start)
    assert engine.approvers == (APPROVER, "U0SECOND")


def test_an_approver_named_a_moment_ago_decides_and_a_removed_one_does_not(
    engine: Engine, submit: Submit
) -> None:
    first, second = submit().recommendation.id, submit("autumn-brand").recommendation.id
    change(engine, approvers=("U0NEW",))
    with pytest.raises(MayNotDecide):
        engine.decide(first, "approve", by=ME)
    engine.decide(first, "approve", by=NEW)
    change(engine, NEW, approvers=(APPROVER,))
    with pytest.raises(MayNotDecide):
        engine.decide(second, "approve", by=NEW)


def test_a_proposal_is_never_beyond_the_limit_and_an_older_one_is_refused(
    engine: Engine, submit: Submit, store: Store
) -> None:
    old = submit().recommendation
    assert old.analysis.proposal.action.change == pytest.approx(0.15)  # type: ignore[union-attr]
    change(engine, change_limit=0.1)
    with pytest.raises(OverLimit):
        engine.decide(old.id, "approve", by=ME)
    assert noted(store)[-1] == (
        APPROVER, old.id, {"verb": "approve", "why": "over the change limit"}
    )  # fmt: skip
    new = engine.analyze("spring-sale", asked_by=APPROVER).recommendation
    assert new.analysis.proposal.action.change == pytest.approx(0.1)  # type: ignore[union-attr]
    assert engine.recommendation(old.id).superseded_by == new.id
    assert engine.decide(new.id, "approve", by=ME).status == "approved"


def test_a_proposal_beyond_the_limit_can_still_be_rejected(engine: Engine, submit: Submit) -> None:
    old = submit().recommendation
    change(engine, change_limit=0.05)
    assert engine.decide(old.id, "reject", by=ME, reason="timing").status == "rejected"


def test_a_limit_of_a_hundred_percent_still_proposes_the_plain_step(engine: Engine, submit: Submit) -> None:
    change(engine, change_limit=1.0)
    assert submit().recommendation.analysis.proposal.action.change == pytest.approx(0.15)  # type: ignore[union-attr]


def test_settings_that_are_damaged_stop_decisions_instead_of_opening_them(
    engine: Engine, store: Store, submit: Submit
) -> None:
    card = submit().recommendation.id
    with store.memory.unit() as unit:
        unit.set_setting(KEPT, {"approvers": {"value": "everybody", "by": "x", "at": "now"}})
    engine._in_force.forget()
    with pytest.raises(StoreTrouble):
        engine.decide(card, "approve", by=ME)


def test_a_zone_that_is_none_is_not_kept() -> None:
    for name in ("Mars/Crater", "Europe", "../etc/passwd", ""):
        with pytest.raises(ValueError, match="time_zone"):
            Preferences(approvers=(), change_limit=0.2, time_zone=name, number_format="1,234.50")
