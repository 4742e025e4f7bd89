"""Dialogs that were submitted: what is checked at once, and what is done after."""

from bot import ids
from bot.listeners.views import calendar
from bot.listeners.views.decide import (
    approve_chosen,
    approve_edited,
    check_edit,
    check_snooze,
    show_edited,
    snooze,
)
from bot.listeners.views.doubt import check_doubt, doubt
from bot.listeners.views.enter import check_forecast, check_order_value, forecast, order_value
from bot.listeners.views.inquiry import analyze, check_analyze
from bot.listeners.views.learnings import learnings
from bot.listeners.views.map import check_map, map_columns
from bot.listeners.views.order import check_order, order
from bot.listeners.views.reject import reject
from bot.listeners.views.settings import check_settings, settings

VIEWS = {
    ids.ANALYZE_VIEW: analyze,
    ids.LEARNINGS_VIEW: learnings,
    ids.REJECT_VIEW: reject,
    ids.DOUBT_VIEW: doubt,
    ids.FORECAST_VIEW: forecast,
    ids.ORDER_VALUE_VIEW: order_value,
    ids.ORDER_VIEW: order,
    ids.SETTINGS_VIEW: settings,
    ids.EDITED_VIEW: approve_edited,
    ids.CHOOSE_VIEW: approve_chosen,
    ids.SNOOZE_VIEW: snooze,
    ids.MAP_VIEW: map_columns,
    ids.EVENT_VIEW: calendar.event,
    ids.EVENT_REMOVE_VIEW: calendar.remove_event,
    ids.EVENT_COUNTRY_VIEW: calendar.country,
}

CHECKS = {
    ids.ANALYZE_VIEW: check_analyze,
    ids.DOUBT_VIEW: check_doubt,
    ids.FORECAST_VIEW: check_forecast,
    ids.ORDER_VALUE_VIEW: check_order_value,
    ids.ORDER_VIEW: check_order,
    ids.SETTINGS_VIEW: check_settings,
    ids.EDIT_VIEW: check_edit,
    ids.SNOOZE_VIEW: check_snooze,
    ids.MAP_VIEW: check_map,
    ids.EVENT_VIEW: calendar.check_event,
    ids.EVENT_COUNTRY_VIEW: calendar.check_country,
}

# Dialogs that lead to another one on top of them, and decide nothing yet; with what is submitted in that
# one, all of them close.
NEXT = {ids.EDIT_VIEW: show_edited}
LAST = frozenset({ids.EDITED_VIEW})
