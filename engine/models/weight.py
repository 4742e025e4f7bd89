"""Signal weights: how often a signal went with a real win, against what is usual."""

from datetime import date

from engine.models.value import Value


class WeightEvent(Value):
    """One trial that moved a weight: a campaign's real success or failure, shared among its signals."""

    campaign_id: str
    window: str
    day: date
    success: bool
    share: float


class SignalWeight(Value):
    """Weight 1.0 means nothing is known; 0.25 to 5 are the bounds."""

    signal: str
    weight: float
    successes: float
    trials: float
    events: tuple[WeightEvent, ...]


class Weights(Value):
    as_of: date | None
    signals: tuple[SignalWeight, ...]
