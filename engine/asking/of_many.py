"""Answers over many campaigns: what was learned, what repeats, waits, was decided, moved, did best."""

from collections.abc import Collection, Sequence
from datetime import datetime
from decimal import Decimal
from typing import NamedTuple

from engine.asking import grounds
from engine.asking.spending import Spent
from engine.asking.unknown import FILE_TELLS, dont_know
from engine.asking.windows import Told
from engine.edition import Moves, Period
from engine.explain.standing import Standing
from engine.models.comparison import Kpi, KpiComparison
from engine.models.learning import Learnings
from engine.models.listing import KnownPattern
from engine.models.pattern import Inefficiency, PlatformTrend, SimilarCampaign
from engine.models.question import Question
from engine.models.recommendation import Recommendation, Verb
from engine.models.reply import Answered
from engine.models.weight import SignalWeight, Weights
from engine.narrate import carried, sentences
from engine.narrate.formats import listed
from engine.narrate.kept_text import command
from engine.narrate.learnings import sentence
from engine.narrate.precedent import similar_line
from engine.narrate.words import Words

MOST = 5
OWN_FORECAST = "Each campaign is held against its own forecast; platforms count conversions differently."
LEARN_NEEDS = "A learning needs three campaigns with it and three without."


KINDS = frozenset({"platform", "audience", "creative"})
DONE: dict[Verb, str] = {
    "approve": "approved",
    "reject": "rejected",
    "drop": "dropped",
    "done": "carried out",
    "undo": "undid",
}


class Few(NamedTuple):
    """The first of what was found, as many as are told, and how many there are."""

    first: Sequence[Recommendation]
    total: int


def answered(
    question: Question, lines: Sequence[str], how: str, *caveats: str, count: int | None = None
) -> Answered:
    """Put lines together: the first five, and how many more there are; ``count`` where not all are given."""
    left = (len(lines) if count is None else count) - MOST
    more = [f"and {left} more"] if left > 0 else []
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
        kind = f"{question.about}s" if question.about in KINDS else question.about
        asked = (kind, *question.platforms) if kind else question.platforms
        about = f" about {listed([words.style.name(each) for each in asked])}" if asked else ""
        near = (
            f" Nearest: {listed([words.style.name(each) for each in found.nearest])}."
            if found.nearest
            else ""
        )
        if question.sense != "all":
            sense = "better" if question.sense == "best" else "worse"
            return dont_know(
                question, f"I have learned of nothing{about} that did {sense} than the rest.{near}"
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
    """Money above what is achievable; ``of`` are the keys of the campaigns that were asked for."""
    wasted = [each.pattern for each in found if isinstance(each.pattern, Inefficiency)]
    lines = [sentences.wasted(each, words) for each in wasted if each.campaign_key in of]
    how = (
        "Spend above the more lenient of the campaign's own forecast and that forecast scaled by how the "
        "others stood."
    )
    if not lines:
        return answered(
            question, [f"I see no money wasted{f' on {whom}' if whom else ''}."], how, OWN_FORECAST
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


def waiting(question: Question, on_cards: Few, others: Few, whom: str, words: Words) -> Answered:
    """What waits on a card; proposals whose card nobody asked for are only named."""
    how = "Proposals on cards, whose day is not past and that nobody decided; most money at risk first."
    lines = [_proposed(each, words) for each in on_cards.first]
    if not lines:
        lines = [f"Nothing waits for a decision{f' on {whom}' if whom else ''}."]
    names = [words.style.name(each.analysis.retrospective.name) for each in others.first]
    more = f" and {others.total - MOST} more" if others.total > MOST else ""
    unseen = (
        f"Proposals without a card: {', '.join(names[:MOST])}{more}. {command('/analyze')} shows one."
        if names
        else ""
    )
    reply = answered(question, lines, how, unseen, count=on_cards.total)
    return reply.model_copy(update={"card": on_cards.first[0].id if on_cards.first else None})


def _proposed(each: Recommendation, words: Words) -> str:
    proposal = each.analysis.proposal
    worst = f" {sentences.worst_case(proposal.worst_case, words)}" if proposal.worst_case else ""
    name = words.style.name(each.analysis.retrospective.name)
    return f"{name}: {sentences.action(proposal.action, words)}{worst}"


def decided(question: Question, found: Few, whom: str, words: Words) -> Answered:
    how = "From the record of decisions, newest first."
    if not found.first:
        days = f", {words.style.name(question.span.says)}" if question.span else ""
        done = " or ".join(DONE[each] for each in question.verbs) or "decided"
        return answered(question, [f"Nobody {done} anything{f' on {whom}' if whom else ''}{days}."], how)
    lines = [
        f"{carried.told(each, words)} {words.style.moment(each.decisions[-1].at)}." for each in found.first
    ]
    reply = answered(question, lines, how, count=found.total)
    return reply.model_copy(update={"card": found.first[0].id})


def approvers(question: Question, found: Sequence[str], words: Words) -> Answered:
    if not found:
        told = f"Set {command('MARKO_APPROVERS')}, or choose them in the settings."
        return answered(question, ["Nobody is named an approver yet."], told)
    names = listed([words.style.person(each) for each in found])
    return answered(question, [f"{names} can decide."], "As it is set now.")


def moved(question: Question, period: Period, found: Moves, whom: str, words: Words) -> Answered:
    """What moved for real in the days of a period; where nothing came in, nobody can tell."""
    days = words.formats.days(period.first, period.last)
    of = f" of {whom}" if whom else ""
    came = words.formats.count(found.campaigns, "campaign")
    how = f"{came}{of} came in, {days}; newest windows against their own forecasts."
    if not found.campaigns and question.span:
        return dont_know(question, f"No campaign{of} came in, {days}, that would tell what moved then.")
    if not found.moved:
        return answered(question, [f"Nothing{of} moved for real, {days}."], how)
    lines = [sentences.moved(each, words) for each in found.moved]
    return answered(question, lines, how, "What is not named is noise, or too early to say.")


def total_spend(question: Question, found: Told, whom: str, words: Words) -> Answered:
    """The sum of windows: the newest of each campaign, or all that lie in the days that were named."""
    if not found.inside or found.partly:
        return _no_sum(question, found, whom, words)
    sums: dict[str, Decimal] = {}
    for each in found.inside:
        spent = each.retrospective.campaign.actual_metrics.spend or Decimal(0)
        sums[each.currency or ""] = sums.get(each.currency or "", Decimal(0)) + spent
    f = words.formats
    said = listed([f.total(amount, code or None) for code, amount in sorted(sums.items())])
    count = f.count(len({each.retrospective.campaign_key for each in found.inside}), "campaign")
    last = f.day(max(each.day for each in found.inside))
    on = f" on {whom}" if whom else ""
    if question.span:
        how = f"The sum over {f.count(len(found.inside), 'window')} within these days, the last up to {last}."
        caveat = "Days outside these windows are not counted."
    else:
        how = f"The sum over each campaign's newest window, the last up to {last}."
        caveat = "The windows differ, so this is no sum of one month."
    days = f", {words.style.name(question.span.says)}" if question.span else ""
    unit = "" if "" not in sums else "Not given for all: currency."
    return answered(question, [f"{said} in {count}{on}{days}."], how, caveat, unit)


def spent(question: Question, found: Spent, whom: str, words: Words) -> Answered:
    """The sum of daily rows in the days that were named."""
    f = words.formats
    said = listed([f.total(amount, code or None) for code, amount in sorted(found.sums.items())])
    of = f" on {whom}" if whom else ""
    days = f", {words.style.name(question.span.says)}" if question.span else ""
    how = f"The sum of daily rows, {f.days(found.first_day, found.last_day)}."
    unit = "" if "" not in found.sums else "Not given for all: currency."
    answer = f"{said} in {f.count(len(found.campaigns), 'campaign')}{of}{days}."
    return answered(question, [answer], how, "Days and campaigns without rows are not counted.", unit)


def _no_sum(question: Question, found: Told, whom: str, words: Words) -> Answered:
    """Say which windows stand in the way of a sum, or that there is none."""
    whose = f" on {whom}" if whom else ""
    says = f" for {words.style.name(question.span.says)}" if question.span else ""
    if not found.partly:
        return dont_know(question, f"I have no spend{whose}{says}: no window lies within. {FILE_TELLS}")
    wide = _windows(found.partly, words)
    return dont_know(question, f"I have no spend{whose}{says} alone: {wide} reach beyond. {FILE_TELLS}")


def _windows(found: Sequence[Standing], words: Words) -> str:
    """Name windows that are too wide: "spring-sale, 2–29 Mar"."""
    names = [
        f"{words.style.name(each.retrospective.name)} "
        f"({words.formats.days(each.retrospective.campaign.window_start, each.day)})"
        for each in found[:MOST]
    ]
    more = f" and {len(found) - MOST} more" if len(found) > MOST else ""
    return f"the windows of {listed(names) if not more else ', '.join(names) + more}"


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


def next_digest(question: Question, due: Sequence[datetime], words: Words) -> Answered:
    """When the next editions come; ``due`` has one moment for each channel that ordered them."""
    orders = f"{command('/digest')} in a channel orders it, {command('/digest off')} stops it."
    if not due:
        return answered(question, [f"No channel ordered a digest. {orders}"], "From the standing orders.")
    more = f", the last of {words.formats.count(len(due), 'channel')} {words.style.moment(due[-1])}"
    said = f"The next digest comes {words.style.moment(due[0])}{more if due[-1] != due[0] else ''}."
    how = f"From the standing orders of {words.formats.count(len(due), 'channel')}. {orders}"
    return answered(question, [said], how)


Placed = tuple[Standing, KpiComparison, Kpi]
"""A campaign, its driver against its own forecast, and which KPI that is."""


def standings(
    question: Question, found: Sequence[Placed], partly: Sequence[Standing], whom: str, words: Words
) -> Answered:
    """Who really beat or missed the forecast; what is noise is only counted.

    ``partly`` are campaigns with windows that reach beyond the days that were named.
    """
    wide = _windows(partly, words) if partly else ""
    if not found:
        on = f" on {whom}" if whom else ""
        days = f" whose window lies in {words.style.name(question.span.says)}" if question.span else ""
        beyond = f" {wide[0].upper()}{wide[1:]} reach beyond." if wide else ""
        return dont_know(question, f"I know no campaign{on}{days}.{beyond} {FILE_TELLS}")
    real = [each for each in found if each[1].verdict == "real"]
    won = sorted((each for each in real if each[1].favourable), key=_size)
    lost = sorted((each for each in real if each[1].favourable is False), key=_size)
    rest = len(found) - len(won) - len(lost)
    f = words.formats
    counts = (
        f"{f.number(len(won))} beat their forecast, {f.number(len(lost))} missed it, "
        f"{f.number(rest)} cannot be told."
    )
    of = f" of {whom}" if whom else ""
    how = (
        f"{f.count(len(found), 'campaign')}{of}, newest windows. Real is a change beyond {f.percent(5)} that "
        f"is {f.percent(90)} sure."
    )
    if question.sense == "best":
        lines = [_placed(each, words) for each in won] or [f"No campaign really beat its forecast. {counts}"]
    elif question.sense == "worst":
        lines = [_placed(each, words) for each in lost] or [
            f"No campaign really missed its forecast. {counts}"
        ]
    elif question.sense == "early":
        few = sorted((each for each in found if each[1].verdict == "too early"), key=_size)
        lines = [_too_early(each, words) for each in few] or [f"No campaign is too early to judge. {counts}"]
    else:
        lines = [counts, *(_placed(each, words) for each in (*won[:2], *lost[:2]))]
    beyond = f"Not told: {wide} reach beyond these days." if wide else ""
    return answered(question, lines, how, beyond, OWN_FORECAST)


def _size(placed: Placed) -> tuple[float, str]:
    return -abs(placed[1].delta_pct or 0.0), placed[0].retrospective.key


def _too_early(placed: Placed, words: Words) -> str:
    each, lead, name = placed
    actual = "not defined" if lead.actual is None else words.formats.kpi(name, lead.actual, each.currency)
    after = sentences.sample(name, lead.n, words)
    return (
        f"{words.style.name(each.retrospective.name)}: Too early to say. {sentences.NAMES[name]} {actual} "
        f"after {after}."
    )


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
