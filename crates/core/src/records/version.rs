//! One state of an area, and what made it (`SPEC A5`).

use crate::records::line::Item;
use crate::records::receipt::ChangeIx;
use crate::records::resolution::Resolution;
use crate::words::names::{ChangeKey, OperationId, PlaceId, RevisionNo, Time, UserName, VersionNo};
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
    /// What stood at the place was taken as it is (`SPEC A15`).
    Adopt,
    /// The place was moved, and is followed (`SPEC A15`).
    Move,
}

impl VersionKind {
    /// The word shown.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Baseline => "baseline",
            Self::Deploy => "deploy",
            Self::Rollback => "rollback",
            Self::Repair => "repair",
            Self::Adopt => "adopt",
            Self::Move => "move",
        }
    }

    /// What it is in a sentence.
    pub fn noun(self) -> &'static str {
        match self {
            Self::Baseline => "a baseline",
            Self::Deploy => "a deployment",
            Self::Rollback => "a rollback",
            Self::Repair => "a repair",
            Self::Adopt => "an adoption",
            Self::Move => "a move",
        }
    }
}

/// One state of an area. Its delta is what differs between the trees before and after it. The state names changes by
/// number; the fact that it was made names them by key.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Version<C = ChangeIx> {
    /// Its number.
    pub number: VersionNo,
    /// What made it.
    pub kind: VersionKind,
    /// The deployment or rollback it belongs to.
    pub deployment: OperationId,
    /// The changes that came in or went out.
    pub changes: Vec<VersionChange<C>>,
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
    pub decisions: Vec<AreaDecision<C>>,
    /// The place it was made at; `None` where a program made it that knew no identities (`SPEC A15`).
    pub place: Option<Place>,
}

/// A place an area was deployed to.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Place {
    /// The random part of its identity.
    pub id: PlaceId,
    /// Where it was, as the configuration named it; `None` where a program knows.
    pub at: Option<String>,
}

/// A conflict in an area's own content, and what settled it.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct AreaDecision<C = ChangeIx> {
    /// Whose difference it was.
    pub change: C,
    /// What settled it.
    pub resolution: Resolution,
}

/// A change as a version moved it.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct VersionChange<C = ChangeIx> {
    /// Which.
    pub change: C,
    /// What the area holds of it afterwards; `None` when it went out.
    pub after: Option<Holding<C>>,
    /// What the area held of it before.
    pub before: Option<Holding<C>>,
}

/// What an area holds of a change.
#[derive(Clone, PartialEq, Debug, Serialize, Deserialize)]
pub struct Holding<C = ChangeIx> {
    /// At which revision.
    pub revision: RevisionNo,
    /// The version that brought it.
    pub since: VersionNo,
    /// The stage's items that were carried over.
    pub items: Vec<Item<C>>,
}

/// A version as the ledger tells of it.
pub type VersionFact = Version<ChangeKey>;

impl<C> Version<C> {
    /// The same with its changes named otherwise.
    ///
    /// # Errors
    /// What `name` says about a change it does not know.
    pub fn renamed<D, E>(self, name: &impl Fn(C) -> Result<D, E>) -> Result<Version<D>, E> {
        let changes = self.changes.into_iter().map(|moved| moved.renamed(name)).collect::<Result<_, E>>()?;
        let decisions = self.decisions.into_iter().map(|one| one.renamed(name)).collect::<Result<_, E>>()?;
        Ok(Version {
            number: self.number,
            kind: self.kind,
            deployment: self.deployment,
            changes,
            tree: self.tree,
            wanted: self.wanted,
            overwritten: self.overwritten,
            kept: self.kept,
            commit: self.commit,
            stage_head: self.stage_head,
            by: self.by,
            at: self.at,
            reason: self.reason,
            reverts: self.reverts,
            decisions,
            place: self.place,
        })
    }
}

impl<C> AreaDecision<C> {
    fn renamed<D, E>(self, name: &impl Fn(C) -> Result<D, E>) -> Result<AreaDecision<D>, E> {
        Ok(AreaDecision { change: name(self.change)?, resolution: self.resolution })
    }
}

impl<C> VersionChange<C> {
    fn renamed<D, E>(self, name: &impl Fn(C) -> Result<D, E>) -> Result<VersionChange<D>, E> {
        let after = self.after.map(|holding| holding.renamed(name)).transpose()?;
        let before = self.before.map(|holding| holding.renamed(name)).transpose()?;
        Ok(VersionChange { change: name(self.change)?, after, before })
    }
}

impl<C> Holding<C> {
    fn renamed<D, E>(self, name: &impl Fn(C) -> Result<D, E>) -> Result<Holding<D>, E> {
        let items = self.items.into_iter().map(|item| item.renamed(name)).collect::<Result<_, E>>()?;
        Ok(Holding { revision: self.revision, since: self.since, items })
    }
}
