"""``marko sandbox``: the local Slack, and the very same bot connected to it over Socket Mode.

The bot knows nothing of the sandbox: it is given an address and two tokens, as in a real workspace.
What they share is the clock.
"""

import errno
import sys
import tempfile
import threading
import webbrowser
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from datetime import datetime
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from bot.app import Marko
from bot.egress import place_of
from bot.manifest import commands, events, scopes
from bot.receivers import CHANGING, Receiver, Receivers
from bot.sandbox.clock import MovableClock
from bot.sandbox.receiver_door import LOOKUPS, ORDERS
from bot.sandbox.sample_exports import EXPORTS
from bot.sandbox.samples import SAMPLE_FILE, sample_file, sample_history
from bot.sandbox.server import SandboxServer
from bot.settings import Settings, SettingsError
from engine.errors import StoreTrouble

CONNECT_S = 30.0
PLATFORM_S = 3.0  # how long the sandbox's ad platform is waited for: somebody watches
DEFAULT_ZONE = "Europe/Madrid"
_GUEST = "Be the Guest (“Who I am”), press Approve: refused. Be the Approver, press it"
DECIDE, DECIDE_BY_HAND = f"{_GUEST}: done. Then Undo…", f"{_GUEST}, then Done."
FILES = [
    {"name": "meta-by-ad.csv", "label": "Meta, by ad"},
    {"name": "meta-ads.csv", "label": "Meta, two bad rows"},
    {"name": "google-kampagnen.csv", "label": "Google, in German"},
    {"name": "tiktok-by-day.csv", "label": "TikTok"},
    {"name": "outlet-sheet.csv", "label": "A sheet that asks"},
]
GUIDE: dict[str, Any] = {
    "title": "Try Marko",
    "text": "You are the approver of a small shop's campaigns.",
    "steps": [
        {"text": "One that did well. Read its first line.", "try": "/analyze spring-sale"},
        {"text": DECIDE},
        {"text": "One that missed. Press Reject… and say why.", "try": "/analyze new-parents"},
        {"text": "One that nobody can judge yet.", "try": "/analyze city-break"},
        {"text": "What was learned about somebody.", "try": "/learnings students"},
        {"text": "Drop an export: read exactly, or it says why not.", "files": FILES},
        {"text": "After “Meta, by ad”: what moved, and where?", "try": "/marko segments harbour-lights"},
        {"text": "Ask in your conversation with Marko.", "try": "How did new-parents do?", "in": "direct"},
        {
            "text": "Order the digest, then move the clock to Monday.",
            "try": "/digest weekly mon 09:00 #growth",
        },
    ],
}

EMPTY_GUIDE: dict[str, Any] = {
    "title": "Try Marko from nothing",
    "text": "You are the approver of a shop that has just installed Marko; it knows nothing yet.",
    "steps": [
        {"text": "The setup, and what comes first.", "open": "Home"},
        {"text": "Drop an export, then press Analyze.", "files": FILES},
        {"text": "Or a file of two campaigns with their forecasts.", "sample": "Drop a sample file here"},
        {"text": "Or enter one by hand: a window opens.", "try": "/analyze"},
        {"text": "Ask in your conversation with Marko.", "try": "What can I ask?", "in": "direct"},
        {"text": DECIDE},
    ],
}


class Sandbox:
    """A local Slack with Marko in it, started and stopped together.

    With a signing secret the two meet by HTTP, as where there is no app token; else over a socket.
    Approved changes go to the sandbox's own ad platform, and never to a real one; ``by_hand`` to none.
    """

    def __init__(
        self,
        settings: Settings,
        *,
        port: int,
        folder: Path,
        filled: bool,
        signing_secret: str | None = None,
        by_hand: bool = False,
    ) -> None:
        zone = settings.zone if str(settings.zone) != "UTC" else ZoneInfo(DEFAULT_ZONE)
        self.clock = MovableClock(str(zone))
        self.server = SandboxServer(
            port=port,
            folder=folder / "slack",
            commands=commands(),
            bot_events=events(),
            scopes=scopes(),
            guide=_guide(settings, filled=filled, by_hand=by_hand),
            sample=lambda name: _sample(name, self.clock.now(), zone),
            clock=self.clock,
            signing_secret=signing_secret,
        )
        self._settings = replace(
            settings,
            slack_bot_token=self.server.bot_token,
            slack_app_token=None if signing_secret else self.server.app_token,
            slack_signing_secret=signing_secret,
            port=0 if signing_secret and settings.port is None else settings.port,
            slack_api_url=self.server.api_url,
            data_dir=folder,
            database_path=None,
            vector_path=None,
            output_dir=folder / "output",
            # The sandbox's own stays, so that a real team's names in a .env lock nobody out.
            approvers=tuple(dict.fromkeys(("U0APPROVER", *settings.approvers))),
            zone=zone,
            receivers=Receivers() if by_hand else self._platform(),
        )
        self._filled = filled
        self.marko: Marko | None = None

    def _platform(self) -> Receivers:
        platform, url = self.server.receiver, self.server.url
        platform.connected = True
        receiver = Receiver(place_of(f"{url}{ORDERS}"), place_of(f"{url}{LOOKUPS}"))
        return Receivers(dict.fromkeys(CHANGING, receiver), (platform.secret,), timeout_s=PLATFORM_S)

    def start(self) -> None:
        """Serve, then connect the bot."""
        self.server.start()
        self.connect()

    def connect(self) -> None:
        """Start the bot, filling its memory when it is new."""
        is_new = self._settings.database_url is None and not self._settings.database.exists()
        self.marko = marko = Marko(self._settings, clock=self.clock)
        if self._settings.database_url:
            is_new = not marko.engine.knows_campaigns()
        if is_new and self._filled:
            history = sample_history(self.clock.now(), self._settings.zone)
            marko.engine.submit(history, source="sample history", asked_by=None)
        self.clock.listen(marko.scheduler.wake)
        marko.start()
        if not marko.wait(CONNECT_S):
            raise StoreTrouble("The bot did not reach the sandbox in 30 seconds.")
        if marko.web and self._settings.slack_signing_secret:
            self.server.deliver_to(f"{marko.web.url}/slack/events")

    def disconnect(self) -> None:
        """Stop the bot; the local Slack goes on, as Slack does."""
        if self.marko:
            self.marko.stop()
            self.marko = None

    def stop(self) -> None:
        self.disconnect()
        self.server.stop()


def launch(
    settings: Settings,
    *,
    port: int,
    folder: Path | None,
    filled: bool,
    by_hand: bool = False,
    open_browser: bool,
    until: threading.Event,
) -> int:
    """Run the sandbox until ``until`` is set; without a folder everything is gone afterwards."""
    with _home(folder) as home:
        # What is tried out here stays here, whatever database the environment names.
        settings = replace(settings, database_url=None)
        sandbox = _made(settings, port=port, folder=home, filled=filled, by_hand=by_hand)
        try:
            sandbox.start()
            kept = f"kept in {home}" if folder else "gone when you stop it (--data-dir DIR keeps it)"
            sys.stdout.write(
                f"Marko's sandbox: {sandbox.server.url}\nCtrl-C stops it; what you do is {kept}.\n"
            )
            sys.stdout.flush()
            if open_browser:
                webbrowser.open(sandbox.server.url)
            until.wait()
        finally:
            sandbox.stop()
    return 0


def _guide(settings: Settings, *, filled: bool, by_hand: bool) -> dict[str, Any]:
    guide = GUIDE if filled else EMPTY_GUIDE
    steps = [
        {"text": DECIDE_BY_HAND} if by_hand and each["text"] == DECIDE else each for each in guide["steps"]
    ]
    return {"title": guide["title"], "text": f"{guide['text']} {_where_it_stays(settings)}", "steps": steps}


def _sample(name: str, now: datetime, zone: ZoneInfo) -> tuple[str, bytes] | None:
    """A file that the guide drops: an export by its name, else the campaigns with their forecasts."""
    if not name:
        return SAMPLE_FILE, sample_file(now, zone)
    make = EXPORTS.get(name)
    return (name, make(now, zone)) if make else None


def _where_it_stays(settings: Settings) -> str:
    if settings.openai_api_key:
        return "OPENAI_API_KEY is set, so a model words the insights; the rest stays on this machine."
    return "Everything here stays on this machine."


def _made(settings: Settings, *, port: int, folder: Path, filled: bool, by_hand: bool) -> Sandbox:
    try:
        return Sandbox(settings, port=port, folder=folder, filled=filled, by_hand=by_hand)
    except OSError as problem:
        if problem.errno != errno.EADDRINUSE:
            raise
        raise SettingsError(f"Port {port} is taken on this machine; choose another with --port.") from None


@contextmanager
def _home(folder: Path | None) -> Iterator[Path]:
    if folder is not None:
        yield folder
        return
    with tempfile.TemporaryDirectory(prefix="marko-sandbox-") as temporary:
        yield Path(temporary)
