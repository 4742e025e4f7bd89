"""Prices and prompts: dated, versioned, and refused where nothing is known."""

from decimal import Decimal

import pytest

from engine.narrate.paid_model import ModelSettings
from engine.narrate.prices import DEFAULT_MODEL, PRICES, BadPrices, Usage, read_prices
from engine.narrate.prompt import UnknownPrompt, load_prompt


def test_every_price_is_dated_and_the_default_model_has_one() -> None:
    assert DEFAULT_MODEL in PRICES
    assert all(each.as_of for each in PRICES.values())
    assert all(each.cached is None or each.cached < each.input for each in PRICES.values())


def test_a_cost_is_exact_and_cached_tokens_cost_less() -> None:
    price = PRICES["gpt-4.1-mini"]
    assert price.cost(Usage(5_000, 1_500)) == Decimal("0.0044")
    assert price.cost(Usage(5_000, 1_500, 5_000)) == Decimal("0.0029")
    assert PRICES["text-embedding-3-small"].cost(Usage(1, 0)) == Decimal("0.00000002")


def test_a_snapshot_of_a_known_model_is_unknown_until_it_is_priced() -> None:
    name = "gpt-4.1-mini-2025-04-14"
    assert ModelSettings(model=name, api_key="k").price is None
    prices = read_prices(f'{{"{name}": {{"input": 0.4, "output": 1.6, "cached": 0.1}}}}')
    priced = ModelSettings(model=name, api_key="k", prices=prices).price
    assert priced
    assert priced.cached == Decimal("0.1")


def test_the_team_s_price_goes_before_the_table_s() -> None:
    prices = read_prices('{"gpt-4.1-mini": {"input": 1, "output": 2}}')
    priced = ModelSettings(model="gpt-4.1-mini", api_key="k", prices=prices).price
    assert priced
    assert priced.cost(Usage(1_000_000, 1_000_000)) == 3


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("{", "no JSON"),
        ("[]", "no JSON block in braces"),
        ('{"m": 1}', 'm needs "input" and "output", and may have "cached"'),
        ('{"m": {"input": 1}}', 'm needs "input" and "output", and may have "cached"'),
        ('{"m": {"input": 1, "output": 1, "per": 2}}', 'm needs "input" and "output", and may have "cached"'),
        ('{"m": {"input": "1", "output": 1}}', "m has a price that is no number of dollars"),
        ('{"m": {"input": true, "output": 1}}', "m has a price that is no number of dollars"),
        ('{"m": {"input": -1, "output": 1}}', "m has a price that is no number of dollars"),
        ('{"m": {"input": NaN, "output": 1}}', "m has a price that is no number of dollars"),
        ('{"m": {"input": 1e309, "output": 1}}', "m has a price that is no number of dollars"),
    ],
)  # fmt: skip
def test_a_broken_price_is_refused_in_one_line(text: str, says: str) -> None:
    with pytest.raises(BadPrices) as refused:
        read_prices(text)
    assert str(refused.value) == says


def test_the_newest_prompt_is_taken_unless_a_version_is_pinned() -> None:
    assert load_prompt("insights") == load_prompt("insights", 1)
    assert load_prompt("insights").id == "insights-v1"


@pytest.mark.parametrize(
    ("name", "version", "says"),
    [
        ("insights", 99, "There is no prompt insights-v99; there is insights-v1."),
        ("poems", None, "There is no prompt poems-v0; there is none of that name."),
    ],
)
def test_an_unknown_prompt_is_a_clear_error(name: str, version: int | None, says: str) -> None:
    with pytest.raises(UnknownPrompt) as unknown:
        load_prompt(name, version)
    assert str(unknown.value) == says
