"""Damaged exports in the short form: the same run, a few of them. ``make torture`` damages 10,000."""

from torture import mutated


def test_no_damaged_export_is_read_wrong_without_a_word() -> None:
    result = mutated.run(150)
    assert result.tried == 150
    assert result.failed == 0, result.notes
