"""The facts that exports bring: one row a day (or range) and part of a campaign. Never documents."""

from datetime import date
from typing import NamedTuple


class DailyRow(NamedTuple):
    """One day of one part of one campaign. Texts are "" and numbers ``None`` where the file has none.

    ``first_day`` and ``last_day`` are equal but for rows that span a range. ``campaign_id`` is the platform's
    id, or the normalised name where there is none; ``campaign`` the name as the file writes it. Money and
    conversions are whole millionths. Rows of one key may be several: cells that are missing stay missing,
    so rows in which different cells are missing are never added up.
    """

    first_day: date
    last_day: date
    platform: str
    account: str  # its id, else its name, else "default"
    campaign_id: str
    campaign: str
    ad_set: str
    ad: str
    creative: str
    audience: str
    placement: str
    device: str
    country: str
    currency: str
    objective: str
    attribution: str
    impressions: int | None
    clicks: int | None
    spend: int | None
    conversions: int | None
    revenue: int | None
    reach: int | None


class DaySum(NamedTuple):
    """One campaign's day in force, summed over its parts; money and conversions in millionths.

    ``None`` where no row has the number. ``partly`` names numbers that some rows of the day lack.
    """

    day: date
    currency: str
    impressions: int | None
    clicks: int | None
    spend: int | None
    conversions: int | None
    revenue: int | None
    reach: int | None
    partly: frozenset[str]
