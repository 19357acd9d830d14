//! What others did to a stage's branch is taken in: commits they pushed, a branch they rewrote, a stage that is new
//! (`SPEC L8`).

use crate::adopting::known::{Brought, Known};
use crate::adopting::stretch::Stretch;
use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::records::grant::Privilege;
use serde_json::json;

/// What stands on a branch, and how it came to.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum Arrival {
    /// The configuration names a stage that the ledger does not know yet.
    NewStage(Stretch),
    /// Somebody pushed commits onto a stage's branch.
    Pushed(Stretch),
    /// Somebody rewrote it, and somebody asks to take it as it is (`stage adopt`).
    Rewritten(Stretch),
}

impl Arrival {
    /// The request, as it is kept.
    pub fn asked(&self) -> serde_json::Value {
        match self {
            Self::NewStage(_) | Self::Pushed(_) => json!({ "adopt": "commits pushed by others" }),
            Self::Rewritten(stretch) => json!({ "adopt": stretch.stage }),
        }
    }
}

/// Plans to take in what arrived.
///
/// # Errors
/// `unknown-stage`, `not-permitted` without `configure` for a rewritten branch, or a fault of the content.
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, arrival: &Arrival) -> Result<Plan, Stop> {
    let mut known = Known::of(snapshot);
    let mut plan = Plan::new(snapshot.seq(), "adopt");
    match arrival {
        Arrival::NewStage(stretch) => {
            plan.events = known.stage(content, stretch)?;
            plan.events.extend(known.exclusions());
            plan.says = format!("stage {} begins", stretch.stage);
        }
        Arrival::Pushed(stretch) => {
            let branch = &snapshot.stage(&stretch.stage)?.branch;
            let Brought { recorded, items, tree, keeps } = known.brought(content, stretch)?;
            plan.says = format!("{} takes in {} commits pushed to {branch}", stretch.stage, items.len());
            plan.events = recorded;
            let (stage, head) = (stretch.stage.clone(), stretch.tip);
            plan.events.push(Event::CommitsAdopted { stage, head, tree, items, keeps });
        }
        Arrival::Rewritten(stretch) => {
            let stage = snapshot.stage(&stretch.stage)?;
            plan.privileges.push(rights::require(snapshot, Privilege::Configure, rights::on_stage(&stage.name))?);
            plan.events = known.stage(content, stretch)?;
            plan.says = format!("stage {} is adopted as branch {} stands", stage.name, stage.branch);
        }
    }
    Ok(plan)
}
