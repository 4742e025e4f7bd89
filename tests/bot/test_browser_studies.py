"""A study as a person sees it, in a real browser at desktop and phone width."""

import re
from datetime import UTC, datetime
from typing import TYPE_CHECKING
from zoneinfo import ZoneInfo

import pytest
from bot_team import Team
from test_browser_story import card_saying, no_sideways_scroll, page, picture, say

from bot.sandbox.sample_exports import meta_export

if TYPE_CHECKING:
    from playwright.sync_api import Page

pytestmark = pytest.mark.browser
__all__ = ["page"]  # the fixture


def test_a_forecast_is_a_chart_for_one_and_a_picture_for_all(page: "Page", team: Team) -> None:
    team.share("meta.csv", meta_export(datetime.now(UTC), ZoneInfo("Europe/Madrid")))
    team.wait(lambda: team.find("rows taken"))
    say(page, "/marko forecast store-opening ctr")
    told = card_saying(page, "Show here")
    told.get_by_role("img", name=re.compile("^CTR by day, .*: expected, 80 % low")).wait_for()
    assert told.get_by_role("table").count() == 1
    picture(page, "9-study")
    told.get_by_role("button", name="Show the forecast to everybody here").click()
    shown = card_saying(page, "tried from")
    shown.locator("img.picture").wait_for()
    assert page.get_by_test_id("cannot-draw").count() == 0
    assert page.get_by_test_id("fault").count() == 0
    assert no_sideways_scroll(page)
    picture(page, "10-study-shown")
