"""Strict JSON: no duplicate keys, no NaN, exact decimals; and the line where each field stands."""

import json
import re
import unicodedata
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from itertools import islice
from typing import Any

from engine.errors import Fault, Refused

Path = tuple[str | int, ...]

LONGEST = 8_000_000  # bytes of a file, characters of a text; a retrospective has about a thousand
MOST_SIGNS = 800_000  # a short retrospective has 150; what reading costs goes by them
DEEPEST = 40
MOST_FAULTS = 100
LONGEST_NAME = 200  # of a field; what is longer is cut where it is shown
TOO_LONG = Fault("JSON", f"more than {LONGEST:,} bytes", f"at most {LONGEST:,} bytes")
_SIGNS = '"[]{},:'
_HIDDEN = {"Cc", "Cf", "Cs", "Zl", "Zp"}  # would steer a terminal, turn the text round or be no text at all
# Possessive (``++``), so that a long text takes no memory for ways back that are never needed.
_BRACKET = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)  # an open text ends with the file
_TOKEN = re.compile(r'"(?:[^"\\]++|\\.)*+"|[\[\]{}:,]|[^\s\[\]{}:,"]++')


def parse(text: str, *, source: str | None = None) -> Any:
    """Read JSON text; numbers with a point or exponent come as ``Decimal``, all others as ``int``.

    NaN and Infinity come as a ``Decimal`` that is not finite, so that the field they stand in can be
    named when it is checked. Raises ``Refused`` for text that is not JSON and for keys given twice.
    """
    twice = False

    def pairs(found: list[tuple[str, Any]]) -> dict[str, Any]:
        nonlocal twice
        block = dict(found)
        twice = twice or len(block) < len(found)
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
        raise Refused(capped(_given_twice(text)), source)
    return value


def _too_big(text: str) -> Fault | None:
    if len(text) > LONGEST:
        return TOO_LONG
    signs = sum(map(text.count, _SIGNS))
    if signs > MOST_SIGNS:
        return Fault("JSON", f"{signs:,} quotes, brackets, commas and colons", f"at most {MOST_SIGNS:,}")
    depth = deepest = 0
    for match in _BRACKET.finditer(text):
        bracket = match.group()
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


def capped(faults: Iterable[Fault]) -> list[Fault]:
    """Take as many as a person can read; when there are more, the last one says so."""
    told = list(islice(faults, MOST_FAULTS + 1))
    if len(told) <= MOST_FAULTS:
        return told
    more = Fault("and more", f"over {MOST_FAULTS} faults", f"at most {MOST_FAULTS} are told at once")
    return [*told[: MOST_FAULTS - 1], more]


def _given_twice(text: str) -> Iterator[Fault]:
    open_blocks: list[set[str | int]] = []  # the fields so far of each block around the present value
    for path, line in walk(text):
        del open_blocks[len(path) :]
        if len(open_blocks) < len(path):
            open_blocks.append(set())
        if path and isinstance(path[-1], str):
            if path[-1] in open_blocks[-1]:
                yield Fault(dotted(path), "given twice", "each field once", line)
            open_blocks[-1].add(path[-1])


def _excerpt(text: str, position: int) -> str:
    piece = text[position : position + 20].split("\n", 1)[0].strip()
    return printable(piece) or "the end of the text"


def dotted(path: Path) -> str:
    """Write a path as people do: ``[2].actual_metrics.clicks``."""
    text = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path).lstrip(".")
    return printable(clipped(text, LONGEST_NAME))


def clipped(text: str, longest: int) -> str:
    return text if len(text) <= longest else text[: longest - 1] + "…"


def printable(text: str) -> str:
    """Spell out (``\\x1b``) what cannot be seen: control characters, direction marks, half surrogates."""
    return "".join(
        each.encode("unicode_escape").decode() if unicodedata.category(each) in _HIDDEN else each
        for each in text
    )


def lines_of(text: str, paths: Iterable[Path]) -> dict[Path, int]:
    """Map these paths (``(0, "actual_metrics", "clicks")``) and the blocks around them to lines, from 1.

    A path that has no value in the text, as of a field that is missing, is left out.
    """
    wanted = {path[:end] for path in paths for end in range(len(path) + 1)}
    lines: dict[Path, int] = {}
    for path, line in walk(text):
        if path in wanted:
            lines[path] = line
            if len(lines) == len(wanted):
                break
    return lines


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
            path[-1] = json.loads(token) if "\\" in token else token[1:-1]
            wants_key = False
        elif token != ":":
            yield tuple(path), line
            if token in "[{":
                blocks.append(token)
                path.append(0 if token == "[" else "")
                wants_key = token == "{"
