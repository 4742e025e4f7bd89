"""Whether similar means similar: how often a person's own words find their campaign among five.

Two sets of 100 questions about the same 60 campaigns, in ``tests/data``. ``paraphrases_blind.json`` was
written with nothing but the campaigns in sight and frozen before anything was measured, so its figure is
the one to quote. ``paraphrases.json`` is older: who wrote it knew the list of synonyms.
"""

import json
import os
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from contextlib import closing
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

from benchmarks.goal import Goal, Row
from bot.app import embedder_of
from bot.clock import SystemClock
from bot.settings import Settings, read_settings
from engine.explain.similar import campaigns_like
from engine.explain.standing import Standing, standing
from engine.models.campaign import Audience, CampaignPerformanceInput, Creative, Metrics
from engine.models.retrospective import Retrospective
from engine.models.rules import Rules
from engine.narrate.purse import Purse
from engine.recollection import Recollection
from store import open_store

DATA = Path(__file__).parents[1] / "tests" / "data"
BLIND, FIRST = "paraphrases_blind.json", "paraphrases.json"
SHOWN = 5
LOCAL, SEMANTIC = 65, 85  # percent, as promised
PATIENCE_S = 60.0
Query = Mapping[str, str]


def rows(*, full: bool) -> Iterator[Row]:  # noqa: ARG001  the whole takes half a second
    """Yield recall@5 of the local embedder, and of a semantic one where there is a key."""
    known, asked = campaigns(), queries(BLIND)
    local = 100 * recall(Recollection(), known, asked)
    yield Row("recall@5, local embedder, blind", "", local, None, "%", Goal(LOCAL, at_least=True))
    settings = read_settings(os.environ)
    work = f"recall@5, {settings.embedding_model}, blind"
    goal = Goal(SEMANTIC, at_least=True)
    found = _semantic(settings, known, asked) if settings.openai_api_key else None
    why = "not measured: no vectors came" if settings.openai_api_key else "not measured: no key"
    yield Row(work, "", None if found is None else 100 * found, None, "%", goal, why if found is None else "")


def queries(name: str) -> list[Query]:
    """Read one set: the words, and the id of the campaign that is meant."""
    found: list[Query] = json.loads((DATA / name).read_text(encoding="utf-8"))["queries"]
    return found


def told() -> list[dict[str, str]]:
    """The campaigns of both sets, as they are written down."""
    found: list[dict[str, str]] = json.loads((DATA / FIRST).read_text(encoding="utf-8"))["campaigns"]
    return found


def campaigns() -> list[Standing]:
    return [_campaign(each) for each in told()]


def found(recollection: Recollection, known: Sequence[Standing], words: str) -> list[str]:
    """Ask as ``marko similar`` does; gives ids, the nearest first."""
    near = recollection.campaigns(words, known, 1, most=SHOWN, patience_s=PATIENCE_S)
    return [each.campaign_id for each in campaigns_like(words, known, near, SHOWN)]


def recall(recollection: Recollection, known: Sequence[Standing], asked: Sequence[Query]) -> float:
    """The share of questions whose campaign is among the five."""
    return sum(each["campaign_id"] in found(recollection, known, each["words"]) for each in asked) / len(
        asked
    )


def _semantic(settings: Settings, known: Sequence[Standing], asked: Sequence[Query]) -> float | None:
    """Ask the endpoint that the environment names; ``None`` where it did not answer every question."""
    with tempfile.TemporaryDirectory() as folder:
        clock = SystemClock()
        with closing(open_store(Path(folder) / "marko.db", clock)) as store:
            purse = Purse(store.memory, clock, zone=settings.zone, budget=settings.llm_budget_usd)
            embedder = embedder_of(settings, purse)
            with closing(Recollection(embedder, store.vectors(Path(folder) / "v.faiss", embedder))) as made:
                met = 0
                for each in asked:
                    met += each["campaign_id"] in found(made, known, each["words"])
                    if made.is_failing:
                        return None
                return met / len(asked)


def _campaign(said: Mapping[str, str]) -> Standing:
    """Give it a window that was in line with its forecast: how it ended must not help to find it."""
    metrics = Metrics(
        impressions=250_000, clicks=5_000, conversions=Decimal(100), spend=Decimal(4_000), revenue=None
    )
    moment = datetime(2026, 3, 29, 18, tzinfo=UTC)
    creative: dict[str, Any] = {each: said[each] for each in ("headline", "primary_text")}
    campaign = CampaignPerformanceInput(
        campaign_id=said["campaign_id"],
        platform=said["platform"],
        objective=said["objective"],
        expected_metrics=metrics,
        actual_metrics=metrics,
        audiences=(Audience(name=said["audience"]),),
        creatives=(Creative(id="ad", type=said["creative_type"], **creative),),
        timestamp=moment,
        name=said["campaign_id"],
    )
    return standing(Retrospective(campaign=campaign, revision=1, received_at=moment), Rules())
