"""How the model is, as Home tells it: asked, resting, without money or without a price."""

from decimal import Decimal

import pytest
from engine_values import MADRID
from factories import HandClock

from engine.narrate.breaker import FAILURES, Breaker
from engine.narrate.llm import LanguageModel
from engine.narrate.paid_model import ModelSettings
from engine.narrate.purse import Purse
from store import Store


def model(
    store: Store,
    clock: HandClock,
    *,
    name: str = "gpt-4o-mini",
    budget: str = "1",
    breaker: Breaker | None = None,
) -> LanguageModel:
    purse = Purse(store.memory, clock, zone=lambda: MADRID, budget=Decimal(budget))
    return LanguageModel(ModelSettings(model=name, api_key="planted"), purse, breaker=breaker)


def test_a_model_with_a_price_and_money_is_on(store: Store, clock: HandClock) -> None:
    assert model(store, clock).state() == "on"


def test_a_model_without_a_price_is_told_as_such(store: Store, clock: HandClock) -> None:
    assert model(store, clock, name="nobody-priced-this").state() == "no price"


@pytest.mark.parametrize("budget", ["0", "0.000001"])
def test_where_not_even_a_short_answer_can_be_paid_it_is_over_budget(
    store: Store, clock: HandClock, budget: str
) -> None:
    assert model(store, clock, budget=budget).state() == "over budget"


def test_after_failures_it_rests_until_a_call_succeeds(store: Store, clock: HandClock) -> None:
    breaker = Breaker()
    asked = model(store, clock, breaker=breaker)
    for _ in range(FAILURES):
        breaker.failed()
    assert asked.state() == "resting"
    breaker.succeeded()
    assert asked.state() == "on"
