//! Refs that keep what promotions are about to put on branches (`SPEC P14`): they come when one begins, and go when it has
//! moved or failed.

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::kept_refs::{under_way_ref, under_way_refs};
use std::collections::{BTreeMap, BTreeSet};
use switchback_core::ledger::entry::Event;
use switchback_core::ports::repository::RefMove;
use switchback_core::records::promotion::Promotion;
use switchback_core::words::object::CommitId;

/// Where a record wants such refs: nowhere any more, unless it is under way.
pub(crate) fn follow(refs: &mut BTreeMap<String, CommitId>, promotion: &Promotion) {
    let below = under_way_refs(promotion.id);
    refs.retain(|name, _| !name.starts_with(&below));
    refs.extend(wanted(promotion));
}

fn wanted(promotion: &Promotion) -> impl Iterator<Item = (String, CommitId)> + '_ {
    let heads = promotion.under_way.iter().flat_map(|under_way| under_way.heads());
    heads.map(|(_, head)| (under_way_ref(promotion.id, head), head))
}

impl Desk<'_> {
    /// The refs of promotions that some events end. Entries may be acted on out of order: what another attempt is about to
    /// do stays.
    ///
    /// # Errors
    /// A fault of the repository.
    pub(crate) fn under_way_no_more(&self, events: &[Event]) -> Result<Vec<RefMove>, EngineFailure> {
        let state = self.house.known();
        let mut moves = Vec::new();
        let ended = events.iter().filter_map(|event| match event {
            Event::Promotion(promotion) if promotion.under_way.is_none() => Some(promotion.id),
            _ => None,
        });
        for id in ended.collect::<BTreeSet<_>>() {
            let now: BTreeMap<String, CommitId> = state.promotion(id).into_iter().flat_map(wanted).collect();
            let there = self.repo.references(&under_way_refs(id))?;
            let gone = there.into_iter().filter(|(name, _)| !now.contains_key(name));
            moves.extend(gone.map(|(name, from)| RefMove { name, from: Some(from), to: None }));
        }
        Ok(moves)
    }
}
