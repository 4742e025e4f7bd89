"""The one log redactor: whatever is logged, by us or by a library, leaves without secrets and addresses."""

import logging
import re

HIDDEN = "(hidden)"
_SECRETS = (
    re.compile(r"\b(xox[a-z]|xapp)-[\w-]+"),
    re.compile(r"(?<=Bearer )[^\s\"']+", re.IGNORECASE),
    # A ticket opens one socket as the bot; a response_url answers in its name.
    re.compile(r"(?<=ticket=)[^\s\"'&\\]+"),
    re.compile(r"(?<=\.slack\.com/)(commands|actions|services)/[^\s\"'\\,]+"),
    re.compile(r"(?<=/response/)[^\s\"'\\,]+"),
    re.compile(r"(?<=\"response_url\":)\s*\"[^\"]*\""),
    re.compile(r"(?<=\"token\":)\s*\"[^\"]*\""),
    re.compile(r"[\w.+-]+@[\w-]+(\.[\w-]+)+"),
)


def redact(text: str) -> str:
    """Take out tokens, tickets, answering addresses and e-mail addresses."""
    for secret in _SECRETS:
        text = secret.sub(HIDDEN, text)
    return text


class Discreet(logging.Formatter):
    """Formats a record, its traceback included, and redacts the whole."""

    def format(self, record: logging.LogRecord) -> str:
        return redact(super().format(record))
