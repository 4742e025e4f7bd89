"""A file was shared where Marko is: exports and campaigns as JSON are taken, the rest is left alone."""

import re
import time
from collections import Counter
from collections.abc import Sequence
from http import HTTPStatus
from pathlib import PurePath
from typing import Literal

from slack_sdk.errors import SlackApiError

from bot.desk import Desk
from bot.downloads import DownloadFailed, download
from bot.listeners.exports import GONE, Shape, take_in
from bot.listeners.show import tell_where_it_is
from engine.engine import Engine
from engine.models.delivery import Delivery
from engine.models.file_import import Dropped

Kind = Literal["json", "export", "text"]
JSON_TYPES = frozenset({"json", "application/json", "text/json"})
TEXTS = frozenset({"", "txt"})  # endings of what may hold JSON or an export all the same
EXPORTS = frozenset({"csv", "tsv", "tab", "xlsx", "xlsm", "xls", "xlsb", "ods", "numbers", "gsheet"})
PACKED = frozenset({"gz", "gzip"})
# Slack may say that a file is there before it knows in which message.
LOOKS, PAUSE_S = 4, 0.5
LOOKED_AT = 16_384  # bytes of a text, to see how it begins
LEAST_MARKS = 2  # between cells of a line
CAMPAIGNS = re.compile(r'"(expected|actual)_metrics"')
ROWS = re.compile(r'"[^"\n]{0,40}(date|day|impressions|clicks|cost|spend)[^"\n]{0,40}"\s*:', re.IGNORECASE)


def worth_file(event: Shape) -> str | None:
    """One file in one channel acts once; what a bot shares is not for us."""
    if event.get("bot_id") or not event.get("user_id") or not event.get("channel_id"):
        return None
    return f"file:{event['file_id']}:{event['channel_id']}"


def file_shared(delivery: Delivery, desk: Desk) -> None:
    event = delivery.payload["event"]
    file = _look_at(event["file_id"], event["channel_id"], desk)
    kind = kind_of(file) if file else None
    if file is None or kind is None:
        return  # most files are pictures: who shared one is nobody's business
    if kind == "text":
        kind = _kind_of_text(_beginning(file, desk))
        if kind is None:
            return
    person = desk.person(delivery)
    if person.is_bot:
        return
    desk.engine.may_hand_in(person)
    dropped = _dropped(file, event)
    if kind == "export":
        take_in(file, dropped, desk)
    else:
        _take(file, dropped, delivery, desk)


def kind_of(file: Shape) -> Kind | None:
    """Tell by name and by what Slack thinks it is; of a packed file by the name within."""
    name = PurePath(str(file.get("name") or ""))
    if name.suffix.removeprefix(".").casefold() in PACKED:
        inner = PurePath(name.stem).suffix.removeprefix(".").casefold()
        return "export" if inner in {"", "json", "txt", *EXPORTS} else None
    ending = name.suffix.removeprefix(".").casefold()
    types = {ending, str(file.get("filetype") or ""), str(file.get("mimetype") or "").partition(";")[0]}
    if types & JSON_TYPES:
        return "json"
    if {ending, str(file.get("filetype") or "")} & EXPORTS:
        return "export"
    return "text" if ending in TEXTS and types & {"text", "text/plain"} else None


def _beginning(file: Shape, desk: Desk) -> bytes:
    """How a text begins; nothing where it cannot be read, since it is only a text."""
    try:
        return _fetched(file, desk, most=LOOKED_AT)
    except DownloadFailed:
        return b""


def _kind_of_text(data: bytes) -> Kind | None:
    """What a text holds, which may be named anything: JSON, the table of an export, or neither."""
    text = _text(data)
    if text[:1] in {"{", "["}:
        return "json"
    return "export" if _is_table(text.splitlines()) else None


def _text(data: bytes) -> str:
    is_wide = data[:2] in {b"\xff\xfe", b"\xfe\xff"}
    return data[:LOOKED_AT].decode("utf-16" if is_wide else "utf-8-sig", "ignore").lstrip()


def _is_table(lines: Sequence[str]) -> bool:
    """Whether most lines have as many cells as each other, at least three, and figures in them."""
    with_figures = [line for line in lines if any(map(str.isdigit, line))]
    for mark in "\t;,|":
        cells = Counter(line.count(mark) for line in with_figures)
        most, often = cells.most_common(1)[0] if cells else (0, 0)
        if most >= LEAST_MARKS and often * 2 >= len(lines):
            return True
    return False


def _holds_rows(data: bytes) -> bool:
    """Whether JSON is rows of an export, and not campaigns with their forecasts."""
    text = _text(data)
    return not CAMPAIGNS.search(text) and ROWS.search(text) is not None


def _fetched(file: Shape, desk: Desk, *, most: int) -> bytes:
    return download(
        str(file.get("url_private_download") or file.get("url_private") or ""),
        token=desk.client.token or "",
        api_url=desk.client.base_url,
        most=most,
    )


def _take(file: Shape, dropped: Dropped, delivery: Delivery, desk: Desk) -> None:
    try:
        data = _fetched(file, desk, most=Engine.LONGEST_FILE + 1)
    except DownloadFailed as failed:
        desk.engine.turn_away(dropped, "refused", failed.reason)
        desk.publisher.wake()
        return
    if _holds_rows(data):
        take_in(file, dropped, desk)
        return
    _, answer = desk.engine.import_file(data, dropped)
    desk.publisher.wake()
    if answer:
        tell_where_it_is(answer, delivery, desk)


def _look_at(file_id: str, channel: str, desk: Desk) -> Shape | None:
    """Ask Slack for the file, until it knows the message; ``None`` where it was taken away again."""
    file: Shape = {}
    for look in range(LOOKS):
        if look:
            time.sleep(PAUSE_S)
        try:
            file = desk.client.files_info(file=file_id)["file"]
        except SlackApiError as refused:
            if refused.response.get("error") in GONE:
                return None
            if _is_slacks_own(refused) and look + 1 < LOOKS:
                continue
            raise
        if kind_of(file) is None or _share(file, channel):
            break
    return file


def _is_slacks_own(refused: SlackApiError) -> bool:
    """Whether Slack itself failed, or was asked too often: then the next look may do."""
    status = getattr(refused.response, "status_code", 0)
    return status >= HTTPStatus.INTERNAL_SERVER_ERROR or status == HTTPStatus.TOO_MANY_REQUESTS


def _share(file: Shape, channel: str) -> Shape | None:
    """Where the file stands in the channel: the newest message that shows it."""
    shares = file.get("shares") or {}
    found = [share for kind in ("public", "private") for share in (shares.get(kind) or {}).get(channel, [])]
    return max(found, key=lambda share: float(share["ts"])) if found else None


def _dropped(file: Shape, event: Shape) -> Dropped:
    share = _share(file, event["channel_id"])
    return Dropped(
        id=f"import:{event['file_id']}:{event['channel_id']}",
        channel=event["channel_id"],
        thread=str(share.get("thread_ts") or share["ts"]) if share else None,
        file=str(file.get("name") or "file"),
        by=event["user_id"],
    )
