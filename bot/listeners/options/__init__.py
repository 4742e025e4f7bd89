"""What a search select offers for what was typed so far; read within the acknowledgement."""

from collections.abc import Callable, Mapping
from typing import Any

from bot import ids
from bot.listeners.options.choose import campaigns, platforms
from bot.listeners.options.zones import zones
from engine.engine import Engine

OPTIONS: Mapping[str, Callable[[str, Engine], list[dict[str, Any]]]] = {
    ids.PICK_CAMPAIGN: campaigns,
    ids.PICK_PLATFORM: platforms,
    ids.ORDER_ZONE: zones,
    ids.TIME_ZONE: zones,
}
