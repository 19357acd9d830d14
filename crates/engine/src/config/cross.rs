//! What only shows when stages, areas and schedules are seen together. The core decides most of it; here its
//! verdicts get their line.

use super::schema;
use super::source::{Source, Span};
use super::table::{Table, suggest};
use std::path::{Component, Path, PathBuf};
use switchback_core::pipeline::area::{Area, TargetSpec};
use switchback_core::pipeline::stage::{Stage, Takes};
use switchback_core::pipeline::{Defect, DefectAt, Pipeline, Schedule, ScheduleMove, Settings};
use switchback_core::words::names::StageName;

/// The tables the nouns were read from, at the same positions.
pub(super) struct Tables<'a> {
    /// Where defects are noted.
    pub source: &'a Source<'a>,
    /// Every `[[stage]]`.
    pub stages: Vec<Table<'a>>,
    /// Every `[[area]]`.
    pub areas: Vec<Table<'a>>,
    /// Every `[[schedule]]`.
    pub schedules: Vec<Table<'a>>,
}

/// Builds the pipeline; `None` when something was noted.
pub(super) fn pipeline(
    tables: &Tables<'_>,
    settings: Settings,
    (stages, areas): (Vec<Stage>, Vec<Area>),
) -> Option<Pipeline> {
    one_area_per_target(tables, &areas);
    let pipeline = match Pipeline::new(settings.clone(), stages.clone(), areas.clone()) {
        Ok(pipeline) => pipeline,
        Err(defect) => {
            note(tables, defect, &Nouns { settings, stages, areas });
            return None;
        }
    };
    schedules_lead_somewhere(tables, &pipeline);
    modes_hold(tables, &pipeline);
    there_is_something_to_wait_for(tables, &pipeline);
    Some(pipeline)
}

struct Nouns {
    settings: Settings,
    stages: Vec<Stage>,
    areas: Vec<Area>,
}

/// The core compares targets as they are written; here `/srv/a`, `/srv/a/` and `../srv/a` are one.
fn one_area_per_target(tables: &Tables<'_>, areas: &[Area]) {
    // A retired area takes nothing any more: its place is free.
    let places: Vec<_> = areas.iter().map(|area| (!area.retired).then(|| whereabouts(&area.target))).collect();
    for (at, (area, table)) in areas.iter().zip(&tables.areas).enumerate() {
        let same = |place: &Option<_>| place.is_some() && *place == places[at];
        let Some(earlier) = places[..at].iter().position(same) else { continue };
        let message = format!("areas `{}` and `{}` write to one target", areas[earlier].name, area.name);
        tables.source.note(&table.span_of("target"), message, "give each area a target of its own");
    }
}

/// Where a target is, however it is written.
fn whereabouts(target: &TargetSpec) -> (PathBuf, &[String]) {
    match target {
        TargetSpec::Dir(dir) => (resolved(Path::new(dir)), &[]),
        TargetSpec::Command { program, .. } => (PathBuf::new(), program),
    }
}

/// The directory behind a path: links are followed as far as the path exists, and `..` is taken back.
fn resolved(path: &Path) -> PathBuf {
    let found = path.ancestors().find_map(|above| Some((above, above.canonicalize().ok()?)));
    let (mut whole, rest) = match found {
        Some((above, real)) => (real, path.strip_prefix(above).unwrap_or(path)),
        None => (PathBuf::new(), path),
    };
    for component in rest.components() {
        match component {
            Component::ParentDir => drop(whole.pop()),
            Component::CurDir => {}
            other => whole.push(other),
        }
    }
    whole
}

/// A schedule leads where it says: a back-promotion to lower stages, a promotion to the next (`SPEC P12`).
fn schedules_lead_somewhere(tables: &Tables<'_>, pipeline: &Pipeline) {
    for (schedule, table) in pipeline.settings().schedules.iter().zip(&tables.schedules) {
        let (from, reach) = (&schedule.from, reach(pipeline, schedule));
        let (there, what, hint) = match schedule.moves {
            ScheduleMove::BackPromote => ("below", "promoted back", "name a higher stage"),
            ScheduleMove::Promote => ("next to", "promoted", "name a lower stage"),
        };
        if reach.is_empty() {
            let message = format!("no stage is {there} `{from}`, so nothing can be {what} from it");
            tables.source.note(&table.span_of("from"), message, hint);
            continue;
        }
        for (to, written) in schedule.to.iter().zip(&table.texts("to")) {
            if !reach.contains(to) {
                let message = match schedule.moves {
                    ScheduleMove::BackPromote => format!("`{to}` is not below `{from}`, and a schedule promotes back"),
                    ScheduleMove::Promote => format!("`{to}` is not next to `{from}`, and this schedule promotes"),
                };
                let names: Vec<&str> = reach.iter().map(StageName::as_str).collect();
                tables.source.note(&written.span, message, format!("write one of: {}", names.join(", ")));
            }
        }
    }
}

/// A mode is for neighbours, and what a schedule is to move along has one (`SPEC P14`).
fn modes_hold(tables: &Tables<'_>, pipeline: &Pipeline) {
    let unscheduled = pipeline.unscheduled();
    for (stage, table) in pipeline.stages().iter().zip(&tables.stages) {
        for (moves, key) in GATES {
            let Some(gate) = table.table(key, &schema::GATE) else { continue };
            let sources = pipeline.sources(stage, moves);
            let names: Vec<&str> = sources.iter().map(StageName::as_str).collect();
            let strangers = gate.texts("mode_from").into_iter().filter(|from| !names.contains(&from.value));
            for from in strangers {
                let message = format!(
                    "`{key}.mode_from` of `{}` names `{}`, from which no connection leads there",
                    stage.name, from.value
                );
                tables.source.note(&from.span, message, suggest(from.value, &names));
            }
            if let Some(one) = unscheduled.iter().find(|one| one.moves == moves && one.to == stage.name) {
                let message = format!(
                    "changes go from `{}` to `{}` by schedule, and no [[schedule]] does that",
                    one.from, one.to
                );
                let hint = format!("add a [[schedule]] with move = \"{}\", from = \"{}\"", moves.as_str(), one.from);
                tables.source.note(&gate.span_of("mode"), message, hint);
            }
        }
    }
}

/// A stage that waits for its default areas has one (`SPEC P14`).
fn there_is_something_to_wait_for(tables: &Tables<'_>, pipeline: &Pipeline) {
    for (stage, table) in pipeline.stages().iter().zip(&tables.stages) {
        let has_one = pipeline.areas_of(&stage.name).any(|area| area.default);
        if stage.takes == Takes::AfterDeploy && !has_one {
            let message = format!("`{}` moves after its default areas were deployed to, and has none", stage.name);
            let hint = "give one of its areas `default = true`, or take `move` away";
            tables.source.note(&table.span_of("move"), message, hint);
        }
    }
}

/// Which way changes come through each gate.
const GATES: [(ScheduleMove, &str); 2] =
    [(ScheduleMove::Promote, "promote"), (ScheduleMove::BackPromote, "back_promote")];

/// Where a schedule could lead.
fn reach(pipeline: &Pipeline, schedule: &Schedule) -> Vec<StageName> {
    Schedule { to: Vec::new(), ..schedule.clone() }.destinations(pipeline)
}

/// Notes what the core found, at the thing it means, and with the name that was probably meant.
fn note(tables: &Tables<'_>, defect: Defect, nouns: &Nouns) {
    let stages = &nouns.stages;
    let (span, unknown) = match defect.place {
        DefectAt::Pipeline => (0..0, None),
        DefectAt::Stage(at) => (stage_span(tables, stages, at), None),
        DefectAt::Next(at, nth) => {
            let span = tables.stages[at].texts("next").get(nth).map(|next| next.span.clone());
            (span.unwrap_or(0..0), stages[at].next.get(nth))
        }
        DefectAt::Area(at) => area_span(tables, nouns, at),
        DefectAt::Schedule(at) => schedule_span(tables, nouns, at),
    };
    let known: Vec<&str> = stages.iter().map(|stage| stage.name.as_str()).collect();
    let hint = unknown.map_or(defect.remedy, |name| suggest(name.as_str(), &known));
    tables.source.note(&span, defect.message, hint);
}

/// A stage is wrong by its name, by its branch, or, both being its own, by where it leads.
fn stage_span(tables: &Tables<'_>, stages: &[Stage], at: usize) -> Span {
    let (table, stage, earlier) = (&tables.stages[at], &stages[at], &stages[..at]);
    if earlier.iter().any(|other| other.name == stage.name) {
        table.span_of("name")
    } else if earlier.iter().any(|other| other.branch == stage.branch) {
        table.span_of("branch")
    } else {
        table.span_of("next")
    }
}

fn area_span<'a>(tables: &Tables<'_>, nouns: &'a Nouns, at: usize) -> (Span, Option<&'a StageName>) {
    let (table, area, earlier) = (&tables.areas[at], &nouns.areas[at], &nouns.areas[..at]);
    if !is_stage(&area.stage, nouns) {
        (table.span_of("stage"), Some(&area.stage))
    } else if earlier.iter().any(|other| other.name == area.name) {
        (table.span_of("name"), None)
    } else {
        (table.span_of("target"), None)
    }
}

fn schedule_span<'a>(tables: &Tables<'_>, nouns: &'a Nouns, at: usize) -> (Span, Option<&'a StageName>) {
    let (table, schedule) = (&tables.schedules[at], &nouns.settings.schedules[at]);
    if !is_stage(&schedule.from, nouns) {
        return (table.span_of("from"), Some(&schedule.from));
    }
    let unknown = schedule.to.iter().position(|to| !is_stage(to, nouns));
    match unknown {
        Some(nth) => {
            let span = table.texts("to").get(nth).map(|to| to.span.clone());
            (span.unwrap_or_else(|| table.span()), schedule.to.get(nth))
        }
        None => (table.span(), None),
    }
}

fn is_stage(name: &StageName, nouns: &Nouns) -> bool {
    nouns.stages.iter().any(|stage| stage.name == *name)
}
