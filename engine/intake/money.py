"""In which currency a file's money is: by its cells, its header, its title, or what a person says."""

from collections.abc import Collection, Iterable, Sequence
from typing import NamedTuple

from engine.errors import Fault, Refused
from engine.intake.money_signs import CODES, currencies
from engine.intake.numbers import unit_of
from engine.intake.total_words import says_nothing
from engine.models.export import Question, Warned

RARE = frozenset({"EGP"})  # has the pound's sign, and is written EGP in exports
LIKELY = ("EUR", "USD", "GBP")
ONE_CURRENCY = "amounts in one currency, or a column that names the currency of each row"
WHICH = "Which currency is {column}? Nothing is stored yet."
SAYS = 'The file itself says {file}, so "{hint}" was not used.'


class Money(NamedTuple):
    """The currency of all rows whose own cell says none; ``options`` are what it may be, if unknown."""

    currency: str | None
    options: tuple[str, ...] = LIKELY
    warnings: tuple[Warned, ...] = ()


def code_of(cell: str) -> str:
    """Give the ISO code that a cell of a currency column means; "" where it means none, or several."""
    if says_nothing(cell):
        return ""
    text = " ".join(cell.split())
    found = currencies(text) or {code for part in _parts(text) for code in currencies(part)}
    return next(iter(found)) if len(found) == 1 else ""


def money(
    *, header: str | None, title: str | None, cells: Iterable[str], hint: str | None, column: bool
) -> Money:
    """Decide; what the file says counts more than what a person says of it.

    ``cells`` are amounts as written, ``column`` says that rows name currencies themselves.
    """
    asked = _checked(hint)
    signs = [found for cell in cells if (found := unit_of(cell))]
    signed = [each - RARE for each in signs]
    possible = frozenset.intersection(*signed) if signed else frozenset()
    sure = next(iter(possible)) if len(possible) == 1 else None
    if signed and not possible and not column:
        raise Refused([Fault("currency", _several(signed), ONE_CURRENCY)])
    if header and not column and not all(header in each for each in signs):
        return Money(asked, (header, *_likely(possible)))
    said = header or title or sure
    if said and asked and said != asked and not column:
        text = SAYS.format(file=said, hint=asked)
        return Money(said, warnings=(Warned(code="currency", text=text),))
    return Money(said or asked, _likely(possible))


def question(column: str, options: Sequence[str]) -> Question:
    return Question(kind="currency", text=WHICH.format(column=column), column=column, options=tuple(options))


def contradicted(known: Money, header: str | None, codes: Collection[str], hint: str | None) -> Money | None:
    """Leave it to a person where a header names another currency than a column of codes; else ``None``.

    The amounts may have been converted, and then the column names what they were.
    """
    others = sorted(set(codes) - {header})
    if not header or not others:
        return None
    return known._replace(currency=_checked(hint), options=(header, *others))


def _several(signed: Iterable[frozenset[str]]) -> str:
    """Name a currency of each sign."""
    return " and ".join(sorted({_likely(each)[0] for each in signed if each})[:3])


def _likely(possible: frozenset[str]) -> tuple[str, ...]:
    """Of the currencies that a sign may mean the common ones first."""
    if not possible:
        return LIKELY
    common = ("USD", "EUR", "GBP", "CAD", "AUD", "JPY", "CNY", "INR", "SEK", "NOK", "DKK", "MXN")
    first = [each for each in common if each in possible]
    return tuple([*first, *sorted(possible - set(first))][:5])


def _checked(hint: str | None) -> str | None:
    if not hint or not hint.strip():
        return None
    code = hint.strip().upper()
    if code not in CODES:
        raise Refused([Fault("currency", hint.strip()[:40], "an ISO code such as EUR")])
    return code


def _parts(text: str) -> Iterable[str]:
    """ "EUR - Euro", "US Dollar (USD)"."""
    return text.replace("(", " ").replace(")", " ").replace("-", " ").split()
