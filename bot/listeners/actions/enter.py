"""What is missing can be entered by anyone; these buttons open the dialogs for it."""

from bot.blocks.modals import forecast_view, order_value_view
from bot.desk import Desk, channel_of
from engine.models.delivery import Delivery


def enter_forecast(delivery: Delivery, desk: Desk) -> None:
    current = desk.engine.recommendation(delivery.payload["actions"][0]["value"])
    desk.open_view(delivery, forecast_view(current, channel_of(delivery.payload) or ""))


def enter_order_value(delivery: Delivery, desk: Desk) -> None:
    current = desk.engine.recommendation(delivery.payload["actions"][0]["value"])
    desk.open_view(delivery, order_value_view(current, channel_of(delivery.payload) or ""))
