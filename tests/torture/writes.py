"""Promise 1: an acknowledged write survives being killed.

A child uses the engine as the bot does (submit, decide, carry out, subscribe, claim digests, set, back up),
says each deed that returned, and is killed. Afterwards the memory must be whole and hold all that was said.
"""

import base64
import json
import random
import sqlite3
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import closing
from datetime import timedelta
from functools import partial
from itertools import count
from multiprocessing.connection import Connection
from pathlib import Path
from typing import Any, NamedTuple

from factories import MONDAY, HandClock
from killed import said_before_the_kill

from bot.app import build_engine
from bot.settings import read_settings
from engine.engine import Engine
from engine.models.answer import Person
from engine.models.execution import Execution, Receipt
from engine.ports import Clock
from store import Store, open_store
from store.backup import back_up, chain_faults
from store.copying import contents
from store.inspection import inspect_file
from store.ledger_key import read_key
from store.verify import faults_of_file
from torture.made_up import campaigns, dice
from torture.result import Result, counted

KILLS_A_MEMORY = 25
WEEKS_A_RUN = 30
LINES = {"recommendation": "proposed", "decision": "approved", "digest": "digest_claimed"}
APPROVER = Person(id="U0APPROVER")
BACKUP = "backup.db"
CONNECTED = {
    "MARKO_ACTION_URL": "https://receiver.example/do",
    "MARKO_ACTION_SECRET": "whsec_" + base64.b64encode(bytes(32)).decode(),
}


class Deed(NamedTuple):
    """One operation that returned: what it was, and what of."""

    what: str
    subject: str


def opened(
    folder: Path, clock: Clock, *, approvers: Sequence[Person] = (APPROVER,), **more: str
) -> tuple[Store, Engine]:
    """Open the memory in ``folder`` and make the engine on it, as the shell does."""
    told = {
        "MARKO_DATA_DIR": folder,
        "MARKO_OUTPUT_DIR": folder / "output",
        "MARKO_APPROVERS": ",".join(each.id for each in approvers),
        "MARKO_CHANGES_A_DAY": "1000",
        **more,
    }
    settings = read_settings({name: str(value) for name, value in told.items()})
    store = open_store(settings.database, clock)
    return store, build_engine(settings, store, clock)


def work(folder: Path, run: int, say: Connection) -> None:
    """Do everything that an engine can be asked, again and again; a week passes each time."""
    clock = HandClock(MONDAY + timedelta(weeks=run * WEEKS_A_RUN))
    store, engine = opened(folder, clock, **CONNECTED)
    for number in count():
        name, channel = f"run-{run}-{number}", f"C{run}"
        found = engine.submit(campaigns([name], clock.now()), source=None, asked_by="shell")
        say.send(Deed("campaign", name))
        identifier = found.answers[0].recommendation.id
        engine.decide(identifier, "approve", by=APPROVER)
        say.send(Deed("decision", identifier))
        for each in store.executions.claim(now=clock.now(), limit=9):
            engine.carried_out(each.key, Receipt(id=f"receipt-{each.key}"))
            say.send(Deed("execution", each.key))
        with store.memory.unit() as unit:
            unit.set_setting(f"torture:{name}", {"value": number})
        say.send(Deed("setting", f"torture:{name}"))
        engine.subscribe(channel, weekday=0, at="09:00", by=APPROVER.id)
        say.send(Deed("subscription", channel))
        clock.forward(weeks=1)
        engine.post_due_digests()
        say.send(Deed("digest", f"digest:{channel}:{clock.now().date()}"))
        if number % 2:
            say.send(Deed("backup", str(_back_up(folder, clock))))


def _back_up(folder: Path, clock: Clock) -> int:
    """Replace the backup, and give the number of the last line in it."""
    file, key = folder / "marko.db", read_key(folder)
    target = folder / BACKUP
    return back_up(file, target, now=clock.now(), key=key, listed_beside=file, force=True).seq


def run(times: int) -> Result:
    """Kill ``times`` writers; each memory lives through up to 25 of them."""
    chance = dice()
    deeds = 0
    faults: list[str] = []
    for first in range(0, times, KILLS_A_MEMORY):
        with tempfile.TemporaryDirectory() as folder:
            runs = range(min(KILLS_A_MEMORY, times - first))
            said = _kill_each(Path(folder), runs, chance, faults)
            deeds += len(said)
            faults += _lost(Path(folder), said)
    return counted(times, faults, f"{deeds} acknowledged writes")


def _kill_each(folder: Path, runs: range, chance: random.Random, faults: list[str]) -> list[Deed]:
    said: list[Deed] = []
    for number in runs:
        said += said_before_the_kill(work, folder, number, chance=chance, most=16)
        faults += _broken(folder)
    return said


def _broken(folder: Path) -> Iterator[str]:
    """Say what is not whole: the file, the ledger's chain, an artifact."""
    with closing(sqlite3.connect(folder / "marko.db")) as connection:
        found = [row[0] for row in connection.execute("PRAGMA integrity_check")]
        yield from () if found == ["ok"] else found
        yield from map(str, connection.execute("PRAGMA foreign_key_check"))
    store, _ = opened(folder, HandClock())
    yield from store.ledger_faults()
    store.close()
    found = [
        each.told for each in inspect_file(folder / "marko.db", read_key(folder)) if each.state == "fault"
    ]
    yield from found
    if (folder / BACKUP).exists():
        yield from faults_of_file(folder / BACKUP, partial(chain_faults, key=read_key(folder)))
    for artifact in folder.glob("output/*/*.json"):
        try:
            json.loads(artifact.read_bytes())
        except ValueError:
            yield f"{artifact.parent.name}/{artifact.name} is no JSON"


def _is_done(execution: Execution | None) -> bool:
    return execution is not None and execution.status == "done"


def _lost(folder: Path, said: list[Deed]) -> Iterator[str]:
    """Say which acknowledged deeds are gone, and which deeds happened by half."""
    store, _ = opened(folder, HandClock())
    kept = _kept(store, said)
    store.close()
    kept["backup"] = {str(each) for each in range(contents(folder / BACKUP)[1] + 1)} if kept["backup"] else ()
    for deed in said:
        if deed.subject not in kept[deed.what]:
            yield f"{deed.what} {deed.subject} is lost"
    noted = kept["noted"]
    for what, name in LINES.items():
        lines = sorted(subject for deed, subject in noted if deed == name)
        if lines != sorted(kept[what]):
            yield f"{len(kept[what])} of {what} kept, {len(lines)} lines {name} in the ledger"


def _kept(store: Store, said: Sequence[Deed]) -> dict[str, Any]:
    def named(what: str) -> set[str]:
        return {each.subject for each in said if each.what == what}

    with store.memory.reading() as reading:
        known = reading.recommendations()
        return {
            "campaign": {each.campaign.campaign_id for each in reading.retrospectives()},
            "recommendation": [each.id for each in known],
            "decision": [each.id for each in known for _ in each.decisions],
            "subscription": {each.channel for each in reading.subscriptions()},
            "digest": [each.id for each in reading.digests()],
            "execution": {each for each in named("execution") if _is_done(reading.execution(each))},
            "setting": {each for each in named("setting") if reading.setting(each) is not None},
            "backup": named("backup"),
            "noted": [(each.deed, each.subject) for each in reading.ledger()],
        }
