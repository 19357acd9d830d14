//! Development areas that are rolled back before a demotion (`SPEC D5`): the demotion begins with them, and goes on when
//! all of them have ended well.

use super::Request;
use crate::depend::stay::Departure;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights::{self, Used};
use crate::ledger::snapshot::Snapshot;
use crate::moving::deploy_on_arrival::{self, Arrival};
use crate::pipeline::area::{Area, AreaClass};
use crate::records::demotion::DemotionAsked;
use crate::records::deployment::{Deployment, DeploymentKind, Occasion};
use crate::records::grant::{Privilege, Scope};
use crate::words::names::{AreaName, ChangeKey, RevisionNo};
use crate::words::refusal::Refusal;

/// A rollback of a development area that comes before a demotion.
pub(super) struct Prelude {
    area: AreaName,
    changes: Vec<ChangeKey>,
}

/// `SPEC D5`: development areas of every stage that a change leaves, which hold it.
pub(super) fn preludes(snapshot: &Snapshot<'_>, departure: &Departure<'_>) -> Vec<Prelude> {
    let leaving = &departure.leaving;
    let mut preludes = Vec::new();
    for (stage, on_stage) in leaving.stages() {
        for area in snapshot.pipeline.areas_of(stage).filter(|area| area.class == AreaClass::Development) {
            let line = snapshot.state.area(&area.name);
            let held = leaving.at(stage, on_stage).into_iter().filter(|ix| line.holding(*ix).is_some());
            let mut changes: Vec<_> = held.map(|ix| snapshot.state.key(ix).clone()).collect();
            if !changes.is_empty() {
                // What builds on it goes first too, and comes back rewritten.
                let back = departure.put_back_at(stage).into_iter().filter(|(ix, _)| line.holding(*ix).is_some());
                changes.extend(back.map(|(ix, _)| snapshot.state.key(ix).clone()));
                preludes.push(Prelude { area: area.name.clone(), changes });
            }
        }
    }
    preludes
}

/// The plan that begins a demotion, with what is carried on with afterwards.
pub(super) fn begin(snapshot: &Snapshot<'_>, request: &Request, what: (Plan, Vec<Prelude>)) -> Result<Plan, Stop> {
    let (mut then, preludes) = what;
    let mut plan = Plan::new(snapshot.seq(), "demotion");
    plan.operation = then.operation;
    let Some(demotion) = then.operation else { return Ok(then) };
    let mut first = Vec::new();
    for prelude in &preludes {
        let area = snapshot.area(&prelude.area)?;
        plan.privileges.push(allowed(snapshot, area)?);
        let changes = held(snapshot, prelude);
        let arrival = Arrival { stage: &area.stage, changes: &changes, operation: demotion, already: first.len() };
        let (kind, occasion) = (DeploymentKind::Remove, Occasion::Automatic);
        // Each is on its own: none waits for another.
        let asked = Deployment { kind, occasion, sequence: 0, ..deploy_on_arrival::draft(snapshot, area, arrival) };
        first.push(asked.id);
        plan.events.push(Event::DeploymentAsked(Box::new(asked)));
    }
    // They stand with the change they take out, in the preview as in the record.
    for event in &mut then.events {
        if let Event::Demoted { rollbacks, .. } = event {
            rollbacks.splice(0..0, first.iter().copied());
        }
    }
    let names: Vec<_> = preludes.iter().map(|prelude| prelude.area.as_str()).collect();
    let is = if names.len() == 1 { "is" } else { "are" };
    plan.says = format!("{} after {} {is} rolled back", then.says, names.join(", "));
    plan.events.insert(0, Event::DemotionBegun { demotion, asked: Box::new(request.kept()), first });
    plan.warnings.clone_from(&then.warnings);
    plan.then = Some(Box::new(then));
    Ok(plan)
}

/// What a default area needs nobody to grant; any other needs the privilege itself (`SPEC D5`).
fn allowed(snapshot: &Snapshot<'_>, area: &Area) -> Result<Used, Refusal> {
    match area.default {
        true => Ok(deploy_on_arrival::implicit(Privilege::Rollback, area)),
        false => rights::require(snapshot, Privilege::Rollback, Scope::Area(area.name.clone())),
    }
}

fn held(snapshot: &Snapshot<'_>, prelude: &Prelude) -> Vec<(ChangeKey, RevisionNo)> {
    let line = snapshot.state.area(&prelude.area);
    let one = |key: &ChangeKey| {
        let (ix, _) = snapshot.state.change(key)?;
        Some((key.clone(), line.holding(ix)?.revision))
    };
    prelude.changes.iter().filter_map(one).collect()
}

impl Request {
    /// The same as it is kept while it waits.
    pub fn kept(&self) -> DemotionAsked {
        let Self { changes, then, from, to, deploy, dependents, freeze, withdraw, content, .. } = self.clone();
        DemotionAsked { changes, then, from, to, deploy, dependents, freeze, withdraw, content }
    }
}
