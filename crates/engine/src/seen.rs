//! Where a branch was found to stand.

use switchback_core::words::object::CommitId;
use switchback_core::words::refusal::Refusal;

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
