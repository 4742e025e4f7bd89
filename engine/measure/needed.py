"""How much more has to be counted until a verdict is reached in most cases, not merely if luck stands still.

What comes is random: after N more at the same rates the value will be somewhere around what it is now. N is
enough when the verdict is reached at most of the places where it then may be (assurance; O'Hagan, Stevens &
Campbell 2005).
"""

import math
from collections.abc import Callable

from engine.measure import distributions
from engine.measure.evidence import Evidence

MOST_CASES = 0.7
PLACES = tuple((place + 0.5) / 20 for place in range(20))  # quantiles of where it may then be
MOST = 10**12


def more_needed(evidence: Evidence, settled: Callable[[Evidence], bool]) -> int:
    """Give the fewest more events after which ``settled`` holds in most cases, by doubling, then halving."""
    places = [distributions.normal_quantile(place) for place in PLACES]

    def enough(more: int) -> bool:
        later = [_later(evidence, more, place) for place in places]
        return sum(settled(each) for each in later) >= MOST_CASES * len(later)

    high = 1
    while high < MOST and not enough(high):
        high *= 2
    low = high // 2
    while high - low > max(1, high // 200):
        middle = (low + high) // 2
        low, high = (low, middle) if enough(middle) else (middle, high)
    return high


def _later(evidence: Evidence, more: int, place: float) -> Evidence:
    """What will be known after ``more`` events at the same rate, so many standard deviations off."""
    luck = math.exp(place * math.sqrt(more * evidence.dispersion) / (evidence.events + more))
    grown = evidence.scaled(1 + more / evidence.events)
    value = evidence.value * luck if evidence.grows else evidence.value / luck
    events = grown.events * luck
    if grown.trials is not None:
        events = min(events, grown.trials)
        value = events / grown.trials
    return grown._replace(events=events, value=value)
