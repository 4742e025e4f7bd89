"""Promise 16: approval fails closed, whoever presses wherever, and over every limit.

``run`` throws people, places and limits together at random and holds the engine against a plain account
of the rules, written here without a look at the engine's own. ``through_slack`` presses the buttons.
"""

import random
import tempfile
from collections.abc import Sequence
from datetime import date, timedelta
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

import factories
from engine_values import MADRID, RULES, WORDS
from factories import MONDAY, HandClock

from engine.engine import Engine
from engine.errors import EngineError
from engine.in_force import KEPT
from engine.models.answer import Person
from engine.models.delivery import LedgerEntry
from engine.models.preference import Amounts, Freeze, Limits
from engine.models.recommendation import MessageView, Recommendation
from store import Store, open_store
from torture.result import Result, counted

TODAY = date(2026, 3, 30)
GROWTH, PLAIN = "C0GROWTH", "C0PLAIN"
IDS = tuple(f"U0{number}" for number in range(6))
BLEMISHES = ("is_known", "is_bot", "is_deactivated", "is_guest", "is_foreign")
TRIES = 6
REFUSALS = frozenset({"refused", "came_too_late"})
LOW, HIGH = Decimal(1), Decimal(10**6)  # below and above whatever is at risk or spent


class Scene(NamedTuple):
    """Everything that may matter for one proposal; ``None`` amounts: no limit of that kind is set."""

    asked_by: str | None
    approvers: tuple[str, ...]
    of_growth: tuple[str, ...] | None
    two_above: tuple[str, Decimal] | None
    spend_limit: tuple[str, Decimal] | None
    change_limit: float
    changes_a_day: int
    approved_before: int
    freeze: Freeze | None
    home: str | None = None  # where its first card was shown, and so whose campaign it is

    @property
    def needs_two(self) -> bool:
        return self.two_above is not None and self.two_above != ("EUR", HIGH)

    @property
    def is_over(self) -> bool:
        """Whether a limit is in the way of everybody."""
        spends = self.spend_limit is not None and self.spend_limit != ("EUR", HIGH)
        frozen = self.freeze is not None and self.freeze.first <= TODAY <= self.freeze.last
        full = self.approved_before >= self.changes_a_day
        return spends or frozen or full or self.change_limit < 0.1


class Press(NamedTuple):
    """``shown`` is where the campaign's card is asked for once more just before."""

    person: Person
    channel: str | None
    shown: str | None = None


class Seen(NamedTuple):
    """What one press did: the record and the new lines of the ledger, and what was told, "" for nothing."""

    before: Recommendation
    after: Recommendation
    new: Sequence[LedgerEntry]
    may: bool
    told: str


def run(times: int) -> Result:
    """Play ``times`` scenes, each with several people pressing Approve one after another."""
    dice = random.Random(16)  # noqa: S311 - no secret is made of it
    faults: list[str] = []
    tried = 0
    for number in range(times):
        scene = _scene(dice)
        presses = [_press(dice, scene) for _ in range(TRIES)]
        tried += len(presses)
        faults += [f"scene {number}: {fault}" for fault in play(scene, presses)]
    return counted(tried, faults)


def play(scene: Scene, presses: Sequence[Press]) -> list[str]:
    """Say what came out otherwise than the rules have it."""
    with tempfile.TemporaryDirectory() as folder:
        store = open_store(Path(folder) / "marko.db", HandClock(MONDAY))
        try:
            return _play(scene, presses, store)
        finally:
            store.close()


def _play(scene: Scene, presses: Sequence[Press], store: Store) -> list[str]:
    engine, faults = _engine(scene, store), []
    record = factories.recommendation(asked_by=scene.asked_by)
    with store.memory.unit() as unit:
        unit.keep_recommendation(record, expected_version=None)
    agreed: list[str] = []
    home = scene.home
    _show(store, record.id, home, 0)
    for number, press in enumerate(presses, start=1):
        home = home or press.shown
        _show(store, record.id, press.shown, number)
        before, lines = engine.recommendation(record.id), _lines(store)
        if before.status == "proposed":  # it may belong to others since the first of two approved
            agreed = [each for each in agreed if each in _deciders(scene, home)]
        may = before.status == "proposed" and _may(scene, home, press, agreed)
        told = _try(engine, record.id, press)
        after, new = engine.recommendation(record.id), _lines(store)[len(lines) :]
        agreed += [press.person.id] if may else []
        faults += _faults(_is_named(scene, home, press), press, Seen(before, after, new, may, told))
    if (engine.recommendation(record.id).status == "approved") != (len(agreed) == 1 + scene.needs_two):
        faults.append(f"{len(agreed)} agreed and it is {engine.recommendation(record.id).status}")
    return faults


def _show(store: Store, identifier: str, channel: str | None, number: int) -> None:
    """Let a card stand in a channel, later than those with a lower number."""
    if channel is None:
        return
    ts = f"{MONDAY.timestamp() + number:.6f}"
    with store.memory.unit() as unit:
        unit.keep_view(MessageView(record=identifier, kind="card", channel=channel, ts=ts))


def _is_named(scene: Scene, home: str | None, press: Press) -> bool:
    """Who may decide it at all, as a person would say it: where it is pressed says nothing."""
    person = press.person
    fit = person.is_known and not any(getattr(person, each) for each in BLEMISHES[1:])
    return fit and person.id in _deciders(scene, home)


def _deciders(scene: Scene, home: str | None) -> tuple[str, ...]:
    return scene.of_growth if home == GROWTH and scene.of_growth is not None else scene.approvers


def _may(scene: Scene, home: str | None, press: Press, agreed: Sequence[str]) -> bool:
    """Who may approve this one, now."""
    who = press.person.id
    asked = scene.needs_two and who == scene.asked_by
    return _is_named(scene, home, press) and not asked and who not in agreed and not scene.is_over


def _faults(named: bool, press: Press, seen: Seen) -> list[str]:
    who = f"{press.person.id} in {press.channel}"
    if seen.may:
        grew = len(seen.after.decisions) == len(seen.before.decisions) + 1
        return [] if grew and not seen.told else [f"{who} was refused: {seen.told}"]
    if seen.after != seen.before:
        return [f"{who} changed it"]
    last = seen.before.last_decision
    if named and seen.before.status != "proposed" and last and last.by == press.person.id:
        return []  # the same person's click once more changes nothing and is no error
    if not seen.told:
        return [f"{who} was not refused"]
    lines = [(each.actor, each.deed) for each in seen.new]
    ok = len(lines) == 1 and lines[0][0] == press.person.id and lines[0][1] in REFUSALS
    return [] if ok else [f"{who}: the ledger says {lines}"]


def _try(engine: Engine, identifier: str, press: Press) -> str:
    """Press; the refusal, or "" where there is none."""
    try:
        engine.decide(identifier, "approve", by=press.person, channel=press.channel)
    except EngineError as refused:
        return str(refused) or type(refused).__name__
    return ""


def _lines(store: Store) -> list[LedgerEntry]:
    with store.memory.reading() as reading:
        return reading.ledger()


def _engine(scene: Scene, store: Store) -> Engine:
    limits = Limits(
        two_above=_amounts(scene.two_above),
        spend_limit=_amounts(scene.spend_limit),
        change_limit=scene.change_limit,
        changes_a_day=scene.changes_a_day,
        freeze=scene.freeze,
    )
    with store.memory.unit() as unit:
        if scene.of_growth is not None:
            value = [{"channel": GROWTH, "approvers": list(scene.of_growth)}]
            kept = {"value": value, "by": "U0ADMIN", "at": MONDAY.isoformat()}
            unit.set_setting(KEPT, {"channel_approvers": kept})
        for number in range(scene.approved_before):
            done = factories.recommendation(f"done-{number}")
            unit.keep_recommendation(done, expected_version=None)
            decided = factories.decided(done, at=MONDAY)
            unit.keep_recommendation(decided, expected_version=done.version)
    return Engine(
        store.memory,
        HandClock(MONDAY),
        rules=RULES,
        words=WORDS,
        zone=MADRID,
        approvers=scene.approvers,
        limits=limits,
    )


def _amounts(one: tuple[str, Decimal] | None) -> Amounts:
    return Amounts(of=(one,) if one else ())


def _scene(dice: random.Random) -> Scene:
    amounts: tuple[tuple[str, Decimal] | None, ...] = (None, ("EUR", LOW), ("EUR", HIGH), ("USD", HIGH))
    days = (timedelta(0), timedelta(1), timedelta(-1))
    first = TODAY + dice.choice(days)
    calm = dice.random() < 0.6  # most scenes have no limit in the way, so that people matter
    approvers = tuple(dice.sample(IDS, dice.choice((0, 1, 2, 3, 3, 4, 4))))
    return Scene(
        asked_by=dice.choice([None, *IDS, *approvers, *approvers]),
        approvers=approvers,
        of_growth=dice.choice([None, (), tuple(dice.sample(IDS, 2)), tuple(dice.sample(IDS, 3))]),
        two_above=dice.choice((*amounts, ("EUR", LOW))),
        spend_limit=dice.choice((None, ("EUR", HIGH)) if calm else amounts),
        change_limit=0.2 if calm else dice.choice((0.05, 0.2)),
        changes_a_day=2,
        approved_before=dice.choice((0, 1) if calm else (0, 1, 2)),
        freeze=None if calm else dice.choice([None, Freeze(first=first, last=first)]),
        home=dice.choice((GROWTH, PLAIN, None)),
    )


def _press(dice: random.Random, scene: Scene) -> Press:
    """Anybody, somebody who is named, or whoever asked; one in four is not what they should be."""
    people = dice.choice((IDS, scene.approvers or IDS, scene.of_growth or IDS, (scene.asked_by or IDS[0],)))
    blemish = dice.choice(BLEMISHES) if dice.random() < 0.25 else None
    flags = {blemish: blemish != "is_known"} if blemish else {}
    person = Person(id=dice.choice(people), **flags)
    return Press(person, dice.choice((GROWTH, PLAIN, None)), dice.choice((GROWTH, PLAIN, None, None)))
