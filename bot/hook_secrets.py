"""Which sources may deliver data by webhook: the keys that they sign with, and where it is told."""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field

from bot.receivers import LONGEST_KEY, MOST_KEYS, PREFIX, SHORTEST_KEY, is_key

SECRET, CHANNEL = "MARKO_HOOK_SECRET", "MARKO_HOOK_CHANNEL"
SOURCE = re.compile(r"[a-z0-9-]{1,40}")
_CHANNEL = re.compile(r"[CG][A-Z0-9]{2,}")
_NAMED = re.compile(r"[A-Z0-9_]{1,40}")


class BadHook(ValueError):
    """One line that names the variable and its rule; never a secret."""


@dataclass(frozen=True)
class HookSecrets:
    """The keys of all sources, and of those that have their own; ``channel`` is told what they brought."""

    everyone: tuple[str, ...] = field(default=(), repr=False)
    of: Mapping[str, tuple[str, ...]] = field(default_factory=dict, repr=False)
    channel: str | None = None

    @property
    def is_open(self) -> bool:
        return bool(self.everyone or self.of)

    @property
    def secrets(self) -> tuple[str, ...]:
        return (*self.everyone, *(each for keys in self.of.values() for each in keys))

    def keys(self, source: str) -> tuple[str, ...]:
        """Give the keys of a source; one that has its own takes no other."""
        return self.of.get(source, self.everyone)


def variable(source: str) -> str:
    """Name the variable of one source: n8n-meta has MARKO_HOOK_SECRET_N8N_META."""
    return f"{SECRET}_{source.upper().replace('-', '_')}"


def read_hooks(environment: Mapping[str, str]) -> HookSecrets:
    """Read keys and channel; raises ``BadHook`` for the first that is broken."""
    own = {
        name.removeprefix(f"{SECRET}_"): name for name in sorted(environment) if name.startswith(f"{SECRET}_")
    }
    for named, name in own.items():
        if not _NAMED.fullmatch(named):
            raise BadHook(f"{name} names no source; it takes a name such as {variable('n8n-meta')}")
    found = {named.lower().replace("_", "-"): _keys(environment, name) for named, name in own.items()}
    channel = environment.get(CHANNEL, "").strip()
    if channel and not _CHANNEL.fullmatch(channel):
        raise BadHook(f"{CHANNEL} is {channel}; it takes the id of a channel, such as C0123456789")
    of = {source: keys for source, keys in found.items() if keys}
    return HookSecrets(_keys(environment, SECRET), of, channel or None)


def _keys(environment: Mapping[str, str], name: str) -> tuple[str, ...]:
    keys = tuple(environment.get(name, "").split())
    if len(keys) > MOST_KEYS or not all(map(is_key, keys)):
        raise BadHook(
            f"{name} takes {PREFIX} and the base64 of {SHORTEST_KEY} to {LONGEST_KEY} random bytes; "
            "two of them, with a space between, while one is replaced"
        )
    return keys
