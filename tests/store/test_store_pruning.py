"""What is over is removed little by little; what is unfinished, or says "once for all time", stays."""

from collections.abc import Callable
from datetime import timedelta

from factories import MONDAY, HandClock

from engine.models.delivery import Delivery, Intent, IntentKind, Often
from store import Store

TWICE = Often(person=2, channel=3)


def accept(store: Store, key: str, clock: HandClock) -> bool:
    delivery = Delivery(key=key, kind="event", name="message", payload={}, received_at=clock.now())
    return store.inbox.accept(delivery)


def post(store: Store, kind: IntentKind, key: str, clock: HandClock, *, sent: bool = True) -> None:
    with store.memory.unit() as unit:
        assert unit.post(Intent(key=key, kind=kind, record="rec_1", channel="C0"))
    if sent:
        assert store.outbox.claim(now=clock.now(), limit=5)
        store.outbox.sent(key)


def test_a_done_delivery_goes_after_thirty_days_and_its_key_is_known_until_then(
    another: Callable[[], Store], clock: HandClock
) -> None:
    store = another()
    assert accept(store, "done", clock)
    assert accept(store, "at work", clock)
    store.inbox.finish("done")
    clock.forward(seconds=30 * 86_400)
    assert store.prune(clock.now()) == 0
    assert not accept(store, "done", clock)
    clock.forward(seconds=1)
    assert store.prune(clock.now()) == 1
    assert accept(store, "done", clock)
    assert not accept(store, "at work", clock)


def test_sent_redraws_go_after_ninety_days_and_a_welcome_never(
    another: Callable[[], Store], clock: HandClock
) -> None:
    store = another()
    post(store, "redraw", "redraw:1", clock)
    post(store, "welcome", "welcome:C0", clock)
    post(store, "redraw", "redraw:2", clock, sent=False)
    clock.forward(seconds=91 * 86_400)
    assert store.prune(clock.now()) == 1
    assert store.outbox.state("redraw:1") is None
    assert store.outbox.state("welcome:C0") == ("sent", "")
    assert store.outbox.state("redraw:2") == ("pending", "")


def test_an_old_row_behind_hundreds_that_stay_is_reached_in_the_end(
    another: Callable[[], Store], clock: HandClock
) -> None:
    store = another()
    for number in range(205):
        post(store, "welcome", f"welcome:{number}", clock)
    post(store, "redraw", "redraw:1", clock)
    clock.forward(seconds=91 * 86_400)
    assert [store.prune(clock.now()) for _ in range(3)] == [0, 1, 0]


def test_one_more_than_fits_is_refused_until_the_first_is_a_minute_old(
    another: Callable[[], Store], clock: HandClock
) -> None:
    tally = another().tally

    def take(key: str, person: str = "U1", channel: str | None = "C1") -> tuple[int, float] | None:
        return tally.take(key, "analyses", person=person, channel=channel, now=clock.now(), often=TWICE)

    assert take("first") is None
    clock.forward(seconds=20)
    assert take("second") is None
    assert take("third") == (2, 40.0)
    assert take("second") is None  # worked on again after a kill: counted once
    assert take("hers", "U2") is None
    assert take("his", "U3") == (3, 40.0)  # the channel's share is used up
    assert take("elsewhere", "U3", "C2") is None
    clock.forward(seconds=40)
    assert take("third") is None


def test_two_bots_count_together_and_an_hour_later_nothing_is_left(
    another: Callable[[], Store], clock: HandClock
) -> None:
    one, other = another(), another()

    def take(store: Store, key: str) -> bool:
        often = store.tally.take(key, "questions", person="U1", channel=None, now=clock.now(), often=TWICE)
        return often is None

    assert [take(one, "1"), take(other, "2"), take(one, "3"), take(other, "4")] == [True, True, False, False]
    clock.forward(seconds=3_601)
    assert one.prune(clock.now()) == 2
    assert MONDAY + timedelta(seconds=3_601) == clock.now()
