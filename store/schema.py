"""The tables of ``marko.db`` and the steps from one schema version to the next.

Two kinds of tables. A *document table* belongs to the TinyDB layer: ``doc_id``, the document as JSON
in ``body``, and one real column for each field that the database answers or guards. (The primary key
is called ``doc_id``, as TinyDB calls it, because documents have fields named ``id`` themselves.) The
others are plain tables, for what needs a constraint more than it needs a document.

Moments in plain columns are ISO text in UTC with microseconds, so that text order is time order. A
``crc`` is the row's checksum (``store/checksums.py``).
"""

from collections.abc import Callable, Mapping

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Connection,
    Double,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    PrimaryKeyConstraint,
    Table,
    UniqueConstraint,
    func,
    insert,
    select,
)
from sqlalchemy import Text as AnyText
from sqlalchemy.schema import SchemaItem

from store import checksums
from store.steps import FIFTH, FOURTH, SECOND, THIRD, run

VERSION = 5

metadata = MetaData()
# Text is compared byte by byte everywhere: PostgreSQL would sort by the letters of some language.
Text = AnyText().with_variant(AnyText(collation="C"), "postgresql")
RowId = BigInteger().with_variant(Integer, "sqlite")  # SQLite hands out ids for INTEGER alone
Seconds = Double  # a moment of real time, as seconds since 1970: leases know no sandbox's clock


def document_table(name: str, *fields: SchemaItem, into: MetaData = metadata) -> Table:
    """Declare a document table. A text column named like a field makes its equality an index look-up."""
    return Table(
        name,
        into,
        Column("doc_id", RowId, primary_key=True),
        Column("body", Text, nullable=False),
        Column("crc", RowId),
        *fields,
        sqlite_autoincrement=True,  # an id names one document for ever, also after it was removed
    )


def _refers_to(column: str) -> ForeignKey:
    return ForeignKey(column)


campaigns = document_table("campaigns", Column("key", Text, unique=True))
performance_logs = document_table(
    "performance_logs",
    Column("key", Text, unique=True),
    Column("campaign_key", Text, _refers_to("campaigns.key"), index=True),
)
revisions = document_table(
    "revisions",
    Column("key", Text, _refers_to("performance_logs.key")),
    Column("revision", Integer),
    UniqueConstraint("key", "revision"),
)
recommendations = document_table(
    "recommendations",
    Column("id", Text, unique=True),
    Column("campaign_key", Text, index=True),
    Column("status", Text, index=True),
    Column("version", Integer, nullable=False),
)
patterns = document_table(
    "patterns", Column("recommendation", Text, _refers_to("recommendations.id"), unique=True)
)
insights = document_table(
    "insights", Column("recommendation", Text, _refers_to("recommendations.id"), unique=True)
)
briefs = document_table(
    "briefs",
    Column("id", Text, _refers_to("recommendations.id"), unique=True),
    Column("campaign_key", Text, index=True),
    Column("status", Text, index=True),
)
weights = document_table("weights", Column("name", Text, unique=True))
digests = document_table("digests", Column("id", Text, unique=True), Column("channel", Text, index=True))
subscriptions = document_table("subscriptions", Column("channel", Text, unique=True))
views = document_table(
    "views",
    Column("record", Text, index=True),
    Column("channel", Text),
    Column("ts", Text),
    UniqueConstraint("channel", "ts"),
)
pattern_lives = document_table(
    "pattern_lives",
    Column("key", Text, unique=True),
    Column("signal", Text, index=True),
    Column("status", Text, index=True),
)
replies = document_table(
    "replies",
    Column("id", Text, unique=True),
    Column("about", Text, index=True),
    Column("thread", Text, index=True),
)
imports = document_table("imports", Column("id", Text, unique=True), Column("checksum", Text, index=True))
headways = document_table("headways", Column("id", Text, unique=True))
votes = document_table(
    "votes",
    Column("record", Text, index=True),
    Column("about", Text),
    Column("by", Text),
    UniqueConstraint("record", "about", "by"),
)
pings = document_table(
    "pings",
    Column("id", Text, unique=True),
    Column("thing", Text, index=True),
    Column("person", Text, index=True),
    Column("state", Text, index=True),
)
settings = document_table("settings", Column("name", Text, unique=True))

DOCUMENT_TABLES: Mapping[str, Table] = dict(metadata.tables)

decisions = Table(
    "decisions",
    metadata,
    Column("recommendation", Text, _refers_to("recommendations.id"), nullable=False),
    Column("version", Integer, nullable=False),
    Column("verb", Text, nullable=False),
    Column("by", Text, nullable=False),
    Column("at", Text, nullable=False),
    Column("reason", Text),
    Column("note", Text, nullable=False),
    PrimaryKeyConstraint("recommendation", "version"),
)

digest_slots = Table(
    "digest_slots",
    metadata,
    Column("channel", Text, nullable=False),
    Column("local_date", Text, nullable=False),
    Column("due_at", Text, nullable=False),
    Column("status", Text, nullable=False),
    Column("changed_at", Text, nullable=False),
    PrimaryKeyConstraint("channel", "local_date"),
)

mentions = Table(
    "mentions",
    metadata,
    Column("record", Text, nullable=False),  # a recommendation, or a pattern's key
    Column("digest", Text, _refers_to("digests.id"), nullable=False, index=True),
    Column("posted_at", Text, nullable=False),
    PrimaryKeyConstraint("record", "digest"),
)

inbox = Table(
    "inbox",
    metadata,
    Column("seq", RowId, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("payload", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("status", Text, nullable=False),  # waiting, working, done, failed
    Column("error", Text),
    Column("worker", Text),  # who works on it, until when: then somebody else may take it up
    Column("leased_until", Seconds),
    Index("ix_inbox_status_seq", "status", "seq"),
    sqlite_autoincrement=True,
)

outbox = Table(
    "outbox",
    metadata,
    Column("seq", RowId, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("kind", Text, nullable=False),
    Column("record", Text, nullable=False),
    Column("channel", Text, nullable=False),
    Column("ts", Text),
    Column("person", Text),
    Column("over", Text),
    Column("status", Text, nullable=False),  # pending, sending, sent, parked
    Column("doubtful", Boolean, nullable=False),
    Column("attempts", Integer, nullable=False),
    Column("not_before", Text),
    Column("error", Text),
    Column("view_channel", Text),
    Column("view_ts", Text),
    Column("changed_at", Text, nullable=False),
    Column("worker", Text),
    Column("leased_until", Seconds),
    Index("ix_outbox_status_seq", "status", "seq"),
    sqlite_autoincrement=True,
)

tally = Table(
    "tally",
    metadata,
    Column("seq", RowId, primary_key=True),
    Column("key", Text, nullable=False, unique=True),
    Column("what", Text, nullable=False),  # analysis, question
    Column("person", Text, nullable=False),
    Column("channel", Text),
    Column("at", Text, nullable=False),
    Index("ix_tally_person_at", "person", "at"),
    Index("ix_tally_channel_at", "channel", "at"),
    sqlite_autoincrement=True,
)

executions = Table(
    "executions",
    metadata,
    Column("key", Text, primary_key=True),
    Column("recommendation", Text, _refers_to("recommendations.id"), nullable=False, index=True),
    Column("status", Text, nullable=False, index=True),
    Column("body", Text, nullable=False),
    Column("not_before", Text),
    Column("worker", Text),
    Column("leased_until", Seconds),
)

leases = Table(
    "leases",
    metadata,
    Column("name", Text, primary_key=True),  # what only one bot at a time may do: "publisher"
    Column("worker", Text, nullable=False),
    Column("until", Seconds, nullable=False),
)

lots = Table(  # what one import brought of one campaign, in one currency
    "lots",
    metadata,
    Column("lot", RowId, primary_key=True, autoincrement=False),
    Column("source", Text, _refers_to("imports.id"), nullable=False),
    Column("campaign_key", Text, nullable=False, index=True),
    Column("platform", Text, nullable=False),
    Column("account", Text, nullable=False),
    Column("campaign_id", Text, nullable=False),
    Column("currency", Text, nullable=False),  # "" where nobody knows it
    Column("names", Text, nullable=False),  # as JSON: each spelling, and the last day on which it stood
    Column("objective", Text, nullable=False),
    Column("attribution", Text, nullable=False),
    Column("number", RowId),  # which import came after which; none while it is only put aside
    Column("level", Text),
    Column("breakdowns", Text),
    Column("by_day", Boolean),
    Column("read_on", Text),
    UniqueConstraint("source", "campaign_key", "currency"),
)


def _figures() -> list[SchemaItem]:
    """What is counted: money and conversions in millionths; empty where no row has it."""
    names = ("impressions", "clicks", "spend", "conversions", "revenue", "reach")
    return [Column(name, RowId) for name in names]


def _span() -> list[SchemaItem]:
    """Of which campaign of which import, and its days as ISO text, both ends included."""
    return [
        Column("lot", RowId, _refers_to("lots.lot"), nullable=False),
        Column("first_day", Text, nullable=False),
        Column("last_day", Text, nullable=False),
    ]


PARTS = (
    "campaign", "ad_set", "ad", "creative", "audience", "placement", "device", "country", "objective",
    "attribution",
)  # fmt: skip
daily_rows = Table(
    "daily_rows",
    metadata,
    Column("seq", RowId, primary_key=True, autoincrement=False),
    *_span(),
    *(Column(name, Text, nullable=False) for name in PARTS),
    *_figures(),
    Index("ix_daily_rows_lot_first_day", "lot", "first_day"),
)

day_sums = Table(  # a lot's rows of one day, or of one range, that have the same figures, added up
    "day_sums",
    metadata,
    *_span(),
    Column("known", RowId, nullable=False),  # bits: which figures these rows have
    Column("rows", RowId, nullable=False),
    *_figures(),
    PrimaryKeyConstraint("lot", "first_day", "last_day", "known"),
)

holdings = Table(  # which days of a lot count; together they are all its days
    "holdings",
    metadata,
    Column("seq", RowId, primary_key=True, autoincrement=False),
    *_span(),
    Column("status", Text, nullable=False),  # live, replaced, undone, double
    Column("by", Text),
    Column("same_as", Text),
    Column("apart", Boolean, nullable=False),
    Column("rows", RowId, nullable=False),
    *_figures(),
    Column("changed_at", Text, nullable=False),
    Index("ix_holdings_lot", "lot"),
)

links = Table(
    "links",
    metadata,
    Column("alias", Text, primary_key=True),
    Column("main", Text, nullable=False, index=True),
)

hook_deliveries = Table(  # what programs delivered, one row each for ever and once
    "hook_deliveries",
    metadata,
    Column("seq", RowId, primary_key=True),
    Column("id", Text, nullable=False, unique=True),
    Column("source", Text, nullable=False),
    Column("webhook_id", Text, nullable=False, index=True),
    Column("checksum", Text, nullable=False),
    Column("received_at", Text, nullable=False),
    Column("burst", Text, nullable=False, index=True),
    Column("status", Text, nullable=False),  # waiting, working, done, dead, dropped
    Column("not_before", Text),
    Column("body", Text, nullable=False),
    Column("worker", Text),
    Column("leased_until", Seconds),
    UniqueConstraint("source", "webhook_id"),
    Index("ix_hook_deliveries_status", "status", "seq"),
    Index("ix_hook_deliveries_source", "source", "seq"),
    sqlite_autoincrement=True,
)

hook_bodies = Table(  # their bytes, packed by zlib, until they are read or dropped
    "hook_bodies",
    metadata,
    Column("id", Text, _refers_to("hook_deliveries.id"), primary_key=True),
    Column("content", LargeBinary, nullable=False),
)

ledger = Table(
    "ledger",
    metadata,
    Column("seq", RowId, primary_key=True, autoincrement=False),
    Column("at", Text, nullable=False, index=True),
    Column("actor", Text, nullable=False),
    Column("deed", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("detail", Text, nullable=False),
    Column("digest", Text, nullable=False, unique=True),
)

ledger_head = Table(
    "ledger_head",
    metadata,
    Column("seq", RowId, primary_key=True, autoincrement=False),
    Column("digest", Text, nullable=False),
    Column("keyed_from", RowId),  # the first line whose digest needs the key; those before are SHA-256 alone
    Column("mac", Text),
)

counters = Table(
    "counters",
    metadata,
    Column("name", Text, primary_key=True),
    Column("value", RowId, nullable=False),
)

schema_version = Table(
    "schema_version", metadata, Column("version", Integer, primary_key=True, autoincrement=False)
)

for _table in metadata.tables.values():
    if _table.name not in checksums.UNCHECKED and "crc" not in _table.c:
        _table.append_column(Column("crc", RowId))

Step = Callable[[Connection], None]


def _second(connection: Connection) -> None:
    """Lives of patterns, replies to questions, files, votes; what stands in for a card."""
    run(connection, SECOND)


def _third(connection: Connection) -> None:
    """Recommendations in short, what digests speak of; both out of what is kept."""
    from store.registers import fill  # noqa: PLC0415  what fills tables knows them, not the other way round

    run(connection, THIRD)
    fill(connection)


def _fourth(connection: Connection) -> None:
    """Executions, leases of several bots, a keyed ledger, a checksum in every row."""
    run(connection, FOURTH)
    checksums.fill(connection)


def _fifth(connection: Connection) -> None:
    """What exports bring: rows, which of them count, and which campaigns are one."""
    run(connection, FIFTH)


STEPS: Mapping[int, Step] = {2: _second, 3: _third, 4: _fourth, 5: _fifth}
"""What leads to a version from the one before. A new database is made whole and needs no steps."""


def bring_up_to_date(connection: Connection, *, to: int = VERSION, steps: Mapping[int, Step] = STEPS) -> None:
    """Make all tables, or take the steps that are missing; to be called in a write transaction."""
    schema_version.create(connection, checkfirst=True)
    known = connection.scalar(select(func.max(schema_version.c.version)))
    if known is None:
        metadata.create_all(connection)
        connection.execute(insert(counters).values(name="generation", value=0))
        connection.execute(insert(schema_version).values(version=to))
        return
    for version in range(known + 1, to + 1):
        steps[version](connection)
        connection.execute(insert(schema_version).values(version=version))
