//! The part of the fold that remembers resolutions, and forgets them (`SPEC X5`).

use crate::ledger::fold::Attribution;
use crate::ledger::state::State;
use crate::records::change::Remark;
use crate::records::promotion::{MoveResolution, Promotion};
use crate::records::resolution::{Remembered, Resolution, ResolutionId};
use crate::words::details::Details;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::{Place, Remedy};

/// So many digits of an id are enough, if they name one.
const DIGITS: usize = 4;

impl State {
    /// What people decided for a promotion is remembered by the sides it settles.
    pub(crate) fn remember_made(&mut self, promotion: &Promotion, told: Attribution<'_>) {
        let known = self.promotion(promotion.id).map_or(&[][..], |known| &known.resolutions);
        let new: Vec<_> = promotion.resolutions.iter().filter(|one| !known.contains(one)).cloned().collect();
        for MoveResolution { resolution, .. } in new {
            let Resolution { path, sides, result, at: place, left, .. } = resolution;
            let (by, at, operation) = (told.by.clone(), told.at, Some(promotion.id));
            let made = Remembered { path, sides, result, place, left, by, at, operation, forgotten: None };
            self.resolutions.remember(made);
        }
    }

    /// One settles nothing any more.
    pub(crate) fn forget_resolution(&mut self, id: ResolutionId, remark: Remark) -> Result<(), String> {
        if self.resolutions.named(id).is_empty() {
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

    /// The resolution an id, or its beginning, names; forgotten ones too.
    ///
    /// # Errors
    /// `unknown-resolution` when there is none, or several.
    pub fn resolution(&self, text: &str) -> Result<ResolutionId, Refusal> {
        let refused = |message: String, remedy: Remedy| {
            Refusal::new(Code::UnknownResolution, message, remedy).with(Details::Named { name: text.to_owned() })
        };
        let list = Remedy::from(Place::Resolutions);
        if text.len() < DIGITS || !text.bytes().all(|byte| byte.is_ascii_hexdigit()) {
            let message = format!("`{text}` names no resolution: it takes at least {DIGITS} hexadecimal digits");
            return Err(refused(message, list));
        }
        let begins = |id: &ResolutionId| id.to_string().starts_with(&text.to_ascii_lowercase());
        let found: Vec<_> = self.resolutions.iter().map(|(id, _)| id).filter(begins).collect();
        match found.as_slice() {
            [one] => Ok(*one),
            [] => Err(refused(format!("there is no resolution `{text}`"), list)),
            several => {
                let names: Vec<_> = several.iter().map(ToString::to_string).collect();
                Err(refused(
                    format!("`{text}` begins several resolutions"),
                    format!("name one: {}", names.join(", ")).into(),
                ))
            }
        }
    }
}
