"""What repeats over campaigns: levels against the rest, wasted money, trends, groups, tags."""

from datetime import date
from typing import Literal

from pydantic import Field

from engine.models.comparison import Interval
from engine.models.value import Value

Dimension = Literal["audience", "creative_type", "platform"]
PatternKind = Literal["winning_audience", "winning_creative", "platform"]
LifeStatus = Literal["candidate", "validated", "decaying", "retracted"]


class LevelEffect(Value):
    """One level (``audience:students-18-25``) against the campaigns without it.

    ``lift_pct`` is the change of log(actual CPA / own forecast CPA) turned into percent: −18 means
    a CPA 18 % lower against forecast than the rest. ``impact`` is money: what the lift was worth
    over the level's own campaigns, positive when it saved; ``None`` where currencies differ or are
    not given. ``status`` is where it stands in its life (``PatternLife``). One campaign id may run on
    several platforms: ``campaign_keys`` tell them apart; what was kept before there were keys has none.
    ``last_tested`` is the last day of its campaigns, and of a pattern with a life that of the campaigns
    that could test it; the figures reach ``until``.
    """

    kind: PatternKind
    signal: str
    name: str
    dimension: Dimension
    metric: Literal["cpa"] = "cpa"
    lift_pct: float
    interval: Interval
    direction: Literal["better", "worse"]
    certainty: float
    p_value: float
    campaigns: int
    campaign_ids: tuple[str, ...]
    attribution_windows: tuple[str, ...]
    basis: Literal["each campaign against its own forecast"] = "each campaign against its own forecast"
    last_tested: date
    status: LifeStatus = "candidate"
    impact: float | None
    currency: str | None
    campaign_keys: tuple[str, ...] = ()
    until: date | None = None

    def is_of(self, campaign_id: str, campaign_key: str) -> bool:
        """Say whether this campaign has the level and was compared."""
        return campaign_key in self.campaign_keys if self.campaign_keys else campaign_id in self.campaign_ids


class Inefficiency(Value):
    """Money a campaign spent above an achievable benchmark, with an 80 % interval.

    ``campaign_key`` is empty in what was kept before there were keys.
    """

    kind: Literal["inefficiency"] = "inefficiency"
    campaign_id: str
    campaign_key: str = ""
    name: str
    wasted: float
    interval: Interval
    benchmark_cpa: float
    actual_cpa: float
    conversions: float
    currency: str | None
    impact: float


class PlatformTrend(Value):
    """A platform's CPA against forecast over time; slope in percent per 30 days."""

    kind: Literal["platform_trend"] = "platform_trend"
    signal: str
    name: str
    slope_pct_per_30_days: float
    interval: Interval
    direction: Literal["improving", "worsening"]
    p_value: float
    campaigns: int
    since: date
    until: date
    attribution_windows: tuple[str, ...]
    impact: float | None


ClusterName = Literal["scale_winners", "efficient_converters", "at_risk"]


class MovedCampaign(Value):
    """A campaign that was in another group in an earlier week, and why it moved: where its CPA stands
    against its own forecast now, in percent, and on how many conversions."""

    campaign_id: str
    before: str
    delta_pct: float
    conversions: float


class Cluster(Value):
    """Campaigns that behaved alike, of each of which the name is certain. ``id`` stays over weeks; what was
    kept before there were ids has none."""

    name: ClusterName
    campaign_ids: tuple[str, ...]
    id: str = Field(default="", exclude_if=lambda identifier: not identifier)
    moved: tuple[MovedCampaign, ...] = Field(default=(), exclude_if=lambda moved: not moved)


class Patterns(Value):
    """Everything that repeats over what is remembered, seen from one campaign.

    ``platform_trends`` holds platforms against the rest and platforms over time. ``notes`` say what
    cannot be judged yet, such as "Students 18-25: 2 of 3 campaigns".
    """

    winning_audiences: tuple[LevelEffect, ...]
    winning_creatives: tuple[LevelEffect, ...]
    inefficiencies: tuple[Inefficiency, ...]
    platform_trends: tuple[LevelEffect | PlatformTrend, ...]
    clusters: tuple[Cluster, ...]
    tags: tuple[str, ...]
    notes: tuple[str, ...]

    @property
    def winners(self) -> tuple[LevelEffect, ...]:
        return (*self.winning_audiences, *self.winning_creatives)


class SimilarCampaign(Value):
    """A remembered campaign that shares most with this one, what was done with it, and what came of it.

    ``score`` is 0 to 1; ``why`` names what they share, such as "platform Meta". ``done`` is the newest
    decision in words; ``outcome`` is what was measured of it, if anything was.
    """

    campaign_id: str
    campaign_key: str = ""
    name: str
    score: float
    why: tuple[str, ...]
    delta_pct: float | None
    verdict: str
    done: str | None = None
    outcome: str | None = None
