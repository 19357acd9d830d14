//! The state: what the fold of the ledger says. Nothing here is written by anybody but the [fold](crate::ledger::fold).

use crate::pipeline::Pipeline;
use crate::records::area_line::AreaLine;
use crate::records::change::Change;
use crate::records::configuration::{Configuration, InForce};
use crate::records::demotion::{Demoted, Demotion};
use crate::records::deployment::Deployment;
use crate::records::grant::Grant;
use crate::records::kept::Kept;
use crate::records::key_index::KeyIndex;
use crate::records::line::Line;
use crate::records::numbering::Numbering;
use crate::records::outline::{Outline, Outlines};
use crate::records::promotion::{Promotion, PromotionStatus};
use crate::records::receipt::ChangeIx;
use crate::records::resolution::Resolutions;
use crate::records::roll::Roll;
use crate::records::schedule::LastRun;
use crate::records::version::{Version, VersionFact, VersionKind};
use crate::words::names::{
    AreaName, ChangeKey, OperationId, OperationKind, RevisionNo, Seq, StageName, Time, UserName, VersionNo,
};
use roaring::RoaringBitmap;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::convert::Infallible;
use std::fmt;

/// The format of a stored [`State`]. A stored state is a cache: one of another number is not read, and the entries are
/// folded again. It is raised with every change to what a state holds; a test sees to that.
pub const SNAPSHOT: u32 = 13;

/// Everything the ledger says, at one position.
#[derive(Clone, PartialEq, Debug, Default, Serialize, Deserialize)]
pub struct State {
    /// The position.
    pub seq: Seq,
    /// When the last entry was made.
    pub at: Time,
    /// Who ran `init`; `None` before it.
    pub administrator: Option<UserName>,
    /// The configuration in force (`SPEC K1`); `None` before a program that keeps it has put one in force.
    pub configuration: Option<Configuration>,
    /// Every change, in order of recording: the position is its [`ChangeIx`].
    pub changes: Roll<Change>,
    /// Every revision of each of them in outline, likewise.
    pub outlines: Roll<Outlines>,
    /// The changes that count nowhere (`SPEC C5`), by number.
    pub excluded: RoaringBitmap,
    /// The line of every stage that was taken in.
    pub lines: BTreeMap<StageName, Line>,
    /// The line of every area that was deployed to.
    pub areas: BTreeMap<AreaName, AreaLine>,
    /// How operations are numbered: one after the other, but for numbers that another record gave.
    pub numbering: Numbering,
    /// Every promotion, one after the other.
    pub promotions: Roll<Promotion>,
    /// Those that have not come to their end, or that somebody must look at, by their place.
    pub open: RoaringBitmap,
    /// Every demotion, likewise.
    pub demotions: Roll<Demotion>,
    /// Every deployment and rollback, likewise.
    pub deployments: Roll<Deployment>,
    /// Grants and denials that hold.
    pub grants: Vec<Grant>,
    /// Whether anything was ever granted: from then on nobody has what nobody gave them, even when it is taken back
    /// (`SPEC S4`).
    pub guarded: bool,
    /// What people decided about conflicts (`SPEC X5`).
    pub resolutions: Kept<Resolutions>,
    /// Areas that were given another name, old and new, in order.
    pub renamed: Vec<(AreaName, AreaName)>,
    /// How each schedule ran last.
    pub schedules: BTreeMap<String, LastRun>,
    /// What old entries tell twice, and nobody has mended yet.
    pub irregularities: Vec<Irregularity>,
    /// What the configuration in force says. Whoever folds sees to it: the fold does not read configurations.
    #[serde(skip)]
    pub in_force: InForce,
    pub(crate) index: KeyIndex,
    /// Changes by the key of what they are part of, or were (`SPEC C6`).
    pub(crate) parts: KeyIndex,
}

/// A version whose number another version of its area had before it: two workers made the area's first deployment at
/// once, and a program that wrote format 1 or 2 took both.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Irregularity {
    /// The entry that tells it.
    pub seq: Seq,
    /// In which area.
    pub area: AreaName,
    /// The number that was taken.
    pub number: VersionNo,
    /// What it was.
    pub kind: VersionKind,
    /// The deployment that made it.
    pub deployment: OperationId,
}

impl Irregularity {
    /// Whether it is left out of the area's versions: a second baseline brings nothing. Anything else was written and
    /// is held, so it counts, and its number names nothing any more.
    pub fn is_set_aside(&self) -> bool {
        self.kind == VersionKind::Baseline
    }
}

impl fmt::Display for Irregularity {
    fn fmt(&self, to: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { seq, area, number, kind, deployment } = self;
        write!(to, "entry {seq} makes {area}@{number} a second time ({}, {deployment})", kind.as_str())
    }
}

/// What an area without versions looks like.
static UNTOUCHED: AreaLine =
    AreaLine { versions: Roll::new(), held: Kept::new(), on_hold: Vec::new(), set_aside: Vec::new(), earlier: None };

impl State {
    /// What the configuration in force says; a pipeline without stages where nobody could read it.
    pub fn pipeline(&self) -> &Pipeline {
        self.in_force.pipeline()
    }

    /// A change by key.
    pub fn change(&self, key: &ChangeKey) -> Option<(ChangeIx, &Change)> {
        self.index.perhaps(key).map(|ix| (ix, self.at(ix))).find(|(_, change)| change.key == *key)
    }

    /// A change whose key differs from one in capital letters alone.
    pub fn twin(&self, key: &ChangeKey) -> Option<&Change> {
        let folded = key.as_str().to_lowercase();
        let mut perhaps = self.index.perhaps(key).map(|ix| self.at(ix));
        perhaps.find(|known| known.key != *key && known.key.as_str().to_lowercase() == folded)
    }

    /// A revision of a change in outline.
    pub fn outline(&self, ix: ChangeIx, number: RevisionNo) -> Option<Outline<'_>> {
        self.outlines.get(ix.0 as usize)?.revision(number)
    }

    /// The promotions that have not come to their end, or that somebody must look at.
    pub fn open_promotions(&self) -> impl Iterator<Item = &Promotion> {
        self.open.iter().map(|at| &self.promotions[at as usize])
    }

    /// A change by number.
    ///
    /// # Panics
    /// When the number is not one of this state's.
    pub fn at(&self, ix: ChangeIx) -> &Change {
        &self.changes[ix.0 as usize]
    }

    /// The key of a change.
    pub fn key(&self, ix: ChangeIx) -> &ChangeKey {
        &self.at(ix).key
    }

    /// A version as the ledger tells of it.
    pub fn fact(&self, version: &Version) -> VersionFact {
        let named = version.clone().renamed(&|ix| Ok::<_, Infallible>(self.key(ix).clone()));
        named.unwrap_or_else(|never| match never {})
    }

    /// The line of an area; an empty one where nothing was ever deployed.
    pub fn area(&self, name: &AreaName) -> &AreaLine {
        self.areas.get(name).unwrap_or(&UNTOUCHED)
    }

    /// A promotion by id.
    pub fn promotion(&self, id: OperationId) -> Option<&Promotion> {
        self.promotions.get(self.position(id, OperationKind::Promotion)?)
    }

    /// Keeps the record of a promotion at its place.
    pub(crate) fn put_promotion(&mut self, at: usize, promotion: Promotion) {
        let is_open = promotion.status.is_under_way() || promotion.awaits_a_look();
        match self.promotions.get_mut(at) {
            Some(known) => *known = promotion,
            None => self.promotions.push(promotion),
        }
        match is_open {
            true => self.open.insert(at as u32),
            false => self.open.remove(at as u32),
        };
    }

    pub(crate) fn set_promotion_status(&mut self, id: OperationId, status: PromotionStatus) {
        if let (Some(known), Some(at)) = (self.promotion(id), self.position(id, OperationKind::Promotion)) {
            self.put_promotion(at, Promotion { status, ..known.clone() });
        }
    }

    /// A demotion by id.
    pub fn demotion(&self, id: OperationId) -> Option<&Demotion> {
        self.demotions.get(self.position(id, OperationKind::Demotion)?)
    }

    /// The last demotion that took a change out of a stage.
    pub fn demotion_from(&self, stage: &StageName, key: &ChangeKey) -> Option<OperationId> {
        let left = |demoted: &Demoted| demoted.change == *key && demoted.left.iter().any(|(left, _)| left == stage);
        self.demotions.iter().rev().find(|known| known.demoted.iter().any(left)).map(|known| known.id)
    }

    /// A deployment by id.
    pub fn deployment(&self, id: OperationId) -> Option<&Deployment> {
        self.deployments.get(self.position(id, OperationKind::Deployment)?)
    }

    /// The id the next operation of a kind gets.
    pub fn next_id(&self, kind: OperationKind) -> OperationId {
        self.numbering.at(kind, self.taken(kind))
    }

    /// Whether an operation of this number was made, by this record or by one that it goes on after.
    pub fn knows(&self, id: OperationId) -> bool {
        id.number < self.next_id(id.kind).number
    }

    fn taken(&self, kind: OperationKind) -> usize {
        match kind {
            OperationKind::Promotion => self.promotions.len(),
            OperationKind::Demotion => self.demotions.len(),
            OperationKind::Deployment => self.deployments.len(),
        }
    }

    /// The numbers of these operations, and all below, are another record's.
    pub(crate) fn leave_out(&mut self, last: &[OperationId]) {
        for id in last.iter().filter(|id| !self.knows(**id)).copied().collect::<Vec<_>>() {
            self.numbering.leap(self.taken(id.kind), id);
        }
    }

    /// Where the record of an operation stands, or would stand.
    pub(crate) fn position(&self, id: OperationId, kind: OperationKind) -> Option<usize> {
        (id.kind == kind).then(|| self.numbering.position(id))?
    }

    /// The changes that are part of one (`SPEC C6`), in order of recording.
    pub fn children<'a>(&'a self, key: &'a ChangeKey) -> impl Iterator<Item = &'a ChangeKey> {
        let is_child = move |change: &&Change| change.facts.parent.as_ref() == Some(key);
        self.parts.perhaps(key).map(|ix| self.at(ix)).filter(is_child).map(|change| &change.key)
    }

    /// Children of a change, and theirs (`SPEC C6`), in order of recording.
    pub fn descendants(&self, key: &ChangeKey) -> Vec<ChangeKey> {
        let mut family = vec![key.clone()];
        let mut at = 0;
        while at < family.len() {
            let new: Vec<_> = self.children(&family[at]).filter(|child| !family.contains(child)).cloned().collect();
            family.extend(new);
            at += 1;
        }
        family.split_off(1)
    }
}
