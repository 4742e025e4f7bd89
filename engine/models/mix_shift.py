"""A figure that moved because its volume went elsewhere, in numbers."""

from typing import Literal

from engine.models.comparison import Kpi
from engine.models.value import Value

SegmentDimension = Literal[
    "platform", "account", "campaign", "ad set", "placement", "device", "country", "audience", "creative"
]


class MixShift(Value):
    """How much of a KPI's change came from the mix of segments, and how much from within them.

    Percent of the KPI before, each by itself. ``driver`` says what of it is more than chance, ``certainty``
    how sure that is. ``grown`` is the segment that moved most of the mix; weights are its share of the
    volume, in percent. ``alike`` of ``segments`` moved as the rate did. With ``paradox`` that is against
    the total.
    """

    kpi: Kpi
    dimension: SegmentDimension
    driver: Literal["mix", "rate", "both"]
    paradox: bool
    total_pct: float
    mix_pct: float
    rate_pct: float
    certainty: float
    grown: str
    weight_before: float
    weight_now: float
    alike: int
    segments: int
