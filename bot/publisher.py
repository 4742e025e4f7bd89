"""Posts and updates, once each: takes intents from the outbox, draws the record as it is now, sends.

A post carries its key in the message's metadata. When a send may have arrived and nobody knows, the
channel's history is searched for the key before anything is sent again. While Slack cannot be
reached, or is busy, every intent waits; only what Slack refuses for good is given up.
"""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from datetime import datetime, timedelta
from typing import Any, Literal, NamedTuple

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError

from bot import ids
from bot.blocks import notices
from bot.blocks.kit import Message
from bot.blocks.limits import CARD_BLOCKS, MOST_BLOCKS, faults
from bot.blocks.naming import NameOf, naming
from bot.blocks.voice import FixedVoice, Voice
from bot.drawing import draw
from bot.patience import asked_s
from bot.pictures import LOOK_AGAIN_S, NotYet, Pictures
from bot.rejects import is_uploaded, upload_rejects
from bot.sending import GARBLED, INVALID_BLOCKS, code_of, is_busy, is_doubtful, or_plainer
from bot.slack import TIMEOUT_S, UNREACHABLE
from bot.traces import NobodyKnows, find
from engine.engine import Engine
from engine.errors import StoreTrouble
from engine.models.delivery import Intent, OutboxItem
from engine.models.recommendation import MessageView, ViewKind
from engine.ports import Clock, Outbox

log = logging.getLogger(__name__)

BATCH = 20
IDLE_SECONDS = 1.0
LONGEST_WAIT = 300.0
TRY_AGAIN = timedelta(minutes=15)
WHO_WAITS_TELLS = timedelta(seconds=12)  # longer than a listener waits for what it asked for
MOST_AWAITED = 1000
LOOK_S = 0.25  # how often the outbox is asked what another bot sent
SEND_S = 3.0 * TIMEOUT_S  # the longest that one message can be on its way: with blocks, plainer, as words
# Messages that change later, when their record does.
VIEWED: Mapping[str, ViewKind] = {
    "card": "card",
    "digest": "digest",
    "reply": "reply",
    "import": "import",
    "headway": "headway",
    "reasoning": "reasoning",
    "hooks": "hooks",
}
# Messages that may have a picture, which is made first.
PICTURED = frozenset({"picture", "study", "reply"})
# New messages that are meant to ping whom they mention; an edit never does.
MENTIONS = frozenset({"digest", "notice", "preview", "reminder"})
# Messages that say names in their edits too, as when they were new.
NAMES_ONLY = ("reply:", "import:")
GONE = frozenset({"message_not_found", "cant_update_message", "thread_not_found"})


class Outcome(NamedTuple):
    """What became of an intent; ``error`` is Slack's own code."""

    state: Literal["sent", "parked", "waiting"]
    error: str = ""


class TurnIsOver(Exception):
    """Another bot publishes, or may soon."""


class Asleep(Exception):
    """Those it is for sleep: nothing is sent until then."""

    def __init__(self, until: datetime) -> None:
        self.until = until
        super().__init__(f"people sleep until {until:%H:%M}")


class _Sent(NamedTuple):
    """A message that arrived; ``drawn`` is ``None`` where an earlier run sent it."""

    view: MessageView | None
    drawn: Message | None = None


class Publisher:
    """One thread that empties the outbox, in the order in which intents were put there."""

    def __init__(
        self,
        outbox: Outbox,
        engine: Engine,
        client: WebClient,
        *,
        voice: Voice,
        clock: Clock,
        pictures: Pictures | None = None,
        name_of: NameOf = lambda _: "",
    ) -> None:
        """``name_of`` says whom a message names where a mention would ping them."""
        self._outbox = outbox
        self._engine = engine
        self._client = client
        self._voice = voice
        self._clock = clock
        self._pictures = pictures
        self._name_of = name_of
        self._stopping = False
        self._in_doubt = True  # an earlier run may have been killed while it sent
        self._awake = threading.Event()
        self._woken_too: list[Callable[[], object]] = []
        self._news = threading.Condition()  # one thread may take it again
        self._outcomes: dict[str, Outcome] = {}
        self._told: dict[str, None] = {}  # what was given up, and somebody who waited says so
        self._later: dict[str, Callable[[Outcome], None]] = {}
        self.shown = 0  # how many cards this run has posted
        self._thread = threading.Thread(target=self._run, name="publisher", daemon=True)

    def start(self) -> None:
        """Take up what an earlier run left behind, then keep publishing."""
        self._thread.start()

    def stop(self) -> None:
        self._stopping = True
        self._awake.set()
        if self._thread.is_alive():
            self._thread.join(timeout=30)
        if not self._thread.is_alive():
            self._hand_over()

    def wake(self) -> None:
        """Look into the outbox now; who goes by what was decided is woken too."""
        self._awake.set()
        for other in self._woken_too:
            other()

    def wakes(self, other: Callable[[], object]) -> None:
        """Call ``other`` whenever this is woken: what a listener did may be work for it."""
        self._woken_too.append(other)

    def outcome(self, key: str, timeout_s: float) -> Outcome:
        """Wait until the intent was sent or given up; "waiting" when neither happened in time."""
        self.wake()
        outcome = self._awaited_outcome(key, timeout_s)
        with self._news:
            self._note_told(key, outcome)
        return outcome

    def tell_later(self, key: str, tell: Callable[[Outcome], None]) -> None:
        """Call ``tell``, in a thread of its own, when the intent was sent or given up by this run."""
        with self._news:
            self._later[key] = tell
            if key in self._outcomes:  # it came to an end just now
                self._tell(key, self._outcomes.pop(key))
            while len(self._later) > MOST_AWAITED:
                self._later.pop(next(iter(self._later)))

    def _awaited_outcome(self, key: str, timeout_s: float) -> Outcome:
        deadline = time.monotonic() + timeout_s
        while True:
            left = deadline - time.monotonic()
            with self._news:
                if self._news.wait_for(lambda: key in self._outcomes, min(left, LOOK_S)):
                    return self._outcomes.pop(key)
            # Where another bot publishes, it tells us nothing.
            if (found := self._told_by_the_outbox(key)) or left <= 0:
                return found or Outcome("waiting")

    def _told_by_the_outbox(self, key: str) -> Outcome | None:
        state, error = self._outbox.state(key) or ("", "")
        if state == "sent":
            return Outcome("sent")
        return Outcome("parked", error) if state == "parked" else None

    def _hand_over(self) -> None:
        try:
            self._outbox.hand_over()
        except StoreTrouble as trouble:
            log.warning("the next bot publishes when the lease has run out: %s", trouble)

    def _run(self) -> None:
        while not self._stopping:
            self._awake.clear()
            if not self._take_turn():
                self._awake.wait(IDLE_SECONDS)

    def _take_turn(self) -> int:
        """Publish; whatever stops a turn short leaves what was claimed in doubt, as a kill does."""
        try:
            if self._in_doubt:
                self._outbox.recover()
                self._in_doubt = False
            return self.publish_due()
        except StoreTrouble:
            log.exception("the outbox cannot be used; trying again")
        except Exception:
            # The last resort: without this thread nothing would ever be sent again.
            log.exception("publishing stopped short; trying again")
        self._in_doubt = True
        return 0

    def publish_due(self) -> int:
        """Send everything that is due; returns how many intents were taken."""
        items = self._outbox.claim(now=self._clock.now(), limit=BATCH)
        for item in items:
            self._publish(item)
        return len(items)

    def _publish(self, item: OutboxItem) -> None:
        intent = item.intent
        try:
            sent = self._deliver(item)
        except SlackApiError as refused:
            self._refused(item, refused)
        except NobodyKnows:
            self._give_up(item, notices.UNKNOWN)
        except TurnIsOver:
            log.warning("%s is left to the bot that publishes now", intent.key)
            self._in_doubt = True
        except (Asleep, NotYet) as wait:
            self._wait(intent, wait)
        except (*UNREACHABLE, *GARBLED) as broken:
            certain = isinstance(getattr(broken, "reason", broken), ConnectionRefusedError)
            self._again(item, type(broken).__name__, doubtful=not certain)
        except StoreTrouble:
            raise  # nothing is wrong with the record
        except Exception:
            # A record that cannot be drawn must not stop the others; it stays to be looked at.
            log.exception("drawing %s failed", intent.key)
            self._give_up(item, "cannot be drawn")
        else:
            if intent.kind == "digest":
                # First the slot: after a kill in between, the post is found again and both are marked.
                self._engine.digest_sent(intent.record, sent.view)
            self._illustrate(intent, sent)
            self._outbox.sent(intent.key, sent.view)
            self.shown += sent.view is not None and sent.view.kind == "card"
            self._catch_up(intent, sent)
            self._tell(intent.key, Outcome("sent"))

    def _wait(self, intent: Intent, wait: Asleep | NotYet) -> None:
        """No send began."""
        if isinstance(wait, Asleep):
            self._outbox.put_back(intent.key, not_before=wait.until, reason=str(wait))
            return
        later = self._clock.now() + timedelta(seconds=LOOK_AGAIN_S)
        self._outbox.put_back(intent.key, not_before=later, reason="its picture is being made")

    def _deliver(self, item: OutboxItem) -> _Sent:
        if item.intent.kind == "wording" and item.doubtful:
            raise TimeoutError  # left over from an earlier run: its moment is gone
        if item.intent.kind == "notice":
            self._check_awake(item)
        if self._is_overtaken(item.intent, doubtful=item.doubtful):
            return _Sent(view=None)
        if item.intent.kind == "redraw":
            self._update(item.intent)
            return _Sent(view=None)
        return self._post(item)

    def _post(self, item: OutboxItem) -> _Sent:
        intent = item.intent
        if intent.kind == "rejects":
            return self._upload_rejects(item)
        # First the picture: while it is being made nothing is sent, and so nothing needs to be looked up.
        message = self._draw(intent) if intent.kind in PICTURED else None
        ts = self._find(item) if item.doubtful else None
        if ts is None:
            message = message or self._draw(intent)
            _check(intent, message)
            ts = self._send(intent, message)
        kind = VIEWED.get(intent.kind)
        if kind is None:
            return _Sent(view=None)
        link = self._permalink(intent.channel, ts)
        view = MessageView(record=intent.record, kind=kind, channel=intent.channel, ts=ts, permalink=link)
        return _Sent(view, message)

    def _upload_rejects(self, item: OutboxItem) -> _Sent:
        """A file has no key in its metadata: in doubt the thread is looked through for the file itself."""
        found = self._engine.file_import(item.intent.record)
        if found is None:
            raise LookupError(item.intent.record)
        if not (item.doubtful and is_uploaded(self._client, found, item.intent, item.since)):
            self._check_turn()
            upload_rejects(self._client, found, item.intent)
        return _Sent(view=None)

    def _illustrate(self, intent: Intent, sent: _Sent) -> None:
        """A card gets its picture; first that, for the same reason as the digest's slot."""
        if self._pictures and intent.kind == "card" and sent.view:
            self._engine.show_picture(intent.record, channel=sent.view.channel, ts=sent.view.ts)

    def _check_awake(self, item: OutboxItem) -> None:
        """What comes late, since Slack or we were down, may come at night."""
        until = self._engine.notice_waits(item.intent, doubtful=item.doubtful)
        if until is not None:
            raise Asleep(until)

    def _is_overtaken(self, intent: Intent, *, doubtful: bool) -> bool:
        """Say whether a step was to be shown whose card is on its way already, or something was told."""
        if intent.kind == "notice":
            return self._engine.notice_is_over(intent, doubtful=doubtful)
        if intent.kind == "parked":
            with self._news:
                return intent.record.removeprefix("parked:") in self._told
        known = self._engine.headway(intent.record) if intent.record.startswith("headway:") else None
        return known is not None and known[0].step == "replaced"

    def _catch_up(self, intent: Intent, sent: _Sent) -> None:
        """Redraw what was decided between drawing and keeping the view: nobody knew of it until now."""
        if sent.view is not None and (sent.drawn is None or sent.drawn != self._draw(intent)):
            self._engine.redraw(sent.view)

    def _send(self, intent: Intent, message: Message) -> str:
        self._check_turn()
        arguments: dict[str, Any] = {
            "channel": intent.channel,
            "text": message.text,
            "metadata": {"event_type": ids.MESSAGE_EVENT, "event_payload": {"key": intent.key}},
            "unfurl_links": False,
            "unfurl_media": False,
        }
        if intent.ts:
            arguments["thread_ts"] = intent.ts
        stands_in = self._engine.views(intent.over) if intent.over else []
        place = max((each.ts for each in stands_in), default=None)
        if place and self._put_over(place, intent, message, arguments):
            return place
        if self._pictures and self._pictures.has(intent.key):
            # A refusal may mean that Slack has not looked into the file yet: see ``_refused``.
            return str(self._client.chat_postMessage(blocks=message.blocks, **arguments)["ts"])
        return str(or_plainer(self._client.chat_postMessage, intent.key, message, **arguments)["ts"])

    def _put_over(self, ts: str, intent: Intent, message: Message, arguments: dict[str, Any]) -> bool:
        """Let the message take the place of a headway; False when somebody deleted that one."""
        told = {name: arguments[name] for name in ("channel", "text", "metadata")}
        try:
            or_plainer(self._client.chat_update, intent.key, message, ts=ts, **told)
        except SlackApiError as refused:
            if code_of(refused) not in GONE:
                raise
            return False
        return True

    def _check_turn(self) -> None:
        """Before anything goes out: nobody else may begin to publish while it is on its way."""
        if not self._outbox.holds(SEND_S):
            raise TurnIsOver

    def _update(self, intent: Intent) -> None:
        message = self._draw(intent)
        self._check_turn()
        try:
            or_plainer(
                self._client.chat_update,
                intent.key,
                message,
                channel=intent.channel,
                ts=intent.ts or "",
                text=message.text,
            )
        except SlackApiError as refused:
            if code_of(refused) not in GONE:
                raise
            log.info("a message that should change is gone: %s", intent.key)

    def _find(self, item: OutboxItem) -> str | None:
        log.info("looking for %s after %d attempts", item.intent.key, item.attempts)
        return find(self._client, item.intent, item.since)

    def _permalink(self, channel: str, ts: str) -> str | None:
        try:
            return str(self._client.chat_getPermalink(channel=channel, message_ts=ts)["permalink"])
        except (SlackApiError, KeyError, *UNREACHABLE):
            return None  # a link is a courtesy; the message stands without it

    def _draw(self, intent: Intent) -> Message:
        if self._pictures and self._pictures.concerns(intent):
            return self._pictures.message(intent, self.wake)
        return draw(intent, self._engine, self._voice_for(intent))

    def _voice_for(self, intent: Intent) -> Voice:
        """Mention people where that pings nobody, or is meant to; else, and in push notices, say names."""
        names = naming(self._voice, self._name_of)
        is_edit = intent.kind == "redraw" and not intent.record.startswith(NAMES_ONLY)
        if is_edit or intent.kind in MENTIONS:
            return FixedVoice(marked=self._voice.marked, plain=names.plain)
        return names

    def _refused(self, item: OutboxItem, refused: SlackApiError) -> None:
        code = code_of(refused)
        if code == INVALID_BLOCKS and (wait := self._without_picture(item.intent)) is not None:
            self._again(item, code, doubtful=False, wait_s=wait)
        elif is_busy(refused):
            self._wait_for_slack(item, refused)
        elif is_doubtful(refused):
            self._again(item, code, doubtful=True)
        else:
            self._give_up(item, code)

    def _wait_for_slack(self, item: OutboxItem, refused: SlackApiError) -> None:
        """Slack took nothing in and says when to come again: no attempt, and no other channel waits."""
        if item.intent.kind == "wording":  # words come now or never
            self._give_up(item, code_of(refused))
            return
        later = self._clock.now() + timedelta(seconds=max(asked_s(refused), IDLE_SECONDS))
        self._outbox.put_back(item.intent.key, not_before=later, reason=code_of(refused))

    def _without_picture(self, intent: Intent) -> float | None:
        """Say when to try a refused picture again; ``None`` where it is no picture that was refused."""
        return self._pictures.refused(intent.key) if self._pictures else None

    def _again(self, item: OutboxItem, error: str, *, doubtful: bool, wait_s: float | None = None) -> None:
        if item.intent.kind == "wording":  # words come now or never
            self._give_up(item, error)
            return
        wait = wait_s if wait_s is not None else min(2.0 ** min(item.attempts, 10), LONGEST_WAIT)
        log.warning("%s: %s; again in %.0f s", item.intent.key, error, wait)
        self._set_aside(item, error, wait, doubtful=doubtful or item.doubtful)

    def _set_aside(self, item: OutboxItem, reason: str, wait_s: float, *, doubtful: bool) -> None:
        not_before: datetime = self._clock.now() + timedelta(seconds=wait_s)
        self._outbox.retry(item.intent.key, not_before=not_before, error=reason, doubtful=doubtful)

    def _give_up(self, item: OutboxItem, error: str) -> None:
        intent = item.intent
        log.error("%s was not sent: %s", intent.key, error)
        if error != notices.UNKNOWN and self._tries_on(item, error):
            return
        told_at = self._clock.now() + WHO_WAITS_TELLS
        self._outbox.park(intent.key, error=error, tell=self._engine.stuck_notice(intent), told_at=told_at)
        self._tell(intent.key, Outcome("parked", error))

    def _tries_on(self, item: OutboxItem, error: str) -> bool:
        """A digest that was due is tried for a day: whoever is told of it may still invite me.

        False for everything else, and when the day is over.
        """
        until = self._engine.tried_until(item.intent)
        if until is None or self._clock.now() + TRY_AGAIN > until:
            return False
        self._set_aside(item, error, TRY_AGAIN.total_seconds(), doubtful=item.doubtful)
        self._engine.tell_stuck(item.intent)
        return True

    def _note_told(self, key: str, outcome: Outcome) -> None:
        """Whoever waited for this tells the person that it was given up; nobody tells it twice."""
        if outcome.state == "parked":
            self._told[key] = None
            while len(self._told) > MOST_AWAITED:
                self._told.pop(next(iter(self._told)))

    def _tell(self, key: str, outcome: Outcome) -> None:
        with self._news:
            if later := self._later.pop(key, None):
                self._note_told(key, outcome)
                # It may call Slack, and whatever else is to be published does not wait for that.
                threading.Thread(target=later, args=(outcome,), name="told-later", daemon=True).start()
                return
            self._outcomes[key] = outcome
            while len(self._outcomes) > MOST_AWAITED:
                self._outcomes.pop(next(iter(self._outcomes)))
            self._news.notify_all()


def _check(intent: Intent, message: Message) -> None:
    """What breaks our own limits still goes out, but not unseen."""
    if intent.kind in VIEWED:
        most = CARD_BLOCKS if intent.kind == "card" else MOST_BLOCKS
        found = faults(message.blocks, most_blocks=most)
        if found:
            log.error("%s breaks our limits: %s", intent.key, "; ".join(found))
