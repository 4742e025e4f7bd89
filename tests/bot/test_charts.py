"""The picture: its size, the same bytes for the same values, and everything readable at phone size."""

import io
import subprocess
import sys
from itertools import pairwise

import pytest
from drawn import VOICE
from engine_values import NEW_PARENTS, SPRING_SALE, analysed, counted
from PIL import Image, ImageColor

from bot.charting.canvas import BAR, EDGE, GROUND, HEAD, ROW, WIDTH
from bot.charting.waterfall import Bar, waterfall
from bot.child import HOME
from bot.pictures import bars
from engine.models.campaign import CampaignPerformanceInput
from engine.narrate import waterfall as parts

BARS = [Bar("Forecast", "45.00", 0, 45, "whole"), Bar("Actual", "58.50", 0, 58.5, "whole")]


def rows(campaign: CampaignPerformanceInput) -> list[Bar]:
    drawn = parts.waterfall(analysed(campaign))
    assert drawn
    return bars(drawn, VOICE)


def test_a_picture_is_720_pixels_wide_and_as_high_as_its_rows() -> None:
    for campaign in (NEW_PARENTS, SPRING_SALE):
        image = Image.open(io.BytesIO(waterfall("Why the CPA moved", rows(campaign))))
        assert image.format == "PNG"
        assert image.size == (WIDTH, 552)
        assert image.info.keys() <= {"dpi"}  # no date, no software


def test_the_same_values_give_the_same_bytes_in_another_process_too() -> None:
    code = (
        "import sys; from bot.charting.waterfall import Bar, waterfall\n"
        f"bars = [Bar(*each) for each in {[tuple(each) for each in BARS]!r}]\n"
        "sys.stdout.buffer.write(waterfall('Why', bars))"
    )
    other = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=HOME).stdout
    assert other == waterfall("Why", BARS) == waterfall("Why", BARS)


def test_each_bar_begins_where_the_one_before_ended_and_carries_its_sign() -> None:
    drawn = rows(NEW_PARENTS)
    assert [each.value for each in drawn] == ["45.00", "+11.48", "+1.27", "+0.75", "58.50"]
    assert [each.label for each in drawn] == [
        "Forecast", "clicks harder", "conversion (noise)", "impressions dearer", "Actual",
    ]  # fmt: skip
    assert [each.tone for each in rows(SPRING_SALE)] == ["whole", "better", "better", "better", "whole"]
    for before, after in pairwise(drawn[:-1]):
        assert after.begin == before.end
    assert drawn[-2].end == pytest.approx(drawn[-1].end)


def test_nothing_heavy_is_imported_before_a_picture_is_drawn() -> None:
    code = "import sys, bot.app; print([name for name in sys.modules if name.startswith('matplotlib')])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, cwd=HOME, text=True)
    assert told.stdout == "[]\n"


# What opposes each other is more than the CPA itself; figures of eleven digits; next to nothing is left.
EXTREME = {
    "cheap clicks": ((10**6, 5_000, 250, 10_000), (10**6, 40_000, 400, 10_000), "EUR"),
    "huge": ((10**6, 500_000, 100, 9 * 10**11), (10**9, 600_000, 900, 9 * 10**8), None),
    "little left": ((10**6, 200_000, 900, 9 * 10**6), (10**6, 3_000, 150, 30_000), "JPY"),
}


@pytest.mark.parametrize("case", EXTREME)
def test_no_bar_and_no_figure_leaves_the_picture(case: str) -> None:
    before, after, currency = EXTREME[case]
    changed = {"expected_metrics": counted(*before), "actual_metrics": counted(*after), "currency": currency}
    drawn = rows(NEW_PARENTS.model_copy(update=changed))
    assert min(end for each in drawn for end in (each.begin, each.end)) >= 0
    image = Image.open(io.BytesIO(waterfall("Why the CPA moved", drawn))).convert("RGB")
    edges = [(0, 0, EDGE - 3, image.height), (WIDTH - EDGE + 3, 0, WIDTH, image.height)]
    for edge in edges:
        assert image.crop(edge).getcolors() == [(image.height * (EDGE - 3), ImageColor.getrgb(GROUND))]


@pytest.mark.parametrize("digits", [10, 30, 90])
def test_a_name_and_its_figure_never_touch(digits: int) -> None:
    bar = Bar("impressions dearer (noise)", "+" + "8" * digits, 0, 1, "worse")
    image = Image.open(io.BytesIO(waterfall("Why", [bar]))).convert("L")
    line = image.crop((0, HEAD, WIDTH, HEAD + ROW - BAR - 20)).point(lambda value: 255 * (value < 200))
    inked = [x for x in range(WIDTH) if line.crop((x, 0, x + 1, line.height)).getbbox()]
    assert max(after - before for before, after in pairwise(inked)) > 10
    assert EDGE - 2 <= min(inked) <= max(inked) <= WIDTH - EDGE + 2
