"""Reads a question: names, days, figures, then the topic, and whether every word was understood."""

import re
from datetime import date
from functools import lru_cache, partial
from typing import NamedTuple, get_args

from engine.asking import topics
from engine.asking.glossary import word_asked
from engine.asking.lacking import FREE, OF_SOME, gap_in, lacks, of_some_only, sense_of
from engine.asking.lexicon import (
    CONTRACTIONS,
    FUTURE,
    SLIPS,
    figure_words,
    foreign_words,
    known_words,
    missing,
    spellable,
)
from engine.asking.mentions import (
    MARK,
    MOST_STRANGE,
    PLATFORM,
    KnownCampaigns,
    Mentions,
    find_misspelt,
    find_names,
    find_parts,
    folded,
)
from engine.asking.span import take_span
from engine.models.question import OF_ONE, STILL_TO_COME, Figure, Question, Topic
from engine.models.recommendation import Verb

_MARKS = frozenset({MARK, PLATFORM, *(f"#{figure}" for figure in get_args(Figure))})
LONGEST = 1_000  # characters; nobody asks a longer question, and a pasted page is none
MOST_WORDS = 60
LONGEST_WORD = 20  # letters of a word that may be a slip of another
# What "it" narrows to the campaign of the thread.
OF_IT: frozenset[Topic] = frozenset({"waiting", "decided", "waste", "similar"})
KINDS = frozenset({"audience", "audiences", "creative", "creatives"})
_ABOUT_IT = re.compile(r"\b(?:it|its|this|that|these|those|them|they|here|the campaign|there)\b")
_OF_IT = re.compile(r"\b(?:it|its|the campaign)\b")
_VERBS: tuple[tuple[Verb, re.Pattern[str]], ...] = (
    ("approve", re.compile(r"\b(?:approv\w+|accept\w*)\b")),
    ("reject", re.compile(r"\b(?:reject\w*|declin\w+)\b")),
    ("drop", re.compile(r"\bdrop\w*\b")),
    ("done", re.compile(r"\bcarr(?:y|ied) out\b")),
)
_OPENING = re.compile(
    r"^(?:(?:hey|hi|hello|marko|ok|okay|so|and|but|please|well|then|also|quick (?:question|one)|do you know"
    r"|(?:can|could|would|will) you (?:please )?(?:tell|show|give|explain|say|remind|check|find|help)"
    r"(?: (?:to )?(?:me|us))?"
    r"|tell me|i (?:just )?(?:wonder|want to know|would like to know|need to know|was wondering))\b[ ,:]*)+"
)

_COMPARING = re.compile(
    r"\b(?:compar\w+|versus|vs|against|differ\w*|than|better|worse|stronger|weaker|best|worst)\b"
)
_OF_TODAY = re.compile(r"today|this ")
_RANKED = re.compile(r"\b(?:top|best|worst|bottom|first) (\d{1,2})\b|\b\d{1,2}(?= (?:best|worst|top))")


class _Text(NamedTuple):
    """A question on its way: ``words`` as they are spelt right, ``strange`` those that nobody knows."""

    words: list[str]
    strange: list[str]

    @property
    def text(self) -> str:
        return " ".join(self.words)


def read(asked: str, known: KnownCampaigns, *, today: date, about: str | None = None) -> Question:
    """Understand a question, or say that it was not understood.

    ``about`` is the campaign of the thread it stands in: what "it", or no name at all, means.
    """
    plain = _plain(asked)
    question = Question(topic="unknown", text=asked.strip()[:LONGEST])
    aside = _aside(question, plain, about)
    if aside:
        return aside
    if len(plain) > LONGEST or len(plain.split()) > MOST_WORDS:
        return question.model_copy(update={"missing": "an answer to so long a text; ask one thing at a time"})
    mentions = find_names(plain, known)
    rest = _expanded(mentions.rest)
    if _is_foreign(rest):
        return question.model_copy(update={"topic": "foreign"})
    if any(topics.is_order(_tidy(clause)) for clause in _clauses(rest)):
        keys = mentions.keys or ((about,) if about else ())
        return question.model_copy(update={"topic": "order", "campaigns": keys[:1]})
    if not topics.asks(rest):
        return question.model_copy(update={"topic": "statement", "campaigns": mentions.keys[:1]})
    return _Reader(question, known, about, mentions, today).read(rest)


class _Reader:
    """Reads one question whose campaigns are found, and whose words are plain."""

    def __init__(
        self,
        question: Question,
        known: KnownCampaigns,
        about: str | None,
        mentions: Mentions,
        today: date,
    ) -> None:
        named = {"platforms": mentions.platforms, "inside": mentions.inside}
        self._question = question.model_copy(update=named)
        self._known = known
        self._about = about
        self._mentions = mentions
        self._today = today

    def read(self, text: str) -> Question:
        """Take days, figures and misspelt names out of the text, then find the topic of what is left."""
        span, text = take_span(text, self._today)
        text, figures = _figures(text)
        understood = _spelt(_tidy(text), self._known)
        text, more = _figures(understood.text)  # those whose name was misspelt
        if more:
            understood, figures = _spelt(text, self._known), (*figures, *more)
        found, understood, alike = _misspelt(understood, self._known)
        question = self._with(
            campaigns=tuple(dict.fromkeys((*self._mentions.keys, *found))), figures=figures, span=span
        )
        gap = gap_in(understood.text)
        for topic in _tried(understood, question):
            if topic != "figure" or figures or gap:
                return self._settled(topic, question, understood, gap, self._mentions.rivals or alike)
        return self._not_understood(question, understood, gap)

    def _settled(
        self, topic: Topic, question: Question, understood: _Text, gap: str, rivals: tuple[str, ...]
    ) -> Question:
        """Check that a topic fits what was named, and that no word is left over."""
        topic = _refined(topic, question, understood.text)
        lacking = lacks(topic, understood.text, gap)
        if lacking:
            whose = question.campaigns or ((self._about,) if self._about and topic in OF_ONE else ())
            return self._with(question, topic="unknown", missing=lacking, campaigns=whose)
        if topic == "decided":
            named = tuple(verb for verb, pattern in _VERBS if pattern.search(understood.text))
            question = self._with(question, verbs=named)
        if topic == "waiting" and question.span and _OF_TODAY.match(question.span.says):
            question = self._with(question, span=None)
        if topic in FREE:
            question = self._about_words(topic, question, understood)
        else:
            ranked = re.findall(r"\d+", " ".join(each[0] for each in _RANKED.finditer(understood.text)))
            strange = [each for each in understood.strange if topic != "standings" or each not in ranked]
            if strange:
                return self._strange(topic, question, understood)
        question = self._with(question, topic=topic, sense=sense_of(topic, understood.text))
        if rivals and topic in OF_ONE | {"similar", "compare"}:
            return self._with(question, topic="which", candidates=rivals)
        return self._with_campaign(question, understood)

    def _about_words(self, topic: Topic, question: Question, understood: _Text) -> Question:
        """What a question is about, in words; what was learned may be about something that has a name."""
        about = _topic_words(understood)
        if topic == "similar" or (about and about not in KINDS):
            return self._with(question, about=about)
        names = [self._known.of_key[key].name for key in question.campaigns]
        names += [*question.inside, *(question.platforms if topic == "weights" else ())]
        if not names:
            return self._with(question, about=about)
        return self._with(question, about=" ".join(dict.fromkeys(names)), campaigns=())

    def _with_campaign(self, question: Question, understood: _Text) -> Question:
        """Find the campaign that a question is about, in its words or in its thread; else ask which."""
        topic, keys = question.topic, question.campaigns
        if topic == "data" and self._about and understood.text.startswith("how "):
            topic = "source"  # how fresh the figures of the thread's campaign are
            question = self._with(question, topic=topic)
        if topic == "compare":
            return self._compared(question, understood)
        meant = topic in OF_ONE or (topic in OF_IT and bool(_ABOUT_IT.search(understood.text)))
        meant = meant or (topic == "similar" and not (question.about or question.platforms))
        if not keys and meant and self._about:
            keys = (self._about,)
        if topic in OF_ONE and not keys:
            return self._without(question, understood.text)
        of_nothing = topic == "similar" and not (question.about or question.platforms or question.inside)
        if topic in OF_IT and not keys and (of_nothing or _OF_IT.search(understood.text)):
            return self._with(question, topic="which")
        return self._with(question, campaigns=keys)

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
        if question.topic == "figure" and question.figures == ("spend",) and not _OF_IT.search(text):
            if of_some_only(text):
                return self._with(question, topic="unknown", missing=OF_SOME)
            return self._with(question, topic="total")
        if PLATFORM in text:
            return self._with(question, topic="unknown", missing="figures of a platform as a whole")
        return self._with(question, topic="which")

    def _strange(self, topic: Topic, question: Question, understood: _Text) -> Question:
        """Words are left that nobody knows: a part of a name, or something that was never handed in."""
        if topic in OF_ONE and not question.campaigns:
            parts = find_parts(understood.strange, self._known)
            if len(parts) == 1:
                return self._with(question, topic=topic, campaigns=tuple(parts))
            if parts:
                return self._with(question, topic="which", candidates=tuple(parts))
        name = _in_full(_strange_words(understood), question)
        return self._with(question, topic="unknown", about=name)

    def _not_understood(self, question: Question, understood: _Text, gap: str) -> Question:
        if understood.strange and not (question.campaigns or question.figures):
            return self._with(question, about=_in_full(_strange_words(understood), question))
        if FUTURE.search(understood.text):
            return self._with(question, missing=STILL_TO_COME)
        if gap:
            whose = question.campaigns or ((self._about,) if self._about else ())
            return self._with(question, missing=gap, campaigns=whose)
        return self._with(question, about=_strange_words(understood))

    def _with(self, question: Question | None = None, **changed: object) -> Question:
        return (question or self._question).model_copy(update=changed)


def _aside(question: Question, plain: str, about: str | None) -> Question | None:
    """What is no question about campaigns: a greeting and the like, or what one of our words means."""
    topic = _without_campaigns(plain)
    if topic:
        return question.model_copy(update={"topic": topic})
    word = word_asked(_figures(_tidy(_expanded(plain)))[0], alone=about is None)
    return question.model_copy(update={"topic": "word", "about": word}) if word else None


def _without_campaigns(plain: str) -> Topic | None:
    """What needs no name and no memory: a greeting, thanks, a nod, a call for help."""
    text = _expanded(plain)
    if topics.is_thanks(text):
        return "thanks"
    if topics.is_greeting(text):
        return "greeting"
    if topics.is_nod(text):
        return "nod"
    if topics.asks_for_help(_tidy(text)):
        return "help"
    return "handing_in" if topics.asks_to_hand_in(_tidy(text)) else None


def _is_foreign(text: str) -> bool:
    """Whether most words are not English, and one is a small word of another language that we know."""
    words = [each for each in re.findall(r"[\w@#]+", text) if each not in _MARKS]
    foreign = foreign_words().intersection(words)
    return bool(foreign) and 2 * sum(each not in known_words() for each in words) > len(words)


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


def _spelt(text: str, known: KnownCampaigns) -> _Text:
    """Spell each word right; a word of a name is left as it is."""
    words = [each if each in known.words else _corrected(each) for each in text.split()]
    gone = " ".join(words)
    for pattern, _ in missing():
        gone = pattern.sub(" ", gone)
    gone = FUTURE.sub(" ", gone)
    strange = [each for each in gone.split() if not _is_known(each)]
    return _Text(words, strange)


def _is_known(word: str) -> bool:
    return word in _MARKS or word in known_words()


@lru_cache(maxsize=4_096)
def _corrected(word: str) -> str:
    """Take a misspelt word for the one it was meant as, where only one is near."""
    if (
        word[0] in "#@"
        or len(word) > LONGEST_WORD
        or len(word) < 5
        or not word.isalpha()
        or word in known_words()
        or _names_agap_in(word)
    ):
        return word
    most = 1 if len(word) < 8 else 2
    likely = (each for each in spellable() if each[0] == word[0] and abs(len(each) - len(word)) <= most)
    best = sorted((slips, each) for each in likely if (slips := _slips(word, each)) <= most)
    if not best or (len(best) > 1 and best[0][0] == best[1][0] and not _same_stem(best[0][1], best[1][1])):
        return word
    return best[0][1]


def _names_agap_in(word: str) -> bool:
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


def _misspelt(understood: _Text, known: KnownCampaigns) -> tuple[list[str], _Text, tuple[str, ...]]:
    """Find a campaign in the strange words: its key, the text with a mark in its place, and its rivals."""
    if not 0 < len(understood.strange) <= MOST_STRANGE:
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


def _tried(understood: _Text, question: Question) -> list[Topic]:
    """The topics to be tried, in their order.

    Two campaigns in one question are compared where it says so; else each is asked about by itself.
    """
    found = topics.topics_of(understood.text)
    each_by_itself = len(question.campaigns) > 1 and (
        question.figures or not _COMPARING.search(understood.text)
    )
    if found[:1] == ["compare"] and each_by_itself:
        found = ["figure"] if question.figures else [*found[1:], "compare"]
    return found or _bare(understood, question)


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


def _topic_words(understood: _Text) -> str:
    """The words that say what something is about: all that are not of the question itself."""
    small = (known_words() | {"before"}) - {
        "audience",
        "audiences",
        "creative",
        "creatives",
        "platform",
        "platforms",
    }
    kept = [each for each in understood.words if each not in small and each[0] not in "#@"]
    return " ".join(dict.fromkeys(kept))


def _strange_words(understood: _Text) -> str:
    return " ".join(dict.fromkeys(understood.strange))


def _in_full(strange: str, question: Question) -> str:
    """The whole of a strange name of which a part was taken for days: "Black Friday"."""
    if not (strange and question.span):
        return strange
    words, says = strange.split(), question.span.says
    for place in range(len(words) + 1):
        whole = r"\s".join(map(re.escape, (*words[:place], *says.split(), *words[place:])))
        found = re.search(rf"(?<!\w){whole}(?!\w)", question.text, re.IGNORECASE)
        if found:
            return found[0]
    return strange
