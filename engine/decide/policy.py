"""Who may decide, and who may take part in what. It fails closed: whoever is in doubt is refused."""

from collections.abc import Mapping, Sequence

from engine.errors import AskedForIt
from engine.models.answer import Act, Person
from engine.models.preference import Preferences
from engine.models.recommendation import Proposal, Recommendation

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
    "calendar": False,
}


def refusal(person: Person, approvers: Sequence[str]) -> str | None:
    """Say why this person may not decide, for the ledger; ``None`` when they may."""
    if not approvers:
        return "no approver is named"
    return unfit(person) or (None if person.id in approvers else "is not an approver")


def approvers_for(preferences: Preferences, channel: str | None) -> tuple[str, ...]:
    """Say who may decide what belongs to a channel; ``None`` for what was never shown in any.

    A channel with approvers of its own has those alone, also where that leaves nobody; every other one
    has the team's. An empty answer means that nobody may.
    """
    own = [each.approvers for each in preferences.channel_approvers if each.channel == channel]
    if not own:
        return preferences.approvers
    return tuple(person for person in own[0] if all(person in each for each in own))


def needs_two(preferences: Preferences, proposal: Proposal) -> bool:
    """Say whether two approvers must agree: more is at risk than one may decide about.

    Where such an amount is set at all, a proposal of which it is not known to be below it needs two: an
    unknown worst case, an unknown currency, a currency for which no amount is set.
    """
    if not preferences.two_above.of:
        return False
    worst = proposal.worst_case
    limit = preferences.two_above.in_currency(worst.currency) if worst else None
    return worst is None or limit is None or worst.amount > limit


def requester_refusal(person: Person, recommendation: Recommendation, *, two: bool) -> str | None:
    """Say why whoever asked for a card may not approve it; ``None`` for everybody else.

    Up to the amount above which two must agree, an approver who asked may approve.
    """
    return "asked for it, and two others must agree" if two and person.id == recommendation.asked_by else None


def check_requester(
    person: Person,
    recommendation: Recommendation,
    proposal: Proposal,
    preferences: Preferences,
    *,
    channel: str | None,
) -> None:
    """Raise ``AskedForIt`` where ``requester_refusal`` has a reason, with the amounts that it rests on.

    ``proposal`` is what is to be approved: the recommendation's own, or as it was edited.
    """
    why = requester_refusal(person, recommendation, two=needs_two(preferences, proposal))
    if why is None:
        return
    worst = proposal.worst_case
    raise AskedForIt(
        approvers_for(preferences, channel),
        why,
        amount=worst.amount if worst else None,
        limit=preferences.two_above.in_currency(worst.currency) if worst else None,
        currency=worst.currency if worst else None,
    )


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
