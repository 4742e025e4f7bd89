"""One series by day, the level before and after it began to change, and where that may have been."""

from typing import TYPE_CHECKING

from bot.charting.canvas import GROUND, INK, QUIET, SMALL, TONES, cut, drawn, width, written
from bot.charting.plane import FOOT, Plane, legend, plane
from engine.narrate.picture import TrendPicture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

BAND, EDGE_OF_BAND, SPAN = "#dbe8ea", "#8fb3ba", "#efe3d8"


def trend(picture: TrendPicture) -> bytes:
    return drawn(lambda: _trend(picture))


def _trend(picture: TrendPicture) -> "Figure":
    count = max(len(picture.days), len(picture.values), 1)
    held = (*picture.values, *picture.fitted, *picture.low, *picture.high)
    frame = plane(picture.title, picture.days, count, held, picture.ticks)
    if picture.between is not None:
        _between(frame, picture.between)
    frame.band(0, picture.low, picture.high, fill=BAND, edge=EDGE_OF_BAND)
    frame.line(0, picture.values, color=QUIET, marker="o", markersize=5, linewidth=0.8, zorder=3)
    frame.line(0, picture.fitted, color=TONES["better"], linewidth=4.5, zorder=4)
    if picture.onset is not None:
        _onset(frame, picture.onset, picture.onset_says)
    legend(frame, "dots: days · line: level · band: its range")
    return frame.figure


def _between(frame: Plane, ends: tuple[int, int]) -> None:
    """Hatch the days on which it may have begun."""
    from matplotlib.patches import Rectangle  # noqa: PLC0415

    left, right = frame.x(min(ends) - 0.5), frame.x(max(ends) + 0.5)
    hatched = Rectangle((left, FOOT), right - left, frame.top - FOOT, linewidth=0, hatch="//", zorder=0.5)
    hatched.set_facecolor(SPAN)
    hatched.set_edgecolor(GROUND)
    frame.axes.add_patch(hatched)


def _onset(frame: Plane, place: int, says: str) -> None:
    """A line before the first day after the change, with its name beside it, inside the picture."""
    x = frame.x(place - 0.5)
    frame.axes.plot([x, x], [FOOT, frame.top], color=TONES["worse"], linewidth=3, linestyle="--", zorder=5)
    behind = {"facecolor": GROUND, "edgecolor": "none", "pad": 3}
    text = written(frame.axes, x, frame.top - SMALL / 2, says, color=INK, bbox=behind, zorder=6)
    cut(text, frame.right - frame.left - 12)
    wide = width(text)
    is_left = x + 12 + wide > frame.right
    text.set_x(max(frame.left, x - 12 - wide) if is_left else x + 12)
