//! A leased job makes its area's next version, whole or not at all (`SPEC A6`).
//!
//! The order is: recover what a dead worker left, work the version out, settle drift, run the hook before, put the
//! delta under the target's journal, run the hook after, append the version, and only then let go of the journal.

use crate::again::passes;
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::run::Passed;
use crate::watch::{Stopped, Watch};
use serde_json::json;
use std::cell::RefCell;
use switchback_core::areas::drift;
use switchback_core::areas::next_version::{self, Draft};
use switchback_core::areas::sight;
use switchback_core::ledger::plan::Stop;
use switchback_core::ledger::state::State;
use switchback_core::ops::version::{self, Made};
use switchback_core::pipeline::area::Area;
use switchback_core::ports::ledger::Renewal;
use switchback_core::ports::repository::Blobs;
use switchback_core::ports::target::{Put, Target};
use switchback_core::records::deployment::{Deployment, DeploymentStatus};
use switchback_core::records::job::Job;
use switchback_core::records::version::VersionKind;
use switchback_core::words::fault::Fault;
use switchback_core::words::object::TreeId;
use switchback_core::words::refusal::{Code, Refusal};
use switchback_machine::failpoint;

pub(crate) mod adopt;
mod aside;
mod claim;
mod hook;
pub(crate) mod keep;
mod refiltered;
pub(crate) mod wishes;

use claim::Claimed;

/// How an attempt ended.
pub(crate) enum End {
    /// The version stands, and ended the job.
    Made,
    /// There was nothing to do.
    Unchanged,
    /// What was asked for has become wrong meanwhile (`SPEC D7`); why.
    Void(String),
    /// Another worker holds the job now.
    TakenOver,
    /// There is more to do: the baseline was made, or the stage moved on and what was put was taken back.
    Again,
    /// Somebody edited the target between the look and the put; what was put is taken back, and drift is judged anew.
    Changed(EngineFailure),
    /// Somebody stopped it; the area is as it was.
    Stopped(Stopped),
}

/// Why an attempt does not go on.
pub(crate) enum Halt {
    /// It was refused, or the world did not answer.
    Failed(EngineFailure),
    /// Somebody stopped it.
    Stopped(Stopped),
}

impl From<EngineFailure> for Halt {
    fn from(failure: EngineFailure) -> Self {
        Self::Failed(failure)
    }
}

impl From<Fault> for Halt {
    fn from(fault: Fault) -> Self {
        Self::Failed(fault.into())
    }
}

impl From<Refusal> for Halt {
    fn from(refusal: Refusal) -> Self {
        Self::Failed(refusal.into())
    }
}

impl From<Stop> for Halt {
    fn from(stop: Stop) -> Self {
        Self::Failed(stop.into())
    }
}

impl From<Stopped> for Halt {
    fn from(stopped: Stopped) -> Self {
        Self::Stopped(stopped)
    }
}

/// What an attempt left to be told.
pub(crate) struct Attempt {
    /// How it ended, or why it failed.
    pub(crate) end: Result<End, EngineFailure>,
    /// The last lines that its hooks printed.
    pub(crate) said: Vec<String>,
}

/// Tries to make what a leased job asks for.
pub(crate) fn attempt(desk: &Desk<'_>, job: &Job, watch: &Watch) -> Attempt {
    let said = RefCell::default();
    let end = match try_it(desk, (job, watch), &said) {
        Ok(end) => Ok(end),
        Err(Halt::Stopped(stopped)) => Ok(End::Stopped(stopped)),
        Err(Halt::Failed(failure)) => Err(failure),
    };
    Attempt { end, said: said.into_inner() }
}

fn try_it(desk: &Desk<'_>, what: (&Job, &Watch), said: &RefCell<Vec<String>>) -> Result<End, Halt> {
    let (job, watch) = what;
    let state = desk.look()?;
    let snapshot = desk.snapshot(&state);
    let (area, asked) = (snapshot.area(&job.area)?, snapshot.deployment(job.deployment)?);
    if asked.status != DeploymentStatus::Queued {
        return Ok(End::Unchanged);
    }
    let target = desk.house.targets.open(area);
    let maker = Maker { desk, job, asked, area, target: &*target, watch, said };
    let number = state.area(&area.name).next_number();
    let seen = sight::seen(&state, area, asked)?;
    match maker.make_next(&seen) {
        Err(Halt::Failed(failure)) if is_changed(&failure) => {
            maker.keep_set_aside()?;
            Ok(End::Changed(failure))
        }
        // It is tried again, and takes back first what it left.
        Err(Halt::Failed(failure)) if passes(&failure) => Err(Halt::Failed(failure)),
        Err(Halt::Failed(failure)) if !is_paused(&failure) => {
            maker.hold()?;
            maker.keep_set_aside()?;
            maker.after_failure(number);
            Err(Halt::Failed(failure))
        }
        other => other,
    }
}

/// A job that waits for a person's task has not failed (`SPEC A12`).
pub(crate) fn is_paused(failure: &EngineFailure) -> bool {
    matches!(failure, EngineFailure::Refused(refusal) if refusal.code == Code::TaskOpen)
}

/// What stood on the target was not what had been seen there.
fn is_changed(failure: &EngineFailure) -> bool {
    matches!(failure, EngineFailure::Fault(fault) if fault.code == "area-changed")
}

struct Maker<'a> {
    desk: &'a Desk<'a>,
    job: &'a Job,
    asked: &'a Deployment,
    area: &'a Area,
    target: &'a dyn Target,
    watch: &'a Watch,
    said: &'a RefCell<Vec<String>>,
}

impl Maker<'_> {
    fn make_next(&self, state: &State) -> Result<End, Halt> {
        self.target.check()?;
        let claimed = self.claim(state)?;
        self.keep_set_aside()?;
        self.watch.check()?;
        let snapshot = self.desk.snapshot(state);
        if let Some(why) = next_version::void(&snapshot, self.asked) {
            return Ok(End::Void(why));
        }
        let drafted = next_version::draft(&snapshot, &*self.desk.repo, self.asked)?;
        let Some(draft) = drafted else { return Ok(End::Unchanged) };
        if draft.kind == VersionKind::Adopt {
            let (draft, files) = adopt::taken(self.desk, (state, self.area), draft)?;
            self.manage(&files)?;
            let stands: Vec<_> = files.into_iter().map(|(path, leaf)| (path, Some(leaf))).collect();
            let stands = self.desk.repo.edit(TreeId::EMPTY, &stands)?;
            return self.make(state, (draft, Some(stands)), &claimed);
        }
        if draft.kind != VersionKind::Baseline && state.area(&self.area.name).current().is_none() {
            let baseline = next_version::baseline(snapshot.line(&self.area.stage)?);
            // The deployment proper is worked out anew on top of it.
            return Ok(match self.make(state, (baseline, None), &claimed)? {
                End::Made => End::Again,
                end => end,
            });
        }
        self.make(state, (draft, None), &claimed)
    }

    /// Finishes or undoes what a dead worker left: the version the ledger knows is kept, any other is taken back. Says
    /// whether there was anything.
    fn recover(&self, state: &State) -> Result<bool, Halt> {
        let Some(underway) = self.target.underway()? else { return Ok(false) };
        self.hold()?;
        let known = state.area(&self.area.name).version(underway.version);
        match known.is_some_and(|version| version.deployment == underway.deployment) {
            true => self.target.confirm(underway.version)?,
            false => self.undo()?,
        }
        Ok(true)
    }

    /// Makes a version, of the tree that stands there already where that is known.
    fn make(&self, state: &State, (draft, stands): (Draft, Option<TreeId>), claimed: &Claimed) -> Result<End, Halt> {
        let line = state.area(&self.area.name);
        let (before, number) = (line.current(), line.next_number());
        let settled = drift::settle(self.area, draft.kind, self.wishes(state, &draft)?)?;
        self.keep_edited(&settled)?;
        let tree = match stands {
            Some(stands) => stands,
            None => self.tree(before.map_or(TreeId::EMPTY, |version| version.tree), &settled)?,
        };
        let about = format!("{}@{number}: {}", self.area.name, draft.kind.as_str());
        let message = format!("{about}\n\nDeployment: {}\n", self.asked.id);
        let commit = self.commit(tree, line.newest_commit(), &message)?;
        if draft.wanted != tree {
            self.keep_wanted(draft.wanted, number)?;
        }
        self.desk.repo.store()?;
        failpoint::hit("area.prepared");
        self.hook(self.area.hooks.before.as_ref(), number)?;
        let (changes, standing) = (&*settled.put, &*settled.standing);
        let put = Put { version: number, deployment: self.asked.id, tree, commit, changes, standing };
        self.hold()?;
        self.watch.check()?;
        let place = Some(self.occupy(claimed)?);
        self.put(put, &*self.desk.repo.blobs())?;
        failpoint::hit("area.put");
        if let Err(halt) = self.hook(self.area.hooks.after.as_ref(), number) {
            self.take_back()?;
            return Err(halt);
        }
        let stage_head = self.desk.snapshot(state).line(&self.area.stage)?.head;
        let kept = settled.kept.iter().map(|(path, _)| path.clone()).collect();
        let said = self.said.borrow().clone();
        self.append(&Made { draft, tree, overwritten: settled.overwritten, kept, commit, place, stage_head, said })
    }

    /// Puts the delta.
    fn put(&self, put: Put<'_>, blobs: &dyn Blobs) -> Result<(), Fault> {
        let files = put.changes.len();
        self.desk.progress().begin(&format!("{}: {files} files to {}", self.asked.id, self.area.name), 0);
        let result = self.target.put(put, blobs);
        self.desk.progress().end();
        result
    }

    /// Appends the version. Others may append meanwhile, but nobody else in this area: the lease sees to that.
    fn append(&self, made: &Made) -> Result<End, Halt> {
        let asked = json!({ "job": self.job.id });
        let passed =
            self.desk.carry_out_under(self.job.held(), &asked, |snapshot, _| version::plan(snapshot, self.job, made));
        match passed {
            Ok(Passed::Done(done)) => {
                let number = done.after.area(&self.area.name).current().map(|version| version.number);
                // The version stands: where this fails, whoever works here next finds it and lets go of the journal.
                let _ = self.target.confirm(number.unwrap_or_default());
                failpoint::hit("area.confirmed");
                Ok(End::Made)
            }
            Ok(Passed::TakenOver) => {
                self.take_back()?;
                self.watch.check()?;
                Ok(End::TakenOver)
            }
            Err(EngineFailure::Refused(refusal)) if refusal.code == Code::PlanOutdated => {
                self.take_back()?;
                Ok(End::Again)
            }
            Err(failure) => {
                self.take_back()?;
                Err(failure.into())
            }
        }
    }

    /// Takes back what was put, unless the area is another worker's by now: what stands there is that one's.
    fn take_back(&self) -> Result<(), Halt> {
        self.hold()?;
        Ok(self.undo()?)
    }

    /// Many files take their time.
    fn undo(&self) -> Result<(), Fault> {
        let progress = self.desk.progress();
        progress.begin(&format!("taking back in {} what did not come to its end", self.area.name), 0);
        let undone = self.target.undo(&*self.desk.repo.blobs());
        progress.end();
        undone
    }

    /// Asked before anything is done to the area: only the holder of the lease may, and the heartbeat hears of its loss
    /// a little late.
    fn hold(&self) -> Result<(), Halt> {
        match self.desk.house.renew(self.job)? {
            Renewal::Held => {}
            Renewal::CalledOff => self.watch.call_off(),
            Renewal::Lost => {
                self.watch.lose();
                return Err(Halt::Stopped(Stopped::TakenOver));
            }
        }
        Ok(())
    }
}
