"""What is set, what is missing and whether it works; never a secret in the answer."""

import os
from typing import Literal, NamedTuple

from slack_sdk.errors import SlackApiError

from bot.app import SystemClock
from bot.manifest import scopes
from bot.settings import KNOWN, Settings
from bot.slack import UNREACHABLE, web_client
from engine.errors import StoreTrouble
from engine.narrate.prices import PRICES
from store import open_store

SECRET = frozenset(
    {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "MARKO_API_TOKEN", "OPENAI_API_KEY"}
)
EITHER = {"SLACK_APP_TOKEN": "SLACK_SIGNING_SECRET", "SLACK_SIGNING_SECRET": "SLACK_APP_TOKEN"}


class Finding(NamedTuple):
    """One thing looked at. "missing" hinders ``marko run``; "broken" hinders everything."""

    what: str
    state: Literal["ok", "default", "missing", "broken"]
    says: str

    def __str__(self) -> str:
        return f"{self.state:<8} {self.what}: {self.says}"


def examine(settings: Settings) -> list[Finding]:
    """Look at every setting, at the memory, and, where tokens are set, at Slack."""
    return [*map(_setting, KNOWN), _memory(settings), _slack(settings), _model(settings)]


def _setting(name: str) -> Finding:
    value = os.environ.get(name, "").strip()
    if value:
        return Finding(name, "ok", "set" if name in SECRET else value)
    if name in {"MARKO_API_TOKEN", "OPENAI_API_KEY"} or os.environ.get(EITHER.get(name, ""), "").strip():
        return Finding(name, "default", KNOWN[name])
    if name in SECRET:
        return Finding(name, "missing", f"{KNOWN[name]}; `marko sandbox` needs none")
    if name == "MARKO_APPROVERS":
        return Finding(name, "missing", f"{KNOWN[name]}; until then nobody can approve")
    return Finding(name, "default", KNOWN[name])


def _memory(settings: Settings) -> Finding:
    if not settings.database.exists():
        return Finding("memory", "ok", f"{settings.database} will be made at the first start")
    try:
        store = open_store(settings.database, SystemClock())
    except StoreTrouble as trouble:
        return Finding("memory", "broken", str(trouble))
    with store.memory.reading() as reading:
        known = len({each.campaign_key for each in reading.retrospectives()})
    parked = len(store.outbox.parked())
    faults = store.ledger_faults()
    store.close()
    if faults:
        return Finding("memory", "broken", f"{settings.database}: the ledger was changed: {faults[0]}")
    stuck = f", {parked} message(s) could not be sent" if parked else ""
    return Finding("memory", "ok", f"{settings.database}, {known} campaign(s){stuck}")


def _slack(settings: Settings) -> Finding:
    if not settings.slack_bot_token:
        return Finding("Slack", "missing", "not asked, there is no bot token")
    try:
        answer = web_client(settings.slack_bot_token, settings.slack_api_url).auth_test()
    except SlackApiError as refused:
        return Finding(
            "Slack", "broken", f"{settings.slack_api_url} refuses: {refused.response.get('error')}"
        )
    except UNREACHABLE as broken:
        return Finding("Slack", "broken", f"{settings.slack_api_url} cannot be reached: {broken}")
    missing = _missing_scopes(str(answer.headers.get("x-oauth-scopes") or ""))
    if missing:
        return Finding(
            "Slack", "broken", f"scopes missing: {', '.join(missing)}; add them and reinstall the app"
        )
    return Finding("Slack", "ok", f"{answer.get('user')} in {answer.get('team')}")


def _model(settings: Settings) -> Finding:
    """What words insights; it is not asked here, since asking costs money."""
    name = settings.insights_model
    if not settings.openai_api_key:
        return Finding("model", "default", "no key is set; insights are worded by rules")
    price = settings.prices.get(name) or PRICES.get(name)
    if price is None:
        why = f"{name} has no price, so it is not asked; name one in MARKO_PRICES"
        return Finding("model", "broken", why)
    day = f" (as of {price.as_of})" if price.as_of else ""
    cost = f"{price.input:f} and {price.output:f} USD per million tokens in and out{day}"
    return Finding("model", "ok", f"{name}, {cost}, at most {settings.llm_budget_usd:f} USD a day")


def _missing_scopes(granted: str) -> list[str]:
    """Compare with the manifest; a server that does not tell its scopes is not held against it."""
    if not granted:
        return []
    have = {scope.strip() for scope in granted.split(",")}
    return sorted(set(scopes()) - have)
