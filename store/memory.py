"""The memory (``engine.ports``): readings, units of work, and opening it all."""

import json
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from sqlalchemy import Connection, func, insert, select, update
from tinydb.queries import where

from engine import ports
from engine.models.brief import Brief, Said
from engine.models.daily import DailyRow, DaySum, Figures, RowCampaign
from engine.models.delivery import Intent, LedgerEntry, Posting
from engine.models.digest import Digest, DigestSlot, SlotStatus, Subscription
from engine.models.execution import Execution
from engine.models.export import Holding
from engine.models.file_import import FileImport
from engine.models.headway import Headway
from engine.models.hook import HookDelivery, HookLetters
from engine.models.pattern_life import PatternLife
from engine.models.ping import Ping, PingState
from engine.models.recommendation import UNDECIDED, Decision, MessageView, Recommendation, Status
from engine.models.reply import Reply
from engine.models.retrospective import Retrospective, Titled
from engine.models.vote import Vote
from engine.models.weight import Weights
from store import daily, executions, holdings, hooks, kept, ledger, moved, postings, registers
from store.audit import Audit, audit_of
from store.database import PATIENCE_S, Database, Place, insert_once, open_database
from store.deliveries import Inbox, Outbox, put_out
from store.documents import Documents, row_values
from store.moments import from_text, to_text
from store.pruning import Pruning
from store.schema import counters, decisions, digest_slots
from store.schema import recommendations as recommendation_rows
from store.tally import Tally

if TYPE_CHECKING:
    from store.vectors import VectorIndex

CURRENT = "current"
GENERATION = "SELECT value FROM counters WHERE name = 'generation'"
TITLES = {
    "sqlite": """SELECT key,
        json_extract(body, '$.retrospective.campaign.campaign_id'),
        json_extract(body, '$.retrospective.campaign.name'),
        json_extract(body, '$.retrospective.campaign.platform')
        FROM performance_logs""",
    "postgresql": """SELECT key, told ->> 'campaign_id', told ->> 'name', told ->> 'platform'
        FROM (SELECT key, body::json #> '{retrospective,campaign}' AS told FROM performance_logs) AS logs""",
}


class Reading:
    """A consistent look at the memory (``engine.ports.Reading``), valid inside its ``with`` block."""

    def __init__(self, connection: Connection) -> None:
        self._connection = connection
        self._documents = Documents(connection)

    def generation(self) -> int:
        return int(self._connection.exec_driver_sql(GENERATION).scalar_one())

    def retrospectives(self) -> list[Retrospective]:
        logs = kept.load(kept.KeptLog, self._documents.table("performance_logs"))
        logs.sort(key=lambda log: (log.retrospective.campaign.timestamp, log.key))
        return [log.retrospective for log in logs]

    def titles(self) -> list[Titled]:
        asked = TITLES[self._connection.dialect.name]
        return [Titled(*row) for row in self._connection.exec_driver_sql(asked)]

    def retrospective(self, key: str) -> Retrospective | None:
        log = kept.load_one(kept.KeptLog, self._documents.table("performance_logs"), "key", key)
        return log.retrospective if log else None

    def revisions(self, key: str) -> list[Retrospective]:
        found = kept.load(kept.KeptRevision, self._documents.table("revisions"), "key", key)
        return [each.retrospective for each in sorted(found, key=lambda each: each.revision)]

    def recommendation(self, identifier: str) -> Recommendation | None:
        table = self._documents.table("recommendations")
        found = kept.load_one(kept.KeptRecommendation, table, "id", identifier)
        return found.recommendation if found else None

    def recommendations(
        self, *, status: Status | None = None, campaign_key: str | None = None
    ) -> list[Recommendation]:
        table = self._documents.table("recommendations")
        if campaign_key is not None:
            found = kept.load(kept.KeptRecommendation, table, "campaign_key", campaign_key)
        elif status is not None:
            found = kept.load(kept.KeptRecommendation, table, "status", status)
        else:
            found = kept.load(kept.KeptRecommendation, table)
        wanted = [each.recommendation for each in found if status in {None, each.status}]
        return sorted(wanted, key=lambda each: (_newest_first(each.created_at), each.id))

    def briefs(self, *, status: Status | None = None, campaign_key: str | None = None) -> list[Brief]:
        found = registers.briefs(self._documents, status, campaign_key)
        return sorted(found, key=lambda each: (_newest_first(each.created_at), each.id))

    def said(self, identifiers: Collection[str]) -> dict[str, Said]:
        return registers.said(self._connection, identifiers)

    def shown(self, records: Collection[str]) -> set[str]:
        return registers.shown(self._connection, records)

    def views(self, record: str) -> list[MessageView]:
        return kept.load(MessageView, self._documents.table("views"), "record", record)

    def subscriptions(self) -> list[Subscription]:
        found = kept.load(Subscription, self._documents.table("subscriptions"))
        return sorted(found, key=lambda each: each.channel)

    def last_slot(self, channel: str) -> DigestSlot | None:
        wanted = select(digest_slots).where(digest_slots.c.channel == channel)
        row = self._connection.execute(wanted.order_by(digest_slots.c.local_date.desc()).limit(1)).first()
        if row is None:
            return None
        day = date.fromisoformat(row.local_date)
        return DigestSlot(channel=channel, local_date=day, due_at=from_text(row.due_at))

    def digest(self, identifier: str) -> Digest | None:
        return kept.load_one(Digest, self._documents.table("digests"), "id", identifier)

    def digests(self, channel: str | None = None) -> list[Digest]:
        table = self._documents.table("digests")
        found = kept.load(Digest, table, "channel", channel) if channel else kept.load(Digest, table)
        return sorted(found, key=lambda each: (_newest_first(each.posted_at), each.id))

    def digests_about(self, record: str, *, since: datetime | None = None) -> list[Digest]:
        found = registers.digests_about(self._connection, record, since)
        return sorted(found, key=lambda each: (_newest_first(each.posted_at), each.id))

    def weights(self) -> Weights | None:
        found = kept.load_one(kept.KeptWeights, self._documents.table("weights"), "name", CURRENT)
        return found.weights if found else None

    def pattern_lives(self) -> list[PatternLife]:
        found = kept.load(PatternLife, self._documents.table("pattern_lives"))
        return sorted(found, key=lambda each: each.key)

    def pattern_life(self, key: str) -> PatternLife | None:
        return kept.load_one(PatternLife, self._documents.table("pattern_lives"), "key", key)

    def ledger(self, *, since: datetime | None = None) -> list[LedgerEntry]:
        return ledger.entries(self._connection, since)

    def ledger_page(
        self, *, since: datetime | None, about: Collection[str] | None, by: str | None, limit: int
    ) -> tuple[list[LedgerEntry], int]:
        return ledger.page(self._connection, since=since, about=about, by=by, limit=limit)

    def reply(self, identifier: str) -> Reply | None:
        return kept.load_one(Reply, self._documents.table("replies"), "id", identifier)

    def replies(self, *, about: str | None = None, thread: str | None = None) -> list[Reply]:
        field, value = ("about", about) if about is not None else ("thread", thread or "")
        found = kept.load(Reply, self._documents.table("replies"), field, value)
        return sorted(found, key=lambda each: (each.asked_at, each.id))

    def last_reply(self, channel: str, *, before: str) -> Reply | None:
        return registers.last_reply(self._connection, channel, before)

    def shown_at(self, channel: str, ts: str) -> MessageView | None:
        there = (where("channel") == channel) & (where("ts") == ts)
        found = self._documents.table("views").search(there)
        return MessageView.model_validate(found[0]) if found else None

    def file_import(self, identifier: str) -> FileImport | None:
        return kept.load_one(FileImport, self._documents.table("imports"), "id", identifier)

    def file_imports(self, checksum: str) -> list[FileImport]:
        found = kept.load(FileImport, self._documents.table("imports"), "checksum", checksum)
        return sorted(found, key=lambda each: (each.at, each.id))

    def recent_imports(self, limit: int) -> list[FileImport]:
        return kept.newest(FileImport, self._documents.table("imports"), limit)

    def holdings(
        self,
        *,
        campaign_key: str | None = None,
        source: str | None = None,
        by: str | None = None,
        days: tuple[date, date] | None = None,
        live: bool = True,
    ) -> list[Holding]:
        return holdings.held(
            self._connection, campaign_key=campaign_key, source=source, by=by, days=days, live=live
        )

    def put_aside(self, source: str) -> list[Holding]:
        return holdings.put_aside(self._connection, source)

    def moved(self, ours: Collection[Holding], theirs: Collection[Holding]) -> set[tuple[date, date]]:
        return moved.spans(self._connection, ours, theirs)

    def figures(self, holding: Holding) -> dict[tuple[date, date], Figures]:
        return holdings.figures(self._connection, holding)

    def rows(self, campaign_key: str, first: date, last: date) -> list[DailyRow]:
        return holdings.rows(self._connection, campaign_key, first, last)

    def days(self, campaign_key: str, first: date, last: date) -> list[DaySum]:
        return holdings.days(self._connection, campaign_key, first, last)

    def row_campaigns(self, *, source: str | None = None) -> list[RowCampaign]:
        return holdings.row_campaigns(self._connection, source)

    def links(self) -> dict[str, str]:
        return holdings.all_links(self._connection)

    def hook(self, identifier: str) -> HookDelivery | None:
        return hooks.one(self._connection, identifier)

    def hooks_of(self, burst: str) -> list[HookDelivery]:
        return hooks.of_burst(self._connection, burst)

    def hook_letters(self, limit: int) -> HookLetters:
        return hooks.letters(self._connection, limit)

    def votes(self, record: str) -> list[Vote]:
        return kept.load(Vote, self._documents.table("votes"), "record", record)

    def headway(self, identifier: str) -> Headway | None:
        return kept.load_one(Headway, self._documents.table("headways"), "id", identifier)

    def pings(
        self, *, person: str | None = None, thing: str | None = None, state: PingState | None = None
    ) -> list[Ping]:
        asked = {"person": person, "thing": thing, "state": state}
        field, value = next((name, value) for name, value in asked.items() if value is not None)
        return kept.load(Ping, self._documents.table("pings"), field, value)

    def posting(self, key: str) -> Posting | None:
        return postings.read(self._connection, key)

    def execution(self, key: str) -> Execution | None:
        return executions.one(self._connection, key)

    def approvals_since(self, moment: datetime) -> int:
        rows = recommendation_rows
        took_effect = rows.c.status.not_in([*UNDECIDED, "rejected"])  # else one of two approved, at most
        wanted = select(func.count(decisions.c.recommendation.distinct()))
        wanted = wanted.join(rows, rows.c.id == decisions.c.recommendation)
        approved = decisions.c.verb == "approve", decisions.c.at >= to_text(moment)
        return self._connection.execute(wanted.where(*approved, took_effect)).scalar_one()

    def setting(self, name: str) -> Any | None:
        found = self._documents.table("settings").bodies("name", name)
        return json.loads(found[0])["value"] if found else None


class Unit(Reading):
    """One transaction (``engine.ports.Unit``): it reads what it wrote, and all of it is kept or none."""

    def __init__(self, connection: Connection, clock: ports.Clock, audit: Audit) -> None:
        super().__init__(connection)
        self._clock = clock
        self._audit = audit

    def keep_retrospective(self, retrospective: Retrospective) -> None:
        """Insert or replace; ``ValueError`` when a changed window does not raise its revision."""
        key, revision = retrospective.key, retrospective.revision
        stored = self.retrospective(key)
        if stored is not None and stored.revision >= revision:
            if stored.revision == revision and stored.campaign == retrospective.campaign:
                return
            raise ValueError(f"{key} is kept at revision {stored.revision}; {revision} is not newer.")
        self._keep_campaign(retrospective)
        log = kept.KeptLog(key=key, campaign_key=retrospective.campaign_key, retrospective=retrospective)
        kept.put(self._documents.table("performance_logs"), log, where("key") == key)
        entry = kept.KeptRevision(key=key, revision=revision, retrospective=retrospective)
        self._documents.table("revisions").insert(kept.as_document(entry))
        self._raise_generation()

    def keep_recommendation(self, recommendation: Recommendation, *, expected_version: int | None) -> bool:
        """Insert or compare-and-set; ``ValueError`` when a change does not raise the version."""
        if expected_version is None:
            done = self._insert_recommendation(recommendation)
        elif recommendation.version > expected_version:
            done = self._replace_recommendation(recommendation, expected_version)
        else:
            raise ValueError(f"{recommendation.id}: a change must raise version {expected_version}.")
        if done:
            registers.keep_brief(self._documents, recommendation)
            self._keep_decisions(recommendation)
            self._raise_generation()
        return done

    def keep_weights(self, weights: Weights) -> None:
        value = kept.KeptWeights(name=CURRENT, weights=weights)
        kept.put(self._documents.table("weights"), value, where("name") == CURRENT)

    def keep_pattern_life(self, life: PatternLife) -> None:
        kept.put(self._documents.table("pattern_lives"), life, where("key") == life.key)

    def keep_digest(self, digest: Digest) -> None:
        kept.put(self._documents.table("digests"), digest, where("id") == digest.id)
        registers.keep_mentions(self._connection, digest)

    def keep_view(self, view: MessageView) -> None:
        kept.keep_view(self._documents, view)

    def keep_reply(self, reply: Reply) -> None:
        kept.put(self._documents.table("replies"), reply, where("id") == reply.id)

    def keep_file_import(self, found: FileImport) -> None:
        kept.put(self._documents.table("imports"), found, where("id") == found.id)

    def add_rows(self, source: str, rows: Collection[DailyRow]) -> None:
        daily.add(self._connection, source, rows)

    def forget_rows(self, source: str) -> int:
        return daily.forget(self._connection, source)

    def hold(self, holdings_: Collection[Holding]) -> None:
        holdings.hold(self._connection, holdings_, self._now())
        self._raise_generation()

    def link(self, alias: str, main: str | None) -> None:
        """Make a campaign key another one's; ``ValueError`` for a key that would be its own alias."""
        holdings.link(self._connection, alias, main)
        self._raise_generation()

    def keep_hook(self, delivery: HookDelivery) -> None:
        hooks.put(self._connection, delivery)

    def keep_headway(self, headway: Headway) -> None:
        kept.put(self._documents.table("headways"), headway, where("id") == headway.id)

    def keep_ping(self, ping: Ping) -> None:
        kept.put(self._documents.table("pings"), ping, where("id") == ping.id)

    def forget_pings(self, person: str, *, before: datetime) -> None:
        for each in self.pings(person=person):
            if each.at < before and each.state != "held":
                self._documents.table("pings").remove(where("id") == each.id)

    def keep_execution(self, execution: Execution, *, not_before: datetime | None = None) -> None:
        executions.put(self._connection, execution, not_before=not_before)

    def keep_vote(self, vote: Vote) -> None:
        same = (where("record") == vote.record) & (where("about") == vote.about) & (where("by") == vote.by)
        kept.put(self._documents.table("votes"), vote, same)

    def subscribe(self, subscription: Subscription) -> None:
        same = where("channel") == subscription.channel
        kept.put(self._documents.table("subscriptions"), subscription, same)

    def unsubscribe(self, channel: str) -> bool:
        return bool(self._documents.table("subscriptions").remove(where("channel") == channel))

    def claim_slot(self, slot: DigestSlot, status: SlotStatus) -> bool:
        row = {
            "channel": slot.channel,
            "local_date": slot.local_date.isoformat(),
            "due_at": to_text(slot.due_at),
            "status": status,
            "changed_at": self._now(),
        }
        return insert_once(self._connection, digest_slots, row)

    def mark_slot(self, channel: str, local_date: date, status: SlotStatus) -> None:
        """Say what became of a claimed slot; ``LookupError`` when nobody claimed it."""
        slot = digest_slots.c.channel == channel, digest_slots.c.local_date == local_date.isoformat()
        change = update(digest_slots).where(*slot).values(status=status, changed_at=self._now())
        if self._connection.execute(change).rowcount != 1:
            raise LookupError(f"Nobody claimed the digest of {local_date} for {channel}.")

    def post(self, intent: Intent, *, not_before: datetime | None = None) -> bool:
        return put_out(self._connection, intent, self._clock.now(), not_before=not_before)

    def settle_posting(self, key: str, *, arrived: bool) -> bool:
        return postings.settle(self._connection, key, arrived=arrived, at=self._clock.now())

    def note(self, *, actor: str, deed: str, subject: str, detail: dict[str, Any]) -> None:
        self._audit.note(self._connection, actor=actor, deed=deed, subject=subject, detail=detail)

    def set_setting(self, name: str, value: Any) -> None:
        self._documents.table("settings").upsert({"name": name, "value": value}, where("name") == name)

    def _keep_campaign(self, retrospective: Retrospective) -> None:
        """Remember the campaign itself, and this name of it if it is a new one."""
        table = self._documents.table("campaigns")
        known = kept.load_one(kept.KeptCampaign, table, "key", retrospective.campaign_key)
        names = known.names if known else ()
        if known and retrospective.name in names:
            return
        campaign = kept.KeptCampaign(
            key=retrospective.campaign_key,
            platform=retrospective.campaign.platform,
            campaign_id=retrospective.campaign.campaign_id,
            names=(*names, retrospective.name),
        )
        kept.put(table, campaign, where("key") == campaign.key)

    def _insert_recommendation(self, recommendation: Recommendation) -> bool:
        values = row_values(recommendation_rows, kept.as_document(_envelope(recommendation)))
        if not insert_once(self._connection, recommendation_rows, values):
            return False
        analysis, identifier = recommendation.analysis, recommendation.id
        patterns = kept.KeptPatterns(recommendation=identifier, patterns=analysis.patterns)
        self._documents.table("patterns").insert(kept.as_document(patterns))
        insights = kept.KeptInsights(recommendation=identifier, insights=analysis.insights)
        self._documents.table("insights").insert(kept.as_document(insights))
        return True

    def _replace_recommendation(self, recommendation: Recommendation, expected_version: int) -> bool:
        rows = recommendation_rows
        values = row_values(rows, kept.as_document(_envelope(recommendation)))
        mine = rows.c.id == recommendation.id, rows.c.version == expected_version
        return self._connection.execute(update(rows).where(*mine).values(values)).rowcount == 1

    def _keep_decisions(self, recommendation: Recommendation) -> None:
        """Write the decisions that are new; each has its own version, so no version is decided twice."""
        mine = select(func.count()).where(decisions.c.recommendation == recommendation.id)
        fresh = recommendation.decisions[self._connection.execute(mine).scalar_one() :]
        first = recommendation.version - len(fresh) + 1
        rows = [
            _decision_row(recommendation.id, version, decision)
            for version, decision in enumerate(fresh, start=first)
        ]
        if rows:
            self._connection.execute(insert(decisions), rows)

    def _raise_generation(self) -> None:
        change = update(counters).where(counters.c.name == "generation")
        self._connection.execute(change.values(value=counters.c.value + 1))

    def _now(self) -> str:
        return to_text(self._clock.now())


class Memory:
    """The one owner of ids and transactions (``engine.ports.Memory``)."""

    def __init__(self, database: Database, clock: ports.Clock, audit: Audit) -> None:
        self._database = database
        self._clock = clock
        self._audit = audit

    @contextmanager
    def reading(self) -> Iterator[Reading]:
        with self._database.reading() as connection:
            yield Reading(connection)

    @contextmanager
    def unit(self) -> Iterator[Unit]:
        """Open a unit; a second one in the same thread is a ``RuntimeError``."""
        with self._database.writing() as connection:
            yield Unit(connection, self._clock, self._audit)


class Store:
    """All that is kept, behind one handle; its parts share one database."""

    def __init__(self, database: Database, clock: ports.Clock, audit: Audit) -> None:
        self._database = database
        self.path = database.path
        self.name = database.name
        self.audit = audit
        self.memory: ports.Memory = Memory(database, clock, audit)
        self.inbox: ports.Inbox = Inbox(database)
        self.outbox: ports.Outbox = Outbox(database, clock)
        self.tally: ports.Tally = Tally(database)
        self.executions: ports.Executions = executions.Executions(database, clock, audit)
        self.hooks: ports.Hooks = hooks.Hooks(database, clock, audit)
        self.prune = Pruning(database).prune
        self._vectors: list[VectorIndex] = []

    def vectors(self, path: Path, embedder: ports.Embedder) -> ports.Vectors:
        """Give the index of vectors at ``path``; what it did not write yet is written at the close."""
        from store.vectors import VectorIndex  # noqa: PLC0415  numpy comes with it, and documents need none

        self._vectors.append(VectorIndex(path, embedder))
        return self._vectors[-1]

    def ledger_faults(self) -> list[str]:
        """Say what does not fit in the ledger, its head and its anchor; empty when all is whole."""
        return self.audit.faults()

    def close(self) -> None:
        for each in self._vectors:
            each.close()
        try:
            if self.audit.has_key:
                self.audit.keep_up()
        finally:
            self._database.close()


def open_store(
    place: Place,
    clock: ports.Clock,
    *,
    patience_s: float = PATIENCE_S,
    ledger_key: str | None = None,
    folder: Path | None = None,
    secrets: Collection[str] = (),
    check_ledger: bool = True,
) -> Store:
    """Open the memory in a file, made when it is missing, or at the address of a PostgreSQL database.

    ``patience_s`` is how many seconds a writer waits for another one. The ledger's key is ``ledger_key``,
    or the one in ``ledger.key``, which is made; that file and the ledger's anchor are in ``folder``, beside
    the file unless told. ``secrets`` are never written into the ledger. Without ``check_ledger`` a ledger
    of another key, or a changed one, is opened too, to be looked at and begun anew. :class:`StoreTrouble`
    says why it cannot be opened, and never a password.
    """
    database = open_database(place, patience_s=patience_s)
    try:
        audit = audit_of(database, clock, ledger_key, folder, secrets=secrets, check=check_ledger)
    except BaseException:
        database.close()
        raise
    return Store(database, clock, audit)


def _envelope(recommendation: Recommendation) -> kept.KeptRecommendation:
    return kept.KeptRecommendation(
        id=recommendation.id,
        campaign_key=recommendation.campaign_key,
        status=recommendation.status,
        version=recommendation.version,
        recommendation=recommendation,
    )


def _decision_row(recommendation: str, version: int, decision: Decision) -> dict[str, Any]:
    return {
        "recommendation": recommendation,
        "version": version,
        "verb": decision.verb,
        "by": decision.by,
        "at": to_text(decision.at),
        "reason": decision.reason,
        "note": decision.note,
    }


def _newest_first(moment: datetime) -> float:
    return -moment.astimezone(UTC).timestamp()
