"""A real store in a temporary folder."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from factories import HandClock
from shelf import SHELF, TABLES

from store import Store, open_store
from store.database import Database
from store.documents import Documents


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "marko-data" / "marko.db"


@pytest.fixture
def store(path: Path, clock: HandClock) -> Iterator[Store]:
    opened = open_store(path, clock)
    yield opened
    opened.close()


@pytest.fixture
def documents(tmp_path: Path) -> Iterator[Documents]:
    """Our TinyDB on the shelf's tables, inside one open write transaction."""
    database = Database(tmp_path / "shelf.db")
    with database.writing() as connection:
        SHELF.create_all(connection)
        yield Documents(connection, TABLES)
    database.close()
