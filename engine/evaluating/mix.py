"""Golden task "mix": whether a rate moved by its mix of segments, within them, by both or not at all."""

from collections import defaultdict
from pathlib import Path

from engine.errors import Fault, Refused
from engine.evaluating.tables import columns
from engine.measure.mix import Segment, Tally, mix_split

WINDOWS = ("baseline", "current")
COUNTS = frozenset({"impressions", "clicks", "conversions"})


def predict(folder: Path) -> dict[str, object]:
    """Read ``segments.csv`` (period, a segment's name, trials, events) and tell what drove the change.

    Rows of one period and segment are added up. Raises ``Refused`` for a period that is neither window.
    """
    table = columns(folder / "segments.csv")
    below, above = [name for name in table if name in COUNTS][:2]
    named = next(name for name in table if name not in COUNTS and name != "period")
    tallies: dict[str, list[Tally]] = defaultdict(lambda: [Tally(0, 0), Tally(0, 0)])
    for period, name, trials, events in zip(
        table["period"], table[named], table[below], table[above], strict=True
    ):
        if period not in WINDOWS:
            raise Refused([Fault("period", period, " or ".join(WINDOWS))])
        own, at = tallies[name], WINDOWS.index(period)
        own[at] = Tally(own[at].below + float(trials or 0), own[at].above + float(events or 0))
    found = mix_split([Segment(name, *own) for name, own in tallies.items()])
    if found is None:
        return {"driver": "none", "paradox": False, "mix_effect_rel": 0.0, "rate_effect_rel": 0.0}
    return {
        "driver": found.driver,
        "paradox": found.paradox,
        "mix_effect_rel": round(found.mix.share, 6),
        "rate_effect_rel": round(found.rate.share, 6),
    }
