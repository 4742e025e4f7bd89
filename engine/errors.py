"""Everything that Marko refuses, as a tree; each knows its words in the user's terms.

EngineError
├── Refused              input that breaks rules; all faults at once
├── UnknownCampaign      no campaign of that name; the nearest are named
├── AmbiguousCampaign    the name fits several campaigns
├── UnknownRecommendation
├── UnknownSignal        no weight of that name; the nearest are named
├── UnknownLearning      no pattern of that key
├── UnknownEvent         nothing on the calendar is called so any more
├── MayNotDecide         the person is no approver
│   └── AskedForIt       above an amount two others than the requester must agree
├── MayNotAudit          the audit is for approvers and admins
├── MayNotHandIn         figures come from people of the workspace
├── NotForStrangers      whoever is not of the workspace, or may not be, takes part in nothing
├── NotForGuests         guests see what stands in their channels
├── MayNotEnd            somebody else ordered this digest
├── MayNotTakeBack       somebody else doubted this learning
├── AlreadyDecided       an old button; nothing was changed
├── AnsweredAlready      somebody else was quicker to say what an import holds
├── StaleEvidence        the figures changed since the card was drawn
├── ChangedSince         what the pressed card showed is not what the record says now
├── ApprovedAlready      two must agree, and this person did
├── UnderWay             a change of the same campaign is on its way, or nobody knows what became of it
├── CannotUndo           nothing tells what was there before, or it was tried
├── UnfitChange          an edit that changes nothing, turns the direction, or is out of reach
├── UnfitTime            a moment to which nothing can be put off
├── RunOut               the proposal expired
├── OnHold               money would be moved on figures that are too old
├── OverLimit            the proposal moves more than approvers allow now
├── OverSpendLimit       it would set the spend to more than approvers allow
├── TooManyToday         as many changes as approvers allow on one day were approved
├── Frozen               days on which approvers want nothing changed
├── TooOften             as many analyses or questions as fit into a minute
├── MayNotSettle         who asked for a message, or an approver, says what became of it
├── SettledAlready       nothing is stuck any more
├── UnfitApprover        somebody who can never decide cannot be named
├── LastApprover         without this person nobody could decide
└── StoreTrouble         the memory cannot be used: locked by another bot, damaged, too new
"""

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal

from engine.models.action import SetSpend
from engine.models.recommendation import Recommendation, Verb


class EngineError(Exception):
    """A refusal that a person can read."""


@dataclass(frozen=True)
class Fault:
    """One broken rule: which field, what value it had, which rule; the line where a file has one."""

    field: str
    value: str
    rule: str
    line: int | None = None

    def __str__(self) -> str:
        where = f"Line {self.line}, {self.field}" if self.line else self.field
        return f'{where}: {self.value} breaks the rule "{self.rule}".'


class Refused(EngineError):
    """Input that breaks rules. Nothing was stored."""

    def __init__(self, faults: list[Fault], source: str | None = None) -> None:
        self.faults = faults
        self.source = source
        opening = [f"Nothing taken from {source}."] if source else []
        super().__init__("\n".join([*opening, *map(str, faults), "Nothing was stored."]))


class UnknownCampaign(EngineError):
    def __init__(self, asked: str, nearest: list[str]) -> None:
        self.asked = asked
        self.nearest = nearest
        hint = f" Nearest: {', '.join(nearest)}." if nearest else ""
        super().__init__(f"I know no campaign {asked}.{hint}")


class AmbiguousCampaign(EngineError):
    """``candidates`` are keys; ``names`` says each as people do, with its platform where names are equal."""

    def __init__(self, asked: str, candidates: list[str], names: list[str] | None = None) -> None:
        self.asked = asked
        self.candidates = candidates
        self.names = names or candidates
        super().__init__(f"{asked} fits {len(candidates)} campaigns: {', '.join(candidates)}.")


class UnknownRecommendation(EngineError):
    def __init__(self, identifier: str) -> None:
        super().__init__(f"I know no recommendation {identifier}.")


class UnknownSignal(EngineError):
    def __init__(self, asked: str, nearest: list[str]) -> None:
        self.asked = asked
        self.nearest = nearest
        hint = f" Nearest: {', '.join(nearest)}." if nearest else ""
        super().__init__(f"I know no signal {asked}.{hint}")


class UnknownLearning(EngineError):
    """``asked`` is a pattern's key, out of an old message."""

    def __init__(self, asked: str) -> None:
        self.asked = asked
        super().__init__("This learning is gone: nothing that is remembered shows it now.")


class MayNotDecide(EngineError):
    """``approvers`` are Slack user ids; empty when nobody is named yet.

    ``lacks`` is the scope without which nobody could be looked up.
    """

    def __init__(self, approvers: tuple[str, ...], why: str, *, lacks: str = "") -> None:
        self.approvers = approvers
        self.why = why
        self.lacks = lacks
        super().__init__(why)


class AskedForIt(MayNotDecide):
    """``amount`` is the worst case, ``limit`` what one may decide about; ``None`` where it is not known."""

    def __init__(
        self,
        approvers: tuple[str, ...],
        why: str,
        *,
        amount: Decimal | None,
        limit: Decimal | None,
        currency: str | None,
    ) -> None:
        super().__init__(approvers, why)
        self.amount = amount
        self.limit = limit
        self.currency = currency


class MayNotAudit(EngineError):
    """``approvers`` are Slack user ids; ``lacks`` is the scope without which nobody could be looked up."""

    def __init__(self, approvers: tuple[str, ...], why: str, *, lacks: str = "") -> None:
        self.approvers = approvers
        self.why = why
        self.lacks = lacks
        super().__init__("Only approvers and workspace admins can read the audit. Nothing was changed.")


class UnknownEvent(EngineError):
    def __init__(self, asked: str, named: list[str]) -> None:
        self.asked = asked
        hint = f" There are: {', '.join(named[:10])}." if named else ""
        super().__init__(f"The calendar has no single event {asked}.{hint} Nothing was changed.")


class MayNotHandIn(EngineError):
    """``why`` says what the person is, such as "belongs to another workspace"."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(
            f"I take figures from people of this workspace; whoever sent these {why}. Nothing was stored."
        )


def not_looked_up(lacks: str) -> str:
    """Say that everybody is a stranger while Slack lets nobody be looked up."""
    return f"I cannot look you up: I lack {lacks}. An admin can add it and reinstall. Nothing was changed."


class NotForStrangers(EngineError):
    """``why`` says what the person is, such as "belongs to another workspace"."""

    def __init__(self, why: str, *, is_known: bool, lacks: str = "") -> None:
        self.why = why
        self.lacks = lacks
        super().__init__(
            not_looked_up(lacks)
            if lacks
            else "I work for the people of this workspace alone. Nothing was changed."
            if is_known
            else "Slack did not tell me who you are, so I did nothing. Please try again in a minute."
        )


class NotForGuests(EngineError):
    def __init__(self) -> None:
        super().__init__("Guests see what stands in their channels. Ask an approver to add you.")


class MayNotEnd(EngineError):
    """``ordered_by`` and ``approvers`` are Slack user ids: those who can end this order."""

    def __init__(self, ordered_by: str, approvers: tuple[str, ...]) -> None:
        self.ordered_by = ordered_by
        self.approvers = approvers
        super().__init__("Only whoever ordered this digest, or an approver, can end it. Nothing was changed.")


class MayNotTakeBack(EngineError):
    """``doubted_by`` and ``approvers`` are Slack user ids: those who can take a doubt back."""

    def __init__(self, doubted_by: tuple[str, ...], approvers: tuple[str, ...]) -> None:
        self.doubted_by = doubted_by
        self.approvers = approvers
        super().__init__("Only whoever doubted this, or an approver, can take it back. Nothing was changed.")


class AlreadyDecided(EngineError):
    def __init__(self, recommendation: Recommendation) -> None:
        self.recommendation = recommendation
        super().__init__(f"This was {recommendation.status} already.")


class AnsweredAlready(EngineError):
    """What a button of an import asked was answered before, perhaps otherwise."""

    def __init__(self) -> None:
        super().__init__("That was answered already; the card shows how. Your click changed nothing.")


class StaleEvidence(EngineError):
    def __init__(self, recommendation: Recommendation) -> None:
        self.recommendation = recommendation
        super().__init__("The figures changed. Please look again.")


class ChangedSince(EngineError):
    """The button stood on a card that showed other figures; every card of it is on its way to be redrawn."""

    def __init__(self, recommendation: Recommendation) -> None:
        self.recommendation = recommendation
        super().__init__("The figures changed. Please look again.")


class ApprovedAlready(EngineError):
    def __init__(self, recommendation: Recommendation) -> None:
        self.recommendation = recommendation
        super().__init__("You have approved already. Another approver must agree.")


class UnderWay(EngineError):
    """``other`` is the id of the recommendation whose fate is open; ``status`` what is known of it."""

    def __init__(self, recommendation: Recommendation, other: str, status: str) -> None:
        self.recommendation = recommendation
        self.other = other
        self.status = status
        name = recommendation.analysis.retrospective.name
        fate = (
            f"Nobody knows yet whether the last change of {name} arrived. Settle that on its card first."
            if status == "unknown"
            else f"The last change of {name} is still on its way. Wait for its receipt first."
        )
        super().__init__(f"{fate} Your click changed nothing.")


class CannotUndo(EngineError):
    def __init__(self, recommendation: Recommendation, why: str) -> None:
        self.recommendation = recommendation
        self.why = why
        super().__init__(f"I cannot undo this: {why}. Your click changed nothing.")


class UnfitChange(EngineError):
    """``why`` is a sentence that says what to do instead."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(f"{why} Nothing was changed.")


class UnfitTime(EngineError):
    """``days`` is the most by which something can be put off."""

    def __init__(self, days: int) -> None:
        self.days = days
        super().__init__(f"Choose a moment within the next {days} days. Nothing was changed.")


class RunOut(EngineError):
    """A proposal can be decided until it expires; ``verb`` is what somebody wanted to do with it."""

    def __init__(self, recommendation: Recommendation, verb: Verb = "approve") -> None:
        self.recommendation = recommendation
        name = recommendation.analysis.retrospective.name
        super().__init__(
            f"This proposal expired: it is too old to {verb}. Type /analyze {name} for a new one. "
            "Your click changed nothing."
        )


class OnHold(EngineError):
    """``days`` is how old the figures are, ``limit`` how old they may be for money to be moved on them."""

    def __init__(self, recommendation: Recommendation, days: int, limit: int) -> None:
        self.recommendation = recommendation
        self.days = days
        self.limit = limit
        super().__init__(
            f"These figures are {days} days old; on figures older than {limit} days nothing is approved. "
            "Hand in newer figures, or ask /analyze again. Your click changed nothing."
        )


class OverLimit(EngineError):
    """The limit was lowered since the proposal was made; ``change`` and ``limit`` are relative."""

    def __init__(self, name: str, change: float, limit: float) -> None:
        self.name = name
        self.change = change
        self.limit = limit
        super().__init__(
            f"{change:+.1%} is over your limit of {limit:.0%}. Edit it to {limit:.0%} or less. "
            "Your click changed nothing."
        )


class OverSpendLimit(EngineError):
    """``limit`` is ``None`` where limits are set, but none in the currency of ``action``."""

    def __init__(self, name: str, action: SetSpend, limit: Decimal | None) -> None:
        self.name = name
        self.action = action
        self.limit = limit
        currency = action.currency or "an unknown currency"
        over = (
            f"{action.field} of {action.to:f} {currency} is over your limit of {limit:f}. "
            f"Edit it to {limit:f} or less."
            if limit is not None
            else f"No spend limit is set in {currency}, so spend in it is not raised. "
            "Set one: /marko settings."
        )
        super().__init__(f"{over[0].upper()}{over[1:]} Your click changed nothing.")


class TooManyToday(EngineError):
    """``number`` is which change of the day this would have been; ``zone`` whose midnight counts."""

    def __init__(self, number: int, limit: int, zone: str) -> None:
        self.number = number
        self.limit = limit
        self.zone = zone
        super().__init__(
            f"That would be change {number} today; your limit is {limit}. "
            f"It counts anew at midnight, {zone}. Your click changed nothing."
        )


class Frozen(EngineError):
    """``first`` and ``last`` are the days of the freeze, both included."""

    def __init__(self, first: date, last: date) -> None:
        self.first = first
        self.last = last
        super().__init__(
            f"Frozen from {first} to {last}; from {self.thaw} on it can be approved. "
            "Your click changed nothing."
        )

    @property
    def thaw(self) -> date:
        """The first day on which something may be changed again."""
        return self.last + timedelta(days=1)


class UnfitApprover(EngineError):
    """``people`` maps each Slack id that was to be named to why it cannot be."""

    def __init__(self, people: dict[str, str]) -> None:
        self.people = people
        told = ", ".join(f"{person} {why}" for person, why in people.items())
        super().__init__(f"No approver: {told}. Nothing was changed.")


class LastApprover(EngineError):
    def __init__(self) -> None:
        super().__init__("Somebody has to be able to decide. Name another approver first.")


class StoreTrouble(EngineError):
    """The memory cannot be opened or used; the message says why and what to do."""


class TooOften(EngineError):
    """``what`` names what was asked for, in the plural; ``wait_s`` is when the next is taken."""

    def __init__(self, count: int, what: str, wait_s: int) -> None:
        self.wait_s = wait_s
        super().__init__(f"That was {count} {what} in a minute. Again in {wait_s} s.")


class MayNotSettle(EngineError):
    def __init__(self) -> None:
        super().__init__(
            "Only whoever asked for it, or an approver, can say this. Your click changed nothing."
        )


class SettledAlready(EngineError):
    def __init__(self) -> None:
        super().__init__("Nothing waits here any more. Your click changed nothing.")


class UnknownImport(EngineError):
    def __init__(self, identifier: str) -> None:
        super().__init__(f"I know no import {identifier}.")


class UndoLaterFirst(EngineError):
    """Days of an import were replaced by a later one: ``later`` and ``file`` name it."""

    def __init__(self, later: str, file: str) -> None:
        self.later = later
        self.file = file
        super().__init__(f"{file} replaced days of it since. Undo that import first. Nothing was changed.")
