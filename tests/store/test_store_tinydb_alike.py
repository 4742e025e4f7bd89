"""Random operations on our tables and on TinyDB's memory storage leave the same documents."""

import atexit
import shutil
import tempfile
from copy import deepcopy
from functools import cache
from pathlib import Path
from typing import Any

from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, precondition, rule
from postgres_server import kept_schema, server_or_skip
from shelf import SHELF, TABLES
from tinydb import Query, TinyDB, operations
from tinydb.queries import QueryInstance
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from store.database import Database, Place, open_database
from store.documents import Documents

TEXTS = st.sampled_from(["spring-sale", "summer-preview", "", "1", "live", "naïve", "half\ud800", "nul\0"])
SCALARS = st.one_of(TEXTS, st.none(), st.booleans(), st.integers(-3, 3), st.floats(allow_nan=False))
VALUES = st.recursive(
    SCALARS,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(TEXTS, inner, max_size=2),
    max_leaves=4,
)
FIELDS = st.sampled_from(["key", "status", "spend"])
DOCUMENTS = st.dictionaries(FIELDS, VALUES, max_size=3)
IDS = st.integers(-1, 12)


def equality(field: str, value: Any) -> QueryInstance:
    found: QueryInstance = Query()[field] == value
    return found


EQUALITIES = st.builds(equality, FIELDS, VALUES)
QUERIES = st.recursive(
    EQUALITIES | st.builds(lambda field: Query()[field].exists(), FIELDS),
    lambda inner: st.one_of(
        st.builds(lambda one, two: one & two, inner, inner),
        st.builds(lambda one, two: one | two, inner, inner),
        st.builds(lambda one: ~one, inner),
    ),
    max_leaves=4,
)


@cache
def opened_shelf(name: str) -> Database:
    """Make one database of that kind for all examples; each begins by emptying it."""
    database = open_database(_on_a_server() if name == "postgresql" else _in_a_file())
    with database.writing() as connection:
        SHELF.create_all(connection)
    return database


def _in_a_file() -> Place:
    folder = Path(tempfile.mkdtemp())
    atexit.register(shutil.rmtree, folder)
    return folder / "shelf.db"


def _on_a_server() -> Place:
    server_or_skip()
    return kept_schema()  # the tables of the shelf stay in it


class Alike(RuleBasedStateMachine):
    """Every step is taken on both, and what they answer is compared."""

    database = "sqlite"

    def __init__(self) -> None:
        super().__init__()
        self.writing = opened_shelf(self.database).writing()
        self.ours = Documents(self.writing.__enter__(), TABLES)
        self.ours.drop_tables()
        self.theirs = TinyDB(storage=MemoryStorage)
        self.newest = 0

    @rule(document=DOCUMENTS)
    def insert(self, document: dict[str, Any]) -> None:
        given = self.ours.insert(document)
        assert given > self.newest
        self.newest = given
        self.theirs.insert(Document(deepcopy(document), given))

    @rule(document=DOCUMENTS, doc_id=st.integers(1, 40))
    def insert_with_an_id(self, document: dict[str, Any], doc_id: int) -> None:
        ours = self.refusal(self.ours, document, doc_id)
        assert ours == self.refusal(self.theirs, deepcopy(document), doc_id)
        self.newest = max(self.newest, doc_id)

    @staticmethod
    def refusal(db: TinyDB, document: dict[str, Any], doc_id: int) -> str:
        try:
            db.insert(Document(document, doc_id))
        except ValueError as error:
            return str(error)
        return ""

    @rule(fields=DOCUMENTS, query=QUERIES)
    def update(self, fields: dict[str, Any], query: QueryInstance) -> None:
        self.same(lambda db: sorted(db.update(deepcopy(fields), query)))

    @rule(fields=DOCUMENTS, doc_ids=st.lists(IDS, max_size=3))
    def update_by_ids(self, fields: dict[str, Any], doc_ids: list[int]) -> None:
        self.same(lambda db: db.update(deepcopy(fields), doc_ids=doc_ids))

    @rule(field=FIELDS, value=VALUES, query=QUERIES)
    def set_by_operation(self, field: str, value: Any, query: QueryInstance) -> None:
        self.same(lambda db: sorted(db.update(operations.set(field, deepcopy(value)), query)))

    @rule(first=DOCUMENTS, second=DOCUMENTS, one=QUERIES, two=QUERIES)
    def update_several(
        self, first: dict[str, Any], second: dict[str, Any], one: QueryInstance, two: QueryInstance
    ) -> None:
        self.same(lambda db: sorted(db.update_multiple([(deepcopy(first), one), (deepcopy(second), two)])))

    @precondition(lambda self: len(self.ours))
    @rule(fields=DOCUMENTS, query=QUERIES)
    def upsert(self, fields: dict[str, Any], query: QueryInstance) -> None:
        if self.ours.contains(query):
            self.same(lambda db: sorted(db.upsert(deepcopy(fields), query)))

    @rule(query=QUERIES)
    def remove(self, query: QueryInstance) -> None:
        self.same(lambda db: sorted(db.remove(query)))

    @rule(doc_ids=st.sets(IDS, max_size=3))
    def remove_by_ids(self, doc_ids: set[int]) -> None:
        self.same(lambda db: sorted(db.remove(doc_ids=doc_ids)))

    @rule()
    def truncate(self) -> None:
        self.same(lambda db: db.truncate())
        self.newest = 0

    @rule(query=QUERIES)
    def search(self, query: QueryInstance) -> None:
        self.same(lambda db: {found.doc_id: dict(found) for found in db.search(query)})
        self.same(lambda db: (db.count(query), db.contains(query)))

    @rule(doc_id=IDS, doc_ids=st.lists(IDS, max_size=4))
    def get(self, doc_id: int, doc_ids: list[int]) -> None:
        self.same(lambda db: (db.get(doc_id=doc_id), db.contains(doc_id=doc_id)))
        self.same(lambda db: {found.doc_id: found for found in db.get(doc_ids=doc_ids)})

    @invariant()
    def hold_the_same_documents(self) -> None:
        self.same(lambda db: (len(db), {document.doc_id: dict(document) for document in db}))

    def same(self, ask: Any) -> None:
        assert ask(self.ours) == ask(self.theirs)

    def teardown(self) -> None:
        self.writing.__exit__(None, None, None)


class AlikeOnAServer(Alike):
    database = "postgresql"


for _machine, _examples in ((Alike, 60), (AlikeOnAServer, 30)):
    _machine.TestCase.settings = settings(
        max_examples=_examples,
        stateful_step_count=25,
        deadline=None,
        phases=(Phase.generate, Phase.shrink),
    )
TestOurTablesAreTinyDBs = Alike.TestCase
TestOurTablesAreTinyDBsOnAServer = AlikeOnAServer.TestCase
