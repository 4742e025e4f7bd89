"""The dialog of ``/analyze`` was submitted: checked while it is open, then analysed."""

from decimal import Decimal
from typing import Any

from bot.blocks import notices
from bot.blocks.inquiry import ACTUAL, CAMPAIGN, FORECAST, HOW, METRICS, PASTED, Inquiry, how_of
from bot.blocks.limits import clip, few
from bot.blocks.modals import answers
from bot.desk import Desk, user_of
from bot.listeners.show import tell_where_it_is
from bot.numbers import read_number
from engine.engine import Engine
from engine.models.answer import Answer
from engine.models.delivery import Delivery
from engine.models.file_import import Dropped
from engine.narrate.formats import Separators

TEXTS = ("name", "platform", "objective", "currency", "window_start", "window_end")
LONGEST_ERROR = 1_000
PASTED_FILE = "pasted text"


def check_analyze(view: dict[str, Any], separators: Separators) -> dict[str, str]:
    """Name everything that is wrong, each at its input, all at once."""
    inquiry = Inquiry.unpacked(view)
    if how_of(view) != inquiry.how:  # two quick clicks: the redrawing of one was lost
        return {HOW: "This window had not caught up with your choice. Please choose once more."}
    if inquiry.how == "paste":
        return _paste_errors(answers(view)[PASTED])
    return _entry_errors(answers(view), separators) if inquiry.how == "enter" else {}


def analyze(delivery: Delivery, desk: Desk) -> None:
    """Show the card where the dialog was opened; from Home, in the direct message with the person."""
    channel = Inquiry.unpacked(delivery.payload["view"]).channel or _direct(delivery, desk)
    answer = _answer(delivery, desk, channel)
    if answer is None:
        desk.publisher.wake()  # a list: its own message tells
        return
    tell_where_it_is(answer, delivery, desk, channel)
    if answer.kept_newer:
        link = desk.link_of(answer.recommendation.id)
        desk.tell(delivery, notices.kept_newer(answer.recommendation, link, desk.voice.marked))


def _answer(delivery: Delivery, desk: Desk, channel: str) -> Answer | None:
    view, by = delivery.payload["view"], user_of(delivery.payload)
    given, how = answers(view), Inquiry.unpacked(view).how
    if how == "known":
        key = desk.engine.chosen_campaign(given[CAMPAIGN])
        return desk.engine.analyze(key, asked_by=by, channel=channel, exactly=True)
    desk.engine.may_hand_in(desk.person(delivery))
    if how == "enter":
        # The moment of the submission, which stays the same however often it is worked on.
        entry, _ = _entry(given, desk.separators)
        return desk.engine.enter(entry, at=delivery.received_at, by=by, channel=channel)
    identifier = f"import:{delivery.key}"
    pasted = Dropped(id=identifier, channel=channel, thread=None, file=PASTED_FILE, by=by)
    return desk.engine.hand_in(given[PASTED], pasted)


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
                errors[f"{group}.{name}"] = f"This is not a number such as {separators}."
            elif group == FORECAST and name != "revenue":
                entry[group][name] = Decimal(0)
    return entry, errors


def _entry_errors(given: dict[str, str], separators: Separators) -> dict[str, str]:
    entry, errors = _entry(given, separators)
    # A campaign that is typed has its name as its id; whatever else has no input is told at the name.
    broken = {
        fault.field if fault.field in given else "name": f'The rule is "{fault.rule}".'
        for fault in Engine.check_entry(entry)
    }
    return broken | errors


def _paste_errors(text: str) -> dict[str, str]:
    faults = few([str(fault) for fault in Engine.check(text)])
    return {PASTED: clip("\n".join(faults), LONGEST_ERROR)} if faults else {}
