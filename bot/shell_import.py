"""``marko import``: exports and retrospectives from a shell, read, told, and stored."""

import argparse
import sys
from collections.abc import Callable
from contextlib import AbstractContextManager, ExitStack
from pathlib import Path
from typing import TYPE_CHECKING

from bot.shell_imported import Outcome, document, exactly, outcome_text, unsaid
from engine.errors import Fault, Refused
from engine.intake import export
from engine.intake.flat_json import holds_retrospectives
from engine.intake.json_text import LONGEST, printable
from engine.intake.mapping import parse_mapping
from engine.intake.payload import read_campaigns
from engine.models.export import Hints
from engine.models.file_import import Dropped
from engine.models.scanned import Scanned
from engine.narrate.words import Words

if TYPE_CHECKING:
    from engine.engine import Engine

HEAD = 1 << 16  # bytes that show whether a file may hold retrospectives
TRIES = 3  # how often a file is read, where answers about its shape are remembered
AGAIN = frozenset({"refused", "stopped", "cancelled", "undone"})  # the same file may be handed in once more
ORDERS = {"day-first": "day first", "month-first": "month first"}
Opening = Callable[[], AbstractContextManager[tuple["Engine", Words]]]


def run(chosen: argparse.Namespace, opening: Opening) -> int:
    """Import files one after the other; 1 where nothing could be taken of one."""
    hints = hints_of(chosen)
    with ExitStack() as stack:
        store = _Store(opening, stack)
        outcomes = [_outcome(Path(each), hints, store, dry=chosen.dry_run) for each in chosen.files]
        told = _told(outcomes, store.words, as_json=chosen.json)
    sys.stdout.write(f"{told}\n" if told else "")
    refused = [each for each in outcomes if each.state == "refused"]
    for each in refused:
        sys.stderr.write(f"{Refused(list(each.faults), each.file)}\n")
    return 1 if refused else 0


def _told(outcomes: list[Outcome], words: Words, *, as_json: bool) -> str:
    if as_json:
        documents = [document(each) for each in outcomes]
        return exactly(documents[0] if len(documents) == 1 else documents)
    return "\n\n".join(filter(None, (outcome_text(each, words) for each in outcomes)))


def hints_of(chosen: argparse.Namespace) -> Hints:
    """Take what flags say of the files. Raises ``Refused`` for a mapping to what is no field."""
    return Hints.model_validate(
        {
            "source": chosen.source,
            "currency": chosen.currency,
            "columns": dict(parse_mapping(each) for each in chosen.map),
            "date_order": ORDERS.get(chosen.date_order or ""),
            "decimal": chosen.decimal,
            "despite_total": chosen.despite_total,
        }
    )


class _Store:
    """The memory, opened when it is first needed: a refused file needs none."""

    def __init__(self, opening: Opening, stack: ExitStack) -> None:
        self._opening = opening
        self._stack = stack
        self._opened: tuple[Engine, Words] | None = None

    @property
    def engine(self) -> "Engine":
        if self._opened is None:
            self._opened = self._stack.enter_context(self._opening())
        return self._opened[0]

    @property
    def words(self) -> Words:
        """How the team writes; the plain way where the memory was not opened."""
        return self._opened[1] if self._opened else unsaid()


def _outcome(path: Path, hints: Hints, store: _Store, *, dry: bool) -> Outcome:
    name = printable(path.name)
    try:
        content = _retrospectives(path)
        if content is not None:
            return _campaigns(content, name, store, dry=dry)
        scanned = export.scan(path, name=name, hints=hints)
        if dry:
            return Outcome(name, "asking" if scanned.scan.is_open else "read", scanned.scan)
        return _stored(path, name, hints, scanned, store.engine)
    except Refused as refused:
        return Outcome(name, "refused", faults=tuple(refused.faults))


def _retrospectives(path: Path) -> bytes | None:
    """Read a file of campaigns with forecast and actual; ``None`` where it is none."""
    try:
        with path.open("rb") as file:
            if not file.read(HEAD).lstrip(b"\xef\xbb\xbf\xff\xfe \t\r\n\0").startswith((b"{", b"[")):
                return None
            file.seek(0)
            content = file.read(LONGEST + 1)
    except OSError as problem:
        rule = f"a file that can be read ({problem.strerror})"
        raise Refused([Fault("file", printable(str(path)), rule)]) from None
    return content if holds_retrospectives(content) else None


def _campaigns(content: bytes, name: str, store: _Store, *, dry: bool) -> Outcome:
    if not dry:
        store.engine.submit(content, source=name, asked_by="shell")
    campaigns, _ = read_campaigns(content, source=name)
    return Outcome(name, "read" if dry else "done", campaigns=tuple(campaigns))


def _stored(path: Path, name: str, hints: Hints, scanned: Scanned, engine: "Engine") -> Outcome:
    """Hand what was read to the engine, which may know answers about files of its shape."""
    dropped = _dropped(engine, name, scanned.scan.checksum)
    found = engine.begin_export(dropped)
    if found.state == "asking":
        found = engine.answer_export(dropped.id, hints, by="shell", remember=False)
    if found.state != "reading":
        return Outcome(name, "same", scanned.scan, found=found, before=found)
    used = hints
    for _ in range(TRIES):
        known = _merged(engine.hints_of(dropped.id), hints)
        if known != used:
            used, scanned = known, export.scan(path, name=name, hints=known)
        found = engine.take_export(dropped.id, scanned)
        if found.state != "reading":
            break
    before = engine.file_import(found.before) if found.before else None
    return Outcome(name, found.state, scanned.scan, found=found, before=before)


def _dropped(engine: "Engine", name: str, checksum: str) -> Dropped:
    """The same bytes are the same import, unless it came to nothing or others stand for days of it now."""
    number = 1
    while True:
        identifier = f"import:shell:{checksum[:32]}" + (f":{number}" if number > 1 else "")
        known = engine.file_import(identifier)
        if known is None or (known.state not in AGAIN and not engine.is_replaced(identifier)):
            return Dropped(id=identifier, channel="", thread=None, file=name, by="shell")
        number += 1


def _merged(known: Hints, said: Hints) -> Hints:
    """What is said now counts more than what was said before."""
    columns = {**known.columns, **said.columns}
    fresh = {field: value for field, value in said if value}
    return known.model_copy(update=fresh | {"columns": columns})
