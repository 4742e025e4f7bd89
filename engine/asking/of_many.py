"""Answers over many campaigns: what was learned, what repeats, waits, was decided, moved, did best."""

from collections.abc import Collection, Sequence
from decimal import Decimal

from engine.asking import grounds
from engine.asking.unknown import dont_know
from engine.explain.standing import Standing
from engine.models.comparison import Kpi, KpiComparison
from engine.models.digest import Digest
from engine.models.learning import Learnings
from engine.models.listing import KnownPattern
from engine.models.pattern import Inefficiency, PlatformTrend, SimilarCampaign
from engine.models.question import Question
from engine.models.recommendation import Recommendation
from engine.models.reply import Answered
from engine.models.weight import SignalWeight, Weights
from engine.narrate import sentences
from engine.narrate.formats import listed
from engine.narrate.kept_text import command
from engine.narrate.learnings import sentence
from engine.narrate.precedent import similar_line
from engine.narrate.words import Words

MOST = 5
OWN_FORECAST = "Each campaign is held against its own forecast; platforms count conversions differently."
LEARN_NEEDS = "A learning needs three campaigns with it and three without."


def answered(question: Question, lines: Sequence[str], how: str, *caveats: str) -> Answered:
    """Put lines together: the first five, and how many more there are."""
    more = [f"and {len(lines) - MOST} more"] if len(lines) > MOST else []
    text = "\n".join([*lines[:MOST], *more])
    return Answered(
        question=question, form="answer", answer=text, how=how, caveats=tuple(filter(None, caveats))
    )


def compared(question: Question, found: Sequence[Recommendation], words: Words) -> Answered:
    """Each campaign against its own forecast; raw costs are not ranked."""
    lines, hows = [], []
    for each in found[:MOST]:
        analysis = each.analysis
        lines.append(f"{words.style.name(analysis.retrospective.name)}: {sentences.verdict(analysis, words)}")
        ratio = grounds.sums(analysis.comparison.driver, analysis, words)
        hows.append(
            f"{words.style.name(analysis.retrospective.name)}: {ratio or 'no ratio'}, "
            f"{grounds.window(analysis, words)}"
        )
    ways = {each.analysis.retrospective.campaign.attribution_window for each in found}
    money = {each.analysis.retrospective.campaign.currency for each in found}
    caveats = [OWN_FORECAST if len(ways) > 1 or len(money) > 1 else "Each is held against its own forecast."]
    if None in ways:
        caveats.append("Not given for all: attribution window.")
    cites = tuple(grounds.cited(each) for each in found)
    return answered(question, lines, f"{'; '.join(hows)}.", *caveats).model_copy(update={"cites": cites})


def similar(question: Question, found: Sequence[SimilarCampaign], whom: str, words: Words) -> Answered:
    if not found:
        why = (
            f"I remember no campaign like {whom}. More campaigns would tell: {command('marko analyze FILE')}."
        )
        return dont_know(question, why)
    how = "Near in words, audience, objective and platform; how a campaign ended does not make it similar."
    return answered(question, [similar_line(each, words) for each in found], how, OWN_FORECAST)


def learned(question: Question, found: Learnings, words: Words) -> Answered:
    """What was learned about something, retractions in their own words."""
    if not found.found:
        about = f" about {words.style.name(question.about)}" if question.about else ""
        near = (
            f" Nearest: {listed([words.style.name(each) for each in found.nearest])}."
            if found.nearest
            else ""
        )
        return dont_know(question, f"I have learned nothing{about} yet.{near} {LEARN_NEEDS}")
    lines = [sentence(each, words) for each in found.found]
    how = (
        f"{words.formats.count(len(found.found), 'learning')} of {words.formats.number(found.total)}: "
        "campaigns with it against campaigns without it, each by its CPA over its own forecast."
    )
    candidates = any(each.effect.status == "candidate" for each in found.found)
    return answered(question, lines, how, "A candidate was seen in one period only." if candidates else "")


def repeats(question: Question, found: Sequence[KnownPattern], words: Words) -> Answered:
    if not found:
        return dont_know(question, f"I see nothing that repeats yet. {LEARN_NEEDS}")
    lines = [_pattern(each, words) for each in found]
    return answered(
        question, lines, "Over each campaign's newest window; the largest sum of money first.", OWN_FORECAST
    )


def _pattern(known: KnownPattern, words: Words) -> str:
    pattern = known.pattern
    if isinstance(pattern, Inefficiency):
        return sentences.wasted(pattern, words)
    if isinstance(pattern, PlatformTrend):
        return sentences.trend(pattern, words)
    return sentences.learned(pattern, words)


def waste(
    question: Question, found: Sequence[KnownPattern], of: Collection[str], whom: str, words: Words
) -> Answered:
    """Money above what is achievable; ``of`` are the ids of the campaigns that were asked for."""
    wasted = [each.pattern for each in found if isinstance(each.pattern, Inefficiency)]
    lines = [sentences.wasted(each, words) for each in wasted if not of or each.campaign_id in of]
    how = (
        "Spend above the more lenient of the campaign's own forecast and that forecast scaled by how the "
        "others stood."
    )
    if not lines:
        return answered(
            question, [f"I see no money wasted{f' by {whom}' if whom else ''}."], how, OWN_FORECAST
        )
    return answered(question, lines, how, OWN_FORECAST)


def weights(question: Question, found: Weights, words: Words) -> Answered:
    """The heaviest and the lightest signals."""
    if not found.signals:
        return dont_know(
            question, "No signal has a weight yet: no campaign was really better or worse than its forecast."
        )
    heaviest = sorted(found.signals, key=lambda each: (-each.weight, each.signal))
    lines = [_weight(each, words) for each in heaviest]
    return answered(question, lines, _WEIGHED, "1.00 means nothing is known; 0.25 to 5 are the bounds.")


def weight(question: Question, found: SignalWeight, words: Words) -> Answered:
    """One signal, with the campaigns that moved it, newest first."""
    events = sorted(found.events, key=lambda each: each.day, reverse=True)
    moved = [
        f"{words.style.name(each.campaign_id)} {'beat' if each.success else 'missed'} its forecast "
        f"({words.formats.day(each.day)})"
        for each in events[:MOST]
    ]
    more = f" and {len(events) - MOST} more" if len(events) > MOST else ""
    how = f"Moved by {', '.join(moved)}{more}. {_WEIGHED}"
    return answered(
        question, [_weight(found, words)], how, "1.00 means nothing is known; 0.25 to 5 are the bounds."
    )


_WEIGHED = (
    "How often campaigns with it really beat their forecast, against what is usual; older ones count less."
)


def _weight(each: SignalWeight, words: Words) -> str:
    won, tried = sum(event.success for event in each.events), len(each.events)
    return (
        f"{words.style.name(each.signal)} weighs {words.formats.number(each.weight, 2)}: {won} of "
        f"{words.formats.count(tried, 'campaign')} really beat the forecast."
    )


def waiting(
    question: Question, found: Sequence[Recommendation], shown: Collection[str], whom: str, words: Words
) -> Answered:
    """What waits on a card; proposals whose card nobody asked for are only named."""
    how = "Proposals on cards, whose day is not past and that nobody decided; most money at risk first."
    on_cards = [each for each in found if each.id in shown]
    lines = [_proposed(each, words) for each in on_cards]
    if not lines:
        lines = [f"Nothing waits for a decision{f' on {whom}' if whom else ''}."]
    names = [words.style.name(each.analysis.retrospective.name) for each in found if each.id not in shown]
    more = f" and {len(names) - MOST} more" if len(names) > MOST else ""
    unseen = (
        f"Proposals without a card: {', '.join(names[:MOST])}{more}. {command('/analyze')} shows one."
        if names
        else ""
    )
    reply = answered(question, lines, how, unseen)
    return reply.model_copy(update={"card": on_cards[0].id if on_cards else None})


def _proposed(each: Recommendation, words: Words) -> str:
    proposal = each.analysis.proposal
    worst = f" {sentences.worst_case(proposal.worst_case, words)}" if proposal.worst_case else ""
    name = words.style.name(each.analysis.retrospective.name)
    return f"{name}: {sentences.action(proposal.action, words)}{worst}"


def decided(question: Question, found: Sequence[Recommendation], whom: str, words: Words) -> Answered:
    how = "From the record of decisions, newest first."
    if not found:
        days = f" {question.span.says}" if question.span else ""
        return answered(question, [f"Nobody decided anything{f' on {whom}' if whom else ''}{days}."], how)
    lines = [
        f"{sentences.decided(each, words)} {words.style.moment(each.decisions[-1].at)}." for each in found
    ]
    return answered(question, lines, how).model_copy(update={"card": found[0].id})


def approvers(question: Question, found: Sequence[str], words: Words) -> Answered:
    if not found:
        told = f"Set {command('MARKO_APPROVERS')}, or choose them in the settings."
        return answered(question, ["Nobody is named an approver yet."], told)
    names = listed([words.style.person(each) for each in found])
    return answered(question, [f"{names} can decide."], "As it is set now.")


def moved(question: Question, edition: Digest, words: Words) -> Answered:
    """What moved for real in the days of an edition."""
    days = words.formats.days(*edition.week)
    came = words.formats.count(edition.campaigns, "campaign")
    how = f"{came} came in, {days}; newest windows against their own forecasts."
    if not edition.moved:
        return answered(question, [f"Nothing moved for real, {days}."], how)
    lines = [sentences.moved(each, words) for each in edition.moved]
    return answered(question, lines, how, "What is not named is noise, or too early to say.")


def total_spend(question: Question, found: Sequence[Standing], words: Words) -> Answered:
    sums: dict[str, Decimal] = {}
    for each in found:
        spent = each.retrospective.campaign.actual_metrics.spend
        sums[each.currency or ""] = sums.get(each.currency or "", Decimal(0)) + spent
    if not sums:
        return dont_know(
            question, f"I know no campaign yet. Hand one in with {command('marko analyze FILE')}."
        )
    said = listed([words.formats.total(amount, code or None) for code, amount in sorted(sums.items())])
    count = words.formats.count(len(found), "campaign")
    last = max(each.day for each in found)
    return answered(
        question,
        [f"{said} in {count}."],
        f"The sum over each campaign's newest window, the last up to {words.formats.day(last)}.",
        "The windows differ, so this is no sum of one month.",
        "" if "" not in sums else "Not given for all: currency.",
    )


def campaigns(question: Question, found: Sequence[Standing], words: Words) -> Answered:
    if not found:
        return dont_know(
            question, f"I know no campaign yet. Hand one in with {command('marko analyze FILE')}."
        )
    names = [words.style.name(each.retrospective.name) for each in reversed(found)]
    more = f" and {len(names) - 15} more" if len(names) > 15 else ""
    said = f"{words.formats.count(len(names), 'campaign')}: {', '.join(names[:15])}{more}."
    first, last = min(each.day for each in found), max(each.day for each in found)
    how = f"Newest first; their newest windows end {words.formats.days(first, last)}."
    return answered(question, [said], how)


Placed = tuple[Standing, KpiComparison, Kpi]
"""A campaign, its driver against its own forecast, and which KPI that is."""


def standings(question: Question, found: Sequence[Placed], words: Words) -> Answered:
    """Who really beat or missed the forecast; what is noise is only counted."""
    if not found:
        return dont_know(
            question, "I know no campaign with those days. Hand one in with the windows you mean."
        )
    real = [each for each in found if each[1].verdict == "real"]
    won = sorted((each for each in real if each[1].favourable), key=_size)
    lost = sorted((each for each in real if each[1].favourable is False), key=_size)
    rest = len(found) - len(won) - len(lost)
    f = words.formats
    counts = (
        f"{f.number(len(won))} beat their forecast, {f.number(len(lost))} missed it, "
        f"{f.number(rest)} cannot be told."
    )
    how = (
        f"{f.count(len(found), 'campaign')}, newest windows. Real is a change beyond {f.percent(5)} that is "
        f"{f.percent(90)} sure."
    )
    if question.sense == "best":
        lines = [_placed(each, words) for each in won] or [f"No campaign really beat its forecast. {counts}"]
    elif question.sense == "worst":
        lines = [_placed(each, words) for each in lost] or [
            f"No campaign really missed its forecast. {counts}"
        ]
    else:
        lines = [counts, *(_placed(each, words) for each in (*won[:2], *lost[:2]))]
    return answered(question, lines, how, OWN_FORECAST)


def _size(placed: Placed) -> tuple[float, str]:
    return -abs(placed[1].delta_pct or 0.0), placed[0].retrospective.key


def _placed(placed: Placed, words: Words) -> str:
    each, lead, name = placed
    f = words.formats
    actual = f.kpi(name, lead.actual or 0, each.currency)
    expected = f.kpi(name, lead.expected or 0, each.currency, code=False)
    days = f.days(each.retrospective.campaign.window_start, each.day)
    return (
        f"{words.style.name(each.retrospective.name)}: {sentences.NAMES[name]} {actual} "
        f"instead of {expected} ({f.change(lead.delta_pct or 0)}, real), "
        f"{sentences.sample(name, lead.n, words)}, {days}."
    )
