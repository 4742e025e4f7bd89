"""Block Kit's pieces as plain dictionaries, with the limits of each applied where it is made."""

from collections.abc import Collection, Mapping, Sequence
from typing import Any, NamedTuple

from bot import ids
from bot.blocks.limits import clip
from bot.blocks.mrkdwn import straight
from engine.models.visible import is_visible

Block = dict[str, Any]


class Message(NamedTuple):
    """One message: ``text`` is the push notice and what a screen reader says, without markup."""

    text: str
    blocks: list[Block]


def mrkdwn(text: str, longest: int) -> Block:
    """Marked-up text; ``verbatim`` keeps Slack from turning names into links and mentions."""
    return {"type": "mrkdwn", "text": clip(text, longest), "verbatim": True}


def plain(text: str, longest: int) -> Block:
    """Plain text; "–" where nobody could see any, for which Slack would refuse all that goes with it."""
    shown = clip(straight(text), longest)
    return {"type": "plain_text", "text": shown if is_visible(shown) else "–", "emoji": False}


def header(text: str) -> Block:
    return {"type": "header", "text": plain(text, 150)}


def section(text: str, *, accessory: Block | None = None) -> Block:
    block: Block = {"type": "section", "text": mrkdwn(text, 2900)}
    if accessory:
        block["accessory"] = accessory
    return block


def fields(texts: Sequence[str]) -> Block:
    return {"type": "section", "fields": [mrkdwn(text, 1900) for text in texts[:10]]}


def context(*texts: str) -> Block:
    return {"type": "context", "elements": [mrkdwn(text, 1900) for text in texts[:10]]}


def actions(elements: Sequence[Block]) -> Block:
    return {"type": "actions", "elements": list(elements[:25])}


def button(
    label: str,
    action_id: str,
    value: str,
    *,
    style: str | None = None,
    says: str | None = None,
    confirm: Block | None = None,
) -> Block:
    """A button; ``says`` is what a screen reader reads instead of the label."""
    element: Block = {
        "type": "button",
        "text": plain(label, 24),
        "action_id": action_id,
        "value": clip(value, 1900),
    }
    extras = {
        "style": style,
        "accessibility_label": clip(straight(says), 75) if says else None,
        "confirm": confirm,
    }
    return element | {name: extra for name, extra in extras.items() if extra is not None}


def link(label: str, url: str, *, says: str | None = None) -> Block:
    element: Block = {"type": "button", "text": plain(label, 24), "action_id": ids.OPEN_LINK, "url": url}
    return element | ({"accessibility_label": clip(straight(says), 75)} if says else {})


def confirmation(title: str, text: str, yes: str, no: str = "Back") -> Block:
    return {
        "title": plain(title, 100),
        "text": plain(text, 300),
        "confirm": plain(yes, 30),
        "deny": plain(no, 30),
    }


def option(label: str, value: str) -> Block:
    return {"text": plain(label, 75), "value": clip(value, 150)}


def overflow(action_id: str, choices: Sequence[Block]) -> Block:
    return {"type": "overflow", "action_id": action_id, "options": list(choices[:5])}


def table(rows: Sequence[Sequence[str]], *, wrapped: Collection[int] = (0,)) -> Block:
    """A native table, first row in bold; at most 100 rows of 20 cells, one table a message.

    The columns in ``wrapped`` break their lines, so that more of the others fits on a phone.
    """
    head = [
        {
            "type": "rich_text",
            "elements": [
                {
                    "type": "rich_text_section",
                    "elements": [{"type": "text", "text": cell or "–", "style": {"bold": True}}],
                }
            ],
        }
        for cell in rows[0][:20]
    ]
    body = [
        [{"type": "raw_text", "text": clip(straight(cell) or "–", 200)} for cell in row[:20]]
        for row in rows[1:100]
    ]
    settings = [{"is_wrapped": column in wrapped} for column in range(len(rows[0][:20]))]
    return {"type": "table", "rows": [head, *body], "column_settings": settings}


def image(file: str, alt_text: str) -> Block:
    """A picture that was uploaded, by its file's id; ``alt_text`` says what it shows."""
    return {"type": "image", "slack_file": {"id": file}, "alt_text": clip(straight(alt_text), 1900)}


def line_chart(
    title: str, days: Sequence[str], series: Mapping[str, Sequence[float]], *, y_label: str = ""
) -> Block:
    """Slack's own chart: up to six lines over up to twenty days, each line with a value for each day.

    Two a message, and none in dialogs.
    """
    names = [clip(straight(day), 20) for day in days]
    axis: Block = {"categories": names} | ({"y_label": clip(y_label, 50)} if y_label else {})
    drawn = [
        {
            "name": name,
            "data": [{"label": day, "value": value} for day, value in zip(names, own, strict=True)],
        }
        for name, own in series.items()
    ]
    chart = {"type": "line", "series": drawn, "axis_config": axis}
    return {"type": "data_visualization", "title": clip(straight(title), 50), "chart": chart}


def modal(callback_id: str, title: str, submit: str, blocks: Sequence[Block], *, private: str) -> Block:
    return {
        "type": "modal",
        "callback_id": callback_id,
        "title": plain(title, 24),
        "submit": plain(submit, 24),
        "close": plain("Back", 24),
        "private_metadata": clip(private, 2900),
        "blocks": list(blocks[:100]),
    }


def text_input(
    block_id: str, label: str, *, hint: str = "", long: bool = False, optional: bool = False, most: int = 100
) -> Block:
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 150),
        "optional": optional,
        "element": {
            "type": "plain_text_input",
            "action_id": ids.VALUE,
            "multiline": long,
            "max_length": most,
        },
    }
    return block | ({"hint": plain(hint, 150)} if hint else {})


def radio_input(block_id: str, label: str, choices: Sequence[Block]) -> Block:
    return {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 150),
        "element": {"type": "radio_buttons", "action_id": ids.VALUE, "options": list(choices[:10])},
    }


def field(block_id: str, label: str, element: Block, *, optional: bool = False, hint: str = "") -> Block:
    """An input of any element; ``hint`` stands below it."""
    block: Block = {
        "type": "input",
        "block_id": block_id,
        "label": plain(label, 150),
        "optional": optional,
        "element": element,
    }
    return block | ({"hint": plain(hint, 150)} if hint else {})


def search_select(action_id: str, placeholder: str) -> Block:
    """A select whose choices we are asked for while somebody types, and once before."""
    return {
        "type": "external_select",
        "action_id": action_id,
        "placeholder": plain(placeholder, 150),
        "min_query_length": 0,
    }


def select(action_id: str, choices: Sequence[Block]) -> Block:
    return {"type": "static_select", "action_id": action_id, "options": list(choices[:100])}


def day_picker(action_id: str) -> Block:
    return {"type": "datepicker", "action_id": action_id}
