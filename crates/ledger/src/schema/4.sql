-- Schema 4: what people are told. A notice is kept in the transaction of the entry it tells of, so that neither is there
-- without the other. No address and no secret stands here: a recipient is a person, or a webhook of a configuration.
CREATE TABLE outbox (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    pipeline  TEXT    NOT NULL,
    name      TEXT    NOT NULL,
    seq       INTEGER NOT NULL,
    at        INTEGER NOT NULL,
    kind      TEXT    NOT NULL,
    body      TEXT    NOT NULL,
    addressed INTEGER NOT NULL DEFAULT 0 CHECK (addressed IN (0, 1)),
    UNIQUE (pipeline, name)
) STRICT;

CREATE INDEX outbox_unaddressed ON outbox (pipeline, id) WHERE addressed = 0;
CREATE INDEX outbox_by_age ON outbox (pipeline, at);

-- One notice on its way to one recipient. Making the same one twice is harmless.
CREATE TABLE delivery (
    id        INTEGER PRIMARY KEY AUTOINCREMENT,
    pipeline  TEXT    NOT NULL,
    notice    INTEGER NOT NULL REFERENCES outbox (id) ON DELETE CASCADE,
    channel   TEXT    NOT NULL CHECK (channel IN ('mail', 'webhook')),
    recipient TEXT    NOT NULL,
    state     TEXT    NOT NULL CHECK (state IN ('queued', 'sent', 'dead')),
    attempts  INTEGER NOT NULL DEFAULT 0,
    since     INTEGER NOT NULL,
    run_at    INTEGER NOT NULL,
    token     INTEGER NOT NULL DEFAULT 0,
    error     TEXT    NOT NULL DEFAULT '',
    UNIQUE (notice, channel, recipient)
) STRICT;

CREATE INDEX delivery_to_be_sent ON delivery (pipeline, run_at, id) WHERE state = 'queued';
CREATE INDEX delivery_by_state ON delivery (pipeline, state, id);

-- Who promises to send what is kept. Where nobody does, nothing is kept.
CREATE TABLE sender (
    pipeline TEXT    NOT NULL PRIMARY KEY,
    until    INTEGER NOT NULL,
    mail     INTEGER NOT NULL CHECK (mail IN (0, 1))
) STRICT, WITHOUT ROWID;
