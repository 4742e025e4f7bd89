"""Buttons and menus: where each one ends up."""

from bot import ids
from bot.listeners.actions.decide import approve, done, drop, reject
from bot.listeners.actions.enter import enter_forecast, enter_order_value
from bot.listeners.actions.look import analyze_again, analyze_named, menu, more, tell_then

ACTIONS = {
    ids.APPROVE: approve,
    ids.REJECT: reject,
    ids.DONE: done,
    ids.DROP: drop,
    ids.MORE: more,
    ids.MENU: menu,
    ids.TELL_THEN: tell_then,
    ids.ANALYZE_AGAIN: analyze_again,
    ids.ANALYZE_NAMED: analyze_named,
    ids.ENTER_FORECAST: enter_forecast,
    ids.ENTER_ORDER_VALUE: enter_order_value,
}

# A link opens in the reader's browser; Slack still wants to be told that we heard.
SILENT = (ids.OPEN_LINK,)
