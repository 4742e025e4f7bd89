"""Where approved changes are sent: an address for each workflow, the look-up beside it, and the keys."""

import base64
import binascii
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field

from bot.egress import BadAddress, Place, place_of
from engine.models.action import WORKFLOWS

ACTION, LOOKUP, SECRET = "MARKO_ACTION_URL", "MARKO_ACTION_LOOKUP_URL", "MARKO_ACTION_SECRET"
CHANGING = (WORKFLOWS["set_spend"],)  # the others change no account: nothing of theirs is ever sent
PREFIX = "whsec_"
SHORTEST_KEY, LONGEST_KEY = 24, 64  # bytes, as Standard Webhooks asks
MOST_KEYS = 2  # while one is replaced by the other


class BadReceiver(ValueError):
    """One line that names the variable and its rule; never a secret."""


@dataclass(frozen=True)
class Receiver:
    """Who carries out the changes of one workflow; ``lookup`` tells later what became of one."""

    action: Place
    lookup: Place | None = None


@dataclass(frozen=True)
class Receivers:
    """What is connected, by workflow; the rest is carried out by hand. ``timeout_s`` is for one exchange."""

    of: Mapping[str, Receiver] = field(default_factory=dict)
    secrets: tuple[str, ...] = field(default=(), repr=False)
    timeout_s: float = 10.0

    def connected(self, workflow: str) -> bool:
        """Say whether approving something of this workflow sends it anywhere."""
        return workflow in self.of


def variable(stem: str, workflow: str) -> str:
    """Name the variable of one workflow: MARKO_ACTION_URL_BUDGET_REALLOCATION."""
    return f"{stem}_{workflow.upper().replace(' ', '_')}"


def read_receivers(environment: Mapping[str, str]) -> Receivers:
    """Read the addresses and the keys; raises ``BadReceiver`` for the first that is broken."""
    _check_names(environment)
    secrets = _secrets(environment.get(SECRET, ""))
    found = {workflow: receiver for workflow in CHANGING if (receiver := _receiver(environment, workflow))}
    if found and not secrets:
        raise BadReceiver(f"{SECRET} is not set; what is sent to {ACTION} has to be signed with it")
    return Receivers(found, secrets)


def _check_names(environment: Mapping[str, str]) -> None:
    """A misspelt workflow would be carried out by hand without a word."""
    known = {variable(stem, workflow) for stem in (ACTION, LOOKUP) for workflow in CHANGING}
    for name in sorted(environment):
        if name.startswith((f"{ACTION}_", f"{LOOKUP}_")) and name not in known:
            raise BadReceiver(f"{name} names no workflow; there is {', '.join(sorted(known))}")


def _receiver(environment: Mapping[str, str], workflow: str) -> Receiver | None:
    action = _place(environment, (variable(ACTION, workflow), ACTION))
    lookup = _place(environment, (variable(LOOKUP, workflow), LOOKUP))
    if lookup and not action:
        raise BadReceiver(f"{LOOKUP} is set, and {ACTION} is not; nothing is sent that could be looked up")
    return Receiver(action, lookup) if action else None


def _place(environment: Mapping[str, str], names: Iterable[str]) -> Place | None:
    for name in names:
        if url := environment.get(name, "").strip():
            try:
                return place_of(url)
            except BadAddress as wrong:
                raise BadReceiver(f"{name}: {wrong}") from None
    return None


def _secrets(value: str) -> tuple[str, ...]:
    secrets = tuple(value.split())
    if len(secrets) > MOST_KEYS or not all(map(is_key, secrets)):
        raise BadReceiver(
            f"{SECRET} takes {PREFIX} and the base64 of {SHORTEST_KEY} to {LONGEST_KEY} random bytes; "
            "two of them, with a space between, while one is replaced"
        )
    return secrets


def is_key(secret: str) -> bool:
    """Say whether this is a key of Standard Webhooks."""
    if not secret.startswith(PREFIX):
        return False
    try:
        key = base64.b64decode(secret.removeprefix(PREFIX), validate=True)
    except binascii.Error:
        return False
    return SHORTEST_KEY <= len(key) <= LONGEST_KEY
