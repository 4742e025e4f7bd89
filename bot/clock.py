"""The time the bot lives in, unless a sandbox moves it."""

from datetime import UTC, datetime


class SystemClock:
    """Real time."""

    def now(self) -> datetime:
        return datetime.now(UTC)
