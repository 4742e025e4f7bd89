"""What was measured of a campaign, each finding with what speaks for it and against it; no causes are
named."""

from typing import Any, Literal

from engine.models.comparison import KpiComparison, LogParts
from engine.models.creatives_study import CreativeFinding
from engine.models.pattern import LevelEffect
from engine.models.recommendation import Analysis
from engine.narrate.report import plain

PARTS: tuple[Literal["cpm", "ctr", "cvr"], ...] = ("cpm", "ctr", "cvr")


def hypotheses_json(analysis: Analysis, worn: tuple[CreativeFinding, ...]) -> dict[str, Any] | None:
    """The body of hypotheses.json; ``None`` where nothing was found that is real.

    Each finding has evidence rows with source, window and n: for it what moved with it for real, against it
    what moved the other way for real, or did not move.
    """
    found = [*_moves(analysis), *(_wear(each, analysis) for each in worn)]
    found += [_level(each) for each in _own_levels(analysis)]
    return {"findings": found} if found else None


def _moves(analysis: Analysis) -> list[dict[str, Any]]:
    comparison = analysis.comparison
    real = {name: each for name, each in comparison.metrics.items() if each.verdict == "real"}
    parts = comparison.cpa_decomposition
    found = []
    for name, each in real.items():
        rows = _of_parts(analysis, parts.log) if name == "cpa" and parts else {"for": [], "against": []}
        own = _row(name, each, analysis)
        found.append(
            {
                "id": f"moved:{name}",
                "finding": f"{name} {'rose' if (each.delta_pct or 0) > 0 else 'fell'} against forecast",
                "certainty": plain(each.certainty),
                "for": [own, *rows["for"]],
                "against": rows["against"],
            }
        )
    return found


def _of_parts(analysis: Analysis, parts: LogParts) -> dict[str, list[dict[str, Any]]]:
    """Which parts of the CPA moved with it for real, and which did not."""
    sides: dict[str, list[dict[str, Any]]] = {"for": [], "against": []}
    for name in PARTS:
        each = analysis.comparison.metrics.get(name)
        if each is None:
            continue
        together = getattr(parts, name) * parts.total > 0 and each.verdict == "real"
        sides["for" if together else "against"].append(_row(name, each, analysis))
    return sides


def _row(name: str, each: KpiComparison, analysis: Analysis) -> dict[str, Any]:
    values = plain(each)
    kept = ("expected", "actual", "delta_pct", "verdict", "interval", "n")
    return {
        "source": "retrospective" if analysis.retrospective.rows is None else "daily rows",
        "window": _window(analysis),
        "kpi": name,
        **{part: values[part] for part in kept},
    }


def _window(analysis: Analysis) -> dict[str, Any]:
    window = analysis.retrospective
    return {"start": plain(window.campaign.window_start), "end": plain(window.last_day)}


def _wear(each: CreativeFinding, analysis: Analysis) -> dict[str, Any]:
    row = {"source": "daily rows", "window": _window(analysis), "kpi": "ctr", "n": plain(each.n)}
    return {
        "id": each.id,
        "finding": "a creative's ctr fell against its siblings",
        "for": [{**row, "delta_pct": plain(each.change_pct), "interval": plain(each.interval)}],
        "against": [{**row, "of": "its siblings", "delta_pct": plain(each.siblings_pct)}],
    }


def _own_levels(analysis: Analysis) -> list[LevelEffect]:
    """Levels of this campaign that are better or worse over campaigns."""
    campaign = analysis.retrospective
    known = (*analysis.patterns.winners, *analysis.patterns.platform_trends)
    return [
        each
        for each in known
        if isinstance(each, LevelEffect) and each.is_of(campaign.campaign.campaign_id, campaign.campaign_key)
    ]


def _level(each: LevelEffect) -> dict[str, Any]:
    values = plain(each)
    row = {"source": "campaigns", "window": {"start": None, "end": values["last_tested"]}, "kpi": each.metric}
    row |= {name: values[name] for name in ("signal", "lift_pct", "interval", "p_value")}
    finding = f"{each.signal} is {each.direction} over campaigns"
    return {
        "id": f"level:{each.signal}",
        "finding": finding,
        "for": [{**row, "n": each.campaigns}],
        "against": [],
    }
