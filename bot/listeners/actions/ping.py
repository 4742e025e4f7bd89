"""⋯ on what pings somebody: mute it, take only what is critical, ask why; and the way back on Home."""

from typing import cast

from bot.blocks import pings
from bot.desk import Desk
from engine.models.delivery import Delivery
from engine.models.ping import Notice, PingChoice


def ping_menu(delivery: Delivery, desk: Desk) -> None:
    """Each for oneself, also whom the notice does not mention."""
    value = str(delivery.payload["actions"][0]["selected_option"]["value"])
    choice, what, record = value.split(":", 2)
    person = desk.person(delivery)
    if choice == "why":
        kind = cast(Notice, what)
        found = desk.engine.why_pinged(record, kind, person.id)
        desk.tell(delivery, pings.why(found, kind, desk.engine.ping_standing(person.id)))
        return
    wanted = cast(PingChoice, choice)
    chosen = desk.engine.choose_pings(person, wanted)
    desk.tell(delivery, pings.chosen(chosen, wanted, desk.voice.marked))


def unmute(delivery: Delivery, desk: Desk) -> None:
    """The Home on which it was pressed says so itself."""
    person = desk.person(delivery)
    desk.engine.choose_pings(person, "all")
    desk.homes.opened(person.id)
