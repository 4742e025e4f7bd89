"""What a digest claims is taken back where it stands, also when it was on its way meanwhile."""

from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from threading import Barrier
from typing import Any

import pytest
from factories import APPROVER, CHANNEL, HandClock, view
from history import SPRING, STUDENTS, campaign, campaigns, contradicted, hand_in

from engine.digests import TRIES
from engine.engine import Engine
from engine.models.answer import Person
from engine.models.delivery import Intent
from engine.models.digest import Digest
from store import Store

MONDAY_NINE = datetime(2026, 3, 30, 7, 0, tzinfo=UTC)
ME = Person(id=APPROVER)


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY_NINE)


def asked_for(engine: Engine) -> Digest:
    return engine.post_digest_now(CHANNEL, by=APPROVER, key="first")


def claims(digest: Digest) -> list[str]:
    return [each.signal for each in digest.learned]


def on_its_way(store: Store, clock: HandClock, kind: str) -> list[Intent]:
    items = store.outbox.claim(now=clock.now(), limit=99)
    return [each.intent for each in items if each.intent.kind == kind]


def arrives(engine: Engine, digest: Digest) -> None:
    """Slack took the digest."""
    engine.digest_sent(digest.id, view(digest.id, kind="digest", channel=CHANNEL, ts="17.1"))


# The digest waited while the claim was retracted


def test_a_claim_that_was_retracted_while_its_digest_waited_is_taken_back_in_its_thread(
    engine: Engine, store: Store, clock: HandClock
) -> None:
    hand_in(engine, campaigns(SPRING, 0.7))
    digest = asked_for(engine)
    assert claims(digest) == ["audience:students"]
    clock.forward(hours=1)
    hand_in(engine, contradicted())
    assert on_its_way(store, clock, "retraction") == []  # there is no thread yet
    arrives(engine, digest)
    (intent,) = on_its_way(store, clock, "retraction")
    assert (intent.record, intent.channel, intent.ts) == (STUDENTS, CHANNEL, "17.1")
    assert engine.mistake_told(STUDENTS, channel=CHANNEL, ts="17.1").said == digest.learned[0]


def test_it_is_taken_back_once_however_often_the_arrival_is_worked_on(
    engine: Engine, store: Store, clock: HandClock
) -> None:
    hand_in(engine, campaigns(SPRING, 0.7))
    digest = asked_for(engine)
    hand_in(engine, contradicted())
    arrives(engine, digest)
    engine.object_to(STUDENTS, by=ME, note="ours are teachers")
    arrives(engine, digest)
    assert len(on_its_way(store, clock, "retraction")) == 1


def test_a_claim_that_still_stands_is_not_taken_back(engine: Engine, store: Store, clock: HandClock) -> None:
    hand_in(engine, campaigns(SPRING, 0.7))
    digest = asked_for(engine)
    arrives(engine, digest)
    assert on_its_way(store, clock, "retraction") == []
    assert [each.ts for each in engine.views(digest.id)] == ["17.1"]


def test_an_older_digest_answers_although_a_newer_one_is_still_on_its_way(
    engine: Engine, store: Store, clock: HandClock
) -> None:
    hand_in(engine, campaigns(SPRING, 0.7))
    arrives(engine, asked_for(engine))
    clock.forward(hours=1)
    newer = engine.post_digest_now(CHANNEL, by=APPROVER, key="second")
    clock.forward(hours=1)
    hand_in(engine, contradicted())
    engine.digest_sent(newer.id, view(newer.id, kind="digest", channel=CHANNEL, ts="17.2"))
    assert [each.ts for each in on_its_way(store, clock, "retraction")] == ["17.1", "17.2"]


def test_arriving_and_retracting_at_once_takes_it_back_once(
    engine: Engine, store: Store, clock: HandClock
) -> None:
    hand_in(engine, campaigns(SPRING, 0.7))
    digest = asked_for(engine)
    hand_in(engine, contradicted()[:-1])
    last, together = contradicted()[-1], Barrier(2)

    def at_once(deed: Callable[[], None]) -> None:
        together.wait()
        deed()

    deeds: list[Callable[[], None]] = [lambda: arrives(engine, digest), lambda: hand_in(engine, [last])]
    with ThreadPoolExecutor(2) as pool:
        list(pool.map(at_once, deeds))
    assert len(on_its_way(store, clock, "retraction")) == 1


# The claim was retracted, or doubted, while the digest was composed


def overtaken(engine: Engine, deed: Callable[[int], None], *, times: int = 1) -> None:
    """Let somebody do something after each of the first looks, before the edition is kept."""
    compose, looks = engine._compose, iter(range(times))

    def composed(*args: Any, **keywords: Any) -> Digest:
        digest = compose(*args, **keywords)
        look = next(looks, None)
        if look is not None:
            with ThreadPoolExecutor(1) as somebody:
                somebody.submit(deed, look).result()
        return digest

    engine._compose = composed  # type: ignore[method-assign]


def test_a_claim_that_is_retracted_while_a_digest_is_composed_is_not_in_it(
    engine: Engine, store: Store, clock: HandClock
) -> None:
    hand_in(engine, campaigns(SPRING, 0.7))
    overtaken(engine, lambda _: hand_in(engine, contradicted()))
    digest = asked_for(engine)
    assert "audience:students" not in claims(digest)
    assert engine.digest(digest.id) == digest
    assert len(on_its_way(store, clock, "digest")) == 1


def test_a_due_digest_looks_again_where_something_changed(
    engine: Engine, store: Store, clock: HandClock
) -> None:
    engine.subscribe(CHANNEL, weekday=0, at="09:00", by=APPROVER)
    clock.forward(days=7)
    hand_in(engine, campaigns(SPRING, 0.7))
    overtaken(engine, lambda _: hand_in(engine, contradicted()))
    assert engine.post_due_digests() == 1
    (intent,) = on_its_way(store, clock, "digest")
    digest = engine.digest(intent.record)
    assert digest
    assert "audience:students" not in claims(digest)
    assert engine.post_due_digests() == 0


def test_a_doubt_that_comes_while_a_digest_is_composed_counts(engine: Engine) -> None:
    hand_in(engine, campaigns(SPRING, 0.7))

    def doubt(_: int) -> None:
        engine.object_to(STUDENTS, by=ME, note="ours are teachers")

    overtaken(engine, doubt)
    assert "audience:students" not in claims(asked_for(engine))


def test_while_figures_stream_in_a_digest_comes_out_all_the_same(engine: Engine) -> None:
    hand_in(engine, campaigns(SPRING, 0.7))
    before = engine.preview_digest(CHANNEL).campaigns
    overtaken(
        engine,
        lambda look: hand_in(engine, [campaign(f"more-{look}", "retirees", SPRING, 1.0)]),
        times=TRIES,
    )
    assert asked_for(engine).campaigns == before
    assert asked_for(engine).known_campaigns == 8 + TRIES
