//! Stages: their branch, their gates (`SPEC P3`) and their freeze windows (`SPEC P13`).

use super::name_rule::{branch, name};
use super::schema;
use super::source::Located;
use super::table::Table;
use crate::clock::{DayEnd, parse_end};
use switchback_core::pipeline::stage::{Freeze, Gate, OnFailure, Stage};
use switchback_core::words::names::{StageName, Time};
use toml::de::DeValue;

/// What a stage takes from the pipeline unless it says otherwise.
#[derive(Clone, Copy)]
pub(super) struct Inherited<'a> {
    /// The zone local times are read in.
    pub time_zone: &'a str,
    /// `[pipeline] on_failure`.
    pub on_failure: OnFailure,
}

/// Reads a `[[stage]]`.
pub(super) fn stage(table: &Table<'_>, inherited: Inherited<'_>) -> Option<Stage> {
    let name = name(table, "name", "\"QA\"");
    table.need("branch", "\"qa\"");
    let branch = branch(table, "branch");
    let next = table.texts("next");
    repeated(table, "next", &next);
    let promote = gate(table, "promote", Gate::forward());
    let back_promote = gate(table, "back_promote", Gate::back());
    let windows = table.tables("freeze", &schema::FREEZE);
    let freeze = windows.iter().filter_map(|window| freeze(window, inherited.time_zone)).collect();
    let on_failure = table.word("on_failure", schema::ON_FAILURE).unwrap_or(inherited.on_failure);
    let takes = table.word("move", schema::TAKES).unwrap_or_default();
    Some(Stage {
        name: StageName::new(name?.value),
        branch: branch?.value.to_owned(),
        next: next.iter().map(|next| StageName::new(next.value)).collect(),
        promote,
        back_promote,
        freeze,
        on_failure,
        takes,
    })
}

/// Notes entries of a list that stand there twice.
pub(super) fn repeated(table: &Table<'_>, key: &str, entries: &[Located<&str>]) {
    for (at, entry) in entries.iter().enumerate() {
        if entries[..at].iter().any(|earlier| earlier.value == entry.value) {
            table.source.note(&entry.span, format!("`{key}` names `{}` twice", entry.value), "name it once");
        }
    }
}

/// Reads a gate; a key that is not written keeps its default.
fn gate(table: &Table<'_>, key: &str, default: Gate) -> Gate {
    let Some(gate) = table.table(key, &schema::GATE) else { return default };
    let words = gate.texts("require");
    repeated(&gate, "require", &words);
    let mode_from = gate.texts("mode_from");
    repeated(&gate, "mode_from", &mode_from);
    let require: Vec<_> = words.iter().filter_map(|word| gate.choose("require", word, schema::ATTESTATIONS)).collect();
    Gate {
        require: if gate.has("require") { require } else { default.require },
        require_deployed_at_source: gate
            .flag("require_deployed_at_source")
            .unwrap_or(default.require_deployed_at_source),
        unpromoted_work: gate.word("unpromoted_work", schema::UNPROMOTED).unwrap_or(default.unpromoted_work),
        mode: gate.word("mode", schema::MODES).unwrap_or(default.mode),
        mode_from: mode_from.iter().map(|from| StageName::new(from.value)).collect(),
    }
}

fn freeze(window: &Table<'_>, time_zone: &str) -> Option<Freeze> {
    let from = moment(window, "from", (time_zone, DayEnd::First));
    let to = moment(window, "to", (time_zone, DayEnd::Last));
    window.need("reason", "\"Christmas\"");
    let reason = window.text("reason");
    if let Some(empty) = reason.as_ref().filter(|reason| reason.value.trim().is_empty()) {
        window.source.note(&empty.span, "`reason` is empty", "say why the stage is frozen; people will read it");
    }
    let (from, to, reason) = (from?, to?, reason?);
    if from > to {
        let message = "the freeze window ends before it begins";
        window.source.note(&window.span_of("to"), message, "swap `from` and `to`");
    }
    Some(Freeze { from, to, reason: reason.value.to_owned() })
}

/// A moment, as a text or as a TOML date.
fn moment(window: &Table<'_>, key: &str, (time_zone, end): (&str, DayEnd)) -> Option<Time> {
    window.need(key, "\"2026-12-24T00:00\"");
    let written = window.get(key)?;
    let text = match written.get_ref() {
        DeValue::Datetime(date) => date.to_string(),
        _ => window.text(key)?.value.to_owned(),
    };
    match parse_end(&text, time_zone, end) {
        Ok(at) => Some(at),
        // A zone that is not known is told once, where it is named.
        Err(fault) if fault.code == "time-zone-unknown" => None,
        Err(fault) => {
            window.source.note(&written.span(), fault.message, fault.remedy);
            None
        }
    }
}
