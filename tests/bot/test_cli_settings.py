"""What is set, and where from: in the shell, and by the doctor."""

from pathlib import Path

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
        "approvers     U0FIRST (from the environment)",
        "change limit  20 % (default)",
        "time zone     Europe/Madrid (from the environment)",
        "numbers       1,234.50 (default)",
        "Approvers change them in Slack: /marko settings.",
    ]


def test_what_is_set_in_slack_wins_in_the_shell_and_is_told_as_such(tmp_path: Path) -> None:
    set_in_slack(tmp_path)
    room = Room(tmp_path)
    found = room.run("settings", "--json", MARKO_APPROVERS="U0FIRST", MARKO_TIMEZONE="Europe/Madrid").json
    assert [(each["name"], each["value"], each["source"], each["by"]) for each in found] == [
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
        "change limit": "10%",
    }.items():
        assert found[variable]["state"] == "ok"
        assert found[variable]["says"].startswith(f"{value}, set in Slack by U0ADMIN on ")
