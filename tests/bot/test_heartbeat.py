"""The heartbeat holds what is worked on, however long it takes, and whatever fails."""

import threading

import pytest
from bot_team import PATIENCE_S

from bot.heartbeat import Heartbeat
from engine.errors import StoreTrouble


def test_it_beats_until_it_is_stopped() -> None:
    beaten = threading.Semaphore(0)
    heart = Heartbeat([beaten.release], every_s=0.001)
    heart.start()
    for _ in range(5):
        assert beaten.acquire(timeout=PATIENCE_S)
    heart.stop()
    assert not heart._thread.is_alive()


@pytest.mark.parametrize("problem", [StoreTrouble("the server is away"), ArithmeticError("a mistake")])
def test_a_beat_that_fails_stops_neither_the_others_nor_the_next(problem: Exception) -> None:
    failed, beaten = threading.Semaphore(0), threading.Semaphore(0)

    def fail() -> None:
        failed.release()
        raise problem

    heart = Heartbeat([fail, beaten.release], every_s=0.001)
    heart.start()
    for _ in range(3):
        assert failed.acquire(timeout=PATIENCE_S)
        assert beaten.acquire(timeout=PATIENCE_S)
    heart.stop()
