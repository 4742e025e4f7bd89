"""The picture: its size, the same bytes for the same values, and everything readable at phone size."""

import io
import subprocess
import sys
from itertools import pairwise

import pytest
from drawn import VOICE
from engine_values import NEW_PARENTS, SPRING_SALE, analysed
from PIL import Image

from bot.charts import WIDTH, Bar, waterfall
from bot.pictures import bars
from bot.studio import HOME
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
        "import sys; from bot.charts import Bar, waterfall\n"
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


def test_figures_beyond_all_measure_still_give_a_picture() -> None:
    huge = [Bar("impressions dearer (noise)", "+1,000,000,000,000.00", 0, 1e12, "worse")]
    assert Image.open(io.BytesIO(waterfall("Why", huge))).size[0] == WIDTH
