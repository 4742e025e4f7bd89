"""Numbers out of bytes, for all cells of a column at once: eight characters are one integer of 64 bits.

Only what is plain is read here: digits, one decimal mark with up to six digits behind it, marks of thousands
in their places. Everything else is left to ``exact`` (``engine/intake/numbers.py``), each text once.
"""

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from engine.intake.grid import Cells
from engine.intake.numbers import DECIMALS, NumberStyle

LONGEST = 16  # characters: two words
_THOUSANDS = (",", ".")

Buffer = bytes | bytearray
Words = NDArray[np.uint64]
Counts = NDArray[np.int64]
Mask = NDArray[np.bool_]


def _word(number: int) -> np.uint64:
    return np.uint64(number)


_ONES, _HIGHS = _word(0x0101010101010101), _word(0x8080808080808080)
_ZEROS = _word(0x3030303030303030)
_OVER_NINE = _word(0x7676767676767676)
_PAIRS, _FOURS = _word(0x00FF00FF00FF00FF), _word(0x000000FF000000FF)
_HUNDREDS, _UNITS = _word(100 + (1_000_000 << 32)), _word(1 + (10_000 << 32))
_SHIFTS = {bits: _word(bits) for bits in (3, 7, 8, 16, 32, 56)}
_POWERS = 10 ** np.arange(20, dtype=np.uint64)
# By length: as many bytes at the end of a word.
_KEPT = np.array([(1 << 64) - (1 << 64 - 8 * length) for length in range(9)], dtype=np.uint64)


class Tail(NamedTuple):
    """The last sixteen characters of cells as two words each, "0" being 0; characters before a cell are 0."""

    left: Words | None  # None where no cell has more than eight characters
    right: Words
    lengths: Counts


class Plain(NamedTuple):
    """What cells are worth, and which are plain (``None``: all); the value of others says nothing."""

    values: Counts
    is_plain: Mask | None


def tail(buffer: Buffer, cells: Cells) -> Tail:
    """Take the ends of cells; what is longer than sixteen characters lacks its beginning."""
    words = np.ndarray((len(buffer) - 7,), "<u8", buffer, strides=(1,))
    lengths = cells.ends - cells.starts
    right = _trimmed(words[cells.ends - 8], lengths)
    left = None
    if lengths.size and int(lengths.max()) > 8:
        left = _trimmed(words[cells.ends - LONGEST], lengths - 8)
    return Tail(left, right, lengths)


def _trimmed(words: Words, lengths: Counts) -> Words:
    """Make what stands before a cell 0."""
    words ^= _ZEROS
    words &= _KEPT.take(lengths, mode="clip")
    return words


def plain(cells: Tail, style: NumberStyle, *, whole: bool) -> Plain:
    """Read plain cells: in millionths, or as they are (``whole``)."""
    return _usual(cells, style, whole=whole) or _any(cells, style, whole=whole)


def _usual(cells: Tail, style: NumberStyle, *, whole: bool) -> Plain | None:
    """Read a column whose cells are all short, and have as many decimals as the first: most are so."""
    if cells.left is not None or not cells.lengths.size or int(cells.lengths.min()) == 0:
        return None
    right, decimals = cells.right, 0
    mark = ord(style.decimal) ^ ord("0")
    byte = int(right[0]).to_bytes(8, "little").rfind(mark)
    if byte >= 0:
        decimals, bits = 7 - byte, 8 * byte
        fits = not whole and decimals <= DECIMALS and int(cells.lengths.min()) >= decimals + 2
        if not fits or not bool(((right >> _word(bits)) & _word(255) == _word(mark)).all()):
            return None
        before, behind = _word((1 << bits) - 1), _word((1 << 64) - (1 << bits + 8))
        right = (right & behind) | ((right & before) << _SHIFTS[8])
    if not _are_digits(right).all():
        return None
    values = _value(right)
    if not whole:
        values *= _POWERS[DECIMALS - decimals]
    return Plain(values.view(np.int64), None)


def _any(cells: Tail, style: NumberStyle, *, whole: bool) -> Plain:
    is_plain = (cells.lengths > 0) & (cells.lengths <= LONGEST)
    digits, decimals = _without_mark(cells, style.decimal)
    if decimals is not None:
        is_plain &= decimals <= DECIMALS
    places = np.zeros(1, dtype=np.int64) if decimals is None else np.minimum(decimals, DECIMALS)
    digits, groups = _without_thousands(digits, places, style.thousands)
    is_plain &= _are_digits(digits.right)
    values = _value(digits.right)
    if digits.left is not None:
        is_plain &= _are_digits(digits.left)
        values += _value(digits.left) * _POWERS[8]
    is_plain &= values <= _POWERS[12 + places]
    if groups is not None:
        is_plain &= (groups == 0) | _is_grouped(values, cells.lengths, places, groups)
    if not whole:
        values = values * _POWERS[DECIMALS - places]
    elif decimals is not None:
        values, rest = np.divmod(values, _POWERS[places])
        is_plain &= rest == 0
    return Plain(values.astype(np.int64), is_plain)


def _without_mark(cells: Tail, decimal: str) -> tuple[Tail, Counts | None]:
    """Take the decimal mark out of the last eight characters; gives how many stand behind it.

    Where none stands before it (".5", ".") it says too many.

    The first character is the lowest byte: what stands before the mark moves up by one byte. A second
    mark stays, and is no digit.
    """
    right = cells.right
    if _are_digits(right).all():
        return cells, None
    against = right ^ (_ONES * _word(ord(decimal) ^ ord("0")))
    marks = (against - _ONES) & ~against & _HIGHS
    if not marks.any():
        return cells, None
    lowest = marks & (~marks + _word(1))
    has = lowest != 0
    before = (lowest >> _SHIFTS[7]) - has.astype(np.uint64)
    decimals = np.where(has, 7 - (np.bitwise_count(before) >> 3).astype(np.int64), 0)
    decimals[has & (cells.lengths < decimals + 2)] = LONGEST
    return _closed(cells, lowest >> _SHIFTS[7]), decimals


def _closed(cells: Tail, mark: Words) -> Tail:
    """Take a character out of the right word; ``mark`` has the lowest bit of its byte, or none."""
    has = (mark != 0).astype(np.uint64)
    before = mark - has
    behind = ~(before | (mark << _SHIFTS[8]) - mark)
    right = (cells.right & behind) | ((cells.right & before) << _SHIFTS[8])
    left = cells.left
    if left is not None:
        right |= (left >> _SHIFTS[56]) * has
        left = left << (has << _SHIFTS[3])
    return Tail(left, right, cells.lengths)


def _without_thousands(cells: Tail, decimals: Counts, sign: str) -> tuple[Tail, Counts | None]:
    """Take up to two marks of thousands out, three and six digits before the decimals; gives how many."""
    if sign not in _THOUSANDS or _are_digits(cells.right).all():
        return cells, None
    groups = np.zeros(len(cells.right), dtype=np.int64)
    for group in range(2):
        # Once the mark behind it is out, the next one stands three places further.
        byte = 4 - decimals - 3 * group
        bits = (np.maximum(byte, 0) << 3).astype(np.uint64)
        is_mark = (cells.right >> bits) & _word(255) == _word(ord(sign) ^ ord("0"))
        is_mark &= (byte >= 0) & (groups == group)
        groups += is_mark
        cells = _closed(cells, is_mark.astype(np.uint64) << bits)
    return cells, groups


def _is_grouped(values: Words, lengths: Counts, decimals: Counts, groups: Counts) -> Mask:
    """Say whether one to three digits stand before the first mark of thousands, and no 0 at the beginning."""
    digits = lengths - groups - (decimals > 0)
    before = digits - decimals - 3 * groups
    made: Mask = (before >= 1) & (before <= 3) & (values >= _POWERS[np.clip(digits - 1, 0, LONGEST)])
    return made


def _are_digits(words: Words) -> Mask:
    made: Mask = ((words + _OVER_NINE) | words) & _HIGHS == 0
    return made


def _value(words: Words) -> Words:
    """Give the number of eight digits, the first in the lowest byte: pairs, fours, eights at once."""
    pairs = words * _word(10) + (words >> _SHIFTS[8])
    high = (pairs & _FOURS) * _HUNDREDS
    low = ((pairs >> _SHIFTS[16]) & _FOURS) * _UNITS
    return (high + low) >> _SHIFTS[32]
