//! An area's line: its versions, and what it holds after the newest (`SPEC A5`).

use crate::records::kept::Kept;
use crate::records::line::{Item, Line};
use crate::records::receipt::ChangeIx;
use crate::records::resolution::Resolution;
use crate::records::roll::Roll;
use crate::records::set_aside::SetAside;
use crate::records::version::{Holding, Place, Version, VersionChange, VersionKind};
use crate::words::names::{AreaName, RevisionNo, VersionNo};
use crate::words::object::{CommitId, TreeId};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// The newest version that an earlier record of the pipeline made in an area: numbers go on after it, and the next one's
/// commit has it as parent, so that what it keeps stays reachable.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct EarlierVersion {
    /// In which area.
    pub area: AreaName,
    /// Its number.
    pub number: VersionNo,
    /// Its commit.
    pub commit: CommitId,
}

/// Everything known about one area.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct AreaLine {
    /// Its versions, in order.
    pub versions: Roll<Version>,
    /// What it holds now, in the order it came.
    pub held: Kept<Vec<(ChangeIx, Holding)>>,
    /// Changes that automatic deployments skip (`SPEC R8`).
    pub on_hold: Vec<ChangeIx>,
    /// What was edited in the middle of deployments, in the order it was found (`SPEC A7`).
    pub set_aside: Vec<SetAside>,
    /// What an earlier record made here.
    pub earlier: Option<EarlierVersion>,
}

impl AreaLine {
    /// Its newest version.
    pub fn current(&self) -> Option<&Version> {
        self.versions.last()
    }

    /// The place its newest version was made at; `None` where a program made it that knew no identities (`SPEC A15`).
    pub fn place(&self) -> Option<&Place> {
        self.versions.iter().rev().find_map(|version| version.place.as_ref())
    }

    /// A version by number; `None` also for a number that two versions have, because it names neither.
    pub fn version(&self, number: VersionNo) -> Option<&Version> {
        self.versions.get(self.position(number)?)
    }

    /// The version before one.
    pub fn before(&self, number: VersionNo) -> Option<&Version> {
        self.versions.get(self.position(number)?.checked_sub(1)?)
    }

    fn position(&self, number: VersionNo) -> Option<usize> {
        let mut all = self.versions.iter().enumerate().filter(|(_, version)| version.number == number);
        let (at, _) = all.next()?;
        all.next().is_none().then_some(at)
    }

    /// The number the next version gets; numbers only grow.
    pub fn next_number(&self) -> VersionNo {
        let last = self.current().map(|version| version.number);
        last.or(self.earlier.as_ref().map(|earlier| earlier.number)).map_or(VersionNo(1), VersionNo::next)
    }

    /// The commit that the next version's follows.
    pub fn newest_commit(&self) -> Option<CommitId> {
        let last = self.current().map(|version| version.commit);
        last.or(self.earlier.as_ref().map(|earlier| earlier.commit))
    }

    /// What was settled in this area of a change's conflicts, oldest first: it is settled so again.
    pub fn decided(&self, change: ChangeIx) -> impl Iterator<Item = &Resolution> {
        let all = self.versions.iter().flat_map(|version| &version.decisions);
        all.filter(move |one| one.change == change).map(|one| &one.resolution)
    }

    /// What it holds, item by item, each with what was settled about it here, whatever was forgotten since.
    pub fn items(&self) -> Vec<Item> {
        self.held.iter().flat_map(|(_, holding)| self.items_of(holding)).collect()
    }

    /// The same of one change that it holds, or held.
    pub fn items_of<'a>(&'a self, holding: &'a Holding) -> impl Iterator<Item = Item> + 'a {
        holding.items.iter().map(|item| self.with_own(item.clone()))
    }

    /// An item with what was settled about it here.
    pub fn with_own(&self, mut item: Item) -> Item {
        item.resolutions.splice(0..0, self.decided(item.change).cloned());
        item
    }

    /// What its stage holds and automatic deployments skip here. What left the stage since waits for nothing.
    pub fn waiting<'a>(&'a self, stage: Option<&'a Line>) -> impl Iterator<Item = ChangeIx> + 'a {
        let is_there = move |ix: &ChangeIx| stage.is_some_and(|line| line.receipts.holds(*ix));
        self.on_hold.iter().copied().filter(is_there)
    }

    /// What it began with; `otherwise` where it holds nothing yet.
    pub fn ground(&self, otherwise: TreeId) -> TreeId {
        self.version(VersionNo(1)).map_or(otherwise, |baseline| baseline.wanted)
    }

    /// What it held once a version was made, each change at its revision.
    pub fn held_at(&self, number: VersionNo) -> BTreeMap<ChangeIx, RevisionNo> {
        let mut held = BTreeMap::new();
        let until = self.versions.iter().filter(|version| version.number <= number);
        for moved in until.flat_map(|version| &version.changes) {
            match &moved.after {
                Some(holding) => held.insert(moved.change, holding.revision),
                None => held.remove(&moved.change),
            };
        }
        held
    }

    /// What it held just before a version was made.
    pub fn held_before(&self, number: VersionNo) -> BTreeMap<ChangeIx, &Holding> {
        let mut held = BTreeMap::new();
        let until = self.versions.iter().filter(|version| version.number < number);
        for moved in until.flat_map(|version| &version.changes) {
            match &moved.after {
                Some(holding) => held.insert(moved.change, holding),
                None => held.remove(&moved.change),
            };
        }
        held
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
