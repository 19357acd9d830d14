//! Conflicts that nobody was asked about.

use switchback_api::decision::{AutoResolved, Use};
use switchback_core::foresee::reuse::{self, UsedAt};
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::state::State;
use switchback_core::records::promotion::Decision;
use switchback_core::records::resolution::{Resolution, Settler};
use switchback_core::words::names::{ChangeKey, StageName};

/// What some facts decided, by the state before them.
pub fn of_events(before: &State, events: &[Event]) -> Vec<AutoResolved> {
    let mut told = Vec::new();
    for event in events {
        match event {
            Event::Applied { stage, item, .. } => {
                told.extend(item.resolutions.iter().filter_map(|one| of(&item.change, Some(stage), one)));
            }
            Event::Removed { stage, decided, .. } => {
                let items = || before.lines.get(stage).into_iter().flat_map(|line| &line.items);
                for one in decided {
                    let about = items().find(|item| item.commit == one.commit);
                    let key = about.map(|item| before.key(item.change));
                    told.extend(key.and_then(|key| of(key, Some(stage), &one.resolution)));
                }
            }
            _ => {}
        }
    }
    told
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
pub fn recorded(decision: &Decision) -> Option<AutoResolved> {
    let Decision { stage, change, path, by } = decision;
    settled(by, (change, Some(stage), path.to_string()))
}

/// One resolution; `None` where a person was asked.
pub fn of(change: &ChangeKey, stage: Option<&StageName>, resolution: &Resolution) -> Option<AutoResolved> {
    settled(&resolution.by, (change, stage, resolution.path.to_string()))
}

fn settled(by: &Settler, about: (&ChangeKey, Option<&StageName>, String)) -> Option<AutoResolved> {
    let (change, stage, path) = about;
    let told = AutoResolved {
        change: change.to_string(),
        path,
        stage: stage.map(ToString::to_string),
        ..AutoResolved::default()
    };
    match by {
        Settler::Person => None,
        Settler::Remembered(id) => {
            Some(AutoResolved { strategy: "reused".to_owned(), resolution: Some(id.to_string()), ..told })
        }
        Settler::Type { name, strategy } => {
            Some(AutoResolved { strategy: strategy.to_string(), file_type: Some(name.clone()), ..told })
        }
    }
}
