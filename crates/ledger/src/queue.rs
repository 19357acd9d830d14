//! The queue's changes (`SPEC A8`, `A9`). Every function works inside a transaction that its caller commits.

use super::job_rows::{number, read, stored};
use rusqlite::{Connection, OptionalExtension, Result, named_params, params};
use std::collections::BTreeSet;
use switchback_core::ports::ledger::Renewal;
use switchback_core::records::job::{Held, Job, JobChange, JobState, PAUSED};
use switchback_core::words::names::{AreaName, Time};

/// What came of a job that waited for one that failed or was cancelled, where nobody said more.
const STOPPED: &str = r#"{"status":"cancelled"}"#;

/// Who asks for work, and when.
pub(super) struct Ask<'a> {
    pub worker: &'a str,
    pub now: Time,
    pub until: Time,
    pub only: Option<&'a [u64]>,
}

/// How a job ends.
struct Ending<'a> {
    state: JobState,
    outcome: &'a str,
}

/// One pipeline's queue, while it is changed.
pub(super) struct Queue<'a> {
    connection: &'a Connection,
    pipeline: &'a str,
    /// Groups in which something may wait in vain.
    touched: BTreeSet<String>,
}

impl<'a> Queue<'a> {
    pub(super) fn of(connection: &'a Connection, pipeline: &'a str) -> Self {
        Self { connection, pipeline, touched: BTreeSet::new() }
    }

    /// Makes some changes in their order. `false` when one of them is fenced; then all are to be undone.
    pub(super) fn change(mut self, changes: &[JobChange]) -> Result<bool> {
        for change in changes {
            if !self.make(change)? {
                return Ok(false);
            }
        }
        self.stop_what_waits_in_vain()?;
        Ok(true)
    }

    fn make(&mut self, change: &JobChange) -> Result<bool> {
        match change {
            JobChange::Enqueue(job) => self.enqueue(job)?,
            JobChange::Finish { id, token, state, outcome } => {
                assert!(!state.is_open(), "a job does not end as {}", state.as_str());
                let fenced = *state == JobState::Succeeded && self.is_called_off(*id)?;
                return Ok(!fenced
                    && self.holds(Held { id: *id, token: *token })?
                    && self.end(*id, &Ending { state: *state, outcome })?);
            }
            JobChange::CancelAbove { group, sequence, outcome } => self.cancel_above((group, *sequence), outcome)?,
            JobChange::Cancel { id, outcome } => {
                let ending = Ending { state: JobState::Cancelled, outcome };
                return Ok(self.is_queued(*id)? && self.end(*id, &ending)?);
            }
            JobChange::CallOff { id, outcome } => return self.call_off(*id, outcome),
            JobChange::Pause { id, token, run_at, outcome } => {
                return self.pause(Held { id: *id, token: *token }, *run_at, outcome);
            }
            JobChange::Wake { run_at } => {
                self.connection.execute(
                    "UPDATE job SET run_at = ?1, outcome = '' WHERE pipeline = ?2 AND state = 'queued' AND run_at = ?3",
                    params![run_at.0, self.pipeline, PAUSED.0],
                )?;
            }
            JobChange::Retry { id, run_at } => self.retry(*id, *run_at)?,
            JobChange::Rename { from, to } => self.rename(from, to)?,
        }
        Ok(true)
    }

    fn rename(&self, from: &AreaName, to: &AreaName) -> Result<()> {
        for table in ["job", "ended_job"] {
            self.connection.execute(
                &format!("UPDATE {table} SET area = ?1 WHERE pipeline = ?2 AND area = ?3"),
                params![to.as_str(), self.pipeline, from.as_str()],
            )?;
        }
        Ok(())
    }

    fn enqueue(&mut self, job: &Job) -> Result<()> {
        self.connection.execute(
            "INSERT INTO job (pipeline, area, deployment, operation, job_group, sequence, body, state, run_at, worker)
             VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'queued', ?8, ?9)",
            params![
                self.pipeline,
                job.area.as_str(),
                job.deployment.to_string(),
                job.operation.to_string(),
                job.group,
                job.sequence,
                job.body,
                job.run_at.0,
                job.worker
            ],
        )?;
        self.touched.insert(job.group.clone());
        Ok(())
    }

    /// Whether a lease is current.
    pub(super) fn holds(&self, held: Held) -> Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM job WHERE pipeline = ?1 AND id = ?2 AND token = ?3 AND state = 'running'")?
            .exists(params![self.pipeline, stored(held.id), stored(held.token)])
    }

    fn is_queued(&self, id: u64) -> Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM job WHERE pipeline = ?1 AND id = ?2 AND state = 'queued'")?
            .exists(params![self.pipeline, stored(id)])
    }

    fn is_called_off(&self, id: u64) -> Result<bool> {
        self.connection
            .prepare_cached("SELECT 1 FROM job WHERE pipeline = ?1 AND id = ?2 AND called_off <> ''")?
            .exists(params![self.pipeline, stored(id)])
    }

    /// Moves an open job to the archive.
    fn end(&mut self, id: u64, ending: &Ending<'_>) -> Result<bool> {
        let group: Option<String> = self
            .connection
            .query_row(
                "INSERT INTO ended_job
                 SELECT id, pipeline, area, deployment, operation, job_group, sequence, body, ?3, run_at, attempts, token,
                        '', 0, ?4, called_off
                 FROM job WHERE pipeline = ?1 AND id = ?2
                 RETURNING job_group",
                params![self.pipeline, stored(id), ending.state.as_str(), ending.outcome],
                |row| row.get(0),
            )
            .optional()?;
        self.connection
            .execute("DELETE FROM job WHERE pipeline = ?1 AND id = ?2", params![self.pipeline, stored(id)])?;
        let ended = group.is_some();
        if matches!(ending.state, JobState::Failed | JobState::Cancelled) {
            self.touched.extend(group);
        }
        Ok(ended)
    }

    fn cancel_above(&mut self, above: (&str, u32), outcome: &str) -> Result<()> {
        let (group, sequence) = above;
        let waiting: Vec<u64> = self
            .connection
            .prepare_cached(
                "SELECT id FROM job WHERE pipeline = ?1 AND job_group = ?2 AND sequence > ?3 AND state = 'queued'",
            )?
            .query_map(params![self.pipeline, group, sequence], |row| number(row, 0))?
            .collect::<Result<_>>()?;
        for id in waiting {
            self.end(id, &Ending { state: JobState::Cancelled, outcome })?;
        }
        Ok(())
    }

    fn call_off(&self, id: u64, outcome: &str) -> Result<bool> {
        let marked = self.connection.execute(
            "UPDATE job SET called_off = ?1 WHERE pipeline = ?2 AND id = ?3 AND state = 'running'",
            params![outcome, self.pipeline, stored(id)],
        )?;
        Ok(marked == 1)
    }

    fn pause(&self, held: Held, run_at: Time, outcome: &str) -> Result<bool> {
        let done = self.connection.execute(
            "UPDATE job SET state = 'queued', outcome = ?1, run_at = ?2, worker = '', lease_until = 0
             WHERE pipeline = ?3 AND id = ?4 AND token = ?5 AND state = 'running' AND called_off = ''",
            params![outcome, run_at.0, self.pipeline, stored(held.id), stored(held.token)],
        )?;
        Ok(done == 1)
    }

    fn retry(&self, id: u64, run_at: Time) -> Result<()> {
        let returned = self.connection.execute(
            "INSERT INTO job
             SELECT id, pipeline, area, deployment, operation, job_group, sequence, body, 'queued', ?1, attempts, token,
                    '', 0, '', ''
             FROM ended_job AS j
             WHERE pipeline = ?2 AND id = ?3 AND state IN ('failed', 'cancelled') AND NOT EXISTS (
                 SELECT 1 FROM ended_job AS f
                 WHERE f.pipeline = j.pipeline AND f.job_group = j.job_group AND f.sequence < j.sequence
                   AND f.state IN ('failed', 'cancelled'))",
            params![run_at.0, self.pipeline, stored(id)],
        )?;
        if returned == 1 {
            self.connection.execute("DELETE FROM ended_job WHERE id = ?1", [stored(id)])?;
        }
        self.connection.execute(
            "UPDATE job SET outcome = '', run_at = ?1
             WHERE pipeline = ?2 AND id = ?3 AND state = 'queued' AND run_at > ?1",
            params![run_at.0, self.pipeline, stored(id)],
        )?;
        Ok(())
    }

    /// Nothing stays queued behind a lower number of its group that failed or was cancelled: it would never run.
    fn stop_what_waits_in_vain(&mut self) -> Result<()> {
        for group in std::mem::take(&mut self.touched) {
            let waiting: Vec<u64> = self
                .connection
                .prepare_cached(
                    "SELECT id FROM job WHERE pipeline = ?1 AND job_group = ?2 AND state = 'queued' AND sequence > (
                         SELECT min(sequence) FROM ended_job
                         WHERE pipeline = ?1 AND job_group = ?2 AND state IN ('failed', 'cancelled'))",
                )?
                .query_map([self.pipeline, &group], |row| number(row, 0))?
                .collect::<Result<_>>()?;
            for id in waiting {
                self.end(id, &Ending { state: JobState::Cancelled, outcome: STOPPED })?;
            }
        }
        Ok(())
    }
}

/// Leases the next job, if there is one.
pub(super) fn lease(connection: &Connection, pipeline: &str, ask: &Ask<'_>) -> Result<Option<Job>> {
    let only = ask.only.map(|ids| format!("[{}]", ids.iter().map(u64::to_string).collect::<Vec<_>>().join(",")));
    connection
        .query_row(
            include_str!("schema/lease.sql"),
            named_params! {
                ":pipeline": pipeline,
                ":worker": ask.worker,
                ":now": ask.now.0,
                ":until": ask.until.0,
                ":only": only,
            },
            read,
        )
        .optional()
}

/// Prolongs a lease.
pub(super) fn renew(connection: &Connection, pipeline: &str, held: Held, until: Time) -> Result<Renewal> {
    let called_off = connection
        .query_row(
            "UPDATE job SET lease_until = ?1 WHERE pipeline = ?2 AND id = ?3 AND token = ?4 AND state = 'running'
             RETURNING called_off <> ''",
            params![until.0, pipeline, stored(held.id), stored(held.token)],
            |row| row.get(0),
        )
        .optional()?;
    Ok(match called_off {
        None => Renewal::Lost,
        Some(false) => Renewal::Held,
        Some(true) => Renewal::CalledOff,
    })
}

/// Who holds leases, or queued what they mean to run; an empty name for what was released and not taken up.
pub(super) fn workers(connection: &Connection, pipeline: &str) -> Result<Vec<String>> {
    connection
        .prepare_cached("SELECT DISTINCT worker FROM job WHERE pipeline = ?1 AND (state = 'running' OR worker <> '')")?
        .query_map([pipeline], |row| row.get(0))?
        .collect()
}

/// What a worker left: what it queued and never ran, and what it held.
pub(super) fn left(connection: &Connection, pipeline: &str, worker: &str) -> Result<Vec<u64>> {
    connection
        .prepare_cached(
            "SELECT id FROM job WHERE pipeline = ?1 AND worker = ?2 AND (state = 'running' OR worker <> '') ORDER BY id",
        )?
        .query_map([pipeline, worker], |row| number(row, 0))?
        .collect()
}

/// Ends a worker's leases. The token moves on, so that a worker wrongly thought dead cannot finish what another
/// one is about to take over.
pub(super) fn release(connection: &Connection, pipeline: &str, worker: &str) -> Result<usize> {
    connection.execute(
        "UPDATE job SET worker = '', lease_until = 0, token = token + 1
         WHERE pipeline = ?1 AND worker = ?2 AND state = 'running'",
        [pipeline, worker],
    )
}
