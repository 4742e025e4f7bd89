"""The facts that exports bring: one row a day (or range) and part of a campaign. Never documents."""

from datetime import date
from typing import NamedTuple

from engine.models.export import Number
from engine.models.retrospective import slug

Figures = tuple[int | None, ...]
"""Numbers in the order of ``NUMBERS``; money and conversions in millionths, ``None`` where no row has it."""


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

    @property
    def campaign_key(self) -> str:
        """Of the kind that retrospectives have (``engine.models.retrospective.campaign_key``)."""
        return f"{slug(self.platform)}/{slug(self.account)}/{self.campaign_id}"


PAIRS: tuple[tuple[Number, Number], ...] = (
    ("clicks", "impressions"),
    ("conversions", "clicks"),
    ("spend", "conversions"),
    ("revenue", "spend"),
    ("spend", "clicks"),
    ("spend", "impressions"),
    ("revenue", "conversions"),
)
"""What ratios are made of: top and bottom, each a sum over the rows that have both."""


class DaySum(NamedTuple):
    """One campaign's day in force, summed over its parts; money and conversions in millionths.

    ``None`` where no row has the number. ``partly`` names numbers that some rows of the day lack. ``rows``
    counts the rows, ``filled`` those that have the number, in the order of ``NUMBERS``. Where something is
    partly missing, ``pairs`` holds for each of ``PAIRS`` both sums over the rows that have both cells
    (``None`` where no row has); it is empty where every row has the same numbers.
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
    rows: int = 1
    filled: tuple[int, ...] = ()
    pairs: tuple[tuple[int, int] | None, ...] = ()


class RowCampaign(NamedTuple):
    """A campaign that rows are known of: its key, what its newest rows call it, and the days they cover.

    The key is its own, also where it is linked to another. Texts are "" where no row has them. ``names`` are
    all spellings that rows have, the newest last.
    """

    campaign_key: str
    platform: str
    account: str
    campaign_id: str
    name: str
    objective: str
    attribution: str
    currency: str
    first_day: date
    last_day: date
    names: tuple[str, ...] = ()
    rows: int = 0
