"""What a shell can look up: similar, learnings, insights, patterns, recommendations, why."""

from pathlib import Path

import pytest
from shell_room import Room, told

LOSS = {"impressions": 820_200, "clicks": 9_000, "conversions": 200, "spend": 12_090.0, "revenue": 20_000.0}


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A memory of eight campaigns: students do well, gardeners do not."""
    made = Room(tmp_path_factory.mktemp("shell"))
    students = [{"name": "Students 18-25", "attributes": {}}]
    gardeners = [{"name": "Gardeners", "attributes": {}}]
    tools = [{"id": "shears", "type": "image", "headline": "Sharp tools", "primary_text": "For your hedge."}]
    many = [told(f"campus-{number}", audiences=students) for number in range(4)]
    many += [
        told(f"garden-{number}", audiences=gardeners, creatives=tools, actual_metrics=LOSS)
        for number in range(4)
    ]
    assert made.run("analyze", made.file("many.json", many)).code == 0
    return made


def test_similar_campaigns_are_found_in_everyday_words_with_the_reason(room: Room) -> None:
    found = room.run("similar", "college", "kids", "--json").json
    assert {each["campaign_id"] for each in found[:4]} == {"campus-0", "campus-1", "campus-2", "campus-3"}
    assert all(0 < each["score"] <= 1 for each in found)
    assert found[0]["why"][0] == "audience Students 18-25"
    said = room.run("similar", "college kids")
    assert (said.code, said.err) == (0, "")
    first = said.out.splitlines()[0].replace("\u00a0", " ")
    line = f"{found[0]['campaign_id']}: nothing decided → CPA −24 %, real (same: audience Students 18-25"
    assert line in first


def test_the_same_words_bring_the_same_bytes(room: Room) -> None:
    once = room.run("similar", "patio tools on sale", "--json", PYTHONHASHSEED="1").out
    assert room.run("similar", "patio tools on sale", "--json", PYTHONHASHSEED="2").out == once
    assert (room.folder / "marko-data" / "vectors.faiss").exists()


def test_nothing_similar_is_said_and_no_error(room: Room) -> None:
    done = room.run("similar", "qqqq")
    assert (done.code, done.out) == (0, "I remember no campaign like “qqqq”.\n")
    assert room.run("similar", "qqqq", "--json").json == []


def test_learnings_are_found_by_what_they_are_about(room: Room) -> None:
    found = room.run("learnings", "university", "--json").json
    assert found[0]["signal"] == "audience:students-18-25"
    assert found[0]["text"].startswith("Students 18-25: CPA −")
    assert found[0]["status"] == found[0]["effect"]["status"] == "candidate"
    assert found[0]["campaigns"] == 4
    assert found[0]["interval"]["low"] < found[0]["lift_pct"] < found[0]["interval"]["high"] < 0
    (period,) = found[0]["periods"]
    assert set(period["campaign_ids"]) == set(found[0]["campaign_ids"])
    assert "Students 18-25: CPA −" in room.run("learnings").out
    assert room.run("learnings", "qqqq").out.startswith("No learning about “qqqq”.")


def test_insights_come_most_urgent_first(room: Room) -> None:
    ranks = [each["priority"] for each in room.run("insights", "--json").json]
    assert ranks == sorted(ranks, key=["high", "medium", "low"].index)
    assert {"high", "low"} <= set(ranks) or len(set(ranks)) > 1
    assert room.run("insights").out.startswith("high")


def test_recommendations_are_listed_by_status_and_campaign_newest_first(room: Room) -> None:
    every = room.run("recommendations", "--json").json
    assert len(every) == 8
    assert [each["created_at"] for each in every] == sorted(
        (each["created_at"] for each in every), reverse=True
    )
    assert room.run("recommendations", "--status", "approved", "--json").json == []
    (one,) = room.run("recommendations", "--campaign", "Campus 3", "--json").json
    assert one["campaign_id"] == "campus-3"
    assert one["id"] in room.run("recommendations", "--campaign", "campus-3").out
    unknown = room.run("recommendations", "--campaign", "nobody")
    assert (unknown.code, unknown.out) == (1, "")
    assert room.run("recommendations", "--status", "nonsense").code == 2


@pytest.mark.parametrize(
    "asked", ["audience:students-18-25", "Students 18-25", "audience:Students 18-25", "stud"]
)
def test_why_names_every_campaign_that_moved_a_weight(room: Room, asked: str) -> None:
    found = room.run("why", asked, "--json").json
    assert found["signal"] == "audience:students-18-25"
    assert [each["campaign_id"] for each in found["events"]] == [f"campus-{number}" for number in range(4)]
    said = room.run("why", asked).out.splitlines()
    assert said[0].startswith("audience:students-18-25 weighs ")
    assert len(said) == 5


def test_an_unknown_signal_is_refused_with_the_nearest(room: Room) -> None:
    done = room.run("why", "studnts 18-25")
    assert (done.code, done.out) == (1, "")
    assert done.err == "I know no signal studnts 18-25. Nearest: audience:students-18-25.\n"


def test_an_empty_memory_answers_every_question(tmp_path: Path) -> None:
    room = Room(tmp_path)
    for verb in (["similar", "x"], ["learnings"], ["insights"], ["recommendations"]):
        assert room.run(*verb).code == 0
        assert room.run(*verb, "--json").json == []
    assert room.run("why", "x").err == "I know no signal x.\n"


def test_the_index_and_the_memory_go_where_they_are_told(tmp_path: Path) -> None:
    room = Room(tmp_path)
    places = {
        "MARKO_DATABASE_PATH": str(tmp_path / "a" / "memory.db"),
        "MARKO_VECTOR_PATH": str(tmp_path / "b"),
    }
    (tmp_path / "b").mkdir()
    assert room.run("analyze", room.file("one.json", told()), **places).code == 0
    assert (tmp_path / "a" / "memory.db").exists()
    assert sorted(each.name for each in (tmp_path / "b").iterdir()) == ["vectors.faiss"]
    assert not (tmp_path / "marko-data").exists()
