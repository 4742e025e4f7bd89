"""Answers about one campaign, each out of its newest recommendation alone."""

from datetime import datetime
from typing import NamedTuple, cast

from engine.asking import grounds
from engine.asking.unknown import dont_know, not_stored
from engine.measure.kpi import value
from engine.models.action import SetSpend
from engine.models.comparison import Kpi
from engine.models.question import Figure, Question
from engine.models.recommendation import Recommendation, Status
from engine.models.reply import Answered
from engine.narrate import sentences
from engine.narrate.formats import listed
from engine.narrate.kept_text import command
from engine.narrate.words import Words

KPIS = frozenset({"ctr", "cvr", "cpa", "roas", "cpc", "cpm"})
STANDING: dict[Status, str] = {
    "proposed": "It waits for a decision.",
    "approved": "It was approved and waits to be carried out.",
    "done": "It was approved and carried out.",
    "dropped": "It was approved, then dropped.",
    "rejected": "It was rejected.",
    "noted": "Nothing has to be decided.",
    "snoozed": "It is snoozed and comes back for a decision.",
    "executing": "It was approved and is being sent.",
    "executed": "It was approved and carried out, with a receipt.",
    "failed": "It was approved, and the platform refused it; nothing was changed.",
    "unknown": "It was approved and sent, and I don't know if it arrived.",
    "undoing": "It was carried out and is being undone.",
    "undone": "It was carried out, then undone.",
    "expired": "Nobody decided, and it expired.",
    "withdrawn": "Its reason is gone, so it was withdrawn.",
    "superseded": "A newer card replaced it.",
}
ONLY_TOTALS = {"why": ("There are only totals: which ad, audience or day did it, I cannot tell.",)}
Text = tuple[str, str]
"""The answer, and how it is known."""


class Asked(NamedTuple):
    """What an answer about one campaign is made of; ``shown`` says whether its card stands somewhere."""

    question: Question
    recommendation: Recommendation
    now: datetime  # in the team's zone
    words: Words
    shown: bool = True

    @property
    def name(self) -> str:
        return self.words.style.name(self.recommendation.analysis.retrospective.name)

    @property
    def lead(self) -> Kpi:
        return self.recommendation.analysis.comparison.driver


def answer_of_one(asked: Asked) -> Answered:
    """Answer a question whose topic is of one campaign."""
    makers = {
        "verdict": _verdict,
        "figure": _figures,
        "why": _why,
        "advice": _advice,
        "certainty": _certainty,
        "expected": _expected,
        "source": _source,
        "makeup": _makeup,
        "need": _need,
        "earnings": _earnings,
    }
    found = makers[asked.question.topic](asked)
    if isinstance(found, Answered):
        return found
    answer, how = found
    caveats = grounds.caveats(asked.recommendation, asked.now.date(), asked.words)
    return Answered(
        question=asked.question,
        form="answer",
        answer=answer,
        how=how,
        caveats=(*ONLY_TOTALS.get(asked.question.topic, ()), *caveats),
        about=asked.recommendation.campaign_key,
        card=asked.recommendation.id,
        cites=(grounds.cited(asked.recommendation),),
    )


def _verdict(asked: Asked) -> Text:
    analysis, words = asked.recommendation.analysis, asked.words
    said = [sentences.verdict(analysis, words), *sentences.contrary(analysis, words)]
    return f"{asked.name}: {' '.join(said)}", _how(asked, asked.lead)


def _figures(asked: Asked) -> Text | Answered:
    """Every figure that was asked for; one that nobody stored is said to be missing."""
    known = {figure: text for figure in asked.question.figures if (text := _figure(figure, asked))}
    lacking = [figure for figure in asked.question.figures if figure not in known]
    if not known:
        what = listed([_called(each) for each in lacking]) or "such a figure"
        return not_stored(asked.question, what, asked.name, about=asked.recommendation.campaign_key)
    said = " ".join(known.values())
    if lacking:
        said += f" I have no {listed([_called(each) for each in lacking])}."
    kpis = [cast(Kpi, each) for each in known if each in KPIS]
    return f"{asked.name}: {said}", _how(asked, *kpis)


def _figure(figure: Figure, asked: Asked) -> str | None:
    """Say one figure beside its forecast; ``None`` where nobody handed it in."""
    analysis, words = asked.recommendation.analysis, asked.words
    campaign = analysis.retrospective.campaign
    actual = campaign.actual_metrics
    if figure == "roas" and actual.revenue is None:
        return sentences.estimated_roas(analysis, words)
    if figure in KPIS:
        return grounds.compared(cast(Kpi, figure), analysis, words)
    if figure != "order_value":
        return _sum(figure, asked)
    if actual.revenue is None or not actual.conversions:
        return None
    average = words.formats.money(actual.revenue / actual.conversions, campaign.currency)
    return f"Average order value {average}, revenue over conversions."


def _sum(name: Figure, asked: Asked) -> str | None:
    """A sum as it was counted; a sum has no verdict."""
    campaign, f = asked.recommendation.analysis.retrospective.campaign, asked.words.formats
    now = grounds.amount(name, campaign.actual_metrics, campaign.currency, asked.words)
    if now is None:
        return None
    is_money = name in grounds.MONEY
    said = f"{name.capitalize()} {now}" if is_money else now
    meant = getattr(campaign.expected_metrics, name)
    if not meant:
        return f"{said}; no forecast."
    if is_money:
        return f"{said}; the forecast was {f.money(meant, campaign.currency, code=False)}."
    return f"{said}; the forecast was {f.number(meant, 0 if meant == int(meant) else 1)}."


def _called(figure: Figure) -> str:
    return {"order_value": "order value"}.get(figure, sentences.NAMES.get(cast(Kpi, figure), figure))


def _why(asked: Asked) -> Text | Answered:
    analysis, words = asked.recommendation.analysis, asked.words
    others = [each for each in asked.question.figures if each in KPIS - {"cpa", asked.lead}]
    if others:
        facts = " ".join(grounds.compared(cast(Kpi, each), analysis, words) for each in others)
        return _unknown(
            asked,
            f"I have no figures by ad, audience or day that would say why for {asked.name}. "
            f"Its totals say: {facts}",
        )
    lead, split = analysis.comparison.lead, sentences.why(analysis, words)
    verdict = f"{asked.name}: {sentences.verdict(analysis, words)}"
    doubted = "counting_doubted" in analysis.comparison.flags
    if lead.verdict in {"noise", "too early"} or doubted:
        return f"{verdict} So there is nothing to explain yet.", _how(asked, asked.lead)
    if split is None:
        return _unknown(
            asked,
            f"I have no forecast for {asked.name} whose parts would say why. {verdict}",
        )
    parts = " ".join(grounds.compared(name, analysis, words) for name in ("ctr", "cvr", "cpm"))
    return f"{verdict} {split}", f"{parts} {_how(asked)}"


def _unknown(asked: Asked, text: str) -> Answered:
    """Say what is not known of this campaign, beside its card and the figures that are."""
    return dont_know(
        asked.question,
        text,
        about=asked.recommendation.campaign_key,
        card=asked.recommendation.id,
        cites=(grounds.cited(asked.recommendation),),
    )


def _advice(asked: Asked) -> Text:
    analysis, words = asked.recommendation.analysis, asked.words
    proposal = analysis.proposal
    parts = [sentences.action(proposal.action, words, dated=False)]
    if isinstance(proposal.action, SetSpend) and proposal.worst_case:
        parts.append(sentences.worst_case(proposal.worst_case, words))
    parts.append(_standing(asked))
    how = f"{sentences.verdict(analysis, words)} {_how(asked, asked.lead)}"
    return f"{asked.name}: {' '.join(parts)}", how


def _standing(asked: Asked) -> str:
    recommendation, words = asked.recommendation, asked.words
    if recommendation.status in {"proposed", "noted"} and recommendation.has_run_out(asked.now):
        again = command(f"/analyze {recommendation.analysis.retrospective.name}")
        return f"But its day is past; {again} looks anew."
    action = recommendation.analysis.proposal.action
    look = getattr(action, "next_look", None)
    if look is not None:
        return f"Next look {words.formats.day(look)}."
    if recommendation.status == "proposed" and not asked.shown:
        show = command(f"/analyze {recommendation.analysis.retrospective.name}")
        return f"Its card was not shown yet: {show}."
    return STANDING[recommendation.status]


def _certainty(asked: Asked) -> Text:
    analysis, words = asked.recommendation.analysis, asked.words
    lead, f = analysis.comparison.lead, words.formats
    verdict = f"{asked.name}: {sentences.verdict(analysis, words)}"
    if lead.certainty is None or lead.verdict == "no forecast":
        return verdict, _how(asked, asked.lead)
    percent = f"over {f.percent(99)}" if lead.certainty > 0.99 else f.percent(lead.certainty * 100)
    sure = f"{percent} sure that the change goes beyond {f.percent(5)}"
    span = lead.interval
    if span and span.low is not None and span.high is not None and span.high < 1e15:
        currency = analysis.retrospective.campaign.currency
        low = f.kpi(asked.lead, span.low, currency, code=False)
        high = f.kpi(asked.lead, span.high, currency)
        sure += f"; {f.percent(span.level * 100)} range {low} to {high}"
    return (
        f"{verdict} I am {sure}.",
        f"From {sentences.sample(asked.lead, lead.n, words)}. {_how(asked, asked.lead)}",
    )


def _expected(asked: Asked) -> Text | Answered:
    analysis, words = asked.recommendation.analysis, asked.words
    proposal = analysis.proposal
    currency = analysis.retrospective.campaign.currency
    if proposal.expectation is None and proposal.worst_case is None:
        return _unknown(
            asked,
            f"I wrote down no expectation for {asked.name}: {sentences.action(proposal.action, words)}",
        )
    parts = [sentences.action(proposal.action, words, dated=False)]
    if proposal.expectation:
        parts.append(sentences.expected(proposal.expectation, currency, words))
    if proposal.worst_case:
        parts.append(sentences.worst_case(proposal.worst_case, words))
    how = "Written down before anybody decided; it assumes that results grow a little slower than spend."
    return f"{asked.name}: {' '.join(parts)}", f"{how} {_how(asked, asked.lead)}"


def _source(asked: Asked) -> Text:
    analysis, words = asked.recommendation.analysis, asked.words
    campaign = analysis.retrospective.campaign
    actual, currency = campaign.actual_metrics, campaign.currency
    given = [
        sum_
        for each in ("impressions", "clicks", "conversions")
        if (sum_ := grounds.amount(each, actual, currency, words))
    ]
    given += [
        f"{each} {sum_}"
        for each in ("spend", "revenue")
        if (sum_ := grounds.amount(each, actual, currency, words))
    ]
    said = f"{asked.name}: {', '.join(given)}; {grounds.window(analysis, words)}."
    return said, f"Totals of one window: {grounds.origin(asked.recommendation, words)}."


def _makeup(asked: Asked) -> Text:
    analysis, words = asked.recommendation.analysis, asked.words
    campaign = analysis.retrospective.campaign
    name = words.style.name
    audiences = listed([name(each.name) for each in campaign.audiences[:5]]) or "none named"
    creatives = (
        listed([f"{name(each.id)} ({name(each.type)})" for each in campaign.creatives[:5]]) or "none named"
    )
    said = (
        f"{asked.name}: {name(campaign.platform)}, {name(campaign.objective)}, "
        f"{grounds.window(analysis, words)}. Audiences: {audiences}. Creatives: {creatives}."
    )
    return said, f"As it was handed in: {grounds.origin(asked.recommendation, words)}."


def _need(asked: Asked) -> Text | Answered:
    """What is still needed to tell, and when we look again; where it can be told already, the verdict."""
    analysis, words = asked.recommendation.analysis, asked.words
    comparison = analysis.comparison
    if comparison.lead.verdict != "too early":
        return f"{asked.name}: It is not too early to say. {sentences.verdict(analysis, words)}", _how(
            asked, asked.lead
        )
    if comparison.need is None:
        verdict = f"{asked.name}: {sentences.verdict(analysis, words)}"
        return _unknown(
            asked,
            f"I cannot tell how much more it takes. {verdict}",
        )
    look = getattr(analysis.proposal.action, "next_look", None)
    dated = f" Next look {words.formats.day(look)}." if look else ""
    now = sentences.sample(asked.lead, comparison.lead.n, words)
    said = f"{asked.name}: I need {sentences.need(comparison.need, words)}.{dated}"
    return said, f"So far {now}, at the pace of this window. {_how(asked)}"


def _earnings(asked: Asked) -> Text | Answered:
    """Revenue against spend; what is left of it nobody handed in."""
    analysis, words = asked.recommendation.analysis, asked.words
    campaign = analysis.retrospective.campaign
    back, spent = (
        grounds.amount(each, campaign.actual_metrics, campaign.currency, words)
        for each in ("revenue", "spend")
    )
    estimate = None if back else sentences.estimated_roas(analysis, words)
    if estimate:
        return f"{asked.name}: {estimate} Whether that is profit I cannot tell.", _how(asked)
    if back is None or not campaign.actual_metrics.spend:
        return not_stored(asked.question, "revenue", asked.name, about=asked.recommendation.campaign_key)
    roas = value("roas", campaign.actual_metrics)
    ratio = "" if roas is None else f", ROAS {words.formats.kpi('roas', roas, campaign.currency)}"
    said = f"{asked.name}: Revenue {back} against spend {spent}{ratio}. Whether that is profit I cannot tell."
    return said, _how(asked, "roas")


def _how(asked: Asked, *names: Kpi) -> str:
    """The sums behind each KPI, and where they are from."""
    found = [grounds.sums(name, asked.recommendation.analysis, asked.words) for name in names]
    said = [each for each in found if each]
    origin = grounds.origin(asked.recommendation, asked.words)
    return f"{'; '.join(said)} ({origin})." if said else f"{origin[0].upper()}{origin[1:]}."
