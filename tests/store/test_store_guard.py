"""A second bot on the same memory is refused; shell commands work beside the one that runs."""

import os
from multiprocessing import get_context
from multiprocessing.connection import Connection
from pathlib import Path

import factories
import pytest
from factories import HandClock

from engine.errors import StoreTrouble
from store import Guard, open_store

PROCESSES = get_context("forkserver")


def be_the_bot(path: Path, say: Connection) -> None:
    with Guard(path):
        store = open_store(path, HandClock())
        with store.memory.unit() as unit:
            unit.set_setting("bot", os.getpid())
        say.send(os.getpid())
        say.recv()


def test_a_second_bot_is_refused_until_the_first_is_killed(path: Path, clock: HandClock) -> None:
    here, there = PROCESSES.Pipe()
    bot = PROCESSES.Process(target=be_the_bot, args=(path, there))
    bot.start()
    there.close()
    pid = here.recv()
    with pytest.raises(StoreTrouble) as trouble:
        Guard(path)
    assert str(trouble.value) == (
        f"Another bot (process {pid}) is using {path}; it holds {path}.lock. "
        "Stop it first, or start this one with another database file."
    )

    shell = open_store(path, clock)
    with shell.memory.unit() as unit:
        unit.keep_retrospective(factories.retrospective())
        assert unit.setting("bot") == pid
    shell.close()

    bot.kill()
    bot.join()
    with Guard(path):
        assert Path(f"{path}.lock").read_text() == f"{os.getpid()}\n"


def test_a_second_guard_in_the_same_process_is_refused_too(path: Path) -> None:
    with Guard(path), pytest.raises(StoreTrouble, match=f"process {os.getpid()}"):
        Guard(path)


def test_a_released_guard_can_be_taken_again(path: Path) -> None:
    first = Guard(path)
    first.release()
    first.release()
    with Guard(path) as second:
        assert second.file.stat().st_mode & 0o777 == 0o600


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    (tmp_path / "marko-data").touch()
    with pytest.raises(StoreTrouble, match=r"marko\.db\.lock cannot be opened"):
        Guard(tmp_path / "marko-data" / "marko.db")
