"""What becomes of an export: staged in pieces, counted in one unit, asked about, undone. Each step once.

Rows come in as small units, so that nobody who writes waits for a long file, and none of them counts until
the last unit says so. A kill in between leaves an import that is "reading"; whoever reads the file again
begins by forgetting what was put aside. What counts instead of what is thought out by ``engine/overlap.py``
outside of any transaction, and thought again where the memory changed meanwhile.
"""

import logging
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date
from itertools import islice
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from engine.aftermath import Aftermath
from engine.counting import TWO, Plan, apart_pairs, planned, resettled, settle_anew
from engine.decide.policy import approvers_for, refusal
from engine.errors import (
    AnsweredAlready,
    Fault,
    MayNotDecide,
    Refused,
    StoreTrouble,
    UndoLaterFirst,
    UnknownImport,
)
from engine.imports import Imports, as_broken_rule, put_reply, recorded
from engine.models.answer import Person
from engine.models.delivery import Intent
from engine.models.export import Hints, Holding, Scan
from engine.models.file_import import Dropped, FileImport, ImportState
from engine.ports import Reading, Unit

if TYPE_CHECKING:
    from engine.models.scanned import Scanned

log = logging.getLogger(__name__)

AT_ONCE = 2_000  # rows of one unit: about 50 ms, which is how long an acknowledgement may wait for it
TRIES = 20
SHAPE = "export_shape:"
COUNTS: frozenset[ImportState] = frozenset({"done", "double"})
OPEN: frozenset[ImportState] = frozenset({"reading", "asking"})


class Exports(Imports, Aftermath):
    """Exports from whatever door: each method is idempotent, and what it does is in the ledger.

    The order: ``begin_export``; read the file with ``hints_of``; ``take_export``. An import that comes back
    as "reading" is to be read once more, with the hints that it has now: somebody answered for files of its
    shape before. One that comes back as "asking" waits for ``answer_export``, and is read once more then.
    """

    def begin_export(self, dropped: Dropped) -> FileImport:
        """Write down that a file is being read; begun before, as it stands.

        Its reply goes out with ``read_on``, or with what came of it: what is read at once is not announced.
        """
        with self._memory.unit() as unit:
            known = unit.file_import(dropped.id)
            if known is None:
                found = recorded(dropped, "", self._now(), "reading")
                self._keep_told(unit, found, "begun")
                return found
        self.settle_rows(known.id)
        return self._export(known.id)

    def is_replaced(self, identifier: str) -> bool:
        """Whether days of an import count no more because of a later one: then its file is taken again."""
        with self._memory.reading() as reading:
            return _is_replaced(reading, identifier)

    def hints_of(self, identifier: str) -> Hints:
        """Give what people answered about this file, and before that about files of its shape."""
        return self._export(identifier).hints

    def read_on(self, identifier: str, rows: int, about: int, *, storing: bool = False) -> FileImport:
        """Say how many of about how many rows are read, or put aside where all of them are read.

        Gives the import as it is, perhaps "cancelled".
        """
        with self._memory.unit() as unit:
            found = self._known_import(unit, identifier)
            if found.state == "reading":
                found = found.model_copy(update={"progress": (rows, about), "storing": storing})
                unit.keep_file_import(found)
                if not put_reply(unit, found):
                    self._redraw_import(unit, found, f"{'store' if storing else 'read'}:{rows}")
        return found

    def take_export(self, identifier: str, scanned: "Scanned") -> FileImport:
        """Take what was read of a file that is "reading"; others stay as they are.

        It ends as "asking" (or "reading", see above), "same", "double" or "done"; "cancelled" when somebody
        did that meanwhile. What fails is told as "stopped", and raised; then nothing of it counts.
        """
        found = self._export(identifier)
        if found.state != "reading":
            return found
        if scanned.scan.is_open:
            return self._ask(found, scanned.scan)
        with self._memory.reading() as reading:
            earlier = _counted_before(reading, found, scanned.scan.checksum)
        if earlier:
            return self._close_export(identifier, "same", scan=scanned.scan, before=earlier)
        try:
            self._stage(identifier, scanned)
            return self._count(identifier, scanned.scan)
        except Refused as refused:
            return self.refuse_export(identifier, faults=refused.faults)
        except Exception:
            # Whatever it was is raised again; but nobody may read for ever that the file is being read.
            self._stop_export(identifier)
            raise

    def answer_export(self, identifier: str, hints: Hints, *, by: str, remember: bool) -> FileImport:
        """Take a person's answers to the open questions; the file is to be read again then.

        With ``remember`` they hold for every later file of this shape, until somebody answers anew.
        """
        with self._memory.unit() as unit:
            found = self._known_import(unit, identifier)
            if found.state != "asking":
                return found
            answered = _merged(found.hints, hints)
            if remember and found.scan:
                lasting = _lasting(_merged(_remembered(unit, found.scan), hints))
                unit.set_setting(SHAPE + found.scan.shape, lasting)
            found = found.model_copy(update={"state": "reading", "hints": answered, "progress": None})
            said = {name: value for name, value in hints.model_dump(mode="json").items() if value}
            self._tell(unit, found, "answered", by=by, detail={"answers": said, "remembered": remember})
        return found

    def refuse_export(
        self, identifier: str, *, faults: Iterable[Fault] = (), reason: str = "", scan: Scan | None = None
    ) -> FileImport:
        """Say that nothing is taken of a file, and why."""
        broken = tuple(as_broken_rule(each) for each in faults)
        return self._close_export(identifier, "refused", faults=broken, reason=reason, scan=scan)

    def cancel_export(self, identifier: str, *, by: str) -> FileImport:
        """Stop reading, or asking; what is done already stays."""
        return self._close_export(identifier, "cancelled", by=by)

    def undo_export(self, identifier: str, *, by: Person) -> FileImport:
        """Take an import back: its days count no more, and what it replaced counts again.

        Raises ``MayNotDecide``, which is in the ledger, and ``UndoLaterFirst``.
        """
        found = self._export(identifier)
        self._check_undoer(found, by)
        if found.state not in COUNTS:
            self.settle_rows(identifier)
            return found
        undone = {"state": "undone", "undone_by": by.id}
        mine: Callable[[Holding], Holding] = lambda each: each.model_copy(  # noqa: E731
            update={"status": "undone", "by": by.id}
        )
        return self._change_import(identifier, COUNTS, undone, mine, by=by.id, tag="undone")

    def keep_both(self, identifier: str, *, by: str, first: bool = False) -> FileImport:
        """Take a person's word that an import tells other money than what it seems to repeat.

        With ``first`` it is a press on a card that shows it as open: ``AnsweredAlready`` where it is not.
        """
        mine: Callable[[Holding], Holding] = lambda each: each.model_copy(  # noqa: E731
            update={"apart": True, "same_as": None, "status": "live", "by": None}
        )
        done = {"state": "done", "replaced": None}  # ``before`` stays: the card says beside what it counts
        double: frozenset[ImportState] = frozenset({"double"})
        return self._change_import(identifier, double, done, mine, by=by, tag="kept_both", first=first)

    def link_campaigns(
        self, identifier: str, main: str, alias: str | None = None, *, one: bool, by: str, first: bool = False
    ) -> FileImport:
        """Take a person's word on names that an import found alike: one campaign, or two.

        Without an ``alias`` it is about all of the group. Another answer later takes the first back; with
        ``first``, a press on a card that shows it as open, it is ``AnsweredAlready``.
        """
        with self._memory.unit() as unit:
            found = self._known_import(unit, identifier)
            group = next((each for each in found.alike if each.main == main), None)
            if group is None or (alias is not None and alias not in group.others):
                return found
            if first and group.answer != "open":
                raise AnsweredAlready
            aliases = [alias] if alias is not None else list(group.others)
            keys = self._link(unit, main, aliases, one=one)
            if keys:
                answered = group.model_copy(update={"answer": "one" if one else "two"})
                told = tuple(answered if each is group else each for each in found.alike)
                found = found.model_copy(update={"alike": told})
                detail = {"main": main, "aliases": aliases}
                self._tell(unit, found, "linked" if one else "unlinked", by=by, detail=detail)
                self._owe(unit, identifier, keys)
        self.settle_rows(identifier)
        return found

    def _ask(self, found: FileImport, scan: Scan) -> FileImport:
        """Ask what nobody answered yet; where files of this shape were answered before, read again."""
        with self._memory.unit() as unit:
            held = self._known_import(unit, found.id)
            if held.state != "reading":
                return held
            hints = _merged(_remembered(unit, scan), held.hints)
            state: ImportState = "asking" if hints == held.hints else "reading"
            update = {"scan": scan, "checksum": scan.checksum, "hints": hints, "state": state}
            held = held.model_copy(update={**update, "progress": None})
            if state == "asking":
                self._tell(unit, held, "asking")
            else:
                unit.keep_file_import(held)
        return held

    def _stage(self, identifier: str, scanned: "Scanned") -> None:
        """Put the rows aside, after what an earlier try left; stops when somebody cancels."""
        self._forget(identifier)
        while rows := list(islice(scanned.rows, AT_ONCE)):
            with self._memory.unit() as unit:
                if self._known_import(unit, identifier).state != "reading":
                    return
                unit.add_rows(identifier, rows)

    def _forget(self, identifier: str) -> None:
        while True:
            with self._memory.unit() as unit:
                if not unit.forget_rows(identifier):
                    return

    def _count(self, identifier: str, scan: Scan) -> FileImport:
        """Let the rows count that were put aside, as far as they are not the money of other imports."""
        for _ in range(TRIES):
            with self._memory.reading() as reading:
                generation = reading.generation()
                found = self._known_import(reading, identifier)
                if found.state != "reading":
                    break
                plan = planned(reading, found, scan, self._read_on(scan))
            with self._memory.unit() as unit:
                if unit.generation() != generation:
                    continue
                found = self._known_import(unit, identifier)
                earlier = _counted_before(unit, found, scan.checksum) or plan.before_same
                if found.state != "reading" or earlier:
                    break
                self._finish(unit, found, scan, plan)
                after = unit.generation()
            self._portfolio.advance(generation, after, None)
            self.settle_rows(identifier)
            return self._export(identifier)
        else:
            raise StoreTrouble("The memory changed faster than I could think. Please ask again.")
        self._forget(identifier)
        return (
            self._close_export(identifier, "same", scan=scan, before=earlier)
            if found.state == "reading"
            else found
        )

    def _finish(self, unit: Unit, found: FileImport, scan: Scan, plan: Plan) -> None:
        unit.hold(plan.holdings)
        scan = scan.model_copy(update={"warnings": scan.warnings + plan.warnings})
        update = {
            "state": plan.state,
            "scan": scan,
            "checksum": scan.checksum,
            "progress": None,
            "before": plan.before,
            "replaced": plan.replaced,
            "alike": plan.alike,
            "league": plan.league,
        }
        done = found.model_copy(update=update)
        detail: dict[str, Any] = {"rows": scan.rows, "refused": scan.rejected}
        if plan.replaced and plan.state == "done":
            detail["replaced"] = plan.replaced.days
        self._tell(unit, done, plan.state, detail=detail)
        self._owe(unit, found.id, plan.touched, drift=True)

    def _read_on(self, scan: Scan) -> date:
        """The day of now in the account's zone."""
        zone = ZoneInfo(scan.time_zone) if scan.time_zone else self._zone
        return self._clock.now().astimezone(zone).date()

    def _close_export(
        self, identifier: str, state: ImportState, *, by: str | None = None, **more: Any
    ) -> FileImport:
        """Close an import that is open, without anything of it; one that is closed stays as it is."""
        with self._memory.unit() as unit:
            found = self._known_import(unit, identifier)
            if found.state not in OPEN:
                return found
            if more.get("scan"):
                more["checksum"] = more["scan"].checksum
            known = {name: value for name, value in more.items() if value is not None}
            found = found.model_copy(update={"state": state, "progress": None} | known)
            self._tell(unit, found, state, by=by)
        self._forget(identifier)
        return found

    def _stop_export(self, identifier: str) -> None:
        """Say that it stopped. Where the memory cannot even keep that, it is as after a kill."""
        try:
            self._close_export(identifier, "stopped")
        except Exception:
            log.exception("%s stopped, and that could not be kept", identifier)

    def _check_undoer(self, found: FileImport, person: Person) -> None:
        approvers = approvers_for(self._in_force.now().preferences, found.channel)
        why = refusal(person, approvers)
        if why is None:
            return
        with self._memory.unit() as unit:
            detail = {"verb": "undo", "why": why}
            unit.note(actor=person.id, deed="refused", subject=found.id, detail=detail)
        raise MayNotDecide(approvers, why)

    def _change_import(
        self,
        identifier: str,
        states: frozenset[ImportState],
        update: Mapping[str, Any],
        mine: Callable[[Holding], Holding],
        *,
        by: str,
        tag: str,
        first: bool = False,
    ) -> FileImport:
        """Change an import that counts, or could, and with it what counts of everything that it met."""
        for _ in range(TRIES):
            with self._memory.reading() as reading:
                generation = reading.generation()
                found = self._known_import(reading, identifier)
                if found.state not in states:
                    if first:
                        raise AnsweredAlready
                    return found
                if tag == "undone":
                    _check_later(reading, found)
                changed = settle_anew(reading, found, mine, undoes=tag == "undone")
            with self._memory.unit() as unit:
                if unit.generation() != generation:
                    continue
                unit.hold(changed)
                found = self._known_import(unit, identifier).model_copy(update=dict(update))
                self._tell(unit, found, tag, by=by)
                if found.state == "undone":
                    self._count_again(unit, found, changed)
                self._owe(unit, identifier, (each.campaign_key for each in changed))
                after = unit.generation()
            self._portfolio.advance(generation, after, None)
            self.settle_rows(identifier)
            return found
        raise StoreTrouble("The memory changed faster than I could think. Please ask again.")

    def _count_again(self, unit: Unit, undone: FileImport, changed: Iterable[Holding]) -> None:
        """Imports that added nothing because of one that was undone are done now."""
        for source in sorted({each.source for each in changed if each.status == "live"} - {undone.id}):
            other = unit.file_import(source)
            if other is not None and other.state == "double":
                other = other.model_copy(update={"state": "done", "before": None, "replaced": None})
                self._tell(unit, other, "done", by="marko", detail={"because_of": undone.id})

    def _link(self, unit: Unit, main: str, aliases: Sequence[str], *, one: bool) -> list[str]:
        """Link or part these keys, and say anew what counts of them; gives the keys of which that changed."""
        known = unit.links()
        root = known.get(main, main)
        held = [key for key in aliases if (known.get(key, key) == root) != one]
        apart = apart_pairs(unit)
        pairs = {frozenset({main, key}) for key in aliases}
        now = apart - pairs if one else apart | pairs
        if now != apart:
            unit.set_setting(TWO, sorted(sorted(each) for each in now))
        if not held and now == apart:
            return []
        for key in held:
            if one:
                unit.link(key, root)
            else:  # of two names the one that is known by the other's parts
                unit.link(key if key in known else main, None)
        before = {known.get(key, key) for key in held}
        unit.hold(resettled(unit, [main, root, *held, *before]))
        return [main, root, *aliases, *before]

    def _export(self, identifier: str) -> FileImport:
        with self._memory.reading() as reading:
            return self._known_import(reading, identifier)

    def _known_import(self, reading: Reading, identifier: str) -> FileImport:
        found = reading.file_import(identifier)
        if found is None:
            raise UnknownImport(identifier)
        return found

    def _tell(
        self,
        unit: Unit,
        found: FileImport,
        tag: str,
        *,
        by: str | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        """Keep an import as it is now, with a line in the ledger, and draw its message anew."""
        self._keep_told(unit, found, tag, by=by, detail=detail)
        if not put_reply(unit, found):  # its line makes the key of what it looks like now
            _, lines = unit.ledger_page(since=None, about={found.id}, by=None, limit=1)
            self._redraw_import(unit, found, f"{tag}:{lines}")
        if found.state == "done" and found.channel and found.scan and found.scan.rejects:
            key = f"rejects:{found.id}"
            refused = Intent(key=key, kind="rejects", record=found.id, channel=found.channel, ts=found.thread)
            unit.post(refused)

    def _keep_told(
        self,
        unit: Unit,
        found: FileImport,
        tag: str,
        *,
        by: str | None = None,
        detail: Mapping[str, Any] | None = None,
    ) -> None:
        unit.keep_file_import(found)
        told = {"file": found.file, "checksum": found.checksum, "channel": found.channel} | dict(detail or {})
        deed = "import_reading" if tag == "begun" else f"import_{tag}"
        unit.note(actor=by or found.by, deed=deed, subject=found.id, detail=told)

    def _redraw_import(self, unit: Unit, found: FileImport, tag: str) -> None:
        for view in unit.views(found.id):
            key = f"redraw:{view.channel}:{view.ts}:{found.id}:{tag}"
            unit.post(Intent(key=key, kind="redraw", record=found.id, channel=view.channel, ts=view.ts))


def _counted_before(reading: Reading, found: FileImport, checksum: str) -> str | None:
    """The id of another import of these bytes of which all counts; others are taken again."""
    others = (each for each in reading.file_imports(checksum) if each.id != found.id)
    known = (each.id for each in others if each.state in COUNTS)
    return next((each for each in known if not _is_replaced(reading, each)), None)


def _is_replaced(reading: Reading, identifier: str) -> bool:
    return any(each.status == "replaced" for each in reading.holdings(source=identifier, live=False))


def _check_later(reading: Reading, found: FileImport) -> None:
    """Raise ``UndoLaterFirst`` where a later import replaced days of this one."""
    later = {each.by for each in reading.holdings(source=found.id, live=False) if each.status == "replaced"}
    for source in sorted(each for each in later if each):
        other = reading.file_import(source)
        if other is not None and other.state in COUNTS:
            raise UndoLaterFirst(other.id, other.file)


def _merged(hints: Hints, more: Hints) -> Hints:
    """Lay what was answered later over what was answered before."""
    said = {name: getattr(more, name) for name in more.model_fields_set}
    said = {name: value for name, value in said.items() if value not in (None, False, {})}
    if "columns" in said:
        said["columns"] = hints.columns | more.columns
    return hints.model_copy(update=said)


def _lasting(hints: Hints) -> dict[str, Any]:
    """What can hold for other files too: not that one file's total was wrong."""
    return hints.model_copy(update={"despite_total": False}).model_dump(mode="json")


def _remembered(reading: Reading, scan: Scan) -> Hints:
    held = reading.setting(SHAPE + scan.shape)
    return Hints() if held is None else Hints.model_validate(held)
