"""Rows in JSON: a list of flat blocks, alone or as "data" or "rows" of a block, or one block a line.

Numbers keep their digits. Each block is read as strictly as a retrospective: no key twice, no NaN.
"""

import csv
import re
from collections.abc import Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import Any, NamedTuple

from engine.errors import Fault, Refused
from engine.intake.dialect import is_unsure
from engine.intake.json_text import DEEPEST, capped, clipped, parse, printable
from engine.intake.refusing import refused
from engine.models.export import Warned

LARGEST = 32_000_000  # bytes
MOST_BRACKETS = 500_000
MOST_QUOTES = 4_000_000
MOST_COLUMNS = 2_000
MOST_DIGITS = 25
AROUND = ("platform", "account", "account_id", "currency", "time_zone")  # beside the list: of every row
LISTS = ("data", "rows", "results", "items", "records")
SMALLER = (
    f"at most {LARGEST:,} bytes, {MOST_BRACKETS:,} brackets, {MOST_QUOTES:,} quotes: hand in a shorter range"
)
_AGAIN = "valid JSON: download it again"
_SIGN = re.compile(r'"(?:[^"\\]++|\\.)*+"?|[\[\]{}]', re.DOTALL)
_LIST = re.compile(rf'"(?:{"|".join(LISTS)})"\s*:\s*\Z')
_RETROSPECTIVE = (b'"actual_metrics"', b'"expected_metrics"')


class Made(NamedTuple):
    """Whether every number is beyond doubt, what is not read, and by line of the table that of the file."""

    is_typed: bool
    warnings: tuple[Warned, ...]
    lines: Sequence[int]


class _Block(NamedTuple):
    text: str
    line: int


def holds_retrospectives(data: bytes) -> bool:
    """Say whether JSON holds campaigns with forecast and actual, which ``payload.read_campaigns`` reads."""
    head = data[:4096].lstrip(b"\xef\xbb\xbf \t\r\n")
    if head.startswith((b"\xff\xfe", b"\xfe\xff")):
        data = data.replace(b"\0", b"")
        head = data[2:4096].lstrip()
    return head.startswith((b"{", b"[")) and any(key in data for key in _RETROSPECTIVE)


def as_table(path: Path, table: Path, start: int) -> Made:
    """Write blocks as a table with a header and a row a line. Raises ``Refused`` with line and field."""
    if path.stat().st_size > LARGEST:
        raise refused(f"{path.stat().st_size:,} bytes", SMALLER, field="JSON")
    content = path.read_bytes()[start:]
    if holds_retrospectives(content):
        raise refused("retrospectives", "rows of an export; hand retrospectives in as a file of their own")
    if content.count(b"{") + content.count(b"[") > MOST_BRACKETS or content.count(b'"') > MOST_QUOTES:
        raise refused("more texts and brackets than a table has", SMALLER, field="JSON")
    rows, lines, faults, around = [], [1], list[Fault](), dict[str, Any]()
    for at, block in enumerate(_blocks(content.decode(), around), 1):
        value = _parsed(block, at)
        if not isinstance(value, dict):
            raise refused(
                f"row {at} is no block", "flat blocks with the same fields", field="JSON", line=block.line
            )
        faults += _unfit(value, at, block.line)
        rows.append(value | {name: said for name, said in around.items() if name not in value})
        lines.append(block.line)
    if faults:
        raise Refused(capped(faults))
    if not rows:
        raise refused("no rows", f'a list of flat blocks, alone or as "{LISTS[0]}"', field="JSON")
    return _written(rows, table, lines)


def _parsed(block: _Block, at: int) -> Any:
    try:
        return parse(block.text)
    except Refused as problem:
        first = problem.faults[0]
        line = block.line + (first.line or 1) - 1
        raise Refused([Fault(f"row {at}, {first.field}", first.value, first.rule, line)]) from None


def _unfit(row: dict[str, Any], at: int, line: int) -> Iterator[Fault]:
    for name, value in row.items():
        if isinstance(value, Decimal | int) and not isinstance(value, bool) and not _is_sound(value):
            shown = clipped(printable(str(value)), 60)
            yield Fault(
                f"row {at}, {clipped(printable(name), 60)}",
                shown,
                f"a number of at most {MOST_DIGITS} digits",
                line,
            )


def _is_sound(value: Decimal | int) -> bool:
    if isinstance(value, int):
        return True
    exponent = value.as_tuple().exponent
    return isinstance(exponent, int) and exponent >= -MOST_DIGITS and value.adjusted() < MOST_DIGITS


def _blocks(text: str, around: dict[str, Any]) -> Iterator[_Block]:
    """Yield the blocks of the list one after the other: few at a time are values.

    What the block around the list says of every row is put into ``around`` before the first.
    """
    if not text.lstrip().startswith("{"):
        yield from _items(text, 1)
    elif _is_one_a_line(text):
        lines = enumerate(text.split("\n"), 1)
        yield from (_Block(one, line) for line, one in lines if one.strip())
    else:
        begin, end = _list_within(text)
        if begin < 0:
            yield _Block(text, 1)
        else:
            around |= _of_every_row(parse(f"{text[:begin]}[]{text[end:]}"))
            yield from _items(text[begin:end], 1 + text.count("\n", 0, begin))


def _of_every_row(block: dict[str, Any]) -> dict[str, str]:
    return {name: said for name in AROUND if isinstance(said := block.get(name), str)}


def _is_one_a_line(text: str) -> bool:
    """Say whether each line is a block of its own (NDJSON): the first is closed, and another follows."""
    first, _, rest = text.lstrip().partition("\n")
    return rest.lstrip()[:1] == "{" and _depth(first) == 0


def _depth(text: str) -> int:
    return sum((sign in "[{") - (sign in "]}") for sign in _SIGN.findall(text) if len(sign) == 1)


def _list_within(text: str) -> tuple[int, int]:
    """Find the list of rows within the block around it, which has to be sound; -1 where it is a row."""
    begin = -1
    for depth, match in _brackets(text):
        if begin < 0 and depth == 2 and match.group() == "[" and _is_list_of_rows(text, match.start()):
            begin = match.start()
        elif begin >= 0 and depth == 1:
            parse(f"{text[:begin]}[]{text[match.end() :]}")
            return begin, match.end()
    if begin >= 0:
        raise refused("a list that does not end", _AGAIN, field="JSON")
    value = parse(text)
    if all(isinstance(each, list | dict) for each in value.values()):
        shown = f"a block with {', '.join(value)}"
        raise refused(shown, f'a list of rows, alone or as "{LISTS[0]}"', field="JSON")
    return -1, -1


def _is_list_of_rows(text: str, at: int) -> bool:
    return _LIST.search(text, max(0, at - 40), at) is not None


def _brackets(text: str) -> Iterator[tuple[int, re.Match[str]]]:
    """Yield each bracket with how deep it is after it."""
    depth = 0
    for match in _SIGN.finditer(text):
        sign = match.group()
        if len(sign) == 1 and sign != '"':
            depth += 1 if sign in "[{" else -1
            if depth > DEEPEST:
                raise refused(f"over {DEEPEST} levels", f"at most {DEEPEST} levels of nesting", field="JSON")
            yield depth, match


def _items(text: str, line: int) -> Iterator[_Block]:
    """Yield the blocks of a list in brackets; between them may be one comma and nothing else."""
    begin, after, counted, comma = 0, text.find("[") + 1, 0, ""
    for depth, match in _brackets(text):
        if depth == 0:
            if (text[after : match.start()] + text[match.end() :]).strip():
                raise refused("something after the last row", _AGAIN, field="JSON", line=line)
            return
        if depth == 1 and after <= match.start() and match.group() in "]}":
            yield _Block(text[begin : match.end()], line)
            after, comma = match.end(), ","
        elif depth == 2 and match.group() in "[{":
            begin, between = match.start(), text[after : match.start()].strip()
            line, counted = line + text.count("\n", counted, begin), begin
            if between != comma or match.group() == "[":
                shown = between or match.group()
                raise refused(shown, "flat blocks with a comma between them", field="JSON", line=line)
    raise refused("a list that does not end", _AGAIN, field="JSON")


def _written(rows: Sequence[dict[str, Any]], table: Path, lines: Sequence[int]) -> Made:
    names = dict.fromkeys(name for row in rows for name in row)
    nested = {name for row in rows for name, value in row.items() if isinstance(value, list | dict)}
    kept = [name for name in names if name not in nested]
    if len(names) > MOST_COLUMNS:
        raise refused(f"{len(names):,} fields", f"at most {MOST_COLUMNS:,} fields", field="JSON")
    if len(kept) < 2:
        raise refused(
            "no flat fields", "rows with at least two fields that are texts or numbers", field="JSON"
        )
    is_sure = True
    with table.open("w", encoding="utf-8", newline="") as out:
        writer = csv.writer(out, lineterminator="\n")
        writer.writerow(map(_text, kept))
        for row in rows:
            cells = [row.get(name) for name in kept]
            is_sure = is_sure and not any(isinstance(cell, str) and is_unsure(cell) for cell in cells)
            writer.writerow(map(_text, cells))
    several = lines if len(set(lines)) > 1 or len(rows) == 1 else range(len(rows) + 1)
    return Made(is_sure, _not_read(sorted(nested)), several)


def _text(value: object) -> str:
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, Decimal):
        return format(value, "f")
    return re.sub(r"\r\n|[\r\n]", " ", str(value))


def _not_read(nested: Sequence[str]) -> tuple[Warned, ...]:
    if not nested:
        return ()
    shown = ", ".join(clipped(printable(name), 60) for name in nested[:5])
    hold = "holds lists" if len(nested) == 1 else "hold lists"
    return (Warned(code="nested", text=f"Not read: {shown} {hold}, and I read flat fields alone."),)
