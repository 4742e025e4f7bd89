"""``marko data``: what is known out of exports, for people and for machines."""

from datetime import date
from decimal import Decimal
from pathlib import Path

from engine_values import WORDS
from exported import days, kept
from factories import MONDAY
from shell_room import Room

from bot.clock import SystemClock
from bot.shell_data import data_text
from engine.models.export import SourceState
from store import open_store


def test_an_empty_memory_says_how_rows_come_in(tmp_path: Path) -> None:
    done = Room(tmp_path).run("data")
    assert done.out == "No rows yet: `marko import FILE` takes an export, and so does a file in a channel.\n"


def test_what_is_known_is_told_with_its_age(tmp_path: Path) -> None:
    room = Room(tmp_path)
    with_rows(room)
    (found,) = room.run("data", "--json").json
    assert (found["platform"], found["account"]) == ("Meta", "default")
    assert (found["campaigns"], found["rows"]) == (2, 15)
    assert (found["date_range"], found["spend"]) == (["2026-03-01", "2026-03-10"], {"EUR": "1500.000000"})
    assert found["last_import"]["file"] == "march.csv"
    assert found["days_old"] > 0
    lines = room.run("data").out.replace("\xa0", " ").splitlines()
    assert lines[0].startswith("Meta: data up to 10 Mar")
    assert "2 campaigns, 15 rows" in lines[1]
    assert "1,500.00 EUR" in lines[1]


def test_data_of_today_is_not_called_old() -> None:
    state = SourceState(
        platform="Google", account="7", campaigns=1, rows=1, first_day=date(2026, 3, 30),
        last_day=date(2026, 3, 30), spend={"": Decimal(5)}, last_import="import:march", file="march.csv",
        at=MONDAY, by="U0MEMBER", days_old=0,
    )  # fmt: skip
    told = data_text([state], WORDS)
    assert told.splitlines()[0] == "Google, account 7: data up to today"


def with_rows(room: Room) -> None:
    store = open_store(room.folder / "marko-data" / "marko.db", SystemClock())
    kept(store.memory, "march", [*days(last=10), *days("Summer Sale", last=5)])
    store.close()
