"""Promise 21, exports that were damaged: read right, or asked, or refused; never a silently wrong number.

A random export is changed in one place: a cell, a row, the header, or bytes anywhere. A second reader, which
knows how the file was written, says what each record of the changed file holds. Then every record has to be
accounted for (taken, rejected with its line, or a total row), and the totals have to be the sum of
the records that were taken, to the millionth.
"""

import csv
import gzip
import io
import random
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from decimal import Decimal
from pathlib import Path
from typing import NamedTuple

from exports import COUNTS, LABELS, NUMBERS, Export, export

from engine.errors import Refused
from engine.intake.export import scan
from engine.intake.numbers import BadCell, NumberStyle, exact
from engine.models.export import Hints, Scan
from engine.models.scanned import Scanned
from torture.result import Result, counted

Table = list[list[str]]
MONEY = frozenset({"spend", "revenue"})
MISSING = frozenset({"", "-", "--", "n/a"})
GARBAGE = (
    "abc", "12,3,4", "1.2.3", "#REF!", "#DIV/0!", "1e309", "NaN", "Infinity", "-5", "(12.50)", "< 10%",
    "true", "0x1F", "1/2", "12 34", "１２３", "9" * 30, "=1+1", "\u2212", "5%", "1,5,0", "..", "1e5", "€",
    "12-",
)  # fmt: skip
ODD_BYTES = (
    b'"', b"'", b"\n", b"\r\n", b";", b",", b"\t", b"0", b"-", b"\x00", b"\xff", b"\xc3", b"\xef\xbb\xbf",
)  # fmt: skip


class Changed(NamedTuple):
    """A damaged file. ``header`` says that the header was touched, so that columns may be lost."""

    kind: str
    data: bytes
    header: bool = False


class Record(NamedTuple):
    """What the second reader finds in a record: its amounts in millionths, or that a cell is no number."""

    line: int
    values: dict[str, int | None]
    is_bad: bool
    is_total: bool


def run(times: int) -> Result:
    """Damage ``times`` files; notes say how many were read, asked about and refused."""
    faults = list[str]()
    ends = Counter[str]()
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "export.csv"
        for seed in range(times):
            end, problem = _attempt(seed, path)
            ends[end] += 1
            if problem:
                faults.append(f"seed {seed}: {problem}")
    return counted(times, faults, ", ".join(f"{count} {end}" for end, count in ends.most_common()))


def _attempt(seed: int, path: Path) -> tuple[str, str]:
    rng = random.Random(f"mutated:{seed}")  # noqa: S311  no secret hangs on it
    made = export(rng, most_rows=8)
    changed = rng.choice(CHANGES)(made, rng)
    path.write_bytes(changed.data)
    hints = Hints(date_order="month first" if made.dialect.day == "%m/%d/%Y" else "day first")
    try:
        found = scan(path, name="export.csv", hints=hints)
    except Refused as refused:
        return "refused", "" if refused.faults else f"{changed.kind}: refused without a reason"
    except Exception as crash:  # noqa: BLE001  a crash is what is looked for
        return "crashed", f"{changed.kind}: {type(crash).__name__}: {crash}"
    if found.scan.is_open:
        left = next(found.rows, None)
        return "asked", f"{changed.kind}: asked, and gave rows" if left else ""
    return "read", "; ".join(_faults(made, changed, found))


def _faults(made: Export, changed: Changed, found: Scanned) -> Iterator[str]:
    records = _records(made, changed.data)
    told = found.scan
    if {name: getattr(told.totals, name) for name in NUMBERS} == made.totals and told.rows == len(made.rows):
        yield from _wrong_rows(changed, found)  # nothing that counts was changed
        return
    rejected = {each.line for each in told.rejects}
    data = [each for each in records if not each.is_total or each.line in rejected]
    taken = [each for each in data if each.line not in rejected]
    if told.rows != len(taken) or told.rejected != len(rejected):
        yield f"{changed.kind}: {len(data)} records, but {told.rows} taken and {told.rejected} rejected"
        return
    if any(each.is_bad for each in taken):
        yield f"{changed.kind}: a cell that is no number was taken"
    yield from _wrong_totals(changed, told, taken)
    yield from _wrong_rows(changed, found)


def _wrong_totals(changed: Changed, told: Scan, taken: Sequence[Record]) -> Iterator[str]:
    is_mixed = any(each.code == "mixed_currencies" for each in told.warnings)
    for name in NUMBERS:
        held = [value for each in taken if (value := each.values[name]) is not None]
        expected = None if not held else sum(held)
        got = getattr(told.totals, name)
        got = None if got is None else int(Decimal(got).scaleb(6))
        may_be_unknown = changed.header or (name in MONEY and is_mixed)
        if got != expected and not (got is None and may_be_unknown):
            yield f"{changed.kind}: {name} is {got}, and not {expected}"


def _wrong_rows(changed: Changed, found: Scanned) -> Iterator[str]:
    rows = list(found.rows)
    for name in NUMBERS:
        unit = 1_000_000 if name in COUNTS else 1
        held = [value * unit for row in rows if (value := getattr(row, name)) is not None]
        got = getattr(found.scan.totals, name)
        if got is not None and sum(held) != int(Decimal(got).scaleb(6)):
            yield f"{changed.kind}: rows hold other {name} than the totals"


def _records(made: Export, data: bytes) -> list[Record]:
    """Read a changed file the way it was written, whatever became of it."""
    content = gzip.decompress(data) if made.dialect.is_packed else data
    text = content.decode(made.dialect.encoding, "replace").removeprefix("\ufeff")
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=made.dialect.delimiter)
    lines, cells, begun = list[int](), Table(), 1
    for each in reader:
        lines.append(begun)
        cells.append(each)
        begun = reader.line_num + 1
    header = made.cells[0]
    same = [sum(one == other for one, other in zip(each, header, strict=False)) for each in cells[:10]]
    at = same.index(max(same))
    return [
        _record(made, line, each)
        for line, each in zip(lines[at + 1 :], cells[at + 1 :], strict=True)
        if sum(bool(cell.strip()) for cell in each) > 1 or _counts(made, each)
    ]


def _counts(made: Export, cells: Sequence[str]) -> bool:
    """Whether a record with a single cell holds a number; anything else is a note, or half a line."""
    record = _record(made, 0, cells)
    return record.is_bad or any(each is not None for each in record.values.values())


def _record(made: Export, line: int, cells: Sequence[str]) -> Record:
    by_name = {name: cells[at] if at < len(cells) else "" for at, name in enumerate(made.columns)}
    values: dict[str, int | None] = {}
    is_bad = any(cell.strip() for cell in cells[len(made.columns) :])
    for name in NUMBERS:
        try:
            values[name] = _value(made, name, by_name.get(name, ""))
        except BadCell:
            values[name], is_bad = None, True
    texts = {each.strip() for each in cells} - {""}
    is_unnamed = by_name["campaign"].strip() in MISSING and not by_name.get("ad_set", "").strip()
    return Record(line, values, is_bad, is_total=is_unnamed or bool(texts & set(LABELS)))


def _value(made: Export, name: str, cell: str) -> int | None:
    decimal = "." if made.dialect.decimal == "." else ","
    value = exact(cell, NumberStyle(decimal, "," if decimal == "." else "."), whole=name in COUNTS)
    if value is not None and value < 0:
        raise BadCell("not negative")
    return None if value is None else value * (1_000_000 if name in COUNTS else 1)


def _number_cell(made: Export, table: Table, rng: random.Random) -> tuple[int, int]:
    places = [at for at, name in enumerate(made.columns) if name in NUMBERS]
    return rng.randrange(1, len(table)), rng.choice(places)


def _digit(made: Export, rng: random.Random) -> Changed:
    table = made.cells
    row, place = _number_cell(made, table, rng)
    cell = table[row][place]
    digits = [at for at, sign in enumerate(cell) if sign.isdecimal()]
    if digits:
        at = rng.choice(digits)
        table[row][place] = cell[:at] + rng.choice("0123456789") + cell[at + 1 :]
    return Changed("a digit", made.data(table))


def _garbage(made: Export, rng: random.Random) -> Changed:
    table = made.cells
    row, place = _number_cell(made, table, rng)
    text = rng.choice(GARBAGE)
    if made.dialect.encoding == "cp1252":
        text = text.encode("cp1252", "ignore").decode("cp1252")
    table[row][place] = text
    return Changed(f"“{text}” for a number", made.data(table))


def _blank(made: Export, rng: random.Random) -> Changed:
    table = made.cells
    table[rng.randrange(1, len(table))][rng.randrange(len(made.columns))] = rng.choice(("", " ", "--"))
    return Changed("a blank cell", made.data(table))


def _other_style(made: Export, rng: random.Random) -> Changed:
    table = made.cells
    row, place = _number_cell(made, table, rng)
    table[row][place] = table[row][place].translate(str.maketrans(",.", ".,"))
    return Changed("the other decimal sign", made.data(table))


def _lost_row(made: Export, rng: random.Random) -> Changed:
    table = made.cells
    del table[rng.randrange(1, len(table))]
    return Changed("a row lost", made.data(table))


def _row_again(made: Export, rng: random.Random) -> Changed:
    table = made.cells
    table.insert(rng.randint(1, len(table)), list(rng.choice(table[1:])))
    return Changed("a row again", made.data(table))


def _shifted(made: Export, rng: random.Random) -> Changed:
    table = made.cells
    row = table[rng.randrange(1, len(table))]
    if rng.random() < 0.5:
        row.insert(rng.randrange(len(row)), rng.choice(("", "7", "x")))
    else:
        del row[rng.randrange(len(row))]
    return Changed("a row shifted", made.data(table))


def _turned(made: Export, rng: random.Random) -> Changed:
    table = made.cells
    row = table[rng.randrange(1, len(table))]
    one, other = rng.randrange(len(row)), rng.randrange(len(row))
    row[one], row[other] = row[other], row[one]
    return Changed("two cells turned round", made.data(table))


def _header(made: Export, rng: random.Random) -> Changed:
    table = made.cells
    place = rng.randrange(len(made.columns))
    name = table[0][place]
    at = rng.randrange(len(name))
    kept = (name[:at] + name[at + 1 :], name[:at] + "x" + name[at:], "", table[0][place - 1], name.swapcase())
    table[0][place] = rng.choice(kept)
    return Changed(f"the header {name!r} as {table[0][place]!r}", made.data(table), header=True)


def _stray(made: Export, rng: random.Random) -> Changed:
    table = made.cells
    stray = rng.choice(([""], ["", "", ""], ["Generated by a robot"], ["Total"], [" "], ["0", "0"]))
    table.insert(rng.randint(1, len(table)), list(stray))
    return Changed(f"a stray row {stray}", made.data(table))


def _odd_byte(made: Export, rng: random.Random) -> Changed:
    data, odd = made.data(), rng.choice(ODD_BYTES)
    at = rng.randrange(len(data))
    end = at + rng.choice((0, 0, 1))
    return Changed(f"{odd!r} at byte {at}", data[:at] + odd + data[end:], header=_is_above(made, data, at))


def _flipped(made: Export, rng: random.Random) -> Changed:
    data = bytearray(made.data())
    at = rng.randrange(len(data))
    data[at] ^= 1 << rng.randrange(8)
    return Changed(f"byte {at} flipped", bytes(data), header=_is_above(made, bytes(data), at))


def _cut(made: Export, rng: random.Random) -> Changed:
    data = made.data()
    at = rng.randrange(len(data))
    return Changed(f"cut at byte {at}", data[:at], header=_is_above(made, data, at))


def _is_above(made: Export, data: bytes, at: int) -> bool:
    """Whether a byte lies in the header or above it; in a packed file every byte does."""
    above = made.text(made.cells[:1]).removesuffix(made.footer).encode(made.dialect.encoding)
    return made.dialect.is_packed or at <= len(above)


CHANGES: tuple[Callable[[Export, random.Random], Changed], ...] = (
    _digit, _digit, _garbage, _garbage, _blank, _other_style, _lost_row, _row_again, _shifted, _turned,
    _header, _stray, _odd_byte, _odd_byte, _flipped, _flipped, _cut,
)  # fmt: skip
