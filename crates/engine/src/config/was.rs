//! What stages and areas were called before (`SPEC A15`).

use super::name_rule::name;
use super::table::Table;
use std::collections::BTreeMap;
use switchback_core::words::names::{AreaName, StageName};

/// The former names of stages.
pub(super) fn stages(tables: &[Table<'_>]) -> BTreeMap<StageName, StageName> {
    let pairs = former(tables).into_iter();
    pairs.map(|(now, was)| (StageName::new(now), StageName::new(was))).collect()
}

/// The former names of areas.
pub(super) fn areas(tables: &[Table<'_>]) -> BTreeMap<AreaName, AreaName> {
    let pairs = former(tables).into_iter();
    pairs.map(|(now, was)| (AreaName::new(now), AreaName::new(was))).collect()
}

/// The present name of each table that has a former one. Two cannot have been the same.
fn former(tables: &[Table<'_>]) -> Vec<(String, String)> {
    let mut found: Vec<(String, String)> = Vec::new();
    for table in tables.iter().filter(|table| table.has("was")) {
        let Some(was) = name(table, "was", "\"OLD\"") else { continue };
        if found.iter().any(|(_, earlier)| earlier == was.value) {
            let message = format!("two were called `{}`", was.value);
            table.source.note(&was.span, message, "keep `was` where what it held shall go");
        }
        let now = table.text("name").map(|now| now.value.to_owned()).filter(|now| now != was.value);
        found.extend(now.map(|now| (now, was.value.to_owned())));
    }
    found
}
