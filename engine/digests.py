"""The weekly digest: who gets it when, what is due, and one edition for each slot."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import TypeVar
from zoneinfo import ZoneInfo

from engine.core import Core
from engine.decide.policy import refusal
from engine.edition import Occasion, Period, compose
from engine.errors import MayNotEnd
from engine.lives import digests_since_claim, lives_of, look_at, mistakes, take_back
from engine.models.answer import Person
from engine.models.delivery import Intent
from engine.models.digest import Digest, DigestSlot, Subscription
from engine.models.pattern_life import PatternLife
from engine.models.recommendation import MessageView
from engine.pinging import tell_held
from engine.ports import Reading, Unit
from engine.slots import is_late, latest_slot, next_slot
from engine.usual_days import usual_metrics

TRIES = 3
T = TypeVar("T")


class Digests(Core):
    """A slot is claimed, composed and put on its way in one transaction."""

    def subscribe(
        self, channel: str, *, weekday: int, at: str, by: str, zone: str | None = None
    ) -> DigestSlot:
        """Give a channel its standing order and say when the first edition is due.

        An order that somebody changes stays that of whoever ordered it first; an approver takes it over.
        """
        now = self._clock.now()
        subscription = Subscription(
            channel=channel, weekday=weekday, at=at, time_zone=zone or str(self._zone), since=now, by=by
        )
        with self._memory.unit() as unit:
            held = next((each for each in unit.subscriptions() if each.channel == channel), None)
            if held is not None and _same_order(held, subscription):
                return _next(unit, held, now)
            if held and by not in self._approvers_in(unit):
                subscription = subscription.model_copy(update={"by": held.by})
            unit.subscribe(subscription)
            detail = {"weekday": weekday, "at": at, "time_zone": subscription.time_zone}
            unit.note(actor=by, deed="subscribed", subject=channel, detail=detail)
            return _next(unit, subscription, now)

    def next_digest(self, channel: str, *, weekday: int, at: str, zone: str) -> DigestSlot:
        """Say when the first edition of such an order would be due; nothing is ordered."""
        now = self._clock.now()
        order = Subscription(channel=channel, weekday=weekday, at=at, time_zone=zone, since=now, by="")
        with self._memory.reading() as reading:
            return _next(reading, order, now)

    def unsubscribe(self, channel: str, *, by: Person) -> bool:
        """End a channel's standing order; False when it had none.

        Raises ``MayNotEnd`` for whoever neither ordered it nor is an approver.
        """
        with self._memory.unit() as unit:
            held = next((each for each in unit.subscriptions() if each.channel == channel), None)
            approvers = self._approvers_in(unit)
            may = held is None or held.by == by.id or refusal(by, approvers) is None
            deed = "unsubscribed" if may else "refused"
            if held:
                unit.note(actor=by.id, deed=deed, subject=channel, detail={})
            ended = may and unit.unsubscribe(channel)
        if held and not may:
            raise MayNotEnd(held.by, approvers)
        return ended

    def subscription(self, channel: str) -> Subscription | None:
        with self._memory.reading() as reading:
            return next((each for each in reading.subscriptions() if each.channel == channel), None)

    def preview_digest(self, channel: str) -> Digest:
        """Compose the last seven days as they are now; nothing is kept and nothing is posted."""
        with self._memory.reading() as reading:
            period = self._until_today(reading, channel)
            return self._compose(reading, channel, f"digest:{channel}:preview", period)

    def send_preview(self, channel: str, *, to: str, key: str) -> str:
        """Put a preview of ``channel``'s digest on its way to one person; the same ``key`` sends once.

        It is composed when it is sent. Gives the key of the intent.
        """
        with self._memory.unit() as unit:
            record = f"preview:{channel}"
            unit.post(Intent(key=f"preview:{key}", kind="preview", record=record, channel=to))
        return f"preview:{key}"

    def post_digest_now(self, channel: str, *, by: str, key: str) -> Digest:
        """Post the last seven days in ``channel``; the same ``key`` posts once."""
        identifier = f"digest:{channel}:{key}"

        def edition(reading: Reading) -> Digest:
            return self._compose(reading, channel, identifier, self._until_today(reading, channel))

        asked = Intent(key=identifier, kind="digest", record=identifier, channel=channel, person=by)

        def keep(unit: Unit, digest: Digest) -> Digest:
            if unit.post(asked):
                digest = _with_held(unit, digest)
                unit.keep_digest(digest)
                unit.note(actor=by, deed="asked_for_digest", subject=channel, detail={"id": identifier})
            return digest

        return self._keep_edition(edition, keep)

    def post_due_digests(self) -> int:
        """Claim every slot that is due and put its edition on its way; returns how many.

        A slot is claimed once whatever happens: claim, edition and intent are one transaction. Of
        several slots missed, only the newest is posted, labelled late.
        """
        now = self._clock.now()
        with self._memory.reading() as reading:
            due = [slot for each in reading.subscriptions() if (slot := _due(reading, each, now))]
        return sum(self._post_slot(slot) for slot in due)

    def digest(self, identifier: str) -> Digest | None:
        with self._memory.reading() as reading:
            return reading.digest(identifier)

    def digest_sent(self, identifier: str, view: MessageView | None = None) -> None:
        """Mark the slot of a digest that arrived; editions asked for by hand have none.

        Where it stands, its ``view``, is kept in the same unit that looks whether any of its claims was
        retracted while it waited: so a retraction finds the message, or the message the retraction.
        """
        with self._memory.unit() as unit:
            digest = unit.digest(identifier)
            if digest is None:
                return
            if view is not None:
                places = {(each.channel, each.ts) for each in unit.views(identifier)}
                is_known = (view.channel, view.ts) in places
                unit.keep_view(view)
                take_back(unit, digest)
                if not is_known:  # after a kill it may be told a second time
                    unit.note(actor="marko", deed="digest_sent", subject=identifier, detail={"ts": view.ts})
            if digest.due_at is not None:
                unit.mark_slot(digest.channel, digest.last_day + timedelta(days=1), "sent")

    def _post_slot(self, slot: DigestSlot) -> bool:
        identifier = f"digest:{slot.channel}:{slot.local_date}"

        def edition(reading: Reading) -> Digest:
            now = self._clock.now()  # after the look began: no claim that it tells is younger
            zone = self._zone_of(reading, slot.channel)
            before = [each.posted_at for each in reading.digests(slot.channel) if each.due_at is not None]
            week = Period(
                first=slot.local_date - timedelta(days=7),
                last=slot.local_date - timedelta(days=1),
                zone=zone,
                since=max(before, default=slot.due_at - timedelta(days=7)),
                until=now,
            )
            return self._compose(reading, slot.channel, identifier, week, due_at=slot.due_at)

        def keep(unit: Unit, digest: Digest) -> bool:
            if not unit.claim_slot(slot, "claimed"):
                return False
            unit.keep_digest(_with_held(unit, digest))
            unit.post(Intent(key=identifier, kind="digest", record=identifier, channel=slot.channel))
            detail = {"due_at": slot.due_at.isoformat(), "late": digest.late}
            unit.note(actor="clock", deed="digest_claimed", subject=identifier, detail=detail)
            return True

        return self._keep_edition(edition, keep)

    def _keep_edition(self, edition: Callable[[Reading], Digest], keep: Callable[[Unit, Digest], T]) -> T:
        """Compose outside a unit, and again where what it tells of changed before it could be kept.

        While figures stream in, every look is overtaken: then it is composed where nobody can overtake.
        """
        for _ in range(TRIES):
            with self._memory.reading() as reading:
                known, digest = _told_of(reading), edition(reading)
            with self._memory.unit() as unit:
                if _told_of(unit) == known:
                    return keep(unit, digest)
        with self._memory.unit() as unit:
            return keep(unit, edition(unit))

    def _compose(
        self,
        reading: Reading,
        channel: str,
        identifier: str,
        period: Period,
        *,
        due_at: datetime | None = None,
    ) -> Digest:
        now = period.until
        subscription = next((each for each in reading.subscriptions() if each.channel == channel), None)
        occasion = Occasion(
            id=identifier,
            channel=channel,
            due_at=due_at,
            posted_at=now,
            late=due_at is not None and is_late(due_at, now),
            first=not reading.digests(channel),
            next_at=_next(reading, subscription, now).due_at if subscription else None,
        )
        _, standings = self._portfolio.read(reading)
        briefs = reading.briefs()
        shown = reading.shown([each.id for each in briefs if each.status == "proposed"])
        seen = look_at(list(standings.values()), lives_of(reading), self._rules)
        effects, _ = seen.levels(now.astimezone(period.zone).date(), self._rules)
        return compose(
            occasion,
            period,
            list(standings.values()),
            briefs,
            effects=[each for each in effects if not seen.is_doubted(each)],
            mistakes=mistakes(
                seen.held.values(), partial(digests_since_claim, reading), briefs, period.holds
            ),
            shown=shown,
            usual=partial(usual_metrics, reading),
            rules=self._rules,
        )

    def _until_today(self, reading: Reading, channel: str) -> Period:
        zone = self._zone_of(reading, channel)
        now = self._clock.now()
        today = now.astimezone(zone).date()
        return Period(today - timedelta(days=6), today, zone, since=now - timedelta(days=7), until=now)

    def _zone_of(self, reading: Reading, channel: str) -> ZoneInfo:
        zones = {each.channel: each.time_zone for each in reading.subscriptions()}
        return ZoneInfo(zones.get(channel, str(self._zone)))


def _with_held(unit: Unit, digest: Digest) -> Digest:
    """Tell in the edition, which is kept in the same unit, what was held back for people here."""
    return digest.model_copy(update={"held": tell_held(unit, digest.channel)})


def _told_of(reading: Reading) -> tuple[int, list[PatternLife]]:
    """What an edition is made of: a doubt, and a look that stores nothing new, change lives alone."""
    return reading.generation(), reading.pattern_lives()


def _due(reading: Reading, subscription: Subscription, now: datetime) -> DigestSlot | None:
    slot = latest_slot(subscription, now)
    last = reading.last_slot(subscription.channel)
    taken = slot is None or (last is not None and last.local_date >= slot.local_date)
    return None if taken else slot


def _next(reading: Reading, subscription: Subscription, now: datetime) -> DigestSlot:
    """The next edition: a date that had its digest gets no second one, whatever the order says now."""
    last = reading.last_slot(subscription.channel)
    return next_slot(subscription, now, taken=last.local_date if last else None)


def _same_order(held: Subscription, new: Subscription) -> bool:
    """The same words again, also by a request that is done again, must not step over a slot that is due."""
    return (held.weekday, held.at, held.time_zone) == (new.weekday, new.at, new.time_zone)
