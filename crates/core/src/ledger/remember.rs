//! The part of the fold that remembers resolutions, and forgets them (`SPEC X5`).

use crate::ledger::entry::Event;
use crate::ledger::fold::Attribution;
use crate::ledger::state::State;
use crate::records::promotion::{MoveResolution, Promotion};
use crate::records::resolution::{Remembered, Resolution};

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

    /// Takes in what else is known about resolutions.
    pub(crate) fn take_resolution(&mut self, event: &Event, told: Attribution<'_>) {
        match event {
            Event::ResolutionForgotten { resolution, reason } => {
                self.resolutions.forget(*resolution, told.remark(reason));
            }
            Event::ResolutionsLearned { learned, forgotten } => {
                for one in learned {
                    self.resolutions.remember(one.clone());
                }
                for id in forgotten {
                    self.resolutions.forget(*id, told.remark("it was forgotten in another copy of the repository"));
                }
            }
            Event::ResolutionsKept { head } => self.resolutions.head = Some(*head),
            _ => {}
        }
    }
}
