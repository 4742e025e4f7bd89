"""Reads a question: names, days, figures, then the topic, and whether every word was understood."""

import re
from collections.abc import Sequence
from datetime import date
from functools import partial
from typing import NamedTuple, get_args

from engine.asking import topics
from engine.asking.lexicon import (
    CONTRACTIONS,
    FUTURE,
    MONEY_PLANS,
    SLIPS,
    figure_words,
    known_words,
    missing,
    spellable,
)
from engine.asking.mentions import MARK, PLATFORM, Known, find_misspelt, find_names, find_parts, folded
from engine.asking.span import take_span
from engine.models.question import INSIDE, OF_ONE, STILL_TO_COME, Figure, Question, Sense, Topic

_MARKS = frozenset({MARK, PLATFORM, *(f"#{figure}" for figure in get_args(Figure))})
LONGEST = 1_000  # characters; nobody asks a longer question, and a pasted page is none
MOST_WORDS = 60
# What is learned or weighed may be about anything, so its words need not be known.
FREE: frozenset[Topic] = frozenset({"learned", "weights", "similar"})
# What "it" narrows to the campaign of the thread, and what may speak of budgets: it is about decisions.
OF_IT: frozenset[Topic] = frozenset({"waiting", "decided", "waste", "similar"})
OF_MONEY: frozenset[Topic] = frozenset({"advice", "decided", "waiting", "expected", "why"})
_ABOUT_IT = re.compile(r"\b(?:it|its|this|that|these|those|them|they|here|the campaign|there)\b")
_OPENING = re.compile(
    r"^(?:(?:hey|hi|hello|marko|ok|okay|so|and|but|please|well|then|also|quick (?:question|one)|do you know"
    r"|(?:can|could|would|will) you (?:please )?(?:tell|show|give|explain|say|remind|check|find|help)"
    r"(?: (?:to )?(?:me|us))?"
    r"|tell me|i (?:just )?(?:wonder|want to know|would like to know|need to know|was wondering))\b[ ,:]*)+"
)


_WORST = re.compile(
    r"\b(?:worst|weakest|losing|bottom|poor\w*|fail\w*|miss\w*|los\w+|lost|bad|badly|trouble|problem\w*"
    r"|flop\w*|weak|under\w*|disappoint\w*|not work\w*)\b"
)
_BEST = re.compile(
    r"\b(?:best|top|strongest|winn\w*|won|beat\w*|success\w*|succeed\w*|good|well|work\w*|strong)\b"
)


class _Text(NamedTuple):
    """A question on its way: ``words`` as they are spelt right, ``strange`` those that nobody knows."""

    words: list[str]
    strange: list[str]

    @property
    def text(self) -> str:
        return " ".join(self.words)


def read(asked: str, known: Sequence[Known], *, today: date, about: str | None = None) -> Question:
    """Understand a question, or say that it was not understood.

    ``about`` is the campaign of the thread it stands in: what "it", or no name at all, means.
    """
    plain = _plain(asked)
    question = Question(topic="unknown", text=asked.strip()[:LONGEST])
    early = _without_campaigns(plain)
    if early:
        return question.model_copy(update={"topic": early})
    mentions = find_names(plain, known)
    if len(plain) > LONGEST or len(plain.split()) > MOST_WORDS:
        return question.model_copy(update={"missing": "an answer to so long a text; ask one thing at a time"})
    rest = _expanded(mentions.rest)
    if any(topics.is_order(_tidy(clause)) for clause in _clauses(rest)):
        keys = mentions.keys or ((about,) if about else ())
        return question.model_copy(update={"topic": "order", "campaigns": keys[:1]})
    if not topics.asks(rest):
        return question.model_copy(update={"topic": "statement", "campaigns": mentions.keys[:1]})
    return _Reader(question, known, about, mentions.rivals, today).read(rest, mentions.keys)


class _Reader:
    """Reads one question whose campaigns are found, and whose words are plain."""

    def __init__(
        self,
        question: Question,
        known: Sequence[Known],
        about: str | None,
        rivals: tuple[str, ...],
        today: date,
    ) -> None:
        self._question = question
        self._known = known
        self._about = about
        self._rivals = rivals
        self._today = today

    def read(self, text: str, keys: tuple[str, ...]) -> Question:
        """Take days, figures and misspelt names out of the text, then find the topic of what is left."""
        span, text = take_span(text, self._today)
        text, figures = _figures(text)
        understood = _spelt(_tidy(text), self._known)
        text, more = _figures(understood.text)  # those whose name was misspelt
        if more:
            understood, figures = _spelt(text, self._known), (*figures, *more)
        found, understood, alike = _misspelt(understood, self._known)
        question = self._with(campaigns=(*keys, *found), figures=figures, span=span)
        gap = _gap(understood.text)
        for topic in topics.topics_of(understood.text) or _bare(understood, question):
            if topic != "figure" or figures or gap:
                return self._settled(topic, question, understood, gap, self._rivals or alike)
        return self._not_understood(question, understood, gap)

    def _settled(
        self, topic: Topic, question: Question, understood: _Text, gap: str, rivals: tuple[str, ...]
    ) -> Question:
        """Check that a topic fits what was named, and that no word is left over."""
        topic = _refined(topic, question, understood.text)
        if topic in FREE:
            question = self._with(question, about=_topic_words(understood))
        else:
            lacks = _lacks(topic, understood.text, gap)
            if lacks:
                whose = question.campaigns or ((self._about,) if self._about and topic in OF_ONE else ())
                return self._with(question, topic="unknown", missing=lacks, campaigns=whose)
            strange = [each for each in understood.strange if topic != "standings" or not each.isdigit()]
            if strange:
                return self._strange(topic, question, understood)
        question = self._with(question, topic=topic, sense=_sense(understood.text))
        if rivals and topic in OF_ONE | {"similar", "compare"}:
            return self._with(question, topic="which", candidates=rivals)
        return self._with_campaign(question, understood)

    def _with_campaign(self, question: Question, understood: _Text) -> Question:
        """Find the campaign that a question is about, in its words or in its thread; else ask which."""
        topic, keys = question.topic, question.campaigns
        if topic == "compare":
            return self._compared(question, understood)
        meant = topic in OF_ONE or (topic in OF_IT and bool(_ABOUT_IT.search(understood.text)))
        if not keys and meant and self._about:
            keys = (self._about,)
        if topic in OF_ONE and not keys:
            return self._without(question, understood.text)
        one_only = topic in OF_ONE or topic == "similar"
        return self._with(question, campaigns=keys[:1] if one_only else keys)

    def _compared(self, question: Question, understood: _Text) -> Question:
        """Two campaigns, or one with that of the thread; one alone is compared with similar ones."""
        keys = question.campaigns
        if len(keys) == 1 and self._about and self._about not in keys:
            keys = (*keys, self._about)
        if not keys:
            return self._with(question, topic="learned", about=_topic_words(understood))
        topic = "compare" if len(keys) > 1 else "similar"
        return self._with(question, topic=topic, campaigns=keys)

    def _without(self, question: Question, text: str) -> Question:
        """A question about one campaign that names none."""
        if PLATFORM in text:
            return self._with(question, topic="unknown", missing="figures of a platform as a whole")
        if question.topic == "figure" and question.figures == ("spend",):
            return self._with(question, topic="total")
        return self._with(question, topic="which")

    def _strange(self, topic: Topic, question: Question, understood: _Text) -> Question:
        """Words are left that nobody knows: a part of a name, or something that was never handed in."""
        if topic in OF_ONE and not question.campaigns:
            parts = find_parts(understood.strange, self._known)
            if len(parts) == 1:
                return self._with(question, topic=topic, campaigns=tuple(parts))
            if parts:
                return self._with(question, topic="which", candidates=tuple(parts))
        return self._with(question, topic="unknown", about=_strange_words(understood))

    def _not_understood(self, question: Question, understood: _Text, gap: str) -> Question:
        if understood.strange and not (question.campaigns or question.figures):
            return self._with(question, about=_strange_words(understood))
        if FUTURE.search(understood.text):
            return self._with(question, missing=STILL_TO_COME)
        if gap:
            whose = question.campaigns or ((self._about,) if self._about else ())
            return self._with(question, missing=gap, campaigns=whose)
        return self._with(question, about=_strange_words(understood))

    def _with(self, question: Question | None = None, **changed: object) -> Question:
        return (question or self._question).model_copy(update=changed)


def _without_campaigns(plain: str) -> Topic | None:
    """What needs no name and no memory: a greeting, thanks, a call for help."""
    text = _expanded(plain)
    if topics.is_thanks(text):
        return "thanks"
    if topics.is_greeting(text):
        return "greeting"
    return "help" if topics.asks_for_help(_tidy(text)) else None


def _plain(asked: str) -> str:
    text = re.sub(r"[\s*_~@#\"“”„«»()\[\]{}<>|]+", " ", folded(asked[: LONGEST * 4]).replace("`", " "))
    return " ".join(text.split())


def _expanded(text: str) -> str:
    for short, full in CONTRACTIONS:
        text = re.sub(short, full, text)
    words = (SLIPS.get(each, each) for each in re.split(r"(?<=[a-z])(?=[,;:!?.]\s)|\s+", text))
    return " ".join(" ".join(words).split())


def _clauses(text: str) -> list[str]:
    """Parts of a text that may each be an order."""
    return [
        each.strip()
        for each in re.split(r"[.!?;:\n]+\s|\s(?:and then|then|and please|and also)\s|,\s", f"{text} ")
    ]


def _tidy(text: str) -> str:
    """Leave words, marks and figures; drop what stands between them, and the words that open a question."""
    bare = re.sub(r"[^\w@#%'./&+-]+", " ", text)
    bare = re.sub(r"(?<!\w)[-'./&+]+|[-'./&+]+(?!\w)", " ", bare)
    return _OPENING.sub("", " ".join(bare.split()))


def _figures(text: str) -> tuple[str, tuple[Figure, ...]]:
    """Put marks in the place of figures, and name them in the order in which they are asked."""
    found: dict[int, Figure] = {}
    for figure, pattern in figure_words():
        for each in pattern.finditer(text):
            found.setdefault(each.start(), figure)
        text = pattern.sub(partial(_mark_of, figure), text)
    return " ".join(text.split()), tuple(dict.fromkeys(found[place] for place in sorted(found)))


def _mark_of(figure: Figure, found: re.Match[str]) -> str:
    """As long as what it stands for where it can be, so that the order of figures is kept."""
    return f"#{figure}".ljust(len(found[0]))


def _spelt(text: str, known: Sequence[Known]) -> _Text:
    """Spell each word right; a word of a campaign's name is left as it is."""
    parts = {part for each in known for name in each.spellings for part in name.split("-")}
    words = [each if each in parts else _corrected(each) for each in text.split()]
    gone = " ".join(words)
    for pattern, _ in missing():
        gone = pattern.sub(" ", gone)
    gone = FUTURE.sub(" ", gone)
    strange = [each for each in gone.split() if not _is_known(each)]
    return _Text(words, strange)


def _is_known(word: str) -> bool:
    return word in _MARKS or word in known_words()


def _corrected(word: str) -> str:
    """Take a misspelt word for the one it was meant as, where only one is near."""
    if word[0] in "#@" or len(word) < 5 or not word.isalpha() or word in known_words() or _names_a_gap(word):
        return word
    most = 1 if len(word) < 8 else 2
    near = [(_slips(word, each), each) for each in spellable() if abs(len(each) - len(word)) <= most]
    best = sorted(each for each in near if each[0] <= most and each[1][0] == word[0])
    if not best or (len(best) > 1 and best[0][0] == best[1][0] and not _same_stem(best[0][1], best[1][1])):
        return word
    return best[0][1]


def _names_a_gap(word: str) -> bool:
    return any(pattern.fullmatch(word) for pattern, _ in missing())


def _same_stem(one: str, other: str) -> bool:
    return one[:4] == other[:4]


def _slips(one: str, other: str) -> int:
    """Count the slips between two words: a letter more, less, another, or two swapped (Damerau 1964)."""
    before: list[int] = []
    row = list(range(len(other) + 1))
    for index, letter in enumerate(one, 1):
        older, before, row = before, row, [index]
        for place, mark in enumerate(other, 1):
            step = min(before[place] + 1, row[place - 1] + 1, before[place - 1] + (letter != mark))
            if index > 1 and place > 1 and letter == other[place - 2] and one[index - 2] == mark:
                step = min(step, older[place - 2] + 1)
            row.append(step)
    return row[-1]


def _misspelt(understood: _Text, known: Sequence[Known]) -> tuple[list[str], _Text, tuple[str, ...]]:
    """Find a campaign in the strange words: its key, the text with a mark in its place, and its rivals."""
    if not understood.strange:
        return [], understood, ()
    keys, places = find_misspelt(understood.words, understood.strange, known)
    if not keys:
        return [], understood, ()
    first = min(places)
    words = [
        MARK if index == first else each
        for index, each in enumerate(understood.words)
        if index == first or index not in places
    ]
    taken = {understood.words[index] for index in places}
    strange = [each for each in understood.strange if each not in taken]
    return keys[:1], _Text(words, strange), tuple(keys) if len(keys) > 1 else ()


def _bare(understood: _Text, question: Question) -> list[Topic]:
    """A name alone asks how the campaign did, a figure alone asks for it."""
    if question.figures:
        return ["figure"]
    return ["verdict"] if question.campaigns and len(understood.words) <= 3 else []


def _refined(topic: Topic, question: Question, text: str) -> Topic:
    """Where a campaign, a figure or days are named, some topics mean another one."""
    one, figures = bool(question.campaigns), bool(question.figures)
    looks_back = re.match(r"summar|recap|overview|report|review|status", text)
    meant: dict[Topic, list[tuple[object, Topic]]] = {
        "learned": [
            (one and "learn" in text and not re.search(r"\b(?:about|on|of)\b", text), "why"),
            (one and not re.search(r"\b(?:about|on|of)\b", text), "verdict"),
        ],
        "similar": [
            (one and re.search(r"\bwhat .*like$", text) and not re.search("similar|before", text), "verdict")
        ],
        "standings": [(one and figures, "figure"), (one, "verdict"), (question.span and looks_back, "moved")],
        "certainty": [(figures, "figure")],
        "source": [(figures, "figure")],
        "moved": [(one, "why")],
        "campaigns": [(one, "verdict")],
        "expected": [(figures and re.search(r"\b(?:was|were) expected\b|forecast", text), "figure")],
    }
    return next((other for holds, other in meant.get(topic, ()) if holds), topic)


def _lacks(topic: Topic, text: str, gap: str) -> str:
    """Say what is asked for that nobody stored; empty where nothing of the kind is."""
    if FUTURE.search(text) and topic not in {"expected", "advice", "waiting"}:
        return STILL_TO_COME
    if gap and not (topic in OF_MONEY and MONEY_PLANS.search(text)):
        return gap
    return INSIDE if topic == "makeup" and _sense(text) != "all" else ""


def _gap(text: str) -> str:
    """Say what is asked for that nobody stored; empty when it is nothing of the kind."""
    return next((name for pattern, name in missing() if pattern.search(text)), "")


def _sense(text: str) -> Sense:
    if _WORST.search(text):
        return "worst"
    return "best" if _BEST.search(text) else "all"


def _topic_words(understood: _Text) -> str:
    """The words that say what something is about: all that are not of the question itself."""
    small = known_words() - {"audience", "audiences", "creative", "creatives", "platform", "platforms"}
    kept = [each for each in understood.words if each not in small and each[0] not in "#@"]
    return " ".join(dict.fromkeys(kept))


def _strange_words(understood: _Text) -> str:
    return " ".join(dict.fromkeys(understood.strange))
