"""``marko doctor``: every setting, the memory and Slack are looked at, and no secret is told."""

import sqlite3
from contextlib import closing
from pathlib import Path

import pytest
from bot_team import APPROVER
from factories import HandClock
from office import Office, ScriptedSlack
from shell_room import Done, Room, told

from bot.doctor import HINDERED, examine
from bot.manifest import scopes
from bot.settings import KNOWN, read_settings
from store import open_store

TOKENS = {"SLACK_BOT_TOKEN": "xoxb-planted", "SLACK_APP_TOKEN": "xapp-planted"}


def states(done: Done) -> dict[str, str]:
    """What was looked at, and how it stands."""
    return {each["what"]: each["state"] for each in done.json}


def says(done: Done, what: str) -> str:
    return str(next(each["says"] for each in done.json if each["what"] == what))


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A memory that knows one campaign."""
    made = Room(tmp_path_factory.mktemp("shell"))
    assert made.run("analyze", made.file("one.json", told())).code == 0
    return made


def test_without_any_setting_it_says_what_is_missing_and_is_no_failure(tmp_path: Path) -> None:
    done = Room(tmp_path).run("doctor", "--json")
    assert (done.code, done.err) == (0, "")
    found = states(done)
    assert list(found) == [
        *KNOWN,
        "Budget Reallocation",
        "webhooks",
        "memory",
        "Slack",
        "model",
        "embeddings",
    ]
    missing = {"SLACK_BOT_TOKEN", "SLACK_APP_TOKEN", "SLACK_SIGNING_SECRET", "MARKO_APPROVERS", "Slack"}
    assert {what for what, state in found.items() if state == "missing"} == missing
    assert "`marko sandbox` needs none" in says(done, "SLACK_BOT_TOKEN")
    assert list(tmp_path.iterdir()) == []  # looking makes nothing


def test_in_words_it_is_one_line_for_each(room: Room) -> None:
    done = room.run("doctor")
    lines = done.out.splitlines()
    assert done.code == 0
    assert len(lines) == len(KNOWN) + 6
    assert lines[0].startswith("missing  SLACK_BOT_TOKEN: ")
    assert "ok       memory: marko-data/marko.db, 1 campaign" in lines


def test_with_a_slack_that_answers_all_is_well_and_no_secret_is_told(
    room: Room, scripted: ScriptedSlack
) -> None:
    granted = {"x-oauth-scopes": ",".join(scopes())}
    for _ in range(2):
        scripted.say("auth.test", {"ok": True, "user": "marko", "team": "Growth"}, headers=granted)
    settings = {**TOKENS, "SLACK_API_URL": scripted.api_url, "MARKO_APPROVERS": APPROVER}
    done = room.run("doctor", "--json", **settings)
    assert done.code == 0
    assert set(states(done).values()) == {"ok", "default"}
    assert says(done, "SLACK_BOT_TOKEN") == says(done, "SLACK_APP_TOKEN") == "set"
    assert says(done, "Slack") == "marko in Growth"
    words = room.run("doctor", MARKO_LOG_LEVEL="DEBUG", **settings)
    assert "planted" not in done.out + done.err + words.out + words.err


def test_scopes_that_are_missing_are_named(room: Room, scripted: ScriptedSlack) -> None:
    granted = ",".join(set(scopes()) - {"users:read", "commands"})
    scripted.say("auth.test", {"ok": True}, headers={"x-oauth-scopes": granted})
    done = room.run("doctor", "--json", SLACK_API_URL=scripted.api_url, **TOKENS)
    assert done.code == 1
    assert says(done, "Slack") == (
        "scopes missing: commands, users:read; add them and reinstall the app. Until then, "
        "commands: slash commands do nothing; "
        "users:read: nobody can be told from a stranger, so nobody can approve"
    )


def test_every_scope_of_the_manifest_has_its_words_for_what_its_lack_hinders() -> None:
    assert set(HINDERED) == set(scopes())


def test_a_refused_token_and_a_slack_that_is_away_are_broken(room: Room, scripted: ScriptedSlack) -> None:
    scripted.say("auth.test", {"ok": False, "error": "invalid_auth"})
    done = room.run("doctor", "--json", SLACK_API_URL=scripted.api_url, **TOKENS)
    assert (done.code, says(done, "Slack")) == (1, f"{scripted.api_url} refuses: invalid_auth")
    scripted.close()
    done = room.run("doctor", "--json", SLACK_API_URL=scripted.api_url, **TOKENS)
    assert done.code == 1
    assert says(done, "Slack").startswith(f"{scripted.api_url} cannot be reached: ")
    assert "planted" not in done.out + done.err


def test_a_memory_that_is_damaged_is_broken_and_left_as_it_is(tmp_path: Path) -> None:
    room = Room(tmp_path)
    (tmp_path / "marko-data").mkdir()
    database = tmp_path / "marko-data" / "marko.db"
    database.write_bytes(b"not a database " * 500)
    done = room.run("doctor", "--json")
    assert (done.code, done.err) == (1, "")
    assert states(done)["memory"] == "broken"
    assert "marko.db" in says(done, "memory")
    assert database.read_bytes() == b"not a database " * 500


def test_a_ledger_that_was_changed_is_broken_and_its_line_named(tmp_path: Path) -> None:
    room = Room(tmp_path)
    assert room.run("analyze", room.file("one.json", told())).code == 0
    with sqlite3.connect(tmp_path / "marko-data" / "marko.db") as connection:
        for (name,) in connection.execute("SELECT name FROM sqlite_master WHERE type = 'trigger'").fetchall():
            connection.execute(f"DROP TRIGGER {name}")
        connection.execute("UPDATE ledger SET actor = 'U0NOBODY' WHERE seq = 1")
    done = room.run("doctor", "--json")
    assert done.code == 1
    assert "the ledger was changed: Ledger line 1 was changed" in says(done, "memory")


def test_messages_that_could_not_be_sent_are_counted(tmp_path: Path, scripted: ScriptedSlack) -> None:
    office = Office(tmp_path / "marko-data", scripted.api_url)
    office.put_card("C0GROWTH")
    scripted.say("chat.postMessage", {"ok": False, "error": "is_archived"})
    office.publish(1)
    office.close()
    done = Room(tmp_path).run("doctor", "--json")
    assert says(done, "memory") == "marko-data/marko.db, 1 campaign, 1 message could not be sent"


def test_inside_a_running_bot_its_own_store_is_looked_at_and_stays_open(
    tmp_path: Path, scripted: ScriptedSlack
) -> None:
    office = Office(tmp_path, scripted.api_url)
    office.put_card("C0GROWTH")
    elsewhere = read_settings({"MARKO_DATA_DIR": str(tmp_path / "elsewhere")})
    found = {each.what: each for each in examine(elsewhere, office.store)}
    assert found["memory"].says == "marko.db, 1 campaign"  # the folder is for the shell
    assert all(str(tmp_path) not in each.says for each in found.values() if not each.what.isupper())
    assert not elsewhere.database.exists()
    assert office.engine.recommendations(limit=5).total == 1
    office.close()


def test_a_read_that_fails_is_told_and_leaves_nothing_open(tmp_path: Path) -> None:
    room = Room(tmp_path)
    assert room.run("analyze", room.file("one.json", told())).code == 0
    database = tmp_path / "marko-data" / "marko.db"
    with closing(open_store(database, HandClock())) as store, store.memory.unit() as unit:
        unit.set_setting("preferences", {"change_limit": {"value": "much", "by": 7}})
    settings = read_settings({"MARKO_DATA_DIR": str(database.parent)})
    before = len(list(Path("/proc/self/fd").iterdir()))
    found = {each.what: each for each in examine(settings)}
    assert found["memory"].state == "broken"
    assert "cannot be read" in found["memory"].says
    assert len(list(Path("/proc/self/fd").iterdir())) == before


def test_the_carriers_are_told_by_host_and_what_an_address_hides_is_not(room: Room) -> None:
    key = "whsec_cGxhbnRlZC1zZWNyZXQtb2YtdGhlLXRlc3Rz"
    connected = {
        "MARKO_ACTION_URL": "https://hooks.example.com/marko?token=planted",
        "MARKO_ACTION_SECRET": key,
    }
    done = room.run("doctor", "--json", **connected)
    assert says(done, "Budget Reallocation") == (
        "carried out by hooks.example.com, no look-up is set, signed with 1 key"
    )
    assert "planted" not in done.out
    assert key not in done.out
