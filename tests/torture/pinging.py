"""A week of everything for thirty people: nobody is pinged beyond their budget, at night, or twice.

Two bots on one file take turns, and die between sending and noting it; Slack is down for hours; people mute,
unmute, and live in five zones. The publisher's part is played with its own questions to the engine.
"""

import tempfile
from collections import Counter, defaultdict
from datetime import datetime, timedelta
from pathlib import Path
from random import Random
from zoneinfo import ZoneInfo

from engine_values import MADRID, RULES, WORDS
from factories import CHANNEL, HandClock, decision, recommendation, view

from engine.decide.pings import for_whom
from engine.engine import Engine
from engine.models.answer import Person
from engine.models.delivery import OutboxItem
from engine.models.ping import UNASKED, URGENT, Notice, PingChoice
from engine.models.recommendation import Recommendation, Status
from engine.pinging import tell_held
from store import Store, open_store
from torture.result import Result, counted

PEOPLE = tuple(f"U0PERSON{number:02}" for number in range(30))
APPROVERS = PEOPLE[:8]
ZONES = ("Europe/Madrid", "Asia/Tokyo", "America/Los_Angeles", "Asia/Kolkata", "Pacific/Auckland")
EVENTS, BUDGET, WEEK = 200, 6, timedelta(days=7)
WHATS: tuple[Notice, ...] = (
    *("expiring", "expiring", "expiring"),
    *("second", "failed", "unknown", "undo_refused"),
)
STATUS: dict[Notice, Status] = {"failed": "failed", "unknown": "unknown", "undo_refused": "executed"}
CHOICES: tuple[PingChoice, ...] = ("mute", "critical", "all", "all", "all")


class Teller(Engine):
    """An engine that is told what happened, as its own parts tell it."""

    def tell(self, found: Recommendation, what: Notice) -> None:
        with self._memory.unit() as unit:
            self._notify(unit, found, what)


class Week:
    """One week on two bots, and what of it reached people."""

    def __init__(self, folder: Path, seed: int) -> None:
        self.random = Random(seed)  # noqa: S311  what happens, not a secret
        self.clock = HandClock()
        self.stores = [open_store(folder / "marko.db", self.clock) for _ in range(2)]
        self.bots = [_engine(each, self.clock) for each in self.stores]
        self.zones = {each: self.random.choice(ZONES) for each in PEOPLE}
        self.meant: set[tuple[str, str]] = set()
        self.urgent: set[tuple[str, str]] = set()
        self.reached: list[tuple[datetime, str, str, Notice]] = []
        self.arrived: set[str] = set()
        self.told = 0
        for person, zone in self.zones.items():
            self.bots[0].meet(Person(id=person), zone)

    def close(self) -> None:
        for bot, store in zip(self.bots, self.stores, strict=True):
            bot.close()
            store.close()

    def live(self) -> None:
        for number in range(EVENTS):
            self.clock.forward(minutes=self.random.expovariate(1 / (WEEK / EVENTS / timedelta(minutes=1))))
            self._happen(number)
            if self.random.random() < 0.15:
                person = self.random.choice(PEOPLE)
                self.random.choice(self.bots).choose_pings(Person(id=person), self.random.choice(CHOICES))
            if self.random.random() < 0.7:  # else Slack is down
                self._publish()
            if self.random.random() < 0.01:
                with self.stores[0].memory.unit() as unit:
                    self.told += sum(count for _, count in tell_held(unit, CHANNEL))
        for _ in range(48):
            self.clock.forward(hours=1)
            self._publish()

    def _happen(self, number: int) -> None:
        what = self.random.choice(WHATS)
        asker, boss = self.random.choice(PEOPLE), self.random.choice(APPROVERS)
        decisions = () if what == "expiring" else (decision(by=boss),)
        found = recommendation(
            f"rec_{number}", status=STATUS.get(what, "proposed"), asked_by=asker, decisions=decisions
        )
        with self.stores[0].memory.unit() as unit:
            unit.keep_recommendation(found, expected_version=None)
            unit.keep_view(view(found.id, ts=f"{self.clock.now().timestamp():.6f}"))
        whom = for_whom(what, found, APPROVERS)
        self.meant |= {(f"notice:{what}:{found.id}", person) for person in whom}
        for bot in self.bots if self.random.random() < 0.2 else self.bots[:1]:
            bot.tell(found, what)
        if what in UNASKED and self.random.random() < 0.1:
            self._settle(found)

    def _settle(self, found: Recommendation) -> None:
        with self.stores[1].memory.unit() as unit:
            settled = found.model_copy(update={"status": "rejected", "version": found.version + 1})
            unit.keep_recommendation(settled, expected_version=found.version)

    def _publish(self) -> None:
        place = self.random.randrange(2)
        store, bot = self.stores[place], self.bots[place]
        for item in store.outbox.claim(now=self.clock.now(), limit=1_000):
            if item.intent.kind != "notice":
                store.outbox.sent(item.intent.key)
            elif self.random.random() < 0.03:
                self._die(store, bot, item)
            else:
                self._send(store, bot, item)
        store.outbox.recover()

    def _die(self, store: Store, bot: Teller, item: OutboxItem) -> None:
        """It may have gone out before; in either case nobody noted it."""
        if not item.doubtful and self.random.random() < 0.5 and self._goes(store, bot, item):
            self._arrive(bot, item)

    def _goes(self, store: Store, bot: Teller, item: OutboxItem) -> bool:
        until = bot.notice_waits(item.intent, doubtful=item.doubtful)
        if until is not None:
            store.outbox.put_back(item.intent.key, not_before=until, reason="asleep")
            return False
        return not bot.notice_is_over(item.intent, doubtful=item.doubtful)

    def _send(self, store: Store, bot: Teller, item: OutboxItem) -> None:
        if bot.notice_waits(item.intent, doubtful=item.doubtful) is not None:
            self._goes(store, bot, item)
            return
        if self._goes(store, bot, item) and item.intent.key not in self.arrived:
            self._arrive(bot, item)
        store.outbox.sent(item.intent.key)

    def _arrive(self, bot: Teller, item: OutboxItem) -> None:
        self.arrived.add(item.intent.key)
        thing = item.intent.key.partition("@")[0]
        what: Notice = item.intent.record.split(":")[1]  # type: ignore[assignment]
        self.reached += [(self.clock.now(), each, thing, what) for each in bot.is_pinged(item.intent)]

    def faults(self) -> list[str]:
        return [*self._too_often(), *self._at_night(), *self._twice(), *self._lost()]

    def _too_often(self) -> list[str]:
        times = defaultdict(list)
        for at, person, _, what in self.reached:
            if what in UNASKED:
                times[person].append(at)
        return [
            f"{person} was pinged {BUDGET + 1} times within a week"
            for person, moments in times.items()
            for first, last in zip(sorted(moments), sorted(moments)[BUDGET:], strict=False)
            if last - first < WEEK
        ]

    def _at_night(self) -> list[str]:
        found = []
        for at, person, thing, what in self.reached:
            local = at.astimezone(ZoneInfo(self.zones[person]))
            if what not in URGENT and not 8 <= local.hour < 19:
                found.append(f"{person} was woken at {local:%H:%M} by {thing}")
        return found

    def _twice(self) -> list[str]:
        counts = Counter((thing, person) for _, person, thing, _ in self.reached)
        return [f"{person} was told twice of {thing}" for (thing, person), n in counts.items() if n > 1]

    def _lost(self) -> list[str]:
        """What was meant for somebody reached them, is held back for them, was told so, or was settled."""
        with self.stores[0].memory.reading() as reading:
            kept = {(ping.thing, ping.person): ping for each in PEOPLE for ping in reading.pings(person=each)}
        reached = {(thing, person) for _, person, thing, _ in self.reached}
        lost = [each for each in self.meant if each not in kept]
        lost += [each for each, ping in kept.items() if ping.state == "sent" and each not in reached]
        told = sum(ping.state == "told" for ping in kept.values())
        odd = [] if told == self.told else [f"{self.told} were told as held back, {told} are kept as told"]
        return [*odd, *(f"{person} was never told of {thing}" for thing, person in lost)]


def _engine(store: Store, clock: HandClock) -> Teller:
    return Teller(store.memory, clock, rules=RULES, words=WORDS, zone=MADRID, approvers=APPROVERS)


def run(times: int) -> Result:
    """Live through ``times`` weeks."""
    faults: list[str] = []
    pings = 0
    for seed in range(times):
        with tempfile.TemporaryDirectory() as folder:
            week = Week(Path(folder), seed)
            week.live()
            faults += [f"week {seed}: {each}" for each in week.faults()]
            pings += len(week.reached)
            week.close()
    return counted(times * EVENTS, faults, f"{len(PEOPLE)} people, {pings} pings")
