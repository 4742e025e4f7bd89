"""Every order in which people, the courier and the clock can act: what must hold holds after each step."""

import json
from collections import Counter
from collections.abc import Callable
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

from carriers import FORECAST, LOST, PEOPLE, WON, connected_engine, receipt, show
from engine_values import body
from factories import HandClock
from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, rule

from engine.errors import EngineError
from engine.models.answer import Person
from engine.models.execution import Execution
from engine.models.preference import Amounts, Limits
from engine.models.recommendation import Recommendation, Status, Verb
from store import open_store

VERBS: tuple[Verb, ...] = (
    "approve",
    "reject",
    "snooze",
    "wake",
    "done",
    "drop",
    "retry",
    "arrived",
    "resend",
    "undo",
)
STRANGER = Person(id="U0MEMBER")
NOISE = {each: 20 * count for each, count in FORECAST.items()} | {"conversions": 2_020}
FIGURES = (WON, LOST, NOISE, WON | {"conversions": 190})
OF_DO: dict[Status, frozenset[str]] = {
    "executing": frozenset({"ready", "sending"}),
    "executed": frozenset({"done"}),
    "failed": frozenset({"refused"}),
    "undoing": frozenset({"done"}),
    "undone": frozenset({"done"}),
}
people, which = st.sampled_from((*PEOPLE, STRANGER)), st.integers(0, 3)


class Fates(RuleBasedStateMachine):
    """One campaign with all its cards, three approvers, a stranger, two couriers' reports, and the clock."""

    @initialize(two=st.booleans(), connected=st.booleans())
    def begin(self, two: bool, connected: bool) -> None:
        self.folder = TemporaryDirectory()
        self.clock = HandClock()
        self.store = open_store(Path(self.folder.name) / "marko.db", self.clock)
        above = Amounts(of=(("EUR", Decimal(1)),)) if two else Amounts()
        self.two = two
        self.engine = connected_engine(
            self.store,
            self.clock,
            limits=Limits(two_above=above, changes_a_day=1_000),
            connected=lambda _workflow: connected,
        )
        self.sent: list[Execution] = []
        self.seen: dict[str, Recommendation] = {}
        self.lines = 0
        self.hand_in(0)

    def teardown(self) -> None:
        self.store.close()
        self.folder.cleanup()

    @rule(figures=st.integers(0, len(FIGURES) - 1))
    def hand_in(self, figures: int) -> None:
        moment = self.clock.forward(seconds=1)
        payload = body(
            expected_metrics=FORECAST,
            actual_metrics=FIGURES[figures],
            currency="EUR",
            timestamp=moment.isoformat(),
        )
        answer = self.engine.submit(json.dumps(payload), source=None, asked_by="U0ASKER")
        show(self.store, self.clock, answer.answers[0].recommendation)

    @rule(verb=st.sampled_from(VERBS), by=people, place=which, stale=st.booleans(), edited=st.booleans())
    def click(self, verb: Verb, by: Person, place: int, stale: bool, edited: bool) -> None:
        card = self._card(place)
        parts: dict[str, Any] = {"until": self.clock.now() + timedelta(hours=30)} if verb == "snooze" else {}
        if verb == "approve" and edited:
            parts["action"] = self._smaller(card)
        seal = "of another card" if stale else card.seal
        self._try(card, lambda: self.engine.decide(card.id, verb, by=by, seal=seal, **parts))
        if by == STRANGER or stale:
            assert self.engine.recommendation(card.id) == card

    @rule(limit=st.integers(1, 2))
    def claim(self, limit: int) -> None:
        self.sent += self.store.executions.claim(now=self.clock.now(), limit=limit)

    @rule(place=which, told=st.sampled_from(["done", "again", "never", "doubt", "wait"]))
    def report(self, place: int, told: str) -> None:
        if not self.sent:
            return
        execution = self.sent[place % len(self.sent)]  # also one that was reported before, or long ago
        later = self.clock.now() + timedelta(seconds=5)
        reports: dict[str, Callable[[], None]] = {
            "done": lambda: self.engine.carried_out(execution.key, receipt(execution)),
            "again": lambda: self.engine.carrying_refused(execution.key, "busy", again_at=later),
            "never": lambda: self.engine.carrying_refused(execution.key, "locked", again_at=None),
            "doubt": lambda: self.engine.carrying_in_doubt(execution.key, "no answer"),
            "wait": lambda: self.engine.carrying_waits(execution.key, "no line", until=later),
        }
        reports[told]()
        before = self.engine.recommendation(execution.recommendation), self._ledger()
        if told != "again":  # the same report twice changes nothing, but may be noted as too late
            reports[told]()
            assert self.engine.recommendation(execution.recommendation) == before[0]

    @rule(hours=st.sampled_from([1, 25, 80]))
    def time_goes_by(self, hours: int) -> None:
        self.clock.forward(hours=hours)
        self.engine.keep_time()
        assert self.engine.keep_time() == 0

    @invariant()
    def each_change_has_a_version_of_its_own_and_a_line(self) -> None:
        for card in self._cards():
            was = self.seen.get(card.id)
            if was is not None and was != card:
                assert card.version > was.version
                assert card.decisions[: len(was.decisions)] == was.decisions
            self.seen[card.id] = card
        lines = Counter(subject for subject, _ in self._ledger())
        assert all(lines[card.id] >= len(card.decisions) + 1 for card in self._cards())

    @invariant()
    def there_is_one_execution_for_each_purpose_and_none_without_enough_approvals(self) -> None:
        for card in self._cards():
            purposes = Counter(each.purpose for each in card.carried)
            assert set(purposes.values()) <= {1}
            if card.carried or card.status in {"approved", "done", "dropped"}:
                by = {each.by for each in card.approvals}
                assert len(by) >= 1 + self.two
                assert by <= {each.id for each in PEOPLE}
            if card.execution:
                assert card.execution.action == card.decided_action

    @invariant()
    def nothing_is_done_without_a_receipt(self) -> None:
        for card in self._cards():
            for each in card.carried:
                assert (each.receipt is not None) == (each.status == "done")
            assert card.status != "executed" or (card.execution and card.execution.receipt)
            assert card.status != "undone" or (card.undoing and card.undoing.receipt)

    @invariant()
    def a_record_and_what_it_carries_tell_the_same(self) -> None:
        with self.store.memory.reading() as reading:
            for card in self._cards():
                for each in card.carried:
                    held = reading.execution(each.key)
                    assert held is not None
                    assert held.status == each.status or (held.status, each.status) == ("sending", "ready")
                if card.status in OF_DO:
                    assert card.execution is None or card.execution.status in OF_DO[card.status]
                if card.status == "unknown":
                    assert [each.status for each in card.carried].count("unknown") == 1

    @invariant()
    def one_change_of_the_campaign_is_on_its_way_at_most(self) -> None:
        unsettled = [each for each in self._cards() if each.status in {"executing", "unknown", "undoing"}]
        assert len(unsettled) <= 1
        assert sum(each.status in {"proposed", "snoozed"} for each in self._cards()) <= 1

    @invariant()
    def the_ledger_is_whole(self) -> None:
        lines = len(self._ledger())
        assert lines >= self.lines
        self.lines = lines
        assert self.store.ledger_faults() == []

    def _try(self, card: Recommendation, act: Callable[[], object]) -> None:
        before = len(self._ledger())
        try:
            act()
        except EngineError:
            assert self.engine.recommendation(card.id) == card, "what is refused changes nothing"
            assert len(self._ledger()) == before + 1, "and is in the ledger"

    def _cards(self) -> list[Recommendation]:
        with self.store.memory.reading() as reading:
            return reading.recommendations()

    def _card(self, place: int) -> Recommendation:
        cards = self._cards()
        return cards[place % len(cards)]

    def _smaller(self, card: Recommendation) -> Any:
        try:
            change = 0.05 if card.analysis.proposal.action.change > 0 else -0.05  # type: ignore[union-attr]
            return self.engine.amended(card.id, change).action
        except (EngineError, AttributeError):
            return None

    def _ledger(self) -> list[tuple[str, str]]:
        with self.store.memory.reading() as reading:
            return [(each.subject, each.deed) for each in reading.ledger()]


Fates.TestCase.settings = settings(max_examples=20, stateful_step_count=20, deadline=None)
TestFates = Fates.TestCase
