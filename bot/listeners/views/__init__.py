"""Dialogs that were submitted: what is checked at once, and what is done after."""

from bot import ids
from bot.listeners.views.enter import check_forecast, check_order_value, forecast, order_value
from bot.listeners.views.reject import reject

VIEWS = {
    ids.REJECT_VIEW: reject,
    ids.FORECAST_VIEW: forecast,
    ids.ORDER_VALUE_VIEW: order_value,
}

CHECKS = {
    ids.FORECAST_VIEW: check_forecast,
    ids.ORDER_VALUE_VIEW: check_order_value,
}
