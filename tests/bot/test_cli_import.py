"""``marko import``: what a shell is told of an export, and what is stored."""

import json
from pathlib import Path

import pytest
from shell_room import Room, told

EXPORT = """Campaign report
"September 1, 2025 - September 15, 2025"
Day,Campaign,Currency code,Cost,Impr.,Clicks,Conversions
2025-09-01,Spring Roofs,CAD,22.34,"2,234",17,1.00
2025-09-15,Brand - Search,CAD,"1,120.50","11,500",98,2.50
Total: Campaigns, --,CAD,"1,142.84","13,734",115,3.50
"""
UNKNOWN = "date,campaign,spend,impressions\n2025-09-14,a,1.10,100\n2025-09-15,b,2.20,200\n"
KEYS = [
    "platform", "currency", "rows", "rejected", "totals", "date_range", "warnings", "questions", "rejects",
    "state",
]  # fmt: skip


@pytest.fixture
def room(tmp_path: Path) -> Room:
    return Room(tmp_path)


def test_the_document_has_exact_numbers_and_nothing_else(room: Room) -> None:
    done = room.run("import", room.file("google.csv", EXPORT), "--json")
    assert (done.code, done.err) == (0, "")
    assert list(done.json) == KEYS
    assert done.json["totals"] == {
        "impressions": 13734, "clicks": 115, "spend": 1142.84, "conversions": 3.5, "revenue": None,
        "reach": None,
    }  # fmt: skip
    assert '"spend": 1142.84,' in done.out
    assert (done.json["platform"], done.json["currency"], done.json["rows"]) == ("Google", "CAD", 2)
    assert (done.json["date_range"], done.json["state"]) == (["2025-09-01", "2025-09-15"], "done")


def test_people_read_the_first_line_of_the_card(room: Room) -> None:
    said = room.run("import", room.file("google.csv", EXPORT)).out.replace("\u00a0", " ").splitlines()
    assert said[0] == "2 rows taken, none refused. 1–15 Sep 2025, 1,142.84 CAD, 3.5 conversions."
    assert said[2] == "The platform's own total row agrees: 1,142.84 CAD."


def test_the_same_file_again_adds_nothing_under_whatever_name(room: Room) -> None:
    room.run("import", room.file("one.csv", EXPORT))
    again = room.run("import", room.file("two.csv", EXPORT))
    assert again.out.startswith("I have this file already (")
    assert room.run("import", "two.csv", "--json").json["state"] == "same"
    assert len(room.rows("daily_rows")) == 2
    assert room.rows("outbox") == []


def test_a_file_that_another_corrected_is_taken_again(room: Room) -> None:
    room.run("import", room.file("one.csv", EXPORT))
    fixed = EXPORT.replace("22.34", "23.34").replace("1,142.84", "1,143.84")
    assert room.run("import", room.file("fixed.csv", fixed), "--json").json["state"] == "done"
    again = room.run("import", "one.csv")
    assert "1 day replaced" in again.out.replace("\u00a0", " ")
    assert "23.34 → 22.34" in again.out
    assert room.run("import", "one.csv", "--json").json["state"] == "same"


def test_an_open_question_gives_totals_stores_nothing_and_is_answered_by_its_flag(room: Room) -> None:
    name = room.file("plain.csv", UNKNOWN)
    asked = room.run("import", name, "--json")
    assert (asked.code, asked.json["state"], asked.json["currency"]) == (0, "asking", None)
    assert asked.json["totals"]["spend"] == 3.3
    assert [each["kind"] for each in asked.json["questions"]] == ["currency"]
    assert room.rows("daily_rows") == []
    assert "Say it with --currency EUR or USD or GBP." in room.run("import", name).out
    done = room.run("import", name, "--currency", "eur", "--source", "taboola", "--json").json
    assert (done["state"], done["currency"], done["platform"]) == ("done", "EUR", "taboola")
    assert len(room.rows("daily_rows")) == 2


def test_a_dry_run_tells_and_stores_nothing(room: Room) -> None:
    done = room.run("import", room.file("google.csv", EXPORT), "--dry-run", "--json")
    assert (done.code, done.json["state"]) == (0, "read")
    assert not (room.folder / "marko-data").exists()


def test_a_column_that_nobody_knows_is_mapped(room: Room) -> None:
    text = UNKNOWN.replace("spend", "Nettobudget verbraucht")
    done = room.run(
        "import",
        room.file("odd.csv", text),
        "--map",
        "Nettobudget verbraucht=spend",
        "--currency",
        "EUR",
        "--json",
    )
    assert done.json["totals"]["spend"] == 3.3
    wrong = room.run("import", "odd.csv", "--map", "Nettobudget verbraucht=colour")
    assert wrong.code == 1
    assert "colour" in wrong.err


def test_a_refused_file_says_why_and_ends_with_one(room: Room) -> None:
    done = room.run(
        "import", room.file("bad.csv", EXPORT.replace("22.34", "-1").replace('"1,120.50"', "-2")), "--json"
    )
    assert done.code == 1
    assert (done.json["rows"], done.json["rejected"], done.json["state"]) == (0, 2, "refused")
    assert done.json["rejects"][0] == {"line": 4, "column": "Cost", "value": "-1", "rule": "not negative"}
    assert done.err.startswith("Nothing taken from bad.csv.")
    assert room.rows("daily_rows") == []
    assert room.run("import", "nowhere.csv", "--json").json["state"] == "refused"


def test_broken_rows_are_told_by_line_and_the_others_are_taken(room: Room) -> None:
    text = UNKNOWN + "2025-09-15,c,-5,100\n"
    said = room.run("import", room.file("some.csv", text), "--currency", "EUR").out.replace("\u00a0", " ")
    assert said.startswith("2 rows taken, 1 refused.")
    assert 'Line 4, spend: -5 breaks the rule "not negative".' in said


def test_several_files_are_a_list(room: Room) -> None:
    done = room.run("import", room.file("a.csv", EXPORT), room.file("b.csv", UNKNOWN), "--json")
    assert [each["state"] for each in done.json] == ["done", "asking"]


def test_retrospectives_go_their_own_way(room: Room) -> None:
    done = room.run("import", room.file("march.json", [told(), told("autumn-sale")]), "--json")
    assert (done.code, done.json["rows"], done.json["state"]) == (0, 2, "done")
    assert done.json["date_range"] == ["2026-03-02", "2026-03-29"]
    assert room.stored() == 2


def test_amounts_keep_all_of_their_digits(room: Room) -> None:
    text = "date,campaign,spend (EUR),impressions\n2025-09-14,a,999999999999.123457,1\n"
    done = room.run("import", room.file("large.csv", text), "--json", "--dry-run")
    assert '"spend": 999999999999.123457,' in done.out
    assert json.loads(done.out)["rows"] == 1
