"""Who may decide, and who may take part in what. It fails closed: whoever is in doubt is refused."""

from collections.abc import Mapping, Sequence

from engine.models.answer import Act, Person

# A guest of the workspace takes part in what stands in the channels they are in; what reads across campaigns,
# or changes what others get, is for members.
GUESTS_MAY: Mapping[Act, bool] = {
    "look": True,  # More, a card's menu, reminders, help
    "analyze": True,
    "hand_in": True,  # a forecast, an order value, a file
    "vote": True,
    "ask": False,
    "read": False,  # learnings, lists
    "digest": False,  # now, weekly, off, preview
    "doubt": False,
}


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
    return stranger(person) or ("is a guest" if person.is_guest else None)


def stranger(person: Person) -> str | None:
    """Say why this person takes part in nothing; ``None`` for guests and members of the workspace."""
    reasons = {
        "could not be looked up": not person.is_known,
        "is a bot": person.is_bot,
        "is deactivated": person.is_deactivated,
        "belongs to another workspace": person.is_foreign,
    }
    return next((reason for reason, holds in reasons.items() if holds), None)


def closed_to(person: Person, act: Act) -> bool:
    """Say whether this is kept from a person because they are a guest."""
    return person.is_guest and not GUESTS_MAY[act]
