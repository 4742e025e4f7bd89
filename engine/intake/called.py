"""How names are kept: one spelling of each letter, one line, and no longer than a key may be."""

import hashlib
import unicodedata

LONGEST = 200  # of an account, and of a campaign's id or name where it stands in for one
DIGITS = 16  # hexadecimal, of what a longer one is: two that begin alike stay two


def written_alike(text: str) -> str:
    """Put a letter and its accent together, as a file from a Mac keeps them apart; leave controls out."""
    if text.isascii() and text.isprintable():
        return text
    shown = "".join(" " if unicodedata.category(each) in {"Cc", "Cs"} else each for each in text)
    return unicodedata.normalize("NFC", shown.replace("\ufeff", ""))


def within(text: str) -> str:
    """Give a name as part of a key: what is too long is cut, and told apart by what it was."""
    if len(text) <= LONGEST:
        return text
    digest = hashlib.sha256(text.encode()).hexdigest()[:DIGITS]
    return f"{text[: LONGEST - DIGITS - 1]}-{digest}"
