"""What must never be written down: tokens, secrets, addresses that answer in our name, e-mail addresses."""

import re
from collections.abc import Collection
from typing import Any

HIDDEN = "(hidden)"
LEAST = 8  # a shorter value is a word that may stand anywhere
_SHAPES = re.compile(
    r"""
    \b(?:xox[a-z]|xapp)-[\w-]+
    | \bwhsec_[A-Za-z0-9+/=_-]+
    | \bsk-[A-Za-z0-9][\w-]{15,}
    | (?<=bearer[ ])[^\s"']+
    # A ticket opens one socket as the bot; a response_url answers in its name.
    | (?<=ticket=)[^\s"'&\\]+
    | (?<=\.slack\.com/)(?:commands|actions|services)/[^\s"'\\,]+
    | (?<=/response/)[^\s"'\\,]+
    | (?<="response_url":)\s*"[^"]*"
    | (?<="token":)\s*"[^"]*"
    | (?<=://)[^\s/:@"']*:[^\s/"']+(?=@)  # who logs in to a database, and the password
    | [\w.+-]+@[\w-]+(?:\.[\w-]+)+
    """,
    re.IGNORECASE | re.VERBOSE,
)
# Each shape that is hidden holds one of these, and most texts hold none.
_MAY_HOLD = re.compile(r"@|xox|xapp|whsec_|sk-|bearer |ticket=|slack\.com|response|token", re.IGNORECASE)


class Discretion:
    """Hides what looks like a secret, and the secrets that are known, whatever they look like."""

    def __init__(self, known: Collection[str] = ()) -> None:
        """``known`` are the values themselves; the longest are hidden first."""
        words = sorted({each for each in known if len(each) >= LEAST}, key=len, reverse=True)
        self._known = re.compile("|".join(map(re.escape, words))) if words else None

    def hide(self, text: str) -> str:
        if self._known:
            text = self._known.sub(HIDDEN, text)
        return _SHAPES.sub(HIDDEN, text) if _MAY_HOLD.search(text) else text

    def hide_in(self, value: Any) -> Any:
        """Hide in every text of a JSON value, keys included."""
        if isinstance(value, str):
            return self.hide(value)
        if isinstance(value, dict):
            return {self.hide_in(key): self.hide_in(each) for key, each in value.items()}
        if isinstance(value, list | tuple):
            return [self.hide_in(each) for each in value]
        return value


redact = Discretion().hide
