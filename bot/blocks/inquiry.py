"""The dialog of ``/analyze``: choose a known campaign, enter one, or paste JSON.

The choice at its top redraws it. What was typed under another choice is packed into the dialog's own
private text meanwhile, so nothing has to be kept on our side.
"""

import json
import zlib
from base64 import b85decode, b85encode
from typing import Any, Literal, NamedTuple, cast

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Block
from engine.narrate.formats import Separators

How = Literal["known", "enter", "paste"]
Draft = dict[str, Any]  # by block: a text, a day, or {"text", "value"} of what was chosen

TITLE = "Analyze"
HOW = "how"
CAMPAIGN = "campaign"
WINDOW = "window"
WINDOWS = (7, 14, 28, 30, 60, 90, 180, 365)  # days
USUAL = 28
PASTED = "pasted"
CHOICES: tuple[tuple[How, str], ...] = (
    ("known", "Known campaign"), ("enter", "Enter"), ("paste", "Paste JSON"),
)  # fmt: skip
OBJECTIVES = ("Sales", "Leads", "App installs", "Traffic", "Reach", "Other")
METRICS = ("impressions", "clicks", "conversions", "spend", "revenue")
ACTUAL, FORECAST = "actual_metrics", "expected_metrics"
LONGEST_PASTE = 3_000
LONGEST_PRIVATE = 2_900
_INITIAL = {
    "plain_text_input": "initial_value",
    "datepicker": "initial_date",
    "radio_buttons": "initial_option",
}


class Inquiry(NamedTuple):
    """What the dialog knows of itself: the channel it was opened in ("" for none), and what it shows.

    ``draft`` holds what was typed under the other choices.
    """

    channel: str
    how: How
    draft: Draft

    def packed(self) -> str:
        """Write it small; where not all that was typed fits, the pasted text is left out, then the rest."""
        known = {"channel": self.channel, "how": self.how}
        typed = {block: told for block, told in self.draft.items() if told}
        without_paste = {block: told for block, told in typed.items() if block != PASTED}
        for draft in (typed, without_paste):
            small = b85encode(zlib.compress(json.dumps(draft).encode(), 9)).decode()
            whole = json.dumps(known | {"draft": small})
            if len(whole) <= LONGEST_PRIVATE:
                return whole
        return json.dumps(known)

    @classmethod
    def unpacked(cls, view: dict[str, Any]) -> "Inquiry":
        """Read it back, with what stands in the dialog now."""
        known = json.loads(view["private_metadata"])
        small = known.get("draft")
        draft = json.loads(zlib.decompress(b85decode(small))) if small else {}
        return cls(known["channel"], known["how"], draft | _typed(view))


def inquiry_view(inquiry: Inquiry, separators: Separators) -> Block:
    """Draw the dialog with what was typed so far."""
    shown = {"known": _known, "enter": _enter, "paste": _paste}[inquiry.how](separators)
    blocks = [_choice(inquiry.how), *(_filled(block, inquiry.draft) for block in shown)]
    there = {block.get("block_id") for block in shown}
    hidden = {block: told for block, told in inquiry.draft.items() if block not in there}
    private = inquiry._replace(draft=hidden).packed()
    return kit.modal(ids.ANALYZE_VIEW, TITLE, "Analyze", blocks, private=private)


def _choice(how: How) -> Block:
    options = [kit.option(label, value) for value, label in CHOICES]
    chosen = next(option for option in options if option["value"] == how)
    radio = {
        "type": "radio_buttons", "action_id": ids.ANALYZE_HOW, "options": options, "initial_option": chosen,
    }  # fmt: skip
    return kit.field(HOW, "Which campaign?", radio) | {"dispatch_action": True}


def _known(_: Separators) -> list[Block]:
    campaign = kit.search_select(ids.PICK_CAMPAIGN, "Type to search")
    options = [kit.option(f"{days} days", str(days)) for days in WINDOWS]
    usual = next(option for option in options if option["value"] == str(USUAL))
    window = kit.select(ids.VALUE, options) | {"initial_option": usual}
    hint = "Up to yesterday, where I have daily rows; else the newest window that was handed in."
    return [
        kit.field(CAMPAIGN, "Campaign", campaign),
        kit.field(WINDOW, "Window", window, hint=hint),
    ]


def _paste(_: Separators) -> list[Block]:
    block = kit.text_input(
        PASTED,
        "One campaign as JSON, or a list",
        long=True,
        most=LONGEST_PASTE,
        hint=f"At most {LONGEST_PASTE:,} characters. Longer, or an export? Drop it into my channel.",
    )
    return [block]


def _enter(separators: Separators) -> list[Block]:
    objectives = kit.select(ids.VALUE, [kit.option(name, name) for name in OBJECTIVES])
    return [
        kit.text_input("name", "Name", most=200),
        kit.field("platform", "Platform", kit.search_select(ids.PICK_PLATFORM, "Type to search or add")),
        kit.field("objective", "Objective", objectives),
        kit.text_input("currency", "Currency", hint="Three letters, such as EUR.", optional=True, most=3),
        kit.field("window_start", "First day", kit.day_picker(ids.VALUE), optional=True),
        kit.field("window_end", "Last day", kit.day_picker(ids.VALUE), optional=True),
        kit.section(f"*What came*, as totals of these days. Write numbers like {separators}."),
        *(_number(ACTUAL, "Actual", name, optional=name == "revenue") for name in METRICS),
        kit.section("*What was forecast* for the same days. Leave out what was not."),
        *(_number(FORECAST, "Forecast", name, optional=True) for name in METRICS),
    ]


def _number(group: str, label: str, name: str, *, optional: bool) -> Block:
    return kit.text_input(f"{group}.{name}", f"{label} {name}", optional=optional, most=30)


def _filled(block: Block, draft: Draft) -> Block:
    """Put what was typed before into its input."""
    typed = draft.get(block.get("block_id", ""))
    if not typed or "element" not in block:
        return block
    element = block["element"]
    if isinstance(typed, dict):
        filled: Block = {"initial_option": kit.option(typed["text"], typed["value"])}
    else:
        filled = {_INITIAL[element["type"]]: typed}
    return block | {"element": element | filled}


def _typed(view: dict[str, Any]) -> Draft:
    """What stands in its inputs now, emptied ones too."""
    found: Draft = {}
    values = {block: elements for block, elements in view["state"]["values"].items() if block != HOW}
    for block, elements in values.items():
        for element in elements.values():
            chosen = element.get("selected_option")
            told = {"text": chosen["text"]["text"], "value": chosen["value"]} if chosen else None
            found[block] = told or element.get("selected_date") or element.get("value")
    return found


def how_of(view: dict[str, Any]) -> How:
    """What the radio buttons say; it may be ahead of what is shown."""
    chosen = view["state"]["values"][HOW][ids.ANALYZE_HOW]["selected_option"]
    return cast("How", chosen["value"])
