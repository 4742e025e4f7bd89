"""What a search select offers is ready at once: the newest there is, while a newer one is made beside."""

import json
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event
from typing import Any, cast

from engine_values import body

from engine.catalogue import Catalogue
from engine.choices import PLATFORMS
from engine.engine import Engine
from engine.models.daily import RowCampaign
from engine.models.retrospective import Retrospective, Titled
from engine.ports import Memory, Reading
from store import Store

PATIENCE_S = 20


class Slow:
    """The memory on a disk that gives what campaigns are called only when it may."""

    def __init__(self, memory: Memory) -> None:
        self._memory = memory
        self.may, self.asked = Event(), Event()

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        with self._memory.reading() as reading:
            yield cast("Reading", _SlowReading(reading, self))


class _SlowReading:
    def __init__(self, reading: Reading, disk: Slow) -> None:
        self._reading, self._disk = reading, disk

    def generation(self) -> int:
        return self._reading.generation()

    def titles(self) -> list[Titled]:
        self._disk.asked.set()
        assert self._disk.may.wait(PATIENCE_S)
        return self._reading.titles()

    def row_campaigns(self) -> list[RowCampaign]:
        return self._reading.row_campaigns()

    def links(self) -> dict[str, str]:
        return self._reading.links()


def labels(catalogue: Catalogue) -> list[str]:
    return [label for _, label, _ in catalogue.now().entries]


def submit(engine: Engine, *names: str, **changed: Any) -> None:
    engine.submit(
        json.dumps([body(campaign_id=each, **changed) for each in names]), source=None, asked_by=None
    )


def test_nobody_waits_for_what_is_being_made_and_meanwhile_the_last_is_offered(
    engine: Engine, store: Store
) -> None:
    disk = Slow(store.memory)
    catalogue = Catalogue(cast("Memory", disk))
    submit(engine, "spring-sale")
    assert labels(catalogue) == []  # cold: nothing yet, but at once
    disk.may.set()
    catalogue.prepare().result()
    assert labels(catalogue) == ["spring-sale"]
    disk.may.clear()
    disk.asked.clear()
    submit(engine, "beach-video")
    assert labels(catalogue) == ["spring-sale"]
    assert disk.asked.wait(PATIENCE_S)
    assert labels(catalogue) == ["spring-sale"]
    disk.may.set()
    catalogue.prepare().result()
    assert sorted(labels(catalogue)) == ["beach-video", "spring-sale"]
    catalogue.close()


def test_while_nothing_is_ready_common_platforms_are_offered_and_the_dialog_knows_that_something_is_known(
    engine: Engine,
) -> None:
    assert not engine.knows_campaigns()
    assert [each.value for each in engine.platform_choices("")] == list(PLATFORMS)
    submit(engine, "spring-sale")
    assert engine.knows_campaigns()


def test_what_cannot_be_read_is_in_the_log_and_asked_for_again(
    engine: Engine, store: Store, caplog: Any
) -> None:
    submit(engine, "spring-sale")
    catalogue = Catalogue(store.memory)
    catalogue.prepare().result()
    with store._database.writing() as connection:
        connection.exec_driver_sql("UPDATE performance_logs SET body = 'torn'")
        connection.exec_driver_sql("UPDATE counters SET value = value + 1 WHERE name = 'generation'")
    catalogue.prepare().result()
    assert labels(catalogue) == ["spring-sale"]
    assert "the choices could not be brought up to date" in caplog.text
    catalogue.close()


def test_titles_say_of_every_window_what_the_whole_of_it_says(engine: Engine, store: Store) -> None:
    submit(engine, "a@b", "c..d@2026", name="Spring Sale", platform="Meta")
    submit(engine, "unnamed", platform="TikTok", timestamp="2026-03-01T23:30:00-05:00")

    def told_of(each: Retrospective | Titled) -> tuple[str, str, str, str]:
        return each.key, each.campaign_key, each.name, str(each.last_day)

    with store.memory.reading() as reading:
        whole = sorted(told_of(each) for each in reading.retrospectives())
        assert sorted(told_of(each) for each in reading.titles()) == whole
    assert len(whole) == 3
