//! arrivals: how each stage's branch stands to its line. Judged by where the branch is and by the notes of operations
//! under way, never by a guess: a branch that stands at an earlier position of ours was set back by somebody, unless an
//! operation that may have died left a note that it was about to move it from there (`SPEC L7`, `L8`).

use crate::acting::UnderWay;
use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::unread::{needs, unless_unread};
use serde_json::Value;
use switchback_core::ledger::plan::{Plan, Stop};
use switchback_core::ledger::state::State;
use switchback_core::pipeline::Pipeline;
use switchback_core::pipeline::stage::Stage;
use switchback_core::records::line::Line;
use switchback_core::words::details::Details;
use switchback_core::words::names::StageName;
use switchback_core::words::object::CommitId;
use switchback_core::words::refusal::{Code, Refusal};
use switchback_core::words::remedy::Remedy;
use switchback_core::words::warning::Warning;

/// How a stage's branch stands to its line.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
pub enum Standing {
    /// As the ledger says.
    Level,
    /// There, and an operation has yet to move it, or died before it did.
    Behind(CommitId),
    /// There: somebody pushed commits that are not taken in yet.
    Ahead(CommitId),
    /// There, if anywhere: somebody rewrote it, set it back, or removed it.
    Rewritten(Option<CommitId>),
}

impl Desk<'_> {
    /// The stages whose branches were rewritten, or carry operations the ledger does not know, each with what operations
    /// on it are refused with.
    ///
    /// # Errors
    /// A fault of the repository.
    pub(crate) fn rewritten_branches(&self, state: &State) -> Result<Vec<(StageName, Refusal)>, EngineFailure> {
        let mut found = Vec::new();
        for stage in state.pipeline().stages() {
            let Some(line) = state.lines.get(&stage.name) else { continue };
            let refusal = match self.standing(stage, line)? {
                Standing::Rewritten(at) => Some(rewritten(stage, line, at)),
                Standing::Ahead(tip) => self.newer_than_ledger(state, (stage, line), tip)?,
                Standing::Level | Standing::Behind(_) => None,
            };
            found.extend(refusal.map(|refusal| (stage.name.clone(), refusal)));
        }
        Ok(found)
    }

    /// What was decided, unless it needs a stage whose branch was rewritten, or holds what cannot be read (`SPEC L8`).
    ///
    /// # Errors
    /// What is to be said of that branch, what the rule said, or a fault of the repository.
    pub(crate) fn unless_apart(
        &self,
        before: &State,
        asked: &Value,
        decided: Result<Plan, Stop>,
    ) -> Result<Plan, EngineFailure> {
        let (pipeline, unread) = (before.pipeline(), self.unread.take());
        unless_unread((pipeline, &unread), asked, &decided)?;
        let (plan, warnings) = unless_rewritten((pipeline, self.rewritten_branches(before)?), asked, decided)?;
        self.unless_taken(&plan)?;
        self.hear(unread.into_iter().map(|(_, fault)| fault.into()).chain(warnings).collect());
        Ok(plan)
    }

    /// How a stage's branch stands to its line.
    ///
    /// # Errors
    /// A fault of the repository.
    pub fn standing(&self, stage: &Stage, line: &Line) -> Result<Standing, EngineFailure> {
        let mut found = self.house.branches.tip(&*self.repo, &stage.branch)?;
        loop {
            match found {
                Some(tip) if tip == line.head => return Ok(Standing::Level),
                Some(tip) if self.is_about_to_move(stage, line, tip) => return Ok(Standing::Behind(tip)),
                Some(tip) if self.repo.reaches(tip, line.head)? => return Ok(Standing::Ahead(tip)),
                _ => {}
            }
            // Whoever moved it meanwhile has taken the note back, which was therefore not found.
            let again = self.house.branches.tip(&*self.repo, &stage.branch)?;
            if again == found {
                return Ok(Standing::Rewritten(found));
            }
            found = again;
        }
    }

    /// Whether notes of operations under way, one after the other, lead a branch from where it stands to its line's
    /// head.
    fn is_about_to_move(&self, stage: &Stage, line: &Line, tip: CommitId) -> bool {
        let UnderWay { moves, unclear } = self.under_way(&stage.name);
        let mut at = tip;
        for _ in 0..moves.len() {
            match moves.iter().find(|(from, _)| *from == at) {
                Some((_, to)) if *to == line.head => return true,
                Some((_, to)) => at = *to,
                None => break,
            }
        }
        unclear && tip == line.previous_head
    }
}

/// Refuses what needs a stage whose branch was rewritten (`SPEC L8`); else gives the warnings about those that were.
///
/// # Errors
/// `ledger-behind`, `branch-rewritten`, or what the rule said.
fn unless_rewritten(
    (pipeline, rewritten): (&Pipeline, Vec<(StageName, Refusal)>),
    asked: &Value,
    decided: Result<Plan, Stop>,
) -> Result<(Plan, Vec<Warning>), EngineFailure> {
    // An older copy of the ledger would go on beside what the newer one did: not even numbers would mean one thing.
    if let Some((_, refusal)) = rewritten.iter().find(|(_, refusal)| refusal.code == Code::LedgerBehind) {
        return Err(refusal.clone().into());
    }
    if let Some((_, refusal)) = rewritten.iter().find(|(stage, _)| needs((pipeline, &decided), asked, stage)) {
        return Err(refusal.clone().into());
    }
    Ok((decided?, rewritten.into_iter().map(|(_, refusal)| refusal.into()).collect()))
}

/// The "no" to operations on a stage whose branch was rewritten.
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
