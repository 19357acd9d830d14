//! Everything a rule may see, at one position of the ledger, with the time and the actor.

use crate::ledger::state::State;
use crate::pipeline::Pipeline;
use crate::pipeline::area::Area;
use crate::pipeline::stage::Stage;
use crate::records::change::Change;
use crate::records::grant::Privilege;
use crate::records::line::Line;
use crate::records::owner::Names;
use crate::records::receipt::ChangeIx;
use crate::words::names::{AreaName, ChangeKey, OperationId, RevisionNo, Seq, StageName, Time, UserName};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;
use std::collections::BTreeSet;

/// The only argument of a rule besides the request and the content.
#[derive(Clone, Copy, Debug)]
pub struct Snapshot<'a> {
    /// What the configuration says.
    pub pipeline: &'a Pipeline,
    /// What the ledger says.
    pub state: &'a State,
    /// What the clock says.
    pub now: Time,
    /// Who asks.
    pub actor: &'a Actor,
    /// Why, if they said so.
    pub reason: Option<&'a str>,
}

/// Who asks, and the name their commits carry.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Actor {
    /// As the ledger names them.
    pub user: UserName,
    /// As commits name them.
    pub name: String,
    /// Their address in commits.
    pub email: String,
    /// The groups they are in beside those of the configuration, as the server knows them.
    pub groups: BTreeSet<String>,
    /// What else they are called, as the server knows them: an owner of that name is them.
    pub also: Vec<String>,
    /// The token a program acts with in their name (`SPEC W3`).
    pub through: Option<Through>,
}

/// What a program acts with in somebody's name. It only narrows what they may do.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct Through {
    /// The token, as its maker named it.
    pub token: String,
    /// The privileges it may use; all that the person has when there are none.
    pub privileges: Vec<Privilege>,
    /// The stages it may change, with their areas; all when there are none.
    pub stages: Vec<StageName>,
}

impl Actor {
    /// Somebody who acts themselves, and is in no groups but those of the configuration.
    pub fn new(user: UserName, name: String, email: String) -> Self {
        Self { user, name, email, groups: BTreeSet::new(), also: Vec::new(), through: None }
    }

    /// By what they may be named.
    pub fn names(&self) -> Names<'_> {
        Names { user: &self.user, name: &self.name, email: &self.email, also: &self.also }
    }
}

impl<'a> Snapshot<'a> {
    /// The position a plan made from this is bound to.
    pub fn seq(&self) -> Seq {
        self.state.seq
    }

    /// The same world with another state: for looking ahead.
    #[must_use]
    pub fn with_state<'b>(&'b self, state: &'b State) -> Snapshot<'b> {
        Snapshot { state, ..*self }
    }

    /// A list of file types as a person wrote it (`SPEC X3`).
    ///
    /// # Errors
    /// `unknown-file-type` for a name that is none, and no glob either: what was meant to stop would not.
    pub fn file_types(&self, list: Option<&Vec<String>>) -> Result<(), Refusal> {
        let types = &self.pipeline.settings().file_types;
        match list.and_then(|list| types.unknown(list)) {
            Some(unknown) => Err(Refusal::unknown(Code::UnknownFileType, unknown, &types.names())),
            None => Ok(()),
        }
    }

    /// A stage of the configuration.
    ///
    /// # Errors
    /// `unknown-stage`.
    pub fn stage(&self, name: &StageName) -> Result<&'a Stage, Refusal> {
        self.pipeline.stage(name).ok_or_else(|| {
            let known: Vec<_> = self.pipeline.stages().iter().map(|stage| stage.name.to_string()).collect();
            Refusal::unknown(Code::UnknownStage, name.as_str(), &known)
        })
    }

    /// The line of a stage.
    ///
    /// # Errors
    /// `unknown-stage`, or `not-initialized` when the stage was never taken in.
    pub fn line(&self, name: &StageName) -> Result<&'a Line, Refusal> {
        self.stage(name)?;
        self.state.lines.get(name).ok_or_else(|| {
            let message = format!("stage {name} was never taken in");
            Refusal::new(Code::NotInitialized, message, Remedy::Initialize { pipeline: None })
        })
    }

    /// The stages that hold a change, in the pipeline's order, each with the revision it holds.
    pub fn held_at(&self, change: ChangeIx) -> impl Iterator<Item = (&'a Stage, RevisionNo)> + use<'a> {
        let Self { pipeline, state, .. } = *self;
        let held = move |stage: &'a Stage| Some((stage, state.lines.get(&stage.name)?.receipts.revision(change)?));
        pipeline.stages().iter().filter_map(held)
    }

    /// An area of the configuration.
    ///
    /// # Errors
    /// `unknown-area`.
    pub fn area(&self, name: &AreaName) -> Result<&'a Area, Refusal> {
        self.pipeline.area(name).ok_or_else(|| {
            let known: Vec<_> = self.pipeline.areas().iter().map(|area| area.name.to_string()).collect();
            Refusal::unknown(Code::UnknownArea, name.as_str(), &known)
        })
    }

    /// A recorded change.
    ///
    /// # Errors
    /// `unknown-change`.
    pub fn change(&self, key: &ChangeKey) -> Result<(ChangeIx, &'a Change), Refusal> {
        self.state.change(key).ok_or_else(|| {
            let known: Vec<_> = self.state.changes.iter().map(|change| change.key.to_string()).collect();
            Refusal::unknown(Code::UnknownChange, key.as_str(), &known)
        })
    }

    /// A demotion by id.
    ///
    /// # Errors
    /// `unknown-demotion`.
    pub fn demotion(&self, id: OperationId) -> Result<&'a crate::records::demotion::Demotion, Refusal> {
        self.state.demotion(id).ok_or_else(|| {
            let known: Vec<_> = self.state.demotions.iter().map(|demotion| demotion.id.to_string()).collect();
            Refusal::unknown(Code::UnknownDemotion, &id.to_string(), &known)
        })
    }

    /// A deployment by id.
    ///
    /// # Errors
    /// `unknown-deployment`.
    pub fn deployment(&self, id: OperationId) -> Result<&'a crate::records::deployment::Deployment, Refusal> {
        self.state.deployment(id).ok_or_else(|| {
            let known: Vec<_> = self.state.deployments.iter().map(|deployment| deployment.id.to_string()).collect();
            Refusal::unknown(Code::UnknownDeployment, &id.to_string(), &known)
        })
    }

    /// A promotion by id.
    ///
    /// # Errors
    /// `unknown-promotion`.
    pub fn promotion(&self, id: OperationId) -> Result<&'a crate::records::promotion::Promotion, Refusal> {
        self.state.promotion(id).ok_or_else(|| {
            let known: Vec<_> = self.state.promotions.iter().map(|promotion| promotion.id.to_string()).collect();
            Refusal::unknown(Code::UnknownPromotion, &id.to_string(), &known)
        })
    }
}
