"""The dialog of ``/analyze`` was submitted: checked while it is open, then analyzed."""

from decimal import Decimal
from functools import partial
from typing import Any

from bot.blocks import notices
from bot.blocks.inquiry import ACTUAL, CAMPAIGN, FORECAST, METRICS, PASTED, USUAL, WINDOW, Inquiry
from bot.blocks.limits import clip, few
from bot.blocks.modals import answers
from bot.channels import CHANNELS
from bot.desk import Desk, user_of
from bot.headway import Headway
from bot.listeners.show import show_card
from bot.numbers import no_number, read_number
from engine.engine import Engine
from engine.models.answer import Answer
from engine.models.delivery import Delivery
from engine.models.file_import import Dropped
from engine.narrate.faults import broken_rule
from engine.narrate.formats import Separators

TEXTS = ("name", "platform", "objective", "currency", "window_start", "window_end")
LONGEST_ERROR = 1_000
PASTED_FILE = "pasted text"


def check_analyze(view: dict[str, Any], separators: Separators, engine: Engine) -> dict[str, str]:
    """Name everything that is wrong, each at its input, all at once.

    What counts is the way whose inputs were shown, which a quick click may have run ahead of.
    """
    how = Inquiry.unpacked(view).how
    if how == "paste":
        return _paste_errors(answers(view)[PASTED], engine)
    return _entry_errors(answers(view), separators, engine) if how == "enter" else {}


def analyze(delivery: Delivery, desk: Desk) -> None:
    """Show the card in the channel where the dialog was opened; else in the direct message with the person.

    A direct message may be one between two people, where nobody can invite us.
    """
    opened_in = Inquiry.unpacked(delivery.payload["view"]).channel
    channel = opened_in if opened_in.startswith(CHANNELS) else _direct(delivery, desk)
    answer = show_card(partial(_answer, delivery, desk, channel), delivery, desk, channel)
    if answer and answer.kept_newer:
        link = desk.link_of(answer.recommendation.id)
        desk.tell(delivery, notices.kept_newer(answer.recommendation, link, desk.voice.marked))


def _answer(delivery: Delivery, desk: Desk, channel: str, headway: Headway) -> Answer | None:
    """Do what was asked for; of a pasted list its own message tells."""
    view, by = delivery.payload["view"], user_of(delivery.payload)
    given, how = answers(view), Inquiry.unpacked(view).how
    steps, over = headway.step, headway.record
    if how == "known":
        key = desk.engine.chosen_campaign(given[CAMPAIGN])
        chosen = int(given.get(WINDOW) or USUAL)
        days = None if chosen == USUAL else chosen
        return desk.engine.analyze(
            key, asked_by=by, channel=channel, exactly=True, steps=steps, over=over, days=days
        )
    desk.engine.may_hand_in(desk.person(delivery))
    if how == "enter":
        # The moment of the submission, which stays the same however often it is worked on.
        entry, _ = _entry(given, desk.separators)
        return desk.engine.enter(
            entry, at=delivery.received_at, by=by, channel=channel, steps=steps, over=over
        )
    identifier = f"import:{delivery.key}"
    pasted = Dropped(id=identifier, channel=channel, thread=None, file=PASTED_FILE, by=by)
    return desk.engine.hand_in(given[PASTED], pasted, steps=steps, over=over)


def _direct(delivery: Delivery, desk: Desk) -> str:
    return str(desk.client.conversations_open(users=user_of(delivery.payload))["channel"]["id"])


def _entry(given: dict[str, str], separators: Separators) -> tuple[dict[str, Any], dict[str, str]]:
    """Read what was typed, and the errors of what is no number. An empty forecast is none, so 0."""
    entry: dict[str, Any] = {name: given[name].strip() for name in TEXTS if given.get(name, "").strip()}
    if "currency" in entry:
        entry["currency"] = entry["currency"].upper()
    errors: dict[str, str] = {}
    for group in (ACTUAL, FORECAST):
        entry[group] = {}
        for name in METRICS:
            typed = given.get(f"{group}.{name}", "").strip()
            number = read_number(typed, separators)
            if number is not None:
                entry[group][name] = number
            elif typed:
                errors[f"{group}.{name}"] = no_number(typed, separators)
            elif group == FORECAST and name != "revenue":
                entry[group][name] = Decimal(0)
    return entry, errors


def _entry_errors(given: dict[str, str], separators: Separators, engine: Engine) -> dict[str, str]:
    entry, errors = _entry(given, separators)
    # A campaign that is typed has its name as its id; whatever else has no input is told at the name.
    broken = {
        fault.field if fault.field in given else "name": broken_rule(fault) or f'The rule is "{fault.rule}".'
        for fault in engine.check_entry(entry)
    }
    return broken | errors


def _paste_errors(text: str, engine: Engine) -> dict[str, str]:
    faults = few([broken_rule(fault) or str(fault) for fault in engine.check(text)])
    return {PASTED: clip("\n".join(faults), LONGEST_ERROR)} if faults else {}
