"""Buttons and menus: where each one ends up."""

from bot import ids
from bot.listeners.actions import hooks, imports
from bot.listeners.actions.ask import analyze_how, open_analyze
from bot.listeners.actions.calendar import add_event, change_event, choose_country, remove_event
from bot.listeners.actions.decide import approve, arrived, done, drop, reject, resend, retry, undo, wake
from bot.listeners.actions.enter import enter_forecast, enter_order_value
from bot.listeners.actions.know import search_learnings, why_signal
from bot.listeners.actions.learned import learning_doubt, learning_evidence, learning_take_back
from bot.listeners.actions.look import analyze_again, analyze_named, more, tell_then
from bot.listeners.actions.menu import choose, edit, menu
from bot.listeners.actions.order import follow_order, open_digest, preview_order, stop_order
from bot.listeners.actions.parked import post_again, post_arrived
from bot.listeners.actions.ping import ping_menu, unmute
from bot.listeners.actions.settings import judge_approvers, open_settings
from bot.listeners.actions.study import ask_study, show_study
from bot.listeners.actions.vote import vote

ACTIONS = {
    ids.APPROVE: approve,
    ids.REJECT: reject,
    ids.DONE: done,
    ids.DROP: drop,
    ids.UNDO: undo,
    ids.RETRY: retry,
    ids.ARRIVED: arrived,
    ids.RESEND: resend,
    ids.WAKE: wake,
    ids.EDIT: edit,
    ids.CHOOSE: choose,
    ids.MORE: more,
    ids.MENU: menu,
    ids.TELL_THEN: tell_then,
    ids.ANALYZE_AGAIN: analyze_again,
    ids.ANALYZE_NAMED: analyze_named,
    ids.LEARNING_EVIDENCE: learning_evidence,
    ids.LEARNING_DOUBT: learning_doubt,
    ids.LEARNING_TAKE_BACK: learning_take_back,
    ids.ENTER_FORECAST: enter_forecast,
    ids.ENTER_ORDER_VALUE: enter_order_value,
    ids.OPEN_ANALYZE: open_analyze,
    ids.ANALYZE_HOW: analyze_how,
    ids.SEARCH_LEARNINGS: search_learnings,
    ids.OPEN_DIGEST: open_digest,
    ids.ORDER_CHANNEL: follow_order,
    ids.ORDER_DAY: follow_order,
    ids.ORDER_TIME: follow_order,
    ids.ORDER_ZONE: follow_order,
    ids.ORDER_PREVIEW: preview_order,
    ids.ORDER_STOP: stop_order,
    ids.OPEN_SETTINGS: open_settings,
    ids.APPROVERS: judge_approvers,
    ids.CHANNEL_APPROVERS: judge_approvers,
    ids.VOTE: vote,
    ids.WHY_SIGNAL: why_signal,
    ids.ASK_STUDY: ask_study,
    ids.SHOW_STUDY: show_study,
    ids.POST_ARRIVED: post_arrived,
    ids.POST_AGAIN: post_again,
    ids.PING_MENU: ping_menu,
    ids.UNMUTE: unmute,
    ids.IMPORT_CANCEL: imports.cancel,
    ids.IMPORT_WITH: imports.import_with,
    ids.IMPORT_DATES: imports.choose_dates,
    ids.IMPORT_DECIMAL: imports.choose_decimal,
    ids.IMPORT_ROWS: imports.import_rows,
    ids.IMPORT_MAP: imports.open_map,
    ids.IMPORT_UNDO: imports.undo,
    ids.IMPORT_DIFFER: imports.differ,
    ids.IMPORT_ONE: imports.one,
    ids.IMPORT_TWO: imports.two,
    ids.IMPORT_MORE: imports.more,
    ids.IMPORT_ANALYZE: imports.analyze,
    ids.HOOK_RETRY: hooks.retry,
    ids.HOOK_DROP: hooks.drop,
    ids.EVENT_ADD: add_event,
    ids.EVENT_CHANGE: change_event,
    ids.EVENT_REMOVE: remove_event,
    ids.EVENT_COUNTRY: choose_country,
}

# A link opens in the reader's browser, and a currency counts when [Import] is pressed; Slack still wants to
# be told that we heard.
SILENT = (ids.OPEN_LINK, ids.IMPORT_CURRENCY)
