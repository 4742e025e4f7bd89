"""TinyDB on single rows: a storage and a table class bound to one connection.

``Documents(connection)`` is a TinyDB. Each of its tables is one SQL table (``store/schema.py``); a
write touches the rows it changes and nothing else, inside the connection's transaction. Equality of a
declared field with a text (``where("key") == "spring-sale"``), alone or inside an AND, is answered by
the database; every hit is checked again by the query. All other queries look at every document.

What differs from TinyDB's own storages:

- There is no query cache: every search sees the rows as they are.
- Documents are parsed afresh each time, so changing one that was handed out changes nothing kept, and
  what is kept is JSON, as in TinyDB's ``JSONStorage``: tuples come back as lists, keys as text.
- A body that is not as it was written (``store/checksums.py``) is a ``DamagedRow``, which
  ``Database`` tells as trouble, and is never handed out.
- Table names are declared. An unknown name is a ``LookupError`` instead of a new, empty table,
  ``tables()`` names the tables that hold documents, and ``persist_empty`` has no effect.
- Ids come from the database, in 64 bits. An id is not given again after its document was removed,
  and ``truncate()`` begins at 1 again. ``insert_multiple`` may mix documents with and without ids.
- Documents are listed by id; TinyDB lists them in the order of insertion.
- A query beside an indexed equality is not called for documents which that equality rules out.
- ``insert_multiple`` and ``update`` happen as a whole or not at all, also when a callable raises.
- Unique fields and references between tables are kept by the database (``IntegrityError``).
"""

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, MutableMapping, Sequence
from functools import lru_cache
from typing import Any, cast

from sqlalchemy import Connection, Dialect, Text, bindparam, delete, func, insert, select, update
from sqlalchemy import Table as SqlTable
from tinydb import TinyDB
from tinydb.queries import QueryLike
from tinydb.storages import Storage
from tinydb.table import Document, Table

from store.checksums import DamagedRow, of_body
from store.database import Prepared, ids_from, restart_ids
from store.schema import DOCUMENT_TABLES

Body = dict[str, Any]
Fields = Mapping[str, Any] | Callable[[MutableMapping[str, Any]], None]

LARGEST_ID = 2**63 - 1
OWN_COLUMNS = ("doc_id", "body", "crc")


def row_values(table: SqlTable, document: Mapping[str, Any]) -> dict[str, Any]:
    """Lay a document out as the columns of its row, without the id."""
    body = json.dumps(document)
    values: dict[str, Any] = {"body": body, "crc": of_body(body)}
    for column in table.c:
        if column.name not in OWN_COLUMNS:
            value = document.get(column.name)
            values[column.name] = _text(value) if isinstance(column.type, Text) else value
    return values


def _text(value: Any) -> str | None:
    """Give a text that every database can hold as it is, or ``None``: then the query scans."""
    if type(value) is not str or "\0" in value:
        return None
    try:
        value.encode()
    except UnicodeEncodeError:  # half a surrogate pair; JSON holds it, a text column does not
        return None
    return value


class Statements:
    """The SQL of one document table, compiled once."""

    def __init__(self, table: SqlTable, dialect: Dialect) -> None:
        key, body, crc = table.c.doc_id, table.c.body, table.c.crc
        rows = select(key, body, crc).order_by(key)
        fields = [column.name for column in table.c if column.name != "doc_id"]
        self.table = table
        self.all = Prepared(rows, dialect)
        self.one = Prepared(select(key, body, crc).where(key == bindparam("doc_id")), dialect)
        self.by_field = {
            column.name: Prepared(rows.where(column == bindparam("value")), dialect)
            for column in table.c
            if column.name not in OWN_COLUMNS and isinstance(column.type, Text)
        }
        self.count = Prepared(select(func.count()).select_from(table), dialect)
        self.insert = Prepared(insert(table).returning(key), dialect, fields)
        self.insert_at = Prepared(insert(table), dialect, ["doc_id", *fields])
        self.update = Prepared(update(table).where(key == bindparam("row")), dialect, fields)
        self.delete = Prepared(delete(table).where(key == bindparam("row")), dialect)


@lru_cache(maxsize=256)
def _statements(table: SqlTable, dialect: Dialect) -> Statements:
    return Statements(table, dialect)


class Documents(TinyDB):
    """A TinyDB on the connection of one transaction; it lives as long as the transaction."""

    def __init__(self, connection: Connection, tables: Mapping[str, SqlTable] = DOCUMENT_TABLES) -> None:
        super().__init__(connection, tables, storage=DocumentStorage)
        self._rows = cast(DocumentStorage, self._storage)

    def __repr__(self) -> str:
        return f"<Documents tables={sorted(self.tables())}>"

    def table(self, name: str, **options: Any) -> "DocumentTable":
        """Give the table of that name; the options of TinyDB's tables are accepted."""
        found = self._tables.get(name)
        if not isinstance(found, DocumentTable):
            found = self._tables[name] = DocumentTable(self._storage, name, **options)
        return found

    def tables(self) -> set[str]:
        return self._rows.filled()

    def drop_table(self, name: str) -> None:
        if name in self.tables():
            self.table(name).truncate()
        self._tables.pop(name, None)


class DocumentStorage(Storage):
    """All document tables of a connection; TinyDB asks it for whole contents, our table for rows."""

    def __init__(self, connection: Connection, tables: Mapping[str, SqlTable]) -> None:
        self.connection = connection
        self._declared = tables

    def declared(self, name: str) -> SqlTable:
        try:
            return self._declared[name]
        except KeyError:
            known = ", ".join(sorted(self._declared))
            raise LookupError(f'No document table is called "{name}"; there are {known}.') from None

    def filled(self) -> set[str]:
        """Name the tables that hold documents."""
        return {name for name in self._declared if len(DocumentTable(self, name))}

    def read(self) -> dict[str, dict[str, Any]]:
        """Read everything, as TinyDB lays it out: {table: {id: document}}."""
        tables = {name: DocumentTable(self, name) for name in self.filled()}
        return {name: {str(key): body for key, body in table.rows()} for name, table in tables.items()}

    def write(self, data: Mapping[str, Mapping[Any, Any]]) -> None:
        """Replace everything, children before parents on the way out, parents first on the way in."""
        in_order = _parents_first(self._declared)
        for name in reversed(in_order):
            DocumentTable(self, name).truncate()
        for name in sorted(data, key=in_order.index):
            table = DocumentTable(self, name)
            table.insert_multiple(Document(body, int(key)) for key, body in data[name].items())


def _parents_first(tables: Mapping[str, SqlTable]) -> list[str]:
    order: list[str] = []
    for metadata in {table.metadata for table in tables.values()}:
        order += [table.name for table in metadata.sorted_tables if table.name in tables]
    return order


class DocumentTable(Table):
    """TinyDB's table on the rows of one SQL table.

    TinyDB's own code decides what a change means; it works on :class:`_Rows`, which fetches the
    documents it asks for and writes back those it changed.
    """

    _storage: DocumentStorage

    def __init__(self, storage: Storage, name: str, **_options: Any) -> None:
        if not isinstance(storage, DocumentStorage):
            raise TypeError("A DocumentTable needs a DocumentStorage, without a middleware around it.")
        super().__init__(storage, name, cache_size=0)
        self._connection = storage.connection
        self._sql = _statements(storage.declared(name), storage.connection.dialect)

    def rows(self) -> Iterator[tuple[int, Body]]:
        """Yield every (id, document), by id."""
        for doc_id, body, _ in self._all():
            yield doc_id, json.loads(body)

    def bodies(self, field: str | None = None, value: str = "") -> list[str]:
        """Give the JSON of every document, or of those whose indexed field has that value, by id."""
        if field is None:
            return [row[1] for row in self._all()]
        return [row[1] for row in self._by_field(field, value)]

    def newest_bodies(self, limit: int) -> list[str]:
        """Give the JSON of the documents that came last, the newest first."""
        key, body, crc = (self._sql.table.c[name] for name in OWN_COLUMNS)
        rows = self._connection.execute(select(key, body, crc).order_by(key.desc()).limit(limit)).all()
        return [row[1] for row in _each_checked(self._sql.table, rows)]

    def insert(self, document: Mapping[str, Any]) -> int:
        if isinstance(document, self.document_class) or not isinstance(document, Mapping):
            return super().insert(document)
        values = row_values(self._sql.table, dict(document))
        statement = self._sql.insert
        return int(self._connection.exec_driver_sql(statement.text, statement.values(values)).scalar_one())

    def insert_multiple(self, documents: Iterable[Mapping[str, Any]]) -> list[int]:
        ready = list(documents)
        with self._connection.begin_nested():
            return [self.insert(document) for document in ready]

    def search(self, cond: QueryLike) -> list[Document]:
        return [self.document_class(body, doc_id) for doc_id, body in self._matching(cond)]

    def get(  # type: ignore[override]
        self, cond: QueryLike | None = None, doc_id: int | None = None, doc_ids: list[int] | None = None
    ) -> Document | list[Document] | None:
        if doc_id is not None:
            body = self._fetch(doc_id)
            return None if body is None else self.document_class(body, doc_id)
        if doc_ids is not None:
            return self._fetch_several(doc_ids)
        if cond is not None:
            first = next(self._matching(cond), None)
            return None if first is None else self.document_class(first[1], first[0])
        raise RuntimeError("You have to pass either cond or doc_id or doc_ids")

    def update(
        self,
        fields: Fields,
        cond: QueryLike | None = None,
        doc_ids: Iterable[int] | None = None,
    ) -> list[int]:
        if cond is not None and doc_ids is None:
            doc_ids = [doc_id for doc_id, _ in self._matching(cond)]
        return super().update(fields, doc_ids=doc_ids)

    def remove(self, cond: QueryLike | None = None, doc_ids: Iterable[int] | None = None) -> list[int]:
        if cond is not None and doc_ids is None:
            doc_ids = [doc_id for doc_id, _ in self._matching(cond)]
        return super().remove(doc_ids=doc_ids)

    def truncate(self) -> None:
        self._connection.execute(delete(self._sql.table))
        restart_ids(self._connection, self._sql.table)

    def __len__(self) -> int:
        return int(self._connection.exec_driver_sql(self._sql.count.text).scalar_one())

    def __iter__(self) -> Iterator[Document]:
        for doc_id, body in self.rows():
            yield self.document_class(body, doc_id)

    def _read_table(self) -> dict[str, Mapping[str, Any]]:
        return {str(doc_id): body for doc_id, body in self.rows()}

    def _update_table(self, updater: Callable[[Any], None]) -> None:
        rows = _Rows(self._connection, self._sql)
        updater(rows)
        rows.write_back()

    def _fetch(self, doc_id: Any) -> Body | None:
        key = _as_id(doc_id)
        if key is None:
            return None
        found = self._connection.exec_driver_sql(self._sql.one.text, self._sql.one.value(key))
        row = found.first()
        return None if row is None else json.loads(checked(self._sql.table, row))

    def _fetch_several(self, doc_ids: Iterable[Any]) -> list[Document]:
        keys = sorted({key for doc_id in doc_ids if (key := _as_id(doc_id)) is not None})
        found = ((key, self._fetch(key)) for key in keys)
        return [self.document_class(body, key) for key, body in found if body is not None]

    def _matching(self, cond: QueryLike) -> Iterator[tuple[int, Body]]:
        for doc_id, body, _ in self._candidates(cond):
            document = json.loads(body)
            if cond(document):
                yield doc_id, document

    def _candidates(self, cond: QueryLike) -> Iterable[Any]:
        for field, value in _equalities(getattr(cond, "_hash", None)):
            if field in self._sql.by_field:
                return self._by_field(field, value)
        return self._all()

    def _all(self) -> Sequence[Any]:
        rows = self._connection.exec_driver_sql(self._sql.all.text).all()
        return _each_checked(self._sql.table, rows)

    def _by_field(self, field: str, value: str) -> Sequence[Any]:
        statement = self._sql.by_field[field]
        rows = self._connection.exec_driver_sql(statement.text, statement.value(value)).all()
        return _each_checked(self._sql.table, rows)


class _Rows(MutableMapping[int, Body]):
    """What TinyDB takes for the dictionary of a table: documents come when asked for."""

    def __init__(self, connection: Connection, statements: Statements) -> None:
        self._connection = connection
        self._sql = statements
        self._kept: dict[int, str] = {}
        self._now: dict[int, Body | None] = {}
        self._all_known = False

    def __contains__(self, doc_id: object) -> bool:
        return self._look(doc_id) is not None

    def __getitem__(self, doc_id: int) -> Body:
        body = self._look(doc_id)
        if body is None:
            raise KeyError(doc_id)
        return body

    def __setitem__(self, doc_id: int, body: Body) -> None:
        self._look(doc_id)
        self._now[int(doc_id)] = body

    def __delitem__(self, doc_id: int) -> None:
        if self._look(doc_id) is None:
            raise KeyError(doc_id)
        self._now[int(doc_id)] = None

    def __iter__(self) -> Iterator[int]:
        if not self._all_known:
            for row in self._connection.exec_driver_sql(self._sql.all.text).all():
                self._learn(row)
            self._all_known = True
        return iter(sorted(doc_id for doc_id, body in self._now.items() if body is not None))

    def __len__(self) -> int:
        return sum(1 for _ in self)

    def write_back(self) -> None:
        """Write the rows that changed: all of them, or none when a document is no JSON."""
        changes = [
            (doc_id, None if body is None else row_values(self._sql.table, body))
            for doc_id, body in self._now.items()
        ]
        for doc_id, values in changes:
            kept = self._kept.get(doc_id)
            if values is None:
                self._run(self._sql.delete, {"row": doc_id}, when=kept is not None)
            elif kept is None:
                self._run(self._sql.insert_at, {"doc_id": doc_id, **values})
                ids_from(self._connection, self._sql.table, doc_id)
            else:
                self._run(self._sql.update, {"row": doc_id, **values}, when=values["body"] != kept)

    def _run(self, statement: Prepared, values: Mapping[str, Any], *, when: bool = True) -> None:
        if when:
            self._connection.exec_driver_sql(statement.text, statement.values(values))

    def _look(self, doc_id: object) -> Body | None:
        if not isinstance(doc_id, int) or abs(doc_id) > LARGEST_ID:
            return None
        if doc_id not in self._now:
            statement = self._sql.one
            found = self._connection.exec_driver_sql(statement.text, statement.value(doc_id))
            row = found.first()
            if row is None:
                return None
            self._learn(row)
        return self._now[doc_id]

    def _learn(self, row: Any) -> None:
        if row[0] not in self._now:
            self._kept[row[0]] = checked(self._sql.table, row)
            self._now[row[0]] = json.loads(row[1])


def checked(table: SqlTable, row: Any) -> str:
    """Give the body out of (id, body, crc); :class:`DamagedRow` when it is not as it was written."""
    doc_id, body, crc = row
    if crc is not None and crc != of_body(body):
        raise DamagedRow(table.name, doc_id)
    return str(body)


def _each_checked(table: SqlTable, rows: Sequence[Any]) -> Sequence[Any]:
    for row in rows:
        checked(table, row)
    return rows


def _as_id(doc_id: Any) -> int | None:
    """Read an id as TinyDB does: what prints as a whole number is one."""
    try:
        number = int(str(doc_id))
    except ValueError:
        return None
    return number if str(number) == str(doc_id) and abs(number) <= LARGEST_ID else None


def _equalities(query_hash: Any) -> Iterator[tuple[str, str]]:
    """Find (field, text) of each equality that must hold, in the hash that describes a query."""
    match query_hash:
        case ("==", (str(field),), str(value)) if _text(value) is not None:
            yield field, value
        case ("and", frozenset() as parts):
            for part in parts:
                yield from _equalities(part)
