"""The torture of pings in its short form."""

from torture import pinging


def test_in_a_week_of_everything_nobody_is_pinged_beyond_their_budget() -> None:
    result = pinging.run(1)
    assert result.tried > 0
    assert result.failed == 0, result.notes
