//! One state of an area, and what made it (`SPEC A5`).

use crate::records::line::Item;
use crate::records::receipt::ChangeIx;
use crate::records::resolution::Resolution;
use crate::words::names::{OperationId, RevisionNo, Time, UserName, VersionNo};
use crate::words::object::{CommitId, PathChange, RepoPath, TreeId};
use serde::{Deserialize, Serialize};

/// What made a version.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Serialize, Deserialize)]
#[serde(rename_all = "lowercase")]
pub enum VersionKind {
    /// The stage's base tree, before the first deployment (`SPEC A4`).
    Baseline,
    /// Changes came in.
    Deploy,
    /// A deployment, or one demoted change, went out.
    Rollback,
    /// The content of the version before was reinstated (`SPEC A13`).
    Repair,
}

impl VersionKind {
    /// The word shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Deploy => "deploy",
            Self::Rollback => "rollback",
            Self::Repair => "repair",
        }
    }
}

/// One state of an area. Its delta is what differs between the trees before and after it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Version {
    /// Its number.
    pub number: VersionNo,
    /// What made it.
    pub kind: VersionKind,
    /// The deployment or rollback it belongs to.
    pub deployment: OperationId,
    /// The changes that came in or went out.
    pub changes: Vec<VersionChange>,
    /// The tree the target holds, under the area's names (`SPEC A14`).
    pub tree: TreeId,
    /// The same before the filter: under the stage's names, as wanted.
    pub wanted: TreeId,
    /// Files somebody had edited on the target and that were overwritten, with what they held (`SPEC A7`).
    pub overwritten: Vec<PathChange>,
    /// Files somebody had edited on the target and that were left alone.
    pub kept: Vec<RepoPath>,
    /// The commit on `refs/switchback/areas/<area>`.
    pub commit: CommitId,
    /// Where the stage stood.
    pub stage_head: CommitId,
    /// Who asked for it.
    pub by: UserName,
    /// When it was made.
    pub at: Time,
    /// Why.
    pub reason: Option<String>,
    /// The version it takes back: the whole of it, or the demoted changes of it.
    pub reverts: Option<VersionNo>,
    /// Conflicts that arose only here, where the area holds less than its stage, and what settled them (`SPEC X2`).
    #[serde(default)]
    pub decisions: Vec<AreaDecision>,
}

/// A conflict in an area's own content, and what settled it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AreaDecision {
    /// Whose difference it was.
    pub change: ChangeIx,
    /// What settled it.
    pub resolution: Resolution,
}

/// A change as a version moved it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct VersionChange {
    /// Which.
    pub change: ChangeIx,
    /// What the area holds of it afterwards; `None` when it went out.
    pub after: Option<Holding>,
    /// What the area held of it before.
    pub before: Option<Holding>,
}

/// What an area holds of a change.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Holding {
    /// At which revision.
    pub revision: RevisionNo,
    /// The version that brought it.
    pub since: VersionNo,
    /// The stage's items that were carried over.
    pub items: Vec<Item>,
}
