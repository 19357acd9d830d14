//! The revisions that refs of an earlier record keep, with where they start (`SPEC L11`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::kept_refs::{ASIDE, CHANGES, kept_by};
use crate::record::base_of;
use std::collections::{BTreeMap, BTreeSet};
use switchback_core::adopting::kept::Kept;
use switchback_core::adopting::stretch::Stretch;
use switchback_core::ports::repository::CommitInfo;
use switchback_core::words::names::{ChangeKey, RevisionNo};
use switchback_core::words::object::CommitId;

/// Every revision that a ref keeps.
///
/// # Errors
/// `no-common-base`, or a fault of the repository.
pub(crate) fn revisions(desk: &Desk<'_>, stretches: &[Stretch]) -> Result<Vec<Kept>, EngineFailure> {
    let mut refs = desk.repo.references(CHANGES)?;
    refs.extend(desk.repo.references(ASIDE)?);
    let named: Vec<_> = refs.iter().filter_map(|(name, tip)| Some((kept_by(name)?, *tip))).collect();
    let tips: BTreeMap<CommitId, &ChangeKey> = named.iter().map(|((key, _), tip)| (*tip, key)).collect();
    let mainlines = stretches.iter().flat_map(|stretch| stretch.mainline()).map(|link| link.info.id).collect();
    let starts = Starts { desk, tips, mainlines };
    named.iter().map(|((key, number), tip)| starts.kept((key, *number), *tip)).collect()
}

/// What a revision may start on.
struct Starts<'a> {
    desk: &'a Desk<'a>,
    /// Tips of changes: a branch may be stacked on one.
    tips: BTreeMap<CommitId, &'a ChangeKey>,
    /// What lies on the stages' branches themselves: a branch may be cut from one.
    mainlines: BTreeSet<CommitId>,
}

impl Starts<'_> {
    fn kept(&self, of: (&ChangeKey, RevisionNo), tip: CommitId) -> Result<Kept, EngineFailure> {
        let (change, number) = of;
        let tip = self.desk.repo.commit_info(tip)?;
        let (base, depends_on) = self.start(change, &tip)?;
        let own = self.desk.repo.range(base, tip.id)?;
        let first = own.iter().find(|info| info.parents.len() < 2).unwrap_or(&tip);
        let title = first.subject();
        let base = self.desk.repo.commit_info(base)?;
        Ok(Kept { change: change.clone(), number, base, tip, title, depends_on })
    }

    /// Where a revision starts: below a commit that stands on a stage's branch itself, on the tip of the change it is
    /// stacked on, where it left a stage's branch, or where it left the base branch (`SPEC C1`).
    fn start(&self, own: &ChangeKey, tip: &CommitInfo) -> Result<(CommitId, Vec<ChangeKey>), EngineFailure> {
        let below = tip.parents.first().copied();
        if let Some(below) = below.filter(|_| self.mainlines.contains(&tip.id)) {
            return Ok((below, Vec::new()));
        }
        let base = base_of(self.desk, tip.id)?;
        let between = self.desk.repo.range(base, tip.id)?;
        for info in between.iter().rev().filter(|info| info.id != tip.id) {
            match self.tips.get(&info.id) {
                Some(other) if *other != own => return Ok((info.id, vec![(*other).clone()])),
                _ if self.mainlines.contains(&info.id) => return Ok((info.id, Vec::new())),
                _ => {}
            }
        }
        Ok((base, Vec::new()))
    }
}
