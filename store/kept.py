"""Documents as they are kept: the engine's values, with the fields they are looked up by beside them."""

from collections.abc import MutableMapping
from typing import Any, TypeVar

from pydantic import ConfigDict
from tinydb.queries import QueryLike, where

from engine.models.brief import Said
from engine.models.insight import Insights
from engine.models.pattern import Patterns
from engine.models.recommendation import MessageView, Recommendation
from engine.models.retrospective import Retrospective
from engine.models.value import Value
from engine.models.weight import Weights
from store.documents import Documents, DocumentTable

Kept = TypeVar("Kept", bound=Value)


class KeptCampaign(Value):
    """A campaign that was seen: who it is, and every name it went by, oldest first."""

    key: str
    platform: str
    campaign_id: str
    names: tuple[str, ...]


class KeptLog(Value):
    """The newest revision of one campaign's window."""

    key: str
    campaign_key: str
    retrospective: Retrospective


class KeptRevision(Value):
    key: str
    revision: int
    retrospective: Retrospective


class KeptRecommendation(Value):
    id: str
    campaign_key: str
    status: str
    version: int
    recommendation: Recommendation


class KeptPatterns(Value):
    """What repeated when a recommendation was made; never changed afterwards."""

    recommendation: str
    patterns: Patterns


class KeptInsights(Value):
    """What was said when a recommendation was made; never changed afterwards."""

    recommendation: str
    insights: Insights


class KeptWeights(Value):
    name: str
    weights: Weights


class _Part(Value):
    """A part of a document; the rest of it is passed over."""

    model_config = ConfigDict(extra="ignore")


class _Campaign(_Part):
    campaign_id: str


class _Window(_Part):
    campaign: _Campaign


class _SaidAnalysis(_Part):
    retrospective: _Window
    insights: Insights


class _SaidRecommendation(_Part):
    analysis: _SaidAnalysis


class KeptSaid(_Part):
    """What a kept recommendation says; several times quicker to read than the whole of it."""

    id: str
    recommendation: _SaidRecommendation

    @property
    def said(self) -> Said:
        analysis = self.recommendation.analysis
        campaign_id = analysis.retrospective.campaign.campaign_id
        return Said(recommendation=self.id, campaign_id=campaign_id, insights=analysis.insights)


def load(kind: type[Kept], table: DocumentTable, field: str | None = None, value: str = "") -> list[Kept]:
    """Read values by an indexed field, or all of them, by id; parsed straight from the kept JSON."""
    return [kind.model_validate_json(body) for body in table.bodies(field, value)]


def load_one(kind: type[Kept], table: DocumentTable, field: str, value: str) -> Kept | None:
    bodies = table.bodies(field, value)
    return kind.model_validate_json(bodies[0]) if bodies else None


def newest(kind: type[Kept], table: DocumentTable, limit: int) -> list[Kept]:
    """Read the values that came last, the newest first."""
    return [kind.model_validate_json(body) for body in table.newest_bodies(limit)]


def as_document(value: Value) -> dict[str, Any]:
    return value.model_dump(mode="json")


def put(table: DocumentTable, value: Value, same: QueryLike) -> None:
    """Insert a value, or let it take the whole place of the one that ``same`` finds."""
    document = as_document(value)

    def replace(kept: MutableMapping[str, Any]) -> None:
        kept.clear()
        kept.update(document)

    if not table.update(replace, same):
        table.insert(document)


def keep_view(documents: Documents, view: MessageView) -> None:
    """Remember where a record is shown; one message shows one record."""
    put(documents.table("views"), view, (where("channel") == view.channel) & (where("ts") == view.ts))
