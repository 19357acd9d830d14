//! resume: what a crash left is finished or undone, and what others pushed is taken in, before anything else happens
//! (`SPEC L7`, `L8`).

use crate::adopt;
use crate::commit::{Commit, Context};
use crate::failure::EngineFailure;
use crate::session::{Depth, Session};
use serde_json::json;
use std::rc::Rc;
use switchback_core::ledger::plan::Plan;
use switchback_core::ledger::state::State;
use switchback_core::pipeline::stage::Stage;
use switchback_core::ports::ledger::Ledger;
use switchback_core::ports::repository::Repo;
use switchback_core::records::line::Line;
use switchback_core::words::object::CommitId;
use switchback_core::words::refusal::{Code, Refusal};

/// How a stage's branch relates to its line.
enum Branch {
    /// As the ledger says.
    Level,
    /// A crash kept it from moving.
    Behind(CommitId),
    /// Somebody pushed to it.
    Ahead(CommitId),
    /// Somebody rewrote or removed it.
    Rewritten(Option<CommitId>),
}

impl Session {
    /// Finishes or undoes what a crash left. Every command begins with this; it is cheap when nothing is left.
    ///
    /// # Errors
    /// A fault of the repository or the ledger.
    pub fn resume(&self) -> Result<(), EngineFailure> {
        if !self.is_initialized()? {
            return Ok(());
        }
        let state = self.look()?;
        for stage in self.pipeline.stages() {
            let Some(line) = state.lines.get(&stage.name) else { continue };
            if let Branch::Behind(from) = self.branch(stage, line)? {
                self.move_branch(&stage.name, from, line.head)?;
            }
        }
        self.finish_dead_notes()?;
        let left = self.ledger.release_dead(&switchback_machine::worker::is_dead)?;
        self.run_left(&left)
    }

    /// The state, after taking in what others pushed.
    ///
    /// # Errors
    /// `branch-rewritten`, or a fault.
    pub fn look_and_reconcile(&self) -> Result<Rc<State>, EngineFailure> {
        let mut state = self.look()?;
        while let Some((plan, what)) = self.arrived(&state)? {
            if self.options.depth == Depth::Preview {
                return Ok(Rc::new(crate::commit::ahead(self, &state, &plan)));
            }
            let asked = json!({ "adopt": what });
            match self.commit(plan, Context { asked, jobs: &[] })? {
                Commit::Done(committed) => {
                    let after = self.look()?;
                    // The branches stand there already; only refs that keep revisions are new.
                    self.act(&committed, &after, &after)?;
                    state = after;
                }
                Commit::Lost => state = self.look()?,
            }
        }
        Ok(state)
    }

    /// What others brought that is not taken in yet, and what it is.
    fn arrived(&self, state: &State) -> Result<Option<(Plan, &'static str)>, EngineFailure> {
        if let Some(plan) = self.adoption(state)? {
            return Ok(Some((plan, "commits pushed by others")));
        }
        let plan = self.resolutions_arrived(state)?;
        Ok(plan.map(|plan| (plan, "resolutions that came with the repository")))
    }

    /// The first stage whose branch is not where its line is, as a plan that takes it in.
    fn adoption(&self, state: &State) -> Result<Option<Plan>, EngineFailure> {
        for stage in self.pipeline.stages() {
            let Some(line) = state.lines.get(&stage.name) else {
                return adopt::new_stage(self, state, stage).map(Some);
            };
            match self.branch(stage, line)? {
                Branch::Level => {}
                Branch::Behind(from) => drop(self.move_branch(&stage.name, from, line.head)?),
                Branch::Ahead(tip) => return adopt::pushed(self, state, (stage, tip)).map(Some),
                Branch::Rewritten(found) => return Err(rewritten(stage, line, found).into()),
            }
        }
        Ok(None)
    }

    fn branch(&self, stage: &Stage, line: &Line) -> Result<Branch, EngineFailure> {
        let found = self.repo.reference(&format!("refs/heads/{}", stage.branch))?;
        Ok(match found {
            Some(tip) if tip == line.head => Branch::Level,
            Some(tip) if tip == line.previous_head => Branch::Behind(tip),
            Some(tip) if self.repo.reaches(tip, line.head)? => Branch::Ahead(tip),
            // Several entries may be waiting to be acted on at once.
            Some(tip) if self.somebody_acts() && self.repo.reaches(line.head, tip)? => Branch::Behind(tip),
            other => Branch::Rewritten(other),
        })
    }
}

fn rewritten(stage: &Stage, line: &Line, found: Option<CommitId>) -> Refusal {
    let (branch, name, head) = (&stage.branch, &stage.name, line.head.0.short());
    let message = match found {
        Some(tip) => format!(
            "branch {branch} of {name} was rewritten: it is at {}, which does not contain {head}",
            tip.0.short()
        ),
        None => format!("branch {branch} of {name} is gone; it was at {head}"),
    };
    let hint = match found {
        Some(_) => format!(
            "put it back with `git branch -f {branch} {}`, or take it as it is with `switchback stage adopt {name}`",
            line.head
        ),
        None => format!("put it back with `git branch {branch} {}`", line.head),
    };
    Refusal::new(Code::BranchRewritten, message, hint)
        .with(json!({ "stage": name, "branch": branch, "expected": line.head, "found": found }))
}
