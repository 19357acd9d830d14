//! When the clock alone makes something due in a pipeline: whoever looks after it may rest until then, for what else is to
//! be done shows in a ledger or in branches.

use crate::failure::EngineFailure;
use crate::house::House;
use crate::run_due::coming;
use crate::visit::Visit;
use switchback_core::areas::checked;
use switchback_core::records::promotion::{Promotion, PromotionStatus};
use switchback_core::words::names::Time;

impl House {
    /// The first such moment, in the past for what is owed; `None` where none is to come.
    ///
    /// # Errors
    /// A fault of the ledger or the repository.
    pub fn next_due(&self) -> Result<Option<Time>, EngineFailure> {
        let visit = Visit::worker();
        let desk = self.receive(&visit)?;
        if !desk.is_initialized()? {
            return Ok(None);
        }
        let (state, looks, now) = (desk.look()?, self.looks(), desk.clock.now());
        let scheduled = |promotion: &&Promotion| promotion.status == PromotionStatus::Scheduled;
        let promotions = state.open_promotions().filter(scheduled).filter_map(|promotion| promotion.scheduled_at);
        let schedules = coming(&desk, &state, now).into_iter().filter_map(|coming| coming.at);
        let areas = state.pipeline().areas_in_use();
        let areas = areas.filter_map(|area| checked::due_at(&state, area, looks.get(&area.name)));
        let freezes = state.pipeline().next_freeze_change(now);
        Ok(promotions.chain(schedules).chain(areas).chain(freezes).min())
    }
}
