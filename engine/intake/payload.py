"""JSON retrospectives: one campaign or a list, checked strictly, every fault told at once."""

from collections.abc import Iterable
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from engine.errors import Fault, Refused
from engine.intake.json_text import Path, dotted, lines_of, parse, printable
from engine.models.campaign import CampaignPerformanceInput

MOST_CAMPAIGNS = 10_000
Shape = TypeVar("Shape", bound=BaseModel)
_RULES = {
    "missing": "has to be given",
    "extra_forbidden": "a field I know",
    "string_type": "a text in quotes",
    "bool_type": "true or false",
    "model_type": "a block in braces",
    "model_attributes_type": "a block in braces",
    "dict_type": "a block in braces",
    "tuple_type": "a list in brackets",
}


def read_campaigns(
    text: str | bytes, *, source: str | None = None
) -> tuple[list[CampaignPerformanceInput], bool]:
    """Read one campaign or a list of campaigns; the flag says whether it was a list.

    Raises ``Refused`` with every fault of every campaign. Nothing is guessed or repaired.
    """
    decoded = _decoded(text, source)
    raw = parse(decoded, source=source)
    is_list = isinstance(raw, list)
    items = raw if is_list else [raw]
    if not items or len(items) > MOST_CAMPAIGNS:
        rule = f"1 to {MOST_CAMPAIGNS:,} campaigns"
        raise Refused([Fault("file", f"{len(items)} campaigns", rule)], source)
    return _checked(items, decoded, source, is_list=is_list), is_list


def read_value(text: str | bytes, kind: type[Shape], *, source: str | None = None) -> Shape:
    """Read one JSON value of this kind as strictly as a campaign. Raises ``Refused`` with every fault."""
    decoded = _decoded(text, source)
    raw = parse(decoded, source=source)
    try:
        return kind.model_validate(raw)
    except ValidationError as problem:
        lines = lines_of(decoded)
        raise Refused([_fault(error, (), lines) for error in problem.errors()], source) from None


def _decoded(text: str | bytes, source: str | None) -> str:
    if isinstance(text, str):
        return text.removeprefix("\ufeff")
    try:
        return text.decode("utf-8-sig")
    except UnicodeDecodeError as problem:
        value = f"byte {problem.object[problem.start]:#04x} at {problem.start}"
        raise Refused([Fault("file", value, "text in UTF-8")], source) from None


def _checked(
    items: list[Any], text: str, source: str | None, *, is_list: bool
) -> list[CampaignPerformanceInput]:
    campaigns: list[CampaignPerformanceInput] = []
    faults: list[Fault] = []
    lines: dict[Path, int] | None = None
    for index, item in enumerate(items):
        prefix: Path = (index,) if is_list else ()
        try:
            campaigns.append(CampaignPerformanceInput.model_validate(item))
        except ValidationError as problem:
            lines = lines_of(text) if lines is None else lines
            told = [_fault(error, prefix, lines) for error in problem.errors()]
            faults += dict.fromkeys(told)
    if not faults:
        faults = list(_told_twice(campaigns))
    if faults:
        raise Refused(faults, source)
    return campaigns


def _told_twice(campaigns: list[CampaignPerformanceInput]) -> Iterable[Fault]:
    """Two different tellings of one campaign at one moment: nothing says which one is true."""
    seen: dict[tuple[str, str, str], CampaignPerformanceInput] = {}
    for campaign in campaigns:
        key = (campaign.platform, campaign.campaign_id, campaign.timestamp.isoformat())
        if seen.setdefault(key, campaign) != campaign:
            yield Fault(
                "campaign_id", campaign.campaign_id, "one set of figures for each campaign and timestamp"
            )


def _fault(error: Any, prefix: Path, lines: dict[Path, int]) -> Fault:
    path: Path = (*prefix, *error["loc"])
    shown = "(missing)" if error["type"] == "missing" else _shown(error["input"])
    rule = _rule(error)
    if "attributes" in path[:-2]:  # a value of several types fails once for each; it is told once
        path, rule = path[: path.index("attributes") + 2], "a text, a finite number, true or false"
    return Fault(dotted(path) or "campaign", shown, rule, _line(path, lines))


def _rule(error: Any) -> str:
    kind: str = error["type"]
    if kind == "rule":
        return str(error["ctx"]["rule"])
    if kind == "string_too_long":
        return f"at most {error['ctx']['max_length']:,} characters"
    return _RULES.get(kind) or str(error["msg"]).lower()


def _line(path: Path, lines: dict[Path, int]) -> int | None:
    """Find the line of the field, or of the nearest block around a field that is missing."""
    return next((lines[path[:end]] for end in range(len(path), -1, -1) if path[:end] in lines), None)


def _shown(value: Any) -> str:
    if value is None:
        return "null"
    text = "a block" if isinstance(value, dict) else "a list" if isinstance(value, list) else str(value)
    if isinstance(value, bool):
        text = text.lower()
    return printable(text if len(text) <= 60 else text[:59] + "…")
