"""When a weekly digest is due: wall-clock time in the channel's zone, once per local date."""

from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from engine.models.digest import DigestSlot, Subscription

LATE_AFTER = timedelta(minutes=15)


def latest_slot(subscription: Subscription, now: datetime) -> DigestSlot | None:
    """Find the newest slot that is due; older ones are gone for good. ``None`` before the first."""
    today = now.astimezone(ZoneInfo(subscription.time_zone)).date()
    back = (today.weekday() - subscription.weekday) % 7
    for days in (back, back + 7):
        slot = _slot(subscription, today - timedelta(days=days))
        if slot.due_at <= now:
            return slot if slot.due_at > subscription.since else None
    return None


def next_slot(subscription: Subscription, now: datetime, *, taken: date | None = None) -> DigestSlot:
    """Find the first slot after ``now`` on a local date later than ``taken``, which had its digest."""
    today = now.astimezone(ZoneInfo(subscription.time_zone)).date()
    ahead = (subscription.weekday - today.weekday()) % 7
    slot = _slot(subscription, today + timedelta(days=ahead))
    if slot.due_at <= now or (taken is not None and slot.local_date <= taken):
        return _slot(subscription, slot.local_date + timedelta(days=7))
    return slot


def is_late(due_at: datetime, now: datetime) -> bool:
    return now - due_at > LATE_AFTER


def _slot(subscription: Subscription, day: date) -> DigestSlot:
    """An hour that the clock skips moves on with it; one that comes twice is taken the first time."""
    local = datetime.combine(
        day, time.fromisoformat(subscription.at), tzinfo=ZoneInfo(subscription.time_zone)
    )
    return DigestSlot(channel=subscription.channel, local_date=day, due_at=local.astimezone(UTC))
