"""What was filled in behind ⋯: an edit is checked and shown before it is approved, the rest is decided."""

from datetime import timedelta
from typing import Any

from bot import ids
from bot.blocks.decision_views import (
    LONGEST_SNOOZE_DAYS,
    About,
    at_nine,
    edited_view,
    read_change,
    snoozed_until,
)
from bot.blocks.kit import Block
from bot.blocks.modals import answers
from bot.blocks.voice import Voice
from bot.desk import Desk
from bot.numbers import no_number, read_number
from engine.engine import Engine
from engine.errors import EngineError, UnfitChange
from engine.models.action import SetSpend
from engine.models.delivery import Delivery
from engine.models.recommendation import Recommendation
from engine.narrate.formats import MINUS, Formats, Separators
from engine.narrate.limits import beyond
from engine.narrate.words import Plain, Words

CHANGED = "The figures changed. Please look again at the card."
DECIDED = "This was decided meanwhile. Please look at its card."


def check_edit(view: dict[str, Any], separators: Separators, engine: Engine) -> dict[str, str]:
    """Say at the input what is no change, or over a limit: rule, value, way out."""
    about = About.unpacked(view)
    current = engine.recommendation(about.recommendation)
    if current.status != "proposed" or current.seal != about.seal:
        return {ids.CHANGE: DECIDED if current.status != "proposed" else CHANGED}
    change = _change(view, current, separators)
    if isinstance(change, str):
        return {ids.CHANGE: change}
    try:
        engine.amended(current.id, change)
    except EngineError as refused:
        return {ids.CHANGE: _told(refused, engine)}
    return {}


def show_edited(view: dict[str, Any], voice: Voice, engine: Engine) -> Block:
    """Draw what the change comes to; it was checked a moment ago."""
    about = About.unpacked(view)
    current = engine.recommendation(about.recommendation)
    change = _change(view, current, voice.plain.formats.separators)
    if isinstance(change, str):
        raise LookupError(change)
    return edited_view(
        current,
        about._replace(change=repr(change)),
        engine.amended(current.id, change),
        voice.marked,
        limit=engine.preferences().change_limit,
        connected=engine.is_connected(current.analysis.proposal.workflow),
    )


def approve_edited(delivery: Delivery, desk: Desk) -> None:
    """Approve what the second dialog showed."""
    about = About.unpacked(delivery.payload["view"])
    action = desk.engine.edited(about.recommendation, float(about.change))
    _approve(about, action, delivery, desk)


def approve_chosen(delivery: Delivery, desk: Desk) -> None:
    view = delivery.payload["view"]
    about = About.unpacked(view)
    others = desk.engine.recommendation(about.recommendation).analysis.proposal.alternatives
    _approve(about, others[int(answers(view)[ids.ALTERNATIVE])].action, delivery, desk)


def check_snooze(view: dict[str, Any], _: Separators, engine: Engine) -> dict[str, str]:
    today = engine.today()
    day = snoozed_until(view, today)
    if day is None:
        return {ids.DAY: "Choose a day."}
    if today < day <= today + timedelta(days=LONGEST_SNOOZE_DAYS):
        return {}
    return {ids.DAY: f"Choose a day after today, at most {LONGEST_SNOOZE_DAYS} days from now."}


def snooze(delivery: Delivery, desk: Desk) -> None:
    """Put it off until nine of that day; the days count from when it was submitted."""
    view = delivery.payload["view"]
    about, zone = About.unpacked(view), desk.engine.zone
    day = snoozed_until(view, delivery.received_at.astimezone(zone).date())
    if day is None:
        raise LookupError(ids.DAY)
    desk.engine.decide(
        about.recommendation,
        "snooze",
        by=desk.person(delivery),
        channel=about.channel or None,
        seal=about.seal,
        until=at_nine(day, zone),
    )
    desk.publisher.wake()


def _approve(about: About, action: object, delivery: Delivery, desk: Desk) -> None:
    if not isinstance(action, SetSpend):
        raise UnfitChange("There is no change to approve.")
    desk.engine.decide(
        about.recommendation,
        "approve",
        by=desk.person(delivery),
        channel=about.channel or None,
        seal=about.seal,
        action=action,
    )
    desk.publisher.wake()


def _change(view: dict[str, Any], current: Recommendation, separators: Separators) -> float | str:
    """Read the change as a fraction, with its sign; a sentence where it is none.

    What is asked for is "by how many %": without a sign it goes the way of the proposal.
    """
    typed = answers(view)[ids.CHANGE]
    sign, bare = read_change(typed)
    number = read_number(bare, separators)
    if number is None:
        return no_number(bare, separators)
    proposed = current.analysis.proposal.action
    falls = isinstance(proposed, SetSpend) and proposed.change < 0
    is_negative = sign == MINUS or (falls and not sign)
    return float(number) / 100 * (-1 if is_negative else 1)


def _told(refused: EngineError, engine: Engine) -> str:
    if isinstance(refused, UnfitChange):
        return refused.why
    formats = Formats(engine.preferences().number_format)
    return beyond(refused, Words(formats, Plain(formats, engine.zone))) or str(refused)
