"""Fixtures for the bot's tests: a team in a sandbox of its own, or the bot's parts and a Slack to talk to."""

from collections.abc import Iterator
from pathlib import Path

import pytest
from bot_team import Team
from office import Office, ScriptedSlack, new_channel

from bot.sandbox.server import SandboxServer


@pytest.fixture
def team(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Team]:
    """The sandbox with its sample history, and people in it; a test may ask for it by HTTP too.

    A module whose campaigns are of another day says so with ``AT``.
    """
    made = Team(tmp_path, mode=getattr(request, "param", "socket"), at=getattr(request.module, "AT", None))
    yield made
    made.close()


@pytest.fixture(scope="module")
def slack() -> Iterator[SandboxServer]:
    """A sandbox without a bot in it; each test takes a channel of its own."""
    with SandboxServer() as server:
        yield server


@pytest.fixture
def channel(slack: SandboxServer) -> str:
    return new_channel(slack)


@pytest.fixture
def office(slack: SandboxServer, tmp_path: Path) -> Iterator[Office]:
    """The bot's parts on that sandbox, without their threads."""
    made = Office(tmp_path, slack.api_url)
    yield made
    made.close()


@pytest.fixture
def scripted() -> Iterator[ScriptedSlack]:
    made = ScriptedSlack()
    yield made
    made.close()
