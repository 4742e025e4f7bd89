"""Looking at the conversation with the bot: each time one opens it, or its other tab, the bot is told."""

from bot.sandbox.asked import Body, Impossible, Json, person
from bot.sandbox.parts import Parts

TABS = ("home", "messages")


def home(parts: Parts, body: Body) -> Json:
    """Open a `tab` of the direct message with the bot. Raises Impossible for any other tab."""
    user = person(parts, body.get("user"))
    tab = body.get("tab") or "messages"
    if tab not in TABS:
        raise Impossible(400, f"There is no tab {tab!r}; there are {' and '.join(TABS)}.")
    direct = parts.workspace.direct_channel(user.id)
    if direct is None:
        raise Impossible(404, "You have no direct message with Marko.")
    view = parts.views.home(user.id) if tab == "home" else None
    parts.events.home_opened(user.id, direct.id, str(tab), view.to_slack() if view else None)
    return {}
