"""A server that did what it was asked, and whose answer was lost on the way: what was kept is worked on."""

import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import factories
import psycopg
import pytest
from factories import HandClock
from postgres_server import PASSWORD, schema_or_skip
from remembered import KEY

from engine.errors import StoreTrouble
from store import Store, open_store


class Between:
    """Stands between a bot and its server; ``loses`` the answer to the next commit, and with it the line."""

    def __init__(self, address: str) -> None:
        with psycopg.connect(address) as known:
            self._port = known.info.port
        self._door = socket.create_server(("127.0.0.1", 0))
        self.port = self._door.getsockname()[1]
        self.loses = threading.Event()
        threading.Thread(target=self._welcome, daemon=True).start()

    def close(self) -> None:
        self._door.close()

    def _welcome(self) -> None:
        while True:
            try:
                client, _ = self._door.accept()
            except OSError:
                return
            threading.Thread(target=self._carry, args=(client,), daemon=True).start()

    def _carry(self, client: socket.socket) -> None:
        server = socket.create_connection(("127.0.0.1", self._port))
        with client, server, selectors.DefaultSelector() as either:
            either.register(client, selectors.EVENT_READ, server)
            either.register(server, selectors.EVENT_READ, client)
            lost = False
            while True:
                for key, _ in either.select():
                    data = key.fileobj.recv(65_536)  # type: ignore[union-attr]
                    if not data or (lost and key.fileobj is server):
                        return
                    if key.fileobj is client and b"COMMIT\0" in data and self.loses.is_set():
                        self.loses.clear()
                        lost = True
                    key.data.sendall(data)


@pytest.fixture
def address() -> Iterator[str]:
    yield from schema_or_skip()


@pytest.fixture
def between(address: str) -> Iterator[Between]:
    made = Between(address)
    yield made
    made.close()


@pytest.fixture
def store(address: str, between: Between, tmp_path: Path) -> Iterator[Store]:
    options = address[address.index("options=") :]
    place = f"postgresql://marko:{PASSWORD}@127.0.0.1:{between.port}/marko?{options}"
    made = open_store(place, HandClock(), ledger_key=KEY, folder=tmp_path)
    yield made
    made.close()


def losing(between: Between, write: Callable[[], object]) -> None:
    between.loses.set()
    with pytest.raises(StoreTrouble, match="nobody knows"):
        write()


def test_what_was_accepted_without_our_knowing_is_taken_up_by_the_heartbeat(
    store: Store, between: Between
) -> None:
    losing(between, lambda: store.inbox.accept(factories.delivery()))
    assert not store.inbox.accept(factories.delivery())  # as Slack sends it again
    store.inbox.renew()
    assert store.inbox.claim(5) == [factories.delivery()]


def test_what_was_claimed_without_our_knowing_is_claimed_again(store: Store, between: Between) -> None:
    store.inbox.accept(factories.delivery())
    store.inbox.hand_over()
    losing(between, lambda: store.inbox.claim(5))
    store.inbox.renew()
    assert store.inbox.claim(5) == [factories.delivery()]


def test_what_is_in_hand_is_not_taken_twice_however_often_it_comes(store: Store) -> None:
    assert [store.inbox.accept(factories.delivery()) for _ in range(3)] == [True, False, False]
    store.inbox.renew()
    assert store.inbox.claim(5) == []
