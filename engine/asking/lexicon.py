"""The words that questions are made of, read from the lists beside this file."""

import re
from functools import cache
from importlib import resources
from typing import cast, get_args

from engine.models.question import Figure

# What is still to come; only an expectation that was written down can be told.
FUTURE = re.compile(
    r"\b(?:(?:next|coming|following) "
    r"(?:week|month|quarter|year|season|summer|winter|spring|autumn|days?|weeks?|months?)"
    r"|tomorrow|future|predict\w*|projections?|projected|forecast for next|going to|gonna|will"
    r"|by (?:the )?end of|soon|do (?:we|i) need to #\w+)\b"
)
MONEY_PLANS = re.compile(r"\b(?:budgets?|bids?|caps?)\b")

# A slip of the finger in a short word; longer ones are found by their distance.
SLIPS = {
    "waht": "what", "whta": "what", "wht": "what", "wat": "what", "hwat": "what", "wich": "which",
    "whcih": "which", "witch": "which", "hwo": "how", "hows": "how", "teh": "the", "hte": "the",
    "adn": "and", "taht": "that", "tihs": "this", "dose": "does", "becuase": "because", "u": "you",
    "ur": "your", "pls": "please", "plz": "please", "thx": "thanks", "w": "with", "vs.": "vs",
    "campain": "campaign", "campains": "campaigns", "wether": "whether", "wehn": "when", "whn": "when",
    "y": "why", "whyd": "why", "r": "are", "abt": "about", "bc": "because", "cpa's": "cpa",
    "convs": "conversions", "conv": "conversions", "rev": "revenue", "perf": "performance",
}  # fmt: skip

CONTRACTIONS = (
    (r"\btoo (?:early|soon)\b(?: to (?:judge|tell|say|call|know)\b)?", "too-early"),
    (r"\bwhats\b|\bwhat's\b|\bwhat re\b", "what is"),
    (r"\bwheres\b|\bwhere's\b", "where is"),
    (r"\bhow's\b", "how is"),
    (r"\bwho's\b", "who is"),
    (r"\bwhy's\b", "why is"),
    (r"\bthat's\b", "that is"),
    (r"\bthere's\b", "there is"),
    (r"\bit's\b", "it is"),
    (r"\blet's\b|\blets\b", "let us"),
    (r"\bcan't\b|\bcant\b", "can not"),
    (r"\bwon't\b", "will not"),
    (r"\b(did|does|do|is|are|was|were|has|have|had|should|would|could)n'?t\b", r"\1 not"),
    (r"\b(i|you|we|they)'ve\b", r"\1 have"),
    (r"\b(you|we|they)'re\b", r"\1 are"),
    (r"\bi'm\b|\bim\b", "i am"),
    (r"\b(i|you|we|they|it|that|what|how)'ll\b", r"\1 will"),
    (r"\b(i|you|we|they|how|why|what|where)'d\b", r"\1 did"),
    (r"'s\b|'(?=\s|$)", " "),
)


@cache
def known_words() -> frozenset[str]:
    """Every word that may stand in a question that was understood (``words.txt``)."""
    return frozenset(" ".join(lines_of("words.txt")).split()) | frozenset(SLIPS.values())


@cache
def spellable() -> tuple[str, ...]:
    """Longer words that a misspelt one may have been meant as, the figures' words too."""
    figures = (each for _, pattern in figure_words() for each in re.findall(r"[a-z]{5,}", pattern.pattern))
    return tuple(sorted({*figures, *(each for each in known_words() if len(each) > 4)}))


@cache
def figure_words() -> tuple[tuple[Figure, re.Pattern[str]], ...]:
    """What figures are called (``figures.txt``), in the order in which they are looked for."""
    found = []
    for line in lines_of("figures.txt"):
        name, words = line.split(": ", 1)
        if name not in get_args(Figure):
            raise ValueError(f"figures.txt names no figure: {name}")
        found.append((cast(Figure, name), re.compile(rf"(?<![\w#@-])(?:{words})(?![\w-])")))
    return tuple(found)


@cache
def missing() -> tuple[tuple[re.Pattern[str], str], ...]:
    """What people ask for and nobody stored (``missing.txt``): its words, and how an answer names it."""
    lines = [line.rsplit(": ", 1) for line in lines_of("missing.txt")]
    return tuple(
        (re.compile(rf"(?<![\w#@])(?:{'|'.join(words.split(', '))})(?!\w)"), name) for name, words in lines
    )


@cache
def foreign_words() -> frozenset[str]:
    """Small words of other languages (``tongue.txt``)."""
    return frozenset(" ".join(lines_of("tongue.txt")).split()) - known_words()


def lines_of(name: str) -> list[str]:
    """Read the lines of a list that are no remarks."""
    text = resources.files("engine.asking").joinpath(name).read_text(encoding="utf-8")
    return [line for line in text.splitlines() if line and not line.startswith("#")]
