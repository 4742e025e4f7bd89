"""What a person says a column is: "Kosten netto=spend" in the shell, a choice in the dialog."""

from collections.abc import Iterable, Mapping, Sequence

from engine.errors import Fault, Refused
from engine.intake.headers import folded
from engine.intake.json_text import clipped, printable
from engine.models.export import IGNORED, Field
from engine.models.labels import LABELS, NOT_NEEDED

EXAMPLE = 'COLUMN=FIELD, such as "Kosten netto=spend"'
SEVERAL: frozenset[Field] = frozenset({"audience", "creative"})  # of these a file may have many columns
_NAMED = {folded(field): field for field in LABELS} | {folded(text): field for field, text in LABELS.items()}
_IGNORED = {folded(IGNORED), folded(NOT_NEEDED)}
_TOLD = 30  # names of columns that a refusal lists
_LONGEST = 60

Pinned = dict[int, Field | None]  # by place; ``None`` where the column is not needed


def parse_mapping(text: str) -> tuple[str, str]:
    """Read "COLUMN=FIELD", as ``Hints.columns`` take it; a column's name may hold "=" itself.

    The field may be written as its label, in any case. Raises ``Refused``.
    """
    column, sign, field = text.rpartition("=")
    if not sign or not column.strip() or not field.strip():
        raise Refused([Fault("--map", _shown(text), EXAMPLE)])
    return column.strip(), field_named(field)


def field_named(text: str) -> str:
    """Give the field that a person names, or "ignore". Raises ``Refused`` with all that there are."""
    name = folded(text)
    if name in _IGNORED:
        return IGNORED
    if name not in _NAMED:
        raise Refused([_no_field(text)])
    return _NAMED[name]


def pinned(names: Sequence[str], said: Mapping[str, str]) -> Pinned:
    """Find the columns that a person spoke of; of several of one name "Cost #2" is the second.

    Raises ``Refused`` for columns and fields that are none, and for a field that is said of two columns.
    """
    found: Pinned = {}
    faults: list[Fault] = []
    for column, text in said.items():
        places = places_named(column, names)
        field = None if folded(text) in _IGNORED else _NAMED.get(folded(text))
        if not places:
            faults.append(Fault("column", _shown(column), f"one of the file: {_listed(names)}"))
        if field is None and folded(text) not in _IGNORED:
            faults.append(_no_field(text))
        if places:
            found[places[0]] = field
            found |= dict.fromkeys(places[1:])
    faults += _twice(names, found)
    if faults:
        raise Refused(faults)
    return found


def places_named(column: str, names: Sequence[str]) -> list[int]:
    """Give the places of the columns of that name: as it is written, else however it is spelled."""
    for told in (_as_written, folded):
        places = [place for place, name in enumerate(names) if told(name) == told(column)]
        if places and told(column):
            return places
    start, _, number = column.rpartition("#")
    if start.strip() and number.strip().isdecimal():
        return places_named(start, names)[int(number) - 1 : int(number)] if int(number) else []
    return []


def _twice(names: Sequence[str], found: Pinned) -> Iterable[Fault]:
    for field in dict.fromkeys(found.values()):
        places = [place for place, each in found.items() if each == field]
        if field is not None and field not in SEVERAL and len(places) > 1:
            columns = _listed([names[place] for place in places])
            yield Fault("column", columns, f"one column for {LABELS[field]}")


def _no_field(text: str) -> Fault:
    return Fault("field", _shown(text), f"one of {', '.join(LABELS)}, {IGNORED}")


def _listed(names: Sequence[str]) -> str:
    more = f" and {len(names) - _TOLD} more" if len(names) > _TOLD else ""
    return ", ".join(map(quoted, names[:_TOLD])) + more


def quoted(name: str) -> str:
    """Write a column's name as sentences do: in quotes, and not longer than a person reads."""
    return f'"{_shown(name)}"'


def _as_written(name: str) -> str:
    return name.replace("\ufeff", "").strip()


def _shown(text: str) -> str:
    return printable(clipped(_as_written(text), _LONGEST))
