"""The torture of decisions in its short form."""

from torture import turns
from torture.result import Result


def assert_kept(result: Result) -> None:
    assert result.tried > 0
    assert result.failed == 0, result.notes


def test_twenty_clicks_on_two_bots_are_one_decision_and_one_execution() -> None:
    assert_kept(turns.run(10))
