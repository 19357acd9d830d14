//! Groups as rows.

use super::SqlitePeople;
use super::columns::{name, unreadable};
use super::persons::is_there;
use rusqlite::{Connection, Result};
use std::collections::{BTreeMap, BTreeSet};
use switchback_core::ports::people::groups::{Groups, Member, Origin};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::UserName;

impl Groups for SqlitePeople {
    fn groups(&self) -> Result<BTreeMap<String, Vec<Member>>, Fault> {
        self.read(|connection| {
            let mut found: BTreeMap<String, Vec<Member>> = BTreeMap::new();
            let mut query =
                connection.prepare_cached("SELECT member_of, person, origin FROM membership ORDER BY 1, 2, 3 DESC")?;
            let mut rows = query.query([])?;
            while let Some(row) = rows.next()? {
                let origin = match row.get_ref(2)?.as_str()? {
                    "here" => Origin::Here,
                    "claimed" => Origin::Claimed,
                    _ => return Err(unreadable(2, "no origin of a membership")),
                };
                found.entry(row.get(0)?).or_default().push(Member { person: name(row, 1)?, origin });
            }
            Ok(found)
        })
    }

    fn groups_of(&self, person: &UserName) -> Result<BTreeSet<String>, Fault> {
        self.read(|connection| {
            connection
                .prepare_cached("SELECT DISTINCT member_of FROM membership WHERE person = ?1")?
                .query_map([person.as_str()], |row| row.get(0))?
                .collect()
        })
    }

    fn add_member(&self, group: &str, person: &UserName) -> Result<bool, Fault> {
        self.write(|connection| match is_there(connection, person)? {
            true => put(connection, group, person, Origin::Here).map(|()| true),
            false => Ok(false),
        })
    }

    fn remove_member(&self, group: &str, person: &UserName) -> Result<bool, Fault> {
        self.write(|connection| take_out(connection, group, person))
    }

    fn replace_claimed(&self, person: &UserName, groups: &BTreeSet<String>) -> Result<bool, Fault> {
        self.write(|connection| {
            if !is_there(connection, person)? {
                return Ok(false);
            }
            connection.execute("DELETE FROM membership WHERE person = ?1 AND origin = 'claimed'", [person.as_str()])?;
            groups.iter().try_for_each(|group| put(connection, group, person, Origin::Claimed))?;
            Ok(true)
        })
    }
}

/// Puts somebody into a group, in a transaction that its caller commits.
pub(super) fn put(connection: &Connection, group: &str, person: &UserName, origin: Origin) -> Result<()> {
    let origin = match origin {
        Origin::Here => "here",
        Origin::Claimed => "claimed",
    };
    connection.execute(
        "INSERT INTO membership (member_of, person, origin) VALUES (?1, ?2, ?3) ON CONFLICT DO NOTHING",
        [group, person.as_str(), origin],
    )?;
    Ok(())
}

/// Takes back what was said here, in a transaction that its caller commits.
pub(super) fn take_out(connection: &Connection, group: &str, person: &UserName) -> Result<bool> {
    let removed = connection.execute(
        "DELETE FROM membership WHERE member_of = ?1 AND person = ?2 AND origin = 'here'",
        [group, person.as_str()],
    )?;
    Ok(removed == 1)
}
