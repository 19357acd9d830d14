//! A plan: what an operation would do, computed in full before anything is written.

use crate::ledger::entry::Event;
use crate::ledger::fold::Impossible;
use crate::ledger::rights::Used;
use crate::pipeline::Pipeline;
use crate::records::deployment::{Deployment, DeploymentKind};
use crate::records::job::JobChange;
use crate::words::fault::Fault;
use crate::words::names::{OperationId, Seq, StageName};
use crate::words::object::CommitId;
use crate::words::refusal::Refusal;
use crate::words::warning::Warning;
use std::collections::BTreeSet;

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
    /// What is carried on with once the deployments of this plan have ended well: a demotion whose development areas are
    /// rolled back first (`SPEC D5`), which the worker plans again at the position it finds then; or the move of a stage
    /// that is deployed to first (`SPEC P14`), which stays as it is.
    pub then: Option<Box<Plan>>,
    /// The facts. Branch moves and jobs follow from them.
    pub events: Vec<Event>,
    /// Changes to the queue in the same transaction, beside jobs for the deployments it asks for.
    pub queue: Vec<JobChange>,
    /// Privileges it relies on.
    pub privileges: Vec<Used>,
    /// What somebody should know.
    pub warnings: Vec<Warning>,
}

impl Plan {
    /// A plan that does nothing yet.
    pub fn new(guard: Seq, kind: &'static str) -> Self {
        Self {
            guard,
            kind,
            operation: None,
            says: String::new(),
            then: None,
            events: Vec::new(),
            queue: Vec::new(),
            privileges: Vec::new(),
            warnings: Vec::new(),
        }
    }

    /// Whether it tells nothing and asks nothing of the queue: then there is nothing to append.
    pub fn is_empty(&self) -> bool {
        self.events.is_empty() && self.queue.is_empty()
    }

    /// The same with the commit that keeps resolutions; nothing else about a plan follows from its content alone.
    #[must_use]
    pub fn keeping_resolutions(mut self, head: Option<CommitId>) -> Self {
        self.events.extend(head.map(|head| Event::ResolutionsKept { head }));
        self
    }

    /// The facts of this plan, and of what is carried on with afterwards.
    pub fn events_to_come(&self) -> impl Iterator<Item = &Event> {
        self.events.iter().chain(self.then.iter().flat_map(|then| &then.events))
    }

    /// The privileges of this plan, and of what is carried on with afterwards.
    pub fn privileges_to_come(&self) -> impl Iterator<Item = &Used> {
        self.privileges.iter().chain(self.then.iter().flat_map(|then| &then.privileges))
    }

    /// The stages it takes something from, puts something on, or leads it through: it cannot be carried out where the
    /// branch of one of them was rewritten (`SPEC L8`). What only keeps a record, or calls one off, needs none.
    pub fn stages(&self, pipeline: &Pipeline) -> BTreeSet<StageName> {
        let mut stages = BTreeSet::new();
        for event in self.events_to_come() {
            match event {
                Event::Applied { stage, .. } | Event::Removed { stage, .. } => drop(stages.insert(stage.clone())),
                Event::Promotion(promotion) if promotion.status.has_merged() => {
                    stages.extend([promotion.source.clone(), promotion.destination.clone()]);
                }
                Event::Demoted { target, .. } => drop(stages.insert(target.clone())),
                Event::DeploymentAsked(asked) if asked.kind == DeploymentKind::Deploy => {
                    stages.extend(pipeline.area(&asked.area).map(|area| area.stage.clone()));
                }
                _ => {}
            }
        }
        stages
    }

    /// The deployments it asks for.
    pub fn deployments(&self) -> impl Iterator<Item = &Deployment> {
        self.events.iter().filter_map(|event| match event {
            Event::DeploymentAsked(deployment) => Some(&**deployment),
            _ => None,
        })
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

/// A plan that tells what cannot be is a defect of the rule that made it.
impl From<Impossible> for Stop {
    fn from(impossible: Impossible) -> Self {
        Self::Fault(impossible.into())
    }
}

impl From<Fault> for Stop {
    fn from(fault: Fault) -> Self {
        Self::Fault(fault)
    }
}
