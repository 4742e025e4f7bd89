"""Who may decide. It fails closed: whoever is not surely an approver is refused."""

from collections.abc import Sequence

from engine.models.answer import Person


def refusal(person: Person, approvers: Sequence[str]) -> str | None:
    """Say why this person may not decide, for the ledger; ``None`` when they may."""
    if not approvers:
        return "no approver is named"
    reasons = {
        "could not be looked up": not person.is_known,
        "is a bot": person.is_bot,
        "is deactivated": person.is_deactivated,
        "is a guest": person.is_guest,
        "belongs to another workspace": person.is_foreign,
        "is not an approver": person.id not in approvers,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)
