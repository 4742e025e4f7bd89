"""Bars below each other, each beginning where the one before ended: why a figure moved."""

from collections.abc import Sequence
from typing import TYPE_CHECKING, NamedTuple

from bot.charting.canvas import (
    BAR,
    EDGE,
    GROUND,
    HEAD,
    LINE,
    QUIET,
    ROOM,
    ROW,
    TONES,
    TYPE,
    WIDTH,
    Tone,
    canvas,
    drawn,
    fit,
    written,
)

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure


class Bar(NamedTuple):
    """One row: what it is, what it says, and from where to where its bar goes."""

    label: str
    value: str
    begin: float
    end: float
    tone: Tone


def waterfall(title: str, bars: Sequence[Bar]) -> bytes:
    """Draw the bars; the axis begins at 0, and no bar may lie below it."""
    return drawn(lambda: _waterfall(title, bars))


def _waterfall(title: str, bars: Sequence[Bar]) -> "Figure":
    height = HEAD + ROW * len(bars) + EDGE
    figure, axes = canvas(height)
    written(axes, EDGE, height - HEAD / 2, title, color=QUIET)
    reach = max(max(each.begin, each.end) for each in bars) or 1.0
    scale = ROOM / reach
    for number, each in enumerate(bars):
        top = height - HEAD - ROW * number
        _row(axes, each, top, scale)
        if number + 1 < len(bars):
            x = EDGE + each.end * scale
            axes.plot([x, x], [top - ROW + 14, top - 2 * ROW + BAR + 14], color=LINE, linewidth=1.5, zorder=0)
    return figure


def _row(axes: "Axes", bar: Bar, top: float, scale: float) -> None:
    """Name and value on one line, the bar under them; a part too small to be seen keeps a hair's width."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    behind = {"facecolor": GROUND, "edgecolor": "none", "pad": 2}  # no line runs through a figure
    name = written(axes, EDGE, top - 24, bar.label, size=TYPE, bbox=behind)
    right = {"ha": "right", "fontweight": "bold", "bbox": behind}
    value = written(axes, WIDTH - EDGE, top - 24, bar.value, size=TYPE, **right)
    fit(name, value)
    left, end = sorted((EDGE + bar.begin * scale, EDGE + bar.end * scale))
    box = Rectangle((left, top - ROW + 14), end - left, BAR, color=TONES[bar.tone], linewidth=2)
    axes.add_patch(box)
