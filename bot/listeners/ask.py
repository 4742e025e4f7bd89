"""What several listeners answer: why a signal weighs what it weighs."""

import math

from bot.blocks import lists
from bot.desk import Desk
from engine.errors import UnknownSignal
from engine.models.delivery import Delivery


def tell_why(signal: str, delivery: Delivery, desk: Desk) -> None:
    """Tell what moved a signal's weight; of one that is unknown or not named, offer the nearest."""
    if not signal:
        found = sorted(desk.engine.weights().signals, key=lambda each: -abs(math.log(each.weight)))
        names = [each.signal for each in found]
        desk.tell(delivery, lists.which_signal(names, None, desk.voice.marked))
        return
    try:
        desk.tell(delivery, lists.why(desk.engine.why(signal), desk.voice))
    except UnknownSignal as unknown:
        desk.tell(delivery, lists.which_signal(unknown.nearest, unknown, desk.voice.marked))
