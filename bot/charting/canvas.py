"""What every picture is drawn on: its size and inks, texts that fit, and the way to PNG.

Coordinates are pixels, from the lower left. Matplotlib is imported where it is needed: it is heavy.
"""

import io
import warnings
from collections.abc import Callable
from typing import TYPE_CHECKING, Any, Literal

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
ELLIPSIS = "…"


def drawn(figure: "Callable[[], Figure]") -> bytes:
    """Draw with matplotlib's own settings, whatever a machine has set; gives a PNG.

    A letter that its fonts do not have is a box, and no warning.
    """
    import matplotlib as mpl  # noqa: PLC0415  heavy: see the module's docstring

    with mpl.rc_context(), warnings.catch_warnings():
        warnings.filterwarnings("ignore", "Glyph .* missing", UserWarning)
        mpl.rcdefaults()
        out = io.BytesIO()
        figure().savefig(out, format="png", metadata={"Software": None})
        return out.getvalue()


def canvas(height: int) -> "tuple[Figure, Axes]":
    from matplotlib.backends.backend_agg import FigureCanvasAgg  # noqa: PLC0415
    from matplotlib.figure import Figure  # noqa: PLC0415

    figure = Figure(figsize=(WIDTH / DPI, height / DPI), dpi=DPI, facecolor=GROUND)
    FigureCanvasAgg(figure)
    axes = figure.add_axes((0, 0, 1, 1))
    axes.set(xlim=(0, WIDTH), ylim=(0, height))
    axes.set_axis_off()
    return figure, axes


def written(axes: "Axes", x: float, y: float, text: str, *, size: float = SMALL, **how: Any) -> "Text":
    """Write a text as it is: a dollar sign in a name begins no formula."""
    how = {"color": INK, "va": "center", "parse_math": False, **how}
    return axes.text(x, y, text, fontsize=points(size), **how)


def fit(*texts: "Text") -> None:
    """Make texts of the full size that share a line so small that they do not touch."""
    wide = sum(width(each) for each in texts)
    size = points(TYPE) * min(1.0, (ROOM - GAP) / wide)
    for each in texts:
        each.set_fontsize(size)


def cut(text: "Text", room: float) -> None:
    """Shorten a text from its end until it is as wide as there is room; some of it always stays."""
    whole = text.get_text()
    if width(text) <= room:
        return
    least, most = 1, len(whole)
    while least < most:  # the longest beginning that fits
        middle = (least + most + 1) // 2
        text.set_text(whole[:middle].rstrip() + ELLIPSIS)
        least, most = (middle, most) if width(text) <= room else (least, middle - 1)
    text.set_text(whole[:least].rstrip() + ELLIPSIS)


def width(text: "Text") -> float:
    return float(text.get_window_extent().width)


def points(pixels: float) -> float:
    return pixels * 72 / DPI
