//! Sessions as rows.

use super::SqlitePeople;
use super::columns::{fingerprint, name, time};
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params, params};
use switchback_core::ports::people::fingerprint::Fingerprint;
use switchback_core::ports::people::persons::PasswordHash;
use switchback_core::ports::people::sessions::{Proof, Session, Sessions};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{Time, UserName};

const COLUMNS: &str = "hash, person, created, seen, expires, idle_limit, agent, csrf";

impl Sessions for SqlitePeople {
    fn begin_session(&self, session: &Session, proof: Proof<'_>) -> Result<bool, Fault> {
        let (password, outside) = match proof {
            Proof::Password(hash) => (Some(hash), false),
            Proof::Outside => (None, true),
        };
        self.write(|connection| {
            let begun = connection.execute(
                &format!(
                    "INSERT INTO session ({COLUMNS})
                     SELECT :hash, name, :created, :seen, :expires, :idle_limit, :agent, :csrf FROM person
                     WHERE name = :person AND state = 'active' AND (:outside OR password = :password)"
                ),
                named_params! {
                    ":hash": session.hash.to_string(),
                    ":person": session.person.as_str(),
                    ":created": session.created.0,
                    ":seen": session.seen.0,
                    ":expires": session.expires.0,
                    ":idle_limit": session.idle_limit,
                    ":agent": session.agent,
                    ":csrf": session.csrf,
                    ":outside": outside,
                    ":password": password.map(PasswordHash::as_str),
                },
            )?;
            Ok(begun == 1)
        })
    }

    fn session(&self, hash: &Fingerprint) -> Result<Option<Session>, Fault> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM session WHERE hash = ?1"))?
                .query_row([hash.to_string()], session)
                .optional()
        })
    }

    fn sessions_of(&self, person: &UserName) -> Result<Vec<Session>, Fault> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM session WHERE person = ?1 ORDER BY created DESC, hash"
                ))?
                .query_map([person.as_str()], session)?
                .collect()
        })
    }

    fn touch_session(&self, hash: &Fingerprint, at: Time) -> Result<(), Fault> {
        self.write(|connection| {
            connection.execute(
                "UPDATE session SET seen = ?2 WHERE hash = ?1 AND seen < ?2",
                params![hash.to_string(), at.0],
            )?;
            Ok(())
        })
    }

    fn end_session(&self, hash: &Fingerprint) -> Result<bool, Fault> {
        self.write(|connection| {
            let ended = connection.execute("DELETE FROM session WHERE hash = ?1", [hash.to_string()])?;
            Ok(ended == 1)
        })
    }

    fn end_sessions_of(&self, person: &UserName, kept: Option<&Fingerprint>) -> Result<usize, Fault> {
        self.write(|connection| end_all_of(connection, person, kept))
    }

    fn drop_ended_sessions(&self, now: Time) -> Result<usize, Fault> {
        self.write(|connection| {
            connection.execute("DELETE FROM session WHERE expires <= ?1 OR ?1 - seen >= idle_limit", [now.0])
        })
    }
}

/// Ends all sessions of somebody but one, in a transaction that its caller commits.
pub(super) fn end_all_of(connection: &Connection, person: &UserName, kept: Option<&Fingerprint>) -> Result<usize> {
    connection.execute(
        "DELETE FROM session WHERE person = ?1 AND hash IS NOT ?2",
        params![person.as_str(), kept.map(Fingerprint::to_string)],
    )
}

fn session(row: &Row<'_>) -> Result<Session> {
    Ok(Session {
        hash: fingerprint(row, 0)?,
        person: name(row, 1)?,
        created: time(row, 2)?,
        seen: time(row, 3)?,
        expires: time(row, 4)?,
        idle_limit: row.get(5)?,
        agent: row.get(6)?,
        csrf: row.get(7)?,
    })
}
