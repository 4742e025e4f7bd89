"""The ``marko`` command beside ``analyze``: weights, digest, manifest, doctor, usage, and who goes away."""

import json
import os
import subprocess
from pathlib import Path

import pytest
from shell_room import Room, command, surroundings, told

from bot.manifest import manifest


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    """A memory that knows two campaigns."""
    made = Room(tmp_path_factory.mktemp("shell"))
    campaigns = [told("winter-sale", timestamp="2026-03-20T10:00:00+00:00"), told()]
    assert made.run("analyze", made.file("many.json", campaigns)).code == 0
    return made


def test_weights_name_every_signal_and_the_campaigns_that_moved_it(room: Room) -> None:
    done = room.run("weights")
    assert (done.code, done.err) == (0, "")
    lines = done.out.splitlines()
    assert lines[0] == "1.00 means nothing is known; 0.25 to 5 are the bounds."
    assert any("audience:new-parents" in line and "spring-sale, winter-sale" in line for line in lines)
    found = room.run("weights", "--json").json
    events = found["signals"]["audience:new-parents"]["events"]
    assert [each["campaign_id"] for each in events] == ["spring-sale", "winter-sale"]


def test_weights_of_an_empty_memory_say_so(tmp_path: Path) -> None:
    done = Room(tmp_path).run("weights")
    assert done.code == 0
    assert done.out.startswith("No signal has a weight yet")


def test_a_digest_is_previewed_and_not_posted(room: Room) -> None:
    before = [room.rows(table) for table in ("digests", "outbox", "digest_slots", "ledger")]
    done = room.run("digest", "--channel", "C0GROWTH", "--preview")
    assert (done.code, done.err) == (0, "")
    assert done.out.strip()
    assert [room.rows(table) for table in ("digests", "outbox", "digest_slots", "ledger")] == before


def test_the_manifest_is_printed_as_it_is(room: Room) -> None:
    assert room.run("manifest").json == manifest()


@pytest.mark.parametrize(
    "arguments",
    [
        (),
        ("nonsense",),
        ("analyze",),
        ("digest", "--preview"),
        ("digest", "--channel", "C0GROWTH"),
        ("run", "x"),
    ],
    ids=" ".join,
)
def test_wrong_usage_is_exit_2_and_shows_the_usage(room: Room, arguments: tuple[str, ...]) -> None:
    done = room.run(*arguments)
    assert done.code == 2
    assert done.err.startswith("usage: marko")


def test_help_names_every_command(room: Room) -> None:
    done = room.run("--help")
    assert done.code == 0
    for name in ("sandbox", "run", "analyze", "weights", "digest", "doctor", "manifest"):
        assert f"    {name} " in done.out


def test_run_without_tokens_is_refused_in_one_line(room: Room) -> None:
    done = room.run("run")
    assert (done.code, done.out) == (1, "")
    assert done.err == (
        "SLACK_BOT_TOKEN, and SLACK_APP_TOKEN or SLACK_SIGNING_SECRET are not set; "
        "`marko sandbox` needs no tokens at all.\n"
    )


@pytest.mark.parametrize("asked", ["weights", "run", "doctor"])
def test_a_broken_setting_is_one_line_for_every_command(room: Room, asked: str) -> None:
    done = room.run(asked, MARKO_TIMEZONE="Madrid")
    assert (done.code, done.out) == (1, "")
    assert done.err == "MARKO_TIMEZONE is Madrid; it takes a time zone such as Europe/Madrid\n"


def test_a_memory_that_is_no_database_is_told_in_one_line(tmp_path: Path) -> None:
    room = Room(tmp_path)
    (tmp_path / "marko-data").mkdir()
    (tmp_path / "marko-data" / "marko.db").write_bytes(b"not a database " * 500)
    done = room.run("weights")
    assert (done.code, done.out) == (1, "")
    assert "marko.db" in done.err
    assert "Traceback" not in done.err
    assert (tmp_path / "marko-data" / "marko.db").read_bytes() == b"not a database " * 500


def test_a_reader_that_goes_away_is_no_error(room: Room) -> None:
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as gone:
        done = subprocess.run(
            command("weights", "--json"),
            cwd=room.folder,
            env=surroundings(),
            stdout=gone,
            stderr=subprocess.PIPE,
            timeout=60,
            check=False,
        )
    assert (done.returncode, done.stderr) == (0, b"")


def test_the_separators_of_the_team_are_used(room: Room) -> None:
    done = room.run("analyze", "spring-sale", MARKO_NUMBER_FORMAT="1.234,50")
    assert "CPA 31,00\u00a0EUR instead of 41,00" in done.out


def test_data_and_output_go_where_the_settings_say(tmp_path: Path) -> None:
    room = Room(tmp_path)
    name = room.file("one.json", told())
    done = room.run("analyze", name, MARKO_DATA_DIR="deep/data", MARKO_OUTPUT_DIR="deep/out")
    assert done.code == 0
    assert (tmp_path / "deep/data/marko.db").exists()
    assert json.loads((tmp_path / "deep/out/spring-sale/comparison.json").read_text(encoding="utf-8"))
    assert (tmp_path / "deep/data/marko.db").stat().st_mode & 0o077 == 0
    assert sorted(each.name for each in tmp_path.iterdir()) == ["deep", "one.json"]
