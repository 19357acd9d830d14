//! Snapshots as rows.

use super::job_rows::{number, stored};
use rusqlite::{Connection, MAIN_DB, OptionalExtension, Result, ToSql, params};
use switchback_core::words::names::Seq;

/// How many snapshots of one format are kept.
const SNAPSHOTS: usize = 3;

/// The newest snapshot of a pipeline and a format that is not later than a position.
const NEWEST: &str = "FROM snapshot WHERE pipeline = ?1 AND format = ?2 AND seq <= ?3 ORDER BY seq DESC LIMIT 1";

/// The newest one up to a position.
pub(super) fn newest(
    connection: &Connection,
    (pipeline, format): (&str, u32),
    up_to: Seq,
) -> Result<Option<(Seq, Vec<u8>)>> {
    let params = params![pipeline, format, stored(up_to.0)];
    // A copy that is opened for reading alone does not allow the short way.
    at_once(connection, params).or_else(|_| {
        let query = format!("SELECT seq, bytes {NEWEST}");
        connection.query_row(&query, params, |row| Ok((Seq(number(row, 0)?), row.get(1)?))).optional()
    })
}

/// Without copying it once more, as a row of a query is: it is large.
fn at_once(connection: &Connection, params: &[&dyn ToSql]) -> Result<Option<(Seq, Vec<u8>)>> {
    // One look at the file for both: nobody may take the row away between.
    let look = connection.unchecked_transaction()?;
    let query = format!("SELECT seq, rowid {NEWEST}");
    let found = look.query_row(&query, params, |row| Ok((Seq(number(row, 0)?), row.get(1)?))).optional()?;
    let Some((seq, row)) = found else { return Ok(None) };
    let blob = look.blob_open(MAIN_DB, "snapshot", "bytes", row, true)?;
    let mut bytes = vec![0; blob.len()];
    blob.read_at_exact(&mut bytes, 0)?;
    Ok(Some((seq, bytes)))
}

/// Keeps one, and the newest few beside it; in a transaction that its caller commits.
pub(super) fn keep(connection: &Connection, (pipeline, format): (&str, u32), one: (Seq, &[u8])) -> Result<()> {
    let (at, bytes) = one;
    connection.execute(
        "INSERT OR REPLACE INTO snapshot (pipeline, format, seq, bytes) VALUES (?1, ?2, ?3, ?4)",
        params![pipeline, format, stored(at.0), bytes],
    )?;
    connection.execute(
        "DELETE FROM snapshot WHERE pipeline = ?1 AND format = ?2 AND seq NOT IN (
             SELECT seq FROM snapshot WHERE pipeline = ?1 AND format = ?2 ORDER BY seq DESC LIMIT ?3)",
        params![pipeline, format, stored(SNAPSHOTS as u64)],
    )?;
    Ok(())
}
