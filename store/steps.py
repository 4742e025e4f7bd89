"""The tables that each version of ``marko.db`` brought, written out as they were then.

A step must make what its version had, also after the tables of ``schema.py`` moved on: a later step then
finds what it changes. So nothing here is ever edited, and nothing here reads ``schema.py``.
"""

from collections.abc import Sequence

from sqlalchemy import Connection

SECOND = (
    """CREATE TABLE pattern_lives (
        doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL,
        "key" TEXT, signal TEXT, status TEXT, UNIQUE ("key"))""",
    "CREATE INDEX ix_pattern_lives_signal ON pattern_lives (signal)",
    "CREATE INDEX ix_pattern_lives_status ON pattern_lives (status)",
    """CREATE TABLE replies (
        doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL,
        id TEXT, about TEXT, thread TEXT, UNIQUE (id))""",
    "CREATE INDEX ix_replies_about ON replies (about)",
    "CREATE INDEX ix_replies_thread ON replies (thread)",
    """CREATE TABLE imports (
        doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL,
        id TEXT, checksum TEXT, UNIQUE (id))""",
    "CREATE INDEX ix_imports_checksum ON imports (checksum)",
    """CREATE TABLE headways (
        doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL, id TEXT, UNIQUE (id))""",
    """CREATE TABLE votes (
        doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL,
        record TEXT, about TEXT, "by" TEXT, UNIQUE (record, about, "by"))""",
    "CREATE INDEX ix_votes_record ON votes (record)",
    "ALTER TABLE outbox ADD COLUMN over TEXT",
)

THIRD = (
    """CREATE TABLE briefs (
        doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL,
        id TEXT, campaign_key TEXT, status TEXT,
        UNIQUE (id), FOREIGN KEY(id) REFERENCES recommendations (id))""",
    "CREATE INDEX ix_briefs_campaign_key ON briefs (campaign_key)",
    "CREATE INDEX ix_briefs_status ON briefs (status)",
    """CREATE TABLE mentions (
        record TEXT NOT NULL, digest TEXT NOT NULL, posted_at TEXT NOT NULL,
        PRIMARY KEY (record, digest), FOREIGN KEY(digest) REFERENCES digests (id))""",
    "CREATE INDEX ix_mentions_digest ON mentions (digest)",
)

FOURTH = (
    "ALTER TABLE inbox ADD COLUMN worker TEXT",
    "ALTER TABLE inbox ADD COLUMN leased_until DOUBLE",
    "ALTER TABLE outbox ADD COLUMN worker TEXT",
    "ALTER TABLE outbox ADD COLUMN leased_until DOUBLE",
    """CREATE TABLE tally (
        seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, "key" TEXT NOT NULL, what TEXT NOT NULL,
        person TEXT NOT NULL, channel TEXT, at TEXT NOT NULL, UNIQUE ("key"))""",
    "CREATE INDEX ix_tally_person_at ON tally (person, at)",
    "CREATE INDEX ix_tally_channel_at ON tally (channel, at)",
    """CREATE TABLE executions (
        "key" TEXT NOT NULL, recommendation TEXT NOT NULL, status TEXT NOT NULL, body TEXT NOT NULL,
        not_before TEXT, worker TEXT, leased_until DOUBLE,
        PRIMARY KEY ("key"), FOREIGN KEY(recommendation) REFERENCES recommendations (id))""",
    "CREATE INDEX ix_executions_recommendation ON executions (recommendation)",
    "CREATE INDEX ix_executions_status ON executions (status)",
    """CREATE TABLE pings (
        doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, body TEXT NOT NULL,
        id TEXT, thing TEXT, person TEXT, state TEXT, UNIQUE (id))""",
    "CREATE INDEX ix_pings_thing ON pings (thing)",
    "CREATE INDEX ix_pings_person ON pings (person)",
    "CREATE INDEX ix_pings_state ON pings (state)",
    """CREATE TABLE leases (
        name TEXT NOT NULL, worker TEXT NOT NULL, until DOUBLE NOT NULL, PRIMARY KEY (name))""",
    "ALTER TABLE ledger_head ADD COLUMN keyed_from INTEGER",
    "ALTER TABLE ledger_head ADD COLUMN mac TEXT",
)

FIFTH = (
    """CREATE TABLE lots (
        lot INTEGER NOT NULL PRIMARY KEY, source TEXT NOT NULL, campaign_key TEXT NOT NULL,
        platform TEXT NOT NULL, account TEXT NOT NULL, campaign_id TEXT NOT NULL, currency TEXT NOT NULL,
        names TEXT NOT NULL, objective TEXT NOT NULL, attribution TEXT NOT NULL, number INTEGER,
        level TEXT, breakdowns TEXT, by_day BOOLEAN, read_on TEXT, crc INTEGER,
        UNIQUE (source, campaign_key, currency), FOREIGN KEY(source) REFERENCES imports (id))""",
    "CREATE INDEX ix_lots_campaign_key ON lots (campaign_key)",
    """CREATE TABLE daily_rows (
        seq INTEGER NOT NULL PRIMARY KEY, lot INTEGER NOT NULL, first_day TEXT NOT NULL,
        last_day TEXT NOT NULL, campaign TEXT NOT NULL, ad_set TEXT NOT NULL, ad TEXT NOT NULL,
        creative TEXT NOT NULL, audience TEXT NOT NULL, placement TEXT NOT NULL, device TEXT NOT NULL,
        country TEXT NOT NULL, objective TEXT NOT NULL, attribution TEXT NOT NULL,
        impressions INTEGER, clicks INTEGER, spend INTEGER, conversions INTEGER, revenue INTEGER,
        reach INTEGER, crc INTEGER, FOREIGN KEY(lot) REFERENCES lots (lot))""",
    "CREATE INDEX ix_daily_rows_lot_first_day ON daily_rows (lot, first_day)",
    """CREATE TABLE day_sums (
        lot INTEGER NOT NULL, first_day TEXT NOT NULL, last_day TEXT NOT NULL, known INTEGER NOT NULL,
        rows INTEGER NOT NULL, impressions INTEGER, clicks INTEGER, spend INTEGER, conversions INTEGER,
        revenue INTEGER, reach INTEGER, crc INTEGER, PRIMARY KEY (lot, first_day, last_day, known),
        FOREIGN KEY(lot) REFERENCES lots (lot))""",
    """CREATE TABLE holdings (
        seq INTEGER NOT NULL PRIMARY KEY, lot INTEGER NOT NULL, first_day TEXT NOT NULL,
        last_day TEXT NOT NULL, status TEXT NOT NULL, "by" TEXT, same_as TEXT, apart BOOLEAN NOT NULL,
        rows INTEGER NOT NULL, impressions INTEGER, clicks INTEGER, spend INTEGER, conversions INTEGER,
        revenue INTEGER, reach INTEGER, changed_at TEXT NOT NULL, crc INTEGER,
        FOREIGN KEY(lot) REFERENCES lots (lot))""",
    "CREATE INDEX ix_holdings_lot ON holdings (lot)",
    """CREATE TABLE links (alias TEXT NOT NULL, main TEXT NOT NULL, crc INTEGER, PRIMARY KEY (alias))""",
    "CREATE INDEX ix_links_main ON links (main)",
    """CREATE TABLE hook_deliveries (
        seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT, id TEXT NOT NULL, source TEXT NOT NULL,
        webhook_id TEXT NOT NULL, checksum TEXT NOT NULL, received_at TEXT NOT NULL, burst TEXT NOT NULL,
        status TEXT NOT NULL, not_before TEXT, body TEXT NOT NULL, worker TEXT, leased_until DOUBLE,
        crc INTEGER, UNIQUE (id), UNIQUE (source, webhook_id))""",
    "CREATE INDEX ix_hook_deliveries_webhook_id ON hook_deliveries (webhook_id)",
    "CREATE INDEX ix_hook_deliveries_status ON hook_deliveries (status, seq)",
    "CREATE INDEX ix_hook_deliveries_burst ON hook_deliveries (burst)",
    "CREATE INDEX ix_hook_deliveries_source ON hook_deliveries (source, seq)",
    """CREATE TABLE hook_bodies (id TEXT NOT NULL, content BLOB NOT NULL, PRIMARY KEY (id),
        FOREIGN KEY(id) REFERENCES hook_deliveries (id))""",
)

ON_POSTGRESQL = {  # in this order
    " INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT": " BIGSERIAL NOT NULL PRIMARY KEY",
    " INTEGER": " BIGINT",
    " TEXT": ' TEXT COLLATE "C"',
    " DOUBLE": " DOUBLE PRECISION",
    " BLOB": " BYTEA",
}


def run(connection: Connection, statements: Sequence[str]) -> None:
    """Take these steps; what they call INTEGER and TEXT has the same bounds and order on PostgreSQL."""
    for each in statements:
        if connection.dialect.name == "postgresql":
            for ours, theirs in ON_POSTGRESQL.items():
                each = each.replace(ours, theirs)  # noqa: PLW2901
        connection.exec_driver_sql(each)
