"""What the engine needs from outside, as protocols; ``store`` keeps these promises."""

from collections.abc import Collection, Mapping, Sequence
from contextlib import AbstractContextManager
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any, Literal, Protocol

from engine.models.audit import LedgerHead
from engine.models.brief import Brief, Said
from engine.models.daily import DailyRow, DaySum, Figures, RowCampaign
from engine.models.delivery import Delivery, Intent, LedgerEntry, Often, OutboxItem, Posting
from engine.models.digest import Digest, DigestSlot, SlotStatus, Subscription
from engine.models.execution import Execution
from engine.models.export import Holding
from engine.models.file_import import FileImport
from engine.models.headway import Headway
from engine.models.hook import Accepted, HookDelivery, HookLetters
from engine.models.insight import Insights
from engine.models.overview import ModelState
from engine.models.pattern_life import PatternLife
from engine.models.ping import Ping, PingState
from engine.models.recommendation import Analysis, MessageView, Recommendation, Status
from engine.models.reply import Reply
from engine.models.retrospective import Retrospective, Titled
from engine.models.vote import Vote
from engine.models.weight import Weights

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray


class Clock(Protocol):
    """The time the team lives in. Aware, in UTC; a sandbox may move it forward."""

    def now(self) -> datetime: ...


class Reading(Protocol):
    """A consistent look at the memory. What is handed out never aliases what is kept."""

    def generation(self) -> int:
        """A number that grows with every committed write to retrospectives or recommendations."""
        ...

    def retrospectives(self) -> list[Retrospective]:
        """Every remembered window in its newest revision, by timestamp, then key."""
        ...

    def titles(self) -> list[Titled]:
        """What every remembered window is called, in no order; far quicker than to read them whole."""
        ...

    def retrospective(self, key: str) -> Retrospective | None: ...

    def revisions(self, key: str) -> list[Retrospective]:
        """All revisions of one window, oldest first, the newest included."""
        ...

    def recommendation(self, identifier: str) -> Recommendation | None: ...

    def recommendations(
        self, *, status: Status | None = None, campaign_key: str | None = None
    ) -> list[Recommendation]:
        """Newest first, then by id."""
        ...

    def briefs(self, *, status: Status | None = None, campaign_key: str | None = None) -> list[Brief]:
        """Recommendations in short, newest first, then by id; a hundredth of the work."""
        ...

    def said(self, identifiers: Collection[str]) -> dict[str, Said]:
        """What these recommendations say, by their ids, without the rest of them."""
        ...

    def shown(self, records: Collection[str]) -> set[str]:
        """Which of these records stand in some message."""
        ...

    def views(self, record: str) -> list[MessageView]: ...

    def subscriptions(self) -> list[Subscription]: ...

    def last_slot(self, channel: str) -> DigestSlot | None:
        """The newest slot of a channel, whatever became of it."""
        ...

    def digest(self, identifier: str) -> Digest | None: ...

    def digests(self, channel: str | None = None) -> list[Digest]:
        """Newest first; of one channel, or of all."""
        ...

    def digests_about(self, record: str, *, since: datetime | None = None) -> list[Digest]:
        """Newest first: those in which a recommendation waits or is decided, or that told a pattern's key."""
        ...

    def weights(self) -> Weights | None: ...

    def pattern_lives(self) -> list[PatternLife]:
        """Every life, by key."""
        ...

    def pattern_life(self, key: str) -> PatternLife | None: ...

    def ledger(self, *, since: datetime | None = None) -> list[LedgerEntry]: ...

    def ledger_page(
        self, *, since: datetime | None, about: Collection[str] | None, by: str | None, limit: int
    ) -> tuple[list[LedgerEntry], int]:
        """Give the newest ``limit`` lines, newest first, and count all that fit.

        ``about`` are subjects and ``by`` an actor; ``None`` takes every one.
        """
        ...

    def posting(self, key: str) -> Posting | None:
        """How a message on its way stands."""
        ...

    def reply(self, identifier: str) -> Reply | None: ...

    def replies(self, *, about: str | None = None, thread: str | None = None) -> list[Reply]:
        """Replies about one campaign (by its key), or in one thread (by its ts); oldest first."""
        ...

    def last_reply(self, channel: str, *, before: str) -> Reply | None:
        """The reply to the newest question of a channel, of those older than the ts ``before``."""
        ...

    def shown_at(self, channel: str, ts: str) -> MessageView | None:
        """What the message there shows."""
        ...

    def file_import(self, identifier: str) -> FileImport | None: ...

    def file_imports(self, checksum: str) -> list[FileImport]:
        """Every import of these bytes, oldest first."""
        ...

    def recent_imports(self, limit: int) -> list[FileImport]:
        """The newest imports of whatever state, newest first."""
        ...

    def holdings(
        self,
        *,
        campaign_key: str | None = None,
        source: str | None = None,
        by: str | None = None,
        days: tuple[date, date] | None = None,
        live: bool = True,
    ) -> list[Holding]:
        """Which import brought which days of which campaign; by default those that count.

        A campaign's are also those of campaigns that are linked to it; with ``by`` only what gave way to that
        import, with ``days`` only what touches them.
        """
        ...

    def put_aside(self, source: str) -> list[Holding]:
        """What ``add_rows`` took of an import, by campaign and currency, with the days on which rows stand.

        Level and breakdowns are not known of it; ``number`` is 0.
        """
        ...

    def figures(self, holding: Holding) -> dict[tuple[date, date], Figures]:
        """What the rows of these days of its import add up to, by day or range, counting or not."""
        ...

    def moved(self, ours: Collection[Holding], theirs: Collection[Holding]) -> set[tuple[date, date]]:
        """Days, or ranges, on which the rows of ``ours`` tell other figures of some part than ``theirs``.

        Parts are ads, placements and the like; of ``theirs`` only rows that count are looked at, of both only
        days that ``ours`` span. A day of which one side has nothing is among them.
        """
        ...

    def rows(self, campaign_key: str, first: date, last: date) -> list[DailyRow]:
        """A campaign's rows that count and lie within these days, as they were read; none of its aliases."""
        ...

    def days(self, campaign_key: str, first: date, last: date) -> list[DaySum]:
        """A campaign's days that count, with those of campaigns that are linked to it, oldest first.

        Only rows of one day each; those of a range are told by ``holdings`` alone.
        """
        ...

    def row_campaigns(self, *, source: str | None = None) -> list[RowCampaign]:
        """Every campaign of which rows count, by its own key, in the order of the keys.

        With a ``source`` those of that import, whether they count or not.
        """
        ...

    def links(self) -> dict[str, str]:
        """Which campaign keys are another one's: alias to main. Never a chain."""
        ...

    def hook(self, identifier: str) -> HookDelivery | None: ...

    def hooks_of(self, burst: str) -> list[HookDelivery]:
        """The deliveries of one burst, oldest first."""
        ...

    def hook_letters(self, limit: int) -> HookLetters:
        """The newest deliveries that could not be read, and how many there are."""
        ...

    def votes(self, record: str) -> list[Vote]: ...

    def headway(self, identifier: str) -> Headway | None: ...

    def execution(self, key: str) -> Execution | None: ...

    def approvals_since(self, moment: datetime) -> int:
        """Count recommendations that were approved since then, where the approval took effect."""
        ...

    def pings(
        self, *, person: str | None = None, thing: str | None = None, state: PingState | None = None
    ) -> list[Ping]:
        """The pings of one person, of one thing, or in one state; in the order in which they came about."""
        ...

    def setting(self, name: str) -> Any | None:
        """A JSON value that people set from Slack (an order value, a limit), or ``None``."""
        ...


class Unit(Reading, Protocol):
    """One transaction: everything written in it happens together or not at all."""

    def keep_retrospective(self, retrospective: Retrospective) -> None:
        """Insert, or replace the same key; the replaced revision stays in ``revisions``."""
        ...

    def keep_recommendation(self, recommendation: Recommendation, *, expected_version: int | None) -> bool:
        """Insert (``None``) or compare-and-set; False when another version is stored."""
        ...

    def keep_weights(self, weights: Weights) -> None: ...

    def keep_pattern_life(self, life: PatternLife) -> None:
        """Insert, or replace the same key."""
        ...

    def keep_digest(self, digest: Digest) -> None: ...

    def keep_view(self, view: MessageView) -> None: ...

    def keep_reply(self, reply: Reply) -> None:
        """Insert, or replace the same id."""
        ...

    def keep_file_import(self, found: FileImport) -> None:
        """Insert, or replace the same id."""
        ...

    def add_rows(self, source: str, rows: Collection[DailyRow]) -> None:
        """Put rows of an import that is kept aside; they count from ``hold`` on, so no unit is long."""
        ...

    def forget_rows(self, source: str) -> int:
        """Remove some of the rows put aside for an import that holds nothing; 0 when none are left."""
        ...

    def hold(self, holdings: Collection[Holding]) -> None:
        """Say which days count, instead of what was said before of the same import, campaign and currency.

        ``rows`` and ``sums`` are what is kept, whatever is given, and so is the ``number`` of an import that
        holds something already. ``LookupError`` for what was never put aside.
        """
        ...

    def link(self, alias: str, main: str | None) -> None:
        """Make a campaign key another one's; ``None`` takes it back."""
        ...

    def keep_hook(self, delivery: HookDelivery) -> None:
        """Replace a delivery, which nobody reads then; its bytes go when it is done or dropped."""
        ...

    def keep_ping(self, ping: Ping) -> None:
        """Insert, or replace the same id."""
        ...

    def forget_pings(self, person: str, *, before: datetime) -> None:
        """Forget what this person was told before then; what is held back stays."""
        ...

    def keep_headway(self, headway: Headway) -> None:
        """Insert, or replace the same id."""
        ...

    def keep_vote(self, vote: Vote) -> None:
        """One vote a person: a new one on the same record and question replaces the old."""
        ...

    def keep_execution(self, execution: Execution, *, not_before: datetime | None = None) -> None:
        """Insert, or replace the same key; one that is "ready" is sent, not before that moment."""
        ...

    def subscribe(self, subscription: Subscription) -> None:
        """One standing order a channel: a new one replaces the old."""
        ...

    def unsubscribe(self, channel: str) -> bool: ...

    def claim_slot(self, slot: DigestSlot, status: SlotStatus) -> bool:
        """Insert the slot; False when (channel, local date) is taken already."""
        ...

    def mark_slot(self, channel: str, local_date: date, status: SlotStatus) -> None: ...

    def post(self, intent: Intent, *, not_before: datetime | None = None) -> bool:
        """Put an intent into the outbox, to be sent not before that moment.

        False when its key is on its way or was sent already; one that was given up is taken up again.
        """
        ...

    def settle_posting(self, key: str, *, arrived: bool) -> bool:
        """Take a person's word that a stuck message arrived, or send it again; False when it is not stuck."""
        ...

    def note(self, *, actor: str, deed: str, subject: str, detail: dict[str, Any]) -> None:
        """Append to the ledger."""
        ...

    def set_setting(self, name: str, value: Any) -> None: ...


class Memory(Protocol):
    """The one owner of ids and transactions."""

    def reading(self) -> AbstractContextManager[Reading]: ...

    def unit(self) -> AbstractContextManager[Unit]:
        """BEGIN IMMEDIATE … COMMIT; rolled back when the block raises."""
        ...


class Audit(Protocol):
    """Whether the ledger is as it was written, and where it ends."""

    def faults(self) -> list[str]:
        """Say what does not fit in its lines, its head and its anchor; empty when all is whole."""
        ...

    def head(self) -> LedgerHead:
        """Give the newest line and its digest, and what the anchor names."""
        ...


class Inbox(Protocol):
    """Accepted payloads, durable before they are acknowledged."""

    def accept(self, delivery: Delivery) -> bool:
        """Keep it, as being worked on by this bot; False when the key is known: nothing has to be done."""
        ...

    def claim(self, limit: int) -> list[Delivery]:
        """Take up to ``limit`` deliveries, oldest first, that wait or that no living bot works on."""
        ...

    def finish(self, key: str, *, error: str | None = None) -> None: ...

    def recover(self) -> int:
        """At start: what an earlier run was working on waits again. Returns how many."""
        ...

    def renew(self) -> None:
        """Go on holding what this bot works on."""
        ...

    def hand_over(self) -> int:
        """At the end: what this bot took and did not do waits for the next. Returns how many."""
        ...


class Outbox(Protocol):
    """Intents on their way to Slack."""

    def claim(self, *, now: datetime, limit: int) -> list[OutboxItem]:
        """Take what may be sent now, oldest first, and mark it as being sent.

        Nothing while another bot publishes: one at a time does.
        """
        ...

    def holds(self, seconds: float) -> bool:
        """Say whether this bot is surely the one that publishes for so long."""
        ...

    def renew(self) -> None:
        """Go on being the one that publishes, where this bot is."""
        ...

    def hand_over(self) -> None:
        """At the end: let another bot publish at once."""
        ...

    def state(self, key: str) -> tuple[str, str] | None:
        """Say how an intent stands (pending, sending, sent, parked), and its error or ""."""
        ...

    def sent(self, key: str, view: MessageView | None = None) -> None:
        """It arrived; its view, when it has one, is kept in the same transaction."""
        ...

    def retry(self, key: str, *, not_before: datetime, error: str, doubtful: bool) -> None:
        """Try again later; ``doubtful`` when the send may have arrived."""
        ...

    def put_back(self, key: str, *, not_before: datetime, reason: str) -> None:
        """Wait longer: no send began, so this counts as no attempt, and a doubt stays as it was."""
        ...

    def park(
        self, key: str, *, error: str, tell: Intent | None = None, told_at: datetime | None = None
    ) -> None:
        """Give up: nobody can tell, or Slack refuses for good. ``tell`` shows it to a person then, once."""
        ...

    def parked(self) -> Sequence[tuple[OutboxItem, str]]: ...

    def recover(self) -> int:
        """At start: what was being sent is doubtful and waits again. Returns how many."""
        ...


class Tally(Protocol):
    """How often people asked for work lately."""

    def take(
        self, key: str, what: str, *, person: str, channel: str | None, now: datetime, often: Often
    ) -> tuple[int, float] | None:
        """Count this, once a key; where it is too often, count nothing: how many that were, and the
        seconds until the next."""
        ...

    def prune(self, now: datetime, limit: int) -> int:
        """Forget up to ``limit`` that count no more; gives how many."""
        ...


class Executions(Protocol):
    """Changes of accounts on their way out; what comes of each is written by the engine's units."""

    def claim(self, *, now: datetime, limit: int) -> list[Execution]:
        """Take what is ready and due, oldest first, and mark it as being sent, leased to this bot.

        ``attempts`` counts the send that begins now. One with ``doubtful`` was begun by somebody whose
        lease ran out: whether it arrived has to be found out before anything is sent.
        """
        ...

    def renew(self) -> None:
        """Go on holding what this bot is sending."""
        ...

    def recover(self) -> int:
        """What nobody holds any more is ready again, and doubtful. Returns how many."""
        ...


class Hooks(Protocol):
    """Deliveries of webhooks, durable before they are acknowledged; what comes of each, units write."""

    def accept(self, delivery: HookDelivery, content: bytes, *, quiet: timedelta) -> Accepted:
        """Keep a delivery with its bytes, and join it to the burst of the one before.

        A new burst begins where that came ``quiet`` or more ago, on another day, or after 500. "duplicate":
        it was accepted before; "conflict": its id was, with other bytes. Then nothing is changed.
        """
        ...

    def claim(self, *, now: datetime) -> HookDelivery | None:
        """Take the oldest that is to be read, leased to this bot, which must be reading no other."""
        ...

    def content(self, identifier: str) -> bytes | None:
        """Give the bytes of a delivery; ``None`` where they are gone or damaged."""
        ...

    def renew(self) -> None:
        """Go on holding what this bot reads."""
        ...

    def hand_over(self) -> int:
        """At the end: what this bot took and did not read waits for the next. Returns how many."""
        ...


class Artifacts(Protocol):
    """Where the JSON bodies of an analysis are kept for people and machines to read."""

    def keep(self, campaign_id: str, bodies: dict[str, Any]) -> None:
        """Write ``<campaign_id>/<name>.json`` for each body, whole or not at all."""
        ...


TextKind = Literal["campaign", "learning"]


class EmbedderFailed(Exception):
    """An embedder that lives elsewhere gave no vectors; the message is one line, without secrets."""


class Embedder(Protocol):
    """Turns texts into vectors whose inner product says how near they are."""

    @property
    def name(self) -> str:
        """Names the space of its vectors; vectors of two names are never compared."""
        ...

    def embed(self, texts: Sequence[str]) -> "NDArray[np.float32]":
        """Embed n texts, shape (n, d) with one d for all time; rows have length 1.

        A text without a word may be a row of zeros, near to nothing. Raises ``EmbedderFailed``.
        """
        ...


class Vectors(Protocol):
    """An index of vectors: a cache that can always be made again from the texts."""

    def refresh(self, kind: TextKind, texts: Mapping[str, str], generation: int) -> bool:
        """Bring the vectors of this kind in line with ``texts`` (by key), embedding what is new.

        False when it cannot be done in time, because somebody else is at it or too much is new; then
        ``rebuild`` does it beside the questions. ``generation`` is the memory's. Raises
        ``EmbedderFailed``, also for a rebuild that failed, and then the index stays as it was.
        """
        ...

    def rebuild(
        self,
        kind: TextKind,
        texts: Mapping[str, str],
        generation: int,
        rows: "Mapping[str, NDArray[np.float32]]",
    ) -> None:
        """Do what ``refresh`` does in a thread of its own, and return at once; nothing while one works.

        ``rows`` are vectors that are known already, by text.
        """
        ...

    def search(self, kind: TextKind, vector: "NDArray[np.float32]", most: int) -> dict[str, float]:
        """Give the cosines above 0 by key of the ``most`` nearest, and of all that tie with the last."""
        ...


class Narrator(Protocol):
    """Who words insights anew, out of what the rules say; asked only where one is set up."""

    def word(self, analysis: Analysis, *, others: Collection[str]) -> Insights | None:
        """Give other words for ``analysis.insights``; ``None`` where the rules' words stand.

        ``others`` are names that are known and must not appear unless they are of this analysis. It
        may take seconds, and raises nothing: what failed is in the log.
        """
        ...

    def state(self) -> ModelState:
        """Say whether it would be asked now, and why not; asks nobody."""
        ...
