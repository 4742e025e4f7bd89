"""A picture of each kind, drawn in the child that draws them; the bot's own process only waits."""

import math
from collections.abc import Callable, Iterator

from benchmarks.goal import Goal, Row, interleaved
from bot.charting.waterfall import Bar
from bot.studio import Studio
from engine.narrate.picture import FanPicture, LeaguePicture, LeagueRow, TrendPicture

TICKS = ((0.015, "1.50 %"), (0.02, "2.00 %"))


def rows(*, full: bool) -> Iterator[Row]:  # noqa: ARG001  the same at every size
    """Yield the median of drawing each kind once the child is there."""
    studio = Studio()
    try:
        works = _works(studio)
        for draw in works.values():
            draw()  # the first brings matplotlib in
        for name, taken in interleaved(works).items():
            yield Row(f"PNG: {name}", "", taken, None, "ms", Goal(150), "in the child that draws")
    finally:
        studio.close()


def _works(studio: Studio) -> dict[str, Callable[[], object]]:
    level = tuple(0.02 - 0.005 * (day > 30) for day in range(56))
    days = tuple(f"{day + 1} Mar" for day in range(56))
    low, high = tuple(each * 0.9 for each in level), tuple(each * 1.1 for each in level)
    ahead = tuple(0.02 + 0.001 * math.sin(day) for day in range(14))
    ranges = [tuple(each * by for each in ahead) for by in (0.9, 1.1, 0.85, 1.15)]
    rank = tuple(LeagueRow(f"audience {place}", -30, -18, -6, "−18 %", "better") for place in range(8))
    bars = [Bar("Forecast", "45.00", 0, 45, "whole"), Bar("clicks harder", "+13.50", 45, 58.5, "worse")]
    trend = TrendPicture("CTR", "", days, level, level, low, high, 31, (30, 33), "since 1 Apr", TICKS)
    fan = FanPicture("CTR", "", days + days[:14], level, ahead, *ranges, TICKS)
    return {
        "waterfall": lambda: studio.waterfall("Why the CPA rose", bars),
        "league": lambda: studio.draw(LeaguePicture("CPA against the rest", "", rank, 0.0)),
        "trend": lambda: studio.draw(trend),
        "fan": lambda: studio.draw(fan),
    }
