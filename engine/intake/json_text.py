"""Strict JSON: no duplicate keys, no NaN, exact decimals; and the line where each field stands."""

import json
import re
from collections.abc import Iterator
from decimal import Decimal, InvalidOperation
from typing import Any

from engine.errors import Fault, Refused

Path = tuple[str | int, ...]

LONGEST = 20_000_000  # characters; a retrospective has about a thousand
DEEPEST = 40
_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"?|[\[\]{}]', re.DOTALL)  # an open text ends with the file
_TOKEN = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}:,]|[^\s\[\]{}:,"]+')


def parse(text: str, *, source: str | None = None) -> Any:
    """Read JSON text; numbers with a point or exponent come as ``Decimal``, all others as ``int``.

    NaN and Infinity come as a ``Decimal`` that is not finite, so that the field they stand in can be
    named when it is checked. Raises ``Refused`` for text that is not JSON and for keys given twice.
    """
    twice: list[str] = []

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        block = dict(found)
        if len(block) < len(found):
            twice.append(found[0][0])
        return block

    fault = _too_big(text)
    if fault:
        raise Refused([fault], source)
    try:
        value = json.loads(
            text, parse_float=_fraction, parse_int=_whole, parse_constant=Decimal, object_pairs_hook=pairs
        )
    except json.JSONDecodeError as problem:
        fault = Fault("JSON", _excerpt(text, problem.pos), f"valid JSON ({problem.msg})", problem.lineno)
        raise Refused([fault], source) from None
    if twice:
        raise Refused(_given_twice(text), source)
    return value


def _too_big(text: str) -> Fault | None:
    if len(text) > LONGEST:
        return Fault("JSON", f"{len(text):,} characters", f"at most {LONGEST:,} characters")
    depth = deepest = 0
    for bracket in _BRACKET.findall(text):
        depth += (bracket in "[{") - (bracket in "]}") if len(bracket) == 1 else 0
        deepest = max(deepest, depth)
    if deepest > DEEPEST:
        return Fault("JSON", f"{deepest} levels", f"at most {DEEPEST} levels of nesting")
    return None


def _fraction(digits: str) -> Decimal:
    """Take an exponent that ``Decimal`` refuses for what it means: beyond all bounds, or nothing."""
    try:
        return Decimal(digits)
    except InvalidOperation:
        return Decimal(0) if "e-" in digits.lower() else Decimal("Infinity")


def _whole(digits: str) -> int | Decimal:
    """Keep absurd whole numbers out of ``int``, which refuses very long ones with an error of its own."""
    return int(digits) if len(digits) <= 25 else Decimal(digits[:40])


def _given_twice(text: str) -> list[Fault]:
    seen: set[Path] = set()
    faults = []
    for path, line in walk(text):
        if path in seen:
            faults.append(Fault(dotted(path), "given twice", "each field once", line))
        seen.add(path)
    return faults


def _excerpt(text: str, position: int) -> str:
    piece = text[position : position + 20].split("\n", 1)[0].strip()
    return piece or "the end of the text"


def dotted(path: Path) -> str:
    """Write a path as people do: ``[2].actual_metrics.clicks``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
    return printable(text)


def printable(text: str) -> str:
    """Spell out half a surrogate pair: valid in JSON, and in no file or message."""
    return text.encode("utf-8", "backslashreplace").decode()


def lines_of(text: str) -> dict[Path, int]:
    """Map the path of every value (``(0, "actual_metrics", "clicks")``) to its line, from 1."""
    return dict(walk(text))


def walk(text: str) -> Iterator[tuple[Path, int]]:
    """Yield every value's path and line, in the order of the text, which is valid JSON already.

    Only needed to tell a person where a fault stands, so it runs after something was found wrong.
    """
    path: list[str | int] = []
    blocks: list[str] = []
    wants_key = False
    line, at = 1, 0
    for match in _TOKEN.finditer(text):
        line += text.count("\n", at, match.start())
        at = match.start()
        token = match.group()
        if token == ",":
            wants_key = blocks[-1] == "{"
            path[-1] = path[-1] if wants_key else int(path[-1]) + 1
        elif token in "]}":
            blocks.pop()
            path.pop()
            wants_key = False
        elif wants_key:
            path[-1] = json.loads(token)
            wants_key = False
        elif token != ":":
            yield tuple(path), line
            if token in "[{":
                blocks.append(token)
                path.append(0 if token == "[" else "")
                wants_key = token == "{"
