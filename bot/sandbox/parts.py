"""The parts of a running sandbox, handed from door to door."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from bot.sandbox.assistance import Assistance
from bot.sandbox.clock import MovableClock
from bot.sandbox.delivery import Delivery
from bot.sandbox.events import Events
from bot.sandbox.files import Files
from bot.sandbox.journal import Journal
from bot.sandbox.passes import Passes
from bot.sandbox.receiver import Receiver
from bot.sandbox.scopes import Scopes
from bot.sandbox.socket_link import SocketLinks
from bot.sandbox.switches import Switches
from bot.sandbox.traffic import Traffic
from bot.sandbox.views import Views
from bot.sandbox.workspace import Workspace


@dataclass(frozen=True)
class Parts:
    """All of them; `url` is the address of the server without a slash at its end."""

    url: str
    bot_token: str
    app_token: str
    commands: Sequence[dict[str, str]]
    guide: dict[str, Any]
    sample: Callable[[str], tuple[str, bytes] | None] | None
    clock: MovableClock
    journal: Journal
    workspace: Workspace
    views: Views
    files: Files
    passes: Passes
    switches: Switches
    scopes: Scopes
    receiver: Receiver
    traffic: Traffic
    assistance: Assistance
    links: SocketLinks
    delivery: Delivery
    events: Events
