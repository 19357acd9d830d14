-- Leases the next job that may run now (SPEC A8, A9). Jobs of an area run in the order of their ids:
-- a later rollback must not overtake the deployment it answers.
UPDATE job
SET state = 'running', attempts = attempts + 1, token = token + 1, worker = :worker, lease_until = :until
WHERE id = (
    SELECT j.id
    FROM job AS j
    WHERE j.pipeline = :pipeline
      AND (:only IS NULL OR j.id IN (SELECT value FROM json_each(:only)))
      AND (
          -- A running job whose worker is gone goes on where it stopped.
          (j.state = 'running' AND (j.worker = '' OR j.lease_until < :now))
          OR (
              j.state = 'queued'
              AND j.run_at <= :now
              -- Nothing else may be under way in the area, and no older job may be waiting for it; one whose time has
              -- not come does not count.
              AND NOT EXISTS (
                  SELECT 1
                  FROM job AS o
                  WHERE o.pipeline = j.pipeline
                    AND o.area = j.area
                    AND (o.state = 'running' OR (o.id < j.id AND o.run_at <= :now))
              )
              -- Everything with a smaller sequence number has ended, and well: what waits for a failed one is
              -- cancelled with it, and so is not here.
              AND NOT EXISTS (
                  SELECT 1
                  FROM job AS l
                  WHERE l.pipeline = j.pipeline
                    AND l.job_group = j.job_group
                    AND l.sequence < j.sequence
              )
          )
      )
    ORDER BY j.id
    LIMIT 1
)
RETURNING
    id, area, deployment, operation, job_group, sequence, body, state, run_at, attempts, token, worker, lease_until,
    outcome, called_off
