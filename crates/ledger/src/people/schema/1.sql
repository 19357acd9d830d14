-- Schema 1 of the people database. Times are milliseconds since 1970 UTC; fingerprints are 64 hexadecimal digits.
-- The application id lets us tell it from a ledger and from any other SQLite database.
PRAGMA application_id = 1400328293;

-- Whoever may sign in. Nobody is ever removed: history is written with their names.
CREATE TABLE person (
    name         TEXT    NOT NULL PRIMARY KEY,
    -- The name as it is compared: two that differ in capital letters only would pass for each other.
    folded       TEXT    NOT NULL UNIQUE,
    display_name TEXT    NOT NULL,
    email        TEXT,
    issuer       TEXT,
    subject      TEXT,
    state        TEXT    NOT NULL CHECK (state IN ('active', 'disabled')),
    password     TEXT,
    created      INTEGER NOT NULL,
    UNIQUE (issuer, subject),
    CHECK ((issuer IS NULL) = (subject IS NULL))
) STRICT;

-- Who is in which group, and who says so: both may.
CREATE TABLE membership (
    member_of TEXT NOT NULL,
    person    TEXT NOT NULL REFERENCES person (name),
    origin    TEXT NOT NULL CHECK (origin IN ('here', 'claimed')),
    PRIMARY KEY (member_of, person, origin)
) STRICT, WITHOUT ROWID;

CREATE INDEX membership_of_person ON membership (person);

CREATE TABLE session (
    hash       TEXT    NOT NULL PRIMARY KEY,
    person     TEXT    NOT NULL REFERENCES person (name),
    created    INTEGER NOT NULL,
    seen       INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    idle_limit INTEGER NOT NULL,
    agent      TEXT    NOT NULL,
    csrf       TEXT    NOT NULL
) STRICT;

CREATE INDEX session_of_person ON session (person, created);

-- What programs come in with. What was made once stays, so that its use can be looked up. Lists are JSON.
CREATE TABLE api_token (
    id         TEXT    NOT NULL PRIMARY KEY,
    hash       TEXT    NOT NULL UNIQUE,
    person     TEXT    NOT NULL REFERENCES person (name),
    name       TEXT    NOT NULL,
    privileges TEXT    NOT NULL,
    pipelines  TEXT    NOT NULL,
    stages     TEXT    NOT NULL,
    plan_only  INTEGER NOT NULL CHECK (plan_only IN (0, 1)),
    created    INTEGER NOT NULL,
    expires    INTEGER NOT NULL,
    used       INTEGER,
    revoked    INTEGER
) STRICT;

CREATE INDEX api_token_of_person ON api_token (person, created);

CREATE TABLE invitation (
    hash    TEXT    NOT NULL PRIMARY KEY,
    purpose TEXT    NOT NULL CHECK (purpose IN ('first-administrator', 'password')),
    person  TEXT    REFERENCES person (name),
    created INTEGER NOT NULL,
    expires INTEGER NOT NULL,
    used    INTEGER,
    CHECK ((purpose = 'password') = (person IS NOT NULL))
) STRICT;

CREATE INDEX invitation_of_person ON invitation (person);

-- Attempts to sign in that led nowhere, or are under way.
CREATE TABLE attempt (
    who     TEXT    NOT NULL,
    address TEXT    NOT NULL,
    at      INTEGER NOT NULL
) STRICT;

CREATE INDEX attempt_by_address ON attempt (address, at);
CREATE INDEX attempt_by_pair ON attempt (who, address, at);
CREATE INDEX attempt_by_age ON attempt (at);

-- Requests that may come twice, with what was answered; no status, no answer yet.
CREATE TABLE claim (
    person  TEXT    NOT NULL,
    key     TEXT    NOT NULL,
    request TEXT    NOT NULL,
    at      INTEGER NOT NULL,
    status  INTEGER,
    headers BLOB,
    body    BLOB,
    PRIMARY KEY (person, key),
    CHECK ((status IS NULL) = (headers IS NULL) AND (status IS NULL) = (body IS NULL))
) STRICT;

CREATE INDEX claim_by_age ON claim (at);
