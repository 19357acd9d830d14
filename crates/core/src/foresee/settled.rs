//! Conflicts that were settled on the way of some changes, as facts and versions tell of them (`SPEC X2`, `X5`).

use crate::ledger::entry::Event;
use crate::ledger::snapshot::Snapshot;
use crate::ledger::state::State;
use crate::records::resolution::Resolution;
use crate::words::names::{AreaName, ChangeKey, StageName, VersionNo};

/// A conflict that was settled.
#[derive(Clone, Copy, PartialEq, Debug)]
pub struct Settled<'a> {
    /// Whose.
    pub change: &'a ChangeKey,
    /// On which stage; `None` for one of an area's own content.
    pub stage: Option<&'a StageName>,
    /// How.
    pub resolution: &'a Resolution,
}

/// What some facts settled, by the state before them: of changes that came onto a stage, and of those that stay when
/// another leaves.
pub fn by_events<'a>(before: &'a State, events: &'a [Event]) -> Vec<Settled<'a>> {
    let mut settled = Vec::new();
    for event in events {
        match event {
            Event::Applied { stage, item, .. } => {
                let all = item.resolutions.iter();
                settled.extend(all.map(|resolution| Settled { change: &item.change, stage: Some(stage), resolution }));
            }
            Event::Removed { stage, decided, .. } => {
                let items = || before.lines.get(stage).into_iter().flat_map(|line| &line.items);
                for one in decided {
                    let about = items().find(|item| item.commit == one.commit);
                    let (stage, resolution) = (Some(stage), &one.resolution);
                    settled.extend(about.map(|item| Settled { change: before.key(item.change), stage, resolution }));
                }
            }
            _ => {}
        }
    }
    settled
}

/// What was settled of the changes a version brought: on their way to the stage, then in the area.
pub fn by_version<'a>(snapshot: &Snapshot<'a>, area: &AreaName, number: VersionNo) -> Vec<Settled<'a>> {
    let Snapshot { state, pipeline, .. } = *snapshot;
    let Some(version) = state.area(area).version(number) else { return Vec::new() };
    // An area that the configuration does not name any more has no stage.
    let stage = pipeline.area(area).map(|area| &area.stage);
    let brought = version.changes.iter().filter_map(|moved| Some((moved.change, moved.after.as_ref()?)));
    let on_the_way = brought.flat_map(|(change, holding)| {
        let change = state.key(change);
        let all = holding.items.iter().flat_map(|item| &item.resolutions);
        all.map(move |resolution| Settled { change, stage, resolution })
    });
    let here = version.decisions.iter().map(|one| Settled {
        change: state.key(one.change),
        stage: None,
        resolution: &one.resolution,
    });
    on_the_way.chain(here).collect()
}
