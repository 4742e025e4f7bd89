"""What became of a file that a shell handed in: for machines, and in words."""

import json
import secrets
from collections.abc import Iterable, Iterator, Sequence
from datetime import UTC
from decimal import Decimal
from typing import Any, NamedTuple
from zoneinfo import ZoneInfo

from engine.errors import Fault
from engine.models.campaign import CampaignPerformanceInput
from engine.models.export import NUMBERS, Question, Scan
from engine.models.file_import import FileImport
from engine.models.retrospective import last_day
from engine.narrate import arrivals, exported
from engine.narrate.formats import Formats
from engine.narrate.words import Plain, Words

SHOWN = 5  # rejected rows that are told
ANSWERS = {
    "currency": "Say it with --currency {options}.",
    "date_order": "Say it with --date-order {options}.",
    "decimal": "Say it with --decimal {options}.",
    "column": 'Say it with --map "{column}=FIELD", where FIELD is {options}.',
    "days": 'If a column names them: --map "COLUMN=day".',
    "total": "To take the rows as they are: --despite-total.",
}


class Outcome(NamedTuple):
    """What became of a file.

    ``state`` is that of its import, or "read" where nothing was to be stored, or "refused" with ``faults``.
    ``campaigns`` are those of a file of retrospectives. ``before`` is the import that has the file already.
    """

    file: str
    state: str
    scan: Scan | None = None
    campaigns: tuple[CampaignPerformanceInput, ...] = ()
    faults: tuple[Fault, ...] = ()
    found: FileImport | None = None
    before: FileImport | None = None


def unsaid() -> Words:
    """How a shell speaks where nobody set anything."""
    formats = Formats()
    return Words(formats, Plain(formats, ZoneInfo(str(UTC))))


def document(outcome: Outcome) -> dict[str, Any]:
    """Everything that machines read; amounts are exact ``Decimal``, unknown is ``None``."""
    if outcome.scan is not None:
        alike = [each.model_dump() for each in outcome.found.alike] if outcome.found else []
        return {**_of_scan(outcome.scan), **({"alike": alike} if alike else {}), "state": outcome.state}
    if outcome.campaigns:
        return {**_of_campaigns(outcome.campaigns), "state": outcome.state}
    rejects = [_broken(each) for each in outcome.faults]
    error = "; ".join(map(str, outcome.faults))
    rejected = sum(1 for each in outcome.faults if each.line)
    return {**_empty(), "rejected": rejected, "rejects": rejects, "state": outcome.state, "error": error}


def _empty() -> dict[str, Any]:
    return {
        "platform": None,
        "currency": None,
        "rows": 0,
        "rejected": 0,
        "totals": dict.fromkeys(NUMBERS),
        "date_range": None,
        "warnings": [],
        "questions": [],
        "rejects": [],
    }


def _of_scan(scan: Scan) -> dict[str, Any]:
    return {
        "platform": scan.platform,
        "currency": scan.currency,
        "rows": scan.rows,
        "rejected": scan.rejected,
        "totals": {number: getattr(scan.totals, number) for number in NUMBERS},
        "date_range": [day.isoformat() for day in scan.days] if scan.days else None,
        "warnings": [each.text for each in scan.warnings],
        "questions": [
            {"kind": each.kind, "text": each.text, "column": each.column, "options": list(each.options)}
            for each in scan.questions
        ],
        "rejects": [each.model_dump() for each in scan.rejects],
    }


def _of_campaigns(campaigns: Sequence[CampaignPerformanceInput]) -> dict[str, Any]:
    """Windows of campaigns as if they were rows."""
    starts = [each.window_start for each in campaigns if each.window_start]
    metrics = [each.actual_metrics for each in campaigns]
    totals = {number: _sum(getattr(each, number, None) for each in metrics) for number in NUMBERS}
    currencies = {each.currency for each in campaigns}
    last = max(map(last_day, campaigns))
    days = [min(starts).isoformat(), last.isoformat()] if len(starts) == len(campaigns) else None
    return _empty() | {
        "platform": _only({each.platform for each in campaigns}),
        "currency": _only(currencies),
        "rows": len(campaigns),
        "totals": totals | ({"spend": None, "revenue": None} if len(currencies) > 1 else {}),
        "date_range": days,
    }


def _only(found: Iterable[str | None]) -> str | None:
    values = list(found)
    return values[0] if len(values) == 1 else None


def _sum(values: Iterable[Any]) -> Decimal | int | None:
    known = [each for each in values if each is not None]
    return sum(known[1:], known[0]) if known else None


def _broken(fault: Fault) -> dict[str, Any]:
    return {"line": fault.line, "column": fault.field, "value": fault.value, "rule": fault.rule}


def exactly(value: Any) -> str:
    """Write JSON in which amounts are numbers with just the digits they have."""
    mark = secrets.token_hex(16)  # so that no text of a file is taken for an amount
    amounts: list[str] = []

    def held(each: Any) -> str:
        if not isinstance(each, Decimal):
            raise TypeError(type(each).__name__)
        amounts.append(_digits(each))
        return f"{mark}{len(amounts) - 1}{mark}"

    text = json.dumps(value, ensure_ascii=False, indent=2, allow_nan=False, default=held)
    for number, digits in enumerate(amounts):
        text = text.replace(f'"{mark}{number}{mark}"', digits)
    return text


def _digits(amount: Decimal) -> str:
    text = f"{amount:f}"
    return text.rstrip("0").rstrip(".") if "." in text else text


def outcome_text(outcome: Outcome, words: Words) -> str:
    """The same as the card in Slack; "" where it is refused, which is told as an error."""
    if outcome.campaigns:
        number = words.formats.count(len(outcome.campaigns), "campaign window")
        became = "taken" if outcome.state == "done" else "read, nothing stored"
        return f"{number} {became} from {outcome.file}."
    if outcome.scan is None:
        return ""
    return "\n".join([_first(outcome, outcome.scan, words), *_more(outcome, outcome.scan, words)])


def _first(outcome: Outcome, scan: Scan, words: Words) -> str:
    if outcome.state == "same" and outcome.before is not None:
        return arrivals.same(scan.checksum, outcome.before, words)
    if outcome.state == "double" and outcome.found is not None:
        return exported.double(outcome.found, outcome.before, words)
    if outcome.state == "asking":
        read = words.formats.count(scan.rows, "row")
        return f"{read} read from {outcome.file}, nothing stored yet."
    taken = exported.taken(scan, words)
    return f"{taken} Nothing was stored." if outcome.state == "read" else taken


def _more(outcome: Outcome, scan: Scan, words: Words) -> Iterator[str]:
    if outcome.state in {"same", "double"}:
        return
    yield " · ".join(filter(None, (outcome.file, exported.origin(scan))))
    yield from (_asked(each) for each in scan.questions)
    if outcome.found is not None and outcome.found.replaced is not None:
        yield exported.replaced(outcome.found.replaced, words)
    if scan.total_check is not None and "total" not in {each.kind for each in scan.questions}:
        yield exported.agrees(scan.total_check, scan, words)
    yield from (each.text for each in scan.warnings)
    yield from _alike(outcome.found, words)
    yield from (exported.broken(each, str) for each in scan.rejects[:SHOWN])
    if scan.rejected > SHOWN:
        yield f"and {words.formats.number(scan.rejected - SHOWN)} more refused; --json tells all of them"


def _alike(found: FileImport | None, words: Words) -> Iterator[str]:
    """Names that may be one campaign, and where to say so."""
    groups = [each for each in found.alike if each.answer == "open"] if found else []
    yield from (exported.alike(each, words) for each in groups[:SHOWN])
    if groups:
        more = f"and {words.formats.number(len(groups) - SHOWN)} more; " if len(groups) > SHOWN else ""
        yield f"{more}`marko link` takes the answer."


def _asked(question: Question) -> str:
    options = [each.replace(" ", "-") if question.kind == "date_order" else each for each in question.options]
    answer = ANSWERS[question.kind].format(options=" or ".join(options), column=question.column)
    return f"{question.text} {answer}"
