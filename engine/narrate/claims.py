"""What a text claims: every figure with its role, every direction with what it speaks of.

The same reading is applied to the sentences that code rendered and to those that a model wrote, so
that a claim of the one can be looked up among the claims of the other.
"""

import re
from collections.abc import Iterator
from decimal import Decimal
from typing import NamedTuple

from engine.narrate.formats import MONTHS, SPACE, Separators
from engine.narrate.vocabulary import (
    DIRECTION,
    METRIC,
    NEGATION,
    NUMBER_WORDS,
    UNITS,
    VAGUE,
    Axis,
)

OPEN, CLOSE = "⟦", "⟧"  # around the letter that stands for a name, so that no name is read as a claim
SELF = "self"  # stands for the campaign's own name, which is no subject apart
LOWER_IS_BETTER = frozenset({"cpa", "cpc", "cpm"})
_THOUSANDS = {"1,234.50": ",", "1.234,50": ".", "1 234,50": SPACE}

_MONTH = "(?:" + "|".join(MONTHS) + ")[a-z]*"
_GAP = f"[ {SPACE}]"
_DATE = rf"\d{{1,2}}(?:{_GAP}{_MONTH}(?:{_GAP}\d{{4}})?)?–\d{{1,2}}{_GAP}{_MONTH}(?:{_GAP}\d{{4}})?"
_DATE = rf"{_DATE}|\d{{1,2}}{_GAP}{_MONTH}(?:{_GAP}\d{{4}})?\b"
_NUMBER = rf"(?P<sign>(?<![\w.,–-])[−+-])?(?P<before>[€$£])?(?P<number>\d+(?:[.,{SPACE}]\d+)*)"
_WORD = rf"(?P<word>\b(?i:{'|'.join(NUMBER_WORDS)})\b(?!-))"
_NONE = rf"(?P<none>\b(?i:not one|not a single|no)(?={_GAP}(?:conversions?|clicks?|impressions?)\b))"
_ONE = rf"(?P<one>(?<![Nn]ot )\b(?i:one|a single)(?={_GAP}(?:conversion|click|impression|campaign|day)\b))"
_SIGNS = r"%|percent\b|per cent\b|[€£]"
_UNIT = rf"(?:{_GAP}?(?P<unit>{_SIGNS})|{_GAP}(?P<noun>{UNITS})\b|{_GAP}(?P<code>[A-Z]{{3}})\b)?"
FIGURE = re.compile(rf"(?P<date>{_DATE})|(?:{_NUMBER}|{_WORD}|{_NONE}|{_ONE}){_UNIT}")
_SENTENCE = re.compile(r"(?<=[.!?])[ \n]+|[;\n]")
_NAME = re.compile(f"{OPEN}([a-z]+){CLOSE}")
_SYMBOLS = {"€": "EUR", "$": "USD", "£": "GBP"}
_RATES = frozenset({"ctr", "cvr"})
_WITHOUT_METRIC = frozenset({"spent", "risk", "waste", "saved", "each", "low", "high"})

_REFERENCE = re.compile(
    r"(?:instead of|rather than|against|versus|vs|compared with|compared to|than|from|benchmark of"
    r"|(?:forecast|expected|planned|expectation|plan)(?: of| was| had been| is| at)?)"
    r"\s*(?:about |a |an |the )?$",
    re.I,
)
_WAS_REFERENCE = re.compile(r"^\s*(?:→|(?:was |had been |were |as )?(?:forecast|expected|planned)\b)", re.I)
_REACHED = re.compile(r"(?:\bto|\bat|reached|→|\bof|\bis|\bwas)\s*(?:about )?$", re.I)
_LOW = re.compile(r"(?:range|between|interval)(?: of| from| is| was|:)?\s*$", re.I)
_HIGH = re.compile(r"^\s*(?:to|and|–)\s*$")
_LEVEL_AFTER = re.compile(r"^\s*(?:range|sure|certain|interval|confiden|probab)", re.I)
_ABOVE = re.compile(r"(?:above|at least|more than|over)\s*$", re.I)
_BELOW = re.compile(r"(?:below|at most|less than|under)\s*$", re.I)
_WASTE = re.compile(r"^\s*(?:was |were |is )?(?:(?:above|over|beyond) (?:what|the|an|its)\b|wasted)", re.I)
_SAVED = re.compile(r"^\s*(?:was |were |is )?(?:below|under) (?:what|the|an|its)\b", re.I)
_NOTHING = re.compile(r"^\s*(?:was |were |is )?spent for nothing|^\s*(?:is |are )?at risk", re.I)
_SPENT = re.compile(r"^\s*(?:was |were |had been )?spent\b", re.I)
_EACH = re.compile(r"^\s*(?:each|apiece)\b", re.I)
_WORST = re.compile(r"worst case|at risk|could lose", re.I)
_LOST = re.compile(r"^\s*(?:are |were |would be )?(?:not made|lost)\b", re.I)
_AGAINST = re.compile(r"against it|offset|worked against|despite", re.I)
_THROUGH = re.compile(
    r"^\s*(?:of (?:it|this|that) )?(?:came |comes |is |was )?(?:from|through|by|for)?\s*$", re.I
)


class Claim(NamedTuple):
    """One thing that a text says. ``subject`` is a name's token, or "" for the campaign itself."""

    kind: str
    subject: str
    about: str
    role: str
    value: str

    @property
    def is_direction(self) -> bool:
        return self.kind in {"verdict", "reality", "move", "sense", "act", "negated", "than"}


class _Mark(NamedTuple):
    """A metric, or a part of the CPA's change, where it stands."""

    start: int
    end: int
    about: str
    is_part: bool


class _Sentence(NamedTuple):
    text: str
    marks: list[_Mark]
    subject: str
    carried: str  # the metric of the sentence before; in the first one the text's first


class _Spot(NamedTuple):
    """A figure with the words on both sides, up to the next figure; ``before`` is the last one's role."""

    figure: re.Match[str]
    sentence: _Sentence
    left: str
    right: str
    before: str

    @property
    def subject(self) -> str:
        return _subject(self.sentence, self.figure.start())

    @property
    def about(self) -> str:
        return _about(self.sentence, self.figure.start(), self.figure.end())


def claims(text: str, separators: Separators) -> set[Claim]:
    """Read every claim of a text in which names are masked."""
    return {claim for sentence in _sentences(text) for claim in _claims(sentence, separators)}


def currencies(text: str) -> set[str]:
    """The currencies that figures are given in."""
    found = {
        each["code"] or _SYMBOLS.get(each["unit"] or each["before"] or "") for each in FIGURE.finditer(text)
    }
    return {each for each in found if each}


def vague(text: str) -> list[str]:
    """Quantities without a figure, such as "doubled" or "hundreds": nobody can check them."""
    return [each[0] for each in VAGUE.finditer(text)]


def implied(told: set[Claim]) -> set[Claim]:
    """What follows from figures that are true: which way they moved, and whether that is good."""
    moves = {_move(each.subject, each.about, Decimal(each.value)) for each in told if each.role == "change"}
    moves |= {each for each in told if each.kind == "move"}
    moves |= set(_moves_of_pairs(told))
    unsure = {(each.subject, each.about) for each in told if each.kind == "reality" and each.value != "real"}
    sure = [each for each in moves if (each.subject, each.about) not in unsure]
    return told | moves | {_sense(each) for each in sure if each.about != "spend"}


def _moves_of_pairs(told: set[Claim]) -> Iterator[Claim]:
    values = [each for each in told if each.kind == "figure" and each.role == "value"]
    for after in values:
        for before in told:
            if before[:3] == after[:3] and before.role == "reference" and after.about:
                yield _move(after.subject, after.about, Decimal(after.value) - Decimal(before.value))


def _move(subject: str, about: str, change: Decimal) -> Claim:
    return Claim("move", subject, about, "", "down" if change < 0 else "up" if change > 0 else "level")


def _sense(move: Claim) -> Claim:
    good = (move.value == "down") == (move.about in LOWER_IS_BETTER)
    value = "level" if move.value == "level" else "good" if good else "bad"
    return Claim("sense", move.subject, move.about, "", value)


def _sentences(text: str) -> Iterator[_Sentence]:
    first = next((mark.about for each in METRIC.finditer(text) if not (mark := _mark(each)).is_part), "")
    carried, subject = first, ""
    for part in _SENTENCE.split(text):
        marks = [
            _Mark(
                each.start(),
                each.end(),
                each.lastgroup.removeprefix("part_"),
                each.lastgroup.startswith("part_"),
            )
            for each in METRIC.finditer(part)
            if each.lastgroup
        ]
        named = _NAME.findall(part)
        subject = named[0].removeprefix(SELF) if named else subject
        yield _Sentence(part, marks, subject, carried)
        plain = [mark.about for mark in marks if not mark.is_part]
        carried = plain[-1] if plain else carried


def _mark(found: re.Match[str]) -> _Mark:
    group = found.lastgroup or ""
    return _Mark(found.start(), found.end(), group.removeprefix("part_"), group.startswith("part_"))


def _claims(sentence: _Sentence, separators: Separators) -> Iterator[Claim]:
    yield from _directions(sentence)
    role, end = "", 0
    figures = list(FIGURE.finditer(sentence.text))
    for index, figure in enumerate(figures):
        until = figures[index + 1].start() if index + 1 < len(figures) else len(sentence.text)
        left, right = sentence.text[end : figure.start()], sentence.text[figure.end() : until]
        claim = _figure(_Spot(figure, sentence, left, right, role), separators)
        role, end = claim.role, figure.end()
        yield claim


def _figure(spot: _Spot, separators: Separators) -> Claim:
    figure = spot.figure
    if figure["date"]:
        return Claim("date", spot.subject, "", "", figure["date"].replace(SPACE, " "))
    value = _value(figure, separators)
    if figure["noun"]:
        return _count(spot, value)
    if figure["unit"] in {"%", "percent", "per cent"}:
        return _percent(spot, value)
    role = _amount_role(spot)
    return Claim("figure", spot.subject, "" if role in _WITHOUT_METRIC else spot.about, role, value)


def _count(spot: _Spot, value: str) -> Claim:
    words = spot.figure["noun"].replace(SPACE, " ").lower().split()
    role = "more" if "more" in words else "lost" if _LOST.match(spot.right) else ""
    unit = next(each for each in words if each not in {"more", "similar"}).rstrip("s")
    return Claim("count", spot.subject, unit, role, value)


def _percent(spot: _Spot, value: str) -> Claim:
    subject, about = spot.subject, spot.about
    if _LEVEL_AFTER.match(spot.right):
        return Claim("figure", subject, "", "level", value)
    end = _end_of_range(spot)
    if end or spot.figure["sign"]:
        return Claim("figure", subject, about, end or "change", value)
    part = _part(spot.sentence, spot.figure.start(), spot.figure.end())
    if part:
        against = _AGAINST.search(spot.sentence.text[: spot.figure.start()])
        return Claim("figure", subject, part, "against" if against else "share", value)
    role = _rate_role(spot) if about in _RATES else None
    if role:
        return Claim("figure", subject, about, role, value)
    sign = _sign(spot, about)
    return Claim("figure", subject, about, "change", f"unsigned {value}" if sign is None else sign + value)


def _rate_role(spot: _Spot) -> str | None:
    if _REFERENCE.search(spot.left) or _WAS_REFERENCE.match(spot.right):
        return "reference"
    if _REACHED.search(spot.left):
        return "value"
    moved = re.search(r"\bby\s*$", spot.left) or _sign(spot, spot.about) is not None
    return None if moved else "value"


def _sign(spot: _Spot, about: str) -> str | None:
    """The direction of an unsigned change, out of the words beside it: "fell by", "lower"."""
    behind = DIRECTION.match(spot.right.lstrip())
    said = re.split(r"[:,;]", spot.left)[-1]  # "CTR got better: 2.27 %" says where it is, not how far it went
    found = ([behind] if behind else []) + list(DIRECTION.finditer(said))[::-1]
    for each in found:
        axis, value = _axis(each)
        if axis == "move":
            return "-" if value == "down" else ""
        if axis == "sense" and about:
            return "-" if (value == "good") == (about in LOWER_IS_BETTER) else ""
    return None


def _end_of_range(spot: _Spot) -> str | None:
    if _LOW.search(spot.left):
        return "low"
    return "high" if spot.before == "low" and _HIGH.match(spot.left) else None


def _amount_role(spot: _Spot) -> str:
    left, right = spot.left, spot.right
    tests = (
        ("each", _EACH.match(right)),
        ("waste", _WASTE.match(right)),
        ("saved", _SAVED.match(right)),
        ("risk", _NOTHING.match(right) or _WORST.search(spot.sentence.text)),
        ("spent", _SPENT.match(right)),
        ("bound above", _ABOVE.search(left)),
        ("bound below", _BELOW.search(left)),
        ("reference", _REFERENCE.search(left) or _WAS_REFERENCE.match(right)),
    )
    return _end_of_range(spot) or next((role for role, holds in tests if holds), "value")


def _directions(sentence: _Sentence) -> Iterator[Claim]:
    for mark in sentence.marks:
        said = DIRECTION.search(sentence.text, mark.start, mark.end) if mark.is_part else None
        if said:
            yield Claim("move", _subject(sentence, mark.start), mark.about, "", _axis(said)[1])
    for each in DIRECTION.finditer(sentence.text):
        if any(mark.start <= each.start() < mark.end for mark in sentence.marks):
            continue
        axis, value = _axis(each)
        subject = _subject(sentence, each.start())
        about = "" if axis in {"verdict", "act"} else _about(sentence, each.start(), each.end(), near=True)
        if NEGATION.search(sentence.text, 0, each.start()):
            yield Claim("negated", subject, about, "", each[0].lower())
        elif axis == "than":
            yield Claim("than", subject, "", "", each[0].lower().replace(SPACE, " "))
        else:
            yield Claim(axis, subject, about, "", value)


def _axis(found: re.Match[str]) -> tuple[Axis, str]:
    axis, _, value = (found.lastgroup or "").partition("_")
    return axis, value  # type: ignore[return-value]  # the groups are named by the axes


def _subject(sentence: _Sentence, at: int) -> str:
    before = [each[1] for each in _NAME.finditer(sentence.text, 0, at)]
    return before[-1].removeprefix(SELF) if before else sentence.subject


def _about(sentence: _Sentence, start: int, end: int, *, near: bool = False) -> str:
    """The metric that is spoken of: named just behind, else before, else later, else carried over."""
    plain = [mark for mark in sentence.marks if not mark.is_part]
    behind = [mark for mark in plain if mark.start >= end]
    if (
        near
        and behind
        and re.fullmatch(r"\s*(?:in |of |the |its |daily )*", sentence.text[end : behind[0].start])
    ):
        return behind[0].about
    before = [mark for mark in (sentence.marks if near else plain) if mark.start < start]
    if before:
        return before[-1].about
    return behind[0].about if behind else sentence.carried


def _part(sentence: _Sentence, start: int, end: int) -> str | None:
    """The part of the CPA's change whose share a percentage is, if it is one."""
    behind = next((mark for mark in sentence.marks if mark.is_part and mark.start >= end), None)
    if behind and _THROUGH.match(sentence.text[end : behind.start]):
        return behind.about
    before = [mark for mark in sentence.marks if mark.start < start]
    return before[-1].about if before and before[-1].is_part else None


def _value(figure: re.Match[str], separators: Separators) -> str:
    """The number in one spelling, whatever its decimals: "31.00" is "31"."""
    if figure["none"]:
        return "0"
    if figure["one"]:
        return "1"
    if figure["word"]:
        return str(NUMBER_WORDS[figure["word"].lower()])
    mark = _THOUSANDS[separators]
    text = figure["number"]
    whole, point, decimals = text.rpartition("." if separators == "1,234.50" else ",")
    whole, decimals = (whole, decimals) if point else (text, "")
    groups = whole.split(mark)
    if not all(each.isdigit() for each in groups) or any(len(each) != 3 for each in groups[1:]):
        return f"unreadable {text}"
    if decimals and not decimals.isdigit():
        return f"unreadable {text}"
    number = Decimal(f"{''.join(groups)}.{decimals or 0}").normalize()
    return f"-{number:f}" if figure["sign"] in {"−", "-"} else f"{number:f}"
