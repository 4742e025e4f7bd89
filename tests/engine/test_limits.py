"""What a change may be, how many there may be on a day, and on which days none."""

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from engine_values import WORDS
from factories import set_spend
from test_policy import amounts, preferences

from engine.decide.limits import check_limits, check_size
from engine.errors import EngineError, Frozen, OverLimit, OverSpendLimit, TooManyToday
from engine.models.action import KeepAsIs, SetSpend
from engine.models.preference import Freeze
from engine.narrate.limits import beyond

TODAY = date(2026, 12, 24)
CHRISTMAS = Freeze(first=date(2026, 12, 24), last=date(2027, 1, 2))


def check(action: Any = None, *, approved: int = 0, today: date = TODAY, **changed: Any) -> None:
    """The usual action raises 240 by 15 % to 276 EUR a day."""
    check_limits(
        action or set_spend(),
        preferences(**changed),
        name="spring-sale",
        approved_today=approved,
        today=today,
    )


def told(kind: type[EngineError], **how: Any) -> str:
    with pytest.raises(kind) as refused:
        check(**how)
    words = beyond(refused.value, WORDS)
    assert words is not None
    return words.replace("\u00a0", " ")


def lower(to: int) -> SetSpend:
    return set_spend(to=Decimal(to))


def test_what_is_just_within_every_limit_passes() -> None:
    check(change_limit=0.15, spend_limit=amounts(EUR=276), changes_a_day=10, approved=9)
    check(set_spend(previous=Decimal(440), to=Decimal(484)), change_limit=0.1)


def test_a_change_over_the_limit_names_both_and_the_way_out() -> None:
    assert told(OverLimit, change_limit=0.1) == "+15 % is over your limit of 10 %. Edit it to 10 % or less."
    cut = set_spend(to=Decimal(180))
    assert told(OverLimit, action=cut) == "−25 % is over your limit of 20 %. Edit it to 20 % or less."


def test_spend_above_its_limit_is_refused_in_its_own_currency() -> None:
    says = "A daily spend of 276.00 EUR is over your limit of 275.00 EUR. Edit it to 275.00 EUR or less."
    assert told(OverSpendLimit, spend_limit=amounts(EUR=275, USD=10**6)) == says


def test_a_spend_limit_in_other_currencies_refuses_too() -> None:
    says = told(OverSpendLimit, spend_limit=amounts(USD=10**6))
    assert says == "Your spend limit names no amount in EUR. Set one: `/marko settings`."


def test_what_has_no_currency_is_refused_with_a_way_out_that_there_is() -> None:
    says = told(OverSpendLimit, action=set_spend(currency=None), spend_limit=amounts(USD=10**6))
    assert says == "This campaign names no currency to hold against your spend limit. Hand it in with one."


def test_spending_less_is_never_over_a_spend_limit() -> None:
    check(lower(210), spend_limit=amounts(EUR=100))
    check(lower(210), spend_limit=amounts(USD=100))


def test_the_changes_of_a_day_are_counted() -> None:
    says = "That would be change 11 today; your limit is 10. It counts anew at midnight, UTC."
    assert told(TooManyToday, approved=10) == says


def test_nothing_is_approved_on_either_end_of_a_freeze_and_again_before_and_after() -> None:
    for day in (CHRISTMAS.first, CHRISTMAS.last):
        says = told(Frozen, freeze=CHRISTMAS, today=day)
        assert says == "Frozen from 24 Dec to 2 Jan 2027; from 3 Jan 2027 on it can be approved."
    for day in (date(2026, 12, 23), date(2027, 1, 3)):
        check(freeze=CHRISTMAS, today=day)
    one = Freeze(first=TODAY, last=TODAY)
    assert told(Frozen, freeze=one) == "Frozen on 24 Dec; from 25 Dec on it can be approved."


def test_what_changes_nothing_is_within_every_limit() -> None:
    check(KeepAsIs(next_look=TODAY), freeze=CHRISTMAS, changes_a_day=1, approved=5)
    check_size(KeepAsIs(next_look=TODAY), preferences(change_limit=0.01), name="spring-sale")


def test_size_alone_forgets_the_day() -> None:
    check_size(set_spend(), preferences(freeze=CHRISTMAS, changes_a_day=1), name="spring-sale")
    with pytest.raises(OverLimit):
        check_size(set_spend(), preferences(change_limit=0.1), name="spring-sale")


def test_each_limit_says_itself_without_words_of_a_team_too() -> None:
    for kind, how in {
        OverLimit: {"change_limit": 0.1},
        OverSpendLimit: {"spend_limit": amounts(EUR=275)},
        TooManyToday: {"approved": 10},
        Frozen: {"freeze": CHRISTMAS},
    }.items():
        with pytest.raises(kind, match=r"Your click changed nothing\.$"):
            check(**how)
