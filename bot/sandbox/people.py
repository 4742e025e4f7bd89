"""Who is in the sandbox: its team, its users by role, its channels. Fixed, except who joined what."""

from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zoneinfo import ZoneInfo

TEAM_ID = "T0SANDBOX"
TEAM_NAME = "Marko sandbox"
TEAM_DOMAIN = "marko-sandbox"
OTHER_TEAM_ID = "T0ELSEWHERE"
BOT_USER = "U0MARKO"
BOT_ID = "B0MARKO"
APP_ID = "A0MARKO"


@dataclass(frozen=True)
class User:
    """One account. `role` is approver, member, guest, partner or bot.

    A partner belongs to another workspace, and is met in channels that both share.
    """

    id: str
    name: str
    real_name: str
    role: str
    is_restricted: bool = False
    team_id: str = TEAM_ID

    @property
    def is_stranger(self) -> bool:
        return self.team_id != TEAM_ID

    @property
    def is_bot(self) -> bool:
        return self.role == "bot"

    def to_page(self) -> dict[str, Any]:
        """The shape that the page reads."""
        return {
            "id": self.id,
            "name": self.name,
            "real_name": self.real_name,
            "is_bot": self.is_bot,
            "is_restricted": self.is_restricted,
            "role": self.role,
        }

    def to_slack(self, zone: str, now: datetime) -> dict[str, Any]:
        """The shape that users.info answers; the offset is that of `zone` at `now`, in seconds."""
        offset = now.astimezone(ZoneInfo(zone)).utcoffset()
        return {
            "id": self.id,
            "team_id": self.team_id,
            "name": self.name,
            "real_name": self.real_name,
            "deleted": False,
            "tz": zone,
            "tz_label": zone,
            "tz_offset": int(offset.total_seconds()) if offset else 0,
            "is_bot": self.is_bot,
            "is_admin": self.role == "approver",
            "is_owner": False,
            "is_restricted": self.is_restricted,
            "is_ultra_restricted": False,
            "is_stranger": self.is_stranger,
            "is_app_user": False,
            "updated": 0,
            "profile": {"display_name": self.real_name, "real_name": self.real_name, "team": self.team_id},
        }


@dataclass
class Channel:
    """A channel or a direct message with its members (user ids)."""

    id: str
    name: str
    is_im: bool = False
    is_private: bool = False
    is_archived: bool = False
    is_ext_shared: bool = False
    members: set[str] = field(default_factory=set)

    @property
    def kind(self) -> str:
        """Slack's channel_type: im, group or channel."""
        if self.is_im:
            return "im"
        return "group" if self.is_private else "channel"

    @property
    def command_name(self) -> str:
        """What a slash command carries as channel_name."""
        return "directmessage" if self.is_im else self.name

    def to_slack(self) -> dict[str, Any]:
        """The shape that conversations.info answers, seen by the bot."""
        other = {"user": next(iter(self.members - {BOT_USER}), BOT_USER)} if self.is_im else {}
        return {
            "id": self.id,
            "name": self.name,
            "is_channel": self.kind == "channel",
            "is_group": self.kind == "group",
            "is_im": self.is_im,
            "is_mpim": False,
            "is_private": self.is_private or self.is_im,
            "is_archived": self.is_archived,
            "is_shared": self.is_ext_shared,
            "is_ext_shared": self.is_ext_shared,
            "is_org_shared": False,
            "is_member": BOT_USER in self.members,
            "is_general": False,
            "created": 0,
            "creator": "U0APPROVER",
            "num_members": len(self.members),
            **other,
        }


def cast() -> dict[str, User]:
    """The users, by id."""
    users = (
        User("U0APPROVER", "approver", "Approver", "approver"),
        User("U0MEMBER", "member", "Member", "member"),
        User("U0GUEST", "guest", "Guest", "guest", is_restricted=True),
        User("U0PARTNER", "partner", "Partner (other company)", "partner", team_id=OTHER_TEAM_ID),
        User(BOT_USER, "marko", "Marko", "bot"),
    )
    return {user.id: user for user in users}


def rooms() -> dict[str, Channel]:
    """The channels and direct messages of a new workspace, by id."""
    staff = {"U0APPROVER", "U0MEMBER"}
    channels = [
        Channel("C0GROWTH", "growth", members=staff | {"U0GUEST", BOT_USER}),
        Channel("C0RANDOM", "random", members=set(staff)),
        Channel("C0WITHPARTNER", "with-partner", is_ext_shared=True, members=staff | {"U0PARTNER", BOT_USER}),
    ]
    for user in cast().values():
        if not user.is_bot:
            name = f"D0{user.role.upper()}"
            channels.append(Channel(name, user.name, is_im=True, members={user.id, BOT_USER}))
    return {channel.id: channel for channel in channels}
