//! People as rows.

use super::SqlitePeople;
use super::columns::{name, time, unreadable};
use super::sessions::end_all_of;
use rusqlite::{Connection, OptionalExtension, Result, Row, named_params, params};
use std::collections::BTreeSet;
use switchback_core::ports::people::fingerprint::Fingerprint;
use switchback_core::ports::people::persons::{
    About, OutsideIdentity, PasswordHash, Person, PersonState, Persons, Written, folded,
};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::UserName;

const COLUMNS: &str = "name, display_name, email, issuer, subject, state, password, created";

impl Persons for SqlitePeople {
    fn persons(&self) -> Result<Vec<Person>, Fault> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM person ORDER BY folded"))?
                .query_map([], person)?
                .collect()
        })
    }

    fn person(&self, name: &str) -> Result<Option<Person>, Fault> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM person WHERE folded = ?1"))?
                .query_row([folded(name)], person)
                .optional()
        })
    }

    fn person_of(&self, identity: &OutsideIdentity) -> Result<Option<Person>, Fault> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM person WHERE issuer = ?1 AND subject = ?2"))?
                .query_row([&identity.issuer, &identity.subject], person)
                .optional()
        })
    }

    fn person_at(&self, email: &str) -> Result<Option<Person>, Fault> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM person WHERE email = ?1 COLLATE NOCASE AND email <> '' ORDER BY folded LIMIT 1"
                ))?
                .query_row([email], person)
                .optional()
        })
    }

    fn called(&self, name: &UserName) -> Result<BTreeSet<String>, Fault> {
        self.read(|connection| {
            connection
                .prepare("SELECT name FROM called WHERE person = ?1")?
                .query_map([name.as_str()], |row| row.get(0))?
                .collect()
        })
    }

    fn add_person(&self, person: &Person) -> Result<Written, Fault> {
        self.write(|connection| add(connection, person))
    }

    fn describe_person(&self, name: &UserName, about: &About) -> Result<Written, Fault> {
        self.write(|connection| {
            if is_taken(connection, about.identity.as_ref(), name)? {
                return Ok(Written::IdentityTaken);
            }
            let described = connection.execute(
                "UPDATE person SET display_name = ?2, email = ?3, issuer = ?4, subject = ?5 WHERE name = ?1",
                params![
                    name.as_str(),
                    about.display_name,
                    about.email,
                    about.identity.as_ref().map(|identity| &identity.issuer),
                    about.identity.as_ref().map(|identity| &identity.subject),
                ],
            )?;
            if described == 0 {
                return Ok(Written::Unknown);
            }
            call(connection, name, about)?;
            Ok(Written::Done)
        })
    }

    fn set_state(&self, name: &UserName, state: PersonState) -> Result<bool, Fault> {
        self.write(|connection| put_state(connection, name, state))
    }

    fn set_password(
        &self,
        name: &UserName,
        password: Option<&PasswordHash>,
        kept: Option<&Fingerprint>,
    ) -> Result<bool, Fault> {
        self.write(|connection| {
            let set = give_password(connection, name, password)?;
            end_all_of(connection, name, kept)?;
            drop_open_invitations(connection, name)?;
            Ok(set)
        })
    }
}

/// Adds somebody, in a transaction that its caller commits.
pub(super) fn add(connection: &Connection, person: &Person) -> Result<Written> {
    let Person { name, about: About { display_name, email, identity }, state, password, created } = person;
    if is_known(connection, name)? {
        return Ok(Written::NameTaken);
    }
    if is_taken(connection, identity.as_ref(), name)? {
        return Ok(Written::IdentityTaken);
    }
    connection.execute(
        "INSERT INTO person (name, folded, display_name, email, issuer, subject, state, password, created)
         VALUES (:name, :folded, :display_name, :email, :issuer, :subject, :state, :password, :created)",
        named_params! {
            ":name": name.as_str(),
            ":folded": folded(name.as_str()),
            ":display_name": display_name,
            ":email": email,
            ":issuer": identity.as_ref().map(|identity| &identity.issuer),
            ":subject": identity.as_ref().map(|identity| &identity.subject),
            ":state": word_of(*state),
            ":password": password.as_ref().map(PasswordHash::as_str),
            ":created": created.0,
        },
    )?;
    call(connection, name, &person.about)?;
    Ok(Written::Done)
}

/// Keeps what somebody is called from now on beside what they were called, in a transaction that its caller commits.
fn call(connection: &Connection, person: &UserName, about: &About) -> Result<()> {
    let subject = about.identity.as_ref().map(|identity| &identity.subject);
    let names = [Some(&about.display_name), about.email.as_ref(), subject].into_iter().flatten();
    for name in names.filter(|name| !name.is_empty()) {
        connection
            .execute("INSERT OR IGNORE INTO called (person, name) VALUES (?1, ?2)", [person.as_str(), name.as_str()])?;
    }
    Ok(())
}

/// Lets somebody in or not, in a transaction that its caller commits.
pub(super) fn put_state(connection: &Connection, name: &UserName, state: PersonState) -> Result<bool> {
    let set = connection.execute("UPDATE person SET state = ?2 WHERE name = ?1", [name.as_str(), word_of(state)])?;
    if state == PersonState::Disabled {
        end_all_of(connection, name, None)?;
        drop_open_invitations(connection, name)?;
    }
    Ok(set == 1)
}

/// Gives somebody a password, in a transaction that its caller commits.
pub(super) fn give_password(connection: &Connection, name: &UserName, password: Option<&PasswordHash>) -> Result<bool> {
    let set = connection.execute(
        "UPDATE person SET password = ?2 WHERE name = ?1",
        params![name.as_str(), password.map(PasswordHash::as_str)],
    )?;
    Ok(set == 1)
}

/// Whether there is a person of exactly that name who may come in.
pub(super) fn is_active(connection: &Connection, name: &UserName) -> Result<bool> {
    connection.prepare_cached("SELECT 1 FROM person WHERE name = ?1 AND state = 'active'")?.exists([name.as_str()])
}

/// Whether there is a person of exactly that name.
pub(super) fn is_there(connection: &Connection, name: &UserName) -> Result<bool> {
    connection.prepare_cached("SELECT 1 FROM person WHERE name = ?1")?.exists([name.as_str()])
}

fn is_known(connection: &Connection, name: &UserName) -> Result<bool> {
    connection.prepare_cached("SELECT 1 FROM person WHERE folded = ?1")?.exists([folded(name.as_str())])
}

/// Whether somebody else is that one at the provider.
fn is_taken(connection: &Connection, identity: Option<&OutsideIdentity>, name: &UserName) -> Result<bool> {
    let Some(identity) = identity else { return Ok(false) };
    connection.prepare_cached("SELECT 1 FROM person WHERE issuer = ?1 AND subject = ?2 AND name <> ?3")?.exists([
        &identity.issuer,
        &identity.subject,
        name.as_str(),
    ])
}

/// Forgets the links of somebody that nobody took, in a transaction that its caller commits.
pub(super) fn drop_open_invitations(connection: &Connection, name: &UserName) -> Result<()> {
    connection.execute("DELETE FROM invitation WHERE person = ?1 AND used IS NULL", [name.as_str()])?;
    Ok(())
}

fn person(row: &Row<'_>) -> Result<Person> {
    let identity = match (row.get(3)?, row.get(4)?) {
        (Some(issuer), Some(subject)) => Some(OutsideIdentity { issuer, subject }),
        _ => None,
    };
    let state = match row.get_ref(5)?.as_str()? {
        "active" => PersonState::Active,
        "disabled" => PersonState::Disabled,
        _ => return Err(unreadable(5, "no state of a person")),
    };
    Ok(Person {
        name: name(row, 0)?,
        about: About { display_name: row.get(1)?, email: row.get(2)?, identity },
        state,
        password: row.get::<_, Option<String>>(6)?.map(PasswordHash::new),
        created: time(row, 7)?,
    })
}

fn word_of(state: PersonState) -> &'static str {
    match state {
        PersonState::Active => "active",
        PersonState::Disabled => "disabled",
    }
}
