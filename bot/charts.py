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
    from matplotlib.text import Text

WIDTH = 720  # pixels; a phone shows it half as wide
ROW, BAR, EDGE, HEAD = 92, 34, 28, 64
DPI = 100
TYPE, SMALL = 30, 25  # pixels: 15 and 12 on a phone
ROOM = WIDTH - 2 * EDGE
GAP = 20  # pixels between a name and its value, at the least
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
    """Draw bars below each other, each beginning where the one before ended.

    The axis begins at 0, and no bar may lie below it.
    """
    import matplotlib as mpl  # noqa: PLC0415  heavy: see the module's docstring

    with mpl.rc_context():
        mpl.rcdefaults()
        return _png(_waterfall(title, bars))


def _waterfall(title: str, bars: Sequence[Bar]) -> "Figure":
    height = HEAD + ROW * len(bars) + EDGE
    figure, axes = _canvas(height)
    axes.text(EDGE, height - HEAD / 2, title, fontsize=_points(SMALL), color=QUIET, va="center")
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
    line: dict[str, Any] = {"y": top - 24, "fontsize": _points(TYPE), "color": INK, "va": "center"}
    name = axes.text(EDGE, s=bar.label, bbox=behind, **line)
    value = axes.text(WIDTH - EDGE, s=bar.value, ha="right", fontweight="bold", bbox=behind, **line)
    _fit(name, value)
    left, right = sorted((EDGE + bar.begin * scale, EDGE + bar.end * scale))
    box = Rectangle((left, top - ROW + 14), right - left, BAR, color=TONES[bar.tone], linewidth=2)
    axes.add_patch(box)


def _fit(*texts: "Text") -> None:
    """Make texts of the full size that share a line so small that they do not touch."""
    wide = sum(each.get_window_extent().width for each in texts)
    size = _points(TYPE) * min(1.0, (ROOM - GAP) / wide)
    for each in texts:
        each.set_fontsize(size)


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
