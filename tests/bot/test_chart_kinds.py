"""League, trend and fan: their sizes, equal bytes for equal values, and that nothing leaves the picture."""

import io
import math
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PIL import Image, ImageColor

from bot.charting.canvas import EDGE, GROUND, SMALL, WIDTH, canvas, cut, width, written
from bot.charting.fan import fan
from bot.charting.league import MOST, league
from bot.charting.plane import HEIGHT
from bot.charting.trend import trend
from bot.studio import Studio
from engine.narrate.picture import FanPicture, LeaguePicture, LeagueRow, Picture, TrendPicture
from engine.narrate.pictured import packed, unpacked

LONG = "a name that is much too long for a phone, and goes on and on " * 3
ODD = ("", "$x$ costs \\frac", "&<b>`", "\U0001f9d1", LONG)


def row(name: str = "Students 18-25", **changed: Any) -> LeagueRow:
    return LeagueRow(name, -31.0, -18.0, -6.0, "−18 %", "better")._replace(**changed)


def ranked(*rows: LeagueRow, title: str = "CPA against the rest") -> LeaguePicture:
    return LeaguePicture(title, "said", rows, 0.0)


def moved(count: int = 60, **changed: Any) -> TrendPicture:
    values = tuple(None if place in {7, 8} else 0.02 - 0.005 * (place > 38) for place in range(count))
    level = tuple(0.02 - 0.005 * (place > 38) for place in range(count))
    made = TrendPicture(
        title="CTR of beach-video",
        alt="said",
        days=tuple(f"{place + 1} Mar" for place in range(count)),
        values=values,
        fitted=level,
        low=tuple(each * 0.9 for each in level),
        high=tuple(each * 1.1 for each in level),
        onset=39,
        between=(37, 41),
        onset_says="since 8 Apr: −25 %",
        ticks=((0.015, "1.50 %"), (0.02, "2.00 %")),
    )
    return made._replace(**changed)


def ahead(past: int = 40, count: int = 14, **changed: Any) -> FanPicture:
    mean = tuple(0.02 + 0.001 * math.sin(place) for place in range(count))
    made = FanPicture(
        title="CTR, the next 14 days",
        alt="said",
        days=tuple(f"{place + 1} Mar" for place in range(past + count)),
        values=tuple(0.02 for _ in range(past)),
        mean=mean,
        low80=tuple(each * 0.9 for each in mean),
        high80=tuple(each * 1.1 for each in mean),
        low95=tuple(each * 0.8 for each in mean),
        high95=tuple(each * 1.2 for each in mean),
        ticks=((0.015, "1.50 %"), (0.02, "2.00 %")),
    )
    return made._replace(**changed)


PICTURES: list[Picture] = [ranked(row(), row("Anglers", tone="worse")), moved(), ahead()]


def drawn(picture: Picture) -> Image.Image:
    if isinstance(picture, LeaguePicture):
        png = league(picture)
    elif isinstance(picture, TrendPicture):
        png = trend(picture)
    else:
        png = fan(picture)
    image = Image.open(io.BytesIO(png))
    assert image.format == "PNG"
    assert image.info.keys() <= {"dpi"}  # no date, no software
    return image.convert("RGB")


def margins_are_clear(image: Image.Image) -> bool:
    edges = [(0, 0, EDGE - 12, image.height), (WIDTH - EDGE + 12, 0, WIDTH, image.height)]
    ground = ImageColor.getrgb(GROUND)
    return all([each[1] for each in image.crop(edge).getcolors() or []] == [ground] for edge in edges)


@pytest.mark.parametrize("picture", PICTURES, ids=["league", "trend", "fan"])
def test_the_child_draws_each_kind_as_we_do_and_the_same_bytes_each_time(picture: Picture) -> None:
    studio = Studio()
    try:
        first = studio.draw(picture)
        assert studio.draw(picture) == first
    finally:
        studio.close()
    own = {LeaguePicture: league, TrendPicture: trend, FanPicture: fan}[type(picture)]
    assert own(picture) == first  # type: ignore[operator]
    assert Image.open(io.BytesIO(first)).width == WIDTH
    assert unpacked(packed(picture)) == picture


def test_a_league_is_as_high_as_its_rows_and_says_what_is_left_out() -> None:
    few, many = drawn(ranked(row())), drawn(ranked(*[row()] * (MOST + 5)))
    assert few.height < many.height
    assert drawn(ranked(*[row()] * MOST)).height < many.height, "a line says how many more there are"
    assert (drawn(moved()).height, drawn(ahead()).height) == (HEIGHT, HEIGHT)


@pytest.mark.parametrize("text", ODD, ids=ascii)
def test_whatever_a_name_is_it_stays_inside(text: str) -> None:
    for picture in (
        ranked(row(text), row(text, says=text), title=text),
        moved(title=text, onset_says=text, days=(text,) * 60, ticks=((0.02, text),)),
        ahead(title=text, days=(text,) * 54, ticks=((0.02, text),)),
    ):
        assert margins_are_clear(drawn(picture))


EXTREME: list[Picture] = [
    ranked(),
    ranked(row(low=-1e300, high=1e300), row(value=1e9)),
    ranked(row(low=-math.inf, value=0.0, high=math.inf)),
    ranked(row(low=math.nan, value=math.nan, high=math.nan)),
    ranked(row(low=0.0, value=0.0, high=0.0))._replace(zero=None),
    moved(values=(None,) * 60, fitted=(None,) * 60, low=(None,) * 60, high=(None,) * 60, ticks=()),
    moved(values=(1e308,) + (0.0,) * 59),
    moved(1, values=(0.0,), fitted=(0.0,), low=(0.0,), high=(0.0,), days=("1 Mar",), onset=0, between=(0, 0)),
    moved(0, days=(), values=(), fitted=(), low=(), high=(), onset=None, between=None, ticks=()),
    moved(onset=59, onset_says=LONG),
    ahead(0),
    ahead(400, days=("1 Mar",) * 414),
    ahead(3, 0),
    ahead(3, 1, values=(0.0, 0.0, 0.0)),
    ahead(days=()),
]


@pytest.mark.parametrize("picture", EXTREME, ids=range(len(EXTREME)))
def test_extreme_values_are_drawn_inside_the_picture(picture: Picture) -> None:
    assert margins_are_clear(drawn(picture))


@given(st.lists(st.tuples(*[st.floats(allow_nan=True, allow_infinity=True)] * 3), max_size=3))
@settings(max_examples=15, deadline=None)
def test_any_range_can_be_drawn(ends: list[tuple[float, float, float]]) -> None:
    rows = [row(low=low, value=value, high=high) for low, value, high in ends]
    assert margins_are_clear(drawn(ranked(*rows)))


def test_a_text_is_cut_to_the_longest_beginning_that_fits() -> None:
    _, axes = canvas(100)
    text = written(axes, 0, 50, LONG, size=SMALL)
    cut(text, 300)
    assert text.get_text().endswith("…")
    assert width(text) <= 300
    longer = written(axes, 0, 50, f"{LONG[: len(text.get_text()) + 1]}…", size=SMALL)
    assert width(longer) > 300
