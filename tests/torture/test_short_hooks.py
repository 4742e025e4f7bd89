"""The torture of what programs deliver, in its short form."""

from torture import hooks
from torture.test_torture_short import assert_kept


def test_nothing_forged_is_taken_and_nothing_genuine_twice() -> None:
    assert_kept(hooks.run(2))


def test_a_bot_killed_while_programs_deliver_counts_all_of_it_once() -> None:
    assert_kept(hooks.killed(2))
