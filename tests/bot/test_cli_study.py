"""Studies in the shell: the same words as in Slack, and the figures behind them for machines."""

from pathlib import Path

import pytest
from shell_room import Room, counted, told

from engine.models.study import STUDY_KINDS


@pytest.fixture(scope="module")
def room(tmp_path_factory: pytest.TempPathFactory) -> Room:
    made = Room(tmp_path_factory.mktemp("studies"))
    meant = counted(800_000, 9_600, 288, 12_000.0, 30_000.0)
    came = [counted(800_000, 14_000 + 30 * number, 420, 12_000.0, 43_000.0) for number in range(7)]
    many = [
        told(f"reels-{number}", platform="Reels", expected_metrics=meant, actual_metrics=each)
        for number, each in enumerate(came)
    ]
    done = made.run("analyze", made.file("many.json", many))
    assert done.code == 0
    assert "Your CTR forecasts run 3" in done.out, "whoever hands a forecast in is told how they run"
    return made


def test_a_study_is_verdict_lines_table_and_basis(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    lines = room.call("forecast-accuracy", "ctr", heard=capsys).out.replace("\u00a0", " ").splitlines()
    assert lines[0].startswith("Your CTR forecasts run 3")
    assert lines[0].endswith(" 7 campaigns.")
    assert "multiply a CTR forecast" in lines[1]
    assert lines[2].split()[:2] == ["Forecasts", "Run"]
    assert lines[3].index("low") > lines[2].index("Run"), "columns stand below each other"
    assert lines[-1].startswith("7 campaigns, 7 windows · 2–29 Mar")


def test_machines_get_the_figures_and_the_same_words(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    found = room.call("forecast-accuracy", "--json", heard=capsys).json
    said = room.call("forecast-accuracy", heard=capsys).out
    assert (found["kind"], found["asked"], found["campaigns"]) == ("forecast-accuracy", "", 7)
    assert found["told"].keys() == {"verdict", "lines", "table", "basis", "picture"}
    for text in (found["told"]["verdict"], *found["told"]["lines"], found["told"]["basis"]):
        assert text in said
    (ctr,) = [each for each in found["biases"] if each["kpi"] == "ctr"]
    assert -35 < ctr["forecast_pct"] < -30
    assert found["told"]["picture"].endswith("%")


@pytest.mark.parametrize("kind", STUDY_KINDS)
def test_an_empty_memory_has_an_answer_and_no_error(
    kind: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    room = Room(tmp_path)
    done = room.call(kind, heard=capsys)
    assert (done.code, done.err) == (0, "")
    assert done.out.strip()
    assert room.call(kind, "--json", heard=capsys).json["kind"] == kind


def test_words_that_name_nothing_are_refused(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    done = room.call("forecast-accuracy", "skywriting", heard=capsys)
    assert (done.code, done.out) == (1, "")
    assert done.err.startswith('words: skywriting breaks the rule "a platform or an objective I know')
    done = room.call("trend", "reals-1", heard=capsys)
    assert (done.code, done.err.startswith("I know no campaign reals-1. Nearest: reels-1")) == (1, True)


def test_reading_a_study_is_in_the_ledger(room: Room, capsys: pytest.CaptureFixture[str]) -> None:
    room.call("budget", heard=capsys)
    assert "budget" in str(room.rows("ledger")[-1])
