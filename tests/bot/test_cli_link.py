"""``marko link``: names that an import found alike are told, answered and parted again in a shell."""

from datetime import date, timedelta
from pathlib import Path

import pytest
from shell_room import Room

HEAD = "Day,Campaign,Currency,Impressions,Clicks,Amount spent (EUR),Conversions"
SPRING, SPELLED = "meta/default/spring-sale", "meta/default/sprng-sale"


@pytest.fixture
def room(tmp_path: Path) -> Room:
    """A file in which "Sprng Sale" has three of the days beside twenty of "Spring Sale"."""
    lines = [HEAD]
    for number in range(20):
        day = date(2026, 3, 1) + timedelta(days=number)
        lines.append(f"{day},Spring Sale,EUR,10000,200,100.00,5")
        if number >= 17:
            lines.append(f"{day},Sprng Sale,EUR,1000,20,7.00,1")
    (tmp_path / "march.csv").write_text("\n".join(lines) + "\n")
    return Room(tmp_path)


def imported(room: Room) -> str:
    done = room.run("import", "march.csv", "--source", "meta")
    assert done.code == 0, done.err
    return done.out


def test_an_import_tells_names_that_look_alike_and_where_to_answer(room: Room) -> None:
    assert imported(room).splitlines()[-2:] == [
        "Spring Sale and Sprng Sale: one campaign?",
        "`marko link` takes the answer.",
    ]


def test_without_a_name_all_groups_are_listed(room: Room) -> None:
    assert room.run("link").out == "No names that look alike.\n"
    imported(room)
    assert room.run("link").out.splitlines() == [
        "Spring Sale and Sprng Sale: one campaign? (march.csv)",
        "Answer with `marko link NAME --one` or `--two`; the other answer takes it back.",
    ]
    (found,) = room.run("link", "--json").json
    assert found["campaign"] == SPRING
    assert found["others"] == {SPELLED: "Sprng Sale"}
    assert (found["answer"], found["file"]) == ("open", "march.csv")


def test_an_answer_makes_them_one_and_the_other_answer_takes_it_back(room: Room) -> None:
    imported(room)
    for name, flag, answer in (
        ("sprng sale", "--one", "one"),
        (SPRING, "--two", "two"),
        (SPELLED, "--one", "one"),
    ):
        (found,) = room.run("link", name, flag, "--json").json
        assert found["answer"] == answer
    assert room.run("link").out == "One campaign: Spring Sale and Sprng Sale. (march.csv)\n"


def test_a_name_that_no_import_found_alike_is_refused(room: Room) -> None:
    imported(room)
    done = room.run("link", "Winter Coats", "--one")
    assert done.code == 1
    assert "a name that an import found alike with another" in done.err
    assert room.run("link", "--one").code == 1
