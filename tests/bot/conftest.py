"""Fixtures for the bot's tests: a team in a sandbox of its own."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bot_team import Team


@pytest.fixture
def team(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Team]:
    """The sandbox with its sample history, and people in it; a test may ask for it by HTTP too."""
    made = Team(tmp_path, mode=getattr(request, "param", "socket"))
    yield made
    made.close()
