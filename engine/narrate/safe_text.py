"""What no text of a model may hold, true or not: marks, addresses, orders, names of others."""

import re
import unicodedata
from collections.abc import Collection, Iterator

from engine.narrate.claims import CLOSE, OPEN
from engine.narrate.formats import MONTHS

LONGEST = 280
_PUNCTUATION = set("“”‘’–—−→…·€£%$+=&#/\u00a0\u202f" + OPEN + CLOSE)
_MARKS = re.compile(r"[<>{}\[\]@`|\\^~*_]")
_ADDRESS = re.compile(
    r"://|\bwww\.|\bmailto:|\b[a-z0-9-]+\.(?:com|net|org|io|ai|co|dev|app|info|biz|me|ly|gg|xyz|ru|cn)\b",
    re.I,
)
_ORDER = re.compile(
    r"\b(?:ignor\w*|disregard\w*|overrid\w*|bypass\w*|approv\w*|reject\w*|instruct\w*|prompts?|assistant"
    r"|api[ -]?keys?|passwords?|secrets?|jailbreak\w*|click here|as an ai|language model|developer message"
    r"|system message|everyone|channel)\b",
    re.I,
)
_QUOTED = re.compile(r"[\"“”'‘«»][^\"“”'‘«»]{1,60}[\"“”'’«»]")
_JOINED = re.compile(r"[A-Za-z0-9]+(?:[-_.'’][A-Za-z0-9]+)+|[A-Za-z]+\d\w*|\d+[A-Za-z]\w*|[a-z]+[A-Z]\w*")
_CAPITAL = re.compile(r"(?<![.!?:;…\n] )(?<!^)\b[A-Z][A-Za-z]+\b", re.M)
_PLAIN_JOINED = re.compile(
    r"click-through|cost-per-click|year-(?:on|over)-year|(?:long|short)-term|so-called|follow-up|re-check"
    r"|(?:high|low|bett|wors)er?-than-expected|(?:it|that|there|here|let)'s|(?:is|was|did|do|does|ca|wo)n't",
    re.I,
)
_KNOWN_CAPITAL = re.compile(
    r"CPA|CPC|CPM|CTR|CVR|ROAS|AOV|KPIs?|I|Wait|Keep|Raise|Lower|Next|January|February|March|April|June|July"
    rf"|August|September|October|November|December|{'|'.join(MONTHS)}"
)


def unsafe(text: str) -> Iterator[str]:
    """Say what a text holds that no text may hold; names and figures are in their place already."""
    if not text.strip() or len(text) > LONGEST:
        yield f"{len(text)} characters"
    odd = [each for each in text if not _is_plain(each)]
    if odd:
        yield f"the character U+{ord(odd[0]):04X}"
    for what, pattern in (("a mark", _MARKS), ("an address", _ADDRESS), ("an order", _ORDER)):
        found = pattern.search(text)
        if found:
            yield f"{what}, {found[0]!r}"


def strangers(text: str, currencies: Collection[str], others: Collection[str]) -> Iterator[str]:
    """Find what reads like a name that this analysis does not know.

    ``others`` are names that are known not to belong here. Names that do belong are masked already.
    """
    folded = text.casefold()
    for name in others:
        known = name.casefold()
        if len(name) > 2 and known in folded and re.search(rf"(?<!\w){re.escape(known)}(?!\w)", folded):
            yield name
    for pattern in (_QUOTED, _JOINED):
        for found in pattern.finditer(text):
            if _reads_as_name(found[0]):
                yield found[0]
    for found in _CAPITAL.finditer(text):
        if not _KNOWN_CAPITAL.fullmatch(found[0]) and found[0] not in currencies:
            yield found[0]


def _reads_as_name(text: str) -> bool:
    figures = re.fullmatch(r"[\d.,'’]+", text)
    return not (figures or OPEN in text or _PLAIN_JOINED.fullmatch(text.replace("’", "'")))


def _is_plain(character: str) -> bool:
    if character in _PUNCTUATION or character == "\n":
        return True
    return character.isascii() and unicodedata.category(character) not in {"Cc", "Cf"}
