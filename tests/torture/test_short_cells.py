"""The torture of cells that spreadsheets open, in its short form."""

import pytest

from torture import cells
from torture.test_torture_short import assert_kept


def test_no_cell_that_is_written_acts_in_any_spreadsheet() -> None:
    assert_kept(cells.run(1_000))


def test_a_cell_that_acts_is_counted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("engine.intake.safe_cells.safe", str)
    assert cells.run(200).failed > 0
