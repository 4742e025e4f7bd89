"""Marko's own words: whether a question asks what one means, and what it means (``glossary.txt``)."""

import re
from functools import cache

from engine.asking.lexicon import lines_of

_OPEN = (
    r"(?:and )?(?:what (?:is|are) (?:the )?(?:meaning|definition) of|define|meaning of|definition of"
    r"|what do you (?:mean|understand) (?:by|with|under)|explain (?:the (?:word|term)))"
)
# These ask for a word wherever they stand.
_MEANING = (
    re.compile(r"^(?:and )?what (?:does|do|did) (?P<word>.+?) (?:mean|stand for)(?: here| exactly)?$"),
    re.compile(rf"^{_OPEN} (?P<word>.+)$"),
    re.compile(r"^(?:and )?what (?:is|are) (?:(?:a|an) )?(?P<word>(?!the\b).+)$"),
)
# These do where no campaign is spoken of.
_BARE = re.compile(r"^(?:and )?(?:what (?:is|are) )?(?:the |your |this )?(?P<word>.+)$")
# Of these, the things themselves are asked for.
_LISTED = re.compile(r"#|\b(?:weights?|signals?|patterns?|learnings?|recommendations?|proposals?|digest)\b")
_ARTICLE = re.compile(r"^(?:the|a|an|your|this|that)(?: (?:word|term))? ")


def word_asked(text: str, *, alone: bool) -> str:
    """Give the word whose meaning is asked for, as the glossary calls it; "" where none is.

    ``alone`` says that no campaign is spoken of, so that "the score?" can only ask for the word.
    """
    said = (found["word"] for pattern in _MEANING if (found := pattern.search(text)))
    words = (_ARTICLE.sub("", each).lstrip("#") for each in said)
    known = next((word for word in words if word in glossary()), "")
    if known or not alone:
        return known
    bare = _BARE.search(text)
    return bare["word"] if bare and bare["word"] in glossary() and not _LISTED.search(text) else ""


@cache
def glossary() -> dict[str, str]:
    """What each word means, by each of its forms."""
    pairs = [line.split(": ", 1) for line in lines_of("glossary.txt")]
    return {form: meaning for forms, meaning in pairs for form in forms.split(", ")}
