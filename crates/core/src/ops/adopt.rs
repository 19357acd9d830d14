//! What others did to a stage's branch is taken in: commits they pushed, a branch they rewrote, a stage that is new
//! (`SPEC L8`).

use crate::adopting::known::{Brought, Known};
use crate::adopting::stretch::Stretch;
use crate::adopting::traces::Traces;
use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::records::grant::Privilege;
use crate::records::line::Line;
use crate::words::names::StageName;
use serde_json::json;
use std::slice;

/// What stands on a branch, and how it came to.
#[derive(Clone, PartialEq, Debug)]
pub enum Arrival {
    /// Nothing: the branch stands where the ledger says.
    Nothing(StageName),
    /// The configuration names a stage that the ledger does not know yet.
    NewStage(Stretch),
    /// Somebody pushed commits onto a stage's branch.
    Pushed(Stretch),
    /// Somebody rewrote it, and somebody asks to take it as it is (`stage adopt`). The line is what the stage held where
    /// the branch as it stands now goes its own way: what came after that is gone, and the stretch comes in its place.
    Rewritten(Box<Line>, Stretch),
}

impl Arrival {
    fn stretch(&self) -> Option<&Stretch> {
        match self {
            Self::Nothing(_) => None,
            Self::NewStage(stretch) | Self::Pushed(stretch) | Self::Rewritten(_, stretch) => Some(stretch),
        }
    }

    /// The request, as it is kept.
    pub fn asked(&self) -> serde_json::Value {
        match self {
            Self::NewStage(_) | Self::Pushed(_) => json!({ "adopt": "commits pushed by others" }),
            Self::Rewritten(_, Stretch { stage, .. }) | Self::Nothing(stage) => json!({ "adopt": stage }),
        }
    }
}

/// Plans to take in what others pushed, or a stage that is new.
///
/// # Errors
/// `unknown-stage`, or a fault of the content.
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, arrival: &Arrival) -> Result<Plan, Stop> {
    let mut plan = Plan::new(snapshot.seq(), "adopt");
    let mut known = Known::of(snapshot);
    match arrival {
        Arrival::Nothing(stage) => {
            plan.says = format!("stage {stage} is as its branch stands; there is nothing to take in")
        }
        Arrival::NewStage(stretch) => {
            plan.events = known.stages(content, slice::from_ref(stretch))?;
            plan.events.extend(known.exclusions());
            plan.says = format!("stage {} begins", stretch.stage);
        }
        Arrival::Pushed(stretch) => {
            let (stage, line) = (snapshot.stage(&stretch.stage)?, snapshot.line(&stretch.stage)?);
            let brought = known.onto(content, line, stretch)?;
            let (count, branch) = (stretch.len(), &stage.branch);
            let plural = if count == 1 { "" } else { "s" };
            plan.says = format!("{} takes in {count} commit{plural} pushed to {branch}", stretch.stage);
            plan.events = taken_in((line, stretch), brought);
        }
        Arrival::Rewritten(line, stretch) => {
            let stage = snapshot.stage(&stretch.stage)?;
            let brought = known.onto(content, line, stretch)?;
            plan.says = format!("stage {} is adopted as branch {} stands", stage.name, stage.branch);
            plan.events = anew((line, stretch), brought);
            for event in &mut plan.events {
                if let Event::StageAdopted { was, .. } = event {
                    *was = snapshot.state.lines.get(&stretch.stage).map(|line| line.head);
                }
            }
        }
    }
    plan.warnings = known.warnings();
    if let Some(taken) = arrival.stretch().and_then(|stretch| Traces::numbers(snapshot.state, stretch)) {
        plan.events.insert(0, taken);
    }
    Ok(plan)
}

/// The same because somebody asked for it by name.
///
/// # Errors
/// As [`plan`], and `not-permitted` without `configure`.
pub fn on_request(snapshot: &Snapshot<'_>, content: &dyn Content, arrival: &Arrival) -> Result<Plan, Stop> {
    let (Arrival::Nothing(stage)
    | Arrival::NewStage(Stretch { stage, .. })
    | Arrival::Pushed(Stretch { stage, .. })
    | Arrival::Rewritten(_, Stretch { stage, .. })) = arrival;
    let used = rights::require(snapshot, Privilege::Configure, rights::on_stage(stage))?;
    let mut plan = plan(snapshot, content, arrival)?;
    plan.privileges.push(used);
    Ok(plan)
}

/// What came onto a line: told as what is new, or the whole line where what lay there before is not what it was.
fn taken_in(from: (&Line, &Stretch), brought: Brought) -> Vec<Event> {
    let Some(new_from) = brought.new_from else { return anew(from, brought) };
    let Brought { recorded, mut items, removed, passing, tree, keeps, .. } = brought;
    let (stage, head) = (from.1.stage.clone(), from.1.tip);
    let items = items.split_off(new_from);
    let adopted = Event::CommitsAdopted { stage, head, tree, items, keeps, removed };
    recorded.into_iter().chain([adopted]).chain(passing).collect()
}

fn anew((line, stretch): (&Line, &Stretch), brought: Brought) -> Vec<Event> {
    let Brought { recorded, items, passing, tree, keeps, .. } = brought;
    let (stage, head) = (stretch.stage.clone(), stretch.tip);
    let (base, base_tree) = (line.base, line.base_tree);
    let adopted = Event::StageAdopted { stage, base, base_tree, head, tree, items, keeps, was: None };
    recorded.into_iter().chain([adopted]).chain(passing).collect()
}
