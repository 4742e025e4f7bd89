"""The one place where something that went wrong becomes words for the person who asked."""

import logging
import secrets
from collections.abc import Sequence

from slack_sdk.errors import SlackApiError

from bot.blocks import notices
from bot.blocks.kit import Message
from bot.desk import Desk, user_of
from bot.slack import UNREACHABLE
from engine.errors import AlreadyDecided, ChangedSince, EngineError, StaleEvidence
from engine.models.delivery import Delivery

log = logging.getLogger(__name__)

FOR = {"files:read": "read the file", "files:write": "show pictures and refused rows"}


def apologise(problem: Exception, delivery: Delivery, desk: Desk) -> None:
    """Tell the person what was refused or what failed; never raises."""
    try:
        desk.tell(delivery, _message(problem, delivery, desk))
    except Exception:  # also a memory that is busy: whoever apologises has nobody to turn to
        log.exception("even the apology for %s could not be delivered", delivery.key)


def _message(problem: Exception, delivery: Delivery, desk: Desk) -> Message:
    words = desk.voice.marked
    if isinstance(problem, AlreadyDecided | StaleEvidence):
        current = problem.recommendation
        return notices.old_button(current, words, desk.link_of(current.superseded_by or current.id))
    if isinstance(problem, ChangedSince):
        return notices.changed_since(desk.link_of(problem.recommendation.id))
    if isinstance(problem, EngineError):
        return notices.refusal(problem, words)
    if isinstance(problem, SlackApiError):
        known = _slack_refusal(problem, delivery)
        if known:
            return known
    case = secrets.token_hex(3)
    log.error("case %s: %s of %s failed", case, delivery.name, delivery.key, exc_info=problem)
    _write_down(case, problem, delivery, desk)
    done = _done(case, delivery, desk)
    return notices.own_failure(case, owner_knows=_told_owner(case, problem, delivery, desk), done=done)


def _done(case: str, delivery: Delivery, desk: Desk) -> Sequence[str]:
    """What this person's click did before it failed: then it would not be true that nothing was changed."""
    try:
        return desk.engine.done_by(user_of(delivery.payload), since=delivery.received_at)
    except Exception:  # a memory that cannot be read may be what failed
        log.exception("case %s: what was done before cannot be told", case)
        return ()


def _write_down(case: str, problem: Exception, delivery: Delivery, desk: Desk) -> None:
    """The ledger has the case and the kind of error; what the error says may hold anything."""
    try:
        desk.engine.note_failure(
            case, what=delivery.name, person=user_of(delivery.payload), error=type(problem).__name__
        )
    except Exception:  # a memory that cannot be written to may be what failed
        log.exception("case %s is not in the ledger", case)


def _told_owner(case: str, problem: Exception, delivery: Delivery, desk: Desk) -> bool:
    """Send the first approver a direct message, once; False where there is none, or it did not arrive."""
    if not desk.engine.approvers:
        return False
    message = notices.failure_report(
        case, delivery.name, user_of(delivery.payload), type(problem).__name__, desk.voice.marked
    )
    try:
        desk.client.chat_postMessage(
            channel=desk.engine.approvers[0], text=message.text, blocks=message.blocks
        )
    except (SlackApiError, *UNREACHABLE):
        log.exception("case %s: the owner could not be told", case)
        return False
    return True


def _slack_refusal(problem: SlackApiError, delivery: Delivery) -> Message | None:
    code = str(problem.response.get("error"))
    if code in {"not_in_channel", "channel_not_found"}:
        return notices.not_posted(code, delivery.name)
    if code == "missing_scope":
        needed = str(problem.response.get("needed") or "a scope")
        return notices.missing_scope(needed, FOR.get(needed, "do this"))
    if code == "expired_trigger_id":
        return notices.said("Slack gave me too little time to open the window. Please press again.")
    return None
