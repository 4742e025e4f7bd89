"""``forecast-accuracy``: every forecast that people handed in, graded by what came."""

import math
from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence

from engine.errors import Fault, Refused
from engine.explain.standing import Standing, that_teach, without_overlap
from engine.measure.planner_bias import (
    ENOUGH_CAMPAIGNS,
    GRADED,
    SHOWN_LEVEL,
    Bias,
    Grade,
    Graded,
    Planned,
    biases,
    graded,
    together,
)
from engine.models.campaign import NO_OBJECTIVE
from engine.models.forecast_accuracy_study import ForecastAccuracyStudy, ForecastBias
from engine.models.retrospective import slug
from engine.models.rules import Rules
from engine.studying.ground import Ground

ORDER = ("real", "noise", "too early")


def study(ground: Ground, asked: str) -> ForecastAccuracyStudy:
    """Grade all forecasts; ``asked`` may narrow what is told to a KPI, a platform or an objective.

    Raises ``Refused`` for words that name none of them. What is left out was judged all the same, so that
    asking often finds nothing that is not there.
    """
    windows = graded_windows(ground.standings.values())
    found = told_biases(planned(windows), ground.rules)
    days = [each.day for each in windows]
    starts = [each.retrospective.campaign.window_start or each.day for each in windows]
    return ForecastAccuracyStudy(
        asked=asked,
        campaigns=len({each.campaign_key for each in windows}),
        windows=len(windows),
        first=min(starts, default=None),
        last=max(days, default=None),
        least=ENOUGH_CAMPAIGNS,
        tolerance=ground.rules.tolerance,
        level=SHOWN_LEVEL,
        biases=tuple(_narrowed(found, asked, windows)),
    )


def graded_windows(standings: Iterable[Standing]) -> list[Standing]:
    """The windows whose figures can be trusted and whose forecast says something, each day once."""
    sound = [each for each in that_teach(standings) if each.is_sound]
    return [each for each in without_overlap(sound) if any(_grade(each, kpi) for kpi in GRADED)]


def planned(windows: Iterable[Standing]) -> list[Planned]:
    """Each campaign once, with its grades; platform and objective as its newest window has them."""
    of: dict[str, list[Standing]] = defaultdict(list)
    called: dict[str, str] = {}
    for each in sorted(windows, key=lambda each: each.moment):
        of[each.campaign_key].append(each)
        for name in (each.retrospective.campaign.platform, each.retrospective.campaign.objective):
            called[slug(name)] = name
    return [_planned(own, called) for own in of.values()]


def told_biases(campaigns: Sequence[Planned], rules: Rules) -> list[ForecastBias]:
    """Judge, and put what is real first, then what misses most."""
    found = biases(campaigns, margin=rules.tolerance, noise=rules.noise_band, rate=rules.false_discovery_rate)
    return sorted(
        map(_told, found), key=lambda each: (ORDER.index(each.verdict), -abs(math.log(each.factor)))
    )


def _planned(own: Sequence[Standing], called: Mapping[str, str]) -> Planned:
    """``called`` gives the newest spelling of a name by its slug."""
    newest = own[-1].retrospective.campaign
    objective = "" if newest.objective == NO_OBJECTIVE else called[slug(newest.objective)]
    grades: dict[Graded, Grade] = {}
    for kpi in GRADED:
        if having := [grade for each in own if (grade := _grade(each, kpi))]:
            grades[kpi] = together(having)
    return Planned(called[slug(newest.platform)], objective, grades)


def _grade(each: Standing, kpi: Graded) -> Grade | None:
    campaign = each.retrospective.campaign
    return graded(campaign.expected_metrics, campaign.actual_metrics, kpi)


def _told(bias: Bias) -> ForecastBias:
    """From ln(actual / forecast) to forecast over actual; the ends turn round."""
    return ForecastBias(
        scope=bias.scope,
        name=bias.name,
        kpi=bias.kpi,
        campaigns=bias.campaigns,
        forecast_pct=math.expm1(-bias.log_ratio) * 100,
        low=math.expm1(-bias.high) * 100,
        high=math.expm1(-bias.low) * 100,
        factor=math.exp(bias.log_ratio),
        miss_pct=None if bias.miss is None else bias.miss * 100,
        p_value=bias.p_value,
        verdict=bias.verdict,
    )


def _narrowed(found: list[ForecastBias], asked: str, windows: Sequence[Standing]) -> list[ForecastBias]:
    """Keep what the words name; several words narrow each other down."""
    named = {slug(each.retrospective.campaign.platform) for each in windows}
    named |= {slug(each.retrospective.campaign.objective) for each in windows}
    rest = slug(asked) if asked.strip() else ""
    kpis = {kpi for kpi in GRADED if kpi in rest.split("-")}
    rest = "-".join(word for word in rest.split("-") if word not in kpis)
    if rest and rest not in named:
        raise Refused([Fault("words", asked, "a platform or an objective I know, or CTR, CVR, CPA, ROAS")])
    return [
        each for each in found if (not kpis or each.kpi in kpis) and (not rest or slug(each.name) == rest)
    ]
