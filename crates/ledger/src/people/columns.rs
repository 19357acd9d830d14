//! Values as columns hold them.

use rusqlite::types::Type;
use rusqlite::{Error, Result, Row};
use serde_json::Value;
use switchback_core::ports::people::fingerprint::Fingerprint;
use switchback_core::words::names::{Time, UserName};

/// A fingerprint.
pub(super) fn fingerprint(row: &Row<'_>, column: usize) -> Result<Fingerprint> {
    let text = row.get_ref(column)?.as_str()?;
    Fingerprint::parse(text).ok_or_else(|| unreadable(column, "no fingerprint"))
}

/// A person's name.
pub(super) fn name(row: &Row<'_>, column: usize) -> Result<UserName> {
    Ok(UserName::new(row.get_ref(column)?.as_str()?))
}

/// A moment.
pub(super) fn time(row: &Row<'_>, column: usize) -> Result<Time> {
    row.get(column).map(Time)
}

/// A moment that may not have come.
pub(super) fn time_if_any(row: &Row<'_>, column: usize) -> Result<Option<Time>> {
    Ok(row.get::<_, Option<i64>>(column)?.map(Time))
}

/// A column holds what Switchback never writes there.
pub(super) fn unreadable(column: usize, why: &'static str) -> Error {
    Error::FromSqlConversionFailure(column, Type::Text, why.into())
}

/// Words as a column keeps them.
pub(super) fn list<'a>(words: impl Iterator<Item = &'a str>) -> String {
    Value::from_iter(words).to_string()
}

/// A list. One that cannot be read is an error and never an empty one, which would narrow nothing.
pub(super) fn words(row: &Row<'_>, column: usize) -> Result<Vec<String>> {
    serde_json::from_str(row.get_ref(column)?.as_str()?).map_err(|_| unreadable(column, "no list of words"))
}
