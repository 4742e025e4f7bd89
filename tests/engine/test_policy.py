"""Who may decide where, when two must agree, and that whoever asked is none of the two above the amount."""

from decimal import Decimal

import pytest
from factories import APPROVER, proposal, recommendation
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from torture.approval import GROWTH, IDS, PLAIN, TODAY, Press, Scene, play

from engine.decide.policy import approvers_for, check_requester, needs_two, requester_refusal
from engine.errors import AskedForIt
from engine.models.action import WorstCase
from engine.models.answer import Person
from engine.models.preference import Amounts, ChannelApprovers, Freeze, Preferences

ASKED = Person(id="U0MEMBER")


def preferences(**changed: object) -> Preferences:
    parts = {"approvers": (APPROVER,), "change_limit": 0.2, "time_zone": "UTC", "number_format": "1,234.50"}
    return Preferences.model_validate(parts | changed)


def amounts(**of: int) -> Amounts:
    return Amounts(of=tuple((code, Decimal(amount)) for code, amount in of.items()))


def test_a_channel_with_approvers_of_its_own_has_those_alone() -> None:
    own = (ChannelApprovers(channel="C0OWN", approvers=("U0OWN",)),)
    set_up = preferences(channel_approvers=own)
    assert approvers_for(set_up, "C0OWN") == ("U0OWN",)
    assert approvers_for(set_up, "C0OTHER") == approvers_for(set_up, None) == (APPROVER,)


def test_an_empty_list_leaves_nobody() -> None:
    nobody = (ChannelApprovers(channel="C0OWN", approvers=()),)
    assert approvers_for(preferences(channel_approvers=nobody), "C0OWN") == ()
    assert approvers_for(preferences(approvers=()), None) == ()
    twice = (*nobody, ChannelApprovers(channel="C0OWN", approvers=("U0OWN",)))
    assert approvers_for(preferences(channel_approvers=twice), "C0OWN") == ()


@pytest.mark.parametrize(
    ("two_above", "two"),
    [
        (amounts(), False),
        (amounts(EUR=504), False),
        (amounts(EUR=503), True),
        (amounts(USD=10**6), True),
        (amounts(EUR=504, USD=1), False),
    ],
)
def test_two_must_agree_above_the_amount_and_where_it_is_not_known_to_be_below(
    two_above: Amounts, *, two: bool
) -> None:
    assert needs_two(preferences(two_above=two_above), proposal()) is two


def test_an_unknown_worst_case_or_currency_needs_two_wherever_any_amount_is_set() -> None:
    unknown = WorstCase(kind="spent_for_nothing", amount=Decimal(1), currency=None, by=TODAY)
    for open_end in (proposal(worst_case=None), proposal(worst_case=unknown)):
        assert needs_two(preferences(two_above=amounts(EUR=10**6)), open_end)
        assert not needs_two(preferences(), open_end)


def test_whoever_asked_is_refused_above_the_amount_and_nobody_else() -> None:
    record = recommendation(asked_by=ASKED.id)
    assert requester_refusal(ASKED, record, two=True) == "asked for it, and two others must agree"
    assert requester_refusal(ASKED, record, two=False) is None
    assert requester_refusal(Person(id=APPROVER), record, two=True) is None
    assert requester_refusal(ASKED, recommendation(asked_by=None), two=True) is None


def test_the_refusal_of_whoever_asked_knows_the_amounts() -> None:
    record, above = recommendation(asked_by=ASKED.id), preferences(two_above=amounts(EUR=100))
    with pytest.raises(AskedForIt) as refused:
        check_requester(ASKED, record, proposal(), above, channel=None)
    assert (refused.value.amount, refused.value.limit, refused.value.currency) == (
        Decimal(504), Decimal(100), "EUR"
    )  # fmt: skip
    check_requester(ASKED, record, proposal(), preferences(two_above=amounts(EUR=504)), channel=None)


NOW = Freeze(first=TODAY, last=TODAY)
EUR_LOW, EUR_HIGH, USD = (("EUR", Decimal(1)), ("EUR", Decimal(10**6)), ("USD", Decimal(10**6)))
some_people = st.lists(st.sampled_from(IDS), max_size=4, unique=True).map(tuple)
people = st.sampled_from(IDS).flatmap(
    lambda each: st.sampled_from(
        [{}, {}, {"is_known": False}, {"is_bot": True}, {"is_deactivated": True}, {"is_guest": True},
         {"is_foreign": True}]
    ).map(lambda flags: Person(id=each, **flags))
)  # fmt: skip
scenes = st.builds(
    Scene,
    asked_by=st.none() | st.sampled_from(IDS),
    approvers=some_people,
    of_growth=st.none() | some_people,
    two_above=st.sampled_from([None, EUR_LOW, EUR_HIGH, USD]),
    spend_limit=st.sampled_from([None, EUR_HIGH, EUR_LOW, USD]),
    change_limit=st.sampled_from([0.2, 0.15, 0.05]),
    changes_a_day=st.just(2),
    approved_before=st.sampled_from([0, 1, 2]),
    freeze=st.sampled_from([None, NOW]),
)


@settings(max_examples=120, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(
    scenes, st.lists(st.builds(Press, people, st.sampled_from([GROWTH, PLAIN, None])), min_size=1, max_size=4)
)
def test_whoever_presses_wherever_approval_is_as_the_rules_have_it(
    scene: Scene, presses: list[Press]
) -> None:
    assert play(scene, presses) == []
