"""True sentences in other words: what a careful model makes of the rules' sentences.

Each rule is the pattern of one sentence of ours and ways to say the same with the same figures.
"""

import random
import re

BEAT_FALL = (
    "CPA came to {now} where {plan} was forecast, a change of {change}; that beat the forecast and is real.",
    "The forecast was {plan}; CPA reached {now} ({change}), which is a real win.",
    "CPA fell from the forecast {plan} to {now}, and the change of {change} is real.",
    "This campaign beat its forecast: CPA {now} against {plan} ({change}, real).",
    "A real change of {change}: CPA was {now} rather than {plan}.",
    "At {now}, CPA was better than the {plan} that was forecast ({change}, real).",
    "CPA is {size} lower than forecast: {now} instead of {plan}, and that is real.",
    "CPA dropped by {size}, from {plan} to {now}, so the campaign beat its forecast.",
)
MISSED_RISE = (
    "CPA came to {now} where {plan} was forecast, a change of {change}; it missed the forecast.",
    "The forecast was {plan}; CPA reached {now} ({change}), and the loss is real.",
    "CPA rose from the forecast {plan} to {now}, and the change of {change} is real.",
    "This campaign missed its forecast: CPA {now} against {plan} ({change}, real).",
    "CPA climbed by {size}, from {plan} to {now}, which is really worse than forecast.",
    "CPA is {size} higher than forecast: {now} instead of {plan}, and that is real.",
)
NOISE = (
    "CPA {now} instead of {plan} ({change}) is noise.",
    "No real change: CPA was {now}, the forecast {plan}, and {change} is within noise.",
    "The change of {change} in CPA, {now} against {plan}, could be chance.",
    "CPA moved by {change}, from {plan} to {now}; that is within noise.",
)
RULES: tuple[tuple[str, tuple[str, ...]], ...] = (
    (
        r"Beat the forecast\. CPA (?P<now>.+) instead of (?P<plan>.+) \((?P<change>−(?P<size>.+)), real\)\.",
        BEAT_FALL,
    ),
    (
        r"Missed the forecast\. CPA (?P<now>.+) instead of (?P<plan>.+) "
        r"\((?P<change>\+(?P<size>.+)), real\)\.",
        MISSED_RISE,
    ),
    (
        r"No real change\. CPA (?P<now>.+) instead of (?P<plan>.+) \((?P<change>.+)\) is within noise\.",
        NOISE,
    ),
    (
        r"Too early to say\. CPA (?P<now>.+) after (?P<n>.+?); I need about (?P<more>.+), about "
        r"(?P<days>.+)\.",
        (
            "It is too early: CPA {now} rests on {n}. About {more} are needed, some {days}.",
            "Too early to judge CPA at {now} after {n}; {more} would tell, in about {days}.",
            "After {n} it is too soon to say. CPA is {now}; it takes about {more}, about {days}.",
        ),
    ),
    (
        r"But (?P<kpi>\w+) (?P<plan>.+) → (?P<now>.+) \((?P<change>.+), real, (?P<sense>better|worse)\)\.",
        (
            "{kpi} went from {plan} to {now} ({change}): really {sense}.",
            "On the other hand {kpi} is {now} instead of {plan}, {sense} and real.",
            "{kpi} got {sense}: {now} against {plan}, {change}, and that is real.",
        ),
    ),
    (
        r"Why the CPA (?P<verb>fell|rose): (?P<part>impressions \w+|clicks came \w+) (?P<share>[^,;]+?), "
        r"conversion (?P<other>[^,;]+?) \(noise\)\.",
        (
            "The CPA {verb}: {share} of it came from {part}, {other} from conversion (noise).",
            "Behind it stand {part} ({share}) and conversion ({other}, noise); so the CPA {verb}.",
        ),
    ),
    (
        r"(?P<verb>Raise|Lower) the (?P<field>daily spend|spend) (?P<plan>.+) → (?P<now>.+) "
        r"\((?P<change>.+)\)\. "
        r"Worst case: (?P<risk>[^.]+(?:\.\d+)?[^.]*) spent for nothing\.",
        (
            "{verb} the {field} from {plan} to {now} ({change}); in the worst case {risk} is "
            "spent for nothing.",
            "{verb} the {field} by {change} to {now}. At risk: {risk}.",
            "The proposal is to {low} the {field} from {plan} to {now}, {change}. Worst case: {risk}.",
        ),
    ),
    (
        r"(?P<name>.+): CPA (?P<change>.+) against the rest \((?P<level>.+) range (?P<near>.+) to "
        r"(?P<far>.+)\), "
        r"(?P<n>.+)\. Candidate, last tested (?P<day>.+)\.",
        (
            "Against the rest, {name} changed CPA by {change} over {n} ({level} range {near} to {far}).",
            "{name}: CPA {change}, {level} sure it is between {near} and {far}, last tested {day}.",
            "Over {n}, CPA for {name} moved {change} against the rest. Last tested {day}.",
        ),
    ),
    (
        r"(?P<name>.+): (?P<waste>.+) above what is achievable \((?P<level>.+) range (?P<near>.+) "
        r"to (?P<far>.+)\), "
        r"CPA (?P<now>.+) against (?P<plan>.+)\.",
        (
            "{name} spent money without need: {waste} above what is achievable, CPA {now} against {plan}.",
            "At a CPA of {now} instead of {plan}, {name} had {waste} wasted.",
            "{name}: {waste} above the achievable ({level} range {near} to {far}).",
        ),
    ),
    (
        r"CPA not defined \((?P<none>.+), (?P<spent>.+) spent\); (?P<level>.+) sure it is above "
        r"(?P<bound>.+)\."
        r"(?: Not one conversion in (?P<clicks>.+): please .*)?",
        (
            "With {none} CPA is not defined; {spent} was spent and it is {level} sure to be above {bound}.",
            "{spent} spent, {none}: CPA is above {bound} ({level} sure).",
            "No conversions for {spent} spent. CPA is {level} certain to be at least {bound}.",
        ),
    ),
    (r"Wait\.", ("Wait for more figures.", "For now, wait.", "The proposal is to wait.")),
    (r"Keep as it is\.", ("Keep it as it is.", "The proposal is to keep it.", "Keep the campaign as it is.")),
)  # fmt: skip


def paraphrase(sentence: str, rng: random.Random) -> str | None:
    """Say a sentence of the rules otherwise; ``None`` for one that has no other words here."""
    for pattern, ways in RULES:
        found = re.fullmatch(pattern, sentence)
        if found:
            parts = {name: text or "" for name, text in found.groupdict().items()}
            parts["low"] = parts.get("verb", "").lower()
            return rng.choice(ways).format(**parts)
    return None
