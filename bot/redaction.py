"""The one log redactor: whatever is logged, by us or by a library, leaves without secrets and addresses."""

import logging
from collections.abc import Collection

from engine.models.discreet import HIDDEN, Discretion, redact

__all__ = ["HIDDEN", "Discreet", "redact"]


class Discreet(logging.Formatter):
    """Formats a record, its traceback included, and redacts the whole.

    ``known`` are the secrets that are set, which are hidden whatever they look like.
    """

    def __init__(self, pattern: str, *, known: Collection[str] = ()) -> None:
        super().__init__(pattern)
        self._discretion = Discretion(known)

    def format(self, record: logging.LogRecord) -> str:
        return self._discretion.hide(super().format(record))
