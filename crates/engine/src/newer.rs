//! A branch that carries operations the ledger never heard of: the ledger is an older copy than the branches, and what it
//! lacks must not be taken for somebody's commits (`SPEC L7`, `L8`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use switchback_core::adopting::traces::Traces;
use switchback_core::ledger::state::State;
use switchback_core::pipeline::stage::Stage;
use switchback_core::records::line::Line;
use switchback_core::words::object::CommitId;
use switchback_core::words::refusal::Refusal;

impl Desk<'_> {
    /// What operations on a stage are refused with whose branch is ahead by operations of a newer ledger.
    ///
    /// # Errors
    /// A fault of the repository or the ledger.
    pub(crate) fn newer_than_ledger(
        &self,
        state: &State,
        of: (&Stage, &Line),
        tip: CommitId,
    ) -> Result<Option<Refusal>, EngineFailure> {
        let (stage, line) = of;
        let mut traces = Traces::default();
        self.repo.range(line.head, tip)?.iter().for_each(|info| traces.saw_commit(info));
        let unknown = traces.beyond(state);
        // Whoever appends an entry moves the branch afterwards: a state that is older than the ledger says nothing.
        if unknown.is_empty() || self.ledger.head()?.0 > state.seq {
            return Ok(None);
        }
        Ok(Some(Traces::ledger_behind(stage, unknown)))
    }
}
