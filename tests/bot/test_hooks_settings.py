"""Which keys open the door to whom: out of the environment, each broken one a clear line, none ever told."""

import base64
from pathlib import Path

import pytest
from hook_sender import KEY, NEXT_KEY
from shell_room import Room

from bot.settings import SettingsError, read_settings

RULE = (
    "takes whsec_ and the base64 of 24 to 64 random bytes; two of them, with a space between, "
    "while one is replaced"
)


def test_without_a_key_nobody_may_deliver() -> None:
    hooks = read_settings({}).hooks
    assert not hooks.is_open
    assert hooks.keys("n8n-meta") == ()


def test_a_source_has_its_own_keys_or_those_of_everybody() -> None:
    settings = read_settings({"MARKO_HOOK_SECRET": KEY, "MARKO_HOOK_SECRET_N8N_META": f"{NEXT_KEY} {KEY}"})
    assert settings.hooks.keys("make") == (KEY,)
    assert settings.hooks.keys("n8n-meta") == (NEXT_KEY, KEY)
    assert {KEY, NEXT_KEY} <= set(settings.secrets)
    assert KEY not in repr(settings)


@pytest.mark.parametrize("name", ["MARKO_HOOK_SECRET", "MARKO_HOOK_SECRET_MAKE"])
@pytest.mark.parametrize(
    "value",
    [
        "hello",
        "whsec_",
        "whsec_AAAA",
        KEY.removeprefix("whsec_"),
        f"{KEY} {NEXT_KEY} {KEY}",
        "whsec_" + "A" * 88,
    ],
)
def test_a_broken_key_is_one_line_that_does_not_say_it(name: str, value: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({name: value})
    assert str(refused.value) == f"{name} {RULE}"


def test_a_key_may_have_24_to_64_bytes() -> None:
    for size in (24, 64):
        key = f"whsec_{base64.b64encode(b'k' * size).decode()}"
        assert read_settings({"MARKO_HOOK_SECRET": key}).hooks.keys("x") == (key,)


def test_a_name_that_can_be_no_source_is_refused() -> None:
    with pytest.raises(SettingsError, match="MARKO_HOOK_SECRET_n8n names no source"):
        read_settings({"MARKO_HOOK_SECRET_n8n": KEY})


def test_the_channel_is_an_id() -> None:
    assert read_settings({"MARKO_HOOK_CHANNEL": "C0GROWTH"}).hooks.channel == "C0GROWTH"
    with pytest.raises(SettingsError, match="MARKO_HOOK_CHANNEL is #growth; it takes the id of a channel"):
        read_settings({"MARKO_HOOK_CHANNEL": "#growth"})


def test_the_doctor_says_who_may_deliver_and_no_key(tmp_path: Path) -> None:
    room = Room(tmp_path)
    closed = room.run("doctor").out
    assert "default  webhooks: closed; MARKO_HOOK_SECRET opens them" in closed
    keys = {"MARKO_HOOK_SECRET": KEY, "MARKO_HOOK_SECRET_N8N_META": f"{NEXT_KEY} {KEY}"}
    quiet = room.run("doctor", **keys, MARKO_PORT="8000").out
    assert "missing  webhooks: every source with 1 key, n8n-meta with 2 keys; 0 in the inbox; " in quiet
    assert "MARKO_HOOK_CHANNEL is not set, so nobody is told" in quiet
    shut = room.run("doctor", **keys).out
    assert "MARKO_PORT is not set, so nothing can come in" in shut
    whole = room.run("doctor", **keys, MARKO_PORT="8000", MARKO_HOOK_CHANNEL="C0GROWTH").out
    assert "n8n-meta with 2 keys; 0 in the inbox; told in C0GROWTH" in whole
    assert "ok       MARKO_HOOK_SECRET: set" in whole
    assert not any(each in text for each in (KEY, NEXT_KEY) for text in (closed, quiet, shut, whole))
