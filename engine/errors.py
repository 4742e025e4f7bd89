"""Everything that Marko refuses, as a tree; each knows its words in the user's terms.

EngineError
├── Refused              input that breaks rules; all faults at once
├── UnknownCampaign      no campaign of that name; the nearest are named
├── AmbiguousCampaign    the name fits several campaigns
├── UnknownRecommendation
├── UnknownSignal        no weight of that name; the nearest are named
├── UnknownLearning      no pattern of that key
├── MayNotDecide         the person is no approver
├── MayNotHandIn         figures come from people of the workspace
├── NotForStrangers      whoever is not of the workspace, or may not be, takes part in nothing
├── NotForGuests         guests see what stands in their channels
├── MayNotEnd            somebody else ordered this digest
├── MayNotTakeBack       somebody else doubted this learning
├── AlreadyDecided       an old button; nothing was changed
├── StaleEvidence        the figures changed since the card was drawn
├── RunOut               the proposal's day is past
├── OverLimit            the proposal moves more than approvers allow now
├── UnfitApprover        somebody who can never decide cannot be named
├── LastApprover         without this person nobody could decide
└── StoreTrouble         the memory cannot be used: locked by another bot, damaged, too new
"""

from dataclasses import dataclass

from engine.models.recommendation import Recommendation


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


class StaleEvidence(EngineError):
    def __init__(self, recommendation: Recommendation) -> None:
        self.recommendation = recommendation
        super().__init__("The figures changed. Please look again.")


class RunOut(EngineError):
    """A proposal is good until the day by which its result was expected."""

    def __init__(self, recommendation: Recommendation) -> None:
        self.recommendation = recommendation
        name = recommendation.analysis.retrospective.name
        super().__init__(
            f"This proposal is too old to approve. Type /analyze {name} for a new one. "
            "Your click changed nothing."
        )


class OverLimit(EngineError):
    """The limit was lowered since the proposal was made; ``change`` and ``limit`` are relative."""

    def __init__(self, name: str, change: float, limit: float) -> None:
        self.name = name
        self.change = change
        self.limit = limit
        super().__init__(f"{change:+.0%} is over your limit of {limit:.0%}. Your click changed nothing.")


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
