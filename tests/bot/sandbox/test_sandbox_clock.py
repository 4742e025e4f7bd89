"""The movable clock, and the two kinds of time in the sandbox."""

from collections.abc import Callable
from datetime import UTC, datetime

import pytest

from bot.sandbox.clock import MovableClock, next_monday_0900
from bot.sandbox.passes import Passes
from bot.sandbox.server import SandboxServer

FRIDAY = datetime(2026, 3, 27, 15, 0, tzinfo=UTC)


def clock_at(moment: datetime) -> MovableClock:
    return MovableClock("Europe/Madrid", real_now=lambda: moment)


@pytest.mark.parametrize(
    ("now", "monday"),
    [
        # Summer time begins on Sunday 29 March 2026: 09:00 in Madrid is then 07:00 in UTC.
        (FRIDAY, datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),
        (datetime(2026, 3, 23, 7, 59, tzinfo=UTC), datetime(2026, 3, 23, 8, 0, tzinfo=UTC)),
        (datetime(2026, 3, 23, 8, 0, tzinfo=UTC), datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),
        # In Madrid it is Monday already.
        (datetime(2026, 3, 29, 22, 30, tzinfo=UTC), datetime(2026, 3, 30, 7, 0, tzinfo=UTC)),
    ],
)
def test_monday_0900_is_strictly_after_now_and_counted_on_the_wall(now: datetime, monday: datetime) -> None:
    assert next_monday_0900(now, "Europe/Madrid") == monday


def test_moves_add_up_and_listeners_hear_each_with_the_new_time() -> None:
    clock, heard = clock_at(FRIDAY), []
    clock.listen(lambda: heard.append(clock.now()))
    clock.jump("one_hour")
    clock.jump("three_days")
    clock.jump("monday_0900")
    assert heard == [
        datetime(2026, 3, 27, 16, 0, tzinfo=UTC),
        datetime(2026, 3, 30, 16, 0, tzinfo=UTC),
        datetime(2026, 4, 6, 7, 0, tzinfo=UTC),
    ]


@pytest.mark.parametrize("seconds", [0, -1, float("nan")])
def test_the_clock_never_moves_back_or_stands(seconds: float) -> None:
    with pytest.raises(ValueError, match="only moves forward"):
        clock_at(FRIDAY).move(seconds=seconds)


def test_an_unknown_move_names_the_known_ones() -> None:
    with pytest.raises(ValueError, match="monday_0900, three_days, one_hour"):
        clock_at(FRIDAY).jump("friday")


def test_messages_carry_the_sandboxs_time_and_never_share_a_moment(server: SandboxServer) -> None:
    first = server.workspace.post("C0GROWTH", "U0MEMBER", "now")
    server.clock.move(seconds=86_400)
    later = [server.workspace.post("C0GROWTH", "U0MEMBER", "tomorrow").ts for _ in range(500)]
    assert float(later[0]) - float(first.ts) >= 86_400
    assert later == sorted(set(later))


def test_a_trigger_lives_in_real_time_and_survives_a_move_of_the_clock(
    start: Callable[..., SandboxServer],
) -> None:
    real = [100.0]
    passes = Passes(lambda: real[0])
    server = start(passes=passes)
    first, second = passes.trigger("U0APPROVER"), passes.trigger("U0APPROVER")
    server.clock.jump("three_days")
    assert passes.use_trigger(first)[1] == ""
    real[0] += 3.1
    assert passes.use_trigger(second) == (None, "expired_trigger_id")


def test_moving_the_clock_at_the_page_calls_the_listeners_and_tells_everybody(
    start: Callable[..., SandboxServer], people: Callable
) -> None:
    woken: list[str] = []
    server = start(clock_listeners=[lambda: woken.append("tick")])
    approver = people(server, "U0APPROVER")
    before = server.clock.now()
    answer = approver.post("clock", move="three_days").json()
    assert woken == ["tick"]
    assert (server.clock.now() - before).days == 3
    assert answer["clock"]["offset_seconds"] == 3 * 86_400
    assert [one.type for one in server.workspace.journal.since(0)][-1] == "clock"
    assert approver.post("clock", seconds=-5).status_code == 400
    assert approver.post("clock", move="friday").status_code == 400
