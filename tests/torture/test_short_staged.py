"""The torture of exports in the store, in its short form."""

import pytest

from engine import exports
from torture import staged
from torture.test_torture_short import assert_kept


def test_an_import_that_is_killed_counts_whole_or_not_at_all() -> None:
    assert_kept(staged.run(6))


def test_an_import_that_forgot_nothing_first_would_be_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(exports.Exports, "_forget", lambda *_: None)
    assert staged.run(8).failed > 0
