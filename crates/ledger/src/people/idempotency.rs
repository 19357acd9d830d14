//! Keys of requests as rows.

use super::SqlitePeople;
use super::columns::{fingerprint, time};
use rusqlite::{OptionalExtension, Result, Row, named_params, params};
use switchback_core::ports::people::fingerprint::Fingerprint;
use switchback_core::ports::people::idempotency::{Answer, Claim, Claimed, Idempotency, KEPT_FOR};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::Time;

/// An earlier claim of the same key.
struct Earlier {
    request: Fingerprint,
    at: Time,
    answer: Option<Answer>,
}

impl Idempotency for SqlitePeople {
    fn claim(&self, claim: &Claim) -> Result<Claimed, Fault> {
        let Claim { person, key, request, at } = claim;
        self.write(|connection| {
            connection.execute(
                "DELETE FROM claim WHERE person = ?1 AND key = ?2 AND at < ?3",
                params![person.as_str(), key, at.0.saturating_sub(KEPT_FOR)],
            )?;
            let earlier = connection
                .prepare_cached("SELECT request, at, status, headers, body FROM claim WHERE person = ?1 AND key = ?2")?
                .query_row([person.as_str(), key], earlier)
                .optional()?;
            Ok(match earlier {
                Some(earlier) if earlier.request != *request => Claimed::Other,
                Some(Earlier { answer: Some(answer), .. }) => Claimed::Same(answer),
                Some(Earlier { at, .. }) => Claimed::Running { since: at },
                None => {
                    connection.execute(
                        "INSERT INTO claim (person, key, request, at) VALUES (?1, ?2, ?3, ?4)",
                        params![person.as_str(), key, request.to_string(), at.0],
                    )?;
                    Claimed::New
                }
            })
        })
    }

    fn answered(&self, claim: &Claim, answer: &Answer) -> Result<bool, Fault> {
        let Claim { person, key, request, at } = claim;
        self.write(|connection| {
            let kept = connection.execute(
                "UPDATE claim SET status = :status, headers = :headers, body = :body
                 WHERE person = :person AND key = :key AND request = :request AND at = :at AND status IS NULL",
                named_params! {
                    ":status": answer.status,
                    ":headers": answer.headers,
                    ":body": answer.body,
                    ":person": person.as_str(),
                    ":key": key,
                    ":request": request.to_string(),
                    ":at": at.0,
                },
            )?;
            Ok(kept == 1)
        })
    }

    fn release(&self, claim: &Claim) -> Result<bool, Fault> {
        let Claim { person, key, request, at } = claim;
        self.write(|connection| {
            let released = connection.execute(
                "DELETE FROM claim WHERE person = ?1 AND key = ?2 AND request = ?3 AND at = ?4 AND status IS NULL",
                params![person.as_str(), key, request.to_string(), at.0],
            )?;
            Ok(released == 1)
        })
    }

    fn forget_claims(&self, before: Time) -> Result<usize, Fault> {
        self.write(|connection| connection.execute("DELETE FROM claim WHERE at < ?1", [before.0]))
    }
}

fn earlier(row: &Row<'_>) -> Result<Earlier> {
    let answer = match (row.get(2)?, row.get(3)?, row.get(4)?) {
        (Some(status), Some(headers), Some(body)) => Some(Answer { status, headers, body }),
        _ => None,
    };
    Ok(Earlier { request: fingerprint(row, 0)?, at: time(row, 1)?, answer })
}
