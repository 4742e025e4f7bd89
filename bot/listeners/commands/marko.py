"""``/marko help | data | insights | recommendations | weights | why | find | settings | doctor | audit |
inbox | calendar``, and the verbs of studies: ``patterns | trend | segments | forecast | budget | creatives |
forecast-accuracy``.

Everything is answered for one person's eyes, and nothing is changed.
"""

import re
from collections.abc import Callable, Mapping
from difflib import get_close_matches
from functools import partial
from typing import get_args

from bot.blocks import help as help_text
from bot.blocks import hooks, lists, notices, standing
from bot.blocks.audit import MOST, audit, verified
from bot.blocks.calendar_list import calendar
from bot.blocks.found import found
from bot.blocks.known_data import known_data
from bot.desk import Desk, typed
from bot.listeners.ask import tell_why
from bot.listeners.study import tell_study
from engine.models.delivery import Delivery
from engine.models.recommendation import Status
from engine.models.study import STUDY_KINDS

MENTION = re.compile(r"<@([UW][A-Z0-9]+)(?:\|[^>]*)?>")
STATUSES: tuple[Status, ...] = get_args(Status)


def marko(delivery: Delivery, desk: Desk) -> None:
    words = typed(delivery.payload)
    verb = words[0].casefold() if words else "help"
    if verb in VERBS:
        VERBS[verb](words[1:], delivery, desk)
    else:
        nearest = get_close_matches(verb, VERBS, n=2, cutoff=0.5)
        desk.tell(delivery, help_text.commands(words[0], nearest))


def _help(_: list[str], delivery: Delivery, desk: Desk) -> None:
    desk.tell(delivery, help_text.commands())


def _data(_: list[str], delivery: Delivery, desk: Desk) -> None:
    desk.tell(delivery, known_data(desk.engine.data_known(), desk.voice))


def _insights(_: list[str], delivery: Delivery, desk: Desk) -> None:
    desk.tell(delivery, lists.insights(desk.engine.insights(), desk.engine.basis(), desk.voice))


def _recommendations(words: list[str], delivery: Delivery, desk: Desk) -> None:
    """All of them, or those of one status or campaign."""
    status = next((each for each in STATUSES if words and each == words[0].casefold()), None)
    named = " ".join(words[1:] if status else words)
    campaign = desk.engine.key_of(named) if named else None
    page = desk.engine.recommendations(status, campaign, limit=lists.MOST)
    links = {each.id: link for each in page.recommendations if (link := desk.link_of(each.id))}
    drawn = lists.recommendations(page, links, desk.engine.basis(), desk.voice)
    desk.tell(delivery, drawn)


def _weights(_: list[str], delivery: Delivery, desk: Desk) -> None:
    desk.tell(delivery, lists.weights(desk.engine.weights(), desk.engine.basis(), desk.voice))


def _why(words: list[str], delivery: Delivery, desk: Desk) -> None:
    tell_why(" ".join(words), delivery, desk)


def _find(words: list[str], delivery: Delivery, desk: Desk) -> None:
    """Campaigns by their tags: ``tag:creative_type:video``."""
    desk.tell(delivery, found(desk.engine.find(" ".join(words)), desk.voice))


def _settings(_: list[str], delivery: Delivery, desk: Desk) -> None:
    engine = desk.engine
    may_change = engine.may_set(desk.person(delivery))
    told, orders = engine.told_preferences(), engine.subscriptions()
    desk.tell(delivery, standing.settings(told, orders, desk.voice, may_change=may_change))


def _doctor(_: list[str], delivery: Delivery, desk: Desk) -> None:
    """It tells what runs where, so it is for approvers alone; while there is none, for everybody."""
    engine = desk.engine
    person = desk.person(delivery)
    if person.lacks:
        desk.tell(delivery, notices.may_not_decide(engine.approvers, desk.voice.marked, lacks=person.lacks))
        return
    if engine.approvers and not engine.is_approver(person):
        desk.tell(delivery, notices.said("`/marko doctor` is for approvers: it tells how I am set up."))
        return
    desk.tell(delivery, standing.doctor(desk.examine(), desk.voice.marked))


def _audit(words: list[str], delivery: Delivery, desk: Desk) -> None:
    """For approvers and admins: all lines, those about a campaign or by a person, or whether all is whole."""
    engine = desk.engine
    engine.may_audit(desk.person(delivery))
    if words == ["verify"]:
        desk.tell(delivery, verified(engine.audit_faults(), engine.audit_head(), desk.voice))
        return
    asked = " ".join(words)
    person = MENTION.fullmatch(asked)
    page = engine.audit(by=person[1] if person else None, about=None if person else asked or None, limit=MOST)
    desk.tell(delivery, audit(page, "" if person else asked, desk.voice))


def _inbox(_: list[str], delivery: Delivery, desk: Desk) -> None:
    """What programs delivered and nobody could read: whoever hands in figures may settle it."""
    desk.tell(delivery, hooks.inbox(desk.engine.hook_letters(hooks.MOST), desk.voice))


def _calendar(_: list[str], delivery: Delivery, desk: Desk) -> None:
    """What is expected on which days, with a button for each thing that can be done to it."""
    desk.tell(delivery, calendar(desk.engine.calendar(), desk.voice))


VERBS: Mapping[str, Callable[[list[str], Delivery, Desk], None]] = {
    "help": _help,
    **{kind: partial(tell_study, kind) for kind in STUDY_KINDS},
    "data": _data,
    "insights": _insights,
    "recommendations": _recommendations,
    "weights": _weights,
    "why": _why,
    "find": _find,
    "settings": _settings,
    "doctor": _doctor,
    "audit": _audit,
    "inbox": _inbox,
    "calendar": _calendar,
}
