"""The connection to Slack: its Web API client, and a greeting or a socket that waits until Slack is there."""

import logging
import threading
from collections.abc import Callable
from http.client import HTTPException

from slack_bolt import App
from slack_bolt.authorization import AuthorizeResult
from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError
from slack_sdk.web import SlackResponse

from bot.patience import Patience, PatientClient, in_a_hurry
from bot.socket_mode import SocketMode

log = logging.getLogger(__name__)

TIMEOUT_S = 10
BRISK_S = 3
# No answer, or half of one: the line broke, and nobody knows what the other side took in.
UNREACHABLE = (OSError, HTTPException)
FIRST_WAIT_S, LONGEST_WAIT_S = 1.0, 30.0
# What no waiting cures: the token is wrong, or the app is gone.
HOPELESS = frozenset({"invalid_auth", "not_authed", "account_inactive", "token_revoked", "token_expired"})


class BadToken(Exception):
    """Slack refuses a token for good."""


def web_client(token: str, api_url: str) -> PatientClient:
    """Make a client that waits when Slack says so, and never repeats a request whose answer was lost."""
    return PatientClient(token, api_url, patience=Patience(), timeout=TIMEOUT_S, waits=True)


def brisk_client(client: WebClient) -> WebClient:
    """Make a client for what can be left out for now: it neither waits nor repeats, and says so soon."""
    return in_a_hurry(client, BRISK_S)


class Identity:
    """Who the bot is, asked of Slack once: an acknowledgement must not wait for Slack's Web API."""

    def __init__(self, client: WebClient) -> None:
        self._client = client
        self._known: SlackResponse | None = None

    def learn(self) -> SlackResponse:
        """Ask Slack; raises ``SlackApiError`` when it refuses the token."""
        self._known = self._client.auth_test()
        return self._known

    def authorize(self) -> AuthorizeResult:
        """Answer Bolt, which asks at every request."""
        known = self._known or self.learn()
        return AuthorizeResult(
            enterprise_id=known.get("enterprise_id"),
            team_id=known["team_id"],
            bot_user_id=known.get("user_id"),
            bot_id=known.get("bot_id"),
            bot_token=self._client.token,
        )


def bolt_app(client: WebClient, identity: Identity, signing_secret: str | None = None) -> App:
    """Make the Bolt app. It acknowledges after the listener, which only writes to the inbox.

    Requests by HTTP are checked against the secret; those over the socket carry no signature.
    """

    def who_we_are() -> AuthorizeResult:  # a plain function: Bolt fills in arguments by name, "self" too
        return identity.authorize()

    return App(
        client=client,
        authorize=who_we_are,
        signing_secret=signing_secret or "",
        process_before_response=True,
        token_verification_enabled=False,
        raise_error_for_unhandled_request=False,
        logger=logging.getLogger("slack_bolt"),
    )


class Connection:
    """Slack is greeted in a thread of its own, again and again until it answers.

    With an app token a socket is opened; without one Slack comes to us, by signed HTTP.
    """

    def __init__(
        self, app: App, app_token: str | None, *, identity: Identity, on_identity: Callable[[str], None]
    ) -> None:
        self._identity = identity
        self._on_identity = on_identity
        self._socket = SocketMode(app, app_token, app.client) if app_token else None
        self._stopping = threading.Event()
        self._failed: Exception | None = None
        self._ready = threading.Event()
        self._thread = threading.Thread(target=self._connect, name="slack", daemon=True)

    def start(self) -> None:
        self._thread.start()

    def wait(self, timeout_s: float | None = None) -> bool:
        """Wait for the connection; raises ``BadToken`` when Slack refuses for good."""
        arrived = self._ready.wait(timeout_s)
        if self._failed:
            raise self._failed
        return arrived

    @property
    def is_up(self) -> bool:
        """Whether Slack knows us now, and the socket, where there is one, is open."""
        if not self._ready.is_set() or self._failed:
            return False
        return self._socket is None or self._socket.is_up

    def stop(self) -> None:
        self._stopping.set()
        self._thread.join(timeout=TIMEOUT_S)
        if self._socket:
            self._socket.stop()

    def _connect(self) -> None:
        wait = FIRST_WAIT_S
        while not self._stopping.is_set():
            try:
                self._attempt()
            except SlackApiError as refused:
                code = str(refused.response.get("error"))
                if code in HOPELESS:
                    self._failed = BadToken(
                        f"Slack refuses a token: {code}. Check SLACK_BOT_TOKEN and SLACK_APP_TOKEN."
                    )
                    self._ready.set()
                    return
                log.warning("Slack is not ready (%s); again in %.0f s", code, wait)
            except UNREACHABLE as broken:
                log.warning("Slack cannot be reached (%s); again in %.0f s", broken, wait)
            except Exception:
                # The last resort, such as a busy memory: a bot that nobody connects is silent for ever.
                log.exception("connecting failed; again in %.0f s", wait)
            else:
                self._ready.set()
                return
            self._stopping.wait(wait)
            wait = min(wait * 2, LONGEST_WAIT_S)

    def _attempt(self) -> None:
        identity = self._identity.learn()
        self._on_identity(str(identity["team_id"]))
        if self._socket:
            self._socket.start()
        log.info("connected to %s as %s", identity.get("team"), identity.get("user"))
