"""The torture of the store, in its short form: what is killed, broken, full or damaged under it."""

import pytest

from torture import damages, full_disk, system_calls
from torture.result import Result
from torture.test_torture_short import assert_kept


def assert_kept_where_it_can_be_tried(result: Result) -> None:
    if result.notes.startswith("skipped"):
        pytest.skip(result.notes)
    assert_kept(result)


def test_a_store_killed_at_a_system_call_is_whole_with_all_of_a_deed_or_nothing() -> None:
    assert_kept_where_it_can_be_tried(system_calls.killed(15))


def test_a_disk_that_fails_at_a_system_call_is_told_and_loses_nothing() -> None:
    assert_kept_where_it_can_be_tried(system_calls.broken(15))


def test_a_full_disk_is_told_loses_nothing_and_writing_goes_on() -> None:
    assert_kept(full_disk.run(2))


def test_damage_is_found_or_without_effect_put_aside_and_restored() -> None:
    assert_kept(damages.run(20))


def test_without_a_small_disk_of_its_own_the_files_are_limited(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(full_disk, "MOUNT", ("false",))
    result = full_disk.run(1)
    assert_kept(result)
    assert result.notes == "0 on a small tmpfs"


def test_damage_that_nobody_looks_for_would_be_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("store.verify._row_faults", lambda *_: ())
    monkeypatch.setattr(damages, "FILE", (damages.flip_letter,))
    assert damages.run(30).failed > 0
