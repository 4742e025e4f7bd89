"""The four artifacts that look beyond one window: hypotheses, creatives, creative clusters, forecast.

The same values as the studies give. What is alike for all campaigns of a list is gathered once.
"""

from collections.abc import Iterator, Sequence
from typing import Any

from engine.errors import EngineError
from engine.explain.clusters import KEPT_AS as CLUSTERS_KEPT_AS
from engine.explain.clusters import Kept, campaign_groups
from engine.explain.group_ids import Steady
from engine.explain.standing import newest_by_campaign, that_teach
from engine.models.answer import Answer
from engine.models.creatives_study import CreativesStudy
from engine.models.retrospective import Retrospective
from engine.narrate.hypotheses import hypotheses_json
from engine.narrate.report import plain
from engine.studying import creatives
from engine.studying.ground import Ground

OF_ALL = (
    "state", "metric", "texts", "looked_at", "silhouette", "usual_silhouette", "groups", "leader", "need",
    "moved", "mixed", "unread", "first_day", "last_day", "currency",
)  # fmt: skip
OF_ONE = ("campaign", "campaign_key", "metric", "own", "judged_for_wear", "findings", "suggestions")


def further(
    answers: Sequence[Answer], ground: Ground, work: creatives.Groundwork
) -> Iterator[tuple[str, Any]]:
    """Give each campaign's id with the bodies of its files; those of which nothing is known are left out."""
    with_rows = {ground.links.get(each.campaign_key, each.campaign_key) for each in ground.row_campaigns}
    for answer in answers:
        analysis = answer.recommendation.analysis
        window = analysis.retrospective
        key = ground.links.get(window.campaign_key, window.campaign_key)
        study = creatives.told_of(work, key, key, window.name)
        worn = tuple(each for each in study.findings if each.kind == "fatigue")
        bodies = {
            "hypotheses": hypotheses_json(analysis, worn),
            "creatives": _creatives(study),
            "creative_clusters": _clusters(study),
            "forecast": _forecast(ground, window, key) if key in with_rows else None,
        }
        yield window.campaign.campaign_id, {name: body for name, body in bodies.items() if body is not None}


def kept_groups(ground: Ground, work: creatives.Groundwork) -> dict[str, dict[str, Any]]:
    """What of groups is to be kept, by setting, where it is not what is kept already."""
    known = newest_by_campaign(that_teach(ground.standings.values()))
    held = ground.reading.setting(CLUSTERS_KEPT_AS)
    campaigns = campaign_groups(known, ground.rules, Kept(held, ground.today)).ids
    found: dict[str, Steady | None] = {
        CLUSTERS_KEPT_AS: campaigns,
        creatives.KEPT_AS: work.ids if work.texts.groups else None,
    }
    return {
        name: each.body
        for name, each in found.items()
        if each is not None and ground.reading.setting(name) != each.body
    }


def _creatives(study: CreativesStudy) -> dict[str, Any] | None:
    known = study.findings or any(each.group or each.wear for each in study.own)
    return _chosen(study, OF_ONE) if known else None


def _clusters(study: CreativesStudy) -> dict[str, Any] | None:
    return _chosen(study, OF_ALL) if study.state == "grouped" else None


def _chosen(study: CreativesStudy, names: Sequence[str]) -> dict[str, Any]:
    values = study.model_dump(mode="json", include=set(names))
    return {name: plain(values[name]) for name in names}


def _forecast(ground: Ground, window: Retrospective, key: str) -> dict[str, Any] | None:
    """What ``/marko forecast`` says of the campaign's CTR; ``None`` where it forecasts nothing."""
    from engine.studying import forecast  # noqa: PLC0415  scipy is loaded for campaigns with rows alone

    try:
        study = forecast.study(ground, key)
    except EngineError:  # its days are in two currencies, say: the study says so to whoever asks
        return None
    if study.state != "forecast":
        return None
    return {"campaign": window.name, **plain(study.model_dump(mode="json", exclude={"asked", "kind"}))}
