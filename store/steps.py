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


def run(connection: Connection, statements: Sequence[str]) -> None:
    for each in statements:
        connection.exec_driver_sql(each)
