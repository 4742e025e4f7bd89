"""The weekly digest: who gets it when, one slot a date, and what one edition holds."""

from datetime import date
from typing import Literal

from engine.models.campaign import Amount, Day, Moment, Total
from engine.models.comparison import Interval, Kpi
from engine.models.learning import Mistake
from engine.models.pattern import LevelEffect
from engine.models.value import Value


class Subscription(Value):
    """A channel's standing order. ``weekday`` counts from Monday = 0; ``at`` is "09:00" local."""

    channel: str
    weekday: int
    at: str
    time_zone: str
    since: Moment
    by: str


class DigestSlot(Value):
    """One due edition: (channel, local date) exists once, whatever crashes or restarts."""

    channel: str
    local_date: Day
    due_at: Moment


class Moved(Value):
    """A campaign whose driver KPI moved for real; ``interval`` is of the change, in percent."""

    campaign_id: str
    name: str
    kpi: Kpi
    expected: float
    actual: float
    delta_pct: float
    interval: Interval
    favourable: bool
    n: float
    spend: Amount
    currency: str | None
    first_day: Day | None
    last_day: Day


class Digest(Value):
    """One edition. Recommendations are named by id, so that their newest state is drawn.

    ``mistakes`` are patterns that were told before and hold no more, since the last edition. ``stuck`` is
    what failed, or of which nobody knows whether it arrived, whenever it was decided. ``held`` says of whom
    how many pings were held back in this channel since the last edition.
    """

    id: str
    channel: str
    first_day: Day
    last_day: Day
    due_at: Moment | None
    posted_at: Moment
    late: bool
    first: bool
    learned: tuple[LevelEffect, ...]
    moved: tuple[Moved, ...]
    decided: tuple[str, ...]
    waiting: tuple[str, ...]
    campaigns: int
    known_campaigns: int
    spend: dict[str, Total]
    next_at: Moment | None
    time_zone: str
    mistakes: tuple[Mistake, ...] = ()
    stuck: tuple[str, ...] = ()
    held: tuple[tuple[str, int], ...] = ()

    @property
    def quiet(self) -> bool:
        """Say whether nothing real moved, nothing was decided, nothing was wrong and nothing waits."""
        return not (self.mistakes or self.stuck or self.learned or self.moved or self.decided or self.waiting)

    @property
    def named(self) -> tuple[str, ...]:
        """Every recommendation that the edition speaks of."""
        built = (each for mistake in self.mistakes for each in mistake.decisions)
        return (*self.stuck, *self.waiting, *self.decided, *built)

    @property
    def week(self) -> tuple[date, date]:
        return self.first_day, self.last_day


SlotStatus = Literal["claimed", "sent", "skipped"]
