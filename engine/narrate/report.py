"""The JSON that machines read, and the four artifacts: the same figures as on the card."""

from typing import Any

from pydantic import BaseModel

from engine.models.answer import Answer
from engine.models.comparison import Comparison
from engine.models.recommendation import Analysis, Recommendation
from engine.models.retrospective import Retrospective
from engine.models.weight import Weights
from engine.narrate import sentences
from engine.narrate.basis import conversions_missing, disagreement, left_out
from engine.narrate.how import computed
from engine.narrate.words import Words

PLAIN = (str, int, type(None))
PLACES = 10  # far below what any figure means, far above what a float loses


def report(answer: Answer, words: Words) -> dict[str, Any]:
    """Everything one analysis found, with what was kept of it."""
    recommendation, analysis = answer.recommendation, answer.recommendation.analysis
    return {
        "campaign_id": analysis.retrospective.campaign.campaign_id,
        **artifacts(answer, words),
        "recommendation": recommendation_json(recommendation, words),
        "similar_campaigns": [plain(each) for each in analysis.similar],
        "storage": _storage(analysis.retrospective, stored=answer.stored),
    }


def artifacts(answer: Answer, words: Words) -> dict[str, Any]:
    """The bodies of comparison.json, patterns.json, insights.json and updated_weights.json."""
    analysis = answer.recommendation.analysis
    return {
        "comparison": comparison_json(analysis, words),
        "patterns": plain(analysis.patterns),
        "insights": plain(analysis.insights),
        "updated_weights": weights_json(answer.weights),
    }


def comparison_json(analysis: Analysis, words: Words) -> dict[str, Any]:
    comparison: Comparison = analysis.comparison
    return {
        **plain(comparison),
        "own_history": plain(analysis.own_history),
        "currency": analysis.retrospective.campaign.currency,
        "window": {
            "start": plain(analysis.retrospective.campaign.window_start),
            "end": plain(analysis.retrospective.last_day),
        },
        "summary": sentences.verdict(analysis, words),
        "how_computed": computed(
            analysis.retrospective.campaign.actual_metrics, analysis.retrospective.campaign.currency, words
        ),
        **_of_rows(analysis, words),
    }


def _of_rows(analysis: Analysis, words: Words) -> dict[str, Any]:
    """What a window that was built from rows says beside; nothing for one that was handed in."""
    rows = analysis.retrospective.rows
    if rows is None:
        return {}
    warnings = [disagreement(analysis, words), conversions_missing(analysis), left_out(analysis, words)]
    return {
        "quality": plain(analysis.quality),
        "rows": plain(rows.model_dump(mode="json", exclude={"handed"})),
        "warnings": [each for each in warnings if each],
    }


def recommendation_json(recommendation: Recommendation, words: Words) -> dict[str, Any]:
    proposal = recommendation.analysis.proposal
    return {
        "id": recommendation.id,
        "status": recommendation.status,
        "version": recommendation.version,
        "created_at": plain(recommendation.created_at),
        "text": sentences.action(proposal.action, words),
        **plain(proposal),
        "decisions": [plain(each) for each in recommendation.decisions],
    }


def weights_json(weights: Weights) -> dict[str, Any]:
    """Signals by name; each lists the trials that moved it."""
    return {
        "as_of": plain(weights.as_of),
        "signals": {
            each.signal: {name: value for name, value in plain(each).items() if name != "signal"}
            for each in weights.signals
        },
    }


def _storage(retrospective: Retrospective, *, stored: bool) -> dict[str, Any]:
    return {
        "campaign_id": retrospective.campaign.campaign_id,
        "revision": retrospective.revision,
        "stored": stored,
    }


def plain(value: Any) -> Any:
    """Turn values into JSON's own types; floats are rounded to ten places, tuples become lists."""
    if isinstance(value, PLAIN):  # first what there is most of: the weights of a list hold thousands
        return value
    if isinstance(value, BaseModel):
        return plain(value.model_dump(mode="json"))
    if isinstance(value, dict):
        return {str(key): plain(each) for key, each in value.items()}
    if isinstance(value, list | tuple):
        return [plain(each) for each in value]
    if isinstance(value, float):
        return round(value, PLACES)
    return value.isoformat()
