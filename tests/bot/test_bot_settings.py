"""Settings out of the environment: every broken one is one clear line."""

from pathlib import Path

import pytest

from bot.settings import SettingsError, read_settings


@pytest.mark.parametrize(
    ("name", "value", "line"),
    [
        (
            "SLACK_API_URL",
            "https://slack.com",
            "SLACK_API_URL is https://slack.com; it has to end in /api/, such as https://slack.com/api/",
        ),
        (
            "SLACK_API_URL",
            "slack.com/api/",
            "SLACK_API_URL is slack.com/api/; it has to end in /api/, such as https://slack.com/api/",
        ),
        (
            "SLACK_API_URL",
            "ftp://slack.com/api/",
            "SLACK_API_URL is ftp://slack.com/api/; it has to end in /api/, such as https://slack.com/api/",
        ),
        (
            "MARKO_APPROVERS",
            "U012AB3CD,@maria",
            "MARKO_APPROVERS holds @maria; it takes Slack user ids such as U012AB3CD",
        ),
        (
            "MARKO_APPROVERS",
            "U012AB3CD U045",
            "MARKO_APPROVERS holds U012AB3CD U045; it takes Slack user ids such as U012AB3CD",
        ),
        (
            "MARKO_TIMEZONE",
            "Madrid",
            "MARKO_TIMEZONE is Madrid; it takes a time zone such as Europe/Madrid",
        ),
        (
            "MARKO_TIMEZONE",
            "../../etc/passwd",
            "MARKO_TIMEZONE is ../../etc/passwd; it takes a time zone such as Europe/Madrid",
        ),
        (
            "MARKO_NUMBER_FORMAT",
            "german",
            "MARKO_NUMBER_FORMAT is german; it takes one of 1,234.50, 1.234,50, 1 234,50",
        ),
        (
            "MARKO_LOG_LEVEL",
            "loud",
            "MARKO_LOG_LEVEL is loud; it takes one of DEBUG, INFO, WARNING, ERROR",
        ),
        ("MARKO_PORT", "http", "MARKO_PORT is http; it takes a port from 1 to 65535"),
        ("MARKO_PORT", "0", "MARKO_PORT is 0; it takes a port from 1 to 65535"),
        ("PORT", "65536", "PORT is 65536; it takes a port from 1 to 65535"),
        ("PORT", "-1", "PORT is -1; it takes a port from 1 to 65535"),
    ],
)
def test_a_broken_setting_is_one_line_with_name_value_and_rule(name: str, value: str, line: str) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings({name: value})
    assert str(refused.value) == line


def test_an_empty_environment_is_enough_and_spaces_do_not_count() -> None:
    for environment in ({}, {"MARKO_TIMEZONE": " ", "SLACK_BOT_TOKEN": "", "MARKO_APPROVERS": " , "}):
        settings = read_settings(environment)
        assert settings.slack_api_url == "https://slack.com/api/"
        assert settings.database == Path("marko-data/marko.db")
        assert settings.output_dir == Path("output")
        assert settings.approvers == ()
        assert str(settings.zone) == "UTC"
        assert settings.log_level == "INFO"
        assert settings.slack_bot_token is None


def test_a_slack_compatible_server_is_named_with_or_without_the_last_slash() -> None:
    for url in ("http://127.0.0.1:3000/api", "http://127.0.0.1:3000/api/"):
        assert read_settings({"SLACK_API_URL": url}).slack_api_url == "http://127.0.0.1:3000/api/"


def test_approvers_are_read_in_order() -> None:
    assert read_settings({"MARKO_APPROVERS": "U2, W1 ,"}).approvers == ("U2", "W1")


@pytest.mark.parametrize(
    ("environment", "missing"),
    [
        ({}, "SLACK_BOT_TOKEN, and SLACK_APP_TOKEN or SLACK_SIGNING_SECRET are not set"),
        ({"SLACK_BOT_TOKEN": "xoxb-planted"}, "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET is not set"),
        ({"SLACK_APP_TOKEN": "xapp-planted"}, "SLACK_BOT_TOKEN is not set"),
        ({"SLACK_SIGNING_SECRET": "planted"}, "SLACK_BOT_TOKEN is not set"),
    ],
)
def test_missing_tokens_are_named_without_the_one_that_is_there(
    environment: dict[str, str], missing: str
) -> None:
    with pytest.raises(SettingsError) as refused:
        read_settings(environment).tokens()
    assert str(refused.value) == f"{missing}; `marko sandbox` needs no tokens at all."


def test_both_tokens_are_given_when_they_are_set() -> None:
    settings = read_settings({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_APP_TOKEN": "xapp-1"})
    assert settings.tokens() == ("xoxb-1", "xapp-1")


def test_a_signing_secret_stands_in_for_the_app_token() -> None:
    settings = read_settings({"SLACK_BOT_TOKEN": "xoxb-1", "SLACK_SIGNING_SECRET": "planted"})
    assert settings.tokens() == ("xoxb-1", None)


@pytest.mark.parametrize(
    ("environment", "port"),
    [
        ({}, None),
        ({"SLACK_APP_TOKEN": "xapp-1", "SLACK_SIGNING_SECRET": "s"}, None),
        ({"SLACK_SIGNING_SECRET": "s"}, 8000),
        ({"SLACK_SIGNING_SECRET": "s", "PORT": "5000"}, 5000),
        ({"SLACK_APP_TOKEN": "xapp-1", "PORT": "5000"}, 5000),
        ({"PORT": "5000", "MARKO_PORT": "5001"}, 5001),
    ],
)
def test_http_is_served_where_a_port_is_set_or_slack_has_to_come_by_it(
    environment: dict[str, str], port: int | None
) -> None:
    assert read_settings(environment).http_port == port


def test_secrets_are_not_in_the_settings_own_text() -> None:
    settings = read_settings({"SLACK_SIGNING_SECRET": "planted-1", "MARKO_API_TOKEN": "planted-2"})
    assert "planted" not in repr(settings)
