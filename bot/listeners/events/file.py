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

Kind = Literal["json", "export"]
Shape = dict[str, Any]

JSON_TYPES = frozenset({"json", "application/json", "text/json"})
EXPORTS = frozenset({"csv", "tsv", "xlsx", "xls", "ods", "numbers", "gsheet"})
# Slack may say that a file is there before it knows in which message.
LOOKS, PAUSE_S = 4, 0.5
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
    person = desk.person(delivery)
    if file is None or kind is None or person.is_bot:
        return
    dropped = _dropped(file, event)
    if kind == "export":
        desk.engine.turn_away(dropped, "export")
        desk.publisher.wake()
        return
    desk.engine.may_hand_in(person)
    _take(file, dropped, delivery, desk)


def kind_of(file: Shape) -> Kind | None:
    """Tell by name and by what Slack thinks it is."""
    ending = PurePath(str(file.get("name") or "")).suffix.removeprefix(".").casefold()
    types = {ending, str(file.get("filetype") or ""), str(file.get("mimetype") or "").partition(";")[0]}
    if types & JSON_TYPES:
        return "json"
    return "export" if {ending, str(file.get("filetype") or "")} & EXPORTS else None


def _take(file: Shape, dropped: Dropped, delivery: Delivery, desk: Desk) -> None:
    try:
        data = download(
            str(file.get("url_private_download") or file.get("url_private") or ""),
            token=desk.client.token or "",
            api_url=desk.client.base_url,
            most=Engine.LONGEST_FILE + 1,
        )
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
