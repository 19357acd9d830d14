//! Notices and deliveries as rows.

use super::job_rows::{number, stored};
use rusqlite::types::Type;
use rusqlite::{Connection, Error, OptionalExtension, Result, Row, params};
use switchback_core::ports::outbox::{Channel, Delivery, DeliveryState, KeptNotice, NewNotice, Recipient};
use switchback_core::words::names::{Seq, Time};

/// The columns of a notice.
pub(super) const NOTICE: &str = "o.id, o.name, o.seq, o.at, o.kind, o.body";
/// The columns of a delivery.
pub(super) const DELIVERY: &str =
    "d.id, d.channel, d.recipient, d.state, d.attempts, d.since, d.run_at, d.error, d.token";

/// Keeps notices, in a transaction that its caller commits. Gives how many were not there yet.
pub(super) fn keep(
    connection: &Connection,
    (pipeline, seq, at): (&str, Seq, Time),
    notices: &[NewNotice],
) -> Result<usize> {
    let mut new = 0;
    for NewNotice { name, kind, body } in notices {
        new += connection.execute(
            "INSERT INTO outbox (pipeline, name, seq, at, kind, body) VALUES (?1, ?2, ?3, ?4, ?5, ?6)
             ON CONFLICT (pipeline, name) DO NOTHING",
            params![pipeline, name, stored(seq.0), at.0, kind, body],
        )?;
    }
    Ok(new)
}

/// One delivery.
pub(super) fn one(connection: &Connection, pipeline: &str, id: u64) -> Result<Option<Delivery>> {
    connection
        .query_row(
            &format!(
                "SELECT {DELIVERY}, {NOTICE} FROM delivery AS d JOIN outbox AS o ON o.id = d.notice
                 WHERE d.pipeline = ?1 AND d.id = ?2"
            ),
            params![pipeline, stored(id)],
            delivery,
        )
        .optional()
}

/// Reads a row that has every column of a delivery and its notice.
pub(super) fn delivery(row: &Row<'_>) -> Result<Delivery> {
    Ok(Delivery {
        id: number(row, 0)?,
        recipient: Recipient { channel: word(row, 1, Channel::parse)?, to: row.get(2)? },
        state: word(row, 3, DeliveryState::parse)?,
        attempts: row.get(4)?,
        since: Time(row.get(5)?),
        run_at: Time(row.get(6)?),
        error: row.get(7)?,
        token: number(row, 8)?,
        notice: notice(row, 9)?,
    })
}

/// Reads a notice from a column on.
pub(super) fn notice(row: &Row<'_>, from: usize) -> Result<KeptNotice> {
    Ok(KeptNotice {
        id: number(row, from)?,
        name: row.get(from + 1)?,
        seq: Seq(number(row, from + 2)?),
        at: Time(row.get(from + 3)?),
        kind: row.get(from + 4)?,
        body: row.get(from + 5)?,
    })
}

fn word<T>(row: &Row<'_>, column: usize, read: fn(&str) -> Option<T>) -> Result<T> {
    let text = row.get_ref(column)?.as_str()?;
    let unknown =
        || Error::FromSqlConversionFailure(column, Type::Text, format!("`{text}` is none of its words").into());
    read(text).ok_or_else(unknown)
}
