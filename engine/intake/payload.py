"""JSON retrospectives: one campaign or a list, checked strictly, every fault told at once."""

from collections.abc import Iterator
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any, TypeVar

from pydantic import BaseModel, ValidationError

from engine.errors import Fault, Refused
from engine.intake.json_text import (
    LONGEST,
    MOST_FAULTS,
    TOO_LONG,
    Path,
    capped,
    clipped,
    dotted,
    lines_of,
    parse,
    printable,
)
from engine.models.campaign import HANDED_IN, CampaignPerformanceInput

MOST_CAMPAIGNS = 5_000
MOST_COUNTED = 1_000  # faults of one campaign; with more it is no campaign at all
LONGEST_VALUE = 60  # characters of a value that are shown
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

    Raises ``Refused`` with the faults of all campaigns, up to a hundred. Nothing is guessed or repaired.
    """
    source = source and printable(source)
    decoded = _decoded(text, source)
    raw = parse(decoded, source=source)
    is_list = isinstance(raw, list)
    items = raw if is_list else [raw]
    if not items or len(items) > MOST_CAMPAIGNS:
        rule = f"1 to {MOST_CAMPAIGNS:,} campaigns"
        raise Refused([Fault("file", f"{len(items)} campaigns", rule)], source)
    return _checked(items, decoded, source, is_list=is_list), is_list


def read_one(raw: dict[str, Any]) -> CampaignPerformanceInput:
    """Check one campaign that was typed field by field. Raises ``Refused``; its faults have no lines."""
    return _checked([raw], "", None, is_list=False)[0]


def read_value(text: str | bytes, kind: type[Shape], *, source: str | None = None) -> Shape:
    """Read one JSON value of this kind as strictly as a campaign. Raises ``Refused`` with its faults."""
    decoded = _decoded(text, source)
    raw = parse(decoded, source=source)
    try:
        return kind.model_validate(raw)
    except ValidationError as problem:
        raise Refused(_told(_faults(problem, ()), decoded), source) from None


def _decoded(text: str | bytes, source: str | None) -> str:
    if len(text) > LONGEST:
        raise Refused([TOO_LONG], source)
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
    faults: dict[Fault, Path] = {}
    for index, item in enumerate(items):
        prefix: Path = (index,) if is_list else ()
        try:
            campaigns.append(CampaignPerformanceInput.model_validate(item, context=HANDED_IN))
        except ValidationError as problem:
            faults |= _faults(problem, prefix)
            if len(faults) > MOST_FAULTS:
                break
    told = _told(faults, text) if faults else capped(_told_twice(campaigns))
    if told:
        raise Refused(told, source)
    return campaigns


def _told_twice(campaigns: list[CampaignPerformanceInput]) -> Iterator[Fault]:
    """Two different tellings of one campaign at one moment: nothing says which one is true."""
    seen: dict[tuple[str, str, datetime], CampaignPerformanceInput] = {}
    for campaign in campaigns:
        key = (campaign.platform, campaign.campaign_id, campaign.timestamp.astimezone(UTC))
        if seen.setdefault(key, campaign) != campaign:
            name = _shown(campaign.campaign_id)
            yield Fault("campaign_id", name, "one set of figures for each campaign and timestamp")


def _told(faults: dict[Fault, Path], text: str) -> list[Fault]:
    """The faults with the lines they stand on."""
    kept = capped(faults)
    lines = lines_of(text, [faults[fault] for fault in kept if fault in faults])
    return [replace(fault, line=_line(faults[fault], lines)) if fault in faults else fault for fault in kept]


def _faults(problem: ValidationError, prefix: Path) -> dict[Fault, Path]:
    """Every fault of one campaign, not yet with its line, and the path to where it stands."""
    if problem.error_count() > MOST_COUNTED:  # even to list a million faults takes many seconds
        found = f"{problem.error_count():,} faults"
        return {Fault(dotted(prefix) or "campaign", found, "a campaign with the fields I know"): prefix}
    return dict(_fault(error, prefix) for error in problem.errors())


def _fault(error: Any, prefix: Path) -> tuple[Fault, Path]:
    path: Path = (*prefix, *error["loc"])
    shown = "(missing)" if error["type"] == "missing" else _shown(error["input"])
    place = path[:-1] if error["type"] == "missing" else path
    return Fault(dotted(path) or "campaign", shown, _rule(error)), place


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
    return printable(clipped(text, LONGEST_VALUE))
