"""Backup, restore and verify from the shell: what holds when the disk does not."""

import argparse
import json
import sys
from collections.abc import Sequence
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING, Any

from bot.clock import SystemClock
from bot.settings import Settings, SettingsError
from engine.errors import StoreTrouble

if TYPE_CHECKING:
    from store.backup import Backup
    from store.ledger_key import LedgerKey
    from store.restore import Restored
    from store.verify import Finding


def backup(chosen: argparse.Namespace, settings: Settings) -> int:
    from store.backup import back_up

    made = back_up(
        settings.place,
        Path(chosen.file),
        now=SystemClock().now(),
        key=_key(settings),
        listed_beside=settings.database,
        force=chosen.force,
    )
    _write_down(made, settings)
    _say(chosen, made._asdict(), backup_text(made))
    return 0


def _write_down(made: "Backup", settings: Settings) -> None:
    """The ledger has who made a backup; a memory that takes no line is no reason to have none.

    One of an earlier schema takes none: to open it would bring it up to date.
    """
    from bot.opening import open_memory
    from store.schema import VERSION

    if made.schema < VERSION:
        return
    try:
        with closing(open_memory(settings, SystemClock())) as store:
            store.audit.record(actor="shell", deed="backed_up", detail={"file": Path(made.file).name})
    except StoreTrouble as trouble:
        sys.stderr.write(f"The backup is made, and is not in the ledger: {trouble}\n")


def restore(chosen: argparse.Namespace, settings: Settings) -> int:
    from store.restore import restore as put_back

    done = put_back(
        settings.place,
        Path(chosen.file),
        home=settings.database,
        clock=SystemClock(),
        key=_key(settings),
        new_key=chosen.new_key,
        vectors=settings.vectors,
    )
    _say(chosen, done._asdict(), restored_text(done))
    return 0


def verify(chosen: argparse.Namespace, settings: Settings) -> int:
    from store.inspection import inspect_file, inspect_server, inspect_vectors, last_backup

    place, key = settings.place, _key(settings)
    found = (
        inspect_file(place, key) if isinstance(place, Path) else inspect_server(place, settings.database, key)
    )
    findings = [*found, inspect_vectors(settings.vectors), last_backup(settings.database)]
    _say(chosen, [each._asdict() for each in findings], verified_text(findings))
    return 1 if any(each.state == "fault" for each in findings) else 0


def backup_text(made: "Backup") -> str:
    return (
        f"Backed up to {made.file}: {made.rows:,} rows, {made.bytes:,} bytes, checked. "
        f"The ledger ends at line {made.seq}, {made.digest[:16]}."
    )


def restored_text(done: "Restored") -> str:
    """What is true now, what was lost, and where the old one is."""
    lines = [f"Restored {done.file}. The memory is as it was on {_moment(done.until)}."]
    if done.was_damaged:
        lines.append("What stood there was damaged; whatever was decided since then is not in it.")
    elif done.lost_lines:
        lost = "1 ledger line" if done.lost_lines == 1 else f"{done.lost_lines:,} ledger lines"
        lines.append(f"Not in it, since written later: {lost}.")
    if done.aside:
        lines.append(f"What stood there is kept, untouched, in {done.aside}.")
    doubtful = f"Messages and changes on their way: {done.doubtful:,}"
    lines.append(f"{doubtful}. For 30 days these and new ones are looked up before they are sent.")
    lines.append(f"The ledger says so in line {done.line}, and is anchored there.")
    return "\n".join(lines)


def verified_text(findings: "Sequence[Finding]") -> str:
    faults = sum(each.state == "fault" for each in findings)
    verdict = f"{faults} faults." if faults > 1 else "1 fault." if faults else "All is as it was written."
    return "\n".join([verdict, *map(str, findings)])


def _moment(text: str | None) -> str:
    return f"{text[:16].replace('T', ' ')} UTC" if text else "its first day"


def _key(settings: Settings) -> "LedgerKey | None":
    from store.ledger_key import LedgerKey, read_key

    if settings.ledger_key:
        return LedgerKey(settings.ledger_key)
    if settings.database_url:
        raise SettingsError(
            "MARKO_LEDGER_KEY is not set; with DATABASE_URL it is needed, the same for every bot"
        )
    return read_key(settings.database.parent)


def _say(chosen: argparse.Namespace, found: Any, text: str) -> None:
    told = json.dumps(found, ensure_ascii=False, indent=2) if chosen.json else text
    sys.stdout.write(f"{told}\n")
