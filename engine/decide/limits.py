"""What a change may be, how many there may be on a day, and on which days none: asked at every approval.

Limits are asked when somebody approves. What was approved before a freeze and is not sent yet is sent: it was
decided, and holding it back would carry out later what was decided for now. Inside a freeze nothing more is
approved.
"""

from datetime import date

from engine.errors import Frozen, OverLimit, OverSpendLimit, TooManyToday
from engine.models.action import Action, SetSpend
from engine.models.preference import Preferences

A_HAIR = 1e-9  # 484 / 440 − 1 is a hair above 10 % in floats


def check_limits(
    action: Action, preferences: Preferences, *, name: str, approved_today: int, today: date
) -> None:
    """Raise ``Frozen``, ``OverLimit``, ``OverSpendLimit`` or ``TooManyToday`` where this may not be approved.

    ``name`` is the campaign's; ``approved_today`` counts the changes approved before on ``today``, both
    by the team's zone. What changes nothing is within every limit.
    """
    if not isinstance(action, SetSpend):
        return
    check_freeze(preferences, today)
    check_size(action, preferences, name=name)
    if approved_today >= preferences.changes_a_day:
        raise TooManyToday(approved_today + 1, preferences.changes_a_day, preferences.time_zone)


def check_freeze(preferences: Preferences, today: date) -> None:
    """Raise ``Frozen`` on a day on which nothing is approved."""
    freeze = preferences.freeze
    if freeze is not None and freeze.first <= today <= freeze.last:
        raise Frozen(freeze.first, freeze.last)


def check_size(action: Action, preferences: Preferences, *, name: str) -> None:
    """Raise ``OverLimit`` or ``OverSpendLimit`` for a change that no day would make smaller."""
    if not isinstance(action, SetSpend):
        return
    if abs(action.change) > preferences.change_limit + A_HAIR:
        raise OverLimit(name, action.change, preferences.change_limit)
    _check_spend(action, preferences, name)


def _check_spend(action: SetSpend, preferences: Preferences, name: str) -> None:
    """Spending less is never too much; else a currency without an amount has no amount to stay below.

    Where a window's length is unknown its whole spend is held against the amount of one day.
    """
    if not preferences.spend_limit.of or action.to <= action.previous:
        return
    limit = preferences.spend_limit.in_currency(action.currency)
    if limit is None or action.to > limit:
        raise OverSpendLimit(name, action, limit)
