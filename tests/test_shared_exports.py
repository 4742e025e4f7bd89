"""Every export of the shared data gives the figures of its README, to the cent."""

from decimal import Decimal
from typing import Any

import pytest
from shared_data import shared_file

from engine.intake.export import scan
from engine.models.export import Hints, millionths
from engine.models.scanned import Scanned

CENT = Decimal("0.01")
# By file: impressions, clicks, spend, conversions, revenue, reach; rows; currency; platform; what is asked.
FIGURES: dict[str, tuple[list[Any], int, str | None, str | None, set[str]]] = {
    "kasparro_fb_ads_undergarments.csv": (
        [1_190_236_513, 15_071_264, "2105579.90", 341_144, "12265700.72", None],
        4_500, None, "Meta", {"currency"},
    ),
    "kag_conversion_data.csv": (
        [213_434_828, 38_165, "58705.23", 3_264, None, None], 1_143, None, "Meta", {"currency", "days"},
    ),
    "meta_native_gwwc_campaigns.csv": (
        [770_113, 4_550, "15978.28", 1_581, None, 393_476], 7, "USD", "Meta", set(),
    ),
    "meta_native_gwwc_adsets.csv": (
        [770_113, 4_580, "15978.28", 1_581, None, 393_476], 52, "USD", "Meta", set(),
    ),
    "google_native_campaign_report.csv": (
        [14_117_313, 167_739, "199421.15", "18703.32", None, None], 12, "USD", "Google", {"days"},
    ),
    "ab_control_group.csv": ([3_177_233, 154_303, "68653", 15_161, None, None], 30, "USD", None, set()),
    "ab_test_group.csv": ([2_237_544, 180_970, "76892", 15_637, None, None], 30, "USD", None, set()),
    "layout_google_daily_cad.csv": (
        [13_794, 120, "1146.94", "3.5", "1450.25", None], 4, "CAD", "Google", set(),
    ),
    "layout_meta_daily_total_row.csv": (
        [865_000, 6_950, "28500.50", 52, None, None], 3, "INR", "Meta", set(),
    ),
    "layout_linkedin_campaign_performance.csv": (
        [15_100, 268, "1565.75", 5, "500", None], 3, "USD", "LinkedIn", {"date_order"},
    ),
    "layout_tiktok_campaign.csv": (
        [300_500, 2_848, "610.50", 69, None, 171_000], 2, "USD", "TikTok", set(),
    ),
    "layout_microsoft_campaign_performance.csv": (
        [4_500, 174, "104.00", 9, "560.00", None], 3, "USD", "Microsoft", {"date_order"},
    ),
}  # fmt: skip
NAMES = ("impressions", "clicks", "spend", "conversions", "revenue", "reach")


def scanned(name: str, **said: Any) -> Scanned:
    return scan(shared_file(f"data/{name}"), name=name, hints=Hints.model_validate(said))


@pytest.mark.parametrize("name", FIGURES)
def test_a_shared_export_gives_its_check_figures_to_the_cent(name: str) -> None:
    figures, rows, currency, platform, asked = FIGURES[name]
    found = scanned(name).scan
    expected = [None if each is None else Decimal(each).quantize(CENT) for each in figures]
    totals = [getattr(found.totals, number) for number in NAMES]
    assert [None if each is None else Decimal(each).quantize(CENT) for each in totals] == expected
    assert (found.rows, found.rejected) == (rows, 0)
    assert (found.currency, found.platform) == (currency, platform)
    assert {each.kind for each in found.questions} == asked


@pytest.mark.parametrize("name", FIGURES)
def test_its_rows_add_up_to_its_totals_once_everything_is_answered(name: str) -> None:
    found = scanned(name, currency="EUR", date_order="month first")
    rows = list(found.rows)
    if {each.kind for each in found.scan.questions} == {"days"}:
        assert rows == []
        return
    assert not found.scan.questions
    for number in ("impressions", "clicks", "spend", "conversions", "revenue"):
        held = [value for row in rows if (value := getattr(row, number)) is not None]
        total = getattr(found.scan.totals, number)
        if number in {"spend", "conversions", "revenue"} and total is not None:
            total = millionths(total)
        assert (sum(held) if held else None) == total


def test_upworthy_arms_and_the_global_table_add_up() -> None:
    arms = scanned("upworthy_ab_tests_dev.csv.gz").scan
    assert (arms.rows, arms.totals.impressions, arms.totals.clicks) == (11_571, 41_109_316, 614_620)
    found = scanned("global_ads_performance.csv").scan
    assert found.platforms == ("Google", "Meta", "TikTok")
    assert (found.totals.spend, found.totals.revenue) == (Decimal("11108749.09"), Decimal("54183330.81"))
    assert (found.totals.impressions, found.totals.clicks) == (185_254_234, 7_132_816)
    assert found.totals.conversions == 326_812


def test_kpis_come_from_rows_that_have_both_cells() -> None:
    found = {each.kpi: each for each in scanned("kasparro_fb_ads_undergarments.csv").scan.complete}
    ratios = {kpi: each.above / each.below for kpi, each in found.items()}
    assert round(ratios["ctr"] * 100, 4) == Decimal("1.3068")
    assert round(ratios["cpc"], 4) == Decimal("0.1388")
    assert round(ratios["cpa"], 4) == Decimal("6.3128")
    assert round(ratios["roas"], 4) == Decimal("5.8651")
    assert found["ctr"].left_out == 152


def test_totals_of_google_that_disagree_are_told_and_stop_nothing() -> None:
    found = scanned("google_native_campaign_report.csv").scan
    check = found.total_check
    assert check is not None
    assert (check.label, check.agrees, check.ours) == ("Total: Campaigns", True, Decimal("199421.15"))
    larger = [each.text for each in found.warnings if each.code == "larger_total"]
    assert len(larger) == 1
    assert "199,547.59" in larger[0]


def test_the_total_of_one_day_is_held_against_the_rows_of_that_day() -> None:
    check = scanned("layout_meta_daily_total_row.csv").scan.total_check
    assert check is not None
    assert (check.ours, check.theirs, check.agrees) == (Decimal(17_000), Decimal(17_000), True)


def test_a_day_whose_order_no_row_decides_is_asked_with_both_readings() -> None:
    asked = scanned("layout_linkedin_campaign_performance.csv").scan.questions
    assert [each.kind for each in asked] == ["date_order"]
    assert set(asked[0].options) == {"day first", "month first"}
    first = scanned("layout_linkedin_campaign_performance.csv", date_order="month first").scan
    assert first.days is not None
    assert [str(day) for day in first.days] == ["2025-09-01", "2025-09-02"]
