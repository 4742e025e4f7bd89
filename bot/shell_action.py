"""A dry run: the very request that approving would send, and nothing is sent."""

import json
from datetime import UTC, datetime
from typing import Any, NamedTuple

from bot.receivers import Receiver, Receivers
from bot.webhooks import Request, order_request
from engine.decide.carry import begun
from engine.errors import CannotUndo, UnfitChange
from engine.models.action import SetSpend
from engine.models.execution import Execution
from engine.models.recommendation import Recommendation
from engine.narrate.words import Words

WHOEVER = "whoever-approves"


class DryRun(NamedTuple):
    """What would be sent, and where; ``receiver`` is ``None`` where it is carried out by hand."""

    execution: Execution
    request: Request
    receiver: Receiver | None
    was_begun: bool


def dry_run(found: Recommendation, receivers: Receivers, *, undo: bool, now: datetime) -> DryRun:
    """Make what approving, or undoing, sends. Raises ``UnfitChange`` or ``CannotUndo`` where nothing is."""
    kept = found.undoing if undo else found.execution
    execution = kept or (_way_back(found, now) if undo else _change(found, now))
    request = order_request(execution, now=datetime.now(UTC))
    return DryRun(execution, request, receivers.of.get(execution.workflow), kept is not None)


def action_text(run: DryRun, words: Words) -> str:
    """The address, the headers and the body as they go out; before and after in words."""
    action, f = run.execution.action, words.formats
    before, after = f.money(action.previous, action.currency, code=False), f.money(action.to, action.currency)
    change = f.change(action.change * 100) if action.previous else ""
    lines = [
        _opening(run),
        f"{run.execution.campaign_id}, {action.field}: {before} → {after}{f' ({change})' if change else ''}",
    ]
    if run.receiver:
        lines += ["", f"POST {run.receiver.action.shown}"]
        lines += [f"{name}: {value}" for name, value in run.request.headers.items()]
        lines += ["webhook-signature: made when it is sent", "", run.request.body.decode(), ""]
        lines.append(_read_back(run.receiver))
    return "\n".join(lines)


def action_json(run: DryRun) -> dict[str, Any]:
    """{"sent", "connected", "url", "lookup_url", "headers", "body", "body_text", "before", "after", …}.

    ``body_text`` is byte for byte what is sent; ``before`` and ``after`` are amounts as text.
    """
    action, receiver = run.execution.action, run.receiver
    return {
        "sent": False,
        "connected": receiver is not None,
        "method": "POST",
        "url": receiver.action.shown if receiver else None,
        "lookup_url": receiver.lookup.shown if receiver and receiver.lookup else None,
        "headers": run.request.headers,
        "body": json.loads(run.request.body),
        "body_text": run.request.body.decode(),
        "field": action.field,
        "before": f"{action.previous:f}",
        "after": f"{action.to:f}",
        "currency": action.currency,
    }


def _change(found: Recommendation, now: datetime) -> Execution:
    action = found.decided_action
    if not isinstance(action, SetSpend):
        raise UnfitChange(f"{found.id} changes nothing, so there is nothing to send.")
    return begun(found, action, purpose="do", by=WHOEVER, at=now)


def _way_back(found: Recommendation, now: datetime) -> Execution:
    back = found.execution.way_back if found.execution else None
    if back is None:
        raise CannotUndo(found, "no receipt tells what was there before")
    return begun(found, back, purpose="undo", by=WHOEVER, at=now)


def _opening(run: DryRun) -> str:
    deed = "Undoing" if run.execution.purpose == "undo" else "Approving"
    if run.receiver is None:
        return f"Nothing was sent. {run.execution.workflow} is not connected: it is carried out by hand."
    if run.was_begun:
        return "Nothing was sent now. This is what every try of it sends:"
    return f"Nothing was sent. {deed} it sends this; who approved and when are filled in then:"


def _read_back(receiver: Receiver) -> str:
    if receiver.lookup is None:
        return "No look-up is set: what is not answered will be unknown, for a person to say."
    return f"Then it is read back from {receiver.lookup.shown}."
