"""Which changes of settings let more happen than before, or let others do it: other approvers are told."""

from decimal import Decimal

from engine.models.preference import Amounts, PreferenceName, Preferences


def loosened(before: Preferences, after: Preferences) -> tuple[PreferenceName, ...]:
    """Name what now protects less. Who may decide is told whichever way it changed."""
    found: dict[PreferenceName, bool] = {
        "approvers": set(after.approvers) != set(before.approvers),
        "channel_approvers": after.channel_approvers != before.channel_approvers,
        "two_above": _is_higher(after.two_above, before.two_above),
        "change_limit": after.change_limit > before.change_limit,
        "spend_limit": _is_higher(after.spend_limit, before.spend_limit),
        "changes_a_day": after.changes_a_day > before.changes_a_day,
        "freeze": _thaws(before, after),
    }
    return tuple(name for name, holds in found.items() if holds)


def _is_higher(after: Amounts, before: Amounts) -> bool:
    """Say whether in some currency, also one that neither names, more is possible now."""
    codes = {code for code, _ in (*after.of, *before.of)} | {None}
    return any(_up_to(after, code) > _up_to(before, code) for code in codes)


def _up_to(amounts: Amounts, currency: str | None) -> Decimal:
    """What is free in a currency: all where nothing is set, nothing where others are set and not this one."""
    if not amounts.of:
        return Decimal("Infinity")
    return amounts.in_currency(currency) or Decimal(0)


def _thaws(before: Preferences, after: Preferences) -> bool:
    """Say whether a day that was frozen is not any more."""
    if before.freeze is None:
        return False
    return (
        after.freeze is None
        or after.freeze.first > before.freeze.first
        or after.freeze.last < before.freeze.last
    )
