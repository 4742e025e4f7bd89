"""The bot's parts without its threads: a real store, the real engine, and a Slack to talk to.

``Office`` publishes when the test says so. ``ScriptedSlack`` is a Slack of a few lines that gives the
answers it was handed and remembers what it was asked.
"""

import json
import threading
from collections import defaultdict, deque
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, NamedTuple
from urllib.parse import parse_qsl

from drawn import VOICE
from factories import APPROVER, MONDAY, HandClock
from shell_room import told
from slack_bolt import App, BoltRequest, BoltResponse

from bot.app import build_engine
from bot.crew import Crew, Handler
from bot.desk import Desk
from bot.dialogs import Dialogs
from bot.homes import Homes
from bot.listeners import HANDLERS, is_following, is_quick, is_reading
from bot.patience import Patience
from bot.people import People
from bot.publisher import Publisher
from bot.reading_room import ReadingRoom
from bot.reception import Reception
from bot.sandbox.people import TEAM_ID, Channel
from bot.sandbox.server import BOT_TOKEN, SandboxServer
from bot.settings import read_settings
from bot.slack import Identity, bolt_app, brisk_client, web_client
from bot.whereabouts import Whereabouts
from engine.models.delivery import OutboxItem
from engine.models.recommendation import Recommendation
from store import open_store

FAR = MONDAY.replace(year=2099)
_rooms = iter(range(1, 10_000))


def new_channel(server: SandboxServer, *, joined: bool = True) -> str:
    """A channel of the sandbox that no other test uses."""
    name = f"C0ROOM{next(_rooms)}"
    members = {APPROVER, "U0MEMBER", "U0GUEST"} | ({"U0MARKO"} if joined else set())
    server.workspace.add_channel(Channel(name, name.lower(), members=members))
    return name


class Office:
    """One run of the bot on the memory in ``folder``; a second one there is the run after it."""

    def __init__(
        self,
        folder: Path,
        api_url: str,
        *,
        token: str = BOT_TOKEN,
        clock: HandClock | None = None,
        approvers: str = APPROVER,
    ) -> None:
        self.clock = clock or HandClock()
        settings = read_settings({"MARKO_APPROVERS": approvers, "MARKO_DATA_DIR": str(folder)})
        self.store = open_store(settings.database, self.clock)
        self.engine = build_engine(settings, self.store, self.clock)
        self.engine._artifacts = None
        self.client = web_client(token, api_url)
        self.client.patience = Patience(now=self._seconds)
        self.people = People(self.client)
        self.people.belong_to(TEAM_ID)
        self.publisher = Publisher(
            self.store.outbox,
            self.engine,
            self.client,
            voice=VOICE,
            clock=self.clock,
            name_of=self.people.name,
        )
        brisk = brisk_client(self.client)
        self.homes = Homes(self.engine, brisk, self.people, self.publisher, voice=VOICE, clock=self.clock)
        self.room = ReadingRoom(folder / "reading")
        self.desk = Desk(
            self.engine,
            self.client,
            self.people,
            self.publisher,
            VOICE,
            self.homes,
            dialogs=Dialogs(),
            whereabouts=Whereabouts(self.people, brisk),
            room=self.room,
        )

    def _seconds(self) -> float:
        return self.clock.moment.timestamp()

    def close(self) -> None:
        self.homes.stop()
        self.room.close()
        self.publisher.stop()
        self.store.close()

    def put_card(self, channel: str, **changed: Any) -> Recommendation:
        """Hand a campaign in and put its card on its way."""
        answer = self.engine.submit(json.dumps(told(**changed)), source=None, asked_by=APPROVER).answers[0]
        name = answer.recommendation.analysis.retrospective.name
        return self.engine.analyze(name, asked_by=APPROVER, channel=channel).recommendation

    def publish(self, times: int = 20) -> None:
        """Send what is due until nothing is, moving past every wait; ``times`` is how often at most."""
        for _ in range(times):
            self.publisher.publish_due()
            self.clock.forward(seconds=301)

    def waiting(self) -> list[OutboxItem]:
        """What the outbox still holds; takes it out for good, so ask last."""
        return self.store.outbox.claim(now=FAR, limit=100)

    def parked(self) -> list[tuple[str, str]]:
        return [(item.intent.key, error) for item, error in self.store.outbox.parked()]

    def crew(self, handlers: dict[str, Handler] | None = None) -> Crew:
        chosen = handlers or HANDLERS
        kinds = {"quick": is_quick, "follows": is_following, "reads": is_reading}
        return Crew(self.store.inbox, self.desk, chosen, **kinds)

    def bolt(self, crew: Crew) -> App:
        app = bolt_app(self.client, Identity(self.client))
        Reception(self.store.inbox, crew, self.engine, self.clock, VOICE).attach(app)
        return app


class Asked(NamedTuple):
    """One call that a scripted Slack got."""

    method: str
    arguments: dict[str, Any]


class ScriptedSlack:
    """Answers each method with what was queued for it, then with plain success."""

    def __init__(self) -> None:
        self.asked: list[Asked] = []
        self._answers: dict[str, deque[tuple[int, dict[str, str], bytes]]] = defaultdict(deque)
        self._server = ThreadingHTTPServer(("127.0.0.1", 0), _answering(self))
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self.api_url = f"http://127.0.0.1:{self._server.server_port}/api/"
        self._thread.start()

    def close(self) -> None:
        self._server.shutdown()
        self._thread.join()
        self._server.server_close()

    def say(
        self, method: str, body: Any = None, *, status: int = 200, headers: dict[str, str] | None = None
    ) -> None:
        """Queue an answer; bytes are sent as they are."""
        raw = body if isinstance(body, bytes) else json.dumps(body).encode()
        self._answers[method].append((status, headers or {}, raw))

    def calls(self, method: str) -> list[dict[str, Any]]:
        return [each.arguments for each in self.asked if each.method == method]

    def answer(self, method: str, arguments: dict[str, Any]) -> tuple[int, dict[str, str], bytes]:
        self.asked.append(Asked(method, arguments))
        if self._answers[method]:
            return self._answers[method].popleft()
        plain = {
            "ok": True,
            "ts": f"17.{len(self.asked):06d}",
            "messages": [],
            "permalink": "https://x.example/1",
            "view": {"id": f"V{len(self.asked)}"},
        }
        return 200, {}, json.dumps(plain).encode()


def _answering(slack: ScriptedSlack) -> type[BaseHTTPRequestHandler]:
    class Answering(BaseHTTPRequestHandler):
        def do_POST(self) -> None:
            raw = self.rfile.read(int(self.headers.get("Content-Length") or 0)).decode()
            is_json = "json" in (self.headers.get("Content-Type") or "")
            arguments = json.loads(raw or "{}") if is_json else dict(parse_qsl(raw))
            status, headers, body = slack.answer(self.path.removeprefix("/api/"), arguments)
            self.send_response(status)
            for name, value in {"Content-Length": str(len(body)), **headers}.items():
                self.send_header(name, value)
            self.end_headers()
            self.wfile.write(body)

        do_GET = do_POST  # noqa: N815 - the base class names it so

        def log_message(self, format: str, *_: Any) -> None:
            pass

    return Answering


def dispatch(app: App, payload: dict[str, Any]) -> BoltResponse:
    """Send a whole payload through Bolt, as Socket Mode does."""
    return app.dispatch(BoltRequest(mode="socket_mode", body=payload))


def command_payload(text: str, channel: str, *, trigger: str, user: str = APPROVER) -> dict[str, Any]:
    name, _, rest = text.partition(" ")
    return {
        "token": "verification-planted",
        "team_id": TEAM_ID,
        "channel_id": channel,
        "user_id": user,
        "command": name,
        "text": rest,
        "trigger_id": trigger,
    }


def click_payload(
    action_id: str, value: str, channel: str, ts: str, *, trigger: str, user: str = APPROVER
) -> dict[str, Any]:
    return {
        "type": "block_actions",
        "token": "verification-planted",
        "team": {"id": TEAM_ID},
        "user": {"id": user},
        "channel": {"id": channel},
        "container": {"type": "message", "message_ts": ts, "channel_id": channel},
        "message": {"ts": ts},
        "trigger_id": trigger,
        "actions": [{"type": "button", "action_id": action_id, "block_id": "b", "value": value}],
    }


def view_payload(
    callback_id: str, private: str, values: dict[str, Any], *, view_id: str = "V1", user: str = APPROVER
) -> dict[str, Any]:
    return {
        "type": "view_submission",
        "token": "verification-planted",
        "team": {"id": TEAM_ID},
        "user": {"id": user},
        "trigger_id": "1.view",
        "view": {
            "id": view_id,
            "hash": "1",
            "type": "modal",
            "callback_id": callback_id,
            "private_metadata": private,
            "state": {"values": values},
        },
    }
