"""What is set, and where from: in the shell, and by the doctor."""

from pathlib import Path

import pytest
from shell_room import Room

from bot.app import build_engine
from bot.clock import SystemClock
from bot.settings import read_settings
from engine.models.answer import Person
from engine.models.preference import Preferences
from store import open_store


def set_in_slack(folder: Path) -> None:
    """Name an approver and lower the limit, as the dialog does."""
    settings = read_settings({"MARKO_DATA_DIR": str(folder / "marko-data")})
    clock = SystemClock()
    store = open_store(settings.database, clock)
    engine = build_engine(settings, store, clock)
    shown = engine.preferences()
    wanted = Preferences(
        approvers=("U0NEW",), change_limit=0.1, time_zone="Asia/Tokyo", number_format="1.234,50"
    )
    admin, new = Person(id="U0ADMIN", is_admin=True), Person(id="U0NEW")
    engine.change_preferences(shown, wanted, by=admin, people={"U0NEW": new})
    store.close()


def test_settings_say_their_value_and_where_it_comes_from(tmp_path: Path) -> None:
    room = Room(tmp_path)
    done = room.run("settings", MARKO_APPROVERS="U0FIRST", MARKO_TIMEZONE="Europe/Madrid")
    assert (done.code, done.err) == (0, "")
    assert done.out.replace("\u00a0", " ").splitlines() == [
        "approvers               U0FIRST (from the environment)",
        "approvers of channels   none, the approvers decide everywhere (default)",
        "two must agree above    not set, one approver is enough (default)",
        "change limit            20 % (default)",
        "spend limit a day       not set (default)",
        "changes a day           10 (default)",
        "freeze                  none (default)",
        "proposals expire after  72 hours (default)",
        "pings a week            6 (default)",
        "time zone               Europe/Madrid (from the environment)",
        "numbers                 1,234.50 (default)",
        "Approvers change them in Slack: /marko settings.",
    ]


def test_what_is_set_in_slack_wins_in_the_shell_and_is_told_as_such(tmp_path: Path) -> None:
    set_in_slack(tmp_path)
    room = Room(tmp_path)
    found = room.run("settings", "--json", MARKO_APPROVERS="U0FIRST", MARKO_TIMEZONE="Europe/Madrid").json
    told = [(each["name"], each["value"], each["source"], each["by"]) for each in found]
    assert [each for each in told if each[2] == "slack"] == [
        ("approvers", ["U0NEW"], "slack", "U0ADMIN"),
        ("change_limit", 0.1, "slack", "U0ADMIN"),
        ("time_zone", "Asia/Tokyo", "slack", "U0ADMIN"),
        ("number_format", "1.234,50", "slack", "U0ADMIN"),
    ]
    assert "set in Slack by U0ADMIN" in room.run("settings").out


def test_the_doctor_says_what_slack_sets_instead_of_calling_it_missing(tmp_path: Path) -> None:
    set_in_slack(tmp_path)
    found = {each["what"]: each for each in Room(tmp_path).run("doctor", "--json").json}
    for variable, value in {
        "MARKO_APPROVERS": "U0NEW",
        "MARKO_TIMEZONE": "Asia/Tokyo",
        "MARKO_NUMBER_FORMAT": "1.234,50",
        "MARKO_CHANGE_LIMIT": "10\u00a0%",
    }.items():
        assert found[variable]["state"] == "ok"
        assert found[variable]["says"].startswith(f"{value}, set in Slack by U0ADMIN on ")


def test_limits_of_the_environment_are_told_in_words_and_as_json(tmp_path: Path) -> None:
    room = Room(tmp_path)
    limits = {
        "MARKO_TWO_ABOVE": "3500.50 USD, 3000 EUR",
        "MARKO_CHANGE_LIMIT": "15",
        "MARKO_SPEND_LIMIT": "500 EUR",
        "MARKO_CHANGES_A_DAY": "4",
        "MARKO_FREEZE": "2026-12-24..2027-01-02",
        "MARKO_EXPIRY_HOURS": "1",
    }
    lines = room.run("settings", **limits).out.replace("\u00a0", " ").splitlines()
    for line in (
        "two must agree above    3,000 EUR, 3,500.5 USD (from the environment)",
        "change limit            15 % (from the environment)",
        "spend limit a day       500 EUR (from the environment)",
        "changes a day           4 (from the environment)",
        "proposals expire after  1 hour (from the environment)",
    ):
        assert line in lines
    found = {each["name"]: each["value"] for each in room.run("settings", "--json", **limits).json}
    assert found["two_above"] == {"EUR": "3000", "USD": "3500.5"}
    assert found["freeze"] == {"first": "2026-12-24", "last": "2027-01-02"}


@pytest.mark.parametrize(
    ("name", "value", "says"),
    [
        ("MARKO_TWO_ABOVE", "3000", "; it takes amounts such as 3,000 EUR, 3,500 USD"),
        ("MARKO_SPEND_LIMIT", "0 EUR", "; it takes amounts above 0, in 16 digits or fewer"),
        ("MARKO_SPEND_LIMIT", "1 EUR, 2 EUR", "; it takes one amount in EUR"),
        ("MARKO_CHANGE_LIMIT", "20 %", "; it takes a whole number from 1 to 100"),
        ("MARKO_CHANGES_A_DAY", "0", "; it takes a whole number from 1 to 1000"),
        ("MARKO_EXPIRY_HOURS", "1e3", "; it takes a whole number from 1 to 1440"),
        ("MARKO_FREEZE", "2027-01-02..2026-12-24", "; it takes a first and a last day such as"),
        ("MARKO_FREEZE", "24 Dec", "; it takes a first and a last day such as"),
    ],
)
def test_a_broken_limit_is_one_clear_line(tmp_path: Path, name: str, value: str, says: str) -> None:
    done = Room(tmp_path).run("settings", **{name: value})
    assert done.code != 0
    (line,) = done.err.strip().splitlines()
    assert f"{name} is {value}{says}" in line


@pytest.mark.parametrize(
    ("approvers", "says"),
    [
        ("U0A", "two must agree and only one is named, so nobody can approve that; name three"),
        ("U0A,U0B", "neither may be whoever asked; two are named"),
        ("U0A,U0B,U0C", ""),
    ],
)
def test_the_doctor_misses_approvers_where_two_must_agree(tmp_path: Path, approvers: str, says: str) -> None:
    found = Room(tmp_path).run("doctor", "--json", MARKO_APPROVERS=approvers, MARKO_TWO_ABOVE="3000 EUR").json
    told = [(each["state"], each["says"]) for each in found if each["what"] == "approvers"]
    assert [state for state, _ in told] == (["missing"] if says else [])
    assert all(says in words for _, words in told)
    alone = Room(tmp_path).run("doctor", "--json", MARKO_APPROVERS=approvers).json
    assert "approvers" not in {each["what"] for each in alone}
