"""What each topic can be narrowed to: days, platforms, audiences, campaigns, figures.

A segment that is overheard makes a true figure a wrong answer. What was named and cannot be kept to ends in
"I don't know", which names it and says what would tell.
"""

from collections.abc import Sequence
from typing import NamedTuple, get_args

from engine.asking.mentions import KnownCampaigns
from engine.asking.unknown import FILE_TELLS, dont_know, unknown_answer
from engine.models.question import INSIDE, OF_NONE, OF_ONE, Figure, Question, Topic
from engine.models.reply import Answered
from engine.models.retrospective import slug
from engine.narrate.formats import listed
from engine.narrate.kept_text import command
from engine.narrate.words import Words

ANY: frozenset[Figure] = frozenset(get_args(Figure))
NONE: frozenset[Figure] = frozenset()
COST: frozenset[Figure] = frozenset({"cpa"})
MONEY: frozenset[Figure] = frozenset({"cpa", "spend", "conversions", "roas", "revenue"})
FIGURES_OF_NEED: frozenset[Figure] = frozenset({"conversions", "clicks", "impressions"})
PLATFORMS = frozenset({"", "platform", "platforms"})


class Takes(NamedTuple):
    """What a topic is answered for alone; ``campaigns`` is how many at most, ``None`` any number.

    ``noun`` is what there is only ``over`` more than was asked, and ``ask`` the question that has it.
    """

    noun: str
    over: str
    ask: str
    span: bool = False
    platforms: bool = False
    inside: bool = False
    campaigns: int | None = 0
    figures: frozenset[Figure] = NONE


_OWN = "for a campaign as a whole"


def _of_one(noun: str, ask: str, figures: frozenset[Figure] = NONE) -> Takes:
    return Takes(noun, _OWN, ask, span=True, platforms=True, campaigns=None, figures=figures)


TAKES: dict[Topic, Takes] = {
    "verdict": _of_one("verdict", "How did {} do?", ANY),
    "figure": _of_one("figures", "How did {} do?", ANY),
    "why": _of_one("reasons", "Why did the CPA of {} change?", ANY),
    "advice": _of_one("advice", "What should we do with {}?", MONEY),
    "certainty": _of_one("certainty", "How sure is {}?"),
    "expected": _of_one("expectation", "What do you expect of {}?", COST | {"spend"}),
    "source": _of_one("source", "Where are the figures of {} from?", ANY),
    "makeup": _of_one("details", "Which audiences did {} have?"),
    "need": _of_one("count of what is needed", "What do you need for {}?", FIGURES_OF_NEED),
    "earnings": _of_one("earnings", "Did we make money on {}?", MONEY),
    "compare": _of_one("comparison", "How did {} do?"),
    "similar": Takes(
        "similar campaigns", "by what campaigns were", "What is similar to {}?", platforms=True, inside=True,
        campaigns=1,
    ),
    "learned": Takes(
        "learnings", "over all campaigns, by their CPA", "What did we learn?", platforms=True, inside=True,
        figures=COST,
    ),
    "repeats": Takes("patterns", "over all campaigns", "What repeats?", figures=COST),
    "waste": Takes(
        "wasted money", "over each campaign's newest window", "Where do we waste money?", platforms=True,
        campaigns=None, figures=COST | {"spend"},
    ),
    "weights": Takes("weights", "over all campaigns", "What are the weights?", platforms=True, inside=True),
    "waiting": Takes(
        "open decisions", "as they are now", "What waits for a decision?", platforms=True, campaigns=None,
        figures=ANY,
    ),
    "decided": Takes(
        "decisions", "for whole campaigns", "What was decided?", span=True, platforms=True, campaigns=None,
        figures=ANY,
    ),
    "approvers": Takes(
        "approvers", "for everything, as it is set now", "Who can approve?", campaigns=None, figures=ANY
    ),
    "moved": Takes("changes", "of whole campaigns", "What changed this week?", span=True, platforms=True),
    "standings": Takes(
        "ranking", "by each campaign's own goal", "Which campaigns beat their forecast?", span=True,
        platforms=True,
    ),
    "total": Takes(
        "sum", "of whole windows", "How much did we spend?", span=True, platforms=True,
        figures=frozenset({"spend"}),
    ),
    "campaigns": Takes(
        "list", "of all campaigns, whenever they ran", "Which campaigns do you know?", platforms=True
    ),
    "data": Takes("list of exports", "by platform and account", "What data do you have?", platforms=True),
    "digest": Takes("digest", "over everything", "When is the next digest?"),
}  # fmt: skip


def refusal(question: Question, known: KnownCampaigns, words: Words) -> Answered | None:
    """Answer "I don't know" where a topic cannot keep to what was named; else ``None``."""
    if question.topic in OF_NONE:
        return None
    takes = TAKES[question.topic]
    if question.inside and not takes.inside:
        whom = listed([words.style.name(known.of_key[key].name) for key in question.campaigns])
        return unknown_answer(question.model_copy(update={"missing": INSIDE}), whom, (), words)
    if question.span and takes.span and question.span.first is None and question.topic not in OF_ONE:
        return _no_such_days(question, words)
    lacks = [words.style.name(each) for each in _beyond(question, takes, known)]
    if lacks:
        return _only_over(question, takes, f"for {listed(lacks)} alone", known)
    figures = [each for each in question.figures if each not in takes.figures]
    if figures:
        return _only_over(question, takes, f"by {listed([_called(each) for each in figures])}", known)
    return _elsewhere(question, known, words) if question.campaigns else None


def _beyond(question: Question, takes: Takes, known: KnownCampaigns) -> list[str]:
    """Name what was asked for and is not kept apart in this topic."""
    beyond = [question.span.says] if question.span and not takes.span else []
    subject = question.topic != "learned" or question.about in PLATFORMS
    if not (takes.platforms and subject):
        beyond += question.platforms
    most = takes.campaigns
    if most is not None and len(question.campaigns) > most:
        beyond += [known.of_key[key].name for key in question.campaigns]
    if question.topic == "similar" and question.campaigns:
        beyond += [*question.inside, question.about] if question.about else question.inside
    return beyond


def _elsewhere(question: Question, known: KnownCampaigns, words: Words) -> Answered | None:
    """A campaign that did not run on the platform that was named beside it has no figures there."""
    campaigns = [known.of_key[key] for key in question.campaigns]
    said = question.platforms
    if not said or question.topic == "similar":
        return None
    pairs = zip(campaigns, said * len(campaigns) if len(said) == 1 else said, strict=False)
    together = len(said) in {1, len(campaigns)}
    if together and all(slug(each.platform) == slug(platform) for each, platform in pairs):
        return None
    ran = listed(
        [f"{words.style.name(each.name)} on {words.style.name(each.platform)}" for each in campaigns]
    )
    where = listed([words.style.name(each) for each in said])
    why = f"I have no such figures for {where}: I know {ran}. {FILE_TELLS}"
    return dont_know(question, why, about=campaigns[0].key if len(campaigns) == 1 else None)


def _only_over(question: Question, takes: Takes, what: str, known: KnownCampaigns) -> Answered:
    name = known.of_key[question.campaigns[0]].name if question.campaigns else "a campaign"
    tell = command(takes.ask.format(name))
    about = question.campaigns[0] if len(question.campaigns) == 1 else None
    why = f"I have no {takes.noun} {what}, only {takes.over}. Ask {tell} for that."
    return dont_know(question, why, about=about)


def _no_such_days(question: Question, words: Words) -> Answered:
    says = words.style.name(question.span.says if question.span else "")
    return dont_know(question, f"I cannot tell which days {says} is. A month or last week I can tell.")


def _called(figure: Figure) -> str:
    return figure.upper() if len(figure) <= 4 else figure.replace("_", " ")


def platforms_of(question: Question) -> frozenset[str]:
    return frozenset(slug(each) for each in question.platforms)


def named(question: Question, known: KnownCampaigns, words: Words) -> str:
    """What an answer keeps to: the campaigns, then the platforms; "" for all."""
    campaigns = [words.style.name(known.of_key[key].name) for key in question.campaigns]
    platforms = [] if campaigns else [words.style.name(each) for each in question.platforms]
    return listed(campaigns or platforms)


def keys_asked(question: Question, known: KnownCampaigns) -> Sequence[str]:
    """The campaigns that were named, or those of the platforms that were; all, where none was."""
    if question.campaigns:
        return question.campaigns
    wanted = platforms_of(question)
    return [each.key for each in known if not wanted or slug(each.platform) in wanted]
