//! Subscriptions as rows.

use super::SqlitePeople;
use super::columns::{list, name, words};
use super::persons::is_there;
use rusqlite::{Result, Row, params};
use switchback_core::ports::people::subscriptions::{Subscription, Subscriptions};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::UserName;

impl Subscriptions for SqlitePeople {
    fn subscribe(&self, subscription: &Subscription) -> std::result::Result<bool, Fault> {
        let Subscription { person, pipeline, kinds } = subscription;
        self.write(|connection| {
            if !is_there(connection, person)? {
                return Ok(false);
            }
            connection.execute(
                "INSERT INTO subscription (person, pipeline, kinds) VALUES (?1, ?2, ?3)
                 ON CONFLICT (person, pipeline) DO UPDATE SET kinds = ?3",
                params![person.as_str(), pipeline, list(kinds.iter().map(String::as_str))],
            )?;
            Ok(true)
        })
    }

    fn unsubscribe(&self, person: &UserName, pipeline: &str) -> std::result::Result<bool, Fault> {
        self.write(|connection| {
            let removed = connection
                .execute("DELETE FROM subscription WHERE person = ?1 AND pipeline = ?2", [person.as_str(), pipeline])?;
            Ok(removed == 1)
        })
    }

    fn subscriptions(&self, person: Option<&UserName>) -> std::result::Result<Vec<Subscription>, Fault> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT person, pipeline, kinds FROM subscription WHERE ?1 IS NULL OR person = ?1 ORDER BY 1, 2",
                )?
                .query_map([person.map(UserName::as_str)], subscription)?
                .collect()
        })
    }

    fn subscribers(&self, pipeline: &str) -> std::result::Result<Vec<Subscription>, Fault> {
        self.read(|connection| {
            connection
                .prepare_cached(
                    "SELECT s.person, s.pipeline, s.kinds FROM subscription AS s JOIN person AS p ON p.name = s.person
                     WHERE s.pipeline = ?1 AND p.state = 'active' ORDER BY 1",
                )?
                .query_map([pipeline], subscription)?
                .collect()
        })
    }
}

fn subscription(row: &Row<'_>) -> Result<Subscription> {
    Ok(Subscription { person: name(row, 0)?, pipeline: row.get(1)?, kinds: words(row, 2)? })
}
