"""TinyDB's documented API, point by point, on TinyDB's own memory storage and on ours."""

from collections.abc import Callable, Iterator, Mapping
from copy import deepcopy
from typing import Any

import pytest
from tinydb import Query, TinyDB, operations, where
from tinydb.queries import QueryInstance
from tinydb.storages import MemoryStorage
from tinydb.table import Document

from store.documents import Documents


@pytest.fixture(params=["tinydb", "sqlite", "postgresql"])
def empty(request: pytest.FixtureRequest, documents_by_name: Callable[[str], Documents]) -> TinyDB:
    if request.param == "tinydb":
        return TinyDB(storage=MemoryStorage)
    return documents_by_name(request.param)


SPRING = {"key": "spring-sale", "status": "live", "spend": 6941, "tags": ["video", "spring"]}
SUMMER = {"key": "summer-preview", "status": "live", "spend": 1200, "tags": ["image"]}
FLASH = {"key": "flash-friday", "status": "ended", "spend": 300, "owner": {"name": "Kim", "teams": ["eu"]}}


@pytest.fixture
def db(empty: TinyDB) -> TinyDB:
    empty.insert_multiple(deepcopy([SPRING, SUMMER, FLASH]))  # TinyDB's memory would share them
    return empty


def keys(found: Any) -> list[str]:
    return [document["key"] for document in found]


class Frozen(Mapping[str, Any]):
    """A mapping that is no dict."""

    def __init__(self, **fields: Any) -> None:
        self._fields = fields

    def __getitem__(self, field: str) -> Any:
        return self._fields[field]

    def __iter__(self) -> Iterator[str]:
        return iter(self._fields)

    def __len__(self) -> int:
        return len(self._fields)


class TestInserting:
    def test_an_insert_returns_the_id_and_ids_count_up_from_one(self, empty: TinyDB) -> None:
        assert [empty.insert(SPRING), empty.insert(SUMMER)] == [1, 2]

    def test_what_was_inserted_comes_back_whole(self, db: TinyDB) -> None:
        assert db.all() == [SPRING, SUMMER, FLASH]

    def test_many_inserts_return_all_ids_in_order(self, empty: TinyDB) -> None:
        assert empty.insert_multiple([SPRING, SUMMER]) == [1, 2]
        assert empty.insert_multiple({"key": f"ad-{n}"} for n in range(3)) == [3, 4, 5]
        assert empty.insert_multiple([]) == []

    def test_any_mapping_can_be_inserted(self, empty: TinyDB) -> None:
        empty.insert(Frozen(key="spring-sale"))
        empty.insert_multiple([Frozen(key="summer-preview")])
        assert keys(empty) == ["spring-sale", "summer-preview"]

    @pytest.mark.parametrize("wrong", [7, "spring-sale", [1, 2], {1, 2}, None])
    def test_what_is_no_mapping_is_refused(self, empty: TinyDB, wrong: Any) -> None:
        with pytest.raises(ValueError, match="Document is not a Mapping"):
            empty.insert(wrong)
        with pytest.raises(ValueError, match="Document is not a Mapping"):
            empty.insert_multiple([SPRING, wrong])
        assert empty.all() == []

    def test_a_document_brings_its_own_id(self, empty: TinyDB) -> None:
        assert empty.insert(Document(SPRING, doc_id=12)) == 12
        assert empty.insert(SUMMER) == 13
        assert empty.insert_multiple([Document(FLASH, 20), Document(SPRING, 21)]) == [20, 21]
        assert empty.get(doc_id=12) == SPRING

    def test_an_id_is_given_once(self, db: TinyDB) -> None:
        with pytest.raises(ValueError, match="Document with ID 2 already exists"):
            db.insert(Document(FLASH, doc_id=2))
        with pytest.raises(ValueError, match="Document with ID 2 already exists"):
            db.insert_multiple([Document(FLASH, doc_id=40), Document(FLASH, doc_id=2)])
        assert db.all() == [SPRING, SUMMER, FLASH]

    def test_an_empty_document_is_a_document(self, empty: TinyDB) -> None:
        assert empty.insert({}) == 1
        assert empty.all() == [{}]

    def test_changing_the_original_afterwards_changes_nothing_kept(self, empty: TinyDB) -> None:
        original = {"key": "spring-sale"}
        empty.insert(original)
        original["key"] = "changed"
        assert empty.all() == [{"key": "spring-sale"}]

    @pytest.mark.parametrize(
        "value",
        [None, True, 0, -3, 2**70, 0.1, "", "naïve — ünïcode 🎬", "a\0b", "\ud800", [], {}, [{"a": []}]],
    )
    def test_every_json_value_survives_also_in_an_indexed_field(self, empty: TinyDB, value: Any) -> None:
        empty.insert({"key": value, "other": value})
        assert empty.search(where("key") == value) == [{"key": value, "other": value}]
        assert empty.count(where("key") != value) == 0


class TestReading:
    def test_a_table_is_counted_and_walked(self, db: TinyDB) -> None:
        assert len(db) == 3
        assert list(db) == db.all() == [SPRING, SUMMER, FLASH]
        assert [document.doc_id for document in db] == [1, 2, 3]

    def test_search_finds_all_and_knows_their_ids(self, db: TinyDB) -> None:
        found = db.search(where("status") == "live")
        assert found == [SPRING, SUMMER]
        assert [document.doc_id for document in found] == [1, 2]
        assert all(isinstance(document, Document) for document in found)
        assert db.search(where("status") == "paused") == []

    def test_get_by_query_gives_the_first_or_none(self, db: TinyDB) -> None:
        found = db.get(where("status") == "live")
        assert found == SPRING
        assert isinstance(found, Document)
        assert found.doc_id == 1
        assert db.get(where("key") == "nobody") is None

    def test_get_by_id_gives_it_or_none(self, db: TinyDB) -> None:
        found = db.get(doc_id=2)
        assert found == SUMMER
        assert isinstance(found, Document)
        assert found.doc_id == 2
        assert [db.get(doc_id=missing) for missing in (0, 4, -1, 2**80)] == [None] * 4
        assert db.get(where("key") == "spring-sale", doc_id=3) == FLASH

    def test_get_by_ids_gives_those_that_exist(self, db: TinyDB) -> None:
        assert db.get(doc_ids=[3, 99, 1, 3]) == [SPRING, FLASH]
        assert db.get(doc_ids=[]) == []

    def test_get_needs_something_to_look_for(self, db: TinyDB) -> None:
        with pytest.raises(RuntimeError, match="You have to pass either cond or doc_id or doc_ids"):
            db.get()

    def test_contains_answers_by_query_and_by_id(self, db: TinyDB) -> None:
        assert db.contains(where("key") == "spring-sale")
        assert not db.contains(where("key") == "nobody")
        assert db.contains(doc_id=3)
        assert not db.contains(doc_id=4)
        with pytest.raises(RuntimeError, match="You have to pass either cond or doc_id"):
            db.contains()

    def test_count_counts(self, db: TinyDB) -> None:
        assert db.count(where("status") == "live") == 2
        assert db.count(where("spend") > 10_000) == 0

    def test_changing_the_list_of_a_search_changes_nothing(self, db: TinyDB) -> None:
        db.search(where("status") == "live").clear()
        assert db.count(where("status") == "live") == 2

    def test_a_search_sees_every_write_before_it(self, db: TinyDB) -> None:
        live = where("status") == "live"
        before = db.count(live)
        db.insert({"key": "autumn-teaser", "status": "live"})
        db.update({"status": "ended"}, where("key") == "spring-sale")
        db.remove(where("key") == "summer-preview")
        assert (before, keys(db.search(live))) == (2, ["autumn-teaser"])


CAMPAIGN = Query()

QUERIES: list[tuple[str, QueryInstance, list[str]]] = [
    ("equal", CAMPAIGN.key == "spring-sale", ["spring-sale"]),
    ("equal number", CAMPAIGN.spend == 300, ["flash-friday"]),
    ("equal list", CAMPAIGN.tags == ["image"], ["summer-preview"]),
    ("equal mapping", CAMPAIGN.owner == {"name": "Kim", "teams": ["eu"]}, ["flash-friday"]),
    ("not equal", CAMPAIGN.key != "spring-sale", ["summer-preview", "flash-friday"]),
    ("less", CAMPAIGN.spend < 1200, ["flash-friday"]),
    ("at most", CAMPAIGN.spend <= 1200, ["summer-preview", "flash-friday"]),
    ("more", CAMPAIGN.spend > 1200, ["spring-sale"]),
    ("at least", CAMPAIGN.spend >= 1200, ["spring-sale", "summer-preview"]),
    ("field by item", CAMPAIGN["key"] == "spring-sale", ["spring-sale"]),
    ("nested field", CAMPAIGN.owner.name == "Kim", ["flash-friday"]),
    ("nested by items", where("owner")["name"] == "Kim", ["flash-friday"]),
    ("exists", CAMPAIGN.owner.exists(), ["flash-friday"]),
    ("matches", CAMPAIGN.key.matches("s.*e"), ["spring-sale", "summer-preview"]),
    ("search", CAMPAIGN.key.search("fri"), ["flash-friday"]),
    ("test", CAMPAIGN.spend.test(lambda spend: spend % 2 == 1), ["spring-sale"]),
    ("test with arguments", CAMPAIGN.spend.test(lambda n, m: n < m, 400), ["flash-friday"]),
    ("any of a list", CAMPAIGN.tags.any(["image", "audio"]), ["summer-preview"]),
    ("any by query", CAMPAIGN.tags.any(CAMPAIGN.noop()), ["spring-sale", "summer-preview"]),
    ("all of a list", CAMPAIGN.tags.all(["video", "spring"]), ["spring-sale"]),
    ("one of", CAMPAIGN.key.one_of(["spring-sale", "nobody"]), ["spring-sale"]),
    ("fragment", CAMPAIGN.fragment({"status": "live", "spend": 1200}), ["summer-preview"]),
    ("nested fragment", CAMPAIGN.owner.fragment({"name": "Kim"}), ["flash-friday"]),
    ("noop", CAMPAIGN.noop(), ["spring-sale", "summer-preview", "flash-friday"]),
    ("map", CAMPAIGN.key.map(str.upper) == "SPRING-SALE", ["spring-sale"]),
    ("missing field", CAMPAIGN.nothing == "spring-sale", []),
    ("and", (CAMPAIGN.status == "live") & (CAMPAIGN.spend < 5000), ["summer-preview"]),
    (
        "and of three",
        (CAMPAIGN.spend > 0) & (CAMPAIGN.key == "spring-sale") & (CAMPAIGN.status == "live"),
        ["spring-sale"],
    ),
    ("and of two indexed", (CAMPAIGN.status == "ended") & (CAMPAIGN.key == "spring-sale"), []),
    (
        "and with what is not cacheable",
        (CAMPAIGN.key == "spring-sale") & CAMPAIGN.spend.map(str).exists(),
        ["spring-sale"],
    ),
    ("or", (CAMPAIGN.key == "spring-sale") | (CAMPAIGN.spend == 300), ["spring-sale", "flash-friday"]),
    (
        "or inside and",
        ((CAMPAIGN.key == "spring-sale") | (CAMPAIGN.spend == 300)) & (CAMPAIGN.status == "ended"),
        ["flash-friday"],
    ),
    ("not", ~(CAMPAIGN.key == "spring-sale"), ["summer-preview", "flash-friday"]),
    ("not inside and", ~(CAMPAIGN.key == "spring-sale") & (CAMPAIGN.status == "live"), ["summer-preview"]),
    (
        "and inside not",
        ~((CAMPAIGN.key == "spring-sale") & (CAMPAIGN.status == "live")),
        ["summer-preview", "flash-friday"],
    ),
]


class TestQuerying:
    @pytest.mark.parametrize(
        ("query", "expected"), [case[1:] for case in QUERIES], ids=[case[0] for case in QUERIES]
    )
    def test_each_query_finds_the_same_everywhere(
        self, db: TinyDB, query: QueryInstance, expected: list[str]
    ) -> None:
        assert keys(db.search(query)) == expected
        assert db.count(query) == len(expected)
        assert db.contains(query) is bool(expected)

    @pytest.mark.parametrize(
        ("query", "expected"), [case[1:] for case in QUERIES], ids=[case[0] for case in QUERIES]
    )
    def test_each_query_removes_the_same_everywhere(
        self, db: TinyDB, query: QueryInstance, expected: list[str]
    ) -> None:
        assert len(db.remove(query)) == len(expected)
        assert not set(keys(db)) & set(expected)

    def test_any_function_can_be_the_query(self, db: TinyDB) -> None:
        assert keys(db.search(lambda document: document["spend"] == 300)) == ["flash-friday"]

    def test_any_reaches_into_lists_of_documents(self, empty: TinyDB) -> None:
        empty.insert({"key": "spring-sale", "ads": [{"id": "beach-video"}, {"id": "palm-image"}]})
        assert empty.count(CAMPAIGN.ads.any(CAMPAIGN.id == "beach-video")) == 1
        assert empty.count(CAMPAIGN.ads.all(CAMPAIGN.id == "beach-video")) == 0

    def test_an_empty_query_is_a_mistake(self, db: TinyDB) -> None:
        with pytest.raises(RuntimeError, match="Empty query was evaluated"):
            db.search(Query())
        with pytest.raises(ValueError, match="Query has no path"):
            db.search(Query() == "spring-sale")


class TestUpdating:
    def test_all_documents_get_the_fields(self, db: TinyDB) -> None:
        assert db.update({"status": "paused"}) == [1, 2, 3]
        assert db.count(where("status") == "paused") == 3
        assert db.get(doc_id=1) == SPRING | {"status": "paused"}

    def test_a_query_picks_the_documents(self, db: TinyDB) -> None:
        assert db.update({"status": "paused"}, where("status") == "live") == [1, 2]
        assert db.update({"status": "paused"}, where("key") == "nobody") == []
        assert [document["status"] for document in db] == ["paused", "paused", "ended"]

    def test_ids_pick_the_documents_and_unknown_ones_are_skipped(self, db: TinyDB) -> None:
        assert db.update({"seen": True}, doc_ids=[3, 77, 1]) == [3, 1]
        assert db.count(where("seen").exists()) == 2
        assert db.update({"seen": False}, doc_ids=[]) == []

    def test_a_callable_changes_documents_in_place(self, db: TinyDB) -> None:
        def rename(document: Any) -> None:
            document["name"] = document.pop("key").title()

        db.update(rename, where("key") == "spring-sale")
        assert db.get(doc_id=1) == {"name": "Spring-Sale", **{k: v for k, v in SPRING.items() if k != "key"}}
        assert db.count(where("key") == "spring-sale") == 0

    def test_a_callable_may_reach_deep(self, db: TinyDB) -> None:
        db.update(lambda document: document["tags"].append("seen"), where("key") == "spring-sale")
        assert db.get(doc_id=1)["tags"] == ["video", "spring", "seen"]

    @pytest.mark.parametrize(
        ("operation", "expected"),
        [
            (operations.increment("spend"), {"key": "flash-friday", "spend": 301}),
            (operations.decrement("spend"), {"key": "flash-friday", "spend": 299}),
            (operations.add("spend", 50), {"key": "flash-friday", "spend": 350}),
            (operations.subtract("spend", 50), {"key": "flash-friday", "spend": 250}),
            (operations.set("key", "black-friday"), {"key": "black-friday", "spend": 300}),
            (operations.delete("spend"), {"key": "flash-friday"}),
        ],
    )
    def test_tinydbs_operations_work(self, empty: TinyDB, operation: Any, expected: dict[str, Any]) -> None:
        empty.insert({"key": "flash-friday", "spend": 300})
        empty.update(operation, where("key") == "flash-friday")
        assert empty.all() == [expected]
        assert empty.count(where("key") == expected["key"]) == 1

    def test_an_id_that_is_named_twice_is_updated_twice(self, db: TinyDB) -> None:
        assert db.update(operations.increment("spend"), doc_ids=[3, 3]) == [3, 3]
        assert db.get(doc_id=3)["spend"] == 302

    def test_several_updates_go_in_one_call(self, db: TinyDB) -> None:
        changed = db.update_multiple(
            [
                ({"status": "paused"}, where("key") == "spring-sale"),
                (operations.increment("spend"), where("status") == "paused"),
                ({"status": "closed"}, where("status") == "ended"),
            ]
        )
        assert changed == [1, 1, 3]
        assert [(each["status"], each["spend"]) for each in db] == [
            ("paused", 6942),
            ("live", 1200),
            ("closed", 300),
        ]

    def test_what_was_moved_is_found_at_its_new_place_only(self, db: TinyDB) -> None:
        db.update({"key": "winter-coats"}, where("key") == "spring-sale")
        assert db.count(where("key") == "spring-sale") == 0
        assert db.get(where("key") == "winter-coats").doc_id == 1


class TestUpserting:
    def test_a_match_is_updated(self, db: TinyDB) -> None:
        assert db.upsert({"status": "paused"}, where("status") == "live") == [1, 2]
        assert len(db) == 3

    def test_no_match_is_inserted(self, db: TinyDB) -> None:
        assert db.upsert({"key": "autumn-teaser"}, where("key") == "autumn-teaser") == [4]
        assert keys(db)[-1] == "autumn-teaser"

    def test_a_documents_id_decides(self, db: TinyDB) -> None:
        assert db.upsert(Document({"status": "paused"}, doc_id=2)) == [2]
        assert db.get(doc_id=2) == SUMMER | {"status": "paused"}
        assert db.upsert(Document({"key": "autumn-teaser"}, doc_id=9)) == [9]
        assert db.get(doc_id=9) == {"key": "autumn-teaser"}

    def test_it_must_know_what_to_look_for(self, db: TinyDB) -> None:
        with pytest.raises(ValueError, match="you must specify a doc_id"):
            db.upsert({"key": "autumn-teaser"})


class TestRemoving:
    def test_a_query_picks_what_goes(self, db: TinyDB) -> None:
        assert db.remove(where("status") == "live") == [1, 2]
        assert db.all() == [FLASH]

    def test_ids_pick_what_goes_and_unknown_ones_are_skipped(self, db: TinyDB) -> None:
        assert db.remove(doc_ids=[2, 55]) == [2]
        assert keys(db) == ["spring-sale", "flash-friday"]

    def test_removing_everything_has_its_own_verb(self, db: TinyDB) -> None:
        with pytest.raises(RuntimeError, match="Use truncate"):
            db.remove()
        db.truncate()
        assert (len(db), db.all(), db.insert(SPRING)) == (0, [], 1)

    def test_the_next_id_is_not_the_removed_one(self, db: TinyDB) -> None:
        db.remove(doc_ids=[3])
        assert db.insert(FLASH) == 4


class TestTables:
    def test_tables_do_not_see_each_other(self, empty: TinyDB) -> None:
        empty.table("offers").insert(SPRING)
        empty.table("creatives").insert_multiple([{"key": "beach-video"}, {"key": "palm-image"}])
        assert (len(empty), len(empty.table("offers")), len(empty.table("creatives"))) == (0, 1, 2)

    def test_the_default_table_has_a_name(self, db: TinyDB) -> None:
        assert db.table(db.default_table_name).all() == db.all()
        assert db.table("_default").name == "_default"

    def test_a_table_is_made_once(self, db: TinyDB) -> None:
        assert db.table("offers", cache_size=30) is db.table("offers")

    def test_tables_are_named(self, db: TinyDB) -> None:
        db.table("offers").insert(SPRING)
        assert db.tables() == {"_default", "offers"}

    def test_one_table_is_dropped(self, db: TinyDB) -> None:
        db.table("offers").insert(SPRING)
        db.drop_table("offers")
        db.drop_table("creatives")
        assert db.tables() == {"_default"}
        assert (len(db.table("offers")), len(db)) == (0, 3)

    def test_all_tables_are_dropped(self, db: TinyDB) -> None:
        db.table("offers").insert(SPRING)
        db.drop_tables()
        assert (db.tables(), len(db), len(db.table("offers"))) == (set(), 0, 0)
        assert db.insert(SPRING) == 1

    def test_a_table_knows_its_storage(self, db: TinyDB) -> None:
        assert db.table("offers").storage is db.storage
        assert (db.storage.read() or {})["_default"]["2"] == SUMMER

    def test_the_storage_can_be_written_as_a_whole(self, db: TinyDB) -> None:
        db.storage.write({"offers": {"4": SPRING, "7": SUMMER}})
        assert db.tables() == {"offers"}
        assert db.table("offers").get(doc_id=7) == SUMMER

    def test_clearing_the_query_cache_is_harmless(self, db: TinyDB) -> None:
        db.search(where("status") == "live")
        db.clear_cache()
        assert db.count(where("status") == "live") == 2

    def test_a_database_and_its_tables_can_be_printed(self, db: TinyDB) -> None:
        assert "_default" in repr(db)
        assert "total=3" in repr(db.table("_default"))

    def test_a_database_closes_with_its_block(self, empty: TinyDB) -> None:
        with empty as db:
            assert db.insert(SPRING) == 1
