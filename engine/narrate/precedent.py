"""What was done with a similar campaign, what came of it, and why it is similar: one line each."""

from collections.abc import Iterable

from engine.models.action import SetSpend
from engine.models.pattern import SimilarCampaign
from engine.models.recommendation import Recommendation, Status
from engine.narrate.formats import listed
from engine.narrate.sentences import REASONS
from engine.narrate.words import Words

NOTHING = "nothing decided"
UNDECIDED: frozenset[Status] = frozenset({"proposed", "snoozed", "noted", "expired", "withdrawn"})
OPEN_ENDED: dict[Status, str] = {
    "undone": "carried out, then undone",
    "unknown": "approved, it is not known whether it arrived",
    "failed": "approved, then refused by the platform",
}
MOST_REASONS = 4
FACETS = ("platform", "objective", "audience", "creative type", "words")  # what two campaigns may share


def done(recommendations: Iterable[Recommendation], words: Words) -> str:
    """Say the newest decision on a campaign, or that there is none."""
    decided = [each for each in recommendations if _was_decided(each)]
    if not decided:
        return NOTHING
    newest = max(decided, key=lambda each: (each.decisions[-1].at, each.id))
    last, moved = newest.decisions[-1], _moved(newest, words)
    if last.verb == "reject":
        return f"rejected: {moved} ({REASONS[last.reason or 'other']})"
    if last.verb == "drop":
        return f"approved, then dropped: {moved}"
    if newest.status in OPEN_ENDED:
        return f"{OPEN_ENDED[newest.status]}: {moved}"
    is_done = last.verb == "done" or newest.status == "executed"
    return _carried_out(newest, words) if is_done else f"approved: {moved}"


def came_of_it(similar: SimilarCampaign, words: Words) -> str:
    """Say the measured outcome; where nothing was measured, how the campaign itself stood.

    What stood before a decision never came of it, and must not read as if it did.
    """
    change = "" if similar.delta_pct is None else f"CPA {words.formats.change(similar.delta_pct)}, "
    stood = f"{change}{similar.verdict}"
    if similar.outcome:
        return f"{similar.outcome}; {stood}"
    return stood if similar.done in {None, NOTHING} else f"not measured yet; before it {stood}"


def similar_line(similar: SimilarCampaign, words: Words) -> str:
    """S22's lines: the campaign, what was done, what came of it, and what is the same."""
    parts = [part for part in (similar.done, came_of_it(similar, words)) if part]
    same = "; ".join(words.style.name(each) for each in similar.why)
    reason = f" (same: {same})" if same else ""
    return f"{words.style.name(similar.name)}: {' → '.join(parts)}{reason}"


def why_similar(similar: SimilarCampaign, words: Words) -> str:
    """Say what a campaign shares with the one in question; names out of files are marked as such."""
    shared: dict[str, list[str]] = {}
    for each in similar.why[:MOST_REASONS]:
        facet = next((facet for facet in FACETS if each.startswith(f"{facet} ")), each)
        name = each.removeprefix(facet).strip()
        shared.setdefault(facet, []).extend([words.style.name(name)] if name else [])
    told = ", ".join(f"{facet} {listed(names)}".strip() for facet, names in shared.items())
    more = len(similar.why) - MOST_REASONS
    return f"{words.style.name(similar.name)}: same {told}{f' and {more} more' if more > 0 else ''}."


def _was_decided(recommendation: Recommendation) -> bool:
    """A proposal that was put off, or that one of two approved, is not decided."""
    last = recommendation.last_decision
    return last is not None and last.verb not in {"snooze", "wake"} and recommendation.status not in UNDECIDED


def _moved(recommendation: Recommendation, words: Words) -> str:
    action = recommendation.decided_action
    return (
        f"{action.field} {words.formats.change(action.change * 100)}"
        if isinstance(action, SetSpend)
        else "no change"
    )


def _carried_out(recommendation: Recommendation, words: Words) -> str:
    action = recommendation.decided_action
    if not isinstance(action, SetSpend):
        return NOTHING
    verb = "raised" if action.change > 0 else "lowered"
    return f"{verb} the {action.field} {words.formats.change(action.change * 100)}"
