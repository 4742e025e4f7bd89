"""The currency that a header names, in brackets or beside a word: "Spend [USD]", "cost_eur", "Kosten (€)"."""

import re
import unicodedata
from collections.abc import Iterator

from engine.intake.money_signs import currencies

_WORDS = frozenset({"all", "top", "cup", "mop", "r"})  # codes and signs that stand in headers as words
_POUND = "£"  # the Egyptian pound has this sign too, and is written EGP or LE beside advertising
_IN = frozenset({"in", "en", "em", "w", "i"})  # "Kosten in EUR", "Coût (en €)"
_BRACKETS = re.compile(r"[(\[{（【]([^()\[\]{}（）【】]*)[)\]}）】]")
_PIECES = re.compile(r"[\s_,:;|/\-–—.]+")
_CAMEL = re.compile(r"(?<=[a-zà-ÿ])(?=[A-Z]{3}$)")  # "costEUR"


def currency_in(name: str) -> str | None:
    """Give the ISO code of the currency that a header names, if it names one."""
    return next((currency for _, currency in currency_beside(name) if currency), None)


def currency_beside(name: str) -> Iterator[tuple[str, str | None]]:
    """Take the currency off a header, each way to do it: what is left, and the code.

    The code is ``None`` for a sign that several currencies share ($, ¥, kr): it says money, not which.
    """
    text = unicodedata.normalize("NFC", name).replace("\ufeff", "")
    for match in _BRACKETS.finditer(text):
        words = [word for word in _words(match[1]) if word.casefold() not in _IN]
        if words and all(_is_money(word) for word in words):
            codes = {code for code in map(_code, words) if code}
            rest = f"{text[: match.start()]} {text[match.end() :]}"
            yield rest, codes.pop() if len(codes) == 1 else None
    yield from _at_an_end(_words(_CAMEL.sub(" ", text)))


def _at_an_end(words: list[str]) -> Iterator[tuple[str, str | None]]:
    if len(words) < 2:
        return
    for rest, word in ((words[:-1], words[-1]), (words[1:], words[0])):
        if _is_money(word):
            kept = rest[:-1] if len(rest) > 1 and rest[-1].casefold() in _IN else rest
            yield " ".join(kept), _code(word)


def _words(text: str) -> list[str]:
    return [word for word in _PIECES.split(text.strip()) if word]


def _is_money(word: str) -> bool:
    return word.casefold() not in _WORDS and bool(currencies(word))


def _code(word: str) -> str | None:
    codes = currencies(word)
    if word == _POUND:
        return "GBP"
    return next(iter(codes)) if _is_money(word) and len(codes) == 1 else None
