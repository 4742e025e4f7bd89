"""The card, the digest and the weights as plain text for a shell."""

from collections.abc import Mapping

from engine.models.answer import Answer
from engine.models.digest import Digest
from engine.models.learning import Mistake
from engine.models.recommendation import Recommendation
from engine.models.weight import Weights
from engine.narrate import basis, carried, sentences
from engine.narrate.learnings import told_apart, wrong
from engine.narrate.words import Words

LEFT = 2


def analysis_text(answer: Answer, words: Words) -> str:
    """The card, line by line."""
    recommendation, analysis = answer.recommendation, answer.recommendation.analysis
    campaign, proposal = analysis.retrospective.campaign, analysis.proposal
    window = words.formats.days(campaign.window_start, analysis.retrospective.last_day)
    lines = [
        f"{analysis.retrospective.name} · {campaign.platform} · {campaign.objective} · {window}",
        " ".join([sentences.verdict(analysis, words), *sentences.contrary(analysis, words)]),
        *(
            f"{' ' * LEFT}{' · '.join(sentences.field(name, analysis, words))}"
            for name in sentences.shown_kpis(analysis)
        ),
        *_basis(answer, words),
        sentences.why(analysis, words),
        sentences.revenue_missing(analysis),
        sentences.estimated_roas(analysis, words),
        None if analysis.is_unjudged else f"→ {sentences.action(proposal.action, words)}",
        sentences.expected(proposal.expectation, campaign.currency, words) if proposal.expectation else None,
        sentences.worst_case(proposal.worst_case, words) if proposal.worst_case else None,
        sentences.confidence(proposal, words),
        *(sentences.learned(each, words) for each in analysis.patterns.winners),
        f"{recommendation.id} · {recommendation.status}{_remembered(answer)}",
    ]
    return "\n".join(line for line in lines if line)


def _basis(answer: Answer, words: Words) -> list[str]:
    """What the rows lack, where a window was built from some."""
    analysis = answer.recommendation.analysis
    ends = [basis.rows_begin(analysis, words), basis.figures_end(analysis, words)]
    told = [f"{text[0].upper()}{text[1:]}." for text in ends if text]
    lines = [
        " ".join(told),
        basis.disagreement(analysis, words),
        basis.conversions_missing(analysis),
        basis.left_out(analysis, words),
        basis.quality(analysis, words),
        basis.origin(analysis, words),
    ]
    return [line for line in lines if line]


def _remembered(answer: Answer) -> str:
    revision = answer.recommendation.analysis.retrospective.revision
    if answer.kept_newer:
        return " · not taken: newer figures of this window are known"
    return f" · remembered, revision {revision}" if answer.stored else " · known already, nothing was changed"


def weights_text(weights: Weights, words: Words) -> str:
    """One signal a line, heaviest first."""
    if not weights.signals:
        return "No signal has a weight yet: no campaign was really better or worse than its forecast."
    heaviest = sorted(weights.signals, key=lambda each: (-each.weight, each.signal))
    lines = [
        f"{words.formats.number(each.weight, 2)}  {each.signal}  "
        f"({words.formats.number(each.successes, 1)} of {words.formats.number(each.trials, 1)} trials won; "
        f"moved by {', '.join(event.campaign_id for event in each.events)})"
        for each in heaviest
    ]
    return "\n".join(["1.00 means nothing is known; 0.25 to 5 are the bounds.", *lines])


def digest_text(digest: Digest, named: Mapping[str, Recommendation], words: Words) -> str:
    """An edition without its buttons."""
    if digest.quiet:
        return sentences.quiet_week(*digest.week, digest.campaigns, dict(digest.spend), words)
    held, seen_once = told_apart(digest.learned)
    parts = {
        "We were wrong": [line for each in digest.mistakes for line in _mistake(each, named, words)],
        "Learned": [sentences.learned(each, words) for each in held],
        "Seen once": [sentences.learned(each, words) for each in seen_once],
        "Not settled": [carried.told(named[each], words) for each in digest.stuck],
        "Decided": [carried.in_short(named[each], words) for each in digest.decided],
        "Moved for real": [sentences.moved(each, words) for each in digest.moved],
        "Waits": [_waits(named[each], words) for each in digest.waiting],
    }
    lines = [words.formats.days(*digest.week)]
    for title, items in parts.items():
        lines += [f"{title}: {items[0]}", *(f"{' ' * LEFT}{item}" for item in items[1:])] if items else []
    return "\n".join(lines)


def _mistake(mistake: Mistake, named: Mapping[str, Recommendation], words: Words) -> list[str]:
    built = [f"Built on it: {carried.told(named[each], words)}" for each in mistake.decisions]
    return [wrong(mistake, words).removeprefix("We were wrong: "), *built]


def _waits(recommendation: Recommendation, words: Words) -> str:
    proposal = recommendation.analysis.proposal
    worst = f" {sentences.worst_case(proposal.worst_case, words)}" if proposal.worst_case else ""
    name = recommendation.analysis.retrospective.name
    return f"{name}: {sentences.action(proposal.action, words)}{worst} ({recommendation.id})"
