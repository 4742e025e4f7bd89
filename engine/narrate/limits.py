"""What limits say of a change that may not be approved: rule, value, way out. On cards and in refusals."""

from engine.errors import EngineError, Frozen, OnHold, OverLimit, OverSpendLimit, TooManyToday
from engine.narrate.forty import stated
from engine.narrate.words import Words


def beyond(error: EngineError, words: Words) -> str | None:
    """Say which limit a change is over, and the way out; ``None`` for what is no limit."""
    if isinstance(error, OverLimit):
        return over_limit(error, words)
    if isinstance(error, OverSpendLimit):
        return over_spend_limit(error, words)
    if isinstance(error, TooManyToday):
        return too_many_today(error, words)
    if isinstance(error, Frozen):
        return frozen(error, words)
    if isinstance(error, OnHold):
        return too_old(error, words)
    return None


def over_limit(error: OverLimit, words: Words) -> str:
    """S21."""
    change, limit = words.formats.change(error.change * 100), words.formats.percent(error.limit * 100)
    return stated("S21", error.change, error.limit, d=change, cap=limit)


def over_spend_limit(error: OverSpendLimit, words: Words) -> str:
    """S21 for what is spent; where no amount is set in its currency, the way out is to set one."""
    action, f = error.action, words.formats
    if error.limit is None and action.currency is None:
        return "This campaign names no currency to hold against your spend limit. Hand it in with one."
    if error.limit is None:
        return f"Your spend limit names no amount in {action.currency}. Set one: `/marko settings`."
    spend, limit = f.money(action.to, action.currency), f.money(error.limit, action.currency)
    return f"A {action.field} of {spend} is over your limit of {limit}. Edit it to {limit} or less."


def too_many_today(error: TooManyToday, words: Words) -> str:
    number, limit = words.formats.number(error.number), words.formats.number(error.limit)
    return (
        f"That would be change {number} today; your limit is {limit}. "
        f"It counts anew at midnight, {error.zone}."
    )


def frozen(error: Frozen, words: Words) -> str:
    first, last, thaw = (words.formats.day(each) for each in (error.first, error.last, error.thaw))
    held = f"Frozen from {first} to {last}" if error.first != error.last else f"Frozen on {first}"
    return f"{held}; from {thaw} on it can be approved."


def frozen_until(error: Frozen, words: Words) -> str:
    """What a card says during a freeze; its buttons stay, and are refused."""
    return f"Frozen until {words.formats.day(error.last)}: nothing is approved until then."


def too_old(error: OnHold, words: Words) -> str:
    f = words.formats
    return (
        f"These figures are {f.count(error.days, 'day')} old; on figures older than "
        f"{f.count(error.limit, 'day')} nothing is approved. Hand in newer figures, or ask `/analyze` again."
    )


def on_hold(days: int, words: Words) -> str:
    """What stands on a card, in the digest and on Home in the place of Approve; ``days`` is their age."""
    return f"On hold: these figures are {words.formats.count(days, 'day')} old."
