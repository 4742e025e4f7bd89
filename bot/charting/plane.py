"""Days to the right, values upwards: the frame that a trend and a fan are drawn into."""

import math
from collections.abc import Iterable, Sequence
from typing import TYPE_CHECKING, Any, NamedTuple

from bot.charting.canvas import EDGE, GAP, HEAD, LINE, QUIET, ROOM, SMALL, WIDTH, canvas, cut, width, written

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

HEIGHT = 620
FOOT = 108  # two lines under the axis: days, and what the marks mean
LEAST_APART = SMALL + 9  # pixels between two ticks
MOST_TICK = 0.3  # of the width: what a tick says may take no more


class Plane(NamedTuple):
    """``x`` of a day's place and ``y`` of a value, in pixels; values outside stand at the edge."""

    figure: "Figure"
    axes: "Axes"
    left: float
    days: int
    low: float
    high: float

    @property
    def top(self) -> float:
        return HEIGHT - HEAD - EDGE / 2

    @property
    def right(self) -> float:
        return WIDTH - EDGE

    def x(self, place: float) -> float:
        step = (self.right - self.left - GAP) / max(1, self.days - 1)
        return min(max(self.left + GAP / 2 + place * step, self.left), self.right)

    def y(self, value: float) -> float:
        inside = min(max(value, self.low), self.high)
        return FOOT + (inside - self.low) / (self.high - self.low) * (self.top - FOOT)

    def line(self, begin: int, values: Sequence[float | None], **how: Any) -> None:
        """Draw a line from the place ``begin`` on; days without a value leave a gap."""
        x = [self.x(begin + number) for number in range(len(values))]
        y = [math.nan if each is None else self.y(each) for each in values]
        self.axes.plot(x, y, **how)

    def band(
        self, begin: int, low: Sequence[float | None], high: Sequence[float | None], *, fill: str, edge: str
    ) -> None:
        """Fill between two lines and draw both, so that a band is seen without its colour."""
        x = [self.x(begin + number) for number in range(len(low))]
        bottom, top = ([math.nan if each is None else self.y(each) for each in side] for side in (low, high))
        self.axes.fill_between(x, bottom, top, color=fill, linewidth=0, zorder=1)
        for side in (bottom, top):
            self.axes.plot(x, side, color=edge, linewidth=1.5, zorder=2)


def plane(
    title: str,
    days: Sequence[str],
    count: int,
    values: Iterable[float | None],
    ticks: Sequence[tuple[float, str]],
) -> Plane:
    """Draw title, ticks and days; ``values`` are all that the axis has to hold, ``count`` the places."""
    figure, axes = canvas(HEIGHT)
    cut(written(axes, EDGE, HEIGHT - HEAD / 2, title, color=QUIET), ROOM)
    held = [
        each for each in (*values, *(each for each, _ in ticks)) if each is not None and math.isfinite(each)
    ]
    low, high = min(held, default=0.0), max(held, default=1.0)
    if not high > low:
        low, high = low - (abs(low) or 1.0) / 2, high + (abs(high) or 1.0) / 2
    margin = (high - low) / 20
    frame = Plane(figure, axes, 0.0, count, low - margin, high + margin)
    return _with_days(_with_ticks(frame, ticks), days)


def _with_ticks(frame: Plane, ticks: Sequence[tuple[float, str]]) -> Plane:
    """Write what the values are at the left, no two upon each other, and draw their lines."""
    told: list[tuple[float, float]] = []
    for value, says in sorted(ticks):
        y = frame.y(value)
        if not math.isfinite(value) or any(abs(y - other) < LEAST_APART for other, _ in told):
            continue
        text = written(frame.axes, EDGE, y, says, color=QUIET)
        cut(text, WIDTH * MOST_TICK)
        told.append((y, width(text)))
    left = EDGE + max((wide for _, wide in told), default=0.0) + GAP
    for y, _ in told:
        frame.axes.plot([left, frame.right], [y, y], color=LINE, linewidth=1, zorder=0)
    return frame._replace(left=left)


def _with_days(frame: Plane, days: Sequence[str]) -> Plane:
    """Write the first, the last and the middle day, as many as stand beside each other."""
    last = min(len(days), frame.days) - 1
    if last < 0:
        return frame
    ends: list[tuple[float, float]] = []
    for place in dict.fromkeys((0, last, last // 2)):
        text = written(frame.axes, frame.x(place), FOOT - 30, days[place], color=QUIET, ha="center")
        cut(text, WIDTH * MOST_TICK)
        half = width(text) / 2
        x = min(max(frame.x(place), EDGE + half), frame.right - half)
        if any(x + half + GAP > begin and x - half - GAP < end for begin, end in ends):
            text.remove()
            continue
        text.set_x(x)
        ends.append((x - half, x + half))
    return frame


def legend(frame: Plane, text: str) -> None:
    cut(written(frame.axes, EDGE, EDGE, text, color=QUIET), ROOM)
