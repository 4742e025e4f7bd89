"""Slack's delivery under torture, in its short form."""

from torture import mentions, slow_slack, sockets
from torture.test_torture_short import assert_kept


def test_a_socket_that_is_reset_cut_closed_or_silent_is_back_within_fifteen_seconds() -> None:
    assert_kept(sockets.back(1))


def test_a_command_just_after_a_disconnect_is_acknowledged_while_the_old_socket_stays_open() -> None:
    assert_kept(sockets.left_open(2))


def test_a_mention_told_four_times_across_a_restart_is_answered_once() -> None:
    assert_kept(mentions.run(1))


def test_thirty_digests_in_bad_weather_arrive_once_each() -> None:
    assert_kept(slow_slack.run(1))
