"""The settings of judgement and action; every default is told in ``docs/architecture.md``."""

from engine.models.change_prior import ChangePrior
from engine.models.value import Value


class Rules(Value):
    """How Marko judges and what it may propose.

    ``tolerance``: a change within ±5 % is nobody's business. ``certainty``: a change is real when
    P(beyond the tolerance) is above it. ``noise_band``: a change is noise when its 95 % interval
    lies within ±20 %. ``change_limit``: the most a proposal may move spend, relative.
    ``significant`` and ``critical``: sizes of a real change, relative. ``prior``: what is believed of changes
    before any figure is seen. ``alarm_level``: how often, of campaign-weeks in which nothing happened, one
    may be told unasked that something moved. ``assumed_lag_days``: how long conversions come in where
    neither the files nor earlier readings of them say it.
    ``replication_certainty``: how sure campaigns that had no part in a claim have to be of it, one-sided.
    ``decay_days``: a validated pattern that no campaign tested for longer is decaying.
    ``quality_floor``: below it, of 100, rows get no verdict and nothing is proposed on them.
    ``stale_days``: no money is moved on figures that are older; the proposal is on hold.
    """

    tolerance: float = 0.05
    certainty: float = 0.90
    noise_band: float = 0.20
    interval_level: float = 0.95
    false_discovery_rate: float = 0.10
    campaigns_a_level: int = 3
    campaigns_to_cluster: int = 8
    campaigns_for_a_trend: int = 16
    spend_step: float = 0.15
    change_limit: float = 0.20
    horizon_days: int = 7
    spend_elasticity: tuple[float, float] = (0.6, 1.0)
    forgetting_half_life_days: float = 180.0
    replication_certainty: float = 0.975
    decay_days: int = 90
    reuse_hours: int = 24
    stale_days: int = 30
    quality_floor: int = 70
    significant: float = 0.10
    critical: float = 0.30
    alarm_level: float = 0.005
    assumed_lag_days: int = 7
    prior: ChangePrior = ChangePrior()
