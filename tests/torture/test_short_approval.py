"""The torture of who may approve, in its short form; in Slack, over the socket and by HTTP."""

from torture import approval, pressed
from torture.test_torture_short import assert_kept


def test_nobody_approves_who_may_not_wherever_they_press_and_whatever_is_set() -> None:
    assert_kept(approval.run(30))


def test_whoever_may_not_approve_is_told_so_alone_and_nothing_changes() -> None:
    assert_kept(pressed.run(1))
