//! The record of a demotion: changes taken out of a stage and every bypassed stage (`SPEC 5`).

use crate::pipeline::stage::Attestation;
use crate::records::freeze::Freeze;
use crate::records::promotion::DeployWish;
use crate::words::names::{ChangeKey, OperationId, RevisionNo, StageName, Time, UserName};
use serde::{Deserialize, Serialize};

/// One demotion, possibly of several changes.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Demotion {
    /// `M-2`.
    pub id: OperationId,
    /// Down to which stage.
    pub target: StageName,
    /// What left, in order.
    pub demoted: Vec<Demoted>,
    /// Rollbacks it queued (`SPEC D7`) and ran before (`SPEC D5`).
    pub rollbacks: Vec<OperationId>,
    /// Deployments it queued at the target (`SPEC D8`).
    pub deployments: Vec<OperationId>,
    /// Who.
    pub by: UserName,
    /// When it began.
    pub at: Time,
    /// Why.
    pub reason: Option<String>,
    /// What goes on once development areas have been rolled back; `None` when nothing waits (`SPEC D5`).
    pub waiting: Option<Waiting>,
    /// What did not leave, and why (`SPEC D9`).
    pub stopped: Vec<StoppedDemotion>,
}

/// What became of a change that was named in a demotion.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Fate<'a> {
    /// It left.
    Left,
    /// It did not after all.
    Stopped(&'a StoppedDemotion),
    /// It waits for these rollbacks of development areas; `None` where it waits for what waits for them (`SPEC D5`).
    Waits(Option<&'a [OperationId]>),
    /// One before it was stopped, so it was not tried (`SPEC D9`).
    NotRun,
}

impl Demotion {
    /// What became of a change that was named.
    pub fn fate(&self, key: &ChangeKey) -> Fate<'_> {
        let stopped = self.stopped.iter().find(|stopped| stopped.changes.contains(key));
        match (stopped, &self.waiting) {
            _ if self.demoted.iter().any(|demoted| demoted.change == *key) => Fate::Left,
            (Some(stopped), _) => Fate::Stopped(stopped),
            (None, Some(Waiting { asked, first })) => {
                Fate::Waits(asked.changes.contains(key).then_some(first.as_slice()))
            }
            (None, None) => Fate::NotRun,
        }
    }

    /// Everything that left because of some changes that were named, themselves included.
    pub fn because_of<'a>(&'a self, named: &'a [ChangeKey]) -> impl Iterator<Item = &'a Demoted> {
        self.demoted.iter().filter(|demoted| {
            named.contains(&demoted.change) || demoted.because_of.as_ref().is_some_and(|key| named.contains(key))
        })
    }
}

/// What a person asked of one demotion, kept while development areas are rolled back first (`SPEC D5`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct DemotionAsked {
    /// What leaves next, as one.
    pub changes: Vec<ChangeKey>,
    /// What leaves after it, group by group (`SPEC D9`).
    pub then: Vec<Vec<ChangeKey>>,
    /// The highest stage it leaves; the highest that holds it if not said.
    pub from: Option<StageName>,
    /// Down to which stage.
    pub to: StageName,
    /// What is deployed at the target afterwards (`SPEC D8`).
    pub deploy: DeployWish,
    /// Whether dependents leave along (`SPEC D4`).
    pub dependents: Dependents,
    /// Whether a freeze window is overridden (`SPEC P13`).
    pub freeze: Freeze,
    /// Whether what was attested about what leaves is taken back along the way (`SPEC C4`).
    pub withdraw: bool,
    /// Whether it leaves although all that it did stays (`SPEC L8`).
    pub content: StayingContent,
}

/// What to do where all that a leaving change did stays, because something else brings it as well (`SPEC L8`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum StayingContent {
    /// Refuse, naming what brings it.
    #[default]
    Refuse,
    /// Take the receipt out all the same, and leave the content.
    Leave,
}

/// What to do with changes that build on a leaving one (`SPEC D4`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Dependents {
    /// Refuse, naming them.
    #[default]
    Refuse,
    /// Take them along.
    Take,
    /// Rewrite them without it: each gets a new revision.
    Rewrite,
}

/// A demotion that waits for its development areas (`SPEC D5`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Waiting {
    /// What goes on afterwards.
    pub asked: DemotionAsked,
    /// The rollbacks it waits for.
    pub first: Vec<OperationId>,
}

/// Changes that were not demoted after all.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct StoppedDemotion {
    /// Which.
    pub changes: Vec<ChangeKey>,
    /// The refusal's or fault's code.
    pub code: String,
    /// The sentence.
    pub message: String,
}

/// A change that left.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Demoted {
    /// Which.
    pub change: ChangeKey,
    /// The highest stage it left.
    pub from: StageName,
    /// Every stage it left with the revision held there, highest first.
    pub left: Vec<(StageName, RevisionNo)>,
    /// The change it had to leave with, when it was not asked for by itself (`SPEC D4`).
    pub because_of: Option<ChangeKey>,
    /// What was attested of the revisions that left, and taken back along the way (`SPEC C4`).
    pub withdrawn: Vec<Attestation>,
}
