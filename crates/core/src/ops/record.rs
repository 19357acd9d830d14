//! `change record`: a branch, or some commits, become a change or its next revision (`SPEC C1` to `C3`).

use crate::compose::carry::{Load, carry_all};
use crate::compose::making::Making;
use crate::content::sketch::Sketch;
use crate::content::{Content, Signature};
use crate::ledger::entry::{Event, Imported};
use crate::ledger::fold::Attribution;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::moving::line_taken;
use crate::recording::originating::{self, Originating};
use crate::records::change::{Change, Facts, Revision, Voice};
use crate::records::grant::{Privilege, Scope};
use crate::records::line::Source;
use crate::words::admit;
use crate::words::details::{CameAlong, Details};
use crate::words::names::{ChangeKey, RevisionNo, StageName, UserName};
use crate::words::object::{CommitId, TreeId};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::{Addition, Remedy};
use crate::words::warning::Warning;
use serde::{Deserialize, Serialize};

/// What a person says about a change, and what the repository says about its branch.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// What it is called.
    pub change: ChangeKey,
    /// Its title; the subject of its first own commit that is no merge, if not said.
    pub title: Option<String>,
    /// The project it belongs to.
    pub project: Option<String>,
    /// The release it is planned for.
    pub release: Option<String>,
    /// Who answers for it; the actor if not said.
    pub owner: Option<UserName>,
    /// The change it is part of.
    pub parent: Option<ChangeKey>,
    /// Where it originates (`SPEC C3`).
    pub stage: Option<StageName>,
    /// What the repository says.
    pub found: BranchFacts,
}

/// What the repository says about a revision.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct BranchFacts {
    /// Where it starts.
    pub base: CommitId,
    /// Where it ends.
    pub tip: CommitId,
    /// The tree of the base.
    pub base_tree: TreeId,
    /// The tree of the tip.
    pub tip_tree: TreeId,
    /// Who wrote the tip.
    pub author: Signature,
    /// The first line of the message of its first own commit that is no merge.
    pub subject: String,
    /// Recorded changes its branch is stacked on, or that its own edits need.
    pub depends_on: Vec<ChangeKey>,
    /// The revisions of other changes that its branch is stacked on.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub stacked_on: Vec<(ChangeKey, RevisionNo)>,
    /// Changes that came along with stages' branches, and are left out of it.
    #[serde(default)]
    pub left_out: Vec<LeftOut>,
    /// Whether the branch of the stage it originates at contains the tip already.
    pub at_stage: AtStage,
    /// Its branch, where it is one of this repository.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub branch: Option<String>,
}

/// A change that came to a branch with a stage's.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct LeftOut {
    /// Which.
    pub change: ChangeKey,
    /// The revision that came.
    pub revision: RevisionNo,
    /// With the branch of which stage.
    pub stage: StageName,
}

/// Whether a stage's branch contains a tip.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum AtStage {
    /// It does: a receipt is enough.
    Contained,
    /// It does not: the change is applied.
    Missing,
}

/// Plans a recording.
///
/// # Errors
/// `unknown-stage`, `not-permitted`; `nothing-to-record` for a branch without a difference, or a tip recorded already
/// with nothing new said; `in-flight`, `stage-frozen`, and `depends-on` when it cannot be applied to its stage.
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, request: &Request) -> Result<Plan, Stop> {
    let scope = request.stage.as_ref().map_or(Scope::Pipeline, rights::on_stage);
    let used = rights::require(snapshot, Privilege::Record, scope)?;
    admit(snapshot, request)?;
    request.parent.as_ref().map(|parent| snapshot.change(parent)).transpose()?;
    request.stage.as_ref().map(|stage| snapshot.line(stage)).transpose()?;
    let known = snapshot.state.change(&request.change).map(|(_, change)| change);
    let found = &request.found;
    if found.base_tree == found.tip_tree {
        let came = match found.left_out.as_slice() {
            [] => String::new(),
            left_out => format!(" itself; what it holds came {}", came(left_out)),
        };
        let message = format!("the branch of {} changes nothing{came}", request.change);
        let no = Refusal::new(Code::NothingToRecord, message, "commit something to it first");
        return Err(no.with(nothing_of_its_own(request)).into());
    }
    let mut plan = Plan::new(snapshot.seq(), "record");
    plan.privileges.push(used);
    let delta = content.delta(found.base_tree, found.tip_tree)?;
    plan.events.extend(recording(snapshot, request, known, Sketch::of(&delta)));
    let state = snapshot.state.after(&plan.events, told(snapshot))?;
    let after = snapshot.with_state(&state);
    plan.events.extend(originate(&after, content, request)?);
    if plan.events.is_empty() {
        let message = format!("{} is recorded at this tip already", request.change);
        return Err(Refusal::new(Code::NothingToRecord, message, "there is nothing new to say about it")
            .with(Details::Change { change: request.change.clone() })
            .into());
    }
    let number = state.change(&request.change).map_or(1, |(_, change)| change.latest().number.0);
    plan.says = format!("{} is recorded at revision {number}", request.change);
    if plan.events.iter().any(|event| matches!(event, Event::Recorded { .. })) {
        plan.warnings.extend(left_out(request));
        plan.warnings.extend(snapshot.composer(content).breaks(&request.change, &delta)?);
    }
    Ok(plan)
}

/// What a branch holds that has nothing of its own.
fn nothing_of_its_own(request: &Request) -> Details {
    let one =
        |one: &LeftOut| CameAlong { change: one.change.clone(), revision: one.revision, stage: one.stage.clone() };
    let left_out = request.found.left_out.iter().map(one).collect();
    Details::LeftOut { change: request.change.clone(), left_out }
}

/// What is not part of the revision although its branch holds it (`SPEC C1`).
fn left_out(request: &Request) -> Option<Warning> {
    let BranchFacts { left_out, depends_on, .. } = &request.found;
    let needs: Vec<_> = depends_on.iter().filter(|key| left_out.iter().any(|one| one.change == **key)).collect();
    let needs: Vec<_> = needs.into_iter().map(ChangeKey::as_str).collect();
    let builds = if needs.is_empty() { String::new() } else { format!("; it builds on {}", needs.join(", ")) };
    let message = format!("{} leaves out what came {}{builds}", request.change, came(left_out));
    (!left_out.is_empty()).then(|| Warning::of("left-out", message))
}

/// `with DEV's branch: US-1, US-2; with QA's branch: US-3`
fn came(left_out: &[LeftOut]) -> String {
    let mut stages: Vec<(&StageName, Vec<&str>)> = Vec::new();
    for one in left_out {
        match stages.iter_mut().find(|(stage, _)| **stage == one.stage) {
            Some((_, keys)) => keys.push(one.change.as_str()),
            None => stages.push((&one.stage, vec![one.change.as_str()])),
        }
    }
    let with = stages.iter().map(|(stage, keys)| format!("with {stage}'s branch: {}", keys.join(", ")));
    with.collect::<Vec<_>>().join("; ")
}

/// What is said by name must be a name, and no other change's in other letters: on file systems that do not tell `us-1`
/// from `US-1` both would have one ref.
fn admit(snapshot: &Snapshot<'_>, request: &Request) -> Result<(), Refusal> {
    admit::key(&request.change)?;
    admit::facts(request.owner.as_ref(), (request.project.as_deref(), request.release.as_deref()))?;
    let key = &request.change;
    let twin = snapshot.state.twin(key).filter(|_| snapshot.state.change(key).is_none());
    let Some(twin) = twin else { return Ok(()) };
    let message = format!("`{key}` differs from {} in capital letters only", twin.key);
    let remedy = Remedy::DidYouMean { name: twin.key.to_string() };
    let details = Details::Unknown { name: key.to_string(), did_you_mean: Some(twin.key.to_string()) };
    Err(Refusal::new(Code::InvalidKey, message, remedy).with(details))
}

fn told<'a>(snapshot: &'a Snapshot<'_>) -> Attribution<'a> {
    Attribution { by: &snapshot.actor.user, at: snapshot.now, reason: snapshot.reason }
}

/// A new revision, or only new facts when the tip is the same (`SPEC C1`).
fn recording(snapshot: &Snapshot<'_>, request: &Request, known: Option<&Change>, sketch: Sketch) -> Option<Event> {
    let facts = facts(snapshot, request, known);
    let found = &request.found;
    match known {
        Some(known) if known.latest().tip == found.tip => {
            let change = request.change.clone();
            (facts != known.facts).then_some(Event::Edited { change, facts })
        }
        _ => {
            let number = known.map_or(RevisionNo(1), |known| known.latest().number.next());
            let revision = Revision {
                number,
                base: found.base,
                tip: found.tip,
                base_tree: found.base_tree,
                tip_tree: found.tip_tree,
                author: found.author.clone(),
                subject: found.subject.clone(),
                depends_on: found.depends_on.clone(),
                attested: Vec::new(),
                recorded_at: snapshot.now,
                sketch: Some(sketch),
            };
            let (change, origin) = (request.change.clone(), request.stage.clone());
            let owned = known.is_some_and(|known| known.is_or_was_owned(snapshot.actor.names()));
            let voice = if owned { Voice::Owners } else { Voice::Others };
            Some(Event::Recorded { change, facts, revision: Box::new(revision), origin, voice })
        }
    }
}

fn facts(snapshot: &Snapshot<'_>, request: &Request, known: Option<&Change>) -> Facts {
    let before = known.map(|known| known.facts.clone());
    let said =
        |new: &Option<String>, old: fn(&Facts) -> Option<String>| new.clone().or_else(|| before.as_ref().and_then(old));
    Facts {
        title: said(&request.title, |facts| Some(facts.title.clone())).unwrap_or_else(|| request.found.subject.clone()),
        project: said(&request.project, |facts| facts.project.clone()),
        release: said(&request.release, |facts| facts.release.clone()),
        owner: request
            .owner
            .clone()
            .or_else(|| before.as_ref().map(|facts| facts.owner.clone()))
            .unwrap_or_else(|| snapshot.actor.user.clone()),
        parent: request.parent.clone().or_else(|| before.as_ref().and_then(|facts| facts.parent.clone())),
    }
}

/// The change is applied to the stage it originates at, or receipted where the branch contains it (`SPEC C3`).
fn originate(snapshot: &Snapshot<'_>, content: &dyn Content, request: &Request) -> Result<Vec<Event>, Stop> {
    let Some(stage) = &request.stage else { return Ok(Vec::new()) };
    let line = snapshot.line(stage)?;
    let (ix, change) = snapshot.change(&request.change)?;
    let revision = change.latest();
    let held = line.receipts.revision(ix);
    if held.is_some_and(|held| held >= revision.number) {
        return Ok(Vec::new());
    }
    line_taken::is_free(snapshot, stage)?;
    if request.found.at_stage == AtStage::Contained && held.is_none() {
        let item = Imported {
            change: change.key.clone(),
            revision: revision.number,
            source: Source::Held,
            commit: revision.tip,
            operation: None,
            resolutions: Vec::new(),
        };
        return Ok(vec![Event::Applied { stage: stage.clone(), item, tree: line.tree }]);
    }
    if let Some(window) = snapshot.stage(stage)?.frozen_at(snapshot.now) {
        let message = format!("{stage} is frozen: {}", window.reason);
        let details = Details::Stage { stage: stage.clone() };
        return Err(Refusal::new(Code::StageFrozen, message, Addition::NoStage).with(details).into());
    }
    let BranchFacts { branch, stacked_on, .. } = &request.found;
    let asked = Originating { change: ix, stage, branch: branch.as_deref(), stacked_on };
    originating::has_its_ground(snapshot, content, asked)?;
    let changes = [(ix, revision.number)];
    let excluded = snapshot.pipeline.excluded();
    let load =
        Load { changes: &changes, resolutions: &[], excluded, operation: None, source: None, making: Making::Run };
    let carried = carry_all(snapshot, content, std::slice::from_ref(stage), load)?;
    match originating::conflicting(snapshot, content, (asked, &carried.conflicts))? {
        None => Ok(carried.events),
        Some(refusal) => Err(refusal.into()),
    }
}
