//! Jobs as rows: the queue's table of open ones, and the archive of those that ended.

use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension, Result, Row, params};
use switchback_core::records::job::{Job, JobState};
use switchback_core::words::names::{AreaName, OperationId, Time};

const COLUMNS: &str = "id, area, deployment, operation, job_group, sequence, body, state, run_at, attempts, token, \
                       worker, lease_until, outcome, called_off";

/// The open jobs, oldest first.
pub(super) fn open(connection: &Connection, pipeline: &str) -> Result<Vec<Job>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM job WHERE pipeline = ?1 ORDER BY id"))?
        .query_map([pipeline], read)?
        .collect()
}

/// The jobs of an operation or a deployment, oldest first.
pub(super) fn of(connection: &Connection, pipeline: &str, operation: OperationId) -> Result<Vec<Job>> {
    let wanted = "WHERE pipeline = ?1 AND (operation = ?2 OR deployment = ?2)";
    connection
        .prepare_cached(&format!(
            "SELECT {COLUMNS} FROM job {wanted} UNION ALL SELECT {COLUMNS} FROM ended_job {wanted} ORDER BY id"
        ))?
        .query_map([pipeline, &operation.to_string()], read)?
        .collect()
}

/// The newest jobs.
pub(super) fn newest(connection: &Connection, pipeline: &str, limit: usize) -> Result<Vec<Job>> {
    let newest = |table: &str| {
        format!("SELECT * FROM (SELECT {COLUMNS} FROM {table} WHERE pipeline = ?1 ORDER BY id DESC LIMIT ?2)")
    };
    connection
        .prepare_cached(&format!("{} UNION ALL {} ORDER BY id DESC LIMIT ?2", newest("job"), newest("ended_job")))?
        .query_map(params![pipeline, stored(limit as u64)], read)?
        .collect()
}

/// One job.
pub(super) fn one(connection: &Connection, pipeline: &str, id: u64) -> Result<Option<Job>> {
    let wanted = "WHERE pipeline = ?1 AND id = ?2";
    connection
        .query_row(
            &format!("SELECT {COLUMNS} FROM job {wanted} UNION ALL SELECT {COLUMNS} FROM ended_job {wanted}"),
            params![pipeline, stored(id)],
            read,
        )
        .optional()
}

/// Reads a row that has every column of a job.
pub(super) fn read(row: &Row<'_>) -> Result<Job> {
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
        called_off: row.get(14)?,
    })
}

fn operation(row: &Row<'_>, column: usize) -> Result<OperationId> {
    let text: String = row.get(column)?;
    OperationId::parse(&text).ok_or_else(|| unreadable(column, format!("`{text}` is no operation id")))
}

fn state(row: &Row<'_>, column: usize) -> Result<JobState> {
    let text: String = row.get(column)?;
    JobState::ALL
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
