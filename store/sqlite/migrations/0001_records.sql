-- Records and what the engine asks about them.
--
-- Times are microseconds since 1970 in UTC; NULL is the zero time where a
-- column allows it. JSON is kept as text, byte for byte. Columns that are
-- seldom read or large stand last, so that lists need not load them.

CREATE TABLE trigger_instance (
    seq         INTEGER PRIMARY KEY,
    id          TEXT NOT NULL UNIQUE,
    occurred_at INTEGER NOT NULL,
    status      TEXT NOT NULL,
    trigger     TEXT NOT NULL,
    trace_id    TEXT NOT NULL,
    trace_tag   TEXT NOT NULL,
    reason      TEXT NOT NULL,
    payload     TEXT
) STRICT;

CREATE INDEX trigger_instance_pending ON trigger_instance (occurred_at) WHERE status = 'pending';

CREATE TABLE enforcement (
    id               TEXT PRIMARY KEY,
    enforced_at      INTEGER NOT NULL,
    rule_id          TEXT NOT NULL,
    rule             TEXT NOT NULL,
    trigger_instance TEXT NOT NULL,
    execution        TEXT,
    failure_reason   TEXT NOT NULL,
    trace_id         TEXT NOT NULL,
    trace_tag        TEXT NOT NULL
) STRICT, WITHOUT ROWID;

-- live is 1 until the execution has ended. Moves that do not end an execution
-- leave it alone, and so the index of live executions costs them nothing.
CREATE TABLE execution (
    seq              INTEGER PRIMARY KEY,
    id               TEXT NOT NULL UNIQUE,
    requested_at     INTEGER NOT NULL,
    live             INTEGER NOT NULL,
    status           TEXT NOT NULL,
    revision         INTEGER NOT NULL,
    due_at           INTEGER NOT NULL,
    ended_at         INTEGER,
    owner            TEXT,
    lease_until      INTEGER,
    log              TEXT NOT NULL,
    action           TEXT NOT NULL,
    runner           TEXT NOT NULL,
    user             TEXT NOT NULL,
    parent           TEXT,
    rule_id          TEXT NOT NULL,
    rule             TEXT,
    trigger          TEXT,
    trigger_instance TEXT,
    delay            INTEGER NOT NULL,
    trace_id         TEXT NOT NULL,
    trace_tag        TEXT NOT NULL,
    action_document  TEXT NOT NULL,
    runner_document  TEXT NOT NULL,
    rule_document    TEXT NOT NULL,
    parameters       TEXT,
    context          TEXT,
    result           TEXT
) STRICT;

CREATE INDEX execution_live   ON execution (requested_at) WHERE live = 1;
CREATE INDEX execution_owner  ON execution (owner)  WHERE live = 1 AND owner IS NOT NULL;
CREATE INDEX execution_parent ON execution (parent) WHERE parent IS NOT NULL;

CREATE TABLE document (
    digest TEXT NOT NULL UNIQUE,
    body   TEXT
) STRICT;

CREATE TABLE datastore_key (
    scope       TEXT NOT NULL,
    name        TEXT NOT NULL,
    secret      INTEGER NOT NULL,
    expires_at  INTEGER,
    description TEXT NOT NULL,
    value       TEXT NOT NULL,
    PRIMARY KEY (scope, name)
) STRICT;
