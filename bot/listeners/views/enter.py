"""An order value or a forecast was entered: checked while the dialog is open, then taken."""

from typing import Any

from pydantic import ValidationError

from bot import ids
from bot.blocks.modals import FORECAST_FIELDS, Origin, answers
from bot.desk import Desk, user_of
from bot.listeners.show import tell_where_it_is
from bot.numbers import no_number, read_number
from engine.engine import Engine
from engine.models.campaign import LARGEST, Metrics
from engine.models.delivery import Delivery
from engine.narrate.formats import Separators


def check_order_value(view: dict[str, Any], separators: Separators, _: Engine) -> dict[str, str]:
    value = read_number(answers(view)[ids.VALUE], separators)
    if value is None:
        return {ids.VALUE: no_number(answers(view)[ids.VALUE], separators, least="more than 0")}
    if 0 < value <= LARGEST:
        return {}
    return {ids.VALUE: f"It has to be more than 0 and at most {LARGEST:,}."}


def order_value(delivery: Delivery, desk: Desk) -> None:
    view = delivery.payload["view"]
    value = read_number(answers(view)[ids.VALUE], desk.separators)
    if value is not None:
        origin = Origin.unpacked(view)
        desk.engine.enter_order_value(origin.recommendation, value, by=user_of(delivery.payload))
        desk.publisher.wake()


def check_forecast(view: dict[str, Any], separators: Separators, _: Engine) -> dict[str, str]:
    """Name everything that is wrong, each at its input, all at once."""
    typed = {name: text for name, text in answers(view).items() if text or name != "revenue"}
    errors = {
        name: no_number(text, separators)
        for name, text in typed.items()
        if read_number(text, separators) is None
    }
    return errors or _broken_rules(view, separators)


def forecast(delivery: Delivery, desk: Desk) -> None:
    view = delivery.payload["view"]
    origin = Origin.unpacked(view)
    answer = desk.engine.enter_forecast(
        origin.recommendation,
        Metrics.model_validate(_numbers(view, desk.separators)),
        by=user_of(delivery.payload),
        channel=origin.channel or None,
    )
    tell_where_it_is(answer, delivery, desk)


def _numbers(view: dict[str, Any], separators: Separators) -> dict[str, Any]:
    given = answers(view)
    return {name: read_number(given[name], separators) for name in FORECAST_FIELDS if given.get(name)}


def _broken_rules(view: dict[str, Any], separators: Separators) -> dict[str, str]:
    try:
        metrics = Metrics.model_validate(_numbers(view, separators))
    except ValidationError as problem:
        rules = {
            str(error["loc"][0]): str(error.get("ctx", {}).get("rule", error["msg"]))
            for error in problem.errors()
        }
        return {name: f'The rule is "{rule}".' for name, rule in rules.items()}
    return {} if metrics.conversions else {"conversions": "A forecast needs more than 0 conversions."}
