"""The Slack app's manifest as data: commands, scopes and events."""

import json
import re
from importlib import resources
from typing import Any

DOOR = "/slack/events"


def manifest() -> dict[str, Any]:
    text = resources.files("bot").joinpath("manifest.json").read_text(encoding="utf-8")
    found: dict[str, Any] = json.loads(text)
    return found


def manifest_by_http(host: str) -> dict[str, Any]:
    """The manifest of an app to which Slack comes by signed HTTP, at ``host`` such as https://marko.example.

    Raises ``ValueError`` when the address is not one that Slack would take.
    """
    if not re.fullmatch(r"https://[^\s/?#]+(/[^\s?#]*)?", host):
        raise ValueError(f"{host!r} is no address such as https://marko.example")
    address = host.rstrip("/")
    url = address if address.endswith(DOOR) else f"{address}{DOOR}"
    found = manifest()
    found["settings"] |= {"socket_mode_enabled": False}
    found["settings"]["event_subscriptions"] |= {"request_url": url}
    found["settings"]["interactivity"] |= {"request_url": url, "message_menu_options_url": url}
    for command in found["features"]["slash_commands"]:
        command["url"] = url
    return found


def scopes() -> list[str]:
    return list(manifest()["oauth_config"]["scopes"]["bot"])


def commands() -> list[dict[str, str]]:
    return list(manifest()["features"]["slash_commands"])


def events() -> list[str]:
    return list(manifest()["settings"].get("event_subscriptions", {}).get("bot_events", []))
