"""Whether anything of a text can be seen: what only turns the line round, or is blank, is no name."""

import unicodedata

# Controls, marks of direction and width, surrogates, spaces, and marks that stand on another letter.
_UNSEEN = frozenset({"Cc", "Cf", "Cs", "Mn", "Zl", "Zp", "Zs"})
_BLANK = frozenset("\u115f\u1160\u2800\u3164\uffa0")  # fillers, which Unicode calls letters and signs


def is_visible(text: str) -> bool:
    """Say whether a reader sees at least one character."""
    return any(each not in _BLANK and unicodedata.category(each) not in _UNSEEN for each in text)


def holdable(text: str) -> str:
    """Put U+FFFD in the place of what no database can hold: NUL, and half a surrogate pair."""
    text = text.replace("\0", "\ufffd")
    try:
        text.encode()
    except UnicodeEncodeError:
        return text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return text
