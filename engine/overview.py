"""The look at everything that one person has on Home, and the first word in a channel."""

from collections.abc import Sequence
from datetime import date

from engine.belonging import approvers_of
from engine.board import Board, at_risk, board_of, in_order, sort_out, sources
from engine.decide.hold import on_hold
from engine.decide.policy import refusal, setting_refusal
from engine.in_force import NAMES
from engine.learnings import LearnedThings
from engine.models.answer import Person
from engine.models.delivery import Intent
from engine.models.digest import Subscription
from engine.models.overview import SET_UP, SHOWN, Basis, ModelState, Overview, Role, SetUpStep
from engine.models.recommendation import Recommendation
from engine.pinging import Pinging, pings_mark
from engine.ports import Reading

CHANNEL = "first_channel"
LEARNED = 3
# Any of them set is somebody's word on how far Marko may go, or how it speaks.
LIMITS = frozenset(NAMES) - {"approvers", "channel_approvers"}


class Overviews(LearnedThings, Pinging):
    """What Home shows, and when that changes."""

    _last_board: tuple[int, Board] | None = None

    def overview(self, person: Person) -> Overview:
        """Collect what this person is to see. Guests see nobody's campaigns."""
        role = self._role(person)
        with self._memory.reading() as reading:
            done = tuple(each for each in SET_UP if self._is_done(each, reading))
            if role == "guest":
                return Overview(role=role, approvers=self.approvers, done=done)
            board = self._board(reading)
            shown = reading.shown([each.id for each in board.proposed])
            found = sort_out(board.proposed, shown, self._local_now())
            waiting = [each.id for each in in_order(found.waiting, person.id)]
            lists = (waiting, board.to_do, board.stuck, board.snoozed)
            drawn = [reading.recommendation(each) for some in lists for each in some[:SHOWN]]
            records = [each for each in drawn if each is not None]
            preferences = self._in_force.within(reading).preferences
            deciders = {
                each.id: approvers_of(reading, each.campaign_key, preferences)
                for each in records
                if each.id in waiting
            }
            _, standings = self._portfolio.read(reading)
            subscriptions = tuple(reading.subscriptions())
            pings = self._ping_standing(reading, person.id)
        return Overview(
            role=role,
            may_set=self.may_set(person),
            approvers=self.approvers,
            done=done,
            waiting=tuple(waiting),
            own=tuple(each.id for each in found.waiting if each.asked_by == person.id),
            without_card=tuple(each.id for each in found.without_card),
            too_old=tuple(each.id for each in found.too_old),
            to_do=board.to_do,
            stuck=board.stuck,
            snoozed=board.snoozed,
            shown=tuple(records),
            deciders=deciders,
            on_hold=self._held(records),
            at_risk=at_risk(found.waiting),
            last_decision=board.last_decision,
            learned=self.learned_lately(LEARNED),
            sources=sources(each.retrospective for each in standings.values()),
            subscriptions=subscriptions,
            pings=pings,
            model=self._model_state(),
            vectors_fail=self._recollection.is_failing,
        )

    def _held(self, records: Sequence[Recommendation]) -> dict[str, int]:
        now, rules = self._local_now(), self._rules
        return {each.id: held.days for each in records if (held := on_hold(each, now, rules))}

    def _board(self, reading: Reading) -> Board:
        """Look through the briefs once for each state of the memory, however many Homes are drawn."""
        generation, known = reading.generation(), self._last_board
        if known is None or known[0] != generation:
            known = self._last_board = (generation, board_of(reading.briefs()))
        return known[1]

    def basis(self) -> Basis:
        """Say on how much everything rests that is told as known."""
        with self._memory.reading() as reading:
            known = [each.retrospective for each in self._portfolio.read(reading)[1].values()]
        days = [each.last_day for each in known]
        return Basis(campaigns=len({each.campaign_key for each in known}), last_day=max(days, default=None))

    def subscriptions(self) -> tuple[Subscription, ...]:
        """Every channel's standing order for the digest, by channel."""
        with self._memory.reading() as reading:
            return tuple(reading.subscriptions())

    def today(self) -> date:
        """The day it is in the team's zone."""
        return self._today()

    def is_approver(self, person: Person) -> bool:
        return self._role(person) == "approver"

    def may_set(self, person: Person) -> bool:
        """Say whether somebody may change settings; asking is no attempt, so nothing is noted."""
        return setting_refusal(person, self.approvers) is None

    def pulse(self) -> str:
        """Give a mark that changes with what a Home shows; cheap enough for every second.

        A card that came to stand somewhere does not change it: only the publisher knows of that.
        """
        with self._memory.reading() as reading:
            orders = [(each.channel, each.weekday, each.at) for each in reading.subscriptions()]
            known = reading.generation(), reading.setting(CHANNEL), pings_mark(reading)
        state = self._model_state(), self._recollection.is_failing
        return repr((known, self._today(), orders, self._in_force.now().preferences, state))

    def has_a_channel(self) -> bool:
        with self._memory.reading() as reading:
            return self._is_done("channel", reading)

    def seen_in(self, channel: str) -> None:
        """Remember that Marko is in a channel, without a word there."""
        with self._memory.unit() as unit:
            unit.set_setting(CHANNEL, channel)

    def welcome(self, channel: str) -> bool:
        """Say hello in a channel, once for all time; False where it was said before."""
        record = f"welcome:{channel}"
        with self._memory.unit() as unit:
            unit.set_setting(CHANNEL, channel)
            return unit.post(Intent(key=record, kind="welcome", record=record, channel=channel))

    def _role(self, person: Person) -> Role:
        if refusal(person, self.approvers) is None:
            return "approver"
        is_outsider = person.is_guest or person.is_foreign or person.is_bot or person.is_deactivated
        return "guest" if is_outsider or not person.is_known else "member"

    def _is_done(self, step: SetUpStep, reading: Reading) -> bool:
        if step == "channel":
            return reading.setting(CHANNEL) is not None
        if step == "approver":
            return bool(self.approvers)
        if step == "limits":
            return any(each.source != "default" for each in self._in_force.told() if each.name in LIMITS)
        if step == "campaign":
            return bool(self._portfolio.read(reading)[1])
        return bool(reading.subscriptions())

    def _model_state(self) -> ModelState:
        return self._narrator.state() if self._narrator else "off"
