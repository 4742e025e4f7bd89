"""Names below each other, each with a point between two ends: who differs from zero, and how surely."""

import math
from typing import TYPE_CHECKING

from bot.charting.canvas import (
    EDGE,
    GAP,
    GROUND,
    HEAD,
    INK,
    LINE,
    QUIET,
    ROOM,
    ROW,
    TONES,
    TYPE,
    WIDTH,
    Tone,
    canvas,
    cut,
    drawn,
    width,
    written,
)
from engine.narrate.picture import LeaguePicture, LeagueRow

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

MOST = 12
WIDER = 3.0  # times the usual range: as far as an end may lie outside of all points before it is cut off
FAR = 1e15
SHAPES: dict[Tone, str] = {"better": "o", "worse": "D", "whole": "s"}


def league(picture: LeaguePicture) -> bytes:
    """Draw at most twelve rows, and say how many are left out."""
    return drawn(lambda: _league(picture))


def _league(picture: LeaguePicture) -> "Figure":
    rows, more = picture.rows[:MOST], len(picture.rows) - MOST
    height = HEAD + ROW * len(rows) + EDGE + (HEAD if more > 0 else 0)
    figure, axes = canvas(height)
    cut(written(axes, EDGE, height - HEAD / 2, picture.title, color=QUIET), ROOM)
    low, high = _span(rows, picture.zero)
    bottom = height - HEAD - ROW * len(rows)
    if picture.zero is not None:
        x = _place(picture.zero, low, high)
        axes.plot([x, x], [bottom, height - HEAD], color=LINE, linewidth=2, linestyle="--", zorder=0)
    for number, each in enumerate(rows):
        _row(axes, each, height - HEAD - ROW * number, low, high)
    if more > 0:
        written(axes, EDGE, EDGE + HEAD / 2, f"and {more} more", color=QUIET)
    return figure


def _row(axes: "Axes", row: LeagueRow, top: float, low: float, high: float) -> None:
    """Name and figure on one line, the range under them; an end that was cut off is an arrow."""
    behind = {"facecolor": GROUND, "edgecolor": "none", "pad": 2}
    right = {"ha": "right", "fontweight": "bold", "bbox": behind}
    says = written(axes, WIDTH - EDGE, top - 24, row.says, size=TYPE, **right)
    cut(says, ROOM * 0.6)
    name = written(axes, EDGE, top - 24, row.name, size=TYPE, bbox=behind)
    cut(name, ROOM - GAP - width(says))
    y, tone = top - 64, TONES[row.tone]
    ends = [_place(each, low, high) for each in (row.low, row.high)]
    axes.plot(ends, [y, y], color=tone, linewidth=5, solid_capstyle="butt")
    for end, value, arrow in ((ends[0], row.low, "<"), (ends[1], row.high, ">")):
        marker = "|" if low <= value <= high else arrow
        axes.plot([end], [y], marker=marker, markersize=13, markeredgewidth=4, color=tone)
    point = _place(row.value, low, high)
    axes.plot([point], [y], marker=SHAPES[row.tone], markersize=12, color=tone, markeredgecolor=INK)


def _span(rows: "tuple[LeagueRow, ...]", zero: float | None) -> tuple[float, float]:
    """The ends of the axis: all points and zero, and the ranges unless one is far wider than the others."""
    points = [each.value for each in rows if math.isfinite(each.value)] + ([] if zero is None else [zero])
    low, high = min(points, default=0.0), max(points, default=1.0)
    wide = sorted(max(each.value - each.low, each.high - each.value) for each in rows)
    usual = wide[(len(wide) - 1) // 2] if wide else 0.0
    reach = max(WIDER * usual, high - low) if math.isfinite(usual) else high - low
    ends = [end for each in rows for end in (each.low, each.high) if math.isfinite(end)]
    low, high = max(min([low, *ends]), low - reach, -FAR), min(max([high, *ends]), high + reach, FAR)
    return (low, high) if high > low else (low - (abs(low) or 1.0), high + (abs(high) or 1.0))


def _place(value: float, low: float, high: float) -> float:
    """Pixels from the left; what lies outside stands at the edge."""
    inside = low if math.isnan(value) else min(max(value, low), high)
    return EDGE + 10 + (inside - low) / (high - low) * (ROOM - 20)
