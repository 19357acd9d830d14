//! An area's line: its versions, and which changes it holds after each (`SPEC A5`).

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

/// Everything known about one area.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct AreaLine {
    /// Its versions; number n stands at position n - 1.
    pub versions: Vec<Version>,
    /// What it holds now, in the order it came.
    pub held: Vec<(ChangeIx, Holding)>,
    /// Changes that automatic deployments skip (`SPEC R8`).
    pub on_hold: Vec<ChangeIx>,
}

impl AreaLine {
    /// Its newest version.
    pub fn current(&self) -> Option<&Version> {
        self.versions.last()
    }

    /// A version by number.
    pub fn version(&self, number: VersionNo) -> Option<&Version> {
        self.versions.get((number.0 as usize).checked_sub(1)?)
    }

    /// The version before one.
    pub fn before(&self, number: VersionNo) -> Option<&Version> {
        self.versions.get((number.0 as usize).checked_sub(2)?)
    }

    /// The number the next version gets; numbers only grow.
    pub fn next_number(&self) -> VersionNo {
        self.current().map_or(VersionNo(1), |version| version.number.next())
    }

    /// What was settled in this area of a change's conflicts, oldest first: it is settled so again.
    pub fn decided(&self, change: ChangeIx) -> impl Iterator<Item = &Resolution> {
        let all = self.versions.iter().flat_map(|version| &version.decisions);
        all.filter(move |one| one.change == change).map(|one| &one.resolution)
    }

    /// What it holds of a change.
    pub fn holding(&self, change: ChangeIx) -> Option<&Holding> {
        self.held.iter().find(|(held, _)| *held == change).map(|(_, holding)| holding)
    }

    /// The version that took a whole deployment back, if one did.
    pub fn reverted_by(&self, number: VersionNo) -> Option<VersionNo> {
        let whole = |version: &&Version| version.reverts == Some(number) && version.kind == VersionKind::Rollback;
        let taken = self.versions.iter().rev().find(whole)?;
        self.is_gone(number).then_some(taken.number)
    }

    /// Whether nothing a deployment brought is held any more because of it.
    fn is_gone(&self, number: VersionNo) -> bool {
        !self.held.iter().any(|(_, holding)| holding.since == number)
    }

    /// The version with which a change came that has been here ever since, updated or not.
    pub fn arrived(&self, change: ChangeIx) -> Option<VersionNo> {
        self.holding(change)?;
        let brought = |version: &Version| {
            version.changes.iter().find(|moved| moved.change == change).map(|moved| moved.after.is_some())
        };
        let history = self.versions.iter().rev().filter_map(|version| Some((version.number, brought(version)?)));
        history.take_while(|(_, here)| *here).last().map(|(number, _)| number)
    }

    /// What a version brought and nobody took out since; an update of it does not count as that.
    pub fn remaining(&self, version: &Version) -> Vec<ChangeIx> {
        let number = version.number;
        let later = || self.versions.iter().filter(|later| later.number > number).flat_map(|later| &later.changes);
        let is_before = |moved: &VersionChange| moved.after.as_ref().is_none_or(|holding| holding.since < number);
        let taken_out = |change: ChangeIx| later().any(|moved| moved.change == change && is_before(moved));
        let brought = version.changes.iter().filter(|moved| moved.after.is_some()).map(|moved| moved.change);
        brought.filter(|change| !taken_out(*change)).collect()
    }

    /// The deployments that still matter: those that brought something the area holds (`SPEC R2`).
    pub fn live(&self) -> impl Iterator<Item = &Version> {
        self.versions.iter().filter(|version| version.kind == VersionKind::Deploy && !self.is_gone(version.number))
    }

    /// Takes a new version in.
    pub fn push(&mut self, version: Version) {
        for moved in &version.changes {
            self.held.retain(|(change, _)| *change != moved.change);
            if let Some(holding) = &moved.after {
                self.held.push((moved.change, holding.clone()));
            }
            self.on_hold.retain(|change| *change != moved.change);
        }
        // A demoted change that went out is not on hold: its next promotion may deploy it again.
        self.held.sort_by_key(|(_, holding)| holding.since);
        self.versions.push(version);
    }
}
