"""Sums of an export by campaign × ad set × creative × day, read once, in blocks, in the same memory.

What the file looks like is known already (:class:`Shape`); this is the pass over its rows. A block is
parsed by pandas and summed in whole millionths, so that a million cents add up to the cent. Where a cell
is not as it should be, the block is cut in halves until only its surroundings are read cell by cell,
with ``Decimal``: those rows are rejected by line, and the others count.
"""

import csv
import io
import re
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from decimal import Decimal
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from pandas import DataFrame

KEYS = ("campaign", "ad_set", "creative", "day")
NUMBERS = ("impressions", "clicks", "conversions", "spend", "revenue")
WHOLE = ("impressions", "clicks")
NEEDED = ("campaign", "day")

THREADS = 2
BLOCK = 1 << 22  # bytes read at a time
SMALL = 64 << 10  # a block of this size is not cut any more
LONGEST_LINE = 1 << 20
LINE_END = 10
MILLION = 1_000_000
UNITS = {name: 1 if name in WHOLE else MILLION for name in NUMBERS}
LARGEST = 1 << 46  # of a cell, in its units, so that all sums are 64-bit integers
HALF = 23  # bits; a block's sums of halves are exact in a float, and floats are what is summed fastest
PENDING = 500_000  # groups of blocks that are kept apart before they are brought together
LAST = "the end of a block"  # a row of our own, which a quoted cell that is not closed would swallow
TOLD = 1_000  # rejected rows that are kept; more are counted
BITS = {"campaign": 15, "ad_set": 17, "creative": 19, "day": 12}
NUMBER = re.compile(r"[+-]?(\d+\.?\d*|\.\d+)([eE][+-]?\d{1,2})?", re.ASCII)

Counts = NDArray[np.int64]


class Shape(NamedTuple):
    """How a file is written. ``columns`` gives the place, from 0, of each key and number that it has.

    ``header`` is the line, from 1, on which the names stand; 0 is none. ``width`` is how many cells a row
    has. A file without ad sets or creatives has them empty; one without a number has it as 0.
    """

    columns: Mapping[str, int]
    width: int
    encoding: str = "utf-8"
    delimiter: str = ","
    header: int = 1
    decimal: str = "."
    thousands: str = ""


class Total(NamedTuple):
    """One group's sums; money in the file's currency."""

    campaign: str
    ad_set: str
    creative: str
    day: str
    impressions: int
    clicks: int
    conversions: Decimal
    spend: Decimal
    revenue: Decimal


class Rejected(NamedTuple):
    """A row that does not count: the line on which it begins, from 1, and why."""

    line: int
    reason: str


class Refused(ValueError):
    """The whole file cannot be summed; the text says why, in one line."""


class Totals:
    """What became of a file: its groups, and the rows that were rejected."""

    def __init__(self) -> None:
        self.rows = 0
        self.rejected: list[Rejected] = []
        self.rejections = 0
        self._groups = _Groups()

    def __iter__(self) -> Iterator[Total]:
        return self._groups.told()

    def __len__(self) -> int:
        return len(self._groups)

    def reject(self, line: int, reason: str) -> None:
        self.rejections += 1
        if len(self.rejected) < TOLD:
            self.rejected.append(Rejected(line, reason))

    def add(self, part: "_Part") -> None:
        self.rows += part.rows
        self._groups.add(part)


def totals(path: Path, shape: Shape) -> Totals:
    """Sum the file at ``path``; raises ``Refused``, or ``UnicodeDecodeError`` where the encoding is another.

    A row counts when its campaign and day are named, each number is one and not negative, impressions
    and clicks are whole, and nothing stands beyond its last column. Exact to the millionth.
    """
    made = Totals()
    with path.open("rb") as file:
        reader = _Reader(shape, made)
        for parsed in _ahead(_Lines(file, shape), reader.parsed):
            reader.take(*parsed)
    return made


def _ahead(
    blocks: "Iterable[_Block]", parse: "Callable[[_Block], _Part | None]"
) -> "Iterator[tuple[_Block, _Part | None]]":
    """Parse blocks on two threads, as many as there are at once; give them in their order."""
    with ThreadPoolExecutor(THREADS, thread_name_prefix="totals") as pool:
        waiting = deque[tuple[_Block, Future[_Part | None]]]()
        for block in blocks:
            waiting.append((block, pool.submit(parse, block)))
            if len(waiting) > THREADS:
                first, parsed = waiting.popleft()
                yield first, parsed.result()
        for block, parsed in waiting:
            yield block, parsed.result()


class _Block(NamedTuple):
    """Whole rows as UTF-8, and the line on which they begin."""

    content: bytes
    line: int


class _Column(NamedTuple):
    """One key of some rows: the texts that occur, and by row which it is."""

    texts: Sequence[str]
    codes: NDArray[np.int64]


class _Part(NamedTuple):
    """The groups of a block: a column of each key, sums in units, shape (groups, 5), and of how many rows."""

    keys: Sequence[_Column]
    sums: Counts
    rows: int


class _Lines:
    """The blocks of a file, each cut at the end of a line that is likely to end a row."""

    def __init__(self, file: io.BufferedReader, shape: Shape) -> None:
        encoding = shape.encoding.lower().replace("_", "-")
        self._is_utf8 = encoding in {"utf-8", "utf8", "ascii", "us-ascii", "utf-8-sig"}
        self._file = file
        self._shape = shape

    def __iter__(self) -> Iterator[_Block]:
        left, line, skip = b"", 1, self._shape.header
        for piece in self._pieces():
            content = left + piece if left else piece
            # A sign for inches leaves a quote open for ever; then any end of a line has to do.
            end = _end_of_rows(content) or content.rfind(b"\n") + 1
            block, left = content[:end], content[end:]
            if len(left) > LONGEST_LINE:
                raise Refused(f"line {line + _line_ends(block)} is longer than {LONGEST_LINE:,} bytes")
            while skip and block:
                at = block.find(b"\n") + 1
                block, line, skip = block[at:], line + 1, skip - 1
            if block:
                yield _Block(block, line)
                line += _line_ends(block)
        if left and not skip:
            yield _Block(left, line)

    def _pieces(self) -> Iterator[bytes]:
        if self._is_utf8:
            yield from iter(lambda: self._file.read(BLOCK), b"")
            return
        with io.TextIOWrapper(self._file, encoding=self._shape.encoding, newline="") as text:
            yield from (piece.encode() for piece in iter(lambda: text.read(BLOCK), ""))


def _line_ends(content: bytes) -> int:
    return int(np.count_nonzero(np.frombuffer(content, dtype=np.uint8) == LINE_END))


def _end_of_rows(content: bytes) -> int:
    """Find the last line's end before which all quotes are closed; 0 where the last megabyte has none."""
    end = content.rfind(b"\n") + 1
    is_open = b'"' in content and content.count(b'"', 0, end) % 2
    while is_open and end:
        before = content.rfind(b"\n", max(0, len(content) - LONGEST_LINE), end - 1) + 1
        is_open ^= content.count(b'"', before, end) % 2
        end = before
    return end


class _Reader:
    """Reads blocks of one shape into totals."""

    def __init__(self, shape: Shape, made: Totals) -> None:
        self._shape = shape
        self._made = made
        self._keys = [shape.columns.get(name) for name in KEYS]
        self._numbers = [shape.columns.get(name) for name in NUMBERS]
        used = [place for place in (*self._keys, *self._numbers) if place is not None]
        self._types = {place: "float64" if place in self._numbers else "category" for place in used}
        # A row of our own goes before each block: it is as wide as a row that is too wide.
        cells = ["0" if place in self._numbers else "x" for place in range(shape.width + 1)]
        self._ruler = (shape.delimiter.join(cells) + "\n").encode()

    def take(self, block: _Block, part: "_Part | None") -> None:
        """Add a block that was parsed; where that failed its halves, and at last row by row."""
        if part is not None:
            self._made.add(part)
            return
        middle = _end_of_rows(block.content[: len(block.content) // 2])
        if len(block.content) <= SMALL or not 0 < middle < len(block.content):
            self._read_slowly(block)
            return
        first, second = block.content[:middle], block.content[middle:]
        for half in (_Block(first, block.line), _Block(second, block.line + _line_ends(first))):
            self.take(half, self.parsed(half))

    def parsed(self, block: _Block) -> "_Part | None":
        """Parse a block at once; ``None`` where a cell of it is not as it should be."""
        import pandas  # noqa: PLC0415  it is large, and only imports need it

        beyond = self._shape.width
        try:
            frame = pandas.read_csv(
                _AtOnce(self._ruler, block.content),
                sep=self._shape.delimiter,
                decimal=self._shape.decimal,
                header=None,
                names=range(beyond + 1),
                usecols=[*self._types, beyond],
                dtype={**self._types, beyond: "category"},
                na_filter=False,
                index_col=False,
                low_memory=False,
                engine="c",
            )
        except (ValueError, OverflowError):  # ParserError and UnicodeDecodeError are ValueErrors
            return None
        columns = [_column(frame, place) for place in self._keys]
        named = [each for name, each in zip(KEYS, columns, strict=True) if name in NEEDED]
        if any("" in each.texts for each in named) or _is_beyond(frame, beyond):
            return None
        numbers = self._counts(frame)
        return None if numbers is None else _grouped(columns, numbers)

    def _counts(self, frame: "DataFrame") -> Counts | None:
        made = np.zeros((len(NUMBERS), len(frame) - 1), dtype=np.int64)
        for row, (name, place) in enumerate(zip(NUMBERS, self._numbers, strict=True)):
            if place is not None:
                values = _whole(frame[place].to_numpy()[1:], UNITS[name])
                if values is None:
                    return None
                made[row] = values
        return made

    def _read_slowly(self, block: _Block) -> None:
        text = io.StringIO(f"{block.content.decode()}\n{LAST}\n", newline="")
        reader = csv.reader(text, delimiter=self._shape.delimiter)
        line, kept = block.line, list[list[Any]]()
        for cells in reader:
            if cells == [LAST]:
                break
            if cells:
                try:
                    kept.append(self._row(cells))
                except ValueError as problem:
                    self._made.reject(line, str(problem))
            line = block.line + reader.line_num
        else:
            raise Refused(f"from line {block.line} on a quoted cell is not closed")
        if kept:
            keys = [_coded([row[at] for row in kept]) for at in range(len(KEYS))]
            numbers = np.array([row[len(KEYS) :] for row in kept], dtype=np.int64).T
            self._made.add(_grouped(keys, numbers))

    def _row(self, cells: list[str]) -> list[Any]:
        """Give keys and millionths of one row; ``ValueError`` says what is wrong with it."""
        if any(cells[self._shape.width :]):
            raise ValueError(f"{len(cells)} cells instead of {self._shape.width}")
        cells = cells + [""] * (self._shape.width - len(cells))
        keys = ["" if place is None else cells[place] for place in self._keys]
        for name, key in zip(KEYS, keys, strict=True):
            if name in NEEDED and not key:
                raise ValueError(f"no {name}")
        numbers = [
            0 if place is None else self._number(name, cells[place])
            for name, place in zip(NUMBERS, self._numbers, strict=True)
        ]
        return [*keys, *numbers]

    def _number(self, name: str, cell: str) -> int:
        told = f"{name} is “{cell[:40]}”"
        text = _plain(cell.strip(), self._shape)
        if text is None or NUMBER.fullmatch(text) is None:
            raise ValueError(f"{told}, which is no number")
        value = Decimal(text) * UNITS[name]
        if value < 0:
            raise ValueError(f"{told}, which is negative")
        if value != value.to_integral_value():
            fault = "is not whole" if name in WHOLE else "has more than six decimals"
            raise ValueError(f"{told}, which {fault}")
        if value >= LARGEST:
            raise ValueError(f"{told}, which is too large to be true")
        return int(value)


class _AtOnce:
    """Pieces of bytes that pandas reads as they are, undecoded: for each it waits for the other thread."""

    mode = "r"  # or it would be decoded, only to be encoded again

    def __init__(self, *pieces: bytes) -> None:
        self._pieces = iter(pieces)

    def read(self, _: int = -1) -> bytes:
        return next(self._pieces, b"")

    def __iter__(self) -> Iterator[bytes]:
        return self._pieces


def _column(frame: "DataFrame", place: int | None) -> _Column:
    """Give a key's texts and codes, without our own row."""
    if place is None:
        return _Column([""], np.zeros(len(frame) - 1, dtype=np.int64))
    cells = frame[place].cat
    return _Column(cells.categories.tolist(), cells.codes.to_numpy()[1:].astype(np.int64))


def _is_beyond(frame: "DataFrame", beyond: int) -> bool:
    """Say whether any row but our own has something beyond its last column."""
    cells = frame[beyond].cat
    written = [code for code, text in enumerate(cells.categories) if text]
    return bool(np.isin(cells.codes.to_numpy()[1:], written).any())


def _grouped(keys: Sequence[_Column], numbers: Counts) -> _Part:
    """Sum a block's rows, shape (5, rows), by the codes of their keys."""
    import pandas  # noqa: PLC0415  it is large, and only imports need it

    joint = np.zeros(numbers.shape[1], dtype=np.int64)
    for column in keys:
        joint = joint * len(column.texts) + column.codes
    places, groups = pandas.factorize(joint)
    sums = np.empty((len(groups), len(NUMBERS)), dtype=np.int64)
    for row, values in enumerate(numbers):
        high, low = (np.bincount(places, half) for half in (values >> HALF, values & ((1 << HALF) - 1)))
        sums[:, row] = (high.astype(np.int64) << HALF) + low.astype(np.int64)
    columns = []
    for column in reversed(keys):
        columns.append(_Column(column.texts, groups % len(column.texts)))
        groups = groups // len(column.texts)
    return _Part(columns[::-1], sums, numbers.shape[1])


def _whole(values: NDArray[np.float64], unit: int) -> Counts | None:
    """Count in a unit; ``None`` where one is no number, negative, too large, or no whole count of it."""
    scaled = values * unit
    rounded = np.rint(scaled)
    scaled[~np.isfinite(scaled)] = -1
    # What parsing and multiplying may be off by; anything more is a further decimal.
    slack = scaled * 2.0**-50
    fits = (scaled >= 0) & (scaled < LARGEST) & (np.abs(scaled - rounded) <= slack)
    return rounded.astype(np.int64) if bool(fits.all()) else None


def _plain(text: str, shape: Shape) -> str | None:
    """Write a number as Python does; ``None`` where its thousands are not in groups of three."""
    whole, point, rest = text.partition(shape.decimal)
    if shape.thousands and shape.thousands in whole:
        first, *groups = whole.split(shape.thousands)
        if not first.lstrip("+-") or len(first.lstrip("+-")) > 3 or any(len(each) != 3 for each in groups):
            return None
        whole = first + "".join(groups)
    if shape.decimal != "." and "." in whole + rest:
        return None
    return f"{whole}.{rest}" if point else whole


def _coded(texts: Sequence[str]) -> _Column:
    places: dict[str, int] = {}
    codes = [places.setdefault(text, len(places)) for text in texts]
    return _Column(list(places), np.array(codes, dtype=np.int64))


class _Groups:
    """Sums by key. A key is one integer: the places of its four texts, side by side."""

    def __init__(self) -> None:
        self._places: dict[str, dict[str, int]] = {name: {} for name in KEYS}
        self._keys: list[NDArray[np.int64]] = []
        self._sums: list[Counts] = []
        self._pending = 0

    def __len__(self) -> int:
        self._together()
        return len(self._keys[0]) if self._keys else 0

    def add(self, part: _Part) -> None:
        keys = np.zeros(len(part.sums), dtype=np.int64)
        for name, column in zip(KEYS, part.keys, strict=True):
            keys = (keys << BITS[name]) | self._known(name, column.texts)[column.codes]
        self._keep(keys, part.sums)
        if self._pending > max(PENDING, 2 * len(self._keys[0])):
            self._together()

    def told(self) -> Iterator[Total]:
        """Yield the groups, in the order in which their names first came: campaigns, ad sets, and so on."""
        self._together()
        texts = {name: list(places) for name, places in self._places.items()}
        for keys, sums in zip(self._keys, self._sums, strict=True):
            for key, row in zip(keys.tolist(), sums.tolist(), strict=True):
                yield _total(_names(key, texts), row)

    def _known(self, name: str, texts: Iterable[str]) -> NDArray[np.int64]:
        places = self._places[name]
        found = [places.setdefault(text, len(places)) for text in texts]
        if len(places) > 1 << BITS[name]:
            raise Refused(f"more than {1 << BITS[name]:,} different values of {name}")
        return np.array(found, dtype=np.int64)

    def _keep(self, keys: NDArray[np.int64], sums: Counts) -> None:
        self._keys.append(keys)
        self._sums.append(sums)
        self._pending += len(keys)

    def _together(self) -> None:
        if len(self._keys) > 1:
            keys, sums = _summed(np.concatenate(self._keys), np.concatenate(self._sums))
            self._keys, self._sums, self._pending = [], [], 0
            self._keep(keys, sums)


def _summed(keys: NDArray[np.int64], numbers: Counts) -> tuple[NDArray[np.int64], Counts]:
    """Sum the rows of each key; sorted by key."""
    order = np.argsort(keys)
    keys = keys[order]
    starts = np.flatnonzero(np.concatenate(([True], keys[1:] != keys[:-1])))
    return keys[starts], np.add.reduceat(numbers[order], starts, axis=0)


def _names(key: int, texts: Mapping[str, list[str]]) -> list[str]:
    names = []
    for name in reversed(KEYS):
        names.append(texts[name][key & ((1 << BITS[name]) - 1)])
        key >>= BITS[name]
    return names[::-1]


def _total(names: Sequence[str], row: Sequence[int]) -> Total:
    impressions, clicks, *money = row
    campaign, ad_set, creative, day = names
    exact = (Decimal(each).scaleb(-6) for each in money)
    return Total(campaign, ad_set, creative, day, impressions, clicks, *exact)
