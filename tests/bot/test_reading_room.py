"""Where exports are read: a child with limits, whose files are gone afterwards, whatever happens."""

import json
import os
import stat
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pytest

from bot.reading_room import LeftOff, NotRead, ReadingRoom, RoomClosed
from engine.errors import Refused
from engine.models.daily import DailyRow
from engine.models.export import Hints, Scan

EXPORT = b"Day,Campaign name,Impressions,Link clicks,Amount spent (EUR)\n2026-03-02,lamp,100,4,2.50\n"
PATIENCE_S = 20.0
# A child that says how far it is and then never ends, as with a file that is far too large.
ENDLESS = (
    sys.executable,
    "-c",
    'import sys, time\nsys.stdin.readline()\nprint(\'{"read": 1, "about": 9}\', flush=True)\ntime.sleep(999)',
)


@pytest.fixture
def room(tmp_path: Path) -> Iterator[ReadingRoom]:
    made = ReadingRoom(tmp_path / "reading")
    yield made
    made.close()


def read(
    room: ReadingRoom, content: bytes = EXPORT, *, identifier: str = "import:F1:C1", **more: Any
) -> tuple[Scan, list[DailyRow]]:
    """Read a file from beginning to end; gives its scan and rows."""
    with room.turn(identifier), room.job() as folder:
        path = folder / "export"
        path.write_bytes(content)
        scanned = room.read(path, identifier, name="march.csv", hints=Hints(), **more)
        return scanned.scan, list(scanned.rows)


def wait_for(predicate: Callable[[], object]) -> None:
    deadline = time.monotonic() + PATIENCE_S
    while not predicate():
        assert time.monotonic() < deadline, "it did not come in time"
        time.sleep(0.01)


def alive(pid: int) -> bool:
    """Whether the process runs; a zombie does not."""
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] != "Z"
    except OSError:
        return False


def test_rows_come_out_of_the_child_as_they_are_read(room: ReadingRoom) -> None:
    scan, (row,) = read(room)
    assert scan.rows == 1
    assert (row.campaign, row.impressions, row.clicks, row.spend) == ("lamp", 100, 4, 2_500_000)
    assert row.first_day.isoformat() == "2026-03-02"


def test_a_refusal_of_the_child_is_one_here(room: ReadingRoom) -> None:
    with pytest.raises(Refused):
        read(room, b"hello\nworld\n")


def test_the_child_stays_for_the_next_file_and_goes_when_nobody_asks(tmp_path: Path) -> None:
    room = ReadingRoom(tmp_path / "reading", idle_s=0.2)
    try:
        read(room)
        (first,) = room.pids
        read(room)
        assert room.pids in {(first,), ()} or len(room.pids) == 1
        wait_for(lambda: room.pids == ())
    finally:
        room.close()


def test_its_files_are_for_nobody_else_and_gone_afterwards(room: ReadingRoom, tmp_path: Path) -> None:
    before = os.umask(0)
    try:
        with room.job() as folder:
            assert stat.S_IMODE((tmp_path / "reading").stat().st_mode) == 0o700
            assert stat.S_IMODE(folder.stat().st_mode) == 0o700
    finally:
        os.umask(before)
    with pytest.raises(Refused):
        read(room, b"hello\nworld\n")
    assert list((tmp_path / "reading").iterdir()) == []


def test_what_a_killed_run_left_is_gone_with_the_first_file(tmp_path: Path) -> None:
    left = tmp_path / "reading" / "export-left"
    left.mkdir(parents=True)
    (left / "export").write_bytes(EXPORT)
    room = ReadingRoom(tmp_path / "reading")
    try:
        read(room)
        assert not left.exists()
    finally:
        room.close()


def test_a_file_that_takes_too_long_is_given_up_and_its_child_is_gone(tmp_path: Path) -> None:
    room = ReadingRoom(tmp_path / "reading", deadline_s=0.3, command=ENDLESS)
    try:
        with pytest.raises(NotRead) as failed:
            read(room)
        assert failed.value.reason == "late"
        assert room.pids == ()
    finally:
        room.close()


def test_a_child_that_dies_is_a_failure_of_ours_and_the_next_file_is_read(tmp_path: Path) -> None:
    room = ReadingRoom(tmp_path / "reading", command=(sys.executable, "-c", "pass"))
    try:
        with pytest.raises(NotRead) as failed:
            read(room)
        assert failed.value.reason == "failed"
    finally:
        room.close()


@pytest.mark.parametrize(("way", "expected"), [("leave_off", LeftOff), ("close", RoomClosed)])
def test_cancel_and_shutdown_end_the_child_in_the_middle(
    tmp_path: Path, way: str, expected: type[BaseException]
) -> None:
    room = ReadingRoom(tmp_path / "reading", command=ENDLESS)
    heard, raised = threading.Event(), list[BaseException]()

    def work() -> None:
        try:
            read(room, told=lambda _read, _about: heard.set())
        except (LeftOff, RoomClosed) as problem:
            raised.append(problem)

    thread = threading.Thread(target=work)
    thread.start()
    assert heard.wait(PATIENCE_S)
    (pid,) = room.pids
    room.leave_off("import:F1:C1") if way == "leave_off" else room.close()
    thread.join(PATIENCE_S)
    assert [type(each) for each in raised] == [expected]
    wait_for(lambda: not alive(pid))
    room.close()


def test_after_the_end_no_file_is_begun_and_nothing_is_left(room: ReadingRoom, tmp_path: Path) -> None:
    with room.job() as folder:
        room.close()
        assert folder.exists()  # whoever works there finds out in peace
    assert not (tmp_path / "reading").exists()
    with pytest.raises(RoomClosed):
        read(room)


def test_rows_are_not_gone_on_with_after_cancel(room: ReadingRoom) -> None:
    with room.turn("import:F1:C1"), room.job() as folder:
        path = folder / "export"
        path.write_bytes(EXPORT)
        scanned = room.read(path, "import:F1:C1", name="march.csv", hints=Hints())
        room.leave_off("import:F1:C1")
        with pytest.raises(LeftOff):
            list(scanned.rows)


def test_one_file_is_read_once_at_a_time(room: ReadingRoom) -> None:
    with room.turn("import:F1:C1") as first, room.turn("import:F1:C1") as second:
        assert (first, second) == (True, False)
    with room.turn("import:F1:C1") as again:
        assert again


def test_the_child_has_a_limit_of_memory_and_stands_back(room: ReadingRoom) -> None:
    read(room)
    (pid,) = room.pids
    limits = Path(f"/proc/{pid}/limits").read_text()
    (line,) = [each for each in limits.splitlines() if each.startswith("Max address space")]
    assert int(line.split()[3]) <= 2_000_000_000
    assert os.getpriority(os.PRIO_PROCESS, pid) == 10


def test_the_child_ends_when_the_bot_is_killed(tmp_path: Path) -> None:
    """A bot of a few lines that asks its child for a file that never ends, and is killed."""
    pipe = tmp_path / "never"
    os.mkfifo(pipe)
    ask = json.dumps({"path": str(pipe), "name": "a.csv", "hints": {}, "rows": str(tmp_path / "rows")})
    bot = subprocess.Popen(
        [
            sys.executable,
            "-c",
            "import subprocess, sys\n"
            "child = subprocess.Popen([sys.executable, '-m', 'bot.reader_child'], stdin=subprocess.PIPE)\n"
            f"child.stdin.write({ask!r}.encode() + b'\\n')\n"
            "child.stdin.flush()\n"
            "print(child.pid, flush=True)\n"
            "sys.stdin.read()\n",
        ],
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        cwd=Path(__file__).resolve().parents[2],
    )
    assert bot.stdout
    pid = int(bot.stdout.readline())
    assert alive(pid)
    bot.kill()
    bot.wait()
    wait_for(lambda: not alive(pid))


def test_the_bot_itself_never_loads_what_reads_tables() -> None:
    code = "import sys, bot.app; print([m for m in ('pandas', 'python_calamine') if m in sys.modules])"
    told = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert told.stdout.strip() == "[]"


def test_days_that_are_over_by_our_clock_are_taken_and_later_ones_refused(tmp_path: Path) -> None:
    class March:
        def now(self) -> datetime:
            return datetime(2026, 3, 30, 9, tzinfo=UTC)

    lines = ["date,campaign,spend_eur,impressions", "2026-03-29,spring,10.50,100", "2026-04-02,spring,7,90"]
    with closing(ReadingRoom(tmp_path / "reading", clock=March())) as room, room.job() as folder:
        path = folder / "export"
        path.write_text("\n".join(lines), encoding="utf-8")
        found = room.read(path, "import:F1:C1", name="march.csv", hints=Hints()).scan
    assert (found.rows, [each.line for each in found.rejects]) == (1, [3])
