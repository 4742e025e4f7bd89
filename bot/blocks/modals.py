"""The dialogs: why a proposal is rejected, and what a person adds where something is missing."""

import json
from collections.abc import Sequence
from typing import Any, NamedTuple

from bot import ids
from bot.blocks import kit
from bot.blocks.kit import Block
from engine.models.recommendation import Recommendation, RejectReason

REASONS: tuple[tuple[RejectReason, str], ...] = (
    ("cause", "Cause is wrong"),
    ("action", "Action is wrong"),
    ("timing", "Right, but not now"),
    ("data", "Data is wrong"),
    ("knowledge", "I know more than you"),
    ("other", "Other"),
)
FORECAST_FIELDS = ("impressions", "clicks", "conversions", "spend", "revenue")


class Origin(NamedTuple):
    """Where a dialog came from: the record, and the channel of the message it was opened on."""

    recommendation: str
    channel: str

    def packed(self) -> str:
        return json.dumps(self._asdict())

    @classmethod
    def unpacked(cls, view: dict[str, Any]) -> "Origin":
        found = json.loads(view["private_metadata"])
        return cls(recommendation=found["recommendation"], channel=found["channel"])


def reject_view(recommendation: Recommendation, channel: str) -> Block:
    choices = [kit.option(label, value) for value, label in REASONS]
    blocks = [
        kit.radio_input(ids.REASON, "Why not?", choices),
        kit.text_input(ids.NOTE, "Note", long=True, optional=True, most=500),
        kit.context("Closing this window decides nothing."),
    ]
    return kit.modal(
        ids.REJECT_VIEW, "Reject", "Reject", blocks, private=Origin(recommendation.id, channel).packed()
    )


def order_value_view(recommendation: Recommendation, channel: str) -> Block:
    currency = recommendation.analysis.retrospective.campaign.currency
    label = f"What is one order worth on average{f', in {currency}' if currency else ''}?"
    blocks = [kit.text_input(ids.VALUE, label, hint="For example 42.50. ROAS is then shown as an estimate.")]
    private = Origin(recommendation.id, channel).packed()
    return kit.modal(ids.ORDER_VALUE_VIEW, "Order value", "Save", blocks, private=private)


def forecast_view(recommendation: Recommendation, channel: str, hints: Sequence[str] = ()) -> Block:
    """``hints`` say how forecasts have run so far; they change nothing that is typed."""
    told = [kit.context(*hints, "What you type is taken as it is.")] if hints else []
    inputs = [
        kit.text_input(name, f"{name.capitalize()} expected", optional=name == "revenue")
        for name in FORECAST_FIELDS
    ]
    private = Origin(recommendation.id, channel).packed()
    return kit.modal(ids.FORECAST_VIEW, "Enter forecast", "Save and judge", [*told, *inputs], private=private)


def answers(view: dict[str, Any]) -> dict[str, str]:
    """Read a submitted dialog: what was typed or chosen, by block; "" where nothing was."""
    values = view["state"]["values"]
    return {block: _given(element) for block, elements in values.items() for element in elements.values()}


def _given(element: dict[str, Any]) -> str:
    chosen = element.get("selected_option")
    return str(chosen["value"] if chosen else element.get("selected_date") or element.get("value") or "")
