//! What is still to be told, and to whom (`SPEC H4`).

use super::job_rows::{number, stored};
use super::notice_rows::{DELIVERY, NOTICE, delivery, keep, notice, one};
use super::sqlite::SqliteLedger;
use super::transaction::End;
use rusqlite::{OptionalExtension, named_params, params};
use switchback_core::ports::outbox::{
    Delivery, DeliveryState, KeptNotice, Mail, NewNotice, Outbox, Recipient, Sender, Tried,
};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;

impl Outbox for SqliteLedger {
    fn promise(&self, sender: Sender) -> Result<(), Fault> {
        let mail = sender.mail == Mail::SetUp;
        self.write(|connection| {
            connection.execute(
                "INSERT INTO sender (pipeline, until, mail) VALUES (?1, ?2, ?3)
                 ON CONFLICT (pipeline) DO UPDATE SET until = ?2, mail = ?3",
                params![self.pipeline(), sender.until.0, mail],
            )?;
            Ok(End::Commit(()))
        })
    }

    fn sender(&self, now: Time) -> Result<Option<Sender>, Fault> {
        self.read(|connection| {
            let found = connection
                .prepare_cached("SELECT until, mail FROM sender WHERE pipeline = ?1 AND until > ?2")?
                .query_row(params![self.pipeline(), now.0], |row| {
                    let mail = if row.get(1)? { Mail::SetUp } else { Mail::NotSetUp };
                    Ok(Sender { until: Time(row.get(0)?), mail })
                });
            found.optional()
        })
    }

    fn say(&self, at: Time, notices: &[NewNotice]) -> Result<usize, Fault> {
        self.write(|connection| {
            let (seq, _) = self.head_of(connection)?;
            Ok(End::Commit(keep(connection, (self.pipeline(), seq, at), notices)?))
        })
    }

    fn unaddressed(&self, limit: usize) -> Result<Vec<KeptNotice>, Fault> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {NOTICE} FROM outbox AS o WHERE o.pipeline = ?1 AND o.addressed = 0 ORDER BY o.id LIMIT ?2"
                ))?
                .query_map(params![self.pipeline(), stored(limit as u64)], |row| notice(row, 0))?
                .collect()
        })
    }

    fn address(&self, notice: u64, to: &[Recipient], at: Time) -> Result<(), Fault> {
        self.write(|connection| {
            let mut insert = connection.prepare_cached(
                "INSERT INTO delivery (pipeline, notice, channel, recipient, state, since, run_at)
                 SELECT pipeline, id, ?3, ?4, 'queued', ?5, ?5 FROM outbox WHERE id = ?1 AND pipeline = ?2
                 ON CONFLICT (notice, channel, recipient) DO NOTHING",
            )?;
            for one in to {
                let channel = one.channel.as_str();
                insert.execute(params![stored(notice), self.pipeline(), channel, one.to, at.0])?;
            }
            drop(insert);
            connection.execute(
                "UPDATE outbox SET addressed = 1 WHERE id = ?1 AND pipeline = ?2",
                params![stored(notice), self.pipeline()],
            )?;
            Ok(End::Commit(()))
        })
    }

    fn lease_delivery(&self, now: Time, until: Time) -> Result<Option<Delivery>, Fault> {
        // Looked for without the lock of writers: most of the time there is nothing.
        let waits = "SELECT EXISTS (SELECT 1 FROM delivery WHERE pipeline = ?1 AND state = 'queued' AND run_at <= ?2)";
        let waiting: bool = self.read(|connection| {
            connection.prepare_cached(waits)?.query_row(params![self.pipeline(), now.0], |row| row.get(0))
        })?;
        if !waiting {
            return Ok(None);
        }
        self.write(|connection| {
            let leased: Option<u64> = connection
                .query_row(
                    "UPDATE delivery SET run_at = :until, token = token + 1, attempts = attempts + 1
                     WHERE id = (
                         SELECT id FROM delivery
                         WHERE pipeline = :pipeline AND state = 'queued' AND run_at <= :now ORDER BY run_at, id LIMIT 1)
                     RETURNING id",
                    named_params! { ":pipeline": self.pipeline(), ":now": now.0, ":until": until.0 },
                    |row| number(row, 0),
                )
                .optional()?;
            let delivery = leased.map(|id| one(connection, self.pipeline(), id)).transpose()?.flatten();
            Ok(End::Commit(delivery))
        })
    }

    fn settle(&self, tried: &Delivery, what: &Tried) -> Result<bool, Fault> {
        let (state, run_at, error) = match what {
            Tried::Sent => (DeliveryState::Sent, tried.run_at, ""),
            Tried::Later(at, error) => (DeliveryState::Queued, *at, error.as_str()),
            Tried::Dead(error) => (DeliveryState::Dead, tried.run_at, error.as_str()),
        };
        self.write(|connection| {
            let settled = connection.execute(
                "UPDATE delivery SET state = ?4, run_at = ?5, error = ?6
                 WHERE id = ?1 AND pipeline = ?2 AND token = ?3 AND state = 'queued'",
                params![stored(tried.id), self.pipeline(), stored(tried.token), state.as_str(), run_at.0, error],
            )?;
            Ok(End::Commit(settled == 1))
        })
    }

    fn deliveries(
        &self,
        state: Option<DeliveryState>,
        below: Option<u64>,
        limit: usize,
    ) -> Result<Vec<Delivery>, Fault> {
        self.read(|connection| {
            let (state, below) = (state.map(DeliveryState::as_str), below.map(stored));
            connection
                .prepare_cached(&format!(
                    "SELECT {DELIVERY}, {NOTICE} FROM delivery AS d JOIN outbox AS o ON o.id = d.notice
                     WHERE d.pipeline = ?1 AND (?2 IS NULL OR d.state = ?2) AND (?3 IS NULL OR d.id < ?3)
                     ORDER BY d.id DESC LIMIT ?4"
                ))?
                .query_map(params![self.pipeline(), state, below, stored(limit as u64)], delivery)?
                .collect()
        })
    }

    fn delivery_count(&self, state: DeliveryState) -> Result<u64, Fault> {
        self.read(|connection| {
            let count: i64 = connection.query_row(
                "SELECT count(*) FROM delivery WHERE pipeline = ?1 AND state = ?2",
                params![self.pipeline(), state.as_str()],
                |row| row.get(0),
            )?;
            Ok(u64::try_from(count).unwrap_or_default())
        })
    }

    fn delivery(&self, id: u64) -> Result<Option<Delivery>, Fault> {
        self.read(|connection| one(connection, self.pipeline(), id))
    }

    fn send_again(&self, id: u64, at: Time) -> Result<bool, Fault> {
        self.write(|connection| {
            let found = connection.execute(
                "UPDATE delivery SET state = 'queued', attempts = 0, since = ?3, run_at = ?3, error = ''
                 WHERE id = ?1 AND pipeline = ?2 AND state = 'dead'",
                params![stored(id), self.pipeline(), at.0],
            )?;
            Ok(End::Commit(found == 1))
        })
    }

    fn forget_told(&self, before: Time) -> Result<usize, Fault> {
        self.write(|connection| {
            let forgotten = connection.execute(
                "DELETE FROM outbox WHERE pipeline = ?1 AND at < ?2 AND NOT EXISTS (
                     SELECT 1 FROM delivery WHERE notice = outbox.id AND state = 'queued')",
                params![self.pipeline(), before.0],
            )?;
            Ok(End::Commit(forgotten))
        })
    }
}
