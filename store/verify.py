"""Looking whether everything that is kept is as it was written: pages, rows, documents, ledger, pointers.

Nothing is changed. ``faults_of_file`` is what a backup has to pass; ``verified`` is what `marko verify` says.
"""

import json
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from contextlib import closing
from itertools import islice
from pathlib import Path
from typing import Any, Literal, NamedTuple

from pydantic import BaseModel, ValidationError
from sqlalchemy import Connection, Table, create_engine, select
from sqlalchemy import exc as sql
from sqlalchemy.pool import StaticPool

from engine.models.brief import Brief
from engine.models.digest import Digest, Subscription
from engine.models.execution import Execution
from engine.models.file_import import FileImport
from engine.models.headway import Headway
from engine.models.pattern_life import PatternLife
from engine.models.ping import Ping
from engine.models.recommendation import MessageView
from engine.models.reply import Reply
from engine.models.vote import Vote
from store import checksums, export_check, kept, ledger_check, schema
from store.copying import opened
from store.documents import row_values

MOST_TOLD = 20  # faults of one kind that are told one by one
AT_ONCE = 1_000  # rows of a table that are held at a time: exports may bring millions
Row = Mapping[str, Any]
Rows = Callable[[Table], Iterator[Row]]

KINDS: Mapping[str, type[BaseModel] | None] = {
    "campaigns": kept.KeptCampaign,
    "performance_logs": kept.KeptLog,
    "revisions": kept.KeptRevision,
    "recommendations": kept.KeptRecommendation,
    "patterns": kept.KeptPatterns,
    "insights": kept.KeptInsights,
    "briefs": Brief,
    "weights": kept.KeptWeights,
    "digests": Digest,
    "subscriptions": Subscription,
    "views": MessageView,
    "pattern_lives": PatternLife,
    "replies": Reply,
    "imports": FileImport,
    "headways": Headway,
    "votes": Vote,
    "pings": Ping,
    "settings": None,  # a name, and any JSON
}
"""What each document table holds."""

RECORDS: Mapping[str, str] = {
    "card": "recommendations",
    "reasoning": "recommendations",
    "digest": "digests",
    "reply": "replies",
    "import": "imports",
    "headway": "headways",
}
"""In which table the record of a view is kept, by its kind."""


class Finding(NamedTuple):
    """One thing that was looked at. A ``note`` is worth saying and no fault."""

    what: str
    state: Literal["ok", "fault", "note"]
    told: str

    def __str__(self) -> str:
        return f"{self.what:12} {self.state:5}  {self.told}"


def verified(rows: Rows, connection: Connection, ledger_faults: Iterable[str]) -> list[Finding]:
    """Look at everything in a memory of today's schema."""
    counts: Counter[str] = Counter()
    found = []
    if connection.dialect.name == "sqlite":
        found += _findings("pages", lambda: "the file is whole", _page_faults(connection))
        found += _findings("references", lambda: "none leads nowhere", _reference_faults(connection))
    looked_at = _row_faults(rows, counts)
    found += _findings("checksums", lambda: f"{counts.total()} rows are as they were written", looked_at)
    found += _findings(
        "documents", lambda: f"{_documents(counts)} fit what they tell of", _document_faults(rows)
    )
    found += _findings(
        "pointers", lambda: "every message and execution is of something", _pointer_faults(rows)
    )
    found += _findings(
        "exports", lambda: f"{counts['daily_rows']} rows add up to what counts", export_check.faults(rows)
    )
    found += _findings("ledger", lambda: f"{counts['ledger']} lines, a whole chain", ledger_faults)
    return found


def faults_of_file(
    file: Path, ledger_faults: Callable[[Connection], Iterable[str]], *, still: bool = True
) -> list[str]:
    """Say what is wrong in a SQLite file: pages, references, rows, ledger; ``still`` if nobody works on it.

    A file of an earlier schema has no checksums yet, and a ledger without a key.
    """
    try:
        with reading(file, still=still) as (rows, connection):
            found = [*_page_faults(connection), *_reference_faults(connection)]
            if not found and version_of(connection) == schema.VERSION:
                found = [*_row_faults(rows, Counter()), *ledger_faults(connection)]
            elif not found:
                found = plain_chain_faults(connection)
            return list(islice(found, MOST_TOLD))
    except sql.DBAPIError as error:
        return [str(error.orig)]
    except (sqlite3.DatabaseError, ValueError, TypeError) as error:
        return [str(error)]


class reading:  # noqa: N801  used as a verb, like a function
    """Read a SQLite file: ``with reading(file) as (rows, connection)``; damaged texts do not end it."""

    def __init__(self, file: Path, *, still: bool = True) -> None:
        self._raw = opened(file, still=still)
        self._engine = create_engine("sqlite://", creator=lambda: self._raw, poolclass=StaticPool)

    def __enter__(self) -> tuple[Rows, Connection]:
        self._connection = self._engine.connect()
        self._raw.execute("BEGIN")  # all of it is of one moment, also beside a bot
        return self._rows, self._connection

    def __exit__(self, *_: object) -> None:
        self._connection.close()
        self._engine.dispose()

    def _rows(self, table: Table) -> Iterator[Row]:
        names = [column.name for column in table.c]
        asked = ", ".join(f'"{name}"' for name in names)
        with closing(self._raw.cursor()) as cursor:
            for row in cursor.execute(f"SELECT {asked} FROM {table.name} ORDER BY rowid"):  # noqa: S608
                yield dict(zip(names, row, strict=True))


def rows_over(connection: Connection) -> Rows:
    """Read tables through a connection to any database."""

    def rows(table: Table) -> Iterator[Row]:
        asked = select(table).order_by(*table.primary_key).execution_options(yield_per=AT_ONCE)
        yield from (dict(row) for row in connection.execute(asked).mappings())

    return rows


def plain_chain_faults(connection: Connection) -> list[str]:
    """Walk the chain of a ledger that has never had a key."""
    seal = ledger_check.sealed(connection)
    if seal.plain == seal.lines:
        return []
    return [f"ledger line {seal.plain + 1} was changed, or the line before it was"]


def version_of(connection: Connection) -> int:
    known = connection.exec_driver_sql("SELECT max(version) FROM schema_version").scalar()
    return int(known or 0)


def _findings(what: str, fine: Callable[[], str], faults: Iterable[str]) -> list[Finding]:
    found: list[str] = []
    try:
        found.extend(islice(faults, MOST_TOLD + 1))
    except sql.DBAPIError as error:  # a page that cannot be read ends the reading of its table
        found.append(str(error.orig))
    except (sqlite3.DatabaseError, ValueError, TypeError) as error:  # nor can what is there be understood
        found.append(str(error))
    if len(found) > MOST_TOLD:
        found[MOST_TOLD:] = ["and more; these are the first"]
    return [Finding(what, "fault", each) for each in found] or [Finding(what, "ok", fine())]


def _page_faults(connection: Connection) -> Iterator[str]:
    for row in connection.exec_driver_sql("PRAGMA integrity_check(20)"):
        if row[0] != "ok":
            yield str(row[0])


def _reference_faults(connection: Connection) -> Iterator[str]:
    for table, rowid, parent, _ in connection.exec_driver_sql("PRAGMA foreign_key_check"):
        yield f"row {rowid} of {table} refers to what {parent} does not hold"


def _row_faults(rows: Rows, counts: Counter[str]) -> Iterator[str]:
    for table in schema.metadata.sorted_tables:
        is_document = table.name in schema.DOCUMENT_TABLES
        for row in rows(table):
            counts[table.name] += 1
            if not (_is_whole_document(row) if is_document else "crc" not in row or checksums.is_whole(row)):
                yield f"row {_named(table, row)} of {table.name} is not as it was written"


def _is_whole_document(row: Row) -> bool:
    return row["crc"] is None or (
        isinstance(row["body"], str) and row["crc"] == checksums.of_body(row["body"])
    )


def _named(table: Table, row: Row) -> str:
    return ", ".join(str(row[column.name]) for column in table.primary_key)


def _documents(counts: Counter[str]) -> str:
    number = sum(counts[name] for name in schema.DOCUMENT_TABLES)
    return f"{number} documents"


def _document_faults(rows: Rows) -> Iterator[str]:
    for name, table in schema.DOCUMENT_TABLES.items():
        for row in rows(table):
            if wrong := _unfit(table, KINDS[name], row):
                yield f"row {row['doc_id']} of {name}: {wrong}"
    for row in rows(schema.executions):
        try:
            execution = Execution.model_validate_json(row["body"])
        except (ValidationError, UnicodeEncodeError):
            yield f"row {row['key']} of executions cannot be read"
            continue
        told = (execution.key, execution.recommendation, execution.status)
        if told != (row["key"], row["recommendation"], row["status"]):
            yield f"row {row['key']} of executions: its columns say something else than its body"


def _unfit(table: Table, kind: type[BaseModel] | None, row: Row) -> str | None:
    try:
        if kind is not None:
            kind.model_validate_json(row["body"])
        values = row_values(table, json.loads(row["body"]))
    except (ValueError, TypeError, AttributeError):  # no JSON, no such fields, or no text at all
        return "it cannot be read"
    wrong = [name for name in values if name not in {"body", "crc"} and values[name] != row[name]]
    return f"its {' and '.join(wrong)} and its body differ" if wrong else None


def _pointer_faults(rows: Rows) -> Iterator[str]:
    known = {name: _ids(rows, schema.DOCUMENT_TABLES[name]) for name in set(RECORDS.values())}
    for row in rows(schema.views):
        try:
            kind, record = json.loads(row["body"])["kind"], str(row["record"]).removeprefix("reasoning:")
        except (ValueError, KeyError, TypeError):
            continue  # told already, as a document that cannot be read
        if kind in RECORDS and record not in known[RECORDS[kind]]:
            yield f"a message in {row['channel']} shows {record}, which is not kept"
    for row in rows(schema.executions):
        if row["recommendation"] not in known["recommendations"]:
            yield f"execution {row['key']} is of {row['recommendation']}, which is not kept"


def _ids(rows: Rows, table: Table) -> set[str]:
    return {row["id"] for row in rows(table)}
