-- Schema 1 of the SQLite ledger. Times are milliseconds since 1970 UTC.
-- The application id lets us tell a ledger from any other SQLite database.
PRAGMA application_id = 1400324715;

-- Facts. One database may hold several pipelines; each has its own dense positions and its own hash chain.
CREATE TABLE entry (
    pipeline  TEXT    NOT NULL,
    seq       INTEGER NOT NULL CHECK (seq > 0),
    at        INTEGER NOT NULL,
    actor     TEXT    NOT NULL,
    kind      TEXT    NOT NULL,
    body      TEXT    NOT NULL,
    prev_hash TEXT    NOT NULL,
    hash      TEXT    NOT NULL,
    PRIMARY KEY (pipeline, seq)
) STRICT;

-- The database itself keeps positions dense and refuses to alter what stands there. INSERT OR REPLACE fires no
-- trigger for what it removes, so the first of these holds it off.
CREATE TRIGGER entry_follows_the_last BEFORE INSERT ON entry
WHEN NEW.seq <> (SELECT coalesce(max(seq), 0) + 1 FROM entry WHERE pipeline = NEW.pipeline)
BEGIN SELECT raise(ABORT, 'ledger entries are only added at the end'); END;

CREATE TRIGGER entry_is_never_changed BEFORE UPDATE ON entry
BEGIN SELECT raise(ABORT, 'ledger entries are never changed'); END;

CREATE TRIGGER entry_is_never_removed BEFORE DELETE ON entry
BEGIN SELECT raise(ABORT, 'ledger entries are never removed'); END;

-- A folded state, so that starting up need not read every entry. May be deleted at any time.
CREATE TABLE snapshot (
    pipeline TEXT    NOT NULL,
    format   INTEGER NOT NULL,
    seq      INTEGER NOT NULL,
    bytes    BLOB    NOT NULL,
    PRIMARY KEY (pipeline, format, seq)
) STRICT;

-- Work for areas.
CREATE TABLE job (
    id          INTEGER PRIMARY KEY,
    pipeline    TEXT    NOT NULL,
    area        TEXT    NOT NULL,
    deployment  TEXT    NOT NULL,
    operation   TEXT    NOT NULL,
    job_group   TEXT    NOT NULL,
    sequence    INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed', 'cancelled')),
    run_at      INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    token       INTEGER NOT NULL DEFAULT 0,
    worker      TEXT    NOT NULL DEFAULT '',
    lease_until INTEGER NOT NULL DEFAULT 0,
    outcome     TEXT    NOT NULL DEFAULT ''
) STRICT;

-- One job at a time runs in an area: the database itself refuses a second.
CREATE UNIQUE INDEX job_running ON job (pipeline, area) WHERE state = 'running';
-- The lease walks the open jobs from the oldest and stops at the first that may run, so it needs them by id.
CREATE INDEX job_open ON job (pipeline, id) WHERE state IN ('queued', 'running');
CREATE INDEX job_open_in_area ON job (pipeline, area, id) WHERE state IN ('queued', 'running');
CREATE INDEX job_in_group ON job (pipeline, job_group, sequence);

-- What the database says about itself.
CREATE TABLE meta (
    key   TEXT NOT NULL PRIMARY KEY,
    value TEXT NOT NULL
) STRICT;

INSERT INTO meta (key, value) VALUES ('chain', 'switchback/entry/1 sha256');
