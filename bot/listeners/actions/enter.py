"""What is missing can be entered by anyone; these buttons open the dialogs for it."""

from functools import partial

from bot.blocks.modals import forecast_view, order_value_view
from bot.desk import Desk, channel_of
from engine.models.delivery import Delivery
from engine.models.recommendation import Recommendation
from engine.narrate.studies.forecast_accuracy import hint


def enter_forecast(delivery: Delivery, desk: Desk) -> None:
    current = desk.engine.recommendation(delivery.payload["actions"][0]["value"])
    channel = channel_of(delivery.payload) or ""
    view_id = desk.open_view(delivery, forecast_view(current, channel))
    desk.later(partial(_hint, current, channel, view_id, desk))


def _hint(current: Recommendation, channel: str, view_id: str, desk: Desk) -> None:
    """Say how forecasts like this one have run, where that is real; to find it out takes a moment."""
    biases = desk.engine.forecast_biases(current.analysis.retrospective.campaign)
    if biases:
        hints = [hint(each, desk.voice.marked) for each in biases]
        desk.redraw_view(view_id, forecast_view(current, channel, hints))


def enter_order_value(delivery: Delivery, desk: Desk) -> None:
    current = desk.engine.recommendation(delivery.payload["actions"][0]["value"])
    desk.open_view(delivery, order_value_view(current, channel_of(delivery.payload) or ""))
