//! What whoever reads is told beside the answer: branches that are not where their stages are (`SPEC L8`). Looks at one
//! ref for each stage, counts only where one differs, and takes nothing in.

use crate::arrivals::{Standing, rewritten};
use crate::desk::Desk;
use crate::failure::EngineFailure;
pub use crate::seen::Seen;
use switchback_core::ledger::state::State;
use switchback_core::pipeline::stage::Stage;
use switchback_core::records::line::Line;
use switchback_core::words::names::StageName;
use switchback_core::words::object::CommitId;
use switchback_core::words::remedy::Remedy;
use switchback_core::words::warning::Warning;

impl Desk<'_> {
    /// How a stage's branch relates to its line. A visit looks at each once: its answer and what is told beside it do not
    /// differ.
    ///
    /// # Errors
    /// A fault of the repository.
    pub fn seen(&self, state: &State, of: (&Stage, &Line)) -> Result<Seen, EngineFailure> {
        let (stage, line) = of;
        let known = |(name, head, _): &&(StageName, CommitId, Seen)| *name == stage.name && *head == line.head;
        if let Some((_, _, seen)) = self.seen.borrow().iter().find(known) {
            return Ok(seen.clone());
        }
        let seen = self.seen_now(state, of)?;
        self.seen.borrow_mut().push((stage.name.clone(), line.head, seen.clone()));
        Ok(seen)
    }

    fn seen_now(&self, state: &State, of: (&Stage, &Line)) -> Result<Seen, EngineFailure> {
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
