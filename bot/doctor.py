"""What is set, what is missing and whether it works; never a secret in the answer."""

import os
from collections.abc import Mapping, Sequence
from contextlib import closing
from zoneinfo import ZoneInfo

from slack_sdk.errors import SlackApiError

from bot.clock import SystemClock
from bot.egress import place_of
from bot.finding import Finding
from bot.manifest import scopes
from bot.opening import open_memory
from bot.preference_words import NAMES, value_told
from bot.quorum import quorum
from bot.receivers import ACTION, CHANGING, LOOKUP, Receivers
from bot.settings import KNOWN, SET_IN_SLACK_TOO, Settings
from bot.slack import UNREACHABLE, web_client
from engine.errors import StoreTrouble
from engine.in_force import chosen as chosen_in
from engine.models.preference import Chosen, PreferenceName
from engine.narrate.formats import Formats
from engine.narrate.prices import PRICES
from engine.narrate.words import Plain, Words
from store import Store

OPTIONAL = frozenset(
    {
        "MARKO_API_TOKEN",
        "OPENAI_API_KEY",
        "DATABASE_URL",
        "MARKO_LEDGER_KEY",
        "MARKO_ACTION_SECRET",
        "MARKO_HOOK_SECRET",
    }
)
SECRET = OPTIONAL | {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET"}
EITHER = {"SLACK_APP_TOKEN": "SLACK_SIGNING_SECRET", "SLACK_SIGNING_SECRET": "SLACK_APP_TOKEN"}
PLAIN = Words(Formats(), Plain(Formats(), ZoneInfo("UTC")))

HINDERED = {
    "app_mentions:read": "mentions are not heard",
    "assistant:write": "the agent's prompts and its status are not shown",
    "channels:history": "a lost message in a public channel cannot be found again",
    "channels:read": "public channels cannot be found by name",
    "chat:write": "nothing can be posted",
    "commands": "slash commands do nothing",
    "files:read": "files dropped into channels cannot be read",
    "files:write": "pictures cannot be shown",
    "groups:history": "a lost message in a private channel cannot be found again",
    "groups:read": "private channels cannot be found by name",
    "im:history": "direct messages are not heard",
    "im:read": "direct messages cannot be told from channels",
    "im:write": "nobody can be written to directly",
    "users:read": "nobody can be told from a stranger, so nobody can approve",
}


def examine(settings: Settings, store: Store | None = None) -> list[Finding]:
    """Look at every setting, at the memory, and, where tokens are set, at Slack.

    A bot may have been given what the environment does not say: its settings count as set. A running one
    hands in its open ``store``, whose ledger is not verified then: that reads it all, and is for the shell.
    So is the folder in which it stands.
    """
    environment = {**os.environ, **_held(settings)}
    chosen, memory, inbox = _remembered(settings, store)
    looked = [_in_slack(name, chosen) or _setting(name, environment) for name in KNOWN]
    others = [
        _told(NAMES[name].casefold(), name, each)
        for name, each in chosen.items()
        if name not in SET_IN_SLACK_TOO
    ]
    return [
        *looked,
        *others,
        *quorum(settings, chosen),
        *_carriers(settings.receivers),
        _hooks(settings, inbox),
        memory if store is None else _without_folder(memory, store),
        _slack(settings),
        _model(settings),
        _embeddings(settings),
    ]


def _held(settings: Settings) -> dict[str, str]:
    held = {
        "SLACK_BOT_TOKEN": settings.slack_bot_token,
        "SLACK_APP_TOKEN": settings.slack_app_token,
        "SLACK_SIGNING_SECRET": settings.slack_signing_secret,
        "MARKO_APPROVERS": ",".join(settings.approvers),
    }
    return {name: value for name, value in held.items() if value}


def _setting(name: str, environment: Mapping[str, str]) -> Finding:
    value = environment.get(name, "").strip()
    if value and name in {ACTION, LOOKUP}:
        return Finding(name, "ok", place_of(value).shown)  # what stands behind its "?" may be a secret
    if value:
        return Finding(name, "ok", "set" if name in SECRET else value)
    if name in OPTIONAL or environment.get(EITHER.get(name, ""), "").strip():
        return Finding(name, "default", KNOWN[name])
    if name in SECRET:
        return Finding(name, "missing", f"{KNOWN[name]}; `marko sandbox` needs none")
    if name == "MARKO_APPROVERS":
        return Finding(name, "missing", f"{KNOWN[name]}; until then nobody can approve")
    return Finding(name, "default", KNOWN[name])


def _carriers(receivers: Receivers) -> list[Finding]:
    """By which host each workflow's changes are carried out, and whether that can be asked later."""
    found = []
    for workflow in CHANGING:
        receiver = receivers.of.get(workflow)
        if receiver is None:
            says = "not connected; approved changes are carried out by hand"
            found.append(Finding(workflow, "default", says))
            continue
        asked = f"looked up at {receiver.lookup.host_header}" if receiver.lookup else "no look-up is set"
        keys = _count(len(receivers.secrets), "key")
        says = f"carried out by {receiver.action.host_header}, {asked}, signed with {keys}"
        found.append(Finding(workflow, "ok", says))
    return found


def _hooks(settings: Settings, inbox: int) -> Finding:
    """Who may deliver data, where that is told, and what nobody could read."""
    hooks = settings.hooks
    if not hooks.is_open:
        return Finding("webhooks", "default", "closed; MARKO_HOOK_SECRET opens them")
    keys = [f"every source with {_count(len(hooks.everyone), 'key')}"] if hooks.everyone else []
    keys += [f"{source} with {_count(len(own), 'key')}" for source, own in sorted(hooks.of.items())]
    says = f"{', '.join(keys)}; {inbox} in the inbox"
    if settings.http_port is None:
        return Finding("webhooks", "missing", f"{says}; MARKO_PORT is not set, so nothing can come in")
    if hooks.channel is None:
        return Finding("webhooks", "missing", f"{says}; MARKO_HOOK_CHANNEL is not set, so nobody is told")
    return Finding("webhooks", "ok", f"{says}; told in {hooks.channel}")


def _remembered(
    settings: Settings, running: Store | None
) -> tuple[Mapping[PreferenceName, Chosen], Finding, int]:
    """What approvers set in Slack, how the memory is, and how many deliveries could not be read."""
    if running is None and not settings.database_url and not settings.database.exists():
        return {}, Finding("memory", "ok", f"{settings.database} will be made at the first start"), 0
    try:
        if running is not None:
            return _read(running, faults=[])
        with closing(open_memory(settings, SystemClock())) as store:
            return _read(store, faults=store.ledger_faults())
    except StoreTrouble as trouble:
        return {}, Finding("memory", "broken", str(trouble)), 0


def _read(store: Store, *, faults: Sequence[str]) -> tuple[Mapping[PreferenceName, Chosen], Finding, int]:
    with store.memory.reading() as reading:
        chosen, inbox = chosen_in(reading), reading.hook_letters(0).total
        known = len({each.campaign_key for each in reading.retrospectives()})
    if faults:
        says = f"{store.name}: the ledger was changed: {faults[0]}"
        return chosen, Finding("memory", "broken", says), inbox
    parked = len(store.outbox.parked())
    stuck = f", {_count(parked, 'message')} could not be sent" if parked else ""
    return chosen, Finding("memory", "ok", f"{store.name}, {_count(known, 'campaign')}{stuck}"), inbox


def _without_folder(finding: Finding, store: Store) -> Finding:
    """Where files lie is nobody's business in Slack."""
    return finding._replace(says=finding.says.replace(f"{store.path.parent}/", "")) if store.path else finding


def _count(number: int, noun: str) -> str:
    return f"{number} {noun}" if number == 1 else f"{number} {noun}s"


def _in_slack(variable: str, chosen: Mapping[PreferenceName, Chosen]) -> Finding | None:
    """What is set in Slack wins over the variable."""
    found = next((each for each in chosen.items() if SET_IN_SLACK_TOO.get(each[0]) == variable), None)
    return _told(variable, *found) if found else None


def _told(what: str, name: PreferenceName, found: Chosen) -> Finding:
    text = value_told(name, found.value, PLAIN)
    return Finding(what, "ok", f"{text}, set in Slack by {found.by} on {found.at:%Y-%m-%d}, which wins")


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
        return Finding("Slack", "broken", _lacking(missing))
    return Finding("Slack", "ok", f"{answer.get('user')} in {answer.get('team')}")


def _lacking(missing: Sequence[str]) -> str:
    """Name each scope, and what it hinders in plain words."""
    hindered = "; ".join(f"{scope}: {HINDERED[scope]}" for scope in missing if scope in HINDERED)
    return f"scopes missing: {', '.join(missing)}; add them and reinstall the app. Until then, {hindered}"


def _model(settings: Settings) -> Finding:
    """What words insights."""
    without = "no key is set; insights are worded by rules"
    found = _paid("model", settings.insights_model, without, settings)
    if found.state != "ok":
        return found
    return found._replace(says=f"{found.says}, at most {settings.llm_budget_usd:f} USD a day")


def _embeddings(settings: Settings) -> Finding:
    """What finds similar campaigns."""
    without = "no key is set; the local embedder finds what is similar"
    return _paid("embeddings", settings.embedding_model, without, settings)


def _paid(what: str, name: str, without: str, settings: Settings) -> Finding:
    """A model that costs money, and what; it is not asked here, since asking costs too."""
    if not settings.openai_api_key:
        return Finding(what, "default", without)
    price = settings.prices.get(name) or PRICES.get(name)
    if price is None:
        why = f"{name} has no price, so it is not asked; name one in MARKO_PRICES"
        return Finding(what, "broken", why)
    day = f" (as of {price.as_of})" if price.as_of else ""
    both = f"{price.input:f} and {price.output:f} USD per million tokens in and out"
    cost = both if price.output else f"{price.input:f} USD per million tokens"
    return Finding(what, "ok", f"{name}, {cost}{day}")


def _missing_scopes(granted: str) -> list[str]:
    """Compare with the manifest; a server that does not tell its scopes is not held against it."""
    if not granted:
        return []
    have = {scope.strip() for scope in granted.split(",")}
    return sorted(set(scopes()) - have)
