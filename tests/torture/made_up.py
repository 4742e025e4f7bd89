"""Campaigns for the torture: the sandbox's spring-sale, which asks for a decision, under other names."""

import json
import random
from collections.abc import Iterable
from datetime import datetime
from zoneinfo import ZoneInfo

from bot.sandbox.samples import sample_history

WIN = "spring-sale"
SEED = 20260330


def dice() -> random.Random:
    """The same chances in every run, so that what went wrong once goes wrong again."""
    return random.Random(SEED)  # noqa: S311


def campaigns(names: Iterable[str], now: datetime, zone: str = "UTC") -> str:
    """Write one list of campaigns, each as good as spring-sale was, with windows before ``now``."""
    history = json.loads(sample_history(now, ZoneInfo(zone)))
    win = next(each for each in history if each["campaign_id"] == WIN)
    return json.dumps([win | {"campaign_id": name} for name in names])
