"""Amounts of several currencies that people type or set, "3,000 EUR, 3,500 USD", and how they are told."""

import re
from decimal import Decimal

from pydantic import ValidationError

from bot.numbers import read_number
from engine.models.preference import Amounts
from engine.narrate.formats import SPACE, Formats, Separators

_ONE = re.compile(r"\s*(?P<number>\d[\d.,\s]*?)\s*(?P<code>[A-Za-z]{3})\s*(?:[,;]|$)")
EXAMPLES: dict[Separators, str] = {
    "1,234.50": "3,000 EUR, 3,500 USD",
    "1.234,50": "3.000 EUR, 3.500 USD",
    "1 234,50": "3 000 EUR, 3 500 USD",
}


class BadAmounts(ValueError):
    """The message is a sentence that says what is wrong; ``takes`` says it after the value: "it takes …"."""

    def __init__(self, sentence: str, takes: str) -> None:
        self.takes = takes
        super().__init__(sentence)


def read_amounts(text: str, separators: Separators) -> Amounts:
    """Read what the team writes, in any order; nothing typed is no amount. Raises ``BadAmounts``."""
    found: dict[str, str] = {}
    rest = text.strip()
    while rest:
        one = _ONE.match(rest)
        number = read_number(one["number"], separators) if one else None
        if one is None or number is None:
            such = f"such as {EXAMPLES[separators]}"
            raise BadAmounts(f"Write amounts with their currency, {such}.", f"it takes amounts {such}")
        code = one["code"].upper()
        if code in found:
            raise BadAmounts(f"{code} stands here twice.", f"it takes one amount in {code}")
        found[code] = f"{number.normalize():f}"
        rest = rest[one.end() :].strip()
    try:
        return Amounts.model_validate_json(_as_json(found))
    except ValidationError:
        raise BadAmounts(
            "Each amount has to be more than 0, in 16 digits or fewer.",
            "it takes amounts above 0, in 16 digits or fewer",
        ) from None


def _as_json(found: dict[str, str]) -> str:
    pairs = ", ".join(f'["{code}", "{found[code]}"]' for code in sorted(found))
    return f'{{"of": [{pairs}]}}'


def write_amounts(amounts: Amounts, formats: Formats) -> str:
    """Write them so that they can be read again: whole where they are whole."""
    return ", ".join(
        formats.total(amount, code) if amount == amount.to_integral_value() else _exact(amount, code, formats)
        for code, amount in amounts.of
    )


def _exact(amount: Decimal, code: str, formats: Formats) -> str:
    exponent = amount.normalize().as_tuple().exponent
    return f"{formats.number(amount, -int(exponent))}{SPACE}{code}"
