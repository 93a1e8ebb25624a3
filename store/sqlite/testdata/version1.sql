-- A database of version 1 with a few records, as a file of that version holds them.

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

CREATE TABLE petrel_version (
    version INTEGER PRIMARY KEY,
    name    TEXT NOT NULL,
    applied TEXT NOT NULL DEFAULT CURRENT_TIMESTAMP
) STRICT;

INSERT INTO petrel_version (version, name, applied) VALUES (1, '0001_records', '2026-01-01 00:00:00');

INSERT INTO trigger_instance VALUES
    (1, 'i1', 1767225600000000, 'processed', 'examples.event', 't1', 'first', '', '{"number": 1}'),
    (2, 'i2', 1767225601000000, 'pending', 'examples.event', 't2', '', '', NULL);

INSERT INTO enforcement VALUES
    ('f1', 1767225600500000, 'r1', 'examples.rule', 'i1', 'e1', '', 't1', 'first');

INSERT INTO execution VALUES
    (1, 'e1', 1767225600500000, 0, 'succeeded', 3, 1767225600500000, 1767225602000000, 'engine-1', NULL,
     '[["requested",1767225600500000],["scheduled",1767225601000000],["running",1767225601000000],["succeeded",1767225602000000]]',
     'examples.restart', 'noop', 'stanley', NULL, 'r1', 'examples.rule', 'examples.event', 'i1', 0, 't1', 'first',
     'd1', 'd2', 'd3', '{"host": "web1"}', '{}', '{"ok": true}'),
    (2, 'e2', 1767225601000000, 1, 'running', 2, 1767225601000000, NULL, 'engine-1', 1767225660000000,
     '[["requested",1767225601000000],["scheduled",1767225601000000],["running",1767225601000000]]',
     'examples.restart', 'noop', 'kim', 'e1', '', NULL, NULL, NULL, 1500000000, 't2', '',
     'd1', 'd2', '', NULL, NULL, NULL);

INSERT INTO document VALUES ('d1', '{"name": "restart"}');

INSERT INTO datastore_key VALUES ('st2kv.system', 'color', 1, 1767225600000000, 'favourite', 'blue');
