"""A campaign's window as Marko remembers it: the input, its identity and its revision."""

import hashlib
import json
import re
from datetime import UTC, date
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo

from pydantic import Field

from engine.models.campaign import CampaignPerformanceInput, Moment
from engine.models.from_rows import FromRows
from engine.models.value import Value


@lru_cache(maxsize=1 << 14)  # the same names are asked for again with every campaign of a list
def slug(text: str) -> str:
    """Fold a name to lower-case words joined by hyphens, so that spellings of one name meet."""
    return re.sub(r"[\W_]+", "-", text.casefold()).strip("-") or "unnamed"


class Titled(NamedTuple):
    """What one remembered window is called; ``key`` is its retrospective's."""

    key: str
    campaign_id: str
    given: str | None
    platform: str

    @property
    def name(self) -> str:
        return self.given or self.campaign_id

    @property
    def campaign_key(self) -> str:
        return self.key.rpartition("@")[0]

    @property
    def last_day(self) -> str:
        """As ISO text, so that text order is the order of days."""
        return self.key.rpartition("..")[2]


class Retrospective(Value):
    """The newest revision of one campaign's closed window.

    A campaign is (platform, account, campaign id); the account is "default" until an import names
    one. The same campaign and window replaces what was there and raises ``revision``. ``rows`` is its basis
    where it was built from rows: then its actual figures are theirs, whatever was handed in.
    """

    campaign: CampaignPerformanceInput
    revision: int
    received_at: Moment
    rows: FromRows | None = Field(default=None, exclude_if=lambda rows: rows is None)

    @property
    def campaign_key(self) -> str:
        return campaign_key(self.campaign)

    @property
    def key(self) -> str:
        """Name this campaign and this window; at most one retrospective has it."""
        start = self.campaign.window_start
        return f"{self.campaign_key}@{start or ''}..{self.last_day}"

    @property
    def name(self) -> str:
        return self.campaign.name or self.campaign.campaign_id

    @property
    def last_day(self) -> date:
        return last_day(self.campaign)

    @property
    def evidence_hash(self) -> str:
        """Digest of the input alone: equal inputs, equal hash, whenever they were received.

        Of rows it is what they say and what was compared with, not which file said it.
        """
        body = self.campaign.model_dump(mode="json")
        if self.rows is not None:
            body["rows"] = self.rows.model_dump(mode="json", include=TELLING)
        for name in ("timestamp", "as_of"):  # one moment, however its offset is written
            moment = getattr(self.campaign, name)
            body[name] = moment and moment.astimezone(UTC).isoformat()
        canonical = json.dumps(body, sort_keys=True, separators=(",", ":"), ensure_ascii=False)
        return hashlib.sha256(canonical.encode()).hexdigest()

    def says_more_than(self, held: "Retrospective") -> bool:
        """Whether this replaces what is held of the same window: other figures, and no older telling.

        Rows win over what was handed in, and over rows that were corrected.
        """
        if self.rows is not None:
            return held.evidence_hash != self.evidence_hash
        told = held.as_handed_in()
        if told is None:
            return True
        is_older = told.campaign.timestamp > self.campaign.timestamp
        return not is_older and told.evidence_hash != self.evidence_hash

    def as_handed_in(self) -> "Retrospective | None":
        """What somebody handed in for this window, whatever rows say of it; ``None`` where nobody did."""
        if self.rows is None:
            return self
        if self.rows.handed is None:
            return None
        return self.model_copy(update={"campaign": self.rows.handed, "rows": None})


# What of its basis is evidence.
TELLING = {"before", "faults", "forecast", "handed", "left_out", "scatters", "maturity"}


def campaign_key(campaign: CampaignPerformanceInput) -> str:
    return f"{slug(campaign.platform)}/{slug(campaign.account or 'default')}/{campaign.campaign_id}"


def last_day(campaign: CampaignPerformanceInput) -> date:
    """Give the last day of the window; without a window the data run up to the timestamp's day."""
    if campaign.window_end:
        return campaign.window_end
    zone = ZoneInfo(campaign.time_zone) if campaign.time_zone else UTC
    return campaign.timestamp.astimezone(zone).date()


def days_in_window(campaign: CampaignPerformanceInput) -> int | None:
    """Count the days of the window, both ends included; ``None`` when its start is unknown."""
    if campaign.window_start is None or campaign.window_end is None:
        return None
    return (campaign.window_end - campaign.window_start).days + 1
