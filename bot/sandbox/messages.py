"""One message of the sandbox, and the two shapes in which it is told: to the bot and to the page."""

from dataclasses import asdict, dataclass
from typing import Any

from bot.sandbox.people import APP_ID, BOT_ID, BOT_USER, TEAM_ID


@dataclass(frozen=True)
class Message:
    """A message as it is stored. `ephemeral_to` is the one user who sees it, or None for everybody."""

    channel: str
    ts: str
    user: str
    text: str
    blocks: list[dict[str, Any]] | None = None
    thread_ts: str | None = None
    metadata: dict[str, Any] | None = None
    files: tuple[dict[str, Any], ...] = ()
    edited_ts: str | None = None
    ephemeral_to: str | None = None
    reactions: tuple[tuple[str, str], ...] = ()
    # What people read twice to understand: a mention of nobody, a channel that is not there.
    broken: tuple[str, ...] = ()

    @property
    def is_reply(self) -> bool:
        """Whether it stands in a thread below another message."""
        return self.thread_ts is not None and self.thread_ts != self.ts

    @property
    def from_bot(self) -> bool:
        return self.user == BOT_USER

    def to_slack(
        self, *, reply_count: int = 0, latest_reply: str | None = None, with_metadata: bool = False
    ) -> dict[str, Any]:
        """The shape of the Web API; metadata only when it was asked for."""
        shape: dict[str, Any] = {"type": "message", "user": self.user, "ts": self.ts, "team": TEAM_ID}
        if self.from_bot:
            shape |= {"bot_id": BOT_ID, "app_id": APP_ID}
        shape["text"] = self.text
        if self.blocks is not None:
            shape["blocks"] = self.blocks
        if self.files:
            shape |= {"files": list(self.files), "upload": True}
        if self.edited_ts:
            shape["edited"] = {"user": self.user, "ts": self.edited_ts}
        if self.is_reply:
            shape["thread_ts"] = self.thread_ts
        elif reply_count:
            shape |= {"thread_ts": self.ts, "reply_count": reply_count, "latest_reply": latest_reply}
        if self.reactions:
            shape["reactions"] = self.reaction_counts()
        if with_metadata and self.metadata is not None:
            shape["metadata"] = self.metadata
        return shape

    def to_page(self, *, reply_count: int = 0) -> dict[str, Any]:
        """The shape of the page."""
        return {
            "ts": self.ts,
            "channel": self.channel,
            "user": self.user,
            "bot_id": BOT_ID if self.from_bot else None,
            "text": self.text,
            "blocks": self.blocks,
            "thread_ts": self.thread_ts,
            "reply_count": reply_count,
            "edited": self.edited_ts is not None,
            "ephemeral": self.ephemeral_to is not None,
            "files": [{**file, "page_url": f"/ui/file/{file['id']}"} for file in self.files],
            "metadata": self.metadata,
            "reactions": self.reaction_counts(),
            "broken": list(self.broken),
        }

    def reaction_counts(self) -> list[dict[str, Any]]:
        """Slack's reactions: name, count, users."""
        users: dict[str, list[str]] = {}
        for name, user in self.reactions:
            users.setdefault(name, []).append(user)
        return [{"name": name, "count": len(who), "users": who} for name, who in users.items()]

    def to_shelf(self) -> dict[str, Any]:
        """A JSON value that `from_shelf` reads."""
        return asdict(self)

    @classmethod
    def from_shelf(cls, kept: dict[str, Any]) -> "Message":
        """The message that `to_shelf` wrote."""
        tuples = {
            "files": tuple(kept["files"]),
            "broken": tuple(kept["broken"]),
            "reactions": tuple((name, user) for name, user in kept["reactions"]),
        }
        return cls(**{**kept, **tuples})
