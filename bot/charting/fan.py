"""What came, and what may come: the mean of a forecast with its 80 % and 95 % ranges."""

from typing import TYPE_CHECKING

from bot.charting.canvas import GROUND, INK, QUIET, TONES, drawn, width, written
from bot.charting.plane import FOOT, Plane, legend, plane
from engine.narrate.picture import FanPicture

if TYPE_CHECKING:
    from matplotlib.figure import Figure

OUTER, INNER, EDGE_OF_BAND = "#dbe8ea", "#a9cbd1", "#6f9ba4"
SHARE = 2.0  # of what came, so many times as many days as are to come are drawn, at the most


def fan(picture: FanPicture) -> bytes:
    return drawn(lambda: _fan(picture))


def _fan(picture: FanPicture) -> "Figure":
    ahead = len(picture.mean)
    dropped = max(0, len(picture.values) - max(28, round(SHARE * ahead)))
    values, days = picture.values[dropped:], picture.days[dropped:]
    begin = len(values)
    held = (*values, *picture.low95, *picture.high95, *picture.mean)
    frame = plane(picture.title, days, max(1, begin + ahead), held, picture.ticks)
    frame.line(0, values, color=QUIET, marker="o", markersize=5, linewidth=1.2, zorder=3)
    frame.band(begin, picture.low95, picture.high95, fill=OUTER, edge=EDGE_OF_BAND)
    frame.band(begin, picture.low80, picture.high80, fill=INNER, edge=EDGE_OF_BAND)
    frame.line(begin, picture.mean, color=TONES["better"], linewidth=4.5, linestyle="--", zorder=4)
    if begin and ahead:
        _today(frame, begin)
    legend(frame, "dots: came · dashes: expected · bands: 80 %, 95 %")
    return frame.figure


def _today(frame: Plane, begin: int) -> None:
    """Say which side is known and which is not."""
    x = frame.x(begin - 0.5)
    frame.axes.plot([x, x], [FOOT, frame.top], color=INK, linewidth=2, linestyle=":", zorder=5)
    behind = {"facecolor": GROUND, "edgecolor": "none", "pad": 3}
    text = written(frame.axes, x, frame.top + 4, "came", color=QUIET, bbox=behind, zorder=6)
    text.set_x(max(frame.left, x - 12 - width(text)))
    ahead = written(frame.axes, x + 12, frame.top + 4, "expected", color=QUIET, bbox=behind, zorder=6)
    if x + 12 + width(ahead) > frame.right:
        ahead.remove()
