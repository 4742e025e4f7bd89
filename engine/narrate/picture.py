"""Pictures as values: what is drawn, with every text on it and the words for who cannot see it."""

from typing import Literal, NamedTuple

Tone = Literal["better", "worse", "whole"]


class LeagueRow(NamedTuple):
    """One line: a name, a point between two ends, and the figure as it is written."""

    name: str
    low: float
    value: float
    high: float
    says: str
    tone: Tone


class LeaguePicture(NamedTuple):
    """Names below each other, each with its range; ``zero`` is where nothing differs."""

    title: str
    alt: str
    rows: tuple[LeagueRow, ...]
    zero: float | None


class TrendPicture(NamedTuple):
    """One series by day, the level before and after its onset, and how sure the onset is.

    ``days`` are as they are written; ``values`` may miss days. ``fitted``, ``low`` and ``high`` have as many
    entries as ``days``. ``onset`` is the place of the first day after the change, ``between`` the places it
    may lie in; ``None`` where nothing began. ``ticks`` are (value, as written) of the axis.
    """

    title: str
    alt: str
    days: tuple[str, ...]
    values: tuple[float | None, ...]
    fitted: tuple[float | None, ...]
    low: tuple[float | None, ...]
    high: tuple[float | None, ...]
    onset: int | None
    between: tuple[int, int] | None
    onset_says: str
    ticks: tuple[tuple[float, str], ...]


class FanPicture(NamedTuple):
    """What came, and what may come: the mean with its 80 % and 95 % ranges for the days behind ``values``."""

    title: str
    alt: str
    days: tuple[str, ...]
    values: tuple[float | None, ...]
    mean: tuple[float, ...]
    low80: tuple[float, ...]
    high80: tuple[float, ...]
    low95: tuple[float, ...]
    high95: tuple[float, ...]
    ticks: tuple[tuple[float, str], ...]


Picture = LeaguePicture | TrendPicture | FanPicture
