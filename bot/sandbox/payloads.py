"""The payloads of Socket Mode envelopes: commands, clicks, submissions. Values in, values out."""

from typing import Any

from bot.sandbox.block_tree import Element, Values, offers
from bot.sandbox.people import APP_ID, TEAM_DOMAIN, TEAM_ID, Channel, User

Json = dict[str, Any]


def command(
    name: str, text: str, *, user: User, channel: Channel, trigger_id: str, response_url: str
) -> Json:
    """A slash command; `text` is always there, empty when nothing was typed."""
    return {
        "token": "sandbox",
        "team_id": TEAM_ID,
        "team_domain": TEAM_DOMAIN,
        "channel_id": channel.id,
        "channel_name": channel.command_name,
        "user_id": user.id,
        "user_name": user.name,
        "command": name,
        "text": text,
        "api_app_id": APP_ID,
        "is_enterprise_install": "false",
        "response_url": response_url,
        "trigger_id": trigger_id,
    }


def interaction(kind: str, *, user: User, trigger_id: str | None) -> Json:
    """What all interactive payloads have in common."""
    shape: Json = {
        "type": kind,
        "team": {"id": TEAM_ID, "domain": TEAM_DOMAIN},
        "user": {"id": user.id, "username": user.name, "name": user.name, "team_id": user.team_id},
        "api_app_id": APP_ID,
        "token": "sandbox",
        "enterprise": None,
        "is_enterprise_install": False,
    }
    return shape if trigger_id is None else {**shape, "trigger_id": trigger_id}


def message_container(channel: Channel, message_ts: str, thread_ts: str | None, *, ephemeral: bool) -> Json:
    """Where a clicked message stands."""
    container = {
        "type": "message",
        "message_ts": message_ts,
        "channel_id": channel.id,
        "is_ephemeral": ephemeral,
    }
    return container if thread_ts is None else {**container, "thread_ts": thread_ts}


def action(element: Element, block_id: str, told: Json, action_ts: str) -> Json:
    """One entry of `actions`: what was pressed or chosen. Raises ValueError for an option not offered."""
    shape: Json = {
        "type": element["type"],
        "action_id": element["action_id"],
        "block_id": block_id,
        "action_ts": action_ts,
    }
    if element["type"] in {"button", "icon_button", "workflow_button"}:
        shape |= {key: element[key] for key in ("text", "value", "url", "style") if key in element}
    elif element["type"] == "feedback_buttons":
        shape |= _feedback(element, told)
    else:
        shape |= {key: value for key, value in told.items() if key not in shape and key != "type"}
        _refuse_strangers(element, told)
    return shape


def touched(element: Element, block_id: str, told: Json) -> Values:
    """The part of state.values that an action sets."""
    if element["type"] in {"button", "icon_button", "workflow_button", "overflow", "feedback_buttons"}:
        return {}
    value = {key: what for key, what in told.items() if key not in {"block_id", "action_id", "action_ts"}}
    return {block_id: {element["action_id"]: {**value, "type": element["type"]}}}


def _feedback(element: Element, told: Json) -> Json:
    for key in ("positive_button", "negative_button"):
        if element[key].get("value") == told.get("value"):
            return {"text": element[key]["text"], "value": element[key]["value"]}
    raise ValueError("That is neither of the two feedback buttons.")


def _refuse_strangers(element: Element, told: Json) -> None:
    if not offers(element, told):
        raise ValueError("That option is not offered here.")
