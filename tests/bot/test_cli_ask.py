"""The shell asks in the same words as Slack: for people, and for machines."""

from pathlib import Path

import pytest
from shell_room import Room, told


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    made = Room(tmp_path_factory.mktemp("asking"))
    assert made.run("analyze", made.file("one.json", told())).code == 0
    return made


def test_a_question_is_answered_with_how_it_is_known(room: Room) -> None:
    lines = room.run("ask", "how did spring sale do?").out.replace("\u00a0", " ").splitlines()
    assert lines[0] == "Answer. spring-sale: Beat the forecast. CPA 31.00 EUR instead of 41.00 (−24 %, real)."
    assert lines[1].startswith("How I know. CPA = spend / conversions = 12,090.00 EUR / 390 conversions (")
    assert "Not given: attribution window." in "\n".join(lines)


def test_machines_read_the_same_answer(room: Room) -> None:
    found = room.run("ask", "ROAS of spring-sale", "--json").json
    assert set(found) == {"question", "topic", "known", "answer", "how_i_know", "caveats", "campaign"}
    assert (found["topic"], found["known"]) == ("figure", True)
    assert found["campaign"] == "meta/default/spring-sale"
    assert found["answer"].replace("\u00a0", " ").startswith("spring-sale: ROAS 3.50 instead of 2.50 (+40 %")


def test_what_is_not_known_is_said_and_no_error(room: Room) -> None:
    done = room.run("ask", "how did summer-sale do?")
    assert done.code == 0
    assert done.out.startswith("I don't know. I know no campaign called summer-sale. Nearest: spring-sale.")
    assert room.run("ask", "how did summer-sale do?", "--json").json["known"] is False


def test_words_change_nothing(room: Room) -> None:
    before = room.rows("ledger")
    done = room.run("ask", "approve", "spring-sale")
    assert done.out.startswith("Words decide nothing here, and I changed nothing.")
    assert room.rows("ledger") == before
    assert room.rows("replies") == []


def test_an_empty_memory_says_what_would_tell(tmp_path: Path) -> None:
    done = Room(tmp_path).run("ask", "how did it go?")
    assert done.out.startswith("I don't know. I know no campaign yet. Hand one in with `marko analyze FILE`")
