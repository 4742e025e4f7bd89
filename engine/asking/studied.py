"""Which study a text asks for: its verb as the first word, with nothing behind it but what narrows it."""

import re
from typing import NamedTuple

from engine.asking.mentions import MARK, PLATFORM, KnownCampaigns, find_names, folded
from engine.asking.unknown import dont_know
from engine.errors import AmbiguousCampaign, EngineError, Refused, UnknownCampaign
from engine.models.question import Question
from engine.models.reply import Answered
from engine.models.study import STUDY_KINDS, StudyKind
from engine.narrate.formats import listed
from engine.narrate.words import Words

OF_CAMPAIGN: frozenset[StudyKind] = frozenset({"trend", "segments", "forecast", "creatives"})
"""Kinds that speak of one campaign; in its thread they mean that one."""
MOST_WORDS = 12
_NARROWING = re.compile(r"\d{1,3} ?(?:d|days?)|ctr|cvr|cpa|roas|cpc|cpm|clicks|conversions|spend")
_PLAIN = (
    (re.compile(r"is there (?:a|any) trend(?: here)?"), "trend"),
    (
        re.compile(r"(?:in )?which segments?(?: is it| are they| was it| moved| shifted| changed)?"),
        "segments",
    ),
)


class StudyAsked(NamedTuple):
    """``words`` stand behind the verb; ``names`` is whether they name a campaign."""

    kind: StudyKind
    words: str
    names: bool


def study_asked(text: str, known: KnownCampaigns) -> StudyAsked | None:
    """Find the study that a text asks for; ``None`` where it asks anything else.

    "trend spring-sale 30d" does, and "budget"; "budget of spring-sale" is a question about a figure.
    """
    typed = " ".join(text.replace("`", " ").split()).rstrip(" ?!.")
    plain = " ".join(folded(typed).split())
    for pattern, kind in _PLAIN:
        if pattern.fullmatch(plain):
            return StudyAsked(_kind(kind), "", names=False)
    verb, _, rest = re.sub(r"^forecast accuracy\b", "forecast-accuracy", plain).partition(" ")
    if verb not in STUDY_KINDS or len(rest.split()) > MOST_WORDS:
        return None
    if find_names(plain, known).rest == MARK:
        return None  # a campaign is called so
    mentions = find_names(rest, known)
    left = _NARROWING.sub(" ", mentions.rest)
    if any(each not in {MARK, PLATFORM} for each in left.split()):
        return None
    words = typed.split(" ")[-len(rest.split()) :] if rest else []
    return StudyAsked(_kind(verb), " ".join(words), names=bool(mentions.keys))


def not_studied(question: Question, refused: EngineError, words: Words) -> Answered:
    """Say why a study cannot be made; names are shown as names."""
    name = words.style.name
    if isinstance(refused, UnknownCampaign):
        near = f" Nearest: {listed([name(each) for each in refused.nearest])}." if refused.nearest else ""
        return dont_know(question, f"I know no campaign called {name(refused.asked)}.{near}")
    if isinstance(refused, AmbiguousCampaign):
        either = listed([name(each) for each in refused.names])
        return dont_know(question, f"{name(refused.asked)} may be {either}.")
    if isinstance(refused, Refused):
        told = [f"{each.field}: {name(each.value)} breaks the rule “{each.rule}”." for each in refused.faults]
        return dont_know(question, " ".join(told))
    return dont_know(question, str(refused))


def _kind(name: str) -> StudyKind:
    return next(each for each in STUDY_KINDS if each == name)
