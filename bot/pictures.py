"""The picture in a card's thread: drawn and uploaded beside the publisher, which never waits for it.

A picture is a courtesy. One that cannot be drawn, or that Slack does not take, is left out and logged,
and its message says the same figures in words.
"""

import logging
import threading
from collections.abc import Callable
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.blocks.kit import Message
from bot.blocks.thread import picture
from bot.blocks.voice import Voice
from bot.charts import Bar, Tone
from bot.sending import GARBLED, code_of, is_busy, is_doubtful
from bot.slack import UNREACHABLE
from bot.studio import NoPicture, Studio
from engine.engine import Engine
from engine.models.delivery import Intent
from engine.models.recommendation import Recommendation
from engine.narrate.waterfall import Waterfall, in_words, signed, waterfall

log = logging.getLogger(__name__)

LOOK_AGAIN_S = 0.2
UPLOAD_WAITS = (1.0, 3.0)
REFUSALS = (1.0, 2.0, 4.0)  # how long to wait after each: Slack has not looked into the file yet
MOST_KEPT = 50


class NotYet(Exception):
    """The picture is still being made; who asked is told when it is there."""


@dataclass
class _Made:
    """One intent's picture: its file in Slack, ``None`` where it is left out; how often it was refused."""

    file: Future[str | None]
    refusals: int = 0


class Pictures:
    """Makes the picture of an intent once, and keeps its file's id while it may be needed again."""

    def __init__(self, engine: Engine, client: WebClient, studio: Studio, voice: Voice) -> None:
        self._engine = engine
        self._client = client
        self._studio = studio
        self._voice = voice
        self._pool = ThreadPoolExecutor(1, thread_name_prefix="pictures")
        self._made: dict[str, _Made] = {}
        self._told_scope = False
        self._closing = threading.Event()

    def message(self, intent: Intent, ready: Callable[[], None]) -> Message:
        """Give the message, with its picture if there is one; ``ready`` is called after a ``NotYet``.

        Raises ``NotYet``: ask again then.
        """
        recommendation = self._engine.recommendation(intent.record)
        made = self._made.get(intent.key) or self._begin(intent.key, recommendation, ready)
        if not made.file.done():
            raise NotYet
        return picture(recommendation, self._voice, made.file.result())

    def refused(self, key: str) -> float | None:
        """Slack took no such block: say in how many seconds to try again, the last time without picture.

        ``None`` where it was without one already.
        """
        made = self._made.get(key)
        if made is None or made.file.result() is None:
            return None
        made.refusals += 1
        if made.refusals <= len(REFUSALS):
            return REFUSALS[made.refusals - 1]
        log.error("%s goes without its picture: Slack does not show the file", key)
        self._made[key] = _Made(_known(None))
        return 0.0

    def close(self) -> None:
        """Leave off drawing; what is not posted yet is drawn after the next start."""
        self._closing.set()
        self._studio.close()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self, key: str, recommendation: Recommendation, ready: Callable[[], None]) -> _Made:
        drawn = waterfall(recommendation.analysis)
        if drawn is None:
            raise LookupError(key)
        while len(self._made) >= MOST_KEPT:
            del self._made[next(iter(self._made))]
        made = self._made[key] = _Made(self._pool.submit(self._file, key, drawn))
        made.file.add_done_callback(lambda _: ready())
        return made

    def _file(self, key: str, drawn: Waterfall) -> str | None:
        """Draw and upload; the id of a file that is in no channel yet."""
        try:
            png = self._studio.waterfall(_title(drawn), bars(drawn, self._voice))
            return self._uploaded(png, in_words(drawn, self._voice.plain))
        except SlackApiError as refused:
            self._left_out(key, code_of(refused))
        except (NoPicture, SlackRequestError, *UNREACHABLE, *GARBLED) as problem:
            self._left_out(key, f"{type(problem).__name__}: {problem}")
        except Exception:
            # The last resort: whatever a picture stumbles over, its message has the words.
            log.exception("%s goes without its picture", key)
        return None

    def _uploaded(self, png: bytes, said: str) -> str:
        """Upload, and twice more where Slack was busy or out of reach."""
        for wait in UPLOAD_WAITS:
            try:
                return self._upload(png, said)
            except SlackApiError as refused:
                if not (is_busy(refused) or is_doubtful(refused)):
                    raise
            except (*UNREACHABLE, *GARBLED):
                log.info("uploading a picture failed; again in %.0f s", wait)
            self._closing.wait(wait)
        return self._upload(png, said)

    def _upload(self, png: bytes, said: str) -> str:
        answer = self._client.files_upload_v2(
            file=png, filename="why-the-cpa-moved.png", title="Why the CPA moved", alt_txt=said
        )
        return str(answer["files"][0]["id"])

    def _left_out(self, key: str, reason: str) -> None:
        """A missing scope concerns all pictures, and is told once."""
        if self._closing.is_set():
            return  # it is drawn after the next start
        if reason != "missing_scope":
            log.error("%s goes without its picture: %s", key, reason)
        elif not self._told_scope:
            self._told_scope = True
            log.error("cards go without pictures: the app lacks files:write; an admin can add it")


def bars(drawn: Waterfall, voice: Voice) -> list[Bar]:
    """From the forecast over each part to the actual; every bar begins where the one before ended."""
    f = voice.plain.formats
    found = [_whole("Forecast", drawn.before, drawn.currency, voice)]
    level = drawn.before
    for each in drawn.steps:
        name = f"{each.label} (noise)" if each.noise else each.label
        tone: Tone = "worse" if each.amount > 0 else "better"
        value = signed(each.amount, drawn.currency, f)
        found.append(Bar(name, value, float(level), float(level + each.amount), tone))
        level += each.amount
    return [*found, _whole("Actual", drawn.after, drawn.currency, voice)]


def _whole(name: str, amount: Decimal, currency: str | None, voice: Voice) -> Bar:
    return Bar(name, voice.plain.formats.money(amount, currency, code=False), 0.0, float(amount), "whole")


def _title(drawn: Waterfall) -> str:
    verb = "rose" if drawn.after > drawn.before else "fell"
    return f"Why the CPA {verb}, in {drawn.currency}" if drawn.currency else f"Why the CPA {verb}"


def _known(file: str | None) -> Future[str | None]:
    known: Future[str | None] = Future()
    known.set_result(file)
    return known
