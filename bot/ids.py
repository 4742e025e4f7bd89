"""Names that Slack hands back to us: action ids, block ids, callback ids."""

APPROVE = "approve"
REJECT = "reject"
MORE = "more"
DONE = "done"
DROP = "drop"
MENU = "menu"
TELL_THEN = "tell_then"
ANALYZE_AGAIN = "analyze_again"
ANALYZE_NAMED = "analyze_named"
ENTER_FORECAST = "enter_forecast"
ENTER_ORDER_VALUE = "enter_order_value"
OPEN_LINK = "open_link"

WHY_ME = "why_me"  # a choice of the card's menu

REJECT_VIEW = "reject_view"
FORECAST_VIEW = "forecast_view"
ORDER_VALUE_VIEW = "order_value_view"

REASON = "reason"
NOTE = "note"
VALUE = "value"

MESSAGE_EVENT = "marko_intent"  # the metadata by which a posted message is found again
