"""One bot for each file of tests: by HTTP, with the sample history."""

from collections.abc import Iterator

import httpx
import pytest
from bot_team import Team
from web_room import TOKEN, client


@pytest.fixture(scope="module")
def team(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Team]:
    made = Team(tmp_path_factory.mktemp("web"), mode="http", MARKO_API_TOKEN=TOKEN)
    yield made
    made.close()


@pytest.fixture(scope="module")
def api(team: Team) -> Iterator[httpx.Client]:
    """Carries the token."""
    with client(team) as opened:
        yield opened


@pytest.fixture(scope="module")
def stranger(team: Team) -> Iterator[httpx.Client]:
    """Carries nothing."""
    with client(team, keyed=False) as opened:
        yield opened
