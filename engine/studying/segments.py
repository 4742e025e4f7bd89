"""``/marko segments [campaign|platform] [figure] [28d]``: which segments moved a figure, which did not."""

import math
from collections.abc import Collection, Sequence
from datetime import timedelta
from typing import NamedTuple, cast

from engine.explain.contribution import Contribution, Whole, contributions, named_share, rest, whole
from engine.explain.localise import Localised, Named, localise
from engine.explain.slices import Slices
from engine.lookup import find_known
from engine.measure.kpi import RATIOS
from engine.measure.maturity import lag_days
from engine.measure.mix_shift import COUNTED, amount, mix_shifts
from engine.measure.reliance import LATE
from engine.models.comparison import Kpi
from engine.models.daily import DailyRow
from engine.models.mix_shift import SegmentDimension
from engine.models.retrospective import slug
from engine.models.segments_study import ChangeRange, SegmentPart, SegmentsState, SegmentsStudy, ShareRange
from engine.studying.ground import Ground
from engine.studying.segment_rows import (
    HISTORY,
    Windows,
    facts,
    known_share,
    of_one_currency,
    rows_by_segment,
    windows,
)
from engine.studying.words_asked import words_asked

USUAL_DAYS, LEAST_DAYS, MOST_DAYS = 28, 7, 90
ENOUGH_EVENTS = 30  # in both windows together: with fewer not even a doubling of a segment shows
MOST_SHOWN = 12


class Asked(NamedTuple):
    """Whose rows, which figure (``None``: what can be told), and how many days."""

    whom: str
    kpi: Kpi | None
    days: int


class Whose(NamedTuple):
    """The campaigns that are meant by their main keys; ``name`` where it is one, or a platform."""

    keys: frozenset[str]
    name: str | None = None
    campaign_key: str | None = None


def study(ground: Ground, asked: str) -> SegmentsStudy:
    """Compare the newest complete days with the same weekdays before, segment by segment.

    Raises ``UnknownCampaign`` with the nearest names, ``AmbiguousCampaign``, or ``Refused``.
    """
    wanted = _read(asked, ground)
    whose = _whose(wanted.whom, ground)
    shift = -(-wanted.days // 7) * 7
    reach = timedelta(days=wanted.days + shift + HISTORY + 1)
    newest = max((each.last_day for each in ground.row_campaigns), default=ground.today)
    read = rows_by_segment(ground, whose.keys, min(newest, ground.today) - reach)
    currency, rows, others = of_one_currency(read.rows)
    found = SegmentsStudy(
        asked=asked,
        state="no days",
        kpi=wanted.kpi or _told_by(rows),
        name=whose.name,
        campaign_key=whose.campaign_key,
        campaigns=len({row.campaign_key for row in rows}),
        currency=currency,
        others=others,
        campaigns_left_out=read.left_out,
        known_days=len({row.first_day for row in rows}),
        noise_band=ground.rules.noise_band,
    )
    span = windows(rows, wanted.days)
    if not rows or span is None:
        return found.model_copy(
            update={"state": "too few days", "needed_days": 2 * LEAST_DAYS} if rows else {}
        )
    lag = max(lag_days(row.attribution, ground.rules.assumed_lag_days) for row in rows)
    known = known_share(rows, span, read.read_on, lag) if found.kpi in LATE else 1.0
    return _compared(found.model_copy(update={"known_share": known}), rows, span)


def _compared(found: SegmentsStudy, rows: Sequence[DailyRow], span: Windows) -> SegmentsStudy:
    told = facts(rows, span, found.kpi, found.known_share)
    located = localise(told) if len(told.day) else None
    total = whole(located) if located else None
    dated = {
        "first_day": span.first,
        "last_day": span.last,
        "before_first": span.before_first,
        "before_last": span.before_last,
    }
    if located is None or total is None:
        return found.model_copy(update=dated | {"state": "no figures"})
    update = dated | _of_whole(total, found.kpi) | {"looked_at": located.looked_at}
    update |= _found(located, total, found, rows, span)
    return found.model_copy(update=update)


def _found(
    located: Localised, total: Whole, found: SegmentsStudy, rows: Sequence[DailyRow], span: Windows
) -> dict[str, object]:
    """What stands out, or what is missing for that."""
    if sum(total.events) < ENOUGH_EVENTS:
        return {"state": "too early", "needed_events": ENOUGH_EVENTS - int(sum(total.events))}
    if not located.slices:
        return {"state": "one segment"}
    others = rest(located, found.noise_band)
    turn = _is_cost(found.kpi)
    return {
        "state": _state(located),
        "named": tuple(_named(each, located, total, found) for each in located.named),
        "shown": _shown(located, total, found),
        "rest": None if others is None else _range(others[0], 0.8, turned=turn),
        "rest_is": None if others is None else others[1],
        "mix": _mix(rows, span, found.kpi, located),
    }


def _state(located: Localised) -> SegmentsState:
    if located.named:
        return "found"
    return "everything" if located.common is not None else "nothing"


def _mix(rows: Sequence[DailyRow], span: Windows, kpi: Kpi, located: Localised) -> object:
    """The mix shift that matters most; days that scatter more than chance make it less sure."""
    before = [row for row in rows if span.before_first <= row.first_day <= span.before_last]
    now = [row for row in rows if span.first <= row.first_day <= span.last]
    shifts = mix_shifts(before, now, kpi, dispersion=located.scatter.usual, known=math.exp(located.late))
    return shifts[0] if shifts else None


def _shown(located: Localised, total: Whole, found: SegmentsStudy) -> tuple[SegmentPart, ...]:
    """All segments of the dimension that says most: that of what is named first, else with most events."""
    wanted = located.named[0].dimensions[:1] if located.named else ()
    single = [each for each in located.slices if len(each.dimensions) == 1]
    chosen = next((each for each in single if each.dimensions == wanted), None) or _widest(single, located)
    if chosen is None:
        return ()
    parts = contributions(located, total, chosen, found.noise_band)
    return tuple(_part(each, found.kpi) for each in parts[:MOST_SHOWN])


def _widest(single: Sequence[Slices], located: Localised) -> Slices | None:
    """The dimension that knows most events, the one with fewer segments where two know as many."""
    events = located.cells.events.sum(axis=0)
    return max(
        single,
        key=lambda each: (round(float(events[each.of_cell >= 0].sum())), -len(each.values)),
        default=None,
    )


def _named(each: Named, located: Localised, total: Whole, found: SegmentsStudy) -> SegmentPart:
    slices = next(own for own in located.slices if own.dimensions == each.dimensions)
    own = contributions(located, total, slices, found.noise_band)
    part = next(one for one in own if one.values == each.values)
    reach = 1.959964 * each.error
    change = (each.log_factor - reach, each.log_factor, each.log_factor + reach)
    exact = part._replace(change=change, share=named_share(located, total, each))
    return _part(exact, found.kpi)


def _part(each: Contribution, kpi: Kpi) -> SegmentPart:
    before, now = (None if ratio is None else _figure(ratio, kpi) for ratio in each.ratios)
    return SegmentPart(
        dimensions=cast("tuple[SegmentDimension, ...]", each.dimensions),
        values=each.values,
        before=before,
        now=now,
        change=_range(each.change, 0.95, turned=_is_cost(kpi)),
        share=None
        if each.share is None
        else ShareRange(low=100 * each.share[0], value=100 * each.share[1], high=100 * each.share[2]),
        weight_before=100 * each.weights[0],
        weight_now=100 * each.weights[1],
        n=each.events,
        verdict=each.verdict,
    )


def _of_whole(total: Whole, kpi: Kpi) -> dict[str, object]:
    reach = 1.959964 * total.error
    ends = (total.log_change - reach, total.log_change, total.log_change + reach)
    return {
        "before": _figure(total.ratios[0], kpi),
        "now": _figure(total.ratios[1], kpi),
        "change": _range(ends, 0.95, turned=_is_cost(kpi)),
        "n": total.events[1],
        "n_before": total.events[0],
    }


def _range(ends: tuple[float, float, float], level: float, *, turned: bool) -> ChangeRange:
    """Percent out of logs; a cost is the reciprocal of what money buys."""
    low, value, high = (-ends[2], -ends[1], -ends[0]) if turned else ends
    return ChangeRange(
        low=100 * math.expm1(low), value=100 * math.expm1(value), high=100 * math.expm1(high), level=level
    )


def _figure(ratio: float, kpi: Kpi) -> float | None:
    if not _is_cost(kpi):
        return ratio
    return 1 / ratio if ratio > 0 else None


def _is_cost(kpi: Kpi) -> bool:
    return RATIOS[kpi].bottom == COUNTED[kpi][0]


def _told_by(rows: Sequence[DailyRow]) -> Kpi:
    """The CPA where conversions are counted, else the CPC, else the CTR."""
    wanted: tuple[Kpi, ...] = ("cpa", "cpc")
    for kpi in wanted:
        above, below = COUNTED[kpi]
        if any(amount(row, above) and amount(row, below) for row in rows):
            return kpi
    return "ctr"


def _read(asked: str, ground: Ground) -> Asked:
    found = words_asked(asked, ground, COUNTED)
    days = found.days_within(LEAST_DAYS, MOST_DAYS, USUAL_DAYS)
    return Asked(found.whom, next((each for each in COUNTED if each == found.figure), None), days)


def _whose(whom: str, ground: Ground) -> Whose:
    if not whom:
        return Whose(_main([each.campaign_key for each in ground.row_campaigns], ground))
    platforms = {slug(each.platform): each.platform for each in ground.row_campaigns}
    if slug(whom) in platforms and not ground.is_name(whom):
        own = [each.campaign_key for each in ground.row_campaigns if slug(each.platform) == slug(whom)]
        return Whose(_main(own, ground), platforms[slug(whom)])
    known = find_known(whom, ground.known)
    return Whose(frozenset({known.campaign_key}), known.name, known.campaign_key)


def _main(keys: Collection[str], ground: Ground) -> frozenset[str]:
    return frozenset(ground.links.get(each, each) for each in keys)
