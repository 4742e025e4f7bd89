"""Everything that Marko refuses, as a tree; each knows its words in the user's terms.

EngineError
├── Refused              input that breaks rules; all faults at once
├── UnknownCampaign      no campaign of that name; the nearest are named
├── AmbiguousCampaign    the name fits several campaigns
├── UnknownRecommendation
├── UnknownSignal        no weight of that name; the nearest are named
├── MayNotDecide         the person is no approver
├── AlreadyDecided       an old button; nothing was changed
├── StaleEvidence        the figures changed since the card was drawn
├── RunOut               the proposal's day is past
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
    def __init__(self, asked: str, candidates: list[str]) -> None:
        self.asked = asked
        self.candidates = candidates
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


class MayNotDecide(EngineError):
    """``approvers`` are Slack user ids; empty when nobody is named yet."""

    def __init__(self, approvers: tuple[str, ...], why: str) -> None:
        self.approvers = approvers
        self.why = why
        super().__init__(why)


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


class StoreTrouble(EngineError):
    """The memory cannot be opened or used; the message says why and what to do."""
