"""The dialog in which a channel orders its weekly digest, and what it says of the next one."""

import json
from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal, NamedTuple
from zoneinfo import ZoneInfo

from bot import ids
from bot.blocks import kit, pickers
from bot.blocks.kit import Block
from engine.models.digest import DigestSlot, Subscription
from engine.narrate.formats import SPACE, Formats
from engine.narrate.words import Words

Trouble = Literal["", "not_in_channel", "archived", "foreign", "no_channel", "unknown"]
NAMES = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
TROUBLES: Mapping[Trouble, str] = {
    "not_in_channel": "I am not in this channel. Type /invite @Marko there, then order again.",
    "archived": "This channel is archived. Choose another one.",
    "foreign": "This channel is shared with another workspace. Choose one of your own.",
    "no_channel": "A digest goes to a channel. Choose one.",
}


class Draft(NamedTuple):
    """An order as it stands in the dialog; ``channel`` is ``None`` until one is chosen."""

    channel: str | None
    weekday: int = 0
    at: str = "09:00"
    zone: str = "UTC"

    @classmethod
    def of(cls, order: Subscription) -> "Draft":
        return cls(order.channel, order.weekday, order.at, order.time_zone)


class Ground(NamedTuple):
    """What the dialog carries with it: where it was opened, and what was looked up since.

    ``trouble`` says why the channel ``looked_at`` can get no digest; ``reader`` is the time zone of
    whoever fills the dialog in, "" while it is not known.
    """

    channel: str = ""
    looked_at: str = ""
    trouble: Trouble = ""
    reader: str = ""

    def packed(self) -> str:
        return json.dumps(self._asdict())

    @classmethod
    def unpacked(cls, view: dict[str, Any]) -> "Ground":
        return cls(**json.loads(view["private_metadata"]))


def order_view(
    draft: Draft, ground: Ground, order: Subscription | None, following: str, words: Words, *, note: str = ""
) -> Block:
    """Draw it with what is chosen. ``order`` is what the channel has now; ``following`` the next edition."""
    # A channel with an order brings its own day, time and zone: other ids let Slack forget what was chosen.
    mark = f":{draft.channel}" if order else ""
    days = [kit.option(name, str(number)) for number, name in enumerate(NAMES)]
    blocks = [
        pickers.channel_input(ids.ORDER_CHANNEL, ids.ORDER_CHANNEL, "Channel", draft.channel),
        *_warning(draft, ground),
        *([_standing(order, words)] if order else []),
        pickers.choice_input(f"{ids.ORDER_DAY}{mark}", ids.ORDER_DAY, "Day", days, str(draft.weekday)),
        pickers.time_input(f"{ids.ORDER_TIME}{mark}", ids.ORDER_TIME, "Time", draft.at),
        pickers.search_input(f"{ids.ORDER_ZONE}{mark}", ids.ORDER_ZONE, "Zone", draft.zone),
        kit.section(following),
        kit.actions([_preview_button(), *([_stop_button(order)] if order else [])]),
        *([kit.context(note)] if note else []),
    ]
    submit = "Save" if order else "Subscribe"
    return kit.modal(ids.ORDER_VIEW, "Weekly digest", submit, blocks, private=ground.packed())


def read_draft(view: dict[str, Any]) -> Draft:
    """Read what is chosen, submitted or not; what is empty stands as at the beginning."""
    found: dict[str, Any] = {}
    for elements in view["state"]["values"].values():
        for action, element in elements.items():
            chosen = element.get("selected_option") or {}
            found[action] = (
                chosen.get("value") or element.get("selected_time") or element.get("selected_conversation")
            )
    start = Draft(None)
    return Draft(
        channel=found.get(ids.ORDER_CHANNEL),
        weekday=int(found.get(ids.ORDER_DAY) or start.weekday),
        at=found.get(ids.ORDER_TIME) or start.at,
        zone=found.get(ids.ORDER_ZONE) or start.zone,
    )


def next_edition(slot: DigestSlot, draft: Draft, reader: str, formats: Formats) -> str:
    """Say when the next one comes, in the channel's time and in the reader's where that is another.

    An hour that the clocks skip, or that comes twice, is said: it is not when one would think.
    """
    local = slot.due_at.astimezone(ZoneInfo(draft.zone))
    text = f"Next *{_day(local, formats)} {local:%H:%M}*"
    for_reader = slot.due_at.astimezone(ZoneInfo(reader)) if reader else local
    if for_reader.replace(tzinfo=None) != local.replace(tzinfo=None):
        day = f"{for_reader:%a} " if for_reader.date() != local.date() else ""
        text += f", for you {day}{for_reader:%H:%M}"
    if f"{local:%H:%M}" != draft.at:
        return f"{text}: the clocks skip {draft.at} that day."
    if local.replace(fold=1).utcoffset() != local.utcoffset():
        return f"{text}, the first of two: the clocks go back that day."
    return f"{text}."


def ordered(draft: Draft, slot: DigestSlot, words: Words) -> str:
    """Tell what was ordered."""
    due = words.style.moment(slot.due_at)
    when = f"{NAMES[draft.weekday]} {draft.at} ({draft.zone})"
    return f"✅ Every {when} in <#{draft.channel}>. Next {due}."


def refused(trouble: Trouble, channel: str, *, deed: str = "ordered") -> str:
    """Tell why nothing was ordered or, by its ``deed``, posted; outside the dialog."""
    if trouble == "not_in_channel":
        return f"I am not in <#{channel}>. Type `/invite @Marko` there, then order again."
    return f"<#{channel}>: {TROUBLES[trouble]} Nothing was {deed}."


def _day(local: datetime, formats: Formats) -> str:
    return f"{local:%a}{SPACE}{formats.day(local.date())}"


def _warning(draft: Draft, ground: Ground) -> list[Block]:
    """What would be refused is said before anybody submits; the way out stands at the input then."""
    if draft.channel != ground.looked_at or ground.trouble not in TROUBLES:
        return []
    first, _, _ = TROUBLES[ground.trouble].partition(". ")
    return [kit.context(f"⚠️ {first}.")]


def _standing(order: Subscription, words: Words) -> Block:
    return kit.context(f"Now every {_when(order)}, ordered by {words.style.person(order.by)}.")


def _when(order: Subscription) -> str:
    return f"{NAMES[order.weekday]} {order.at} ({order.time_zone})"


def _stop_button(order: Subscription) -> Block:
    text = f"Now every {_when(order)}. This channel gets none any more, until somebody orders it again."
    sure = kit.confirmation("Stop the digest?", text, "Stop it")
    return kit.button("Stop the digest here", ids.ORDER_STOP, order.channel, style="danger", confirm=sure)


def _preview_button() -> Block:
    return kit.button("Send me a preview", ids.ORDER_PREVIEW, "now", says="Send me a preview of the digest")
