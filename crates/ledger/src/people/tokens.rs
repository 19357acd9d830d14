//! API tokens as rows.

use super::SqlitePeople;
use super::columns::{fingerprint, list, name, time, time_if_any, words};
use super::persons::is_there;
use rusqlite::{OptionalExtension, Result, Row, named_params, params};
use switchback_core::ports::people::fingerprint::Fingerprint;
use switchback_core::ports::people::tokens::{ApiToken, ApiTokens, Reach};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::{StageName, Time, UserName};

const COLUMNS: &str =
    "id, hash, person, name, privileges, pipelines, stages, plan_only, created, expires, used, revoked";

impl ApiTokens for SqlitePeople {
    fn add_token(&self, token: &ApiToken) -> Result<bool, Fault> {
        let Reach { privileges, pipelines, stages, plan_only } = &token.reach;
        self.write(|connection| {
            if !is_there(connection, &token.person)? {
                return Ok(false);
            }
            connection.execute(
                &format!(
                    "INSERT INTO api_token ({COLUMNS})
                     VALUES (:id, :hash, :person, :name, :privileges, :pipelines, :stages, :plan_only, :created,
                             :expires, :used, :revoked)"
                ),
                named_params! {
                    ":id": token.id,
                    ":hash": token.hash.to_string(),
                    ":person": token.person.as_str(),
                    ":name": token.name,
                    ":privileges": list(privileges.iter().map(String::as_str)),
                    ":pipelines": list(pipelines.iter().map(String::as_str)),
                    ":stages": list(stages.iter().map(StageName::as_str)),
                    ":plan_only": plan_only,
                    ":created": token.created.0,
                    ":expires": token.expires.0,
                    ":used": token.used.map(|at| at.0),
                    ":revoked": token.revoked.map(|at| at.0),
                },
            )?;
            Ok(true)
        })
    }

    fn tokens(&self) -> Result<Vec<ApiToken>, Fault> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM api_token ORDER BY created DESC, id"))?
                .query_map([], token)?
                .collect()
        })
    }

    fn tokens_of(&self, person: &UserName) -> Result<Vec<ApiToken>, Fault> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!(
                    "SELECT {COLUMNS} FROM api_token WHERE person = ?1 ORDER BY created DESC, id"
                ))?
                .query_map([person.as_str()], token)?
                .collect()
        })
    }

    fn token(&self, hash: &Fingerprint) -> Result<Option<ApiToken>, Fault> {
        self.read(|connection| {
            connection
                .prepare_cached(&format!("SELECT {COLUMNS} FROM api_token WHERE hash = ?1"))?
                .query_row([hash.to_string()], token)
                .optional()
        })
    }

    fn revoke_token(&self, id: &str, at: Time) -> Result<bool, Fault> {
        self.write(|connection| {
            let found = connection
                .execute("UPDATE api_token SET revoked = coalesce(revoked, ?2) WHERE id = ?1", params![id, at.0])?;
            Ok(found == 1)
        })
    }

    fn touch_token(&self, id: &str, at: Time) -> Result<(), Fault> {
        self.write(|connection| {
            connection.execute(
                "UPDATE api_token SET used = ?2 WHERE id = ?1 AND (used IS NULL OR used < ?2)",
                params![id, at.0],
            )?;
            Ok(())
        })
    }
}

fn token(row: &Row<'_>) -> Result<ApiToken> {
    Ok(ApiToken {
        id: row.get(0)?,
        hash: fingerprint(row, 1)?,
        person: name(row, 2)?,
        name: row.get(3)?,
        reach: Reach {
            privileges: words(row, 4)?,
            pipelines: words(row, 5)?,
            stages: words(row, 6)?.iter().map(StageName::new).collect(),
            plan_only: row.get(7)?,
        },
        created: time(row, 8)?,
        expires: time(row, 9)?,
        used: time_if_any(row, 10)?,
        revoked: time_if_any(row, 11)?,
    })
}
