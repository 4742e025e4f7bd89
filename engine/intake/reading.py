"""How the rows of an export are read, and what becomes of them: the values around ``sums``."""

from collections.abc import Mapping
from typing import NamedTuple

from engine.errors import EngineError
from engine.intake.numbers import NumberStyle
from engine.models.export import Number

SHOWN = 80  # characters of a cell that are told


class Rules(NamedTuple):
    """What may be otherwise.

    ``firm``: how numbers are written is decided; a cell that contradicts it is a rejected row, not a
    ``Contradiction``. ``clicked_is_seen``: no more clicks than impressions.
    """

    firm: bool = False
    clicked_is_seen: bool = True


class Reading(NamedTuple):
    """How a file is written. UTF-8, LF or CRLF; places count from 0, lines from 1.

    The file begins at byte ``start``, and data on line ``first``. ``quote`` may be "". ``keys`` are the
    places by whose texts rows are grouped, in any order; ``numbers`` says where each number stands that there
    is. Records that begin on a line of ``skip`` are no data. A row of fewer cells than ``shortest`` lacks one
    that nobody can tell.
    """

    start: int
    delimiter: str
    quote: str
    first: int
    width: int
    keys: tuple[int, ...]
    numbers: Mapping[Number, int]
    style: NumberStyle
    skip: frozenset[int] = frozenset()
    rules: Rules = Rules()
    shortest: int = 0


class Group(NamedTuple):
    """The sums of rows whose key texts are the same, and which lack the same numbers.

    ``texts`` stand in the order of the reading's keys, ``numbers`` in that of ``NUMBERS``: counts, or
    millionths; ``None`` where these rows have none. ``line`` is that of the first row.
    """

    texts: tuple[str, ...]
    numbers: tuple[int | None, ...]
    rows: int
    line: int


class Rejected(NamedTuple):
    """A row that does not count: the line on which it begins, and the cell that breaks a rule."""

    line: int
    place: int
    value: str
    rule: str


class Contradiction(EngineError):
    """A cell is a number, but not as the reading says that numbers are written."""

    def __init__(self, line: int, place: int, value: str) -> None:
        self.line = line
        self.place = place
        self.value = value
        super().__init__(f"line {line}: {value} is written otherwise than the other numbers")
