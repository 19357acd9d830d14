//! What whoever reads is told beside the answer: branches that are not where their stages are (`SPEC L8`). Looks at one
//! ref for each stage, counts only where one differs, and takes nothing in.

use crate::arrivals::{Standing, rewritten};
use crate::desk::Desk;
use crate::failure::EngineFailure;
use switchback_core::ledger::state::State;
use switchback_core::pipeline::stage::Stage;
use switchback_core::records::line::Line;
use switchback_core::words::object::CommitId;
use switchback_core::words::refusal::Refusal;
use switchback_core::words::remedy::Remedy;
use switchback_core::words::warning::Warning;

/// How a stage's branch relates to its line, for whoever looks.
#[derive(Clone, PartialEq, Debug)]
pub enum Seen {
    /// As the ledger says, or about to be.
    InStep,
    /// Others pushed this many commits, which the next operation takes in.
    Ahead {
        /// How many.
        commits: u64,
    },
    /// It carries operations that the ledger does not know.
    Newer(Box<Refusal>),
    /// Somebody rewrote or removed it.
    Rewritten {
        /// Where it stands now.
        found: Option<CommitId>,
    },
}

impl Desk<'_> {
    /// How a stage's branch relates to its line.
    ///
    /// # Errors
    /// A fault of the repository.
    pub fn seen(&self, state: &State, of: (&Stage, &Line)) -> Result<Seen, EngineFailure> {
        let (stage, line) = of;
        Ok(match self.standing(stage, line)? {
            Standing::Level | Standing::Behind(_) => Seen::InStep,
            Standing::Ahead(tip) => match self.newer_than_ledger(state, of, tip)? {
                Some(refusal) => Seen::Newer(Box::new(refusal)),
                None => Seen::Ahead { commits: self.repo.range(line.head, tip)?.len() as u64 },
            },
            Standing::Rewritten(found) => Seen::Rewritten { found },
        })
    }

    /// Notices, to be told with the answer, every stage whose branch is not where its line is. What keeps a branch from
    /// being looked at is told likewise, and stops no answer.
    pub fn notice_branches(&self) {
        // A ledger that cannot be read is told by the answer itself.
        let Ok(state) = self.look_or_begin() else { return };
        let found = self.about_branches(&state);
        self.heard.borrow_mut().extend(found);
    }

    /// What there is to say of the branches of all stages.
    pub fn about_branches(&self, state: &State) -> Vec<Warning> {
        state.pipeline().stages().iter().filter_map(|stage| self.about_branch(stage, state)).collect()
    }

    fn about_branch(&self, stage: &Stage, state: &State) -> Option<Warning> {
        let line = state.lines.get(&stage.name)?;
        match self.seen(state, (stage, line)) {
            Ok(Seen::InStep) => None,
            Ok(Seen::Ahead { commits }) => Some(not_taken_in(stage, commits)),
            Ok(Seen::Rewritten { found }) => Some(rewritten(stage, line, found).into()),
            Ok(Seen::Newer(refusal)) => Some((*refusal).into()),
            Err(EngineFailure::Fault(fault)) => Some(fault.into()),
            Err(_) => None,
        }
    }
}

/// Says that others pushed something.
pub(crate) fn not_taken_in(stage: &Stage, commits: u64) -> Warning {
    let plural = if commits == 1 { "" } else { "s" };
    let message = format!("{commits} commit{plural} on {} not taken in yet", stage.branch);
    Warning::of("commits-not-taken-in", message).mended_by(Remedy::TakeIn { stage: stage.name.clone() })
}
