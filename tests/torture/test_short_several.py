"""The short form of what several bots, processes and threads do at once."""

import pytest
from postgres_server import server_or_skip

from torture import schedulers, several, writers
from torture.result import Result


@pytest.fixture
def _a_server() -> None:
    """Skip without PostgreSQL, as the store's tests do."""
    server_or_skip()


def assert_kept(result: Result) -> None:
    assert result.tried > 0
    assert result.failed == 0, result.notes


def test_processes_and_threads_that_write_one_file_at_once_lose_nothing() -> None:
    assert_kept(writers.on_a_file(10))


@pytest.mark.usefixtures("_a_server")
def test_processes_and_threads_that_write_one_server_at_once_lose_nothing() -> None:
    assert_kept(writers.on_a_server(10))


def test_a_second_bot_on_one_file_refuses_while_shell_commands_work() -> None:
    assert_kept(writers.second_bot(2))


@pytest.mark.usefixtures("_a_server")
def test_two_schedulers_on_one_server_claim_each_slot_once() -> None:
    assert_kept(schedulers.on_a_server(5))


@pytest.mark.usefixtures("_a_server")
def test_two_bots_of_which_one_is_killed_while_it_sends_post_each_digest_once() -> None:
    assert_kept(several.digests(2))


@pytest.mark.usefixtures("_a_server")
def test_twenty_clicks_told_to_two_bots_of_which_one_is_killed_decide_once() -> None:
    assert_kept(several.clicks(1))
