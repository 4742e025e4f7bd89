-- marko.db as version 2 of the schema made it. Never edited: databases of that version exist.
CREATE TABLE schema_version (
    version INTEGER NOT NULL,
    PRIMARY KEY (version)
);
CREATE TABLE campaigns (
    doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    "key" TEXT,
    UNIQUE ("key")
);
CREATE TABLE recommendations (
    doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    id TEXT,
    campaign_key TEXT,
    status TEXT,
    version INTEGER NOT NULL,
    UNIQUE (id)
);
CREATE INDEX ix_recommendations_campaign_key ON recommendations (campaign_key);
CREATE INDEX ix_recommendations_status ON recommendations (status);
CREATE TABLE weights (
    doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    name TEXT,
    UNIQUE (name)
);
CREATE TABLE digests (
    doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    id TEXT,
    channel TEXT,
    UNIQUE (id)
);
CREATE INDEX ix_digests_channel ON digests (channel);
CREATE TABLE subscriptions (
    doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    channel TEXT,
    UNIQUE (channel)
);
CREATE TABLE views (
    doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    record TEXT,
    channel TEXT,
    ts TEXT,
    UNIQUE (channel, ts)
);
CREATE INDEX ix_views_record ON views (record);
CREATE TABLE pattern_lives (
    doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    "key" TEXT,
    signal TEXT,
    status TEXT,
    UNIQUE ("key")
);
CREATE INDEX ix_pattern_lives_status ON pattern_lives (status);
CREATE INDEX ix_pattern_lives_signal ON pattern_lives (signal);
CREATE TABLE replies (
    doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    id TEXT,
    about TEXT,
    thread TEXT,
    UNIQUE (id)
);
CREATE INDEX ix_replies_about ON replies (about);
CREATE INDEX ix_replies_thread ON replies (thread);
CREATE TABLE imports (
    doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    id TEXT,
    checksum TEXT,
    UNIQUE (id)
);
CREATE INDEX ix_imports_checksum ON imports (checksum);
CREATE TABLE headways (
    doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    id TEXT,
    UNIQUE (id)
);
CREATE TABLE votes (
    doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    record TEXT,
    about TEXT,
    "by" TEXT,
    UNIQUE (record, about, "by")
);
CREATE INDEX ix_votes_record ON votes (record);
CREATE TABLE settings (
    doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    name TEXT,
    UNIQUE (name)
);
CREATE TABLE digest_slots (
    channel TEXT NOT NULL,
    local_date TEXT NOT NULL,
    due_at TEXT NOT NULL,
    status TEXT NOT NULL,
    changed_at TEXT NOT NULL,
    PRIMARY KEY (channel, local_date)
);
CREATE TABLE inbox (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key" TEXT NOT NULL,
    kind TEXT NOT NULL,
    name TEXT NOT NULL,
    payload TEXT NOT NULL,
    received_at TEXT NOT NULL,
    status TEXT NOT NULL,
    error TEXT,
    UNIQUE ("key")
);
CREATE INDEX ix_inbox_status_seq ON inbox (status, seq);
CREATE TABLE outbox (
    seq INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    "key" TEXT NOT NULL,
    kind TEXT NOT NULL,
    record TEXT NOT NULL,
    channel TEXT NOT NULL,
    ts TEXT,
    person TEXT,
    over TEXT,
    status TEXT NOT NULL,
    doubtful BOOLEAN NOT NULL,
    attempts INTEGER NOT NULL,
    not_before TEXT,
    error TEXT,
    view_channel TEXT,
    view_ts TEXT,
    changed_at TEXT NOT NULL,
    UNIQUE ("key")
);
CREATE INDEX ix_outbox_status_seq ON outbox (status, seq);
CREATE TABLE ledger (
    seq INTEGER NOT NULL,
    at TEXT NOT NULL,
    actor TEXT NOT NULL,
    deed TEXT NOT NULL,
    subject TEXT NOT NULL,
    detail TEXT NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (seq),
    UNIQUE (digest)
);
CREATE INDEX ix_ledger_at ON ledger (at);
CREATE TABLE ledger_head (
    seq INTEGER NOT NULL,
    digest TEXT NOT NULL,
    PRIMARY KEY (seq)
);
CREATE TABLE counters (
    name TEXT NOT NULL,
    value INTEGER NOT NULL,
    PRIMARY KEY (name)
);
CREATE TABLE performance_logs (
    doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    "key" TEXT,
    campaign_key TEXT,
    UNIQUE ("key"),
    FOREIGN KEY(campaign_key) REFERENCES campaigns ("key")
);
CREATE INDEX ix_performance_logs_campaign_key ON performance_logs (campaign_key);
CREATE TABLE patterns (
    doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    recommendation TEXT,
    UNIQUE (recommendation),
    FOREIGN KEY(recommendation) REFERENCES recommendations (id)
);
CREATE TABLE insights (
    doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    recommendation TEXT,
    UNIQUE (recommendation),
    FOREIGN KEY(recommendation) REFERENCES recommendations (id)
);
CREATE TABLE decisions (
    recommendation TEXT NOT NULL,
    version INTEGER NOT NULL,
    verb TEXT NOT NULL,
    "by" TEXT NOT NULL,
    at TEXT NOT NULL,
    reason TEXT,
    note TEXT NOT NULL,
    PRIMARY KEY (recommendation, version),
    FOREIGN KEY(recommendation) REFERENCES recommendations (id)
);
CREATE TABLE revisions (
    doc_id INTEGER NOT NULL PRIMARY KEY AUTOINCREMENT,
    body TEXT NOT NULL,
    "key" TEXT,
    revision INTEGER,
    UNIQUE ("key", revision),
    FOREIGN KEY("key") REFERENCES performance_logs ("key")
);
