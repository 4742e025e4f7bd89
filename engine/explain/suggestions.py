"""What to try with creatives, each resting on something measured: without a finding there is no
suggestion."""

from collections.abc import Mapping, Sequence

from engine.explain.vocabulary import stem
from engine.models.creatives_study import CreativeFinding, CreativeSuggestion, SuggestionKind

KINDS: Mapping[str, SuggestionKind] = {"fatigue": "refresh", "best group": "more like"}

# Words that promise what has to be proven, or that ad platforms refuse; by their stems.
CLAIMS = frozenset(
    stem(each)
    for each in (
        "best", "cheapest", "cure", "cures", "doctor", "fastest", "free", "guarantee", "guaranteed", "heal",
        "instant", "instantly", "miracle", "never", "number", "perfect", "proven", "riskless", "safe",
        "safest", "scientific", "unlimited", "winner", "winning",
    )
)  # fmt: skip


def suggestions(
    findings: Sequence[CreativeFinding], leading: tuple[str, ...]
) -> tuple[CreativeSuggestion, ...]:
    """Give each finding its suggestion; ``leading`` are the words of the group that leads, where one does."""
    return tuple(
        CreativeSuggestion(
            id=f"try:{each.id}",
            finding=each.id,
            kind=KINDS[each.kind],
            subject=each.subject,
            campaign=each.campaign,
            terms=leading,
            claims=claims(leading),
        )
        for each in findings
    )


def claims(words: Sequence[str]) -> tuple[str, ...]:
    """Which of these words need proof before anybody prints them."""
    return tuple(each for each in words if stem(each.casefold()) in CLAIMS)
