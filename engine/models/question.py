"""A question as it was understood: what is asked, about which campaigns, figures and days."""

from typing import Literal

from engine.models.campaign import Day
from engine.models.recommendation import Verb
from engine.models.value import Value

Topic = Literal[
    "verdict",  # how a campaign did
    "figure",  # one or more of its figures
    "why",  # why its CPA changed
    "advice",  # what to do about it
    "certainty",  # how sure that is
    "expected",  # what is expected of the proposed action
    "source",  # where its figures are from
    "need",  # what is still needed to tell, and when that is there
    "earnings",  # what came in against what was spent
    "makeup",  # audiences, creatives, platform, days
    "compare",  # two campaigns or more, each against its own forecast
    "similar",  # campaigns like one, or like some words
    "learned",  # what was learned about something
    "repeats",  # what repeats over campaigns
    "waste",  # where money was wasted
    "weights",  # what a signal weighs, and why
    "waiting",  # what waits for a decision
    "decided",  # what was decided, and by whom
    "approvers",  # who may decide
    "moved",  # what moved in the last seven days
    "standings",  # which campaigns did best, worst, or how all did
    "total",  # what was spent in all
    "campaigns",  # which campaigns are known
    "data",  # which exports are known, and how fresh they are
    "digest",  # when the next digest comes
    "study",  # a verb such as "trend", with words behind it
    "help",
    "handing_in",  # how figures are handed in
    "word",  # what one of Marko's own words means
    "foreign",  # another language
    "greeting",
    "thanks",
    "nod",  # "ok": nothing was asked
    "order",  # an instruction to act; words decide nothing
    "statement",  # no question
    "which",  # a question about a campaign, and nobody can tell which
    "unknown",  # not understood, or asking for what nobody stored
]
Figure = Literal[
    "ctr",
    "cvr",
    "cpa",
    "roas",
    "cpc",
    "cpm",
    "order_value",
    "impressions",
    "clicks",
    "conversions",
    "spend",
    "revenue",
]
Sense = Literal["best", "worst", "early", "all"]
OF_ONE: frozenset[Topic] = frozenset(
    {
        "verdict",
        "figure",
        "why",
        "advice",
        "certainty",
        "expected",
        "source",
        "makeup",
        "need",
        "earnings",
    }
)
"""Topics that are answered from one campaign's recommendation alone; of several, each by itself."""
OF_NONE: frozenset[Topic] = frozenset(
    {
        "help",
        "handing_in",
        "word",
        "foreign",
        "greeting",
        "thanks",
        "nod",
        "order",
        "statement",
        "which",
        "unknown",
    }
)
"""Topics that need nothing of the memory but names."""


# What is missing, as an answer names it.
STILL_TO_COME = "figures of the future"
INSIDE = "figures by audience or creative"
LEFT_OUT = "answer that leaves something out, or to what is not so"


class Span(Value):
    """The days that a question names, in its own words; ends are ``None`` where nobody can tell them."""

    says: str
    first: Day | None = None
    last: Day | None = None


class Question(Value):
    """``campaigns`` are campaign keys. ``platforms`` and ``inside``, which are audiences and creatives, are
    the names that were named; what an answer may say of them stands in ``engine.asking.scope``.

    ``about`` holds free words: what was learned about, a signal, a name that is not known. ``missing``
    says what was asked for and nobody stored. ``candidates`` are keys that the words would fit.
    ``verbs`` are the kinds of decisions that were named, none for all.
    """

    topic: Topic
    text: str
    campaigns: tuple[str, ...] = ()
    platforms: tuple[str, ...] = ()
    inside: tuple[str, ...] = ()
    figures: tuple[Figure, ...] = ()
    about: str = ""
    missing: str = ""
    candidates: tuple[str, ...] = ()
    span: Span | None = None
    sense: Sense = "all"
    verbs: tuple[Verb, ...] = ()
