"""The short form of what happens to the index of vectors."""

from torture import index
from torture.result import Result


def assert_kept(result: Result) -> None:
    assert result.tried > 0
    assert result.failed == 0, result.notes


def test_flipped_and_zeroed_pages_are_noticed_and_the_index_is_made_again() -> None:
    assert_kept(index.damaged(16))


def test_an_index_and_its_manifest_fit_after_every_kill() -> None:
    assert_kept(index.killed(4))


def test_a_lost_index_comes_back_beside_the_questions() -> None:
    assert_kept(index.beside(1))
