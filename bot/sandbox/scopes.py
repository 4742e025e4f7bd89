"""Which scopes the bot was granted, and which each method of the Web API needs."""

import threading
from collections.abc import Collection, Mapping
from typing import Any

from bot.sandbox.people import Channel

Json = dict[str, Any]
_KINDS = {"channel": "channels", "group": "groups", "im": "im"}
_TYPES = {"public_channel": "channels", "private_channel": "groups", "im": "im", "mpim": "mpim"}

# The one scope of a method; or the verb of a scope whose noun is the kind of channel.
NEEDS: dict[str, str] = {
    "assistant.threads.setStatus": "chat:write",
    "assistant.threads.setSuggestedPrompts": "assistant:write",
    "assistant.threads.setTitle": "assistant:write",
    "chat.delete": "chat:write",
    "chat.postEphemeral": "chat:write",
    "chat.postMessage": "chat:write",
    "chat.update": "chat:write",
    "conversations.history": ":history",
    "conversations.info": ":read",
    "conversations.join": "channels:join",
    "conversations.leave": "channels:manage",
    "conversations.list": ":read",
    "conversations.members": ":read",
    "conversations.open": "im:write",
    "conversations.replies": ":history",
    "files.completeUploadExternal": "files:write",
    "files.getUploadURLExternal": "files:write",
    "files.info": "files:read",
    "reactions.add": "reactions:write",
    "reactions.get": "reactions:read",
    "reactions.remove": "reactions:write",
    "team.info": "team:read",
    "users.conversations": ":read",
    "users.info": "users:read",
    "users.list": "users:read",
}
FREE = frozenset(
    {
        "apps.connections.open", "auth.test", "chat.getPermalink", "views.open", "views.publish",
        "views.push", "views.update",
    }
)  # fmt: skip
EVERY_SCOPE = frozenset(
    {"app_mentions:read", "commands"}
    | {need for need in NEEDS.values() if not need.startswith(":")}
    | {f"{noun}{verb}" for noun in _KINDS.values() for verb in (":history", ":read")}
)


class Scopes:
    """The scopes that were granted at the installation, and which of them were taken away since."""

    def __init__(self, granted: Collection[str] | None = None) -> None:
        self._lock = threading.Lock()
        self._asked = sorted(EVERY_SCOPE if granted is None else granted)
        self._away: set[str] = set()

    def state(self) -> dict[str, bool]:
        """Each scope of the installation by name, and whether the bot has it now."""
        with self._lock:
            return {name: name not in self._away for name in self._asked}

    def granted(self) -> list[str]:
        """Those that the bot has now, in alphabetical order."""
        return [name for name, is_there in self.state().items() if is_there]

    def set(self, name: str, *, on: bool) -> None:
        """Give a scope back or take it away. Raises ValueError for one that was never asked for."""
        if name not in self._asked:
            raise ValueError(f"The app never asked for the scope {name!r}.")
        with self._lock:
            (self._away.discard if on else self._away.add)(name)

    def missing(self, method: str, args: Mapping[str, Any], channels: Mapping[str, Channel]) -> str | None:
        """The first scope that this call needs and the bot lacks, or None."""
        have = self.granted()
        return next((need for need in needed(method, args, channels) if need not in have), None)


def needed(method: str, args: Mapping[str, Any], channels: Mapping[str, Channel]) -> list[str]:
    """The scopes that a call needs, all of them."""
    need = NEEDS.get(method)
    if need is None or not need.startswith(":"):
        return [need] if need else []
    if method in {"conversations.list", "users.conversations"}:
        types = str(args.get("types") or "public_channel").split(",")
        return [f"{_TYPES[kind]}{need}" for kind in types if kind in _TYPES]
    channel = channels.get(str(args.get("channel")))
    return [f"{_KINDS[channel.kind if channel else 'channel']}{need}"]
