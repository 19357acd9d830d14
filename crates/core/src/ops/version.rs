//! What a job made in an area becomes a version of it (`SPEC A5`), if the stage still stands where it was drafted from.

use crate::areas::next_version::Draft;
use crate::areas::sight;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::snapshot::Snapshot;
use crate::records::deployment::{Deployment, DeploymentKind};
use crate::records::job::{Job, JobChange, JobState};
use crate::records::set_aside::SetAside;
use crate::records::version::{Place, Version, VersionKind};
use crate::words::object::{CommitId, PathChange, RepoPath, TreeId};
use crate::words::refusal::{Code, Refusal};
use serde_json::json;

/// What stands on the target now, and what it was made of.
#[derive(Clone, PartialEq, Debug)]
pub struct Made {
    /// What was drafted.
    pub draft: Draft,
    /// The tree the target holds, under the area's names (`SPEC A14`).
    pub tree: TreeId,
    /// Edited files that were replaced, with what they held (`SPEC A7`).
    pub overwritten: Vec<PathChange>,
    /// Edited files that were left alone.
    pub kept: Vec<RepoPath>,
    /// The commit on the area's ref.
    pub commit: CommitId,
    /// The place it was made at; `None` in a preview.
    pub place: Option<Place>,
    /// Where the stage stood when it was drafted.
    pub stage_head: CommitId,
    /// The last lines that hooks printed.
    pub said: Vec<String>,
}

/// Plans the version that a job made. It ends the job, unless it is the baseline before the real one (`SPEC A4`).
///
/// # Errors
/// `plan-outdated` when the stage moved on meanwhile: a demotion that found nothing here to roll back must not have its
/// change arrive after it.
pub fn plan(snapshot: &Snapshot<'_>, job: &Job, made: &Made) -> Result<Plan, Stop> {
    let area = snapshot.area(&job.area)?;
    let asked = snapshot.deployment(job.deployment)?;
    let number = snapshot.state.area(&area.name).next_number();
    let seen = sight::seen(snapshot.state, area, asked)?;
    let line = seen.lines.get(&area.stage);
    if line.is_none_or(|line| line.head != made.stage_head) {
        let message = format!("{} moved on while {} was being made", area.stage, job.deployment);
        return Err(Refusal::new(Code::PlanOutdated, message, "it is made anew").into());
    }
    let mut plan = Plan::new(snapshot.seq(), "version");
    plan.operation = Some(asked.operation);
    plan.says = format!("{} makes {}@{number}", asked.id, area.name);
    plan.warnings.clone_from(&made.draft.warnings);
    plan.events.push(fact(snapshot, asked, made));
    if made.draft.kind != VersionKind::Baseline || asked.kind == DeploymentKind::Populate {
        let (said, warnings) = (&made.said, &plan.warnings);
        let outcome =
            json!({ "status": "succeeded", "version": number, "said": said, "warnings": warnings }).to_string();
        let state = JobState::Succeeded;
        plan.queue.push(JobChange::Finish { id: job.id, token: job.token, state, outcome });
    }
    Ok(plan)
}

/// Plans the record of edits that were set aside when a deployment was taken back (`SPEC A7`).
pub fn set_aside(snapshot: &Snapshot<'_>, job: &Job, aside: &SetAside) -> Plan {
    let mut plan = Plan::new(snapshot.seq(), "edits-set-aside");
    plan.operation = Some(job.operation);
    let SetAside { deployment, files, commit, .. } = aside.clone();
    let line = snapshot.state.area(&job.area);
    // A worker that died before it let go of them on the target had told them already.
    if line.set_aside.iter().any(|told| told.deployment == deployment && told.files == files) {
        return plan;
    }
    let names: Vec<_> = files.iter().map(|(path, _)| path.to_string()).collect();
    plan.says = format!("edits in {} were set aside when {deployment} was taken back: {}", job.area, names.join(", "));
    plan.events.push(Event::EditsSetAside { area: job.area.clone(), deployment, files, commit });
    plan
}

/// The fact that a deployment made the next version of its area.
pub fn fact(snapshot: &Snapshot<'_>, asked: &Deployment, made: &Made) -> Event {
    let draft = made.draft.clone();
    let version = Version {
        number: snapshot.state.area(&asked.area).next_number(),
        kind: draft.kind,
        deployment: asked.id,
        changes: draft.changes,
        tree: made.tree,
        wanted: draft.wanted,
        overwritten: made.overwritten.clone(),
        kept: made.kept.clone(),
        commit: made.commit,
        stage_head: made.stage_head,
        by: asked.by.clone(),
        at: snapshot.now,
        reason: asked.reason.clone(),
        reverts: draft.reverts,
        decisions: draft.decisions,
        place: made.place.clone(),
    };
    Event::VersionMade { area: asked.area.clone(), version: Box::new(snapshot.state.fact(&version)) }
}
