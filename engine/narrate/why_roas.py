"""Why the ROAS moved, where it drives the verdict: S14 of its own parts."""

from engine.models.recommendation import Analysis
from engine.narrate.forty import say
from engine.narrate.words import Words

SMALLEST_SHARE, LARGEST_SHARES = 0.03, 3.0
PARTS = {
    "cpm": ("impressions cheaper", "impressions dearer"),
    "ctr": ("clicks came easier", "clicks came harder"),
    "cvr": ("conversion", "conversion"),
    "aov": ("order value", "order value"),
}


def why_roas(analysis: Analysis, words: Words) -> str | None:
    """S14: the shares of the ROAS's change, largest first, what worked against it last.

    Large parts that all but cancel each other are told without shares.
    """
    comparison = analysis.comparison
    split, lead = comparison.roas_decomposition, comparison.metrics["roas"]
    if split is None or lead.delta_pct is None:
        return None
    if "counting_doubted" in comparison.flags or analysis.is_unjudged:
        return None
    amounts = {"cpm": split.cpm, "ctr": split.ctr, "cvr": split.cvr, "aov": split.aov}
    shares = {part: amount / (split.after - split.before) for part, amount in amounts.items()}
    undone = sum(share for share in shares.values() if share > 0) > LARGEST_SHARES
    parts: list[str] = []
    against: list[str] = []
    for part in sorted(shares, key=lambda each: -abs(shares[each])):
        if abs(shares[part]) < SMALLEST_SHARE:
            continue
        share = "" if undone else f" {words.formats.percent(abs(shares[part]) * 100)}"
        said = f"{PARTS[part][0 if amounts[part] > 0 else 1]}{share}{_noise(part, analysis)}"
        (parts if shares[part] > 0 else against).append(said)
    verb = "rose" if split.after > split.before else "fell"
    opposed = "against it, undoing most of that" if undone else "against it"
    tail = f"; {opposed}: {', '.join(against)}" if against else ""
    return say("S14", split, lead.delta_pct, kpi="ROAS", verb=verb, parts=", ".join(parts), against=tail)


def _noise(part: str, analysis: Analysis) -> str:
    noisy = {name for name, each in analysis.comparison.metrics.items() if each.verdict == "noise"}
    return " (noise)" if part in noisy else ""
