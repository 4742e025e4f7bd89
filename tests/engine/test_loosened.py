"""Settings that protect less than before: which they are, who is told, and how channels are merged."""

from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from factories import APPROVER, HandClock, view
from test_policy import amounts, preferences

from engine.decide.loosened import loosened
from engine.engine import Engine
from engine.errors import LastApprover, OverLimit, OverSpendLimit, UnfitApprover
from engine.models.answer import Answer, Person
from engine.models.preference import ChannelApprovers, Freeze, Preferences
from store import Store

Submit = Callable[..., Answer]
ME, SECOND = Person(id=APPROVER), Person(id="U0SECOND")
CHRISTMAS = Freeze(first=date(2026, 12, 24), last=date(2027, 1, 2))
GROWTH = "C0GROWTH"


def of_growth(*people: str) -> tuple[ChannelApprovers, ...]:
    return (ChannelApprovers(channel=GROWTH, approvers=people),) if people else ()


def change(engine: Engine, by: Person = ME, shown: Preferences | None = None, **wanted: Any) -> list[str]:
    shown, people = shown or engine.preferences(), wanted.pop("people", None)
    made = Preferences.model_validate(dict(shown) | wanted)
    named = [*made.approvers, *(who for each in made.channel_approvers for who in each.approvers)]
    people = people or {each: Person(id=each) for each in named}
    return [each.name for each in engine.change_preferences(shown, made, by=by, people=people)]


def put_out(store: Store, clock: HandClock, kind: str) -> list[tuple[str, str]]:
    items = store.outbox.claim(now=clock.now(), limit=100)
    return [(each.intent.record, each.intent.channel) for each in items if each.intent.kind == kind]


@pytest.mark.parametrize(
    ("before", "after", "names"),
    [
        ({"two_above": amounts(EUR=100)}, {"two_above": amounts(EUR=200)}, ("two_above",)),
        ({"two_above": amounts(EUR=100)}, {}, ("two_above",)),
        ({"two_above": amounts(EUR=100)}, {"two_above": amounts(EUR=100, USD=1)}, ("two_above",)),
        ({"two_above": amounts(EUR=100, USD=1)}, {"two_above": amounts(EUR=100)}, ()),
        ({}, {"two_above": amounts(EUR=100)}, ()),
        ({"spend_limit": amounts(EUR=100)}, {"spend_limit": amounts(EUR=101)}, ("spend_limit",)),
        ({"change_limit": 0.2}, {"change_limit": 0.3}, ("change_limit",)),
        ({"change_limit": 0.2}, {"change_limit": 0.1}, ()),
        ({"changes_a_day": 5}, {"changes_a_day": 6}, ("changes_a_day",)),
        ({"freeze": CHRISTMAS}, {}, ("freeze",)),
        (
            {"freeze": CHRISTMAS},
            {"freeze": Freeze(first=CHRISTMAS.first, last=date(2027, 1, 1))},
            ("freeze",),
        ),
        ({"freeze": CHRISTMAS}, {"freeze": Freeze(first=CHRISTMAS.first, last=date(2027, 1, 9))}, ()),
        ({"approvers": ("U0A", "U0B")}, {"approvers": ("U0A",)}, ("approvers",)),
        ({"approvers": ("U0A",)}, {"approvers": ("U0A", "U0B")}, ("approvers",)),
        ({}, {"channel_approvers": of_growth("U0A")}, ("channel_approvers",)),
        ({"time_zone": "UTC"}, {"time_zone": "Europe/Madrid", "expiry_hours": 5}, ()),
    ],
)
def test_what_protects_less_is_named(
    before: dict[str, Any], after: dict[str, Any], names: tuple[str, ...]
) -> None:
    assert loosened(preferences(**before), preferences(**after)) == names


def test_the_other_approvers_are_told_once_of_what_was_loosened_and_of_nothing_else(
    engine: Engine, store: Store, clock: HandClock
) -> None:
    change(engine, change_limit=0.3, number_format="1.234,50")
    change(engine, change_limit=0.2)
    assert put_out(store, clock, "settings") == [("settings:1", "U0SECOND")]
    told = engine.settings_told("settings:1")
    assert told is not None
    assert (told.by, [(each.name, each.old, each.new) for each in told.changes]) == (
        APPROVER, [("change_limit", 0.2, 0.3)]
    )  # fmt: skip
    assert engine.settings_told("settings:2") is None


def test_whoever_is_taken_away_or_named_for_a_channel_is_told_too(
    engine: Engine, store: Store, clock: HandClock
) -> None:
    change(engine, channel_approvers=of_growth("U0OWN"))
    change(engine, approvers=(APPROVER,))
    change(engine, channel_approvers=())
    told = put_out(store, clock, "settings")
    assert {who for record, who in told if record == "settings:1"} == {"U0SECOND", "U0OWN"}
    assert {who for record, who in told if record == "settings:2"} == {"U0SECOND"}
    assert {who for record, who in told if record == "settings:3"} == {"U0OWN"}


def test_a_channel_keeps_what_another_dialog_changed_and_other_channels_stay(engine: Engine) -> None:
    other = ChannelApprovers(channel="C0OTHER", approvers=("U0X",))
    change(engine, channel_approvers=(other, *of_growth("U0A", "U0B")))
    shown = engine.preferences().model_copy(update={"channel_approvers": of_growth("U0A", "U0B")})
    change(engine, shown=shown, channel_approvers=of_growth("U0A", "U0B", "U0C"))
    change(engine, SECOND, shown=shown, channel_approvers=of_growth("U0A"))
    assert engine.preferences().channel_approvers == (*of_growth("U0A", "U0C"), other)
    change(engine, shown=shown, channel_approvers=())
    assert engine.preferences().channel_approvers == (other,)


def test_two_who_together_take_everybody_away_do_not_open_the_channel_to_the_team(engine: Engine) -> None:
    change(engine, channel_approvers=of_growth("U0A", "U0B"))
    shown = engine.preferences()
    change(engine, shown=shown, channel_approvers=of_growth("U0A"))
    with pytest.raises(LastApprover):
        change(engine, SECOND, shown=shown, channel_approvers=of_growth("U0B"))
    assert engine.preferences().channel_approvers == of_growth("U0A")


def test_who_cannot_decide_cannot_be_named_for_a_channel(engine: Engine) -> None:
    with pytest.raises(UnfitApprover) as refused:
        change(engine, channel_approvers=of_growth("U0X"), people={"U0X": Person(id="U0X", is_guest=True)})
    assert refused.value.people == {"U0X": "is a guest"}
    assert engine.preferences().channel_approvers == ()


def test_approvers_of_a_channel_do_not_change_settings(engine: Engine) -> None:
    change(engine, channel_approvers=of_growth("U0OWN"))
    assert not engine.may_set(Person(id="U0OWN"))


def test_a_card_is_over_a_limit_as_long_as_it_holds_and_is_drawn_again(
    engine: Engine, store: Store, clock: HandClock, submit: Submit
) -> None:
    card = submit().recommendation
    with store.memory.unit() as unit:
        unit.keep_view(view(record=card.id))
    assert engine.limits_exceeded(card) is None
    change(engine, change_limit=0.1)
    assert isinstance(engine.limits_exceeded(card), OverLimit)
    change(engine, change_limit=0.2, spend_limit=amounts(EUR=1))
    assert isinstance(engine.limits_exceeded(card), OverSpendLimit)
    change(engine, spend_limit=amounts(), freeze=CHRISTMAS)
    assert engine.limits_exceeded(card) is None
    assert len([each for each in put_out(store, clock, "redraw") if each[0] == card.id]) == 3
