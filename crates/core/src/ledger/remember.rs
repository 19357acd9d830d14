//! The part of the fold that remembers resolutions, and forgets them (`SPEC X5`).

use crate::ledger::fold::Attribution;
use crate::ledger::state::State;
use crate::records::change::Remark;
use crate::records::promotion::{MoveResolution, Promotion};
use crate::records::resolution::{Remembered, Resolution, ResolutionId};

impl State {
    /// What people decided for a promotion is remembered by the sides it settles.
    pub(crate) fn remember_made(&mut self, promotion: &Promotion, told: Attribution<'_>) {
        let known = self.promotion(promotion.id).map_or(&[][..], |known| &known.resolutions);
        let new: Vec<_> = promotion.resolutions.iter().filter(|one| !known.contains(one)).cloned().collect();
        for MoveResolution { resolution, .. } in new {
            let Resolution { path, sides, result, .. } = resolution;
            let (by, at, operation) = (told.by.clone(), told.at, Some(promotion.id));
            self.resolutions.remember(Remembered { path, sides, result, by, at, operation, forgotten: None });
        }
    }

    /// One settles nothing any more.
    pub(crate) fn forget_resolution(&mut self, id: ResolutionId, remark: Remark) -> Result<(), String> {
        if self.resolutions.get(id).is_none() {
            return Err(format!("resolution {id} is forgotten and was never made"));
        }
        self.resolutions.forget(id, remark);
        Ok(())
    }

    /// What another copy of the repository knows. Nobody need have heard here of what was forgotten there.
    pub(crate) fn learn_resolutions(
        &mut self,
        learned: &[Remembered],
        forgotten: &[ResolutionId],
        told: Attribution<'_>,
    ) -> Result<(), String> {
        for one in learned {
            self.resolutions.remember(one.clone());
        }
        for id in forgotten {
            self.resolutions.forget(*id, told.remark("it was forgotten in another copy of the repository"));
        }
        Ok(())
    }
}
