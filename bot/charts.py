"""Values → PNG: calm pictures for a phone, on a light ground that also sits well in a dark theme.

Nothing is told by colour alone: every bar has its name, sign and value beside it. The same values give
the same bytes: fonts that come with matplotlib, nobody's settings, no date and no software in the file.
Matplotlib takes about a second to import, so this is called in the studio's process alone.
"""

import io
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Literal, NamedTuple

if TYPE_CHECKING:
    from matplotlib.axes import Axes
    from matplotlib.figure import Figure

WIDTH = 720  # pixels; a phone shows it half as wide
ROW, BAR, EDGE, HEAD = 92, 34, 28, 64
DPI = 100
TYPE, SMALL = 30, 25  # pixels: 15 and 12 on a phone
LONGEST = 34  # characters that fit beside each other at the full size
INK, QUIET, GROUND, LINE = "#1d2433", "#5b6472", "#fbfbf9", "#c9ced6"
Tone = Literal["whole", "better", "worse"]
TONES: dict[Tone, str] = {"whole": "#7b8694", "better": "#2f7d8c", "worse": "#c4622d"}


class Bar(NamedTuple):
    """One row: what it is, what it says, and from where to where its bar goes."""

    label: str
    value: str
    begin: float
    end: float
    tone: Tone


def waterfall(title: str, bars: Sequence[Bar]) -> bytes:
    """Draw bars below each other, each beginning where the one before ended; the axis begins at 0."""
    import matplotlib as mpl  # noqa: PLC0415  heavy: see the module's docstring

    with mpl.rc_context():
        mpl.rcdefaults()
        return _png(_waterfall(title, bars))


def _waterfall(title: str, bars: Sequence[Bar]) -> "Figure":
    height = HEAD + ROW * len(bars) + EDGE
    figure, axes = _canvas(height)
    axes.text(EDGE, height - HEAD / 2, title, fontsize=_points(SMALL), color=QUIET, va="center")
    reach = max(max(each.begin, each.end) for each in bars) or 1.0
    scale = (WIDTH - 2 * EDGE) / reach
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

    size = _points(TYPE) * min(1.0, LONGEST / (len(bar.label) + len(bar.value) + 2))
    behind = {"facecolor": GROUND, "edgecolor": "none", "pad": 2}  # no line runs through a figure
    line: dict[str, Any] = {"y": top - 24, "fontsize": size, "color": INK, "va": "center", "bbox": behind}
    axes.text(EDGE, s=bar.label, **line)
    axes.text(WIDTH - EDGE, s=bar.value, ha="right", fontweight="bold", **line)
    left, right = sorted((EDGE + bar.begin * scale, EDGE + bar.end * scale))
    box = Rectangle((left, top - ROW + 14), right - left, BAR, color=TONES[bar.tone], linewidth=2)
    axes.add_patch(box)


def _canvas(height: int) -> "tuple[Figure, Axes]":
    """A figure whose coordinates are pixels, from the lower left."""
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, facecolor=GROUND)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(0, height))
    axes.set_axis_off()
    return figure, axes


def _png(figure: "Figure") -> bytes:
    out = io.BytesIO()
    figure.savefig(out, format="png", metadata={"Software": None})
    return out.getvalue()


def _points(pixels: float) -> float:
    return pixels * 72 / DPI
