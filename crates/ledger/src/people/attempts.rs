//! Attempts to sign in as rows.

use super::SqlitePeople;
use rusqlite::{Connection, OptionalExtension, Result, ToSql, params};
use switchback_core::ports::people::attempts::{Admission, Attempt, Attempts, Limit, Limits};
use switchback_core::ports::people::fingerprint::Fingerprint;
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;

impl Attempts for SqlitePeople {
    fn begin_attempt(&self, attempt: &Attempt, limits: &Limits) -> Result<Admission, Fault> {
        let Attempt { who, address, at } = attempt;
        let who = who.to_string();
        self.write(|connection| {
            let pair = reached(connection, "who = ?3 AND address = ?4", &[&who, address], (*at, limits.pair))?;
            let alone = reached(connection, "address = ?3", &[address], (*at, limits.address))?;
            if let Some(until) = pair.max(alone) {
                return Ok(Admission::Limited { until });
            }
            connection
                .execute("INSERT INTO attempt (who, address, at) VALUES (?1, ?2, ?3)", params![who, address, at.0])?;
            Ok(Admission::Admitted)
        })
    }

    fn forgive_attempts(&self, who: &Fingerprint, address: &str) -> Result<(), Fault> {
        self.write(|connection| {
            connection
                .execute("DELETE FROM attempt WHERE who = ?1 AND address = ?2", params![who.to_string(), address])?;
            Ok(())
        })
    }

    fn forget_attempts(&self, before: Time) -> Result<usize, Fault> {
        self.write(|connection| connection.execute("DELETE FROM attempt WHERE at < ?1", [before.0]))
    }
}

/// Until when a limit, of the attempts `whose` chooses, lets no more through; `None` when it does. The oldest of the attempts that fill it is the first to
/// leave the window.
fn reached(
    connection: &Connection,
    whose: &str,
    whom: &[&dyn ToSql],
    (now, limit): (Time, Limit),
) -> Result<Option<Time>> {
    let Some(before) = limit.most.checked_sub(1) else {
        return Ok(Some(Time(now.0.saturating_add(limit.within))));
    };
    let since = now.0.saturating_sub(limit.within);
    let bounds: [&dyn ToSql; 2] = [&since, &before];
    let query = format!("SELECT at FROM attempt WHERE at > ?1 AND {whose} ORDER BY at DESC LIMIT 1 OFFSET ?2");
    let filling: Option<i64> =
        connection.prepare_cached(&query)?.query_row(&*[&bounds, whom].concat(), |row| row.get(0)).optional()?;
    Ok(filling.map(|at| Time(at.saturating_add(limit.within))))
}
