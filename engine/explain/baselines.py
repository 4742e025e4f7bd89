"""Three baselines side by side: the forecast, the campaign's own past, and how the others moved."""

import math
from collections.abc import Sequence

from engine.explain.standing import Standing, newest_by_campaign, worked_out_once
from engine.measure import distributions, kpi
from engine.measure.comparison import certainty_of
from engine.measure.history import own_history, own_shift
from engine.measure.sceptic import Shift
from engine.models.baselines import Baseline, BaselineName, Baselines
from engine.models.comparison import Comparison, Interval, Verdict
from engine.models.recommendation import OwnHistory
from engine.models.rules import Rules

FEWEST_OTHERS = 3
SAME_DAYS = 0.5  # of a window that another's has to cover, to be the same time


def baselines(
    focus: Standing, standings: Sequence[Standing], comparison: Comparison, rules: Rules
) -> Baselines:
    """Hold the driver against each baseline that there is; the forecast drives, else its own past."""
    remembered = [each.retrospective for each in standings]
    history = own_history(focus.retrospective, remembered, rules)
    every = (
        _forecast(comparison),
        _own(history, focus, rules),
        _portfolio(focus, standings, comparison, rules),
    )
    known: list[BaselineName] = [each.name for each in every if each.value is not None]
    drives = next((name for name in known if name != "portfolio"), None)
    return Baselines(kpi=comparison.driver, actual=comparison.lead.actual, every=every, drives=drives)


def _forecast(comparison: Comparison) -> Baseline:
    lead = comparison.lead
    if lead.expected is None:
        return Baseline(name="forecast", value=None)
    ends = lead.interval and (lead.interval.low, lead.interval.high)
    low, high = ((None if end is None else (end / lead.expected - 1) * 100) for end in ends or (None, None))
    return Baseline(
        name="forecast",
        value=lead.expected,
        delta_pct=lead.delta_pct,
        interval=Interval(low=low, high=high, level=lead.interval.level) if lead.interval else None,
        verdict=lead.verdict,
        favourable=lead.favourable,
        certainty=lead.certainty,
    )


def _own(history: OwnHistory | None, focus: Standing, rules: Rules) -> Baseline:
    if history is None:
        return Baseline(name="own history", value=None)
    found = _moved(focus)
    return Baseline(
        name="own history",
        value=history.before,
        delta_pct=history.delta_pct,
        interval=_range(found, rules) if found else None,
        verdict=history.verdict,
        favourable=history.favourable,
        certainty=history.certainty,
        first_day=history.first_day,
        last_day=history.last_day,
    )


def _portfolio(
    focus: Standing, standings: Sequence[Standing], comparison: Comparison, rules: Rules
) -> Baseline:
    """How the others moved between the same windows, applied to its own past (difference in differences).

    The others' mean leaves the campaign itself out; its error is that of how differently they moved.
    """
    others = [each for each in newest_by_campaign(standings) if _is_beside(each, focus)]
    moves = [found for each in others if (found := _moved(each)) is not None]
    own, rows = _moved(focus), focus.retrospective.rows
    past = rows.before.actual if rows and rows.before else None
    before = None if past is None else kpi.value(comparison.driver, past)
    if len(moves) < FEWEST_OTHERS or own is None or not before:
        return Baseline(name="portfolio", value=None, campaigns=len(moves))
    mean, error = _mean(moves)
    found = Shift(own.change - mean, math.hypot(own.error, error))
    certainty, span = certainty_of(found, rules), _range(found, rules)
    return Baseline(
        name="portfolio",
        value=before * math.exp(mean),
        delta_pct=math.expm1(found.change) * 100,
        interval=span,
        verdict=_verdict(certainty, span, rules),
        favourable=None
        if not found.change
        else (found.change < 0) == (comparison.driver in kpi.LOWER_IS_BETTER),
        certainty=certainty,
        first_day=rows.before.first_day if rows and rows.before else None,
        last_day=rows.before.last_day if rows and rows.before else None,
        campaigns=len(moves),
    )


@worked_out_once
def _moved(each: Standing) -> Shift | None:
    """A campaign's change from its own window before, where rows know both."""
    return own_shift(each.retrospective)


def _is_beside(each: Standing, focus: Standing) -> bool:
    """Another campaign whose window lies over half of this one's days, with the same driver."""
    ours, theirs = focus.retrospective.campaign, each.retrospective.campaign
    if each.campaign_key == focus.campaign_key or not each.is_sound:
        return False
    if ours.window_start is None or theirs.window_start is None:
        return False
    if kpi.driver(ours.objective, ours.actual_metrics) != kpi.driver(theirs.objective, theirs.actual_metrics):
        return False
    first, last = max(ours.window_start, theirs.window_start), min(focus.day, each.day)
    return (last - first).days + 1 >= SAME_DAYS * ((focus.day - ours.window_start).days + 1)


def _mean(moves: Sequence[Shift]) -> tuple[float, float]:
    """Mean of how the others moved and how far another one's may lie off it (random effects; each counts
    the less, the less it is known)."""
    weights = [1 / (each.error**2 + 0.01) for each in moves]
    total = sum(weights)
    mean = sum(w * each.change for w, each in zip(weights, moves, strict=True)) / total
    off = sum(w * (each.change - mean) ** 2 for w, each in zip(weights, moves, strict=True))
    noise = len(moves) / sum(1 / max(each.error, 1e-6) ** 2 for each in moves)
    between = max(off / total * len(moves) / (len(moves) - 1) - noise, 0.0)
    return mean, math.sqrt(1 / total + between)


def _range(found: Shift, rules: Rules) -> Interval:
    reach = distributions.normal_quantile(0.5 + rules.interval_level / 2) * found.error
    low, high = (math.expm1(found.change + way * reach) * 100 for way in (-1, 1))
    return Interval(low=low, high=high, level=rules.interval_level)


def _verdict(certainty: float, span: Interval, rules: Rules) -> Verdict:
    if certainty > rules.certainty:
        return "real"
    band = rules.noise_band * 100
    inside = span.low is not None and span.high is not None and -band <= span.low and span.high <= band
    return "noise" if inside else "too early"
