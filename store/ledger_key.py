"""The ledger's key: what signs its lines, its head and its anchor, and the file that may hold it."""

import hmac
import os
import secrets
import stat
from contextlib import suppress
from pathlib import Path

from engine.errors import StoreTrouble
from store.copies import sync_folder

FILE = "ledger.key"
LEAST = 32
"""The fewest characters of a key."""

BYTES = 32


class LedgerKey:
    """Signs with HMAC-SHA256; what is signed as one thing never passes for another."""

    def __init__(self, secret: str) -> None:
        self._of = {
            kind: hmac.new(secret.encode(), f"marko:{kind}\0".encode(), "sha256")
            for kind in ("line", "head", "anchor")
        }

    def sign(self, kind: str, content: bytes) -> str:
        """Give the signature as hex; ``kind`` is line, head or anchor."""
        signing = self._of[kind].copy()
        signing.update(content)
        return signing.hexdigest()

    def signed(self, kind: str, content: bytes, signature: object) -> bool:
        return isinstance(signature, str) and hmac.compare_digest(
            self.sign(kind, content).encode(), signature.encode()
        )


def read_key(folder: Path) -> LedgerKey | None:
    """Read the key in this folder; ``None`` where there is none, :class:`StoreTrouble` for a broken one."""
    path = folder / FILE
    try:
        held = path.read_text(encoding="ascii").strip()
    except FileNotFoundError:
        return None
    except (OSError, UnicodeDecodeError) as problem:
        raise StoreTrouble(f"{path} cannot be read ({problem}). The ledger's key is in it.") from problem
    if len(held) < LEAST:
        raise StoreTrouble(f"{path} holds no key of {LEAST} characters or more. Put the ledger's key back.")
    with suppress(OSError):
        if stat.S_IMODE(path.stat().st_mode) != 0o600:
            path.chmod(0o600)
    return LedgerKey(held)


def make_key(folder: Path) -> LedgerKey:
    """Make a key in this folder, for its owner alone, or read the one that somebody made meanwhile."""
    path, fresh = folder / FILE, folder / f".{FILE}.{secrets.token_hex(4)}"
    try:
        folder.mkdir(mode=0o700, parents=True, exist_ok=True)
        with os.fdopen(os.open(fresh, os.O_CREAT | os.O_EXCL | os.O_WRONLY, 0o600), "w") as file:
            file.write(f"{secrets.token_hex(BYTES)}\n")
            file.flush()
            os.fsync(file.fileno())
        with suppress(FileExistsError):
            path.hardlink_to(fresh)  # whole or not at all, and never over another one
        sync_folder(folder)
    except OSError as problem:
        raise StoreTrouble(f"{path} cannot be made: {problem.strerror}. The ledger needs a key.") from problem
    finally:
        fresh.unlink(missing_ok=True)
    key = read_key(folder)
    if key is None:
        raise StoreTrouble(f"{path} is gone again. The ledger needs a key.")
    return key
