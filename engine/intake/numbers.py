"""What a cell of figures says, exactly: whole counts, or amounts in whole millionths.

A cell has one reading or it is refused; how a file writes its decimals is decided for all of its cells
beforehand (``engine/intake/number_style.py``).
"""

import re
import unicodedata
from functools import lru_cache
from typing import Literal, NamedTuple

from engine.intake.money_signs import currencies
from engine.models.export import MILLION

LARGEST = 10**12  # more impressions or money than any account has
DECIMALS = 6  # ad platforms bill in millionths of a currency unit at the finest
LONGEST = 64  # characters of a cell that may be a number
FLOAT_NOISE, LONGEST_FLOAT = 50, 17  # bits and digits of a program's fraction: 12.350000000000001 is 12.35
SINGLE_NOISE, LONGEST_SINGLE, CENT = 24, 10, 10_000  # of one of 32 bits, and a cent in millionths

NOT_A_BOUND = "a number, not a bound"
NOT_A_PERCENTAGE = "a number, not a percentage"
NOT_AN_ERROR = "a number, not a spreadsheet's error"
NOT_SHORTENED = "a number with all of its digits"
NOT_MONEY = "a count, not an amount of money"
A_WHOLE_NUMBER = "a whole number"
AT_MOST = f"at most {LARGEST:,}"

DASHES = frozenset("-–—―‐‑‒−﹣－")
_MISSING = r"""
    n/a na n.a. n.a null (null) none nil nan undefined \n <na> (none) [null] (not|set) (blank) (leer)
    not|available not|applicable k.a. k.|a. k.a entf. nicht|verfügbar s/d s.d. n/d nd n.d. s.o. s/o
    non|disponible no|disponible não|disponível nao|disponivel non|disponibile niet|beschikbaar b.d. brak
    saknas … ... .
"""  # as people write it in a dozen languages; a bar is a space
MISSING = frozenset(each.replace("|", " ") for each in _MISSING.split())
_SOFT = (0x00AD, 0x061C, 0x200B, 0x200E, 0x200F, 0x2060, 0xFEFF)  # hyphens, marks of direction and order
_HIDDEN = dict.fromkeys((*_SOFT, *range(0x202A, 0x202F), *range(0x2066, 0x206A)))
_WRITTEN_AS = {
    **{ord(dash): "-" for dash in DASHES - set("—―")},
    **dict.fromkeys(map(ord, "'’‘ʼ＇´`٬"), "'"),  # whoever writes thousands by them never means decimals
    **dict.fromkeys(map(ord, "％٪﹪"), "%"),
    **dict(zip(map(ord, "＋，．（）＜＞＄"), "+,.()<>$", strict=True)),
}
SURE = "٫"  # the Arabic decimal sign, which is nothing else
_CORE = re.compile(r"([\d.,'٫ ]+?)(?:[eE]([+-]?\d{1,3}))?", re.ASCII)
_WESTERN = re.compile(r"[1-9]\d{0,2}(?:([.,' ])\d{3})(?:\1\d{3})*", re.ASCII)
_INDIAN = re.compile(r"[1-9]\d?(?:,\d{2})+,\d{3}", re.ASCII)
_SHORTENED = re.compile(
    r"[\d.,' ]+(?:[kmb]|mio\.?|mrd\.?|tsd\.?|mil|mln|tys\.?|thousand|million|lakh|cr|万|億|亿)"
)

Decimal = Literal[".", ","]
Unseen = Literal["\x00"]
UNSEEN: Unseen = "\x00"  # in place of a decimal sign: no cell has one


class BadCell(ValueError):
    """A cell that is not what it has to be; ``rule`` says in a few words what that is."""

    def __init__(self, rule: str) -> None:
        self.rule = rule
        super().__init__(rule)


class BadColumn(ValueError):
    """A column, or several, of which no reading fits all cells; ``examples`` are two that differ.

    ``columns`` are the names of the columns in which the examples stand, where they are known.
    """

    def __init__(self, rule: str, examples: tuple[str, ...], columns: tuple[str, ...] = ()) -> None:
        self.rule = rule
        self.examples = examples
        self.columns = columns
        super().__init__(f"{' and '.join(examples)}: {rule}")


class NumberStyle(NamedTuple):
    """How a file writes numbers. ``thousands`` is "," or "." or, where neither is used so, " " or "'" or "".

    Spaces of every width and apostrophes are read as thousands in any style, as they can be nothing else.
    With "" a cell such as 1,234 is refused under the decimal ".": nobody has seen how the file means it.
    So are 1,234 and 1.234 where ``decimal`` is ``UNSEEN``, as no cell has told yet.
    """

    decimal: Decimal | Unseen = "."
    thousands: str = ""

    @property
    def example(self) -> str:
        fraction = "" if self.decimal == UNSEEN else f"{self.decimal}50"
        return f"1{self.thousands}234{fraction}"


class Written(NamedTuple):
    """A cell taken apart. ``digits`` hold the marks; ``unit`` is the currency's sign as written, or ""."""

    is_negative: bool
    digits: str
    exponent: int | None
    is_percent: bool
    unit: str


class Amount(NamedTuple):
    """What a cell is worth. ``is_rounded``: it says more than millionths, and that is lost."""

    value: int | None
    is_rounded: bool = False


def exact(cell: str, style: NumberStyle, *, whole: bool) -> int | None:
    """Read a count (``whole``) or an amount in millionths, as ``worth`` does."""
    return worth(cell, style, whole=whole).value


def worth(cell: str, style: NumberStyle, *, whole: bool) -> Amount:
    """Read a count (``whole``) or an amount in millionths; ``None`` where the cell says there is none.

    Negative numbers are given as such. An amount with more decimals is rounded half-even, a count never.
    Raises ``BadCell`` for all that is no number, has two readings, or is larger than 10^12.
    """
    simple = _simple(style).fullmatch(cell)
    if simple and not (whole and simple[2]):
        count = int(simple[1].replace(style.thousands, "") if style.thousands else simple[1])
        return Amount(count if whole else count * MILLION + int((simple[2] or "").ljust(DECIMALS, "0")))
    written = taken_apart(cell)
    if written is None:
        return Amount(None)
    if written.is_percent:
        raise BadCell(NOT_A_PERCENTAGE)
    if whole and written.unit:
        raise BadCell(NOT_MONEY)
    amount, is_rounded = _millionths(written, style)
    if not whole:
        return Amount(amount, is_rounded)
    if is_rounded or amount % MILLION:
        raise BadCell(A_WHOLE_NUMBER)
    return Amount(amount // MILLION)


@lru_cache(maxsize=16)
def _simple(style: NumberStyle) -> re.Pattern[str]:
    """Match what nearly all cells are, and is read faster for it: digits, in threes or not, and decimals."""
    groups = rf"[1-9]\d{{0,2}}(?:{re.escape(style.thousands)}\d{{3}}){{1,3}}|" if style.thousands else ""
    mark = "(?!)" if style.decimal == UNSEEN else re.escape(style.decimal)
    return re.compile(rf"({groups}\d{{1,12}})(?:{mark}(\d{{1,6}}))?", re.ASCII)


def unit_of(cell: str) -> frozenset[str]:
    """Give the currencies that a cell may be in by its own sign or code; empty where it names none."""
    if cell[:1].isdecimal() and cell[-1:].isdecimal():
        return frozenset()
    try:
        written = taken_apart(cell)
    except BadCell:
        return frozenset()
    return currencies(written.unit) if written and written.unit else frozenset()


def is_scientific(cell: str) -> bool:
    """Say whether a cell is written as 1.2E+05: so spreadsheets do, which then leave digits out."""
    if "E+" not in cell:
        return False
    try:
        written = taken_apart(cell)
    except BadCell:
        return False
    return written is not None and written.exponent is not None


def is_missing(cell: str) -> bool:
    """Say whether a cell says that there is no value: empty, dashes, n/a."""
    return _says_nothing(plain(cell))


def _says_nothing(text: str) -> bool:
    return not text.strip("-—― ") or text.casefold() in MISSING


def taken_apart(cell: str) -> Written | None:
    """Take a cell's sign, digits, exponent and unit apart; ``None`` where there is no value in it."""
    text = plain(cell)
    if _says_nothing(text):
        return None
    first, last = _ends(text)
    _check_words(text, is_number=first is not None)
    if first is None or last is None:
        raise BadCell("a number")
    before, core, after = text[:first], text[first:last], text[last:]
    parts = _CORE.fullmatch(core)
    if not parts:
        raise BadCell("a number")
    is_negative, is_percent, unit = _around(before, after)
    exponent = int(parts[2]) if parts[2] else None
    return Written(is_negative, parts[1], exponent, is_percent, unit)


def plain(cell: str) -> str:
    """Write digits, signs and spaces of every script as ASCII does; nothing that is seen is left out."""
    if cell.isascii():
        return cell.strip()
    text = cell.translate(_HIDDEN).translate(_WRITTEN_AS)
    return "".join(each if each.isascii() else _as_ascii(each) for each in text).strip()


@lru_cache(maxsize=1_000)
def _as_ascii(sign: str) -> str:
    kind = unicodedata.category(sign)
    if kind == "Nd":
        return str(unicodedata.decimal(sign))
    return " " if kind == "Zs" else sign


def _ends(text: str) -> tuple[int | None, int | None]:
    """Find where the number begins and ends: at digits, or at a decimal mark beside them."""
    if len(text) > LONGEST:
        return None, None
    places = [place for place, each in enumerate(text) if each in "0123456789"]
    if not places:
        return None, None
    first, last = places[0], places[-1] + 1
    # ".5" begins with its mark; in "Rs.500" the mark ends a word.
    if first and text[first - 1] in ".,٫" and not (first > 1 and text[first - 2].isalpha()):
        first -= 1
    if text[last:] in (".", ","):
        last += 1
    return first, last


def _check_words(text: str, *, is_number: bool) -> None:
    if text[0] in "<>≤≥~≈±" or (is_number and text[-1] == "+"):
        raise BadCell(NOT_A_BOUND)
    if text[0] == "#":
        raise BadCell(NOT_AN_ERROR)
    if is_number and _SHORTENED.fullmatch(text.casefold().lstrip("-+$€£¥₹ ")):
        raise BadCell(NOT_SHORTENED)


def _around(before: str, after: str) -> tuple[bool, bool, str]:
    """Read what stands around the digits: whether it is negative, a percentage, and the currency."""
    in_brackets = before.count("(") == after.count(")") == 1
    signs = [each for each in before + after if each in "+-"]
    if len(signs) + in_brackets > 1 or "+" in after:
        raise BadCell("a number with one sign")
    is_percent = (before + after).count("%") == 1
    drop = "+-" + "()" * in_brackets + "%" * is_percent
    units = [_bare(each, drop) for each in (before, after)]
    known = [currencies(unit) for unit in units if unit]
    if not all(known) or (len(known) == 2 and not known[0] & known[1]) or (known and is_percent):
        raise BadCell("a number")
    return in_brackets or "-" in signs, is_percent, max(filter(None, units), key=len, default="")


def _bare(text: str, drop: str) -> str:
    return "".join(each for each in text if each not in drop).strip()


def millionths(written: Written, style: NumberStyle) -> int:
    """Give the value in whole millionths, rounded where it has to be. Raises ``BadCell``."""
    return _millionths(written, style)[0]


def _millionths(written: Written, style: NumberStyle) -> tuple[int, bool]:
    whole, fraction = _parts(written, style)
    digits = int(whole + fraction or "0")
    power = (written.exponent or 0) - len(fraction) + DECIMALS
    if digits and len(str(digits)) + power > 3 * LONGEST:
        raise BadCell(AT_MOST)
    amount, is_rounded = digits * 10 ** max(power, 0), False
    if power < 0:
        amount, is_rounded = _rounded(digits, 10 ** min(-power, 4 * LONGEST))
    if amount > LARGEST * MILLION:
        raise BadCell(AT_MOST)
    return -amount if written.is_negative else amount, is_rounded


def _parts(written: Written, style: NumberStyle) -> tuple[str, str]:
    """Give the digits before and behind the decimal mark."""
    mark = SURE if SURE in written.digits else style.decimal
    whole, point, fraction = written.digits.partition(mark)
    fits = (
        (not fraction or fraction.isdecimal())
        and (whole.isdecimal() or (not whole and fraction) or _is_grouped(whole, written, style))
        and not (point and not fraction and not whole)
    )
    if not fits:
        raise BadCell(f"a number such as {style.example}")
    return "".join(each for each in whole if each.isdecimal()), fraction


def _is_grouped(whole: str, written: Written, style: NumberStyle) -> bool:
    groups = _WESTERN.fullmatch(whole)
    if written.exponent is not None:
        return False
    if groups:
        return groups[1] in (" ", "'", style.thousands)
    return style.thousands == "," and bool(_INDIAN.fullmatch(whole))


def _rounded(digits: int, unit: int) -> tuple[int, bool]:
    """Divide; what a binary fraction could not hold is no rounding, all else is, half to even."""
    amount = (2 * digits + unit) // (2 * unit)
    off = abs(digits - amount * unit)
    if not off or (off << FLOAT_NOISE <= digits and len(str(digits)) <= LONGEST_FLOAT):
        return amount, False
    single = _of_single(digits, unit * CENT)
    if single is not None:
        return single, False
    return (amount - amount % 2 if 2 * off == unit else amount), True


def _of_single(digits: int, unit: int) -> int | None:
    """Read 1.429999948 as what it was before a program kept it in 32 bits: a whole number of cents."""
    cents = (2 * digits + unit) // (2 * unit)
    if abs(digits - cents * unit) << SINGLE_NOISE > digits or len(str(digits)) > LONGEST_SINGLE:
        return None
    return cents * CENT
