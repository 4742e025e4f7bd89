"""APScheduler as a metronome: one job that looks every few seconds, and can be told to look now."""

from collections.abc import Callable
from datetime import UTC, datetime

from apscheduler.schedulers.background import BackgroundScheduler

SECONDS = 10


class Scheduler:
    """Ticks ``tick`` at once, then every ten seconds, never twice at the same time.

    Missed ticks are of no account (``coalesce``): each tick looks at everything that is due.
    """

    def __init__(self, tick: Callable[[], object]) -> None:
        self._scheduler = BackgroundScheduler(timezone=UTC)
        self._job = self._scheduler.add_job(
            tick,
            "interval",
            seconds=SECONDS,
            id="tick",
            coalesce=True,
            max_instances=1,
            misfire_grace_time=None,
            next_run_time=datetime.now(UTC),
        )

    def start(self) -> None:
        self._scheduler.start()

    def wake(self) -> None:
        """Look now: a clock was moved."""
        if self._scheduler.running:
            self._job.modify(next_run_time=datetime.now(UTC))

    def stop(self) -> None:
        if self._scheduler.running:
            self._scheduler.shutdown(wait=True)
