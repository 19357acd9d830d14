//! reconcile: what others did to the stages' branches, and what came with a fetch, is taken in before an operation plans
//! anything (`SPEC L8`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::gather;
use crate::remembered::Arrived;
use crate::visit::Depth;
use serde_json::json;
use std::sync::Arc;
use switchback_core::ledger::state::State;
use switchback_core::ops::adopt::{self, Arrival};
use switchback_core::ops::learn::{self, Came};
use switchback_core::pipeline::stage::Stage;
use switchback_core::records::line::Line;
use switchback_core::words::details::Details;
use switchback_core::words::object::CommitId;
use switchback_core::words::refusal::{Code, Refusal};
use switchback_core::words::remedy::Remedy;

/// How a stage's branch relates to its line.
pub(crate) enum Standing {
    /// As the ledger says.
    Level,
    /// A crash kept it from moving.
    Behind(CommitId),
    /// Somebody pushed to it.
    Ahead(CommitId),
    /// Somebody rewrote or removed it.
    Rewritten(Option<CommitId>),
}

/// What is not taken in yet.
enum News {
    Commits(Arrival),
    Resolutions(Came),
}

impl Desk<'_> {
    /// The state, after taking in what others brought. A preview takes it in on paper.
    ///
    /// # Errors
    /// `branch-rewritten`, or a fault.
    pub fn look_and_reconcile(&self) -> Result<Arc<State>, EngineFailure> {
        let mut state = self.look()?;
        while let Some(news) = self.news(&state)? {
            let from = Arc::clone(&state);
            state = match news {
                News::Commits(arrival) => {
                    self.take_in(&arrival.asked(), from, &|snapshot, content| adopt::plan(snapshot, content, &arrival))?
                }
                News::Resolutions(came) => {
                    let asked = json!({ "adopt": "resolutions that came with the repository" });
                    self.take_in(&asked, from, &|snapshot, _| Ok(learn::plan(snapshot, &came)))?
                }
            };
        }
        Ok(state)
    }

    /// What others brought that is not taken in yet.
    fn news(&self, state: &State) -> Result<Option<News>, EngineFailure> {
        if let Some(arrival) = self.arrival(state)? {
            return Ok(Some(News::Commits(arrival)));
        }
        match self.resolutions_arrived(state)? {
            Arrived::Ahead(base, tip) => Ok(Some(News::Resolutions(self.learned(state, (base, tip))?))),
            Arrived::Behind(from, head) => self.bring_level(from, head).map(|()| None),
            Arrived::Nothing => Ok(None),
        }
    }

    /// The first stage whose branch is not where its line is, with what lies between.
    fn arrival(&self, state: &State) -> Result<Option<Arrival>, EngineFailure> {
        for stage in self.pipeline.stages() {
            let Some(line) = state.lines.get(&stage.name) else {
                return gather::new_stage(self, state, stage).map(|stretch| Some(Arrival::NewStage(stretch)));
            };
            match self.standing(stage, line)? {
                Standing::Level => {}
                // A preview moves nothing, and the line says what the branch will hold.
                Standing::Behind(from) if self.visit.depth == Depth::Act => {
                    drop(self.move_branch(&stage.name, from, line.head)?);
                }
                Standing::Behind(_) => {}
                Standing::Ahead(tip) => {
                    return gather::stretch(self, stage, (line.head, tip))
                        .map(|stretch| Some(Arrival::Pushed(stretch)));
                }
                Standing::Rewritten(found) => return Err(rewritten(stage, line, found).into()),
            }
        }
        Ok(None)
    }

    pub(crate) fn standing(&self, stage: &Stage, line: &Line) -> Result<Standing, EngineFailure> {
        let found = self.house.branches.tip(&*self.repo, &stage.branch)?;
        Ok(match found {
            Some(tip) if tip == line.head => Standing::Level,
            Some(tip) if tip == line.previous_head => Standing::Behind(tip),
            Some(tip) if self.repo.reaches(tip, line.head)? => Standing::Ahead(tip),
            // Several entries may be waiting to be acted on at once.
            Some(tip) if self.somebody_acts() && self.repo.reaches(line.head, tip)? => Standing::Behind(tip),
            other => Standing::Rewritten(other),
        })
    }
}

/// What is refused while a branch is rewritten.
pub(crate) fn rewritten(stage: &Stage, line: &Line, found: Option<CommitId>) -> Refusal {
    let (branch, name, head) = (&stage.branch, &stage.name, line.head.0.short());
    let message = match found {
        Some(tip) => format!(
            "branch {branch} of {name} was rewritten: it is at {}, which does not contain {head}",
            tip.0.short()
        ),
        None => format!("branch {branch} of {name} is gone; it was at {head}"),
    };
    let (branch, commit, stage) = (branch.clone(), line.head, name.clone());
    let details = Details::Rewritten { stage: stage.clone(), branch: branch.clone(), expected: commit, found };
    let remedy = match found {
        Some(_) => Remedy::RestoreOrAdopt { branch, commit, stage },
        None => Remedy::RestoreBranch { branch, commit },
    };
    Refusal::new(Code::BranchRewritten, message, remedy).with(details)
}
