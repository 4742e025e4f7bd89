"""Files: asked for, uploaded, completed, then shared in messages."""

import mimetypes
import re
import secrets
from dataclasses import asdict, dataclass, replace
from typing import Any

from bot.sandbox.messages import Message
from bot.sandbox.people import BOT_USER
from bot.sandbox.shelf import Shelf


@dataclass(frozen=True)
class StoredFile:
    """A file and how far it has come: `uploaded` when its bytes are here, `completed` when it may be used."""

    id: str
    name: str
    size: int
    title: str = ""
    alt_text: str = ""
    user: str = BOT_USER
    uploaded: bool = False
    completed: bool = False
    created: int = 0
    shares: tuple[tuple[str, str, str | None], ...] = ()  # channel, message, and its thread's root

    @property
    def mimetype(self) -> str:
        return mimetypes.guess_type(self.name)[0] or "application/octet-stream"

    @property
    def is_picture(self) -> bool:
        """Whether it is of a kind that image blocks and browsers show."""
        return self.mimetype in {"image/png", "image/jpeg", "image/gif", "image/webp"}

    def to_slack(self, base_url: str) -> dict[str, Any]:
        """The file object; its addresses lie below `base_url`."""
        private = f"{base_url}/files/{self.id}/{_in_address(self.name)}"
        shares: dict[str, list[dict[str, str]]] = {}
        for channel, ts, root in self.shares:
            share = {"ts": ts} if root in {None, ts} else {"ts": ts, "thread_ts": str(root)}
            shares.setdefault(channel, []).append(share)
        return {
            "id": self.id,
            "created": self.created,
            "name": self.name,
            "title": self.title or self.name,
            "mimetype": self.mimetype,
            "filetype": self.name.rpartition(".")[2].lower() if "." in self.name else "text",
            "user": self.user,
            "size": self.size,
            "mode": "hosted",
            "alt_txt": self.alt_text,
            "url_private": private,
            "url_private_download": f"{private}?download=1",
            "permalink": private,
            "channels": sorted({channel for channel, *_ in self.shares}),
            "shares": {"public": shares} if shares else {},
        }


class Files:
    """The files of the workspace; used from the server's event loop."""

    def __init__(self, shelf: Shelf) -> None:
        self._shelf = shelf
        self._files: dict[str, StoredFile] = {}
        for kept in shelf.all("file"):
            shares = tuple((*share, None)[:3] for share in kept.pop("shares"))
            self._files[kept["id"]] = StoredFile(**kept, shares=shares)

    def expect(
        self, name: str, size: int, *, alt_text: str = "", user: str = BOT_USER, created: int = 0
    ) -> StoredFile:
        """A new file of `user`, still without its bytes."""
        file_id = "F0" + secrets.token_hex(5).upper()
        return self._keep(StoredFile(file_id, name, size, alt_text=alt_text, user=user, created=created))

    def find(self, file_id: str) -> StoredFile | None:
        """The file of that id, or None."""
        return self._files.get(file_id)

    def content(self, file_id: str) -> bytes | None:
        """A file's bytes, or None."""
        return self._shelf.get_bytes(file_id)

    def receive(self, file: StoredFile, body: bytes) -> StoredFile:
        """Store the bytes of a file."""
        self._shelf.put_bytes(file.id, body)
        return self._keep(replace(file, uploaded=True))

    def complete(self, file: StoredFile, title: str) -> StoredFile:
        """Declare a file ready to be used."""
        return self._keep(replace(file, completed=True, title=title or file.name))

    def shared(self, file: StoredFile, message: Message) -> StoredFile:
        """Note that a message shows a file."""
        share = (message.channel, message.ts, message.thread_ts)
        return self._keep(replace(file, shares=(*file.shares, share)))

    def _keep(self, file: StoredFile) -> StoredFile:
        self._files[file.id] = file
        self._shelf.put("file", file.id, asdict(file))
        return file


def _in_address(name: str) -> str:
    """A name as Slack writes it into a file's address: small, and without anything that means something."""
    return re.sub(r"[^a-z0-9._-]+", "_", name.lower()) or "file"
