"""What models cost, in US dollars per million tokens: a dated table, and prices that a team adds.

Source: OpenAI's price list at developers.openai.com/api/docs/pricing and its models' own pages there,
read through public copies of them; ``as_of`` is the day of the newest copy that shows the price. Prices
are those of the standard tier: not batch, not priority, not a reseller's. A model that is not here has
to be priced by MARKO_PRICES: nothing is guessed, not even for a dated snapshot of a model that is here,
since snapshots have had prices of their own.
"""

import json
from collections.abc import Mapping
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, NamedTuple

MILLION = Decimal(1_000_000)
CENT_PART = Decimal("0.00000001")
DEFAULT_MODEL = "gpt-4.1-mini"


class BadPrices(ValueError):
    """MARKO_PRICES cannot be read; the message is one line."""


class Usage(NamedTuple):
    """Tokens of one call; ``cached`` are those of ``input`` that the server had read before."""

    input: int
    output: int
    cached: int = 0


class Price(NamedTuple):
    """US dollars per million tokens. Without a price for cached tokens they cost as much as others."""

    input: Decimal
    output: Decimal
    cached: Decimal | None = None
    as_of: date | None = None

    def cost(self, usage: Usage) -> Decimal:
        """US dollars, exact to a millionth of a cent."""
        cached = self.input if self.cached is None else self.cached
        fresh = max(usage.input - usage.cached, 0)
        total = fresh * self.input + usage.cached * cached + usage.output * self.output
        return (total / MILLION).quantize(CENT_PART)


def _listed(input_: str, output: str, cached: str | None, as_of: date) -> Price:
    return Price(Decimal(input_), Decimal(output), Decimal(cached) if cached else None, as_of)


_APRIL, _JUNE, _AUTUMN = date(2026, 4, 29), date(2026, 6, 21), date(2026, 11, 5)
PRICES: dict[str, Price] = {
    "gpt-4.1": _listed("2.00", "8.00", "0.50", _JUNE),
    "gpt-4.1-mini": _listed("0.40", "1.60", "0.10", _JUNE),
    "gpt-4o-mini": _listed("0.15", "0.60", "0.075", _JUNE),
    "gpt-5-mini": _listed("0.25", "2.00", "0.025", _AUTUMN),
    "gpt-5.4-mini": _listed("0.75", "4.50", "0.075", _AUTUMN),
    "gpt-5.4-nano": _listed("0.20", "1.25", "0.02", _AUTUMN),
    "text-embedding-3-small": _listed("0.02", "0", None, _JUNE),
    "text-embedding-3-large": _listed("0.13", "0", None, _APRIL),
    "text-embedding-ada-002": _listed("0.10", "0", None, _APRIL),
}


def read_prices(text: str) -> dict[str, Price]:
    """Read ``{"model": {"input": 0.15, "output": 0.6, "cached": 0.075}}``; raises ``BadPrices``."""
    try:
        told = json.loads(text or "{}", parse_float=Decimal, parse_int=Decimal)
    except ValueError:
        raise BadPrices("no JSON") from None
    if not isinstance(told, dict):
        raise BadPrices("no JSON block in braces")
    return {model: _price(model, each) for model, each in told.items()}


def _price(model: str, told: Any) -> Price:
    known = {"input", "output", "cached"}
    if not isinstance(told, Mapping) or not {"input", "output"} <= set(told) <= known:
        raise BadPrices(f'{model} needs "input" and "output", and may have "cached"')
    numbers = {name: _dollars(model, each) for name, each in told.items()}
    return Price(numbers["input"], numbers["output"], numbers.get("cached"))


def _dollars(model: str, told: Any) -> Decimal:
    try:
        number = told if isinstance(told, Decimal) else Decimal("NaN")
        if number.is_finite() and 0 <= number <= 10_000:
            return number
    except InvalidOperation:
        pass
    raise BadPrices(f"{model} has a price that is no number of dollars")
