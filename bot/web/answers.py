"""What is answered when something is refused: one sentence, and every fault with field, value and rule."""

from collections.abc import Mapping
from typing import Any

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from fastapi.responses import JSONResponse
from starlette.exceptions import HTTPException

from engine.errors import (
    AmbiguousCampaign,
    EngineError,
    Fault,
    Refused,
    StoreTrouble,
    TooOften,
    UnknownCampaign,
    UnknownRecommendation,
)

STATUSES: dict[type[EngineError], int] = {
    Refused: 422,
    UnknownCampaign: 404,
    UnknownRecommendation: 404,
    AmbiguousCampaign: 409,
    StoreTrouble: 503,
    TooOften: 429,
}
_BOUNDS = {"ge": "at least", "le": "at most"}


class Problem(Exception):
    """Something that this door refuses by itself: the status, and a sentence."""

    def __init__(self, status: int, sentence: str, *, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(sentence)
        self.status = status
        self.headers = headers


def refusal(
    status: int,
    sentence: str,
    faults: list[Fault] | None = None,
    headers: Mapping[str, str] | None = None,
) -> JSONResponse:
    """Draw a refusal: ``{"error": sentence, "faults": [{field, value, rule, line}]}``."""
    told = [
        {"field": each.field, "value": each.value, "rule": each.rule, "line": each.line}
        for each in faults or []
    ]
    return JSONResponse({"error": sentence, "faults": told}, status, headers)


def teach(app: FastAPI) -> None:
    """Give every kind of refusal its answer; what nobody expected is 500, and its details stay here."""
    app.add_exception_handler(EngineError, _engine)
    app.add_exception_handler(RequestValidationError, _query)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(Problem, _problem)
    app.add_exception_handler(Exception, _unexpected)


def _engine(_: Request, error: Any) -> JSONResponse:
    faults = error.faults if isinstance(error, Refused) else None
    headers = {"Retry-After": str(error.wait_s)} if isinstance(error, TooOften) else None
    return refusal(STATUSES.get(type(error), 409), str(error), faults, headers)


def _query(_: Request, error: Any) -> JSONResponse:
    faults = [_fault(each) for each in error.errors()]
    return refusal(422, "\n".join(map(str, faults)), faults)


def _http(_: Request, error: Any) -> JSONResponse:
    return refusal(error.status_code, f"{error.detail}.", headers=error.headers)


def _problem(_: Request, error: Any) -> JSONResponse:
    return refusal(error.status, str(error), headers=error.headers)


def _unexpected(_: Request, __: Exception) -> JSONResponse:
    return refusal(500, "Something broke here; it is written in the log. Nothing was half done.")


def _fault(error: Any) -> Fault:
    value = error.get("input")
    shown = value if isinstance(value, str) else "nothing"
    return Fault(str(error["loc"][-1]), shown if len(shown) <= 60 else f"{shown[:59]}…", _rule(error))


def _rule(error: Any) -> str:
    kind, context = error["type"], error.get("ctx", {})
    if kind == "literal_error":
        return f"one of {context['expected'].replace(chr(39), '')}"
    if kind == "extra_forbidden":
        return "a parameter I know"
    if kind.startswith("int_"):
        return "a whole number"
    bound = next((name for name in _BOUNDS if name in context), None)
    return f"{_BOUNDS[bound]} {context[bound]}" if bound else str(error["msg"]).lower()
