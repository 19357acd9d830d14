//! Invitations as rows.

use super::SqlitePeople;
use super::columns::{fingerprint, name, time, time_if_any, unreadable};
use super::groups::put;
use super::persons::{add, drop_open_invitations, give_password, is_active};
use super::sessions::end_all_of;
use rusqlite::{Connection, OptionalExtension, Result, Row, params};
use switchback_core::ports::people::fingerprint::Fingerprint;
use switchback_core::ports::people::groups::{ADMINISTRATORS, Origin};
use switchback_core::ports::people::invitations::{Invitation, Invitations, Purpose, Taken};
use switchback_core::ports::people::persons::{PasswordHash, Person, Written};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{Time, UserName};

const COLUMNS: &str = "hash, purpose, person, created, expires, used";

impl Invitations for SqlitePeople {
    fn invite(&self, invitation: &Invitation) -> Result<bool, Fault> {
        let (purpose, person) = match &invitation.purpose {
            Purpose::FirstAdministrator => ("first-administrator", None),
            Purpose::Password(person) => ("password", Some(person)),
        };
        self.write(|connection| {
            if let Some(person) = person
                && !is_active(connection, person)?
            {
                return Ok(false);
            }
            let person = person.map(UserName::as_str);
            connection.execute(
                "DELETE FROM invitation WHERE purpose = ?1 AND person IS ?2 AND used IS NULL",
                params![purpose, person],
            )?;
            connection.execute(
                &format!("INSERT INTO invitation ({COLUMNS}) VALUES (?1, ?2, ?3, ?4, ?5, ?6)"),
                params![
                    invitation.hash.to_string(),
                    purpose,
                    person,
                    invitation.created.0,
                    invitation.expires.0,
                    invitation.used.map(|at| at.0)
                ],
            )?;
            Ok(true)
        })
    }

    fn invitation(&self, hash: &Fingerprint) -> Result<Option<Invitation>, Fault> {
        self.read(|connection| find(connection, hash))
    }

    fn has_administrator(&self) -> Result<bool, Fault> {
        self.read(is_administered)
    }

    fn take_as_first(&self, hash: &Fingerprint, person: &Person, now: Time) -> Result<Taken, Fault> {
        self.write(|connection| {
            let purpose = open_for(connection, hash, now)?;
            if purpose != Some(Purpose::FirstAdministrator) || is_administered(connection)? {
                return Ok(Taken::Over);
            }
            if add(connection, person)? != Written::Done {
                return Ok(Taken::NameTaken);
            }
            put(connection, ADMINISTRATORS, &person.name, Origin::Here)?;
            use_up(connection, hash, now)?;
            Ok(Taken::Done)
        })
    }

    fn take_for_password(
        &self,
        hash: &Fingerprint,
        password: &PasswordHash,
        now: Time,
    ) -> Result<Option<UserName>, Fault> {
        self.write(|connection| {
            let Some(Purpose::Password(person)) = open_for(connection, hash, now)? else { return Ok(None) };
            if !is_active(connection, &person)? {
                return Ok(None);
            }
            give_password(connection, &person, Some(password))?;
            end_all_of(connection, &person, None)?;
            use_up(connection, hash, now)?;
            drop_open_invitations(connection, &person)?;
            Ok(Some(person))
        })
    }

    fn drop_ended_invitations(&self, now: Time) -> Result<usize, Fault> {
        self.write(|connection| {
            connection.execute("DELETE FROM invitation WHERE used IS NOT NULL OR expires <= ?1", [now.0])
        })
    }
}

/// What an invitation is for that may be taken now.
fn open_for(connection: &Connection, hash: &Fingerprint, now: Time) -> Result<Option<Purpose>> {
    let found = find(connection, hash)?;
    Ok(found.filter(|invitation| invitation.is_open(now)).map(|invitation| invitation.purpose))
}

fn use_up(connection: &Connection, hash: &Fingerprint, now: Time) -> Result<()> {
    connection.execute("UPDATE invitation SET used = ?2 WHERE hash = ?1", params![hash.to_string(), now.0])?;
    Ok(())
}

/// Whether somebody who may come in runs the server.
pub(super) fn is_administered(connection: &Connection) -> Result<bool> {
    connection
        .prepare_cached(
            "SELECT 1 FROM membership JOIN person ON person.name = membership.person
             WHERE member_of = ?1 AND state = 'active'",
        )?
        .exists([ADMINISTRATORS])
}

fn find(connection: &Connection, hash: &Fingerprint) -> Result<Option<Invitation>> {
    connection
        .prepare_cached(&format!("SELECT {COLUMNS} FROM invitation WHERE hash = ?1"))?
        .query_row([hash.to_string()], invitation)
        .optional()
}

fn invitation(row: &Row<'_>) -> Result<Invitation> {
    let purpose = match row.get_ref(1)?.as_str()? {
        "first-administrator" => Purpose::FirstAdministrator,
        "password" => Purpose::Password(name(row, 2)?),
        _ => return Err(unreadable(1, "no purpose of an invitation")),
    };
    Ok(Invitation {
        hash: fingerprint(row, 0)?,
        purpose,
        created: time(row, 3)?,
        expires: time(row, 4)?,
        used: time_if_any(row, 5)?,
    })
}
