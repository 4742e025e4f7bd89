"""The rows that were refused, as a file in the thread of their import: once, and safe to open."""

from datetime import datetime
from typing import Any

from slack_sdk import WebClient

from bot.traces import messages
from engine.intake.safe_cells import rejects_csv
from engine.models.delivery import Intent
from engine.models.file_import import FileImport

NAME = "rejects.csv"


def rejects_file(found: FileImport) -> bytes:
    """Write the refused rows that are kept, and how many more there were."""
    if found.scan is None:
        raise LookupError(found.id)
    return rejects_csv(found.scan.rejects, more=found.scan.rejected - len(found.scan.rejects))


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
    return f"{NAME} ({found.file[:100]})"
