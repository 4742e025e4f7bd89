"""The torture of what goes out, in its short form."""

from torture import carrying, inside
from torture.test_torture_short import assert_kept


def test_no_spelling_resolver_redirect_or_proxy_reaches_inside() -> None:
    assert_kept(inside.run(1))


def test_a_bot_killed_while_it_carries_out_does_each_change_once() -> None:
    assert_kept(carrying.with_lookup(4))


def test_where_nobody_can_be_asked_what_may_have_arrived_is_unknown_and_sent_once() -> None:
    assert_kept(carrying.without_lookup(4))
