"""The Slack app's manifest as data: commands, scopes and events."""

import json
from importlib import resources
from typing import Any


def manifest() -> dict[str, Any]:
    text = resources.files("bot").joinpath("manifest.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def scopes() -> list[str]:
    return list(manifest()["oauth_config"]["scopes"]["bot"])


def commands() -> list[dict[str, str]]:
    return list(manifest()["features"]["slash_commands"])


def events() -> list[str]:
    return list(manifest()["settings"].get("event_subscriptions", {}).get("bot_events", []))
