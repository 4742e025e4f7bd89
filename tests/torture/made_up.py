"""Campaigns for the torture: the sandbox's spring-sale, which asks for a decision, under other names."""

import json
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.sandbox.samples import sample_history

WIN = "spring-sale"


def campaigns(names: Iterable[str], now: datetime, zone: str = "UTC") -> str:
    """Write one list of campaigns, each as good as spring-sale was, with windows before ``now``."""
    history = json.loads(sample_history(now, ZoneInfo(zone)))
    win = next(each for each in history if each["campaign_id"] == WIN)
    return json.dumps([win | {"campaign_id": name} for name in names])
