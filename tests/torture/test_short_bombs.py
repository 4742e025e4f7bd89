"""The torture of files that are bombs, in its short form: one of each kind."""

from torture import bombs
from torture.test_torture_short import assert_kept


def test_a_bomb_of_every_kind_is_refused_within_a_second_and_200_megabytes() -> None:
    assert_kept(bombs.run(len(bombs.KINDS)))
