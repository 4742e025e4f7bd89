"""What is asked for and cannot be told: what nobody stored, what is left out, what only some did."""

import re

from engine.asking.lexicon import FUTURE, MONEY_PLANS, missing
from engine.models.question import INSIDE, LEFT_OUT, OF_ONE, STILL_TO_COME, Sense, Topic

BY_DAY = "figures by day or hour"
RUNNING = "list of what runs now, as windows are closed when they are handed in"
OF_SOME = "sum over some campaigns only (a platform or a month I can add up)"
WASTE_IN_ALL = "sum of what was wasted (each campaign has a range of its own)"
HISTORY = "count of how often something happened (each campaign's newest window is what I look at)"
ONE_WAY = "list of what only got better or worse, rose or fell"
PAST_DIGESTS = "record of past digests to tell from (they stand in their channels)"
SOME_SIMILAR = "ranking among similar campaigns"

# What is learned or weighed may be about anything, so its words need not be known.
FREE: frozenset[Topic] = frozenset({"learned", "weights", "similar"})
# What may speak of budgets: it is about decisions.
OF_MONEY: frozenset[Topic] = frozenset({"advice", "decided", "waiting", "expected", "why"})
OF_NEWEST: frozenset[Topic] = frozenset({"standings", "waste", "total", "moved"})

_WORST = re.compile(
    r"\b(?:worst|weakest|losing|bottom|poor\w*|fail\w*|miss\w*|los\w+|lost|bad|badly|trouble|problem\w*"
    r"|flop\w*|weak|under\w*|disappoint\w*|not work\w*|worse\w*|declin\w+)\b"
)
_BEST = re.compile(
    r"\b(?:best|top|strongest|winn\w*|won|beat\w*|success\w*|succeed\w*|good|well|work\w*|strong|improv\w+)\b"
)
_EXCEPT = re.compile(
    r"\b(?:except\w*|exclud\w+|without|besides|ignoring|apart from|aside from|other than|leaving out"
    r"|leave out|instead of|rather than|(?:all|everything|everyone|anything|nothing) but|but not|and not"
    r"|not counting|but (?:@|for|the)|minus|not (?:on|in|for|from|about|with|of)"
    r"|(?<!did )(?<!does )(?<!do )(?<!is )(?<!was )(?<!are )(?<!were )(?<!has )(?<!have )(?<!had )"
    r"(?<!should )(?<!would )(?<!could )not (?:@campaign|@platform))"
)
_NEGATED = re.compile(
    r"\b(?:not(?! work)|never|neither|nor|none|nobody|no one|hardly|almost|nearly|cannot|no(?= @?[a-z]))\b"
)
_NOW = re.compile(r"\b(?:running|live|active|on air|current|currently|now|ended|over|paused|stopped)\b")
_RANKING = re.compile(
    r"\b(?:best|worst|top|bottom|strongest|weakest|beat\w*|miss\w*|won|win\w*|lost|los(?:e|es|ing)|fail\w*"
    r"|succe\w+)\b"
)
_SUPERLATIVE = re.compile(r"\b(?:best|top|strongest|winning|worst|weakest|losing|bottom)\b")
_SOME = re.compile(r"\b(?:that|which|who|whose|those|these|with|only|each|more|less|most|least|than)\b")
_IN_ALL = re.compile(r"\b(?:in total|total|in all|altogether|all together|overall|sum|combined)\b")
_OFTEN = re.compile(
    r"\b(?:always|every time|each time|again|ever|often|usually|normally|consistently|twice)\b"
)
_ONE_WAY = re.compile(
    r"\b(?:drop\w*|fall\w*|fell|rise\w*|rose|risen|rais\w+|increas\w+|decreas\w+|jump\w*|spik\w+|grow\w*|grew"
    r"|collaps\w+|crash\w*|surg\w+|dip\w*|tank\w*|skyrocket\w*|climb\w*|plung\w+|div(?:e|ed|ing))\b"
)
_PAST = re.compile(r"\b(?:last|was|were|did|previous|latest)\b")
_EARLY = re.compile(r"\btoo-early\b")
_DAY = re.compile(r"\bdays?\b")


def lacks(topic: Topic, text: str, gap: str) -> str:
    """Say what is asked for and cannot be told; empty where nothing of the kind is.

    ``gap`` is what ``gap_in`` found in the text.
    """
    if _EXCEPT.search(text) or (topic not in OF_ONE and _NEGATED.search(text)):
        return LEFT_OUT
    if topic in FREE:
        return SOME_SIMILAR if topic == "similar" and _RANKING.search(text) else ""
    if FUTURE.search(text) and topic not in {"expected", "advice", "waiting", "need", "digest"}:
        return STILL_TO_COME
    if gap and topic != "earnings" and not (topic in OF_MONEY and MONEY_PLANS.search(text)):
        return gap
    if topic == "makeup" and sense_of(topic, text) != "all":
        return INSIDE
    return _of_others(topic, text)


def _of_others(topic: Topic, text: str) -> str:
    """What a few words more or less make of a question that is understood otherwise."""
    found = (
        (RUNNING, topic == "campaigns" and _NOW),
        (WASTE_IN_ALL, topic == "waste" and _IN_ALL),
        (HISTORY, topic in OF_NEWEST and _OFTEN),
        (ONE_WAY, topic == "moved" and _ONE_WAY),
        (ONE_WAY, topic == "moved" and _BEST),
        (ONE_WAY, topic == "moved" and _WORST),
        (PAST_DIGESTS, topic == "digest" and _PAST),
        (BY_DAY, topic not in {"makeup", "source", "moved"} and _DAY),
    )
    return next((name for name, pattern in found if pattern and pattern.search(text)), "")


def of_some_only(text: str) -> bool:
    """Whether a sum is asked of campaigns that are told by what they did: "on campaigns that missed"."""
    return bool(_SOME.search(text) or _RANKING.search(text))


def gap_in(text: str) -> str:
    """Say what is asked for that nobody stored; empty when it is nothing of the kind."""
    return next((name for pattern, name in missing() if pattern.search(text)), "")


def sense_of(topic: Topic, text: str) -> Sense:
    """Whether the best or the worst are asked for; "what works" asks for all that was learned."""
    if topic == "learned" and not _SUPERLATIVE.search(text):
        return "all"
    if topic == "standings" and _EARLY.search(text):
        return "early"
    if _WORST.search(text):
        return "worst"
    return "best" if _BEST.search(text) else "all"
