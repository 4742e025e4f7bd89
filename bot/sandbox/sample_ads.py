"""An export by ad, placement and day with things to be found in it: ten weeks of a made-up Meta account.

One placement stops selling, one video tires while its siblings hold, one campaign earns more from each
further euro than another, and the rest is chance: days that differ as real ones do. It is the same every
time it is asked for on one day.
"""

import csv
import io
import random
from collections.abc import Iterator
from datetime import date, datetime, timedelta
from decimal import Decimal
from typing import NamedTuple
from zoneinfo import ZoneInfo

DAYS = 70
CENT = Decimal("0.01")
WEEK = (0.97, 0.93, 0.94, 0.98, 1.05, 1.09, 1.04)  # Monday to Sunday
PLACEMENTS = {"feed": 0.40, "stories": 0.22, "audience network": 0.38}  # with their share of what is spent
BROKEN_DAYS, TIRING_DAYS = 18, 24  # how many days ago it began
BROKEN, TIRING = ("harbour-lights", "audience network"), "UK_Prospecting_Video_skyline-by-night"


class Campaign(NamedTuple):
    """``spend`` a day, and what its clicks bring; ``power`` says how results grow with what is spent."""

    name: str
    audience: str
    spend: float
    power: float
    ctr: float
    cpm: float
    cvr: float
    order: float
    ads: tuple[str, str, str]


CAMPAIGNS = (
    Campaign(
        "harbour-lights", "Weekend travellers", 420, 0.85, 0.016, 9.0, 0.034, 62.0,
        ("DE_Prospecting_Video_lantern-evening", "DE_Prospecting_Image_ticket-for-two",
         "DE_Prospecting_Carousel_five-piers"),
    ),
    Campaign(
        "city-weekend", "Students 18-25", 380, 0.85, 0.019, 8.0, 0.027, 48.0,
        ("UK_Prospecting_Video_skyline-by-night", "UK_Prospecting_Image_train-and-hostel",
         "UK_Prospecting_Carousel_three-free-museums"),
    ),
    Campaign(
        "garden-days", "New parents 25-40", 260, 0.95, 0.014, 7.5, 0.046, 55.0,
        ("FR_Retargeting_Image_picnic-basket", "FR_Retargeting_Video_children-and-tulips",
         "FR_Retargeting_Carousel_family-ticket"),
    ),
    Campaign(
        "spring-vouchers", "Past visitors", 520, 0.45, 0.012, 8.5, 0.024, 45.0,
        ("DE_Retargeting_Image_voucher-20-euro", "DE_Retargeting_Image_last-chance-voucher",
         "DE_Retargeting_Video_unwrap-your-voucher"),
    ),
)  # fmt: skip
HEADER = (
    "Campaign name", "Ad set name", "Ad name", "Placement", "Day", "Attribution setting", "Results",
    "Result indicator", "Impressions", "Link clicks", "Amount spent (EUR)", "Purchases conversion value",
)  # fmt: skip
_BOUGHT = "actions:offsite_conversion.fb_pixel_purchase"


def ads_export(now: datetime, zone: ZoneInfo) -> bytes:
    """English, by ad, placement and day."""
    yesterday = now.astimezone(zone).date() - timedelta(days=1)
    text = io.StringIO()
    table = csv.writer(text, lineterminator="\r\n")
    table.writerow(HEADER)
    for back in range(DAYS - 1, -1, -1):
        day = yesterday - timedelta(days=back)
        for campaign in CAMPAIGNS:
            table.writerows(_rows(campaign, day, back))
    return text.getvalue().encode()


def _rows(campaign: Campaign, day: date, back: int) -> Iterator[list[str]]:
    chance = random.Random(f"{campaign.name} {DAYS - back}")  # noqa: S311  a sample, no secret
    busy = WEEK[day.weekday()] * chance.lognormvariate(0, 0.22)  # what was spent that day, of the usual
    mood = chance.lognormvariate(0, 0.03)
    for ad in campaign.ads:
        for placement, share in PLACEMENTS.items():
            spend = campaign.spend * busy * share / 3
            impressions = _count(spend / campaign.cpm * 1000, chance)
            clicks = _count(impressions * campaign.ctr * mood * _tired(ad, back), chance)
            sold = clicks * campaign.cvr * busy ** (campaign.power - 1) * _sells(campaign, placement, back)
            conversions = min(clicks, _count(sold, chance))
            money = Decimal(spend).quantize(CENT)
            revenue = Decimal(conversions * campaign.order * chance.lognormvariate(0, 0.1)).quantize(CENT)
            yield [
                campaign.name, campaign.audience, ad, placement, day.isoformat(), "7-day click",
                f"{conversions}", _BOUGHT, f"{impressions}", f"{clicks}", f"{money}", f"{revenue}",
            ]  # fmt: skip


def _tired(ad: str, back: int) -> float:
    """A video that everybody has seen by now is clicked less each day; its siblings are not."""
    return 0.965 ** (TIRING_DAYS - back) if ad == TIRING and back < TIRING_DAYS else 1.0


def _sells(campaign: Campaign, placement: str, back: int) -> float:
    return 0.10 if (campaign.name, placement) == BROKEN and back < BROKEN_DAYS else 1.0


def _count(mean: float, chance: random.Random) -> int:
    """A Poisson count, by the normal where it is large (Knuth's way below)."""
    if mean > 60:
        return max(0, round(chance.gauss(mean, mean**0.5)))
    left, count = mean, -1
    while left > 0:
        left -= chance.expovariate(1.0)
        count += 1
    return max(count, 0)
