"""The rows that were refused, as a file in the thread of their import: once, and safe to open."""

import csv
import io
import re
from datetime import datetime
from typing import Any

from slack_sdk import WebClient

from bot.traces import messages
from engine.models.delivery import Intent
from engine.models.file_import import FileImport

NAME = "rejects.csv"
HEADER = ("Line", "Column", "Value", "Rule")
# A spreadsheet takes these for formulas, also behind spaces and line breaks, and in their wide forms.
_ACTS = re.compile(r"^\s*[=+\-@\t\r＝＋－＠]|^[\t\r\n]")
_NUMBER = re.compile(r"-?[0-9][0-9.,]*")


def rejects_file(found: FileImport) -> bytes:
    """Write the refused rows as CSV that a spreadsheet opens as it stands: with its mark, and inert."""
    if found.scan is None:
        raise LookupError(found.id)
    text = io.StringIO()
    lines = csv.writer(text, lineterminator="\r\n")
    lines.writerow(HEADER)
    for each in found.scan.rejects:
        lines.writerow([each.line, *map(safe, (each.column, each.value, each.rule))])
    more = found.scan.rejected - len(found.scan.rejects)
    if more > 0:
        lines.writerow(["", "", "", f"and {more} more"])
    return text.getvalue().encode("utf-8-sig")


def safe(cell: str) -> str:
    """Keep a cell from acting as a formula: an apostrophe before it; a plain number stays one."""
    return f"'{cell}" if _ACTS.match(cell) and not _NUMBER.fullmatch(cell) else cell


def upload_rejects(client: WebClient, found: FileImport, intent: Intent) -> None:
    """Put the file into the import's thread, or the channel where it has none."""
    client.files_upload_v2(
        channel=intent.channel,
        thread_ts=intent.ts,
        file=rejects_file(found),
        filename=NAME,
        title=_title(found),
    )


def is_uploaded(client: WebClient, found: FileImport, intent: Intent, since: datetime | None) -> bool:
    """Look whether the file stands there already, after a send of which nobody knows how it ended."""
    return any(_shows(message, found) for message in messages(client, intent, since))


def _shows(message: dict[str, Any], found: FileImport) -> bool:
    files = message.get("files") or []
    return any(each.get("name") == NAME and each.get("title") == _title(found) for each in files)


def _title(found: FileImport) -> str:
    return f"Refused rows of {found.file[:100]}"
