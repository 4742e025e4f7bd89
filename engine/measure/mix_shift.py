"""Two windows of daily rows: whether a KPI moved by its mix of segments, in any dimension. Pure."""

from collections import defaultdict
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import get_args

from engine.measure.mix import MATERIAL, MixSplit, Segment, Tally, mix_split
from engine.models.comparison import Kpi
from engine.models.daily import DailyRow
from engine.models.export import Number
from engine.models.mix_shift import MixShift, SegmentDimension

DIMENSIONS: tuple[SegmentDimension, ...] = get_args(SegmentDimension)
SURE = 0.8  # P(the mix moved it materially), and the rates where they are said too
MOST_SEGMENTS = 200  # of a dimension: beyond, none can be named
COUNTED: Mapping[Kpi, tuple[Number, Number]] = {
    "ctr": ("clicks", "impressions"),
    "cvr": ("conversions", "clicks"),
    "cpa": ("conversions", "spend"),
    "cpc": ("clicks", "spend"),
}
"""What is counted, on what. Costs are told by what money buys, since that is what chance moves."""

Labels = Callable[[DailyRow], str]
LABELS: Mapping[SegmentDimension, Labels] = {
    "platform": lambda row: row.platform,
    "account": lambda row: row.account,
    "campaign": lambda row: row.campaign or row.campaign_id,
    "ad set": lambda row: row.ad_set,
    "placement": lambda row: row.placement,
    "device": lambda row: row.device,
    "country": lambda row: row.country,
    "audience": lambda row: row.audience,
    "creative": lambda row: row.creative or row.ad,
}


def mix_shifts(
    before: Iterable[DailyRow],
    now: Iterable[DailyRow],
    kpi: Kpi,
    *,
    dispersion: float = 1.0,
    known: float = 1.0,
) -> list[MixShift]:
    """Tell, for each dimension in which it is so, that the mix moved the KPI; a paradox comes first.

    A dimension that some rows do not name is left out: a breakdown that begins to be told is no mix.
    ``known`` is the share of the newer window's events that have come in.
    """
    tallies = _tallies((before, now), kpi, known)
    found = []
    for dimension in DIMENSIONS:
        segments = [Segment(name, *own) for name, own in sorted(tallies[dimension].items())]
        if not 2 <= len(segments) <= MOST_SEGMENTS or not segments[0].name:
            continue
        split = mix_split(segments, is_share=kpi in {"ctr", "cvr"}, dispersion=dispersion)
        if split is not None and (shift := _told(split, kpi, dimension)):
            found.append(shift)
    return sorted(found, key=lambda each: (not each.paradox, -abs(each.mix_pct)))


def by_kpi(share: float, kpi: Kpi) -> float:
    """Turn a share of what money buys into percent of the KPI: half as many conversions is +100 % CPA."""
    return 100 * (1 / (1 + max(share, -0.99)) - 1 if kpi in {"cpa", "cpc"} else share)


def _told(split: MixSplit, kpi: Kpi, dimension: SegmentDimension) -> MixShift | None:
    if split.driver not in {"mix", "both"} or split.mix.certainty < SURE:
        return None
    paradox = split.paradox and split.rate.certainty >= SURE
    way = 1 if split.mix.share > 0 else -1
    grown = max(split.moves, key=lambda each: way * each.mix if each.weights[1] > each.weights[0] else 0.0)
    seen = [each for each in split.moves if None not in each.ratios]
    if way * grown.mix <= MATERIAL / 10:  # many went a little: nobody can be named
        return None
    return MixShift(
        kpi=kpi,
        dimension=dimension,
        driver="both" if split.driver == "both" else "mix",
        paradox=paradox,
        total_pct=by_kpi(split.total.share, kpi),
        mix_pct=by_kpi(split.mix.share, kpi),
        rate_pct=by_kpi(split.rate.share, kpi),
        certainty=min(split.mix.certainty, split.rate.certainty) if paradox else split.mix.certainty,
        grown=grown.name,
        weight_before=100 * grown.weights[0],
        weight_now=100 * grown.weights[1],
        alike=sum(each.rate * split.rate.share > 0 for each in seen),
        segments=len(seen),
    )


def _tallies(
    windows: Sequence[Iterable[DailyRow]], kpi: Kpi, known: float
) -> dict[SegmentDimension, dict[str, list[Tally]]]:
    """Add up what is counted, over rows that have both cells; a row without a name is in no segment."""
    above, below = COUNTED[kpi]
    found: dict[SegmentDimension, dict[str, list[Tally]]] = {
        dimension: defaultdict(lambda: [Tally(0, 0), Tally(0, 0)]) for dimension in DIMENSIONS
    }
    for at, rows in enumerate(windows):
        for row in rows:
            top, bottom = amount(row, above), amount(row, below)
            if top is None or bottom is None:
                continue
            for dimension, label in LABELS.items():
                own = found[dimension][label(row) or ""]
                own[at] = Tally(own[at].below + bottom, own[at].above + (top / known if at else top))
    return found


def amount(row: DailyRow, number: Number) -> float | None:
    """One cell in its own unit."""
    value: int | None = getattr(row, number)
    if value is None:
        return None
    return value / 1e6 if number in {"spend", "conversions", "revenue"} else float(value)
