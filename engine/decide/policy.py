"""Who may decide. It fails closed: whoever is not surely an approver is refused."""

from collections.abc import Sequence

from engine.models.answer import Person


def refusal(person: Person, approvers: Sequence[str]) -> str | None:
    """Say why this person may not decide, for the ledger; ``None`` when they may."""
    if not approvers:
        return "no approver is named"
    return unfit(person) or (None if person.id in approvers else "is not an approver")


def setting_refusal(person: Person, approvers: Sequence[str]) -> str | None:
    """Say why this person may not change settings; while nobody is named, a workspace admin may."""
    if approvers:
        return refusal(person, approvers)
    return unfit(person) or (None if person.is_admin else "no approver is named, and is no workspace admin")


def unfit(person: Person) -> str | None:
    """Say why this person can never be an approver; ``None`` when they can."""
    reasons = {
        "could not be looked up": not person.is_known,
        "is a bot": person.is_bot,
        "is deactivated": person.is_deactivated,
        "is a guest": person.is_guest,
        "belongs to another workspace": person.is_foreign,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def stranger(person: Person) -> str | None:
    """Say why this person may not hand figures in; ``None`` when they may, as guests may."""
    reasons = {
        "could not be looked up": not person.is_known,
        "is a bot": person.is_bot,
        "is deactivated": person.is_deactivated,
        "belongs to another workspace": person.is_foreign,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)
