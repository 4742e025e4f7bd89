"""The only reader of environment variables. A missing or broken one is one clear line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import cast
from zoneinfo import ZoneInfo, available_timezones

from engine.narrate.formats import Separators

SLACK = "https://slack.com/api/"
FORMATS = ("1,234.50", "1.234,50", "1 234,50")
KNOWN = {
    "SLACK_BOT_TOKEN": "the bot's token, xoxb-…",
    "SLACK_APP_TOKEN": "the app's token for Socket Mode, xapp-…",
    "SLACK_API_URL": f"where Slack's Web API is; {SLACK} unless another server is meant",
    "MARKO_DATA_DIR": "the folder of marko.db; marko-data unless set",
    "MARKO_OUTPUT_DIR": "the folder of the JSON artifacts; output unless set",
    "MARKO_APPROVERS": "Slack user ids who may decide, with commas between",
    "MARKO_TIMEZONE": "the team's time zone, such as Europe/Madrid; UTC unless set",
    "MARKO_NUMBER_FORMAT": "how numbers look: 1,234.50 or 1.234,50 or 1 234,50",
    "MARKO_LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR; INFO unless set",
}


class SettingsError(Exception):
    """A setting is missing or broken; the message is one line that says what to do."""


@dataclass(frozen=True)
class Settings:
    """Everything that the environment decides."""

    slack_bot_token: str | None
    slack_app_token: str | None
    slack_api_url: str
    data_dir: Path
    output_dir: Path
    approvers: tuple[str, ...]
    zone: ZoneInfo
    separators: Separators
    log_level: str

    @property
    def database(self) -> Path:
        return self.data_dir / "marko.db"

    def tokens(self) -> tuple[str, str]:
        """Give both tokens; raises ``SettingsError`` naming every one that is missing."""
        pairs = {"SLACK_BOT_TOKEN": self.slack_bot_token, "SLACK_APP_TOKEN": self.slack_app_token}
        missing = [name for name, token in pairs.items() if not token]
        if missing:
            verb = "is" if len(missing) == 1 else "are"
            raise SettingsError(
                f"{' and '.join(missing)} {verb} not set; `marko sandbox` needs no tokens at all."
            )
        return self.slack_bot_token or "", self.slack_app_token or ""


def read_settings(environment: Mapping[str, str]) -> Settings:
    """Read and check all settings; raises ``SettingsError`` for the first that is broken."""

    def given(name: str, default: str = "") -> str:
        return environment.get(name, "").strip() or default

    return Settings(
        slack_bot_token=given("SLACK_BOT_TOKEN") or None,
        slack_app_token=given("SLACK_APP_TOKEN") or None,
        slack_api_url=_api_url(given("SLACK_API_URL", SLACK)),
        data_dir=Path(given("MARKO_DATA_DIR", "marko-data")),
        output_dir=Path(given("MARKO_OUTPUT_DIR", "output")),
        approvers=_approvers(given("MARKO_APPROVERS")),
        zone=_zone(given("MARKO_TIMEZONE", "UTC")),
        separators=_separators(given("MARKO_NUMBER_FORMAT", FORMATS[0])),
        log_level=_level(given("MARKO_LOG_LEVEL", "INFO")),
    )


def _api_url(value: str) -> str:
    url = value if value.endswith("/") else f"{value}/"
    if not re.fullmatch(r"https?://\S+/api/", url):
        raise SettingsError(f"SLACK_API_URL is {value}; it has to end in /api/, such as {SLACK}")
    return url


def _approvers(value: str) -> tuple[str, ...]:
    names = tuple(name.strip() for name in value.split(",") if name.strip())
    for name in names:
        if not re.fullmatch(r"[UW][A-Z0-9]+", name):
            raise SettingsError(f"MARKO_APPROVERS holds {name}; it takes Slack user ids such as U012AB3CD")
    return names


def _zone(value: str) -> ZoneInfo:
    if value not in available_timezones():
        raise SettingsError(f"MARKO_TIMEZONE is {value}; it takes a time zone such as Europe/Madrid")
    return ZoneInfo(value)


def _separators(value: str) -> Separators:
    if value not in FORMATS:
        raise SettingsError(f"MARKO_NUMBER_FORMAT is {value}; it takes one of {', '.join(FORMATS)}")
    return cast("Separators", value)


def _level(value: str) -> str:
    levels = ("DEBUG", "INFO", "WARNING", "ERROR")
    if value.upper() not in levels:
        raise SettingsError(f"MARKO_LOG_LEVEL is {value}; it takes one of {', '.join(levels)}")
    return value.upper()
