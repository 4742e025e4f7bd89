"""The only reader of environment variables. A missing or broken one is one clear line."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import cast
from urllib.parse import unquote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

from bot.hook_secrets import BadHook, HookSecrets, read_hooks
from bot.receivers import BadReceiver, Receivers, read_receivers
from bot.start_limits import FREEZE, BadLimit, read_limits
from engine.models.preference import Limits
from engine.narrate.formats import Separators
from engine.narrate.prices import DEFAULT_MODEL, BadPrices, Price, read_prices

SLACK = "https://slack.com/api/"
HTTP_PORT = 8000
VECTORS = "vectors.faiss"
EMBEDDING_MODEL = "text-embedding-3-small"
BUDGET_USD = Decimal(100)
DEADLINE_S = 10.0
LEAST_KEY = 32  # characters
LONGEST_S = 11  # with the embedder before it, an answer is there within 15 s
FORMATS = ("1,234.50", "1.234,50", "1 234,50")
KNOWN = {
    "SLACK_BOT_TOKEN": "the bot's token, xoxb-…",
    "SLACK_APP_TOKEN": "the app's token for Socket Mode, xapp-…",
    "SLACK_SIGNING_SECRET": "the app's signing secret; instead of the app's token, for HTTP",
    "SLACK_API_URL": f"where Slack's Web API is; {SLACK} unless another server is meant",
    "MARKO_PORT": "serve HTTP on this port, or on PORT; 8000 where Slack comes by HTTP",
    "MARKO_API_TOKEN": "the token of the JSON API; closed unless set",
    "MARKO_DATA_DIR": "the folder of marko.db; marko-data unless set",
    "MARKO_DATABASE_PATH": "another place for marko.db",
    "DATABASE_URL": "a PostgreSQL database (postgres://…) instead of marko.db, for several bots side by side",
    "MARKO_LEDGER_KEY": "the key of the audit ledger, 32 characters or more; kept beside marko.db unless set",
    "MARKO_ACTION_URL": "where approved changes are sent, signed; carried out by hand unless set",
    "MARKO_ACTION_SECRET": "what those are signed with, whsec_…; two, with a space between, to replace one",
    "MARKO_ACTION_LOOKUP_URL": "where is asked whether a change arrived and what the platform shows now",
    "MARKO_HOOK_SECRET": "what data webhooks are signed with, whsec_…; two to rotate; …_SOURCE for one",
    "MARKO_HOOK_CHANNEL": "the channel that is told what webhooks brought, such as C0123456789",
    "MARKO_VECTOR_PATH": f"another place for the index of vectors; {VECTORS} beside marko.db unless set",
    "OPENAI_API_KEY": "a key of OpenAI or a compatible endpoint; without one everything works by rules",
    "OPENAI_BASE_URL": "a compatible endpoint, such as http://localhost:11434/v1",
    "MARKO_INSIGHTS_MODEL": f"what words insights when OPENAI_API_KEY is set; {DEFAULT_MODEL} unless set",
    "MARKO_LLM_BUDGET_USD": f"what the model may cost a day, in US dollars; {BUDGET_USD} unless set",
    "MARKO_LLM_DEADLINE_S": f"seconds to wait for the model, at most {LONGEST_S}; {DEADLINE_S:g} unless set",
    "MARKO_PRICES": 'prices of other models, {"model": {"input": 0.15, "output": 0.6}} per million tokens',
    "MARKO_EMBEDDING_MODEL": f"what embeds when OPENAI_API_KEY is set; {EMBEDDING_MODEL} unless set",
    "MARKO_OUTPUT_DIR": "the folder of the JSON artifacts; output unless set",
    "MARKO_APPROVERS": "Slack user ids who may decide, with commas between",
    "MARKO_TWO_ABOVE": "a worst case above which two approvers must agree, such as 3000 EUR, 3500 USD",
    "MARKO_CHANGE_LIMIT": "the most that a change may move spend, in percent; 20 unless set",
    "MARKO_SPEND_LIMIT": "the most that a change may set the daily spend to, such as 500 EUR",
    "MARKO_CHANGES_A_DAY": "how many changes may be approved on one day; 10 unless set",
    "MARKO_FREEZE": f"days on which nothing is approved, such as {FREEZE}",
    "MARKO_EXPIRY_HOURS": "how long a proposal can be decided; 72 unless set",
    "MARKO_TIMEZONE": "the team's time zone, such as Europe/Madrid; UTC unless set",
    "MARKO_NUMBER_FORMAT": "how numbers look: 1,234.50 or 1.234,50 or 1 234,50",
    "MARKO_LOG_LEVEL": "DEBUG, INFO, WARNING or ERROR; INFO unless set",
}


SET_IN_SLACK_TOO = {
    "approvers": "MARKO_APPROVERS",
    "two_above": "MARKO_TWO_ABOVE",
    "change_limit": "MARKO_CHANGE_LIMIT",
    "spend_limit": "MARKO_SPEND_LIMIT",
    "changes_a_day": "MARKO_CHANGES_A_DAY",
    "freeze": "MARKO_FREEZE",
    "expiry_hours": "MARKO_EXPIRY_HOURS",
    "time_zone": "MARKO_TIMEZONE",
    "number_format": "MARKO_NUMBER_FORMAT",
}
"""Settings that approvers may change from Slack, and the variable that each starts with."""


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
    slack_signing_secret: str | None = field(default=None, repr=False)
    port: int | None = None
    api_token: str | None = field(default=None, repr=False)
    database_path: Path | None = None
    vector_path: Path | None = None
    embedding_model: str = EMBEDDING_MODEL
    openai_api_key: str | None = field(default=None, repr=False)
    openai_base_url: str | None = None
    insights_model: str = DEFAULT_MODEL
    llm_budget_usd: Decimal = BUDGET_USD
    llm_deadline_s: float = DEADLINE_S
    prices: dict[str, Price] = field(default_factory=dict)
    receivers: Receivers = field(default_factory=Receivers)
    hooks: HookSecrets = field(default_factory=HookSecrets)
    ledger_key: str | None = field(default=None, repr=False)
    database_url: str | None = field(default=None, repr=False)
    limits: Limits = field(default_factory=Limits)
    given: frozenset[str] = frozenset()  # the names that the environment sets

    @property
    def database(self) -> Path:
        return self.database_path or self.data_dir / "marko.db"

    @property
    def place(self) -> Path | str:
        """Where the memory is: the address of a PostgreSQL database, or the file."""
        return self.database_url or self.database

    @property
    def vectors(self) -> Path:
        """The index of vectors; a folder means the file in it."""
        path = self.vector_path or self.database.parent / VECTORS
        return path / VECTORS if path.is_dir() else path

    @property
    def http_port(self) -> int | None:
        """The port to serve: the one that is set, or 8000 where Slack has to come by HTTP."""
        by_http = self.slack_signing_secret and not self.slack_app_token
        return HTTP_PORT if self.port is None and by_http else self.port

    @property
    def secrets(self) -> tuple[str, ...]:
        """Every value that nobody may read in a log, a prompt or the ledger."""
        held = (
            self.slack_bot_token,
            self.slack_app_token,
            self.slack_signing_secret,
            self.api_token,
            self.openai_api_key,
            self.ledger_key,
            self.database_url,
            unquote(urlsplit(self.database_url or "").password or ""),
            *self.receivers.secrets,
            *self.hooks.secrets,
        )
        return tuple(each for each in held if each)

    def tokens(self) -> tuple[str, str | None]:
        """Give the bot's token, and the app's token or ``None`` where Slack comes by signed HTTP.

        Raises ``SettingsError`` naming everything that is missing.
        """
        way = self.slack_app_token or self.slack_signing_secret
        needed = {"SLACK_BOT_TOKEN": self.slack_bot_token, "SLACK_APP_TOKEN or SLACK_SIGNING_SECRET": way}
        missing = [name for name, value in needed.items() if not value]
        if missing:
            verb = "is" if len(missing) == 1 else "are"
            raise SettingsError(
                f"{', and '.join(missing)} {verb} not set; `marko sandbox` needs no tokens at all."
            )
        return self.slack_bot_token or "", self.slack_app_token


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
        slack_signing_secret=given("SLACK_SIGNING_SECRET") or None,
        port=_port("MARKO_PORT", given("MARKO_PORT")) or _port("PORT", given("PORT")),
        api_token=given("MARKO_API_TOKEN") or None,
        database_path=_path(given("MARKO_DATABASE_PATH")),
        vector_path=_path(given("MARKO_VECTOR_PATH")),
        embedding_model=given("MARKO_EMBEDDING_MODEL", EMBEDDING_MODEL),
        openai_api_key=given("OPENAI_API_KEY") or None,
        openai_base_url=given("OPENAI_BASE_URL") or None,
        insights_model=given("MARKO_INSIGHTS_MODEL", DEFAULT_MODEL),
        llm_budget_usd=_number("MARKO_LLM_BUDGET_USD", given("MARKO_LLM_BUDGET_USD", str(BUDGET_USD)), 10**6),
        llm_deadline_s=float(
            _number("MARKO_LLM_DEADLINE_S", given("MARKO_LLM_DEADLINE_S", str(DEADLINE_S)), LONGEST_S)
        ),
        prices=_prices(given("MARKO_PRICES")),
        receivers=_receivers(environment),
        hooks=_hooks(environment),
        ledger_key=_ledger_key(given("MARKO_LEDGER_KEY")),
        database_url=_database_url(given("DATABASE_URL")),
        limits=_limits(environment, _separators(given("MARKO_NUMBER_FORMAT", FORMATS[0]))),
        given=frozenset(name for name in KNOWN if given(name)),
    )


def _number(name: str, value: str, most: int) -> Decimal:
    try:
        number = Decimal(value)
    except InvalidOperation:
        number = Decimal("NaN")
    if not number.is_finite() or not 0 <= number <= most:
        raise SettingsError(f"{name} is {value}; it takes a number from 0 to {most}")
    return number


def _prices(value: str) -> dict[str, Price]:
    try:
        return read_prices(value)
    except BadPrices as broken:
        example = '{"model": {"input": 0.15, "output": 0.6}}'
        raise SettingsError(f"MARKO_PRICES: {broken}; it takes JSON such as {example}") from None


def _ledger_key(value: str) -> str | None:
    if value and len(value) < LEAST_KEY:
        raise SettingsError(f"MARKO_LEDGER_KEY is too short; it takes {LEAST_KEY} characters or more")
    return value or None


def _database_url(value: str) -> str | None:
    """Check the shape; the address holds a password and is not said again."""
    try:
        parts = urlsplit(value)
        is_whole = parts.scheme in {"postgres", "postgresql"} and (parts.port or True) and len(parts.path) > 1
    except ValueError:
        is_whole = False
    if value and not is_whole:
        raise SettingsError("DATABASE_URL cannot be read; it takes postgres://USER:PASSWORD@HOST/NAME")
    return value or None


def _receivers(environment: Mapping[str, str]) -> Receivers:
    try:
        return read_receivers(environment)
    except BadReceiver as broken:
        raise SettingsError(str(broken)) from None


def _hooks(environment: Mapping[str, str]) -> HookSecrets:
    try:
        return read_hooks(environment)
    except BadHook as broken:
        raise SettingsError(str(broken)) from None


def _limits(environment: Mapping[str, str], separators: Separators) -> Limits:
    try:
        return read_limits(environment, separators)
    except BadLimit as broken:
        raise SettingsError(str(broken)) from None


def _api_url(value: str) -> str:
    url = value if value.endswith("/") else f"{value}/"
    if not re.fullmatch(r"https?://\S+/api/", url):
        raise SettingsError(f"SLACK_API_URL is {value}; it has to end in /api/, such as {SLACK}")
    return url


def _port(name: str, value: str) -> int | None:
    if not value:
        return None
    if not re.fullmatch(r"[0-9]{1,5}", value) or not 0 < int(value) < 65536:
        raise SettingsError(f"{name} is {value}; it takes a port from 1 to 65535")
    return int(value)


def _path(value: str) -> Path | None:
    return Path(value) if value else None


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
