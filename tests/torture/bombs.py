"""Promise 22: bombs are refused: too long, too wide, too deep, too tightly packed; in 1 s and 200 MB.

Time is the processor's, so that what else runs on the machine does not count.
"""

import gzip
import io
import json
import os
import random
import struct
import subprocess
import sys
import tempfile
import zlib
from collections.abc import Callable, Sequence
from functools import cache
from pathlib import Path
from typing import Any, NamedTuple

from engine.intake.flat_json import LARGEST as LARGEST_JSON
from engine.intake.opening import LARGEST
from torture.result import Result, counted

SECONDS, MEGABYTES = 1.0, 200
BATCH = 20  # files at a time on the disk
MILLION = 1_000_000
HEADER = b"Day,Campaign name,Spend,Impressions\n"
ROW = b"2026-03-01,spring-sale,12.50,1000\n"
Dice = random.Random


class Made(NamedTuple):
    """A bomb: its bytes, or only how long a file of nothing is."""

    content: bytes
    size: int = 0


def run(times: int) -> Result:
    """Make ``times`` bombs of every kind in turn and hand each in."""
    faults = _harmless()
    slowest, largest = 0.0, 0.0
    for first in range(0, times, BATCH):
        with tempfile.TemporaryDirectory() as folder:
            paths = [_put(Path(folder), number) for number in range(first, min(first + BATCH, times))]
            for told in _handed_in(paths):
                faults += _faults(told)
                slowest = max(slowest, told.get("seconds", 0.0))
                largest = max(largest, told.get("megabytes", 0.0))
    return counted(times, faults, f"{len(KINDS)} kinds, at most {slowest:.2f} s and {largest:.0f} MB")


def _put(folder: Path, number: int) -> Path:
    name, ending, make = KINDS[number % len(KINDS)]
    made = make(Dice(number))
    path = folder / f"{number} {name}{ending}"
    with path.open("wb") as file:
        file.write(made.content)
        if made.size:
            file.truncate(made.size)
    return path


def _harmless() -> list[str]:
    """What is no bomb has to be taken, or refusing everything would keep this promise."""
    table = HEADER + ROW * 50_000
    plain = {"plain.csv": table, "plain.csv.gz": gzip.compress(table), "plain.xlsx": workbook(_TABLE)}
    with tempfile.TemporaryDirectory() as folder:
        paths = [Path(folder) / name for name in plain]
        for path in paths:
            path.write_bytes(plain[path.name])
        return [
            f"{told['path']}: {told['outcome']}" for told in _handed_in(paths) if told["outcome"] != "taken"
        ]


def _handed_in(paths: Sequence[Path]) -> list[dict[str, Any]]:
    tests = Path(__file__).resolve().parents[1]
    done = subprocess.run(
        [sys.executable, "-m", "torture.bomb_child", *map(str, paths)],
        env={**os.environ, "PYTHONPATH": f"{tests}:{tests.parent}"},
        capture_output=True,
        text=True,
        check=False,
    )
    told = [json.loads(line) for line in done.stdout.splitlines()]
    missing = len(paths) - len(told)
    return told + [{"path": "a bomb", "outcome": f"no answer: {done.stderr[-200:]}"}] * missing


def _faults(told: dict[str, Any]) -> list[str]:
    name = Path(str(told["path"])).name
    if told["outcome"] != "refused":
        return [f"{name}: {told['outcome']}"]
    seconds, megabytes = told["seconds"], told["megabytes"]
    faults = [f"{name}: {seconds:.2f} s"] if seconds > SECONDS else []
    return faults + ([f"{name}: {megabytes:.0f} MB"] if megabytes > MEGABYTES else [])


# Too large as it is


def over_the_limit(dice: Dice) -> Made:
    return Made(HEADER + ROW * 3, LARGEST + dice.randint(1, 10**12))


def nothing_but_zeros(dice: Dice) -> Made:
    return Made(HEADER * dice.randint(0, 1), dice.randint(1, 2_000) * MILLION)


def a_cell_without_end(dice: Dice) -> Made:
    filling = dice.choice([b"x", b"1", b"ab ", "ü".encode(), b"' ", b"\\", b"=", b"- "])
    return Made(HEADER + b"2026-03-01," + filling * dice.randint(2 * MILLION, 20 * MILLION))


def a_quoted_cell_without_end(dice: Dice) -> Made:
    filling = dice.choice([b"line\n", b"\n", b"a,b,c\n", b'say ""hi""\r\n', b"x" * 999 + b"\n"])
    return Made(HEADER + b'2026-03-01,"' + filling * (dice.randint(3, 9) * MILLION // len(filling)))


def columns_without_end(dice: Dice) -> Made:
    sign = dice.choice([b",", b";", b"\t", b"|", b'"",', b"a,", b"Spend,"])
    return Made(b"Day,Campaign name," + sign * dice.randint(3_000, 900_000 // len(sign)) + b"\n" + ROW)


def a_row_without_end(dice: Dice) -> Made:
    rows = ROW * dice.randint(0, 3)
    return Made(HEADER + rows + dice.choice([b",", b"1,"]) * dice.randint(2 * MILLION, 9 * MILLION))


def a_preface_without_end(dice: Dice) -> Made:
    return Made(dice.choice([b"\n", b"Title\n", b"a: b\n", b"# x, y\n"]) * dice.randint(1, 9) * MILLION)


def figures_that_mislead(dice: Dice) -> Made:
    """Cells that a careless pattern would go over again and again."""
    cell = b"1" + dice.choice([b".,", b",", b" ", b"'", b"-/"]) * dice.randint(20_000, 30_000) + b"x"
    return Made(b"\n".join([b"|".join([cell] * 8)] * 3))


# Packed


@cache
def _packed(filling: bytes, megabytes: int) -> bytes:
    return gzip.compress(filling * (megabytes * MILLION // len(filling)), mtime=0)


def a_packed_gigabyte(dice: Dice) -> Made:
    filling = dice.choice([b"\0", b"\n", ROW, b",", b"1;", "é".encode(), b"Day;x\r\n", b"\xff\xfe"])
    return Made(_packed(filling, 64) * dice.randint(8, 64))


def one_packed_member(dice: Dice) -> Made:
    return Made(_packed(dice.choice([b"\0", ROW, b"{", b'"']), 120))


def an_honest_beginning(dice: Dice) -> Made:
    noise = dice.randbytes(dice.randint(1, 3) * 100_000).hex().encode()
    begin = b"\n".join(
        [HEADER.strip(), *(noise[at : at + 80] + b",a,1,2" for at in range(0, len(noise), 80))]
    )
    return Made(gzip.compress(begin, 1) + _packed(dice.choice([ROW, b"\n"]), 64) * 20)


def slowly_growing(dice: Dice) -> Made:
    """Packed no tighter than tables may be, and too large nevertheless."""
    noise = [b"%d," % dice.randrange(10**9) + ROW * 40 for _ in range(2_000)]
    member = gzip.compress(b"".join(noise), 9)
    return Made(member * (2 + 2_400 * MILLION // len(b"".join(noise))))


def packed_twice(dice: Dice) -> Made:
    return Made(gzip.compress(_packed(dice.choice([b"\0", ROW]), 64) * dice.randint(1, 99)))


def packed_and_too_wide(dice: Dice) -> Made:
    return Made(gzip.compress(columns_without_end(dice).content))


def packed_utf_16(dice: Dice) -> Made:
    text = "Day;Spend\n" + dice.choice(["x", ";", "1;"]) * dice.randint(2, 6) * MILLION
    return Made(gzip.compress(text.encode("utf-16"), 6))


# XLSX


class Part(NamedTuple):
    """A part of a zip, packed already, and what the zip says of it."""

    name: str
    packed: bytes
    size: int
    crc: int = 0


def _part(name: str, content: bytes, size: int | None = None, *, is_loose: bool = False) -> Part:
    """Pack a part; loosely, so that its size alone is no reason to refuse it."""
    how = zlib.Z_HUFFMAN_ONLY if is_loose else zlib.Z_DEFAULT_STRATEGY
    inner = zlib.compressobj(6, zlib.DEFLATED, -15, 9, how)
    packed = inner.compress(content) + inner.flush()
    return Part(name, packed, len(content) if size is None else size, zlib.crc32(content))


def _zipped(parts: Sequence[Part]) -> bytes:
    out, listed = io.BytesIO(), b""
    for part in parts:
        name, at = part.name.encode(), out.tell()
        about = struct.pack("<HHHHIIIH", 0, 8, 0, 33, part.crc, len(part.packed), part.size, len(name))
        out.write(b"PK\x03\x04" + struct.pack("<H", 20) + about + struct.pack("<H", 0) + name + part.packed)
        listed += b"PK\x01\x02" + struct.pack("<HH", 20, 20) + about
        listed += struct.pack("<HHHHII", 0, 0, 0, 0, 0, at) + name
    end = struct.pack("<HHHHIIH", 0, 0, len(parts) & 0xFFFF, len(parts) & 0xFFFF, len(listed), out.tell(), 0)
    return out.getvalue() + listed + b"PK\x05\x06" + end


_MAIN = b'xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"'
_LINK = b"http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_BOOK = b'<workbook %s xmlns:r="%s"><sheets><sheet name="Data" sheetId="1" r:id="r1"/></sheets></workbook>'
_ROOT = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Type="%s/officeDocument" Target="xl/workbook.xml"/></Relationships>'
)
_LINKS = (
    b'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
    b'<Relationship Id="r1" Type="%s/worksheet" Target="worksheets/sheet1.xml"/></Relationships>'
)


def workbook(
    rows: bytes, *more: Part, after: bytes = b"", size: int | None = None, is_loose: bool = False
) -> bytes:
    """Write a workbook of one sheet by hand, so that it can say what is not so."""
    sheet = b"<worksheet %s><sheetData>%s</sheetData>%s</worksheet>" % (_MAIN, rows, after)
    return _zipped([
        _part("_rels/.rels", _ROOT % _LINK),
        _part("xl/workbook.xml", _BOOK % (_MAIN, _LINK)),
        _part("xl/_rels/workbook.xml.rels", _LINKS % _LINK),
        _part("xl/worksheets/sheet1.xml", sheet, size, is_loose=is_loose),
        *more,
    ])  # fmt: skip


def _text_row(number: int, cells: Sequence[bytes]) -> bytes:
    made = b"".join(b'<c t="inlineStr"><is><t>%s</t></is></c>' % cell for cell in cells)
    return b'<row r="%d">%s</row>' % (number, made)


_TABLE = _text_row(1, HEADER.strip().split(b",")) + _text_row(2, ROW.strip().split(b","))


def a_sheet_of_spaces(dice: Dice) -> Made:
    return Made(workbook(_TABLE + b" " * dice.randint(50, 150) * MILLION))


def a_sheet_that_lies(dice: Dice) -> Made:
    return Made(workbook(_TABLE + b" " * dice.randint(50, 100) * MILLION, size=dice.randint(0, 5_000)))


def a_cell_far_away(dice: Dice) -> Made:
    place = f"{dice.choice(['XFD', 'AAAA', 'ZZ'])}{dice.choice([99_999, 1_048_576, 99_999_999])}".encode()
    quote = dice.choice([b'"', b"'"])
    far = b"<row><c r%s=%s%s%s><v>1</v></c></row>" % (dice.choice([b"", b" "]), quote, place, quote)
    return Made(workbook(_TABLE + far))


def one_cell_again_and_again(dice: Dice) -> Made:
    cell = b'<c r="A3"><v>%d</v></c>' % dice.randrange(99)
    return Made(workbook(_TABLE + b'<row r="3">%s</row>' % (cell * 2_100_000), is_loose=dice.random() < 0.5))


def cells_without_places(dice: Dice) -> Made:
    cells = b"<c><v>1</v></c>" * dice.randint(20_000, 90_000)
    return Made(
        workbook(_TABLE + b'<row r="%d">%s</row>' % (dice.randint(10**5, 10**6), cells), is_loose=True)
    )


def one_text_in_every_cell(dice: Dice) -> Made:
    words = dice.randbytes(15_000).hex().encode()
    texts = _part("xl/sharedStrings.xml", b"<sst %s><si><t>%s</t></si></sst>" % (_MAIN, words))
    rows = b"".join(
        b'<row r="%d"><c r="A%d" t="s"><v>0</v></c><c r="B%d"><v>%d</v></c></row>'
        % (at, at, at, dice.randrange(10**9))
        for at in range(3, 9_003)
    )
    return Made(workbook(_TABLE + rows, texts))


def texts_without_end(dice: Dice) -> Made:
    texts = b"<sst %s>%s</sst>" % (_MAIN, b"<si><t>x</t></si>" * dice.randint(6, 9) * MILLION)
    return Made(workbook(_TABLE, _part("xl/sharedStrings.xml", texts, is_loose=dice.random() < 0.5)))


def a_long_text_in_a_sheet(dice: Dice) -> Made:
    noise = dice.randbytes(400_000).hex().encode() * dice.randint(4, 9)
    return Made(workbook(_TABLE + _text_row(3, [noise, b"a"])))


def merged_over_everything(dice: Dice) -> Made:
    one = b'<mergeCell ref="A3:XFD1048576"/>'
    merged = b"<mergeCells>%s</mergeCells>" % (one * dice.choice([1, 9, 150_000]))
    return Made(workbook(_TABLE, after=merged, is_loose=True))


def a_styles_part_without_end(dice: Dice) -> Made:
    name = dice.choice(["xl/styles.xml", "xl/theme/theme1.xml", "docProps/app.xml", "xl/calcChain.xml"])
    return Made(workbook(_TABLE, _part(name, b"<styleSheet>" + b"<xf/>" * 8 * MILLION, is_loose=True)))


def entities(dice: Dice) -> Made:
    lines = b"".join(b'<!ENTITY a%d "%s">' % (at, b"&a%d;" % (at - 1) * 10) for at in range(1, 10))
    bomb = b'<!DOCTYPE x [<!ENTITY a0 "x">%s]>' % lines
    name = dice.choice(["xl/styles.xml", "xl/theme/theme1.xml", "xl/sharedStrings2.xml"])
    return Made(workbook(_TABLE, _part(name, bomb + b"<x>&a9;</x>")))


def one_packing_for_many_parts(dice: Dice) -> Made:
    """Many entries of the list share the same packed bytes."""
    packed = workbook(_TABLE, _part("xl/media/1.xml", b"<x>" + b" " * 20 * MILLION))
    at = packed.rfind(b"PK\x01\x02")
    end = packed.rfind(b"PK\x05\x06")
    entry, count = packed[at:end], dice.randint(15, 1_500)
    names = [b"xl/media/%04d.x" % number for number in range(count)]
    listed = packed[packed.find(b"PK\x01\x02") : at] + b"".join(entry[:46] + name for name in names)
    told = struct.pack("<HHHHIIH", 0, 0, count + 3, count + 3, len(listed), packed.find(b"PK\x01\x02"), 0)
    return Made(packed[: packed.find(b"PK\x01\x02")] + listed + b"PK\x05\x06" + told)


def parts_without_end(dice: Dice) -> Made:
    return Made(
        _zipped([Part(f"xl/{number}.xml", b"\3\0", 0) for number in range(dice.randint(2_100, 30_000))])
    )


def patterns_in_a_sheet(dice: Dice) -> Made:
    """XML that a careless pattern would go over again and again."""
    piece = dice.choice([b"<c " * 300_000, b"<c r " * 200_000, b"<c t" + b" " * 900_000, b"r " * 500_000])
    return Made(workbook(_TABLE + dice.choice([b"<f", b'<c t="e">']) + piece, size=dice.randint(1, 999)))


# JSON


def levels_without_end(dice: Dice) -> Made:
    level = dice.choice([b"[", b'{"a":', b'[{"a":', b"[[", b'{"data":['])
    return Made(dice.choice([b"", b'[{"a":1,"b":', b'{"data":']) + level * dice.randint(1_000, 3 * MILLION))


def rows_without_end(dice: Dice) -> Made:
    row = dice.choice([b"{},", b'{"a":1,"b":2},', b"[],", b'{"a":[],"b":{}},'])
    return Made(b"[" + row * (30 * MILLION // len(row)) + b"{}]")


def texts_of_json_without_end(dice: Dice) -> Made:
    return Made(
        b'[{"a":1,"b":['
        + dice.choice([b'"",', b'"x",', b'"\\"",']) * dice.randint(3, 4) * 2 * MILLION
        + b"0]}]"
    )


def a_long_text_in_json(dice: Dice) -> Made:
    return Made(b'[{"Day":"1","Spend":"%s"}]' % (b"x" * dice.randint(9, 30) * MILLION))


def a_long_number_in_json(dice: Dice) -> Made:
    return Made(b'[{"Day":"1","Spend":%s}]' % (b"9" * dice.randint(100, 900_000)))


def fields_without_end(dice: Dice) -> Made:
    fields = b",".join(b'"f%d":%d' % (at, at) for at in range(dice.randint(3_000, 60_000)))
    return Made(b"[{%s}]" % fields)


def json_over_the_limit(dice: Dice) -> Made:
    return Made(b'[{"Day":1,"Spend":2}', LARGEST_JSON + dice.randint(1, 10**9))


KINDS: tuple[tuple[str, str, Callable[[Dice], Made]], ...] = tuple(
    (make.__name__.replace("_", " "), ending, make)
    for ending, makes in (
        (".csv", (over_the_limit, nothing_but_zeros, a_cell_without_end, a_quoted_cell_without_end,
                  columns_without_end, a_row_without_end, a_preface_without_end, figures_that_mislead)),
        (".csv.gz", (a_packed_gigabyte, one_packed_member, an_honest_beginning, slowly_growing, packed_twice,
                     packed_and_too_wide, packed_utf_16)),
        (".xlsx", (a_sheet_of_spaces, a_sheet_that_lies, a_cell_far_away, one_cell_again_and_again,
                   cells_without_places,
                   one_text_in_every_cell, texts_without_end, a_long_text_in_a_sheet, merged_over_everything,
                   a_styles_part_without_end,
                   entities, one_packing_for_many_parts, parts_without_end, patterns_in_a_sheet)),
        (".json", (levels_without_end, rows_without_end, texts_of_json_without_end, a_long_text_in_json,
                   a_long_number_in_json, fields_without_end, json_over_the_limit)),
    )
    for make in makes
)  # fmt: skip
