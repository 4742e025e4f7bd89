"""What an answer from outside means: done only by a receipt, refused by what was answered, else unclear."""

import json
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from email.utils import parsedate_to_datetime
from typing import Any, NamedTuple

from pydantic import ValidationError

from bot.egress import Answer
from engine.models.execution import Execution, Receipt
from engine.narrate.order import in_units

BUSY = frozenset({408, 425, 429})
# A go-between answers these for a server that it may have reached: nobody knows what that one did.
GO_BETWEEN = frozenset({502, 504, 520, 521, 522, 523, 524, 525, 526, 527})
LONGEST_WAIT_S = 3_600.0
LONGEST_TEXT = 200
LONGEST_ID = 200
MOST_AMOUNT, MOST_DECIMALS = 10**15, 9


class Done(NamedTuple):
    receipt: Receipt


class Said(NamedTuple):
    """The answer is no; ``for_good`` where asking again is idle, else after the ``wait_s`` it asks for."""

    error: str
    for_good: bool = True
    wait_s: float | None = None


class Unclear(NamedTuple):
    """Sent, and nobody can tell what became of it; ``shown`` is the other value that stands there."""

    error: str
    shown: Decimal | None = None


class NeverSeen(NamedTuple):
    """The look-up says that it never arrived, so it may be sent again."""

    error: str = "it never arrived"


class Waits(NamedTuple):
    """Nothing was sent: the line could not be opened."""

    error: str


Fate = Done | Said | Unclear | NeverSeen | Waits


def of_order(answer: Answer) -> Done | Said | Unclear:
    """Read the answer to an order."""
    if answer.status in GO_BETWEEN:
        return Unclear(f"a go-between answered {answer.status}")
    if answer.status < 200:  # what is said before the answer, and tells nothing of it
        return Unclear(f"it answered {answer.status}, and no more")
    if not 200 <= answer.status < 300:
        again = answer.status in BUSY or answer.status >= 500
        return Said(_refusal(answer), for_good=not again, wait_s=_wait(answer) if again else None)
    receipt = _receipt(_fields(answer))
    return Done(receipt) if receipt else Unclear(f"it answered {answer.status} without a receipt")


def of_lookup(answer: Answer) -> Done | Said | Unclear | NeverSeen:
    """Read the answer to a look-up."""
    told = _fields(answer) if answer.status == 200 else {}
    state = told.get("state")
    if state == "never_seen":
        return NeverSeen()
    if state == "refused":
        return Said(_text(told) or "it was refused")
    receipt = _receipt(told) if state == "done" else None
    if receipt is None:
        return Unclear("the look-up does not tell")
    return Done(receipt.model_copy(update={"read_back": receipt.value is not None}))


def agreed(first: Done | Unclear, found: Fate) -> Fate:
    """Hold the answer to an order against what the look-up says of it; the look-up is believed."""
    if isinstance(first, Unclear):
        return first if isinstance(found, Unclear | Waits) else found
    if isinstance(found, Done):
        told, read = first.receipt, found.receipt
        known = {"id": told.id, "previous": told.previous if told.previous is not None else read.previous}
        value = read.value if read.value is not None else told.value
        return Done(read.model_copy(update=known | {"value": value}))
    if isinstance(found, NeverSeen):
        return Unclear("it said done, its look-up knows nothing of it")
    if isinstance(found, Said):
        return Unclear("it said done, its look-up says refused")
    return first  # the look-up is down: the receipt stands, unread


def held_against(execution: Execution, fate: Fate) -> Fate:
    """A receipt that shows another value than was asked for is no success."""
    if not isinstance(fate, Done) or fate.receipt.value is None:
        return fate
    action, shown = execution.action, fate.receipt.value
    if in_units(shown, action) == in_units(action.to, action):
        return fate
    currency = f" {action.currency}" if action.currency else ""
    asked, found = in_units(action.to, action), in_units(shown, action)
    return Unclear(f"{action.field} is {found:f} there, not {asked:f}{currency}", shown)


def _fields(answer: Answer) -> dict[str, Any]:
    try:
        told = json.loads(answer.body, parse_float=Decimal, parse_constant=_no_number)
    except (ValueError, RecursionError, InvalidOperation):
        return {}
    return told if isinstance(told, dict) else {}


def _no_number(_name: str) -> None:
    raise ValueError


def _receipt(told: dict[str, Any]) -> Receipt | None:
    identifier = told.get("receipt")
    if not isinstance(identifier, str) or not identifier.strip() or not identifier.isprintable():
        return None
    try:
        previous, value = _amount(told.get("previous")), _amount(told.get("value"))
        return Receipt(id=identifier.strip()[:LONGEST_ID], previous=previous, value=value)
    except (InvalidOperation, ValidationError):
        return None


def _amount(value: Any) -> Decimal | None:
    """Numbers, or numbers as text, as JSON libraries that fear floats write them."""
    if value is None:
        return None
    if isinstance(value, bool) or not isinstance(value, int | Decimal | str):
        raise InvalidOperation
    amount = Decimal(value)
    if not amount.is_finite() or not 0 <= amount <= MOST_AMOUNT:
        raise InvalidOperation
    # 1e-999999999 is a short text, and a gigabyte where it is written out.
    if int(amount.as_tuple().exponent) < -MOST_DECIMALS:
        raise InvalidOperation
    return amount


def _refusal(answer: Answer) -> str:
    text = _text(_fields(answer))
    return f"{answer.status}{f', {text}' if text else ''}"


def _text(told: dict[str, Any]) -> str:
    """The receiver's own words, as data: one line, short, without what cannot be printed."""
    for name in ("error", "message", "detail"):
        if isinstance(told.get(name), str):
            line = " ".join(told[name].split())
            return "".join(filter(str.isprintable, line))[:LONGEST_TEXT]
    return ""


def _wait(answer: Answer) -> float | None:
    """Read ``Retry-After``: seconds, or a date."""
    asked = answer.headers.get("retry-after", "").strip()
    if asked.isascii() and asked.isdigit():
        return min(float(asked), LONGEST_WAIT_S)
    try:
        left = (parsedate_to_datetime(asked) - datetime.now(UTC)).total_seconds()
    except (TypeError, ValueError):
        return None
    return min(max(left, 0.0), LONGEST_WAIT_S)
