"""Pictures of cards, studies and replies: drawn and uploaded beside the publisher, which never waits for it.

A picture is a courtesy. One that cannot be drawn, or that Slack does not take, is left out and logged,
and its message says the same figures in words.
"""

import logging
import threading
from collections.abc import Callable, Mapping
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass
from decimal import Decimal
from typing import NamedTuple

from slack_sdk import WebClient
from slack_sdk.errors import SlackApiError, SlackRequestError

from bot.blocks.kit import Message
from bot.blocks.limits import clip
from bot.blocks.reply import reply
from bot.blocks.study import study
from bot.blocks.thread import picture
from bot.blocks.voice import Voice
from bot.charting.canvas import Tone
from bot.charting.waterfall import Bar
from bot.sending import GARBLED, code_of, is_busy, is_doubtful
from bot.slack import UNREACHABLE
from bot.studio import NoPicture, Studio
from engine.engine import Engine
from engine.models.delivery import Intent, IntentKind
from engine.models.retrospective import slug
from engine.models.vote import Tally
from engine.narrate.picture import Picture
from engine.narrate.pictured import unpacked
from engine.narrate.sentences import NAMES
from engine.narrate.studies import tell
from engine.narrate.waterfall import Waterfall, in_words, signed, waterfall

log = logging.getLogger(__name__)

LOOK_AGAIN_S = 0.2
UPLOAD_WAITS = (1.0, 3.0)
REFUSALS = (1.0, 2.0, 4.0)  # how long to wait after each: Slack has not looked into the file yet
MOST_KEPT = 50
MOST_SAID = 1_000  # characters of a file's own alt text
LONGEST = 60  # characters of a file's name


class NotYet(Exception):
    """The picture is still being made; who asked is told when it is there."""


class _Piece(NamedTuple):
    """A message and the picture in it: ``message`` draws it with the file's id, or without one.

    ``png`` is ``None`` where there is nothing to draw.
    """

    message: Callable[[str | None], Message]
    png: Callable[[], bytes] | None = None
    title: str = ""
    says: str = ""


@dataclass
class _Made:
    """One intent's message with its file in Slack, ``None`` where that is left out; how often refused."""

    work: Future[tuple[_Piece, str | None]]
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

    def concerns(self, intent: Intent) -> bool:
        """Whether the message of an intent has a picture that is still to be made, or was made just now."""
        if intent.kind != "reply":
            return intent.kind in {"picture", "study"}
        found = self._engine.reply(intent.record)
        return bool(found and found.answered.picture and found.file is None)

    def has(self, key: str) -> bool:
        """Whether a picture was made for this message: Slack may not have looked into its file yet."""
        made = self._made.get(key)
        return made is not None and made.work.done() and made.work.result()[1] is not None

    def message(self, intent: Intent, ready: Callable[[], None]) -> Message:
        """Give the message, with its picture if there is one; ``ready`` is called after a ``NotYet``.

        Raises ``NotYet``: ask again then. What keeps a study from being found out is raised as well.
        """
        made = self._made.get(intent.key) or self._begin(intent, ready)
        if not made.work.done():
            raise NotYet
        if made.work.exception() is not None:
            del self._made[intent.key]  # whoever asks again may have more luck
        piece, file = made.work.result()
        return piece.message(file)

    def refused(self, key: str) -> float | None:
        """Slack took no such block: say in how many seconds to try again, the last time without picture.

        ``None`` where it was without one already.
        """
        if not self.has(key):
            return None
        made = self._made[key]
        made.refusals += 1
        if made.refusals <= len(REFUSALS):
            return REFUSALS[made.refusals - 1]
        log.error("%s goes without its picture: Slack does not show the file", key)
        piece, _ = made.work.result()
        self._made[key] = _Made(_known((piece, None)))
        if key.startswith("reply:"):
            self._engine.note_picture(key, "")
        return 0.0

    def close(self) -> None:
        """Leave off drawing; what is not posted yet is drawn after the next start."""
        self._closing.set()
        self._studio.close()
        self._pool.shutdown(wait=True, cancel_futures=True)

    def _begin(self, intent: Intent, ready: Callable[[], None]) -> _Made:
        while len(self._made) >= MOST_KEPT:
            del self._made[next(iter(self._made))]
        made = self._made[intent.key] = _Made(self._pool.submit(self._make, intent))
        made.work.add_done_callback(lambda _: ready())
        return made

    def _make(self, intent: Intent) -> tuple[_Piece, str | None]:
        piece = PIECES[intent.kind](self, intent)
        file = self._file(intent.key, piece) if piece.png else None
        if intent.kind == "reply" and not self._closing.is_set():
            self._engine.note_picture(intent.record, file or "")
        return piece, file

    def _waterfall(self, intent: Intent) -> _Piece:
        recommendation = self._engine.recommendation(intent.record)
        drawn = waterfall(recommendation.analysis)
        if drawn is None:
            raise LookupError(intent.key)
        return _Piece(
            lambda file: picture(recommendation, self._voice, file),
            lambda: self._studio.waterfall(_title(drawn), bars(drawn, self._voice)),
            f"Why the {NAMES[drawn.kpi]} moved",
            in_words(drawn, self._voice.plain),
        )

    def _study(self, intent: Intent) -> _Piece:
        """A study is found out here, where nothing else waits for it."""
        found = self._engine.study_shown(intent.record)
        return self._shown(
            lambda file: study(found, self._voice, file=file), tell(found, self._voice.plain).picture
        )

    def _reply(self, intent: Intent) -> _Piece:
        found = self._engine.reply(intent.record)
        if found is None:
            raise LookupError(intent.key)
        kept = found.answered.picture
        return self._shown(
            lambda file: reply(found.model_copy(update={"file": file or ""}), self._voice, Tally(), None),
            unpacked(kept) if kept else None,
        )

    def _shown(self, message: Callable[[str | None], Message], drawn: Picture | None) -> _Piece:
        if drawn is None:
            return _Piece(message)
        return _Piece(message, lambda: self._studio.draw(drawn), drawn.title, drawn.alt)

    def _file(self, key: str, piece: _Piece) -> str | None:
        """Draw and upload; the id of a file that is in no channel yet."""
        try:
            return self._uploaded(piece)
        except SlackApiError as refused:
            self._left_out(key, code_of(refused))
        except (NoPicture, SlackRequestError, *UNREACHABLE, *GARBLED) as problem:
            self._left_out(key, f"{type(problem).__name__}: {problem}")
        except Exception:
            # The last resort: whatever a picture stumbles over, its message has the words.
            log.exception("%s goes without its picture", key)
        return None

    def _uploaded(self, piece: _Piece) -> str | None:
        """Upload, and twice more where Slack was busy or out of reach."""
        if piece.png is None:
            return None
        png = piece.png()
        for wait in UPLOAD_WAITS:
            try:
                return self._upload(png, piece)
            except SlackApiError as refused:
                if not (is_busy(refused) or is_doubtful(refused)):
                    raise
            except (*UNREACHABLE, *GARBLED):
                log.info("uploading a picture failed; again in %.0f s", wait)
            self._closing.wait(wait)
        return self._upload(png, piece)

    def _upload(self, png: bytes, piece: _Piece) -> str:
        name = f"{slug(piece.title)[:LONGEST]}.png"
        answer = self._client.files_upload_v2(
            file=png, filename=name, title=piece.title, alt_txt=clip(piece.says, MOST_SAID)
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
        tone: Tone = "better" if each.helped else "worse"
        value = signed(each.amount, drawn.currency, f)
        found.append(Bar(name, value, float(level), float(level + each.amount), tone))
        level += each.amount
    return [*found, _whole("Actual", drawn.after, drawn.currency, voice)]


def _whole(name: str, amount: Decimal, currency: str | None, voice: Voice) -> Bar:
    return Bar(name, voice.plain.formats.money(amount, currency, code=False), 0.0, float(amount), "whole")


def _title(drawn: Waterfall) -> str:
    verb = "rose" if drawn.after > drawn.before else "fell"
    why = f"Why the {NAMES[drawn.kpi]} {verb}"
    return f"{why}, in {drawn.currency}" if drawn.currency else why


def _known(made: tuple[_Piece, str | None]) -> Future[tuple[_Piece, str | None]]:
    known: Future[tuple[_Piece, str | None]] = Future()
    known.set_result(made)
    return known


PIECES: Mapping[IntentKind, Callable[[Pictures, Intent], _Piece]] = {
    "picture": Pictures._waterfall,
    "study": Pictures._study,
    "reply": Pictures._reply,
}
