"""The JSON API: the engine's questions and answers for machines. Plain functions, in the thread pool."""

import secrets
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query
from pydantic import BaseModel, ConfigDict, Field

from bot.blocks.voice import Voice
from bot.limiter import Limiter
from bot.web.auth import only_with
from bot.web.body import up_to
from engine.engine import Engine
from engine.intake.payload import read_value
from engine.models.campaign import CampaignPerformanceInput, Name
from engine.models.recommendation import Status
from engine.models.value import Value
from engine.narrate.advice import insight_entry, pattern_entry, recommendation_entry
from engine.narrate.report import plain, report

LONGEST = 8_000_000  # as much as the intake takes
LONGEST_QUESTION = 10_000
ASKED_BY = "api"
LARGEST_OFFSET = 10**9
AMOUNTS = ("conversions", "spend", "revenue")

CampaignBody = Annotated[bytes, Depends(up_to(LONGEST))]
QuestionBody = Annotated[bytes, Depends(up_to(LONGEST_QUESTION))]


class Page(BaseModel):
    """Which part of a list."""

    model_config = ConfigDict(extra="forbid")

    limit: int = Field(50, ge=1, le=200)
    offset: int = Field(0, ge=0, le=LARGEST_OFFSET)


class Filters(Page):
    """Which recommendations."""

    status: Status | None = None
    campaign_id: str | None = None


class Question(Value):
    """Which campaign to analyze; ``force_refresh`` makes a new recommendation that voids the old one."""

    campaign_id: Name
    force_refresh: bool = False


def api(engine: Engine, voice: Voice, *, token: str | None, limiter: Limiter | None = None) -> APIRouter:
    """Make the routes; each is closed without the token."""
    router = APIRouter(dependencies=[Depends(only_with(token))])
    _analyses(router, engine, voice, counted(limiter))
    _lists(router, engine, voice)
    return router


def _analyses(router: APIRouter, engine: Engine, voice: Voice, counts: Any) -> None:
    campaign = _ref(CampaignPerformanceInput)
    either = {"oneOf": [campaign, {"type": "array", "items": campaign, "minItems": 1}]}

    @router.post(
        "/analyze-campaign",
        tags=["analysis"],
        summary="Remember and analyze one campaign, or a list",
        dependencies=[counts],
        openapi_extra=_takes(either),
    )
    def analyze_campaign(body: CampaignBody) -> Any:
        found = engine.submit(body, source=None, asked_by=ASKED_BY)
        reports = [report(each, voice.plain) for each in found.answers]
        return reports if found.was_list else reports[0]

    @router.post(
        "/api/v1/recommendations/analyze",
        tags=["analysis"],
        summary="Analyze a campaign that is known; unchanged evidence is the same recommendation again",
        dependencies=[counts],
        openapi_extra=_takes(_ref(Question)),
    )
    def analyze_known(body: QuestionBody) -> dict[str, Any]:
        asked = read_value(body, Question)
        anew = f"{ASKED_BY}:{secrets.token_hex(8)}" if asked.force_refresh else None
        answer = engine.analyze(asked.campaign_id, asked_by=ASKED_BY, anew=anew, exactly=True)
        return {
            "recommendation_id": answer.recommendation.id,
            "recommendation": recommendation_entry(answer.recommendation, voice.plain),
            "status": "generated" if answer.made else "cached",
        }


def counted(limiter: Limiter | None) -> Any:
    """Make the dependency that counts a request of the token's owner; too many are 429 (``answers.py``)."""

    def count() -> None:
        if limiter:
            limiter.check_request(f"{ASKED_BY}:{secrets.token_hex(8)}", ASKED_BY)

    return Depends(count)


def _lists(router: APIRouter, engine: Engine, voice: Voice) -> None:
    @router.get("/insights", tags=["lists"], summary="What was found: by priority, then by id")
    def insights(page: Annotated[Page, Query()]) -> dict[str, Any]:
        found = engine.insights()
        shown = [insight_entry(each) for each in _cut(found, page)]
        return {"insights": shown, **_place(page, len(found))}

    @router.get(
        "/patterns", tags=["lists"], summary="What repeats: the largest impact in money first, then by id"
    )
    def patterns(page: Annotated[Page, Query()]) -> dict[str, Any]:
        found = engine.patterns()
        shown = [pattern_entry(each, voice.plain) for each in _cut(found, page)]
        return {"patterns": shown, **_place(page, len(found))}

    @router.get(
        "/recommendations",
        tags=["lists"],
        summary="Recommendations, newest first, and advice for planning the next campaign",
    )
    def recommendations(filters: Annotated[Filters, Query()]) -> dict[str, Any]:
        page = engine.recommendations(
            status=filters.status,
            campaign_id=filters.campaign_id,
            limit=filters.limit,
            offset=filters.offset,
        )
        return {
            "recommendations": [recommendation_entry(each, voice.plain) for each in page.recommendations],
            "planning": [plain(each) for each in engine.planning()],
            **_place(filters, page.total),
        }

    @router.get("/api/v1/recommendations/{id}", tags=["lists"], summary="One recommendation")
    def recommendation(id: str) -> dict[str, Any]:
        return recommendation_entry(engine.recommendation(id), voice.plain)


def _cut(found: tuple[Any, ...], page: Page) -> tuple[Any, ...]:
    return found[page.offset : page.offset + page.limit]


def _place(page: Page, total: int) -> dict[str, int]:
    return {"total": total, "limit": page.limit, "offset": page.offset}


def bodies() -> dict[str, Any]:
    """The schemas of what is handed in, by name, for the OpenAPI document."""
    found: dict[str, Any] = {}
    for kind in (CampaignPerformanceInput, Question):
        shape = kind.model_json_schema(ref_template="#/components/schemas/{model}")
        found |= shape.pop("$defs", {})
        found[kind.__name__] = shape
    found["Metrics"]["properties"] |= {name: _number(name) for name in AMOUNTS}
    return found


def _number(name: str) -> dict[str, str]:
    """An amount as people hand it in; exact text is only what we keep ourselves."""
    return {"title": name.capitalize(), "type": "number"}


def _ref(kind: type[Value]) -> dict[str, str]:
    return {"$ref": f"#/components/schemas/{kind.__name__}"}


def _takes(schema: dict[str, Any]) -> dict[str, Any]:
    return {"requestBody": {"required": True, "content": {"application/json": {"schema": schema}}}}
