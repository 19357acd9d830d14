//! Branches that were pushed and could not be recorded, kept in mind by the house (`SPEC W4`).

use std::collections::BTreeMap;
use switchback_core::words::names::Seq;
use switchback_core::words::object::CommitId;
use switchback_core::words::warning::Warning;

/// All of them, by name.
pub(crate) type Unrecorded = BTreeMap<String, Attempt>;

/// A branch that was tried. It is tried again when it moves, or when anything happens in the pipeline: what it lacks may
/// be there then.
pub(crate) struct Attempt {
    /// Where it stood.
    pub tip: CommitId,
    /// Where the ledger stood.
    pub at: Seq,
    /// Why not, and what helps; `None` where there is nothing to record.
    pub why: Option<Warning>,
}
