"""The search selects of the dialogs."""

from typing import Any

from bot.blocks import kit
from engine.choices import Choice
from engine.engine import Engine

MOST = 100


def campaigns(typed: str, engine: Engine) -> list[dict[str, Any]]:
    return _options(engine.campaign_choices(typed))


def platforms(typed: str, engine: Engine) -> list[dict[str, Any]]:
    """Known and common platforms; another is added by typing it."""
    return _options(engine.platform_choices(typed))


def _options(choices: list[Choice]) -> list[dict[str, Any]]:
    return [kit.option(each.label, each.value) for each in choices[:MOST]]
