"""Deliveries worked off: what only failed now is tried again, a kill loses none, and each ends once."""

import json
import sys
from collections.abc import Iterator
from contextlib import ExitStack
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from engine_values import body
from factories import MONDAY, HandClock
from hook_sender import export

from bot.app import build_engine
from bot.mailroom import MOST_ATTEMPTS, Mailroom
from bot.reading_room import READER, ReadingRoom, RoomClosed
from bot.settings import read_settings
from engine.engine import Engine
from engine.models.hook import HookDelivery
from store import Store, open_store

CHANNEL = "C0GROWTH"
# Children that end in the middle of a file, and that would need more memory than there is.
BROKEN = (sys.executable, "-c", "import sys; sys.stdin.readline()")
FULL = (sys.executable, "-c", 'import sys; sys.stdin.readline(); print(\'{"error": "memory"}\')')


class House:
    """The parts around a mailroom on one memory; ``command`` is what reads. A second one is the next run."""

    def __init__(self, folder: Path, clock: HandClock, *, command: tuple[str, ...] = READER) -> None:
        settings = read_settings({"MARKO_DATA_DIR": str(folder), "MARKO_OUTPUT_DIR": str(folder / "output")})
        folder.mkdir(exist_ok=True)
        self.clock = clock
        self.store: Store = open_store(settings.database, clock)
        self.engine: Engine = build_engine(settings, self.store, clock)
        self.room = ReadingRoom(folder / "reading", command=command)
        self.mailroom = Mailroom(self.store.hooks, self.engine, self.room, clock=clock, channel=CHANNEL)

    def deliver(
        self, identifier: str, body: bytes, *, source: str = "n8n-meta", file: str = "march.csv"
    ) -> str:
        accepted = self.mailroom.accept(source, identifier, body, file=file, media="text/csv")
        assert accepted.status == "accepted"
        return accepted.id

    def held(self, identifier: str) -> HookDelivery:
        with self.store.memory.reading() as reading:
            found = reading.hook(identifier)
        assert found is not None
        return found

    def deeds(self) -> list[str]:
        with self.store.memory.reading() as reading:
            return [each.deed for each in reading.ledger()]

    def posted(self) -> list[str]:
        """The keys of what goes out, whenever it does."""
        taken = self.store.outbox.claim(now=self.clock.now() + timedelta(days=1), limit=99)
        return [each.intent.key for each in taken]

    def close(self) -> None:
        self.room.close()
        self.mailroom.stop()
        self.engine.close()
        self.store.close()


@pytest.fixture
def clock() -> HandClock:
    return HandClock(MONDAY)


@pytest.fixture
def open_house(tmp_path: Path, clock: HandClock) -> Iterator[Any]:
    with ExitStack() as houses:

        def open_it(**more: Any) -> House:
            made = House(tmp_path / "data", clock, **more)
            houses.callback(made.close)
            return made

        yield open_it


def test_what_was_delivered_is_counted_and_told_once(open_house: Any) -> None:
    house = open_house()
    one = house.deliver("msg_1", export("lamp", spend=20))
    two = house.deliver("msg_2", export("sofa", spend=30))
    assert house.mailroom.work_off() == 2
    assert [house.held(each).outcome for each in (one, two)] == ["taken", "taken"]
    burst = house.engine.hook_burst(f"hooks:{one}")
    assert burst is not None
    assert (burst.deliveries, burst.taken, burst.campaigns) == (2, 2, 2)
    assert {code: str(amount) for code, amount in burst.spend.items()} == {"EUR": "100.000000"}
    assert house.posted() == [f"hooks:{one}"]
    assert house.mailroom.work_off() == 0


def test_a_reader_that_fails_is_tried_again_less_and_less_often_and_then_told(
    open_house: Any, clock: HandClock
) -> None:
    house = open_house(command=BROKEN)
    identifier = house.deliver("msg_1", export())
    waits = []
    for _ in range(MOST_ATTEMPTS - 1):
        assert house.mailroom.work_off() == 1
        until = house.held(identifier).not_before
        waits.append((until - clock.now()).total_seconds())
        clock.forward(seconds=waits[-1] - 1)
        assert house.mailroom.work_off() == 0
        clock.forward(seconds=1)
    assert waits == [5, 15, 45, 135, 405, 1215, 3600]
    assert house.mailroom.work_off() == 1
    found = house.held(identifier)
    assert (found.status, found.attempts) == ("dead", MOST_ATTEMPTS)
    assert "It is no fault of the file." in found.reason
    assert house.store.hooks.content(identifier) == export()


def test_what_needs_too_much_memory_is_told_at_once(open_house: Any) -> None:
    house = open_house(command=FULL)
    identifier = house.deliver("msg_1", export())
    house.mailroom.work_off()
    assert house.held(identifier).status == "dead"
    assert "Send a shorter range." in house.held(identifier).reason


def test_after_a_stop_in_the_middle_the_next_run_goes_on(open_house: Any) -> None:
    first = open_house()
    identifier = first.deliver("msg_1", export())
    first.room.close()
    with pytest.raises(RoomClosed):
        first.mailroom.work_off()
    first.close()
    second = open_house()
    assert (second.held(identifier).status, second.held(identifier).attempts) == ("waiting", 0)
    second.mailroom.work_off()
    assert second.held(identifier).outcome == "taken"
    assert second.deeds().count("import_done") == 1


def test_killed_after_the_rows_were_counted_it_is_settled_and_counted_no_second_time(open_house: Any) -> None:
    house = open_house()
    identifier = house.deliver("msg_1", export())
    delivery = house.store.hooks.claim(now=house.clock.now())
    assert delivery is not None
    house.mailroom._read(delivery)  # and here the bot is killed
    before = house.engine.data_known()
    next_run = open_house()
    next_run.mailroom.work_off()
    assert next_run.held(identifier).outcome == "taken"
    assert next_run.engine.data_known() == before
    assert next_run.deeds().count("import_done") == 1


def test_the_same_money_by_another_file_waits_for_a_word(open_house: Any) -> None:
    house = open_house()
    house.deliver("msg_1", export("lamp"))
    twin = house.deliver("msg_2", export("lamp renamed"), file="again.csv")
    house.mailroom.work_off()
    found = house.held(twin)
    assert found.status == "double"
    assert "Same money as march.csv" in found.reason
    assert house.engine.hook_letters(9).total == 1
    counted = house.engine.retry_hook(twin, by="U0MEMBER")
    assert (counted.status, counted.outcome) == ("done", "taken")
    assert sum(each.campaigns for each in house.engine.data_known()) == 2
    assert house.engine.retry_hook(twin, by="U0MEMBER") is None
    assert "hook_counted" in house.deeds()


def test_what_is_open_is_refused_with_the_way_out_and_read_anew_on_retry(open_house: Any) -> None:
    house = open_house()
    plain = export(header="Day,Campaign name,Impressions,Link clicks,Amount spent,Results")
    identifier = house.deliver("msg_1", plain)
    house.mailroom.work_off()
    found = house.held(identifier)
    assert found.status == "dead"
    assert found.reason == (
        "Which currency is Amount spent? Nothing is stored yet. "
        "Name the currency in the column, as Spend (EUR), or as currency beside the rows of JSON."
    )
    assert house.engine.data_known() == ()
    house.engine.retry_hook(identifier, by="U0MEMBER")
    assert house.held(identifier).status == "waiting"
    house.mailroom.work_off()
    assert house.held(identifier).status == "dead"
    assert house.deeds().count("hook_dead") == 2
    assert [each.state for each in imports(house)] == ["refused", "refused"]


def imports(house: House) -> list[Any]:
    with house.store.memory.reading() as reading:
        return list(reading.recent_imports(9))


def test_no_card_goes_to_a_channel_that_is_none(open_house: Any) -> None:
    house = open_house()
    house.deliver("msg_1", json.dumps(body()).encode(), file="one.json")
    rejected = export() + b"2026-03-04,lamp-sale,10,40,20.00,2\n"
    house.deliver("msg_2", rejected)
    house.mailroom.work_off()
    assert [each.split(":")[0] for each in house.posted()] == ["hooks"]


def test_what_a_delivery_holds_is_in_no_line_of_the_ledger(open_house: Any) -> None:
    house = open_house()
    house.deliver("msg_1", export("secret-campaign"))
    house.deliver("msg_2", b"hello,world\n1,2\n")
    house.mailroom.work_off()
    with house.store.memory.reading() as reading:
        told = [each for each in reading.ledger() if each.deed.startswith("hook_")]
    assert [each.deed for each in told] == ["hook_accepted", "hook_accepted", "hook_dead"]
    assert not any("secret-campaign" in str(each.detail) for each in told)
    assert {each.actor for each in told} == {"hook:n8n-meta", "marko"}
