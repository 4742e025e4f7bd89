"""What is asked: the patterns of each topic (``topics.txt``); what tells a question from an order."""

import re
from functools import cache
from importlib import resources
from typing import cast, get_args

from engine.models.question import Topic

_GREETINGS = (
    "hi hey hello yo howdy moin hola morning evening there marko team folks all good afternoon day "
    "how are you doing today "
)
_THANKING = re.compile(r"\b(?:thanks|thank|cheers)\b")
_NODS = (
    "thanks thank you cheers great nice cool perfect awesome good job bot work one well done "
    "excellent lovely super got it makes sense understood ok okay alright wow fine much a lot marko "
    "very so that is helpful to know for the many your "
)
_DONE = re.compile(
    r"^(?:(?:ok|okay|all|it is|that is|this is|is|and|great|i am) )*done(?: (?:now|it|that|this))?$"
)
_HELP = re.compile(
    r"^help(?: me)?$|^$|what (?:can|could|may) (?:i|we|you) (?:ask|tell|answer|say|do for|do$)"
    r"|what should i ask"
    r"|who are you|what are you(?! waiting)|what (?:do|can) you (?:do|know how|answer|help)"
    r"|how (?:do|does|can|should) (?:i|we|you|this|it|marko) (?:use|work|ask)"
    r"|what (?:questions|commands)|^commands$"
)
_HANDING_IN = re.compile(
    r"^(?:how|where) (?:do|can|could|should|would|to)\b(?: (?:i|we|you))?"
    r" (?:upload|import|hand in|add|enter|submit|load|give you|send you|bring in|provide)\b"
    r"(?: (?:a|an|my|our|the|new|more|another|some|own|csv|json))*"
    r"(?: (?:campaigns?|files?|data|figures|numbers|results|reports?|json))*$"
)
# What an order begins with, once the politeness is taken off.
_VERBS = (
    "approve reject raise lower increase decrease cut pause unpause stop start launch enable disable "
    "change set drop undo delete forget remove mute unmute snooze scale double triple halve kill shut "
    "turn resume ignore disregard override bypass post send share publish schedule subscribe "
    "unsubscribe remember memorise memorize note execute run make shift move reallocate allocate "
    "spend bid cap reduce boost archive rename edit correct update add create invite install switch "
    "close accept decline confirm cancel apply activate deactivate transfer pay buy order wire email "
    "notify ping tag assign mark push reset wipe restart reveal print output pretend act write save "
    "store import upload download export replace revert roll do "
)
_POLITE = (
    "please|kindly|hey|hi|hello|marko|ok|okay|so|now|then|and|also|just|yes|yeah|yep|well|right|alright"
    "|fine|great|thanks|good|perfect|go ahead and|go and|feel free to|make sure (?:to|you)"
    "|i (?:need|want|would like|like) you to|we (?:need|want) you to"
    "|you (?:should|must|have to|need to|can|may)|(?:can|could|would|will) you(?: please)?|let us|do not"
    "|never|it is time to|time to|(?:i|we) (?:want|need|would like) to|(?:i|we) (?:should|must|will)"
    "|i think we should|let me|first|finally|quickly|immediately|at once|automatically"
)
_ORDER = re.compile(
    rf"^(?:(?:{_POLITE})[ ,]+)*(?:{'|'.join(_VERBS.split())})\b"
    r"(?! (?:in|of|on|rates?|dates?|day|best|worst)\b)"  # "drop in CTR", "launch date"
)
_ASSENT = re.compile(
    rf"^(?:(?:{_POLITE})[ ,]+)*"
    r"(?:i (?:hereby |do |fully )?(?:approve|reject|accept|agree|confirm|decline)\b.*"
    r"|(?:approved|rejected|confirmed|accepted|yes|yep|yeah|no|nope|do it|go|go ahead|go for it|ship it|lgtm"
    r"|make it so|undo|agreed|sounds good|deal)(?: (?:@campaign|it|this|that|then|please|now))*)$"
)
# "do" and "run" also begin questions: "do videos work", "run me through it".
_NO_ORDER = re.compile(
    r"^(?:(?:can|could|would|will) you )?(?:please )?"
    r"(?:do|run|make|give|send|post|share|print|write|export|create) (?:me )?(?:a |an |the )?"
    r"(?:list|summary|overview|comparison|report|analysis|recap)"
    r"|^do (?!it\b|that\b|this\b|so\b|the change)"
)
_QUESTION_WORDS = (
    "how what which who whom whose why when where is are was were do does did has have had can could "
    "should would will shall may might am any anything anybody anyone something ever show tell give "
    "list explain compare find get see check look describe summarise summarize analyse analyze name "
    "rank recap review overview summary status report help "
)
_OPENERS = "hey hi hello marko ok okay so and but please well then also just now quick question good "
_FINITE = re.compile(
    r"\b(?:is|are|was|were|am|did|do|does|has|have|had|will|would|could|should|beats?|missed|fell|rose|grew"
    r"|went|got|sucks?|looks?|seems?|needs?|hates?|loves?|thinks?|lowers?|raises?|hurts?|helps?|broke|works"
    r"|worked|dropped|increased|decreased|stopped|started|failed|won|lost)\b"
)


def topics_of(text: str) -> list[Topic]:
    """Give every topic whose patterns fit, in the order in which they are to be tried."""
    return [topic for topic, pattern in _patterns() if pattern.search(text)]


def is_greeting(text: str) -> bool:
    return _made_of(text, _GREETINGS)


def is_thanks(text: str) -> bool:
    return bool(_THANKING.search(text)) and _made_of(text, f"{_NODS} help")


def is_nod(text: str) -> bool:
    """Say whether a text only takes note: "ok", "great". "done" may be meant to decide."""
    return _made_of(text, _NODS) and not says_done(text)


def says_done(text: str) -> bool:
    """Say whether somebody tells that it was carried out."""
    return bool(_DONE.search(" ".join(re.findall(r"[\w']+", text))))


def asks_for_help(text: str) -> bool:
    return bool(_HELP.search(text))


def is_order(clause: str) -> bool:
    """Say whether a clause tells somebody to act, or gives consent in words."""
    if says_done(clause):
        return True
    return not _NO_ORDER.search(clause) and bool(_ORDER.search(clause) or _ASSENT.search(clause))


def asks_to_hand_in(text: str) -> bool:
    return bool(_HANDING_IN.search(text))


def asks(text: str) -> bool:
    """Say whether a text asks something: by its mark, its first word, or since it is no sentence at all."""
    words = [each.strip(",.:;!") for each in text.split()]
    while words and words[0] in _OPENERS.split():
        words = words[1:]
    if "?" in text or not words or words[0] in _QUESTION_WORDS.split():
        return True
    if re.match(r"i (?:wonder|want to know|would like to know)", " ".join(words)):
        return True
    return not _FINITE.search(text)


def _made_of(text: str, words: str) -> bool:
    said = re.findall(r"[\w']+", text)
    return bool(said) and set(said) <= set(words.split())


@cache
def _patterns() -> tuple[tuple[Topic, re.Pattern[str]], ...]:
    lines = resources.files("engine.asking").joinpath("topics.txt").read_text(encoding="utf-8").splitlines()
    names: dict[str, str] = {}
    found: dict[str, list[str]] = {}
    topic = ""
    for line in filter(None, (each.strip() for each in lines if not each.startswith("#"))):
        named = re.fullmatch(r"(\w+) = (.+)", line)
        if line.startswith("["):
            topic = line.strip("[]")
        elif named and not topic:
            names[named[1]] = named[2]
        else:
            found.setdefault(topic, []).append(_filled(line, names))
    unknown = set(found) - set(get_args(Topic))
    if unknown:
        raise ValueError(f"topics.txt names no topic: {unknown}")
    return tuple((cast(Topic, name), re.compile("|".join(each))) for name, each in found.items())


def _filled(line: str, names: dict[str, str]) -> str:
    for name, pattern in names.items():
        line = line.replace(f"{{{name}}}", pattern)
    return line
