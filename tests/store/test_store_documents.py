"""What our TinyDB promises beyond TinyDB: single rows, the index, no aliasing, declared names."""

from pathlib import Path
from typing import Any

import pytest
from shelf import TABLES
from sqlalchemy import Connection, update
from sqlalchemy.exc import IntegrityError
from tinydb import Query, TinyDB, where
from tinydb.middlewares import CachingMiddleware
from tinydb.queries import QueryInstance
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from store.database import open_database
from store.documents import Documents, DocumentStorage, DocumentTable


def seen_by(documents: TinyDB, query: QueryInstance) -> list[str]:
    """Search, and tell which documents the query was asked about at all."""
    seen: list[str] = []

    def note(key: str) -> bool:
        seen.append(key)
        return True

    documents.search(where("key").test(note) & query)
    return seen


def total_changes(documents: Documents) -> int:
    """How many rows this transaction, or on SQLite its connection, has changed so far."""
    connection = connection_of(documents)
    counts = {
        "sqlite": "SELECT total_changes()",
        "postgresql": "SELECT sum(n_tup_ins + n_tup_upd + n_tup_del)::bigint FROM pg_stat_xact_user_tables",
    }
    return int(connection.exec_driver_sql(counts[connection.dialect.name]).scalar_one())


def connection_of(documents: Documents) -> Connection:
    storage = documents.storage
    assert isinstance(storage, DocumentStorage)
    return storage.connection


@pytest.fixture
def filled(documents: Documents) -> Documents:
    documents.insert_multiple(
        {"key": f"campaign-{n}", "status": "live" if n % 2 else "ended", "spend": n} for n in range(10)
    )
    return documents


def test_equality_of_an_indexed_text_is_answered_by_the_database(filled: Documents) -> None:
    assert seen_by(filled, where("key") == "campaign-3") == ["campaign-3"]
    assert len(seen_by(filled, where("status") == "live")) == 5
    assert seen_by(filled, (where("spend") > 1) & (Query().key == "campaign-4")) == ["campaign-4"]


@pytest.mark.parametrize(
    "query",
    [
        where("spend") == 3,
        where("key") == 3,
        where("key") == "campaign\0",
        where("key") == "campaign\ud800",
        where("key")["deep"] == "campaign-3",
        (where("key") == "campaign-3") | (where("spend") == 4),
        ~(where("key") == "campaign-3"),
        where("key") != "campaign-3",
        where("key").map(str.upper) == "CAMPAIGN-3",
    ],
)
def test_every_other_query_looks_at_every_document(filled: Documents, query: QueryInstance) -> None:
    assert len(seen_by(filled, query)) == 10


def test_every_hit_of_the_index_is_checked_again(filled: Documents) -> None:
    table = filled.table("_default")
    rows = TABLES["_default"]
    forged = {"key": "campaign-3", "body": '{"key": "something-else"}', "crc": None}
    connection_of(filled).execute(update(rows).where(rows.c.doc_id == 4).values(**forged))
    assert table.search(where("key") == "campaign-3") == []


def test_what_is_handed_out_never_aliases_what_is_kept(filled: Documents) -> None:
    for found in (filled.get(doc_id=1), filled.all()[0], filled.search(where("key") == "campaign-0")[0]):
        found["status"] = "changed"
    assert filled.get(doc_id=1)["status"] == "ended"


def test_a_write_touches_only_the_rows_that_change(filled: Documents) -> None:
    before = total_changes(filled)
    filled.update({"status": "live"})
    filled.update({"seen": True}, where("key") == "campaign-3")
    filled.upsert({"seen": True}, where("key") == "campaign-3")
    assert total_changes(filled) - before == 5 + 1 + 0


def test_an_id_is_not_given_again(filled: Documents) -> None:
    filled.remove(doc_ids=[10])
    assert Documents(connection_of(filled), TABLES).insert({}) == 11


def test_documents_are_listed_by_id(documents: Documents) -> None:
    documents.insert_multiple([Document({"n": 1}, 9), Document({"n": 2}, 3), {"n": 3}])
    assert [(document.doc_id, document["n"]) for document in documents] == [(3, 2), (9, 1), (10, 3)]


def test_a_name_that_was_not_declared_is_refused(documents: Documents) -> None:
    with pytest.raises(LookupError, match='No document table is called "campagins"; there are _default'):
        documents.table("campagins")


def test_a_middleware_around_the_storage_is_refused() -> None:
    with pytest.raises(TypeError, match="without a middleware"):
        DocumentTable(CachingMiddleware(MemoryStorage)(), "_default")


def test_an_update_that_fails_half_way_changes_nothing(filled: Documents) -> None:
    def fail_at_the_fifth(document: Any) -> None:
        document["status"] = "touched"
        if document["spend"] == 5:
            raise ArithmeticError

    with pytest.raises(ArithmeticError):
        filled.update(fail_at_the_fifth)
    with pytest.raises(TypeError, match="not JSON serializable"):
        filled.update({"status": {1, 2}})
    assert filled.count(where("status") == "live") == 5


def test_many_inserts_happen_as_a_whole_or_not_at_all(documents: Documents) -> None:
    with pytest.raises(TypeError, match="not JSON serializable"):
        documents.insert_multiple([{"key": "spring-sale"}, {"key": object()}])
    assert len(documents) == 0


def test_unique_fields_and_references_are_kept_by_the_database(tmp_path: Path) -> None:
    database = open_database(tmp_path / "marko.db")
    with database.writing() as connection:
        documents = Documents(connection)
        documents.table("campaigns").insert({"key": "meta-ads/default/spring-sale"})
        documents.table("performance_logs").insert(
            {"key": "march", "campaign_key": "meta-ads/default/spring-sale"}
        )
    for table, document in (
        ("campaigns", {"key": "meta-ads/default/spring-sale"}),
        ("performance_logs", {"key": "april", "campaign_key": "meta-ads/default/nobody"}),
    ):
        with pytest.raises(IntegrityError), database.writing() as connection:
            Documents(connection).table(table).insert(document)
    with pytest.raises(IntegrityError), database.writing() as connection:
        Documents(connection).table("campaigns").truncate()
    database.close()


def test_the_index_of_a_marko_table_is_used(tmp_path: Path) -> None:
    database = open_database(tmp_path / "marko.db")
    with database.reading() as connection:
        for table, field in (("recommendations", "campaign_key"), ("views", "record"), ("settings", "name")):
            plan = connection.exec_driver_sql(
                f"EXPLAIN QUERY PLAN SELECT body FROM {table} WHERE {field} = 'x'"  # noqa: S608
            ).all()
            assert ["USING INDEX" in row[3] for row in plan] == [True]
    database.close()
