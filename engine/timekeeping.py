"""What the clock does to proposals: they expire, come back from a snooze, and are reminded of, once each."""

import logging
from collections.abc import Callable, Iterable
from datetime import datetime, timedelta
from itertools import islice

from engine.decide.pings import awake
from engine.decide.times import expiry, woken
from engine.errors import EngineError
from engine.models.brief import Brief
from engine.models.recommendation import MessageView, Recommendation
from engine.notices import newest_card
from engine.pinging import Pinging
from engine.ports import Unit

log = logging.getLogger(__name__)

MARKO = "marko"
BEFORE = timedelta(hours=24)  # how long before it expires the approvers are told
MOST_A_TICK = 500  # of each kind: seconds, so that no digest waits behind ten thousand of them


class Timekeeping(Pinging):
    """Called by the tick. Each record has a small unit of its own: one that is broken stops no other."""

    def keep_time(self) -> int:
        """Let expire what is past its time, wake what was snoozed, remind of what expires tomorrow.

        Returns how many records changed or were reminded of.
        """
        now = self._clock.now()
        with self._memory.reading() as reading:
            proposed, snoozed = reading.briefs(status="proposed"), reading.briefs(status="snoozed")
            shown = reading.shown([each.id for each in proposed if self._is_near(each, now)])
        self._reminded &= {each.id for each in proposed}
        undated = [each for each in proposed if each.expires_at is None]
        over = [each for each in proposed if each.expires_at and each.expires_at <= now]
        due = [each for each in snoozed if each.snoozed_until and each.snoozed_until <= now]
        near = [each for each in proposed if each.id in shown]
        return (
            self._each(undated, self._date)
            + self._each(over, self._expire)
            + self._each(due, self._wake)
            + self._each(near, self._remind)
        )

    def _each(self, briefs: Iterable[Brief], act: Callable[[str], bool]) -> int:
        """Do it for each one, and go on where one cannot be read or written; too many wait for the next tick.

        What is past its time cannot be decided meanwhile either.
        """
        done = 0
        for each in islice(briefs, MOST_A_TICK):
            try:
                done += act(each.id)
            except (EngineError, ValueError):
                log.exception("%s: its time could not be kept", each.id)
        return done

    def _date(self, identifier: str) -> bool:
        """A proposal of a version that knew no expiry gets the one it would have."""

        def act(unit: Unit, found: Recommendation) -> Recommendation | None:
            if found.status != "proposed" or found.expires_at is not None:
                return None
            hours = self._in_force.within(unit).preferences.expiry_hours
            return found.model_copy(update={"expires_at": expiry(found.created_at, hours)})

        return self._has_changed(identifier, act)

    def _expire(self, identifier: str) -> bool:
        def act(unit: Unit, found: Recommendation) -> Recommendation | None:
            end = found.expires_at
            if found.status != "proposed" or end is None or end > self._clock.now():
                return None  # somebody was faster
            unit.note(actor=MARKO, deed="expired", subject=found.id, detail={"expired_at": end.isoformat()})
            return found.model_copy(update={"status": "expired", "ended_at": end})

        return self._has_changed(identifier, act)

    def _wake(self, identifier: str) -> bool:
        def act(unit: Unit, found: Recommendation) -> Recommendation | None:
            now, until = self._clock.now(), found.snoozed_until
            if found.status != "snoozed" or until is None or until > now:
                return None
            changed = woken(found, now)
            unit.note(
                actor=MARKO, deed="woken", subject=found.id, detail={"snoozed_until": until.isoformat()}
            )
            self._notify(unit, changed, "woken", of=until.isoformat())
            return changed

        return self._has_changed(identifier, act)

    def _remind(self, identifier: str) -> bool:
        """Tell the approvers that are left, once, where its card stood already when the time came.

        What came back from a snooze within the day was told with that.
        """
        with self._memory.unit() as unit:
            found, card = unit.recommendation(identifier), newest_card(unit, identifier)
            told = found is not None and card is not None and _is_to_be_told(found, card)
            told = told and found is not None and self._notify(unit, found, "expiring")
        self._reminded.add(identifier)  # so that the next tick need not ask
        return told

    def _is_near(self, brief: Brief, now: datetime) -> bool:
        """Whether to remind of it now: people are awake, and it lived for more than a day."""
        end = brief.expires_at
        if brief.id in self._reminded or end is None or not brief.created_at <= end - BEFORE <= now < end:
            return False
        return awake(now.astimezone(self._zone)) <= now

    def _has_changed(
        self, identifier: str, act: Callable[[Unit, Recommendation], Recommendation | None]
    ) -> bool:
        changed = False

        def look(unit: Unit, found: Recommendation) -> Recommendation | None:
            nonlocal changed
            made = act(unit, found)
            changed = made is not None
            return made

        self._act(identifier, look)
        return changed


def _is_to_be_told(found: Recommendation, card: MessageView) -> bool:
    if found.status != "proposed" or found.expires_at is None:
        return False
    due, back = found.expires_at - BEFORE, found.woken_at
    return float(card.ts) <= due.timestamp() and (back is None or back < due)
