"""The torture in its short form: the same runs, a few of each. ``make torture`` runs the full counts."""

import pytest

from torture import (
    accepted,
    acks,
    burst,
    clicks,
    clocks,
    digests,
    missed,
    outage,
    schedulers,
    writes,
)
from torture.__main__ import main
from torture.result import Result, counted


def assert_kept(result: Result) -> None:
    assert result.tried > 0
    assert result.failed == 0, result.notes


def test_writers_killed_among_engine_operations_lose_nothing_they_acknowledged() -> None:
    assert_kept(writes.run(4))


def test_a_bot_down_across_the_slot_sends_one_digest_on_time() -> None:
    assert_kept(missed.run(1))


def test_a_bot_killed_in_the_send_window_sends_each_digest_once() -> None:
    assert_kept(digests.run(3))


def test_two_schedulers_firing_together_claim_each_slot_once() -> None:
    assert_kept(schedulers.run(5))


def test_thirty_channels_due_in_one_second_get_thirty_digests() -> None:
    assert_kept(burst.run(1))


def test_monday_nine_stays_monday_nine_when_clocks_change() -> None:
    assert_kept(clocks.run(2))


def test_three_weeks_down_are_one_late_digest() -> None:
    assert_kept(outage.run(1))


def test_commands_are_acknowledged_while_every_worker_is_stuck() -> None:
    assert_kept(acks.run(1))


def test_what_a_killed_bot_accepted_goes_on_and_acts_once() -> None:
    assert_kept(accepted.run(3))


def test_marko_run_killed_and_started_again_posts_each_card_once() -> None:
    assert_kept(accepted.marko_run(1))


def test_four_people_deciding_at_once_make_one_decision() -> None:
    assert_kept(clicks.run(20))


def test_four_clicks_in_slack_make_one_decision() -> None:
    assert_kept(clicks.through_slack(1))


def test_a_broken_promise_is_counted_named_and_ends_the_torture_with_1(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr("torture.__main__.ROWS", ())
    assert main([]) == 0
    broken = counted(9, [f"digest {number} is missing" for number in range(7)])
    assert broken.failed == 7
    assert broken.notes.endswith("digest 4 is missing; and 2 more")
    assert "promise" in capsys.readouterr().out
