"""Time zones, as somebody types a city."""

from typing import Any

from bot.blocks import kit
from bot.zones import zones_like
from engine.engine import Engine


def zones(typed: str, engine: Engine) -> list[dict[str, Any]]:
    found = zones_like(typed, first=engine.preferences().time_zone)
    return [kit.option(name, name) for name in found]
