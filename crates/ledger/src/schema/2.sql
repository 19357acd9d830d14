-- Schema 2: what has ended leaves the queue's table for an archive, so that looking for work costs what is open and not
-- what ever was; a running job can be called off; a job can turn out to be void.
DROP INDEX job_running;
DROP INDEX job_open;
DROP INDEX job_open_in_area;
DROP INDEX job_in_group;
ALTER TABLE job RENAME TO job_1;

-- Work for areas that is still to be done. Numbers are never given twice, though ended jobs leave: AUTOINCREMENT.
CREATE TABLE job (
    id          INTEGER PRIMARY KEY AUTOINCREMENT,
    pipeline    TEXT    NOT NULL,
    area        TEXT    NOT NULL,
    deployment  TEXT    NOT NULL,
    operation   TEXT    NOT NULL,
    job_group   TEXT    NOT NULL,
    sequence    INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('queued', 'running')),
    run_at      INTEGER NOT NULL,
    attempts    INTEGER NOT NULL DEFAULT 0,
    token       INTEGER NOT NULL DEFAULT 0,
    worker      TEXT    NOT NULL DEFAULT '',
    lease_until INTEGER NOT NULL DEFAULT 0,
    outcome     TEXT    NOT NULL DEFAULT '',
    called_off  TEXT    NOT NULL DEFAULT ''
) STRICT;

-- One job at a time runs in an area: the database itself refuses a second.
CREATE UNIQUE INDEX job_running ON job (pipeline, area) WHERE state = 'running';
-- The lease walks the jobs from the oldest and stops at the first that may run, so it needs them by id.
CREATE INDEX job_by_age ON job (pipeline, id);
CREATE INDEX job_in_area ON job (pipeline, area, id);
CREATE INDEX job_in_group ON job (pipeline, job_group, sequence);
CREATE INDEX job_of_operation ON job (pipeline, operation);
CREATE INDEX job_of_deployment ON job (pipeline, deployment);

-- Jobs that ended. A retry brings one back.
CREATE TABLE ended_job (
    id          INTEGER PRIMARY KEY,
    pipeline    TEXT    NOT NULL,
    area        TEXT    NOT NULL,
    deployment  TEXT    NOT NULL,
    operation   TEXT    NOT NULL,
    job_group   TEXT    NOT NULL,
    sequence    INTEGER NOT NULL,
    body        TEXT    NOT NULL,
    state       TEXT    NOT NULL CHECK (state IN ('succeeded', 'failed', 'cancelled', 'void')),
    run_at      INTEGER NOT NULL,
    attempts    INTEGER NOT NULL,
    token       INTEGER NOT NULL,
    worker      TEXT    NOT NULL,
    lease_until INTEGER NOT NULL,
    outcome     TEXT    NOT NULL,
    called_off  TEXT    NOT NULL
) STRICT;

CREATE INDEX ended_job_by_age ON ended_job (pipeline, id);
CREATE INDEX ended_job_by_state ON ended_job (pipeline, state);
CREATE INDEX ended_job_of_operation ON ended_job (pipeline, operation);
CREATE INDEX ended_job_of_deployment ON ended_job (pipeline, deployment);
-- What a group's later numbers wait for in vain.
CREATE INDEX ended_job_in_vain ON ended_job (pipeline, job_group, sequence) WHERE state IN ('failed', 'cancelled');

INSERT INTO ended_job
SELECT id, pipeline, area, deployment, operation, job_group, sequence, body, state, run_at, attempts, token, worker,
       lease_until, outcome, ''
FROM job_1
WHERE state NOT IN ('queued', 'running');

-- What waited for something that had failed would have waited for ever.
INSERT INTO ended_job
SELECT id, pipeline, area, deployment, operation, job_group, sequence, body, 'cancelled', run_at, attempts, token, '',
       0, '{"status":"cancelled"}', ''
FROM job_1 AS j
WHERE state = 'queued'
  AND EXISTS (
      SELECT 1
      FROM ended_job AS f
      WHERE f.pipeline = j.pipeline
        AND f.job_group = j.job_group
        AND f.sequence < j.sequence
        AND f.state IN ('failed', 'cancelled')
  );

INSERT INTO job
SELECT id, pipeline, area, deployment, operation, job_group, sequence, body, state, run_at, attempts, token, worker,
       lease_until, outcome, ''
FROM job_1
WHERE id NOT IN (SELECT id FROM ended_job);

DELETE FROM sqlite_sequence WHERE name = 'job';
INSERT INTO sqlite_sequence (name, seq) SELECT 'job', coalesce(max(id), 0) FROM job_1;

DROP TABLE job_1;
