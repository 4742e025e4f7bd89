"""The Slack app's manifest is valid, and says exactly what the code listens to and asks for."""

import ast
import json
import re
from pathlib import Path

import jsonschema
import pytest
from shared_data import shared_file

import bot
from bot.listeners import ACTIONS, CHECKS, COMMANDS, EVENTS, HANDLERS, NEXT, SILENT, VIEWS, WORTH
from bot.manifest import commands, events, manifest, manifest_by_http, scopes

SOURCES = [path for path in Path(bot.__file__).parent.rglob("*.py") if "sandbox" not in path.parts]
# Which scopes each method of Slack's needs; None of them for those that any token may call.
NEEDS = {
    "assistant_threads_setStatus": {"chat:write"},
    "assistant_threads_setSuggestedPrompts": {"assistant:write"},
    "auth_test": set(),
    "chat_getPermalink": set(),
    "chat_postEphemeral": {"chat:write"},
    "chat_postMessage": {"chat:write"},
    "chat_update": {"chat:write"},
    "conversations_history": {"channels:history", "groups:history", "im:history"},
    "conversations_info": {"channels:read", "groups:read", "im:read"},
    "conversations_list": {"channels:read", "groups:read"},
    "conversations_open": {"im:write"},
    "conversations_replies": {"channels:history", "groups:history", "im:history"},
    "files_info": {"files:read"},
    "files_upload_v2": {"files:write"},
    "users_conversations": {"channels:read", "groups:read"},
    "users_info": {"users:read"},
    "views_open": set(),
    "views_publish": set(),
    "views_update": set(),
}

# Which scopes each event of Slack's needs.
EVENT_NEEDS = {
    "app_home_opened": set(),
    "app_mention": {"app_mentions:read"},
    "file_shared": {"files:read"},
    "member_joined_channel": {"channels:read", "groups:read"},
    "message.im": {"im:history"},
}


def called() -> set[str]:
    """Every method of the Web API that the bot's code names."""
    names = {
        node.attr
        for path in SOURCES
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8")))
        if isinstance(node, ast.Attribute)
    }
    return {
        name
        for name in names
        if re.match(r"(assistant|auth|chat|conversations|users|views|files|reactions)_", name)
    }


def test_the_manifest_is_valid_by_slacks_schema() -> None:
    schema = json.loads(shared_file("schemas/slack-manifest.v2.json").read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)
    assert [error.message for error in validator(schema).iter_errors(manifest())] == []


def test_the_manifest_for_http_is_valid_and_names_the_bot_s_address_everywhere() -> None:
    schema = json.loads(shared_file("schemas/slack-manifest.v2.json").read_text(encoding="utf-8"))
    validator = jsonschema.validators.validator_for(schema)
    found = manifest_by_http("https://marko.example/")
    assert [error.message for error in validator(schema).iter_errors(found)] == []
    url, settings = "https://marko.example/slack/events", found["settings"]
    assert settings["socket_mode_enabled"] is False
    assert settings["event_subscriptions"]["request_url"] == url
    assert settings["interactivity"]["request_url"] == url
    assert {each["url"] for each in found["features"]["slash_commands"]} == {url}
    assert manifest_by_http(url) == found


@pytest.mark.parametrize(
    "host", ["http://marko.example", "marko.example", "https://", "https://a b", "https://a?b"]
)
def test_an_address_that_slack_would_not_take_is_refused(host: str) -> None:
    with pytest.raises(ValueError, match="is no address such as"):
        manifest_by_http(host)


def test_every_command_of_the_manifest_is_answered_and_no_other() -> None:
    assert {each["command"] for each in commands()} == set(COMMANDS)


def test_the_usage_hints_are_short_and_without_live_tokens() -> None:
    for each in commands():
        assert len(each["command"]) <= 32
        assert "<" not in each["usage_hint"] + each["description"]


def test_the_scopes_are_what_the_code_calls_and_no_more() -> None:
    assert called() == set(NEEDS)
    needed = set().union(*NEEDS.values(), *(EVENT_NEEDS[name] for name in events())) | {"commands"}
    assert set(scopes()) == needed


def test_no_event_is_subscribed_that_nobody_handles() -> None:
    handled = {name.partition(":")[2] for name in HANDLERS if name.startswith("event:")}
    # Slack names messages by where they stand; Bolt calls all of them "message".
    assert {name.replace("message.im", "message") for name in events()} == handled


def test_every_table_of_listeners_is_handled_and_every_check_belongs_to_a_dialog() -> None:
    expected = {
        *(f"command:{name}" for name in COMMANDS),
        *(f"action:{name}" for name in ACTIONS),
        *(f"view:{name}" for name in VIEWS),
        *(f"event:{name}" for name in EVENTS),
    }
    assert set(HANDLERS) == expected
    assert set(CHECKS) <= set(VIEWS) | set(NEXT)  # some only lead to the next dialog
    assert set(WORTH) == set(EVENTS)
    assert not set(SILENT) & set(ACTIONS)


def test_interactivity_and_socket_mode_are_on_and_tokens_do_not_rotate() -> None:
    settings = manifest()["settings"]
    assert settings["interactivity"] == {"is_enabled": True}
    assert settings["socket_mode_enabled"] is True
    assert settings["token_rotation_enabled"] is False
