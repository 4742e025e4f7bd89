"""A real store: in a temporary folder, and then again on PostgreSQL."""

from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path

import pytest
from factories import HandClock
from postgres_server import schema_or_skip
from remembered import KEY
from shelf import SHELF, TABLES

from store import Store, open_store
from store.database import Place, open_database
from store.documents import Documents


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Run whatever wants a ``place`` on both databases, or on the ``DATABASES`` of its class or module.

    What knows of the file's ``path`` is for SQLite alone.
    """
    if "place" in metafunc.fixturenames:
        known = ("sqlite",) if "path" in metafunc.fixturenames else ("sqlite", "postgresql")
        of_module = getattr(metafunc.module, "DATABASES", known)
        metafunc.parametrize("place", getattr(metafunc.cls, "DATABASES", of_module), indirect=True)


@pytest.fixture
def clock() -> HandClock:
    return HandClock()


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return _file(tmp_path)


@pytest.fixture
def place(request: pytest.FixtureRequest, tmp_path: Path) -> Iterator[Place]:
    """Where the memory of this test is; empty."""
    if request.param == "sqlite":
        yield _file(tmp_path)
    else:
        yield from schema_or_skip()


@pytest.fixture
def another(place: Place, tmp_path: Path, clock: HandClock) -> Iterator[Callable[[], Store]]:
    """Open the same memory once more, as another bot or a shell does; closed at the end."""
    opened: list[Store] = []

    def open_it() -> Store:
        opened.append(open_store(place, clock, ledger_key=KEY, folder=tmp_path))
        return opened[-1]

    yield open_it
    for each in opened:
        each.close()


@pytest.fixture
def store(another: Callable[[], Store]) -> Store:
    return another()


@pytest.fixture
def documents(place: Place) -> Iterator[Documents]:
    """Our TinyDB on the shelf's tables, inside one open write transaction."""
    with shelved(place) as found:
        yield found


@pytest.fixture
def documents_by_name(tmp_path: Path) -> Iterator[Callable[[str], Documents]]:
    """The same for who asks by the database's name."""
    with ExitStack() as opened:

        def give(database: str) -> Documents:
            postgres = contextmanager(schema_or_skip)
            place = opened.enter_context(postgres()) if database == "postgresql" else _file(tmp_path)
            return opened.enter_context(shelved(place))

        yield give


@contextmanager
def shelved(place: Place) -> Iterator[Documents]:
    database = open_database(place)
    with database.writing() as connection:
        SHELF.create_all(connection)
    with database.writing() as connection:
        yield Documents(connection, TABLES)
    with database.writing() as connection:
        SHELF.drop_all(connection)
    database.close()


def _file(folder: Path) -> Path:
    return folder / "marko-data" / "marko.db"
