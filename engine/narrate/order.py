"""What is sent to whoever carries a change out: one order, written from the execution alone.

So a retry sends the very same bytes. Amounts are JSON numbers written out exactly, with the currency's
decimals (``506.00``, ``506`` for yen) and never as floats; keys are in the order of the alphabet.
"""

import json
from collections.abc import Mapping
from datetime import UTC
from decimal import ROUND_HALF_UP, Decimal
from typing import Any

from engine.models.action import SetSpend
from engine.models.currency import smallest_unit
from engine.models.execution import Execution

Order = dict[str, Any]


def order(execution: Execution) -> Order:
    """Say what is to be done. An undo holds in ``only_if`` what the platform must still show."""
    undo = execution.purpose == "undo"
    return {
        "type": "action.undo" if undo else "action.do",
        **_about(execution),
        "action": _action(execution.action),
        **({"only_if": {"value": _exactly(execution.action.previous, execution.action)}} if undo else {}),
        "approved_by": execution.by,
        "approved_at": execution.created_at.astimezone(UTC).isoformat(timespec="seconds"),
    }


def question(execution: Execution) -> Order:
    """Ask what became of an order, and what the platform shows now."""
    return {"type": "action.lookup", **_about(execution), "field": execution.action.field}


def canonical(told: Order) -> bytes:
    """Write an order as the one JSON text that it has."""
    return _written(told).encode()


def in_units(amount: Decimal, action: SetSpend) -> Decimal:
    """Round an amount to what its currency can say, as it stood on the card."""
    return amount.quantize(smallest_unit(action.currency), ROUND_HALF_UP)


def _about(execution: Execution) -> Order:
    told = {
        "idempotency_key": execution.key,
        "recommendation_id": execution.recommendation,
        "workflow": execution.workflow,
        "platform": execution.platform,
        "account": execution.account,
        "campaign_id": execution.campaign_id,
    }
    return {name: value for name, value in told.items() if value is not None}


def _action(action: SetSpend) -> Order:
    told = action.model_dump(exclude={"previous", "to"}, exclude_none=True)
    return told | {"previous": _exactly(action.previous, action), "to": _exactly(action.to, action)}


def _exactly(amount: Decimal, action: SetSpend) -> Decimal:
    """With the currency's decimals; with all that it has where a platform told us a finer one."""
    rounded = in_units(amount, action)
    return rounded if rounded == amount else amount


def _written(value: Any) -> str:
    if isinstance(value, Mapping):
        return "{" + ",".join(f"{json.dumps(name)}:{_written(value[name])}" for name in sorted(value)) + "}"
    return f"{value:f}" if isinstance(value, Decimal) else json.dumps(value)
