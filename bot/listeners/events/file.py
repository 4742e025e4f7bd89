"""A file was shared where Marko is: campaigns as JSON are taken, exports are answered."""

import time
from pathlib import PurePath
from typing import Any, Literal

from slack_sdk.errors import SlackApiError

from bot.desk import Desk
from bot.downloads import DownloadFailed, download
from bot.listeners.show import tell_where_it_is
from engine.engine import Engine
from engine.models.delivery import Delivery
from engine.models.file_import import Dropped

Kind = Literal["json", "export", "text"]
Shape = dict[str, Any]

JSON_TYPES = frozenset({"json", "application/json", "text/json"})
TEXTS = frozenset({"", "txt"})  # endings of what may hold JSON all the same
EXPORTS = frozenset({"csv", "tsv", "xlsx", "xls", "ods", "numbers", "gsheet"})
# Slack may say that a file is there before it knows in which message.
LOOKS, PAUSE_S = 4, 0.5
LOOKED_AT = 256  # bytes of a text, to see how it begins
GONE = frozenset({"file_not_found", "file_deleted"})


def worth_file(event: Shape) -> str | None:
    """One file in one channel acts once; what a bot shares is not for us."""
    if event.get("bot_id") or not event.get("user_id") or not event.get("channel_id"):
        return None
    return f"file:{event['file_id']}:{event['channel_id']}"


def file_shared(delivery: Delivery, desk: Desk) -> None:
    event = delivery.payload["event"]
    file = _look_at(event["file_id"], event["channel_id"], desk)
    kind = kind_of(file) if file else None
    if file is None or kind is None or (kind == "text" and not _holds_json(file, desk)):
        return  # most files are pictures: who shared one is nobody's business
    person = desk.person(delivery)
    if person.is_bot:
        return
    desk.engine.may_hand_in(person)
    dropped = _dropped(file, event)
    if kind == "export":
        desk.engine.turn_away(dropped, "export")
        desk.publisher.wake()
        return
    _take(file, dropped, delivery, desk)


def kind_of(file: Shape) -> Kind | None:
    """Tell by name and by what Slack thinks it is."""
    ending = PurePath(str(file.get("name") or "")).suffix.removeprefix(".").casefold()
    types = {ending, str(file.get("filetype") or ""), str(file.get("mimetype") or "").partition(";")[0]}
    if types & JSON_TYPES:
        return "json"
    if {ending, str(file.get("filetype") or "")} & EXPORTS:
        return "export"
    return "text" if ending in TEXTS and types & {"text", "text/plain"} else None


def _holds_json(file: Shape, desk: Desk) -> bool:
    """Whether a text begins as JSON does; what cannot be read is only a text."""
    try:
        return _fetched(file, desk, most=LOOKED_AT).decode("utf-8-sig", "ignore").lstrip()[:1] in {"{", "["}
    except DownloadFailed:
        return False


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
            raise
        if kind_of(file) is None or _share(file, channel):
            break
    return file


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
