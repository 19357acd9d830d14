//! What comparing targets with their versions found last (`SPEC A13`), kept in a file beside the ledger, so that who reads
//! is told without looking at a target. A look that is lost is made again.

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::house::House;
use crate::looks::Looks;
use crate::verify::deviations;
use crate::visit::Visit;
use std::path::PathBuf;
use std::sync::Arc;
use switchback_core::areas::checked::{self, Checked, Deviation, Found};
use switchback_core::ledger::state::State;
use switchback_core::notices::kept;
use switchback_core::pipeline::area::Area;
use switchback_core::words::names::AreaName;

/// The file's beginning.
const NAME: &str = "checked";

impl House {
    /// The last look at each area.
    pub(crate) fn looks(&self) -> Arc<Looks> {
        self.checked.of(&self.checked_file())
    }

    /// Compares the targets that are due with their versions. Gives how many were looked at.
    ///
    /// # Errors
    /// A fault of the ledger or the repository; what is wrong with a target is what was found there.
    pub fn check_areas(&self) -> Result<usize, EngineFailure> {
        let visit = Visit::worker();
        let desk = self.receive(&visit)?;
        let (state, looks, now) = (desk.look()?, self.looks(), desk.clock.now());
        let is_due = |area: &&Area| checked::is_due(&state, area, looks.get(&area.name), now);
        let due: Vec<&Area> = state.pipeline().areas_in_use().filter(is_due).collect();
        let mut looked = 0;
        for area in due {
            if self.is_interrupted() || self.has_jobs_in(&area.name)? {
                continue;
            }
            looked += 1;
            let found = desk.place_problem(&state, area).and_then(|()| desk.compare(&state, area));
            desk.keep_look(&state, area, found.as_deref())?;
        }
        Ok(looked)
    }

    /// Says what was found edited on targets to whoever subscribed to it, each edit once. Gives how much of it was new.
    ///
    /// # Errors
    /// A fault of the ledger or the repository.
    pub fn say_what_drifted(&self) -> Result<usize, EngineFailure> {
        let looks = self.looks();
        if looks.values().all(|look| look.untold().is_empty()) {
            return Ok(0);
        }
        let visit = Visit::worker();
        let desk = self.receive(&visit)?;
        let (state, now) = (desk.look()?, desk.clock.now());
        let mut said = 0;
        for (name, look) in looks.iter() {
            let Some(area) = state.pipeline().area(name) else { continue };
            let Some((called, notice)) = checked::notice(area, look) else { continue };
            said += self.ledger.say(now, &[kept(called, &notice)])?;
            // Whoever looked meanwhile found what is to be told the next time.
            self.rewrite(name, |there| there.filter(|one| one.at == look.at).map(|one| one.clone().all_told()));
        }
        Ok(said)
    }

    fn has_jobs_in(&self, area: &AreaName) -> Result<bool, EngineFailure> {
        Ok(self.ledger.open_jobs()?.iter().any(|job| job.area == *area))
    }

    fn checked_file(&self) -> PathBuf {
        self.git_dir.join("switchback").join(format!("{NAME}-{}", self.name))
    }

    /// Why it is only remembered in this process what was found; `None` where it is kept for all.
    pub fn why_looks_are_unkept(&self) -> Option<String> {
        self.checked.why_unkept()
    }

    fn rewrite(&self, area: &AreaName, with: impl Fn(Option<&Checked>) -> Option<Checked>) {
        self.checked.rewrite(&self.checked_file(), area, with);
        self.is_other();
    }
}

impl Desk<'_> {
    /// What was found when somebody compared an area's target with the version that it has still; no target is looked at.
    pub fn last_look(&self, state: &State, area: &Area) -> Option<Checked> {
        let looks = self.house.looks();
        checked::holds(state, area, looks.get(&area.name)).cloned()
    }

    /// Every file of an area that is not as its version has it.
    ///
    /// # Errors
    /// `area-underway` where a deployment is between two versions; a fault of the target or the repository.
    pub fn compare(&self, state: &State, area: &Area) -> Result<Vec<Deviation>, EngineFailure> {
        match state.area(&area.name).current() {
            Some(version) => deviations(self, area, version),
            None => Ok(Vec::new()),
        }
    }

    /// Keeps what comparing found, unless something was deployed meanwhile: then it may be half of each. Where it cannot be
    /// written, this process remembers it.
    ///
    /// # Errors
    /// A fault of the ledger.
    pub fn keep_look(
        &self,
        state: &State,
        area: &Area,
        found: Result<&[Deviation], &EngineFailure>,
    ) -> Result<(), EngineFailure> {
        let Some(against) = checked::against(state, area) else { return Ok(()) };
        if self.house.has_jobs_in(&area.name)? || checked::against(&*self.look()?, area) != Some(against) {
            return Ok(());
        }
        let found = match found {
            Ok(files) => Found::Files(files.to_vec()),
            Err(failure) => {
                let (code, message) = failure.said();
                Found::Nothing { code: code.to_owned(), message: message.to_owned() }
            }
        };
        let look = Checked { against, at: self.clock.now(), found, told: Vec::new() };
        self.house.rewrite(&area.name, |before| Some(look.clone().after(before)));
        Ok(())
    }
}
