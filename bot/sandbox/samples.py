"""The sample history that the sandbox starts with: a made-up shop's campaigns, up to yesterday.

Every state of a card has its campaign: a win, a loss, noise, too early, no forecast, no revenue, no
conversions. Windows are counted back from today, so that the samples never look old.
"""

import json
from datetime import UTC, datetime, timedelta
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

STUDENTS = "Students 18-25"
PARENTS = "New parents 25-40"
TRAVELLERS = "Weekend travellers"
VISITORS = "Past visitors"


class Totals(NamedTuple):
    impressions: int
    clicks: int
    conversions: int
    spend: float
    revenue: float | None


class Sample(NamedTuple):
    """One campaign: ``ended`` and ``days`` place its window before today."""

    name: str
    platform: str
    objective: str
    ended: int
    days: int
    expected: Totals
    actual: Totals
    audiences: tuple[str, ...]
    creatives: tuple[tuple[str, str], ...]


SAMPLES = (
    Sample(
        "campus-reels", "Meta", "Sales", 64, 28,
        Totals(600_000, 9_000, 270, 10_800.0, 27_000.0),
        Totals(640_000, 11_520, 392, 11_050.0, 38_900.0),
        (STUDENTS,), (("dorm-video", "video"), ("price-image", "image")),
    ),
    Sample(
        "autumn-brand", "Google", "Sales", 50, 28,
        Totals(400_000, 12_000, 480, 19_200.0, 48_000.0),
        Totals(412_000, 12_280, 489, 19_450.0, 48_700.0),
        (VISITORS,), (("brand-text", "search_text"),),
    ),
    Sample(
        "exam-season", "TikTok", "Sales", 43, 21,
        Totals(500_000, 6_500, 195, 7_800.0, 19_500.0),
        Totals(560_000, 8_960, 287, 8_050.0, 27_900.0),
        (STUDENTS,), (("desk-video", "video"),),
    ),
    Sample(
        "warm-retargeting", "Meta", "Sales", 36, 28,
        Totals(300_000, 6_000, 360, 10_800.0, 36_000.0),
        Totals(310_000, 5_580, 268, 11_200.0, 27_400.0),
        (VISITORS,), (("cart-image", "image"), ("offer-carousel", "carousel")),
    ),
    Sample(
        "family-bundle", "Google", "Sales", 29, 28,
        Totals(260_000, 7_800, 312, 12_480.0, 31_200.0),
        Totals(251_000, 6_900, 236, 12_900.0, 23_900.0),
        (PARENTS,), (("bundle-text", "search_text"),),
    ),
    Sample(
        "pop-up-store", "Meta", "Sales", 29, 28,
        Totals(0, 0, 0, 0.0, None),
        Totals(210_000, 4_200, 147, 5_880.0, 16_200.0),
        (TRAVELLERS,), (("street-image", "image"),),
    ),
    Sample(
        "pop-up-store", "Meta", "Sales", 1, 28,
        Totals(0, 0, 0, 0.0, None),
        Totals(235_000, 4_935, 212, 6_150.0, 23_400.0),
        (TRAVELLERS,), (("street-image", "image"),),
    ),
    Sample(
        "spring-sale", "Meta", "Sales", 1, 28,
        Totals(833_333, 10_000, 300, 12_300.0, 30_750.0),
        Totals(820_200, 12_303, 390, 12_090.0, 42_315.0),
        (STUDENTS, TRAVELLERS), (("beach-video", "video"), ("sale-image", "image")),
    ),
    Sample(
        "new-parents", "Meta", "Leads", 1, 14,
        Totals(1_400_000, 28_000, 574, 25_830.0, 57_400.0),
        Totals(1_500_000, 24_000, 480, 28_080.0, 47_100.0),
        (PARENTS,), (("crib-image", "image"), ("sleep-carousel", "carousel")),
    ),
    Sample(
        "city-break", "TikTok", "Sales", 1, 6,
        Totals(120_000, 1_560, 47, 1_880.0, 4_700.0),
        Totals(31_000, 420, 14, 650.0, 1_390.0),
        (TRAVELLERS,), (("skyline-video", "video"),),
    ),
    Sample(
        "newsletter-leads", "LinkedIn", "Leads", 1, 28,
        Totals(90_000, 1_350, 135, 5_400.0, None),
        Totals(94_000, 1_690, 182, 5_460.0, None),
        ("Shop owners",), (("guide-document", "document"),),
    ),
    Sample(
        "night-owls", "Google", "Sales", 1, 7,
        Totals(60_000, 900, 27, 1_080.0, 2_700.0),
        Totals(48_000, 610, 0, 790.0, 0.0),
        ("Late shoppers",), (("late-text", "search_text"),),
    ),
)  # fmt: skip


# What nobody has handed in yet: the file that the sandbox's guide drops.
FRESH = (
    Sample(
        "summer-rentals", "TikTok", "Sales", 1, 21,
        Totals(700_000, 9_100, 273, 9_555.0, 24_570.0),
        Totals(735_000, 11_760, 371, 9_720.0, 33_800.0),
        (STUDENTS,), (("rooftop-video", "video"), ("map-image", "image")),
    ),
    Sample(
        "toy-fair", "Google", "Sales", 1, 28,
        Totals(240_000, 7_200, 288, 10_080.0, 27_360.0),
        Totals(236_000, 6_300, 214, 10_450.0, 20_100.0),
        (PARENTS,), (("wooden-train-text", "search_text"),),
    ),
)  # fmt: skip
SAMPLE_FILE = "fresh-campaigns.json"


def sample_file(now: datetime, zone: ZoneInfo) -> bytes:
    """A file of two campaigns that are not in the history, as a person would drop it into a channel."""
    campaigns = [_campaign(each, now, zone) for each in FRESH]
    return json.dumps(campaigns, ensure_ascii=False, indent=2).encode()


def sample_history(now: datetime, zone: ZoneInfo) -> str:
    """Write the samples as the JSON that ``marko analyze`` takes, with windows before ``now``."""
    return json.dumps([_campaign(each, now, zone) for each in SAMPLES], ensure_ascii=False)


def _campaign(sample: Sample, now: datetime, zone: ZoneInfo) -> dict[str, Any]:
    local = now.astimezone(zone)
    last = local.date() - timedelta(days=sample.ended)
    read = datetime(last.year, last.month, last.day, 7, 40, tzinfo=zone) + timedelta(days=1)
    return {
        "campaign_id": sample.name,
        "platform": sample.platform,
        "objective": sample.objective,
        "expected_metrics": _metrics(sample.expected),
        "actual_metrics": _metrics(sample.actual),
        "audiences": [{"name": name, "attributes": {}} for name in sample.audiences],
        "creatives": [{"id": each, "type": kind, "headline": ""} for each, kind in sample.creatives],
        "timestamp": read.astimezone(UTC).isoformat(),
        "as_of": read.isoformat(),
        "window_start": (last - timedelta(days=sample.days - 1)).isoformat(),
        "window_end": last.isoformat(),
        "currency": "EUR",
        "time_zone": str(zone),
        "attribution_window": "30-day click" if sample.platform == "Google" else "7-day click",
    }


def _metrics(totals: Totals) -> dict[str, Any]:
    return {name: value for name, value in totals._asdict().items() if value is not None}
