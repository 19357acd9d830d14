//! A plan: what an operation would do, computed in full before anything is written.

use crate::ledger::entry::Event;
use crate::ledger::rights::Used;
use crate::records::deployment::Deployment;
use crate::words::fault::Fault;
use crate::words::names::{AreaName, ChangeKey, OperationId, Seq};
use crate::words::refusal::Refusal;
use crate::words::warning::Warning;
use std::fmt::Write as _;

/// Facts to be appended, and how far they may be relied on.
#[derive(Clone, PartialEq, Debug)]
pub struct Plan {
    /// The ledger position it was made at; it may only be committed there.
    pub guard: Seq,
    /// What the ledger entry is called.
    pub kind: &'static str,
    /// The operation it belongs to.
    pub operation: Option<OperationId>,
    /// What it does, in one sentence.
    pub says: String,
    /// Development areas that must be rolled back before this may be committed (`SPEC D5`). Afterwards the plan is
    /// made anew, and this is empty.
    pub first: Vec<Prelude>,
    /// The facts. Branch moves and jobs follow from them.
    pub events: Vec<Event>,
    /// Privileges it relies on.
    pub privileges: Vec<Used>,
    /// What somebody should know.
    pub warnings: Vec<Warning>,
}

/// A rollback of a development area that comes before a demotion.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Prelude {
    /// Where.
    pub area: AreaName,
    /// Which changes must go.
    pub changes: Vec<ChangeKey>,
}

impl Plan {
    /// A plan that does nothing yet.
    pub fn new(guard: Seq, kind: &'static str) -> Self {
        Self {
            guard,
            kind,
            operation: None,
            says: String::new(),
            first: Vec::new(),
            events: Vec::new(),
            privileges: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// The deployments it asks for.
    pub fn deployments(&self) -> impl Iterator<Item = &Deployment> {
        self.events.iter().filter_map(|event| match event {
            Event::DeploymentAsked(deployment) => Some(&**deployment),
            _ => None,
        })
    }

    /// What makes it this plan and no other: everything but the moment and the commits that carry it. Its hash is what
    /// `--plan` names.
    pub fn essence(&self) -> String {
        let mut essence = format!("{} {:?}\n{}\n", self.kind, self.operation, self.says);
        for prelude in &self.first {
            let _ = writeln!(essence, "first {} {:?}", prelude.area, prelude.changes);
        }
        // Where resolutions are kept follows from what is decided, and carries the moment.
        for event in self.events.iter().filter(|event| !matches!(event, Event::ResolutionsKept { .. })) {
            let _ = writeln!(essence, "{}", event_essence(event));
        }
        for warning in &self.warnings {
            let _ = writeln!(essence, "{} {}", warning.code, warning.message);
        }
        essence
    }
}

fn event_essence(event: &Event) -> String {
    match event {
        Event::Applied { stage, item, tree } => {
            format!("apply {} {} {stage} {tree}", item.change, item.item.revision)
        }
        Event::Recorded { change, facts, revision, origin } => {
            let trees = (revision.base_tree, revision.tip_tree);
            format!("record {change} {} {trees:?} {:?} {facts:?} {origin:?}", revision.number, revision.depends_on)
        }
        Event::Removed { stage, change, tree, .. } => format!("remove {change} {stage} {tree}"),
        Event::DeploymentAsked(asked) => {
            format!("deploy {} {} {:?} {:?}", asked.id, asked.area, asked.kind, asked.changes)
        }
        Event::Promotion(promotion) => {
            let changes: Vec<_> = promotion.changes.iter().map(|chosen| (&chosen.change, chosen.revision)).collect();
            let decided: Vec<_> = promotion.resolutions.iter().map(|one| (&one.change, &one.resolution)).collect();
            format!("promotion {} {} {changes:?} {decided:?}", promotion.id, promotion.status.as_str())
        }
        Event::Demoted { demoted, .. } => format!("demoted {demoted:?}"),
        other => format!("{other:?}"),
    }
}

/// Why there is no plan: a rule said no, or the world did not answer.
#[derive(Clone, PartialEq, Debug)]
pub enum Stop {
    /// A rule said no.
    Refused(Box<Refusal>),
    /// The world did not answer.
    Fault(Fault),
}

impl From<Refusal> for Stop {
    fn from(refusal: Refusal) -> Self {
        Self::Refused(Box::new(refusal))
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
