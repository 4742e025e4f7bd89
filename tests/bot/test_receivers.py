"""Where changes are sent: out of the environment, every broken setting one clear line."""

import base64

import pytest

from bot.settings import SettingsError, read_settings

WORKFLOW = "Budget Reallocation"
KEY = f"whsec_{base64.b64encode(b'k' * 24).decode()}"
SECOND = f"whsec_{base64.b64encode(b's' * 64).decode()}"
BOTH = "MARKO_ACTION_LOOKUP_URL_BUDGET_REALLOCATION, MARKO_ACTION_URL_BUDGET_REALLOCATION"
KEY_RULE = (
    "MARKO_ACTION_SECRET takes whsec_ and the base64 of 24 to 64 random bytes; "
    "two of them, with a space between, while one is replaced"
)


def test_without_an_address_everything_is_carried_out_by_hand() -> None:
    assert not read_settings({}).receivers.connected(WORKFLOW)


def test_one_address_serves_every_workflow_that_changes_something() -> None:
    found = read_settings(
        {
            "MARKO_ACTION_URL": "https://example.com/do",
            "MARKO_ACTION_LOOKUP_URL": "https://example.com/ask",
            "MARKO_ACTION_SECRET": KEY,
        }
    ).receivers
    assert found.connected(WORKFLOW)
    assert not found.connected("Continue Monitoring")
    assert found.of[WORKFLOW].action.shown == "https://example.com/do"
    assert found.of[WORKFLOW].lookup is not None


def test_a_workflows_own_address_wins_and_two_keys_sign() -> None:
    found = read_settings(
        {
            "MARKO_ACTION_URL": "https://example.com/do",
            "MARKO_ACTION_URL_BUDGET_REALLOCATION": "http://localhost:5678/webhook/marko",
            "MARKO_ACTION_SECRET": f"{KEY} {SECOND}",
        }
    ).receivers
    assert found.of[WORKFLOW].action.shown == "http://localhost:5678/webhook/marko"
    assert found.of[WORKFLOW].lookup is None
    assert found.secrets == (KEY, SECOND)
    assert KEY not in repr(found)


@pytest.mark.parametrize(
    ("environment", "line"),
    [
        (
            {"MARKO_ACTION_URL": "https://example.com/"},
            "MARKO_ACTION_SECRET is not set; what is sent to MARKO_ACTION_URL has to be signed with it",
        ),
        (
            {"MARKO_ACTION_LOOKUP_URL": "https://example.com/", "MARKO_ACTION_SECRET": KEY},
            "MARKO_ACTION_LOOKUP_URL is set, and MARKO_ACTION_URL is not; nothing is sent that could be "
            "looked up",
        ),
        (
            {"MARKO_ACTION_URL_BUDGET": "https://example.com/", "MARKO_ACTION_SECRET": KEY},
            f"MARKO_ACTION_URL_BUDGET names no workflow; there is {BOTH}",
        ),
        (
            {"MARKO_ACTION_URL": "http://example.com/", "MARKO_ACTION_SECRET": KEY},
            "MARKO_ACTION_URL: http is read by everybody on the way; use https, or name this very machine",
        ),
        ({"MARKO_ACTION_SECRET": "whsec_c2hvcnQ="}, KEY_RULE),
        ({"MARKO_ACTION_SECRET": KEY.removeprefix("whsec_")}, KEY_RULE),
        ({"MARKO_ACTION_SECRET": f"{KEY} {SECOND} {KEY}"}, KEY_RULE),
        ({"MARKO_ACTION_SECRET": "whsec_!!!!"}, KEY_RULE),
    ],
)
def test_a_broken_connection_is_one_line_with_its_rule(environment: dict[str, str], line: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(environment)
    assert str(refused.value) == line
