//! What somebody edited on a target while a deployment was being made, and what became of it.

use crate::words::names::{OperationId, Time};
use crate::words::object::{CommitId, Leaf, RepoPath};
use serde::{Deserialize, Serialize};

/// Files that were edited in the middle of a deployment, and set aside when it was taken back (`SPEC A6`, `A7`).
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct SetAside {
    /// The deployment that was taken back.
    pub deployment: OperationId,
    /// When they were found.
    pub at: Time,
    /// Which, with what somebody had written.
    pub files: Vec<(RepoPath, Leaf)>,
    /// The commit that holds what they wrote.
    pub commit: CommitId,
}
