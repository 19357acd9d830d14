//! Conflicts that nobody was asked about.

use crate::parse::written;
use switchback_api::decision::{AutoResolved, Use};
use switchback_core::foresee::reuse::{self, UsedAt};
use switchback_core::foresee::settled::Settled;
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::state::State;
use switchback_core::records::promotion::Decision;
use switchback_core::records::resolution::{Resolution, Settler, words};
use switchback_core::words::names::{ChangeKey, StageName};
use switchback_engine::desk::Desk;

/// What was settled without asking anybody, of what was settled at all.
pub fn automatic(desk: &Desk<'_>, state: &State, settled: &[Settled<'_>]) -> Vec<AutoResolved> {
    let one = |one: &Settled<'_>| {
        let Resolution { path, by, .. } = one.resolution;
        settled_by(by, (one.change, one.stage, path.to_string())).map(|told| with_person(desk, state, (told, by)))
    };
    settled.iter().filter_map(one).collect()
}

/// Who had decided what was reused, and when.
fn with_person(desk: &Desk<'_>, state: &State, (told, settler): (AutoResolved, &Settler)) -> AutoResolved {
    let ids = settler.reused().iter().flat_map(|id| state.resolutions.named(*id));
    let known = ids.filter_map(|id| state.resolutions.get(id)).max_by_key(|known| known.at);
    let (by, at) = (known.map(|known| known.by.to_string()), known.map(|known| written(desk, known.at)));
    AutoResolved { by, at, ..told }
}

/// What had been settled by what some facts have forgotten.
pub fn forgotten(state: &State, events: &[Event]) -> Vec<Use> {
    let gone = events.iter().filter_map(|event| match event {
        Event::ResolutionForgotten { resolution, .. } => Some(resolution),
        _ => None,
    });
    let gone: Vec<_> = gone.collect();
    if gone.is_empty() {
        return Vec::new();
    }
    let uses = reuse::uses(state);
    gone.into_iter().flat_map(|id| uses.get(id).into_iter().flatten()).map(used).collect()
}

/// One use of a resolution.
pub fn used(one: &reuse::Use) -> Use {
    let told = Use {
        change: one.change.to_string(),
        path: one.path.to_string(),
        operation: one.operation.map(|id| id.to_string()),
        reused: one.reused,
        stands: one.stands,
        ..Use::default()
    };
    match &one.place {
        UsedAt::Stage(stage) => Use { stage: Some(stage.to_string()), ..told },
        UsedAt::Area(area, number) => Use { area: Some(area.to_string()), version: Some(number.0), ..told },
    }
}

/// What a promotion's record says was decided.
pub fn recorded(desk: &Desk<'_>, state: &State, decisions: &[Decision]) -> Vec<AutoResolved> {
    let one = |Decision { stage, change, path, by }: &Decision| {
        let told = settled_by(by, (change, Some(stage), path.to_string()))?;
        Some(with_person(desk, state, (told, by)))
    };
    decisions.iter().filter_map(one).collect()
}

fn settled_by(by: &Settler, about: (&ChangeKey, Option<&StageName>, String)) -> Option<AutoResolved> {
    let (change, stage, path) = about;
    let told = AutoResolved {
        change: change.to_string(),
        path,
        stage: stage.map(ToString::to_string),
        ..AutoResolved::default()
    };
    match by {
        Settler::Person | Settler::Followed => None,
        Settler::Remembered(id) => {
            Some(AutoResolved { strategy: "reused".to_owned(), resolution: Some(id.to_string()), ..told })
        }
        Settler::Blocks(ids) => {
            let resolution = ids.first().map(ToString::to_string);
            let blocks = ids.iter().map(ToString::to_string).collect();
            Some(AutoResolved { strategy: "reused".to_owned(), resolution, blocks, ..told })
        }
        Settler::Proposed { name, kinds } => {
            Some(AutoResolved { strategy: words(kinds), file_type: Some(name.clone()), ..told })
        }
        Settler::Attribute(written) => {
            let strategy = if written == "merge=union" { "union" } else { "destination" };
            Some(AutoResolved { strategy: strategy.to_owned(), attribute: Some(written.clone()), ..told })
        }
        Settler::Type { name, strategy } => {
            Some(AutoResolved { strategy: strategy.to_string(), file_type: Some(name.clone()), ..told })
        }
        Settler::AsSource(stage) => {
            Some(AutoResolved { strategy: "as-source".to_owned(), held_by: Some(stage.to_string()), ..told })
        }
        Settler::NeverHeld(older) => {
            Some(AutoResolved { strategy: "never-held".to_owned(), revision: Some(older.0), ..told })
        }
    }
}
