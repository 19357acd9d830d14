//! The queue's statements (`SPEC A8`, `A9`). Every function works inside a transaction that its caller commits.

use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension, Result, Row, named_params, params};
use switchback_core::records::job::Job;
use switchback_core::records::job::JobChange;
use switchback_core::records::job::JobState;
use switchback_core::words::names::{AreaName, OperationId, Time};

const COLUMNS: &str = "id, area, deployment, operation, job_group, sequence, body, state, run_at, attempts, token, \
                       worker, lease_until, outcome";

/// Who asks for work, and when.
pub(super) struct Ask<'a> {
    pub worker: &'a str,
    pub now: Time,
    pub until: Time,
    pub only: Option<&'a [u64]>,
}

/// Makes one change. `false` when a token is not the current one, and then nothing was written.
pub(super) fn change(connection: &Connection, pipeline: &str, change: &JobChange) -> Result<bool> {
    match change {
        JobChange::Enqueue(job) => enqueue(connection, pipeline, job)?,
        JobChange::Finish { id, token, state, outcome } => {
            assert!(
                matches!(state, JobState::Succeeded | JobState::Failed | JobState::Cancelled),
                "a job does not end as {}",
                state.as_str()
            );
            let done = connection.execute(
                "UPDATE job SET state = ?1, outcome = ?2, worker = '', lease_until = 0
                 WHERE pipeline = ?3 AND id = ?4 AND token = ?5 AND state = 'running'",
                params![state.as_str(), outcome, pipeline, stored(*id), stored(*token)],
            )?;
            return Ok(done == 1);
        }
        JobChange::CancelAbove { group, sequence, outcome } => {
            connection.execute(
                "UPDATE job SET state = 'cancelled', outcome = ?1
                 WHERE pipeline = ?2 AND job_group = ?3 AND sequence > ?4 AND state = 'queued'",
                params![outcome, pipeline, group, sequence],
            )?;
        }
        JobChange::Cancel { id, outcome } => {
            connection.execute(
                "UPDATE job SET state = 'cancelled', outcome = ?1 WHERE pipeline = ?2 AND id = ?3 AND state = 'queued'",
                params![outcome, pipeline, stored(*id)],
            )?;
        }
        JobChange::Pause { id, token, run_at, outcome } => {
            let done = connection.execute(
                "UPDATE job SET state = 'queued', outcome = ?1, run_at = ?2, worker = '', lease_until = 0
                 WHERE pipeline = ?3 AND id = ?4 AND token = ?5 AND state = 'running'",
                params![outcome, run_at.0, pipeline, stored(*id), stored(*token)],
            )?;
            return Ok(done == 1);
        }
        JobChange::Retry { id, run_at } => {
            connection.execute(
                "UPDATE job SET state = 'queued', outcome = '', run_at = ?1 WHERE pipeline = ?2 AND id = ?3
                 AND (state IN ('failed', 'cancelled') OR (state = 'queued' AND run_at > ?1))",
                params![run_at.0, pipeline, stored(*id)],
            )?;
        }
    }
    Ok(true)
}

fn enqueue(connection: &Connection, pipeline: &str, job: &Job) -> Result<()> {
    connection.execute(
        "INSERT INTO job (pipeline, area, deployment, operation, job_group, sequence, body, state, run_at, worker)
         VALUES (?1, ?2, ?3, ?4, ?5, ?6, ?7, 'queued', ?8, ?9)",
        params![
            pipeline,
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
    Ok(())
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

/// Prolongs a lease; `false` when it was taken over.
pub(super) fn renew(connection: &Connection, pipeline: &str, lease: (u64, u64), until: Time) -> Result<bool> {
    let renewed = connection.execute(
        "UPDATE job SET lease_until = ?1 WHERE pipeline = ?2 AND id = ?3 AND token = ?4 AND state = 'running'",
        params![until.0, pipeline, stored(lease.0), stored(lease.1)],
    )?;
    Ok(renewed == 1)
}

/// Who holds leases, or queued what they mean to run; an empty name for what was released and not taken up.
pub(super) fn workers(connection: &Connection, pipeline: &str) -> Result<Vec<String>> {
    connection
        .prepare(
            "SELECT DISTINCT worker FROM job
             WHERE pipeline = ?1 AND state IN ('queued', 'running') AND (state = 'running' OR worker <> '')",
        )?
        .query_map([pipeline], |row| row.get(0))?
        .collect()
}

/// What a worker left: what it queued and never ran, and what it held.
pub(super) fn left(connection: &Connection, pipeline: &str, worker: &str) -> Result<Vec<u64>> {
    connection
        .prepare(
            "SELECT id FROM job WHERE pipeline = ?1 AND state IN ('queued', 'running') AND worker = ?2
             AND (state = 'running' OR worker <> '') ORDER BY id",
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

/// The newest jobs.
pub(super) fn newest(connection: &Connection, pipeline: &str, limit: usize) -> Result<Vec<Job>> {
    connection
        .prepare(&format!("SELECT {COLUMNS} FROM job WHERE pipeline = ?1 ORDER BY id DESC LIMIT ?2"))?
        .query_map(params![pipeline, stored(limit as u64)], read)?
        .collect()
}

/// One job.
pub(super) fn one(connection: &Connection, pipeline: &str, id: u64) -> Result<Option<Job>> {
    connection
        .query_row(
            &format!("SELECT {COLUMNS} FROM job WHERE pipeline = ?1 AND id = ?2"),
            params![pipeline, stored(id)],
            read,
        )
        .optional()
}

fn read(row: &Row<'_>) -> Result<Job> {
    Ok(Job {
        id: number(row, 0)?,
        area: AreaName::new(row.get_ref(1)?.as_str()?),
        deployment: operation(row, 2)?,
        operation: operation(row, 3)?,
        group: row.get(4)?,
        sequence: row.get(5)?,
        body: row.get(6)?,
        state: state(row, 7)?,
        run_at: Time(row.get(8)?),
        attempts: row.get(9)?,
        token: number(row, 10)?,
        worker: row.get(11)?,
        lease_until: Time(row.get(12)?),
        outcome: row.get(13)?,
    })
}

fn operation(row: &Row<'_>, column: usize) -> Result<OperationId> {
    let text: String = row.get(column)?;
    OperationId::parse(&text).ok_or_else(|| unreadable(column, format!("`{text}` is no operation id")))
}

fn state(row: &Row<'_>, column: usize) -> Result<JobState> {
    let text: String = row.get(column)?;
    [JobState::Queued, JobState::Running, JobState::Succeeded, JobState::Failed, JobState::Cancelled]
        .into_iter()
        .find(|state| state.as_str() == text)
        .ok_or_else(|| unreadable(column, format!("`{text}` is no state of a job")))
}

fn unreadable(column: usize, why: String) -> Error {
    Error::FromSqlConversionFailure(column, Type::Text, why.into())
}

/// A number that SQLite, which has no unsigned ones, stores.
pub(super) fn number(row: &Row<'_>, column: usize) -> Result<u64> {
    let found: i64 = row.get(column)?;
    u64::try_from(found).map_err(|_| Error::IntegralValueOutOfRange(column, found))
}

/// A number as SQLite stores it. Nothing we count reaches 2^63; a limit beyond it means "all".
pub(super) fn stored(number: u64) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
