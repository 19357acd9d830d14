//! make: a leased job makes its area's next version, whole or not at all (`SPEC A6`).
//!
//! The order is: recover what a dead worker left, work the version out, settle drift, run the hook before, put the
//! delta under the target's journal, run the hook after, append the version, and only then let go of the journal.

use crate::commit::{Commit, Context};
use crate::failure::EngineFailure;
use crate::hooks::{self, HookStatus};
use crate::session::Session;
use serde_json::json;
use std::time::Duration;
use switchback_core::areas::drift::{self, DriftDecision, Wish};
use switchback_core::areas::next_version::{self, Draft};
use switchback_core::content::{CommitDraft, Content, Signature};
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::plan::Plan;
use switchback_core::ledger::state::State;
use switchback_core::pipeline::area::{Area, Hook};
use switchback_core::ports::repository::Blobs;
use switchback_core::ports::repository::RefMove;
use switchback_core::ports::repository::Repo;
use switchback_core::ports::target::Put;
use switchback_core::ports::target::Target;
use switchback_core::records::deployment::{Deployment, DeploymentStatus};
use switchback_core::records::job::Job;
use switchback_core::records::job::JobChange;
use switchback_core::records::job::JobState;
use switchback_core::records::version::{Version, VersionKind};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::VersionNo;
use switchback_core::words::object::{Leaf, RepoPath, TreeId};
use switchback_core::words::refusal::{Code, Refusal};
use switchback_machine::failpoint;

/// Faults that say a target does not know any more which files are managed.
const LOST_LISTS: [&str; 2] = ["area-manifest-lost", "area-manifest-damaged"];

/// Runs a leased job to its end.
///
/// # Errors
/// A fault of the ledger. What stops the deployment itself is recorded as its outcome.
pub fn run(session: &Session, job: &Job) -> Result<(), EngineFailure> {
    match attempt(session, job) {
        Ok(End::Made) => Ok(()),
        Ok(End::Unchanged) => session.end_job(job, DeploymentStatus::Unchanged),
        Ok(End::TakenOver) => Ok(()),
        Ok(End::Again) => run(session, job),
        Err(EngineFailure::Refused(refusal)) if refusal.code == Code::TaskOpen => session.pause_job(job, &refusal),
        Err(failure) => {
            after_failure(session, job, &failure);
            session.end_job(job, failed(&failure))
        }
    }
}

enum End {
    /// The version stands.
    Made,
    /// There was nothing to do.
    Unchanged,
    /// Another worker holds the job now.
    TakenOver,
    /// There is more to do: the baseline was made, or the stage moved on and what was put was taken back.
    Again,
}

fn failed(failure: &EngineFailure) -> DeploymentStatus {
    let (code, message, hint) = match failure {
        EngineFailure::Refused(refusal) => (refusal.code.as_str(), refusal.message.clone(), refusal.hint.clone()),
        EngineFailure::Fault(fault) => (fault.code, fault.message.clone(), fault.hint.clone()),
        EngineFailure::Defect(defect) => ("configuration", defect.message.clone(), defect.hint.clone()),
    };
    DeploymentStatus::Failed { code: code.to_owned(), message, hint }
}

fn attempt(session: &Session, job: &Job) -> Result<End, EngineFailure> {
    let state = session.look()?;
    let snapshot = session.snapshot(&state);
    let area = snapshot.area(&job.area)?;
    let asked = snapshot.deployment(job.deployment)?;
    if asked.status != DeploymentStatus::Queued {
        return Ok(End::Unchanged);
    }
    let target = switchback_targets::open(area, session.folder(), &session.repo.places());
    target.check()?;
    recover(session, &state, area, &*target)?;
    let maker = Maker { session, job, area, target: &*target };
    let Some(draft) = next_version::draft(&snapshot, &session.repo, asked)? else { return Ok(End::Unchanged) };
    if draft.kind != VersionKind::Baseline && state.area(&area.name).current().is_none() {
        let baseline = next_version::baseline(snapshot.line(&area.stage)?);
        // The deployment proper is worked out anew on top of it.
        return Ok(match maker.make(&state, asked, baseline)? {
            End::Made => End::Again,
            end => end,
        });
    }
    maker.make(&state, asked, draft)
}

/// Finishes or undoes what a dead worker left: the version the ledger knows is kept, any other is taken back.
fn recover(session: &Session, state: &State, area: &Area, target: &dyn Target) -> Result<(), EngineFailure> {
    let Some(underway) = target.underway()? else { return Ok(()) };
    let known = state.area(&area.name).version(underway.version);
    match known.is_some_and(|version| version.deployment == underway.deployment) {
        true => target.confirm(underway.version)?,
        false => target.undo(&*session.repo.blobs())?,
    }
    Ok(())
}

struct Maker<'a> {
    session: &'a Session,
    job: &'a Job,
    area: &'a Area,
    target: &'a dyn Target,
}

impl Maker<'_> {
    fn make(&self, state: &State, asked: &Deployment, draft: Draft) -> Result<End, EngineFailure> {
        let session = self.session;
        let line = state.area(&self.area.name);
        let before = line.current();
        let settled = drift::settle(self.area, self.wishes(before, &draft)?)?;
        self.keep_overwritten(&settled)?;
        let tree = self.tree(before.map_or(TreeId::EMPTY, |version| version.tree), &settled)?;
        let number = line.next_number();
        let version = self.version(state, asked, (number, tree, &settled), draft)?;
        session.repo.store()?;
        failpoint::hit("area.prepared");
        self.hook(self.area.hooks.before.as_ref(), asked, number)?;
        let put = Put { version: number, deployment: asked.id, tree, changes: &settled.put };
        let files = settled.put.len();
        session.options.progress.begin(&format!("{}: {files} files to {}", asked.id, self.area.name), 0);
        let blobs = session.repo.blobs();
        let result = self.put(put, before, &*blobs);
        session.options.progress.end();
        result?;
        failpoint::hit("area.put");
        if let Err(failure) = self.hook(self.area.hooks.after.as_ref(), asked, number) {
            self.target.undo(&*blobs)?;
            return Err(failure);
        }
        self.append(asked, version)
    }

    /// Puts the delta. A target that lost its list of managed files is told what the last version left there.
    fn put(&self, put: Put<'_>, before: Option<&Version>, blobs: &dyn Blobs) -> Result<(), EngineFailure> {
        match self.target.put(put, blobs) {
            Err(fault) if LOST_LISTS.contains(&fault.code) => {
                let tree = before.map_or(TreeId::EMPTY, |version| version.tree);
                self.target.adopt(&self.session.repo.leaves(tree)?)?;
                Ok(self.target.put(put, blobs)?)
            }
            other => Ok(other?),
        }
    }

    /// What the version wants of every path it touches, and what stands there.
    fn wishes(&self, before: Option<&Version>, draft: &Draft) -> Result<Vec<Wish>, EngineFailure> {
        let filter = &self.area.filter;
        let content: &dyn Content = &self.session.repo;
        let mut wishes: Vec<Wish> = match before {
            None => {
                let tree = filter.project(content, draft.wanted)?;
                let leaves = content.leaves(tree)?.into_iter();
                leaves.map(|(path, leaf)| wish(path, None, Some(leaf))).collect()
            }
            Some(version) if draft.kind == VersionKind::Repair => self.repairs(version)?,
            Some(version) => {
                let delta = content.delta(version.wanted, draft.wanted)?;
                let mapped = delta.changes.iter().filter_map(|one| Some((filter.map(&one.path)?, one)));
                mapped.map(|(path, one)| wish(path, one.before, one.after)).collect()
            }
        };
        for restored in &draft.restore {
            match wishes.iter_mut().find(|wish| wish.path == restored.path) {
                Some(wish) => wish.after = restored.before,
                None => wishes.push(wish(restored.path.clone(), restored.after, restored.before)),
            }
        }
        let paths: Vec<RepoPath> = wishes.iter().map(|wish| wish.path.clone()).collect();
        for (wish, standing) in wishes.iter_mut().zip(self.target.read(&paths)?) {
            wish.standing = standing;
            // A repair puts back whatever stands in the way: that is what it was asked for.
            if draft.kind == VersionKind::Repair {
                wish.before = standing;
            }
        }
        Ok(wishes)
    }

    /// Every file the target should hold, and every file it holds beyond that.
    fn repairs(&self, version: &Version) -> Result<Vec<Wish>, EngineFailure> {
        let filter = &self.area.filter;
        let tree = filter.project(&self.session.repo, version.wanted)?;
        let wanted = self.session.repo.leaves(tree)?;
        let known: std::collections::BTreeSet<_> = wanted.iter().map(|(path, _)| path.clone()).collect();
        let extra = self.target.managed()?.into_iter().filter(|(path, _)| !known.contains(path));
        let mut wishes: Vec<Wish> = extra.map(|(path, leaf)| wish(path, Some(leaf), None)).collect();
        wishes.extend(wanted.into_iter().map(|(path, leaf)| wish(path, Some(leaf), Some(leaf))));
        Ok(wishes)
    }

    /// Edited files about to be replaced are kept in the repository first (`SPEC A7`).
    fn keep_overwritten(&self, settled: &DriftDecision) -> Result<(), EngineFailure> {
        let lost = settled.put.iter().filter(|change| change.before.is_some());
        let mut kept = Vec::new();
        for change in lost {
            let is_drift = settled.overwritten.contains(change) || self.session.repo.lacks(change.before);
            if is_drift {
                self.session.repo.blob(&self.target.fetch(&change.path)?)?;
                kept.push((change.path.clone(), change.before));
            }
        }
        if kept.is_empty() {
            return Ok(());
        }
        let tree = self.session.repo.edit(TreeId::EMPTY, &kept)?;
        let commit = self.commit(tree, None, &format!("Edited on {} and overwritten\n", self.area.name))?;
        self.session.repo.store()?;
        let name = format!("refs/switchback/overwritten/{}/{}", self.area.name, self.job.deployment);
        let from = self.session.repo.reference(&name)?;
        self.session.repo.move_refs(&[RefMove { name, from, to: Some(commit) }])?;
        Ok(())
    }

    /// The tree the target will hold: what stands now, with what is put and what is left alone.
    fn tree(&self, before: TreeId, settled: &DriftDecision) -> Result<TreeId, Fault> {
        let put = settled.put.iter().map(|change| (change.path.clone(), change.after));
        let kept = settled.kept.iter().cloned();
        let edits: Vec<(RepoPath, Option<Leaf>)> = put.chain(kept).collect();
        self.session.repo.edit(before, &edits)
    }

    fn commit(
        &self,
        tree: TreeId,
        parent: Option<switchback_core::words::object::CommitId>,
        message: &str,
    ) -> Result<switchback_core::words::object::CommitId, Fault> {
        let actor = &self.session.actor;
        let by = Signature { name: actor.name.clone(), email: actor.email.clone(), time: self.session.clock.now() };
        let parents = parent.into_iter().collect();
        let draft = CommitDraft { tree, parents, author: by.clone(), committer: by, message: message.to_owned() };
        self.session.repo.commit(&draft)
    }

    fn version(
        &self,
        state: &State,
        asked: &Deployment,
        made: (VersionNo, TreeId, &DriftDecision),
        draft: Draft,
    ) -> Result<Version, EngineFailure> {
        let (number, tree, settled) = made;
        let line = state.area(&self.area.name);
        let parent = line.current().map(|version| version.commit);
        let message = format!("{}@{number}: {}\n\nDeployment: {}\n", self.area.name, draft.kind.as_str(), asked.id);
        let commit = self.commit(tree, parent, &message)?;
        if draft.wanted != tree {
            self.keep_wanted(draft.wanted, number)?;
        }
        let stage_head = self.session.snapshot(state).line(&self.area.stage)?.head;
        Ok(Version {
            number,
            kind: draft.kind,
            deployment: asked.id,
            changes: draft.changes,
            tree,
            wanted: draft.wanted,
            overwritten: settled.overwritten.clone(),
            kept: settled.kept.iter().map(|(path, _)| path.clone()).collect(),
            commit,
            stage_head,
            by: asked.by.clone(),
            at: self.session.clock.now(),
            reason: asked.reason.clone(),
            reverts: draft.reverts,
            decisions: draft.decisions,
        })
    }

    /// The tree before the filter is no commit's tree: a ref keeps it from being pruned.
    fn keep_wanted(&self, wanted: TreeId, number: VersionNo) -> Result<(), EngineFailure> {
        let name = format!("refs/switchback/wanted/{}/{number}", self.area.name);
        let from = self.session.repo.reference(&name)?;
        let commit = self.commit(wanted, None, &format!("{}@{number} before its filter\n", self.area.name))?;
        self.session.repo.store()?;
        self.session.repo.move_refs(&[RefMove { name, from, to: Some(commit) }])?;
        Ok(())
    }

    /// Appends the version. Others may append meanwhile, but nobody else in this area: the lease sees to that.
    fn append(&self, asked: &Deployment, version: Version) -> Result<End, EngineFailure> {
        let session = self.session;
        let number = version.number;
        let is_last = version.kind != VersionKind::Baseline
            || asked.kind == switchback_core::records::deployment::DeploymentKind::Populate;
        loop {
            let state = session.look()?;
            // A demotion committed meanwhile found nothing here to roll back: its change must not arrive after it.
            let line = state.lines.get(&self.area.stage);
            if line.is_none_or(|line| line.head != version.stage_head) {
                self.target.undo(&*session.repo.blobs())?;
                return Ok(End::Again);
            }
            let mut plan = Plan::new(state.seq, "version");
            plan.operation = Some(asked.operation);
            plan.says = format!("{} makes {}@{number}", asked.id, self.area.name);
            let made = Event::VersionMade { area: self.area.name.clone(), version: Box::new(version.clone()) };
            plan.events.push(made);
            let outcome = json!({ "status": "succeeded", "version": number }).to_string();
            let state = JobState::Succeeded;
            let finish = JobChange::Finish { id: self.job.id, token: self.job.token, state, outcome };
            let jobs = if is_last { vec![finish] } else { Vec::new() };
            match session.commit(plan, Context { asked: json!({ "job": self.job.id }), jobs: &jobs })? {
                Commit::Done(committed) => {
                    let after = session.look()?;
                    self.target.confirm(number)?;
                    failpoint::hit("area.confirmed");
                    session.act(&committed, &after, &after)?;
                    return Ok(End::Made);
                }
                Commit::Lost if session.is_still_mine(self.job)? => continue,
                Commit::Lost => return Ok(End::TakenOver),
            }
        }
    }

    fn hook(&self, hook: Option<&Hook>, asked: &Deployment, number: VersionNo) -> Result<(), EngineFailure> {
        let Some(hook) = hook else { return Ok(()) };
        let outcome = hooks::run_hook(&as_hook(self.session, hook), &hook_context(self.area, asked, number));
        match outcome.status {
            HookStatus::Succeeded => Ok(()),
            status => {
                let said = outcome.output;
                let message = format!("a hook of {} {}: {}", self.area.name, sentence(&status), hook.run.join(" "));
                Err(Refusal::new(Code::HookFailed, message, "mend what it says, then `switchback jobs retry`")
                    .with(json!({ "area": self.area.name, "command": hook.run, "output": said }))
                    .into())
            }
        }
    }
}

fn wish(path: RepoPath, before: Option<Leaf>, after: Option<Leaf>) -> Wish {
    Wish { path, before, after, standing: None }
}

fn as_hook(session: &Session, hook: &Hook) -> hooks::Hook {
    hooks::Hook {
        line: hooks::CommandLine::Program(hook.run.clone()),
        timeout: Duration::from_secs(hook.timeout_s),
        folder: Some(session.folder().to_owned()),
    }
}

/// What became of a hook, as the end of a sentence.
fn sentence(status: &HookStatus) -> String {
    match status {
        HookStatus::Succeeded => "succeeded".to_owned(),
        HookStatus::Failed { code } => format!("failed with exit code {code}"),
        HookStatus::TimedOut => "took too long and was ended".to_owned(),
        HookStatus::NotStarted { reason } => format!("could not be started ({reason})"),
    }
}

fn hook_context(area: &Area, asked: &Deployment, number: VersionNo) -> hooks::HookContext {
    hooks::HookContext {
        area: area.name.clone(),
        stage: area.stage.clone(),
        version: number,
        deployment: asked.id,
        kind: asked.kind.as_str().to_owned(),
        changes: asked.changes.iter().map(|(key, _)| key.clone()).collect(),
    }
}

/// The hook for cleaning up after a failure; what it says changes nothing any more.
fn after_failure(session: &Session, job: &Job, _failure: &EngineFailure) {
    let Ok(state) = session.look() else { return };
    let area = session.pipeline.area(&job.area);
    let (Some(area), Some(asked)) = (area, state.deployment(job.deployment)) else { return };
    if let Some(hook) = &area.hooks.on_failure {
        let number = state.area(&area.name).next_number();
        hooks::run_hook(&as_hook(session, hook), &hook_context(area, asked, number));
    }
}
