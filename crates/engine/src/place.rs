//! Whose place it is that an area deploys to, asked of the place itself (`SPEC A15`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use std::path::Path;
use switchback_core::areas::place::{self, Question};
use switchback_core::ledger::state::State;
use switchback_core::pipeline::area::{Area, TargetSpec};
use switchback_core::ports::target::Standing;
use switchback_core::records::deployment::{DeploymentKind, DeploymentStatus};
use switchback_core::words::fault::Fault;
use switchback_core::words::names::OperationId;
use switchback_core::words::refusal::{Code, Refusal};
use switchback_core::words::remedy::Remedy;

impl Desk<'_> {
    /// What keeps an area from being in step with its place, where it was deployed to (`SPEC A15`): the place is lost,
    /// is another's, or does not hold what the ledger knows.
    ///
    /// # Errors
    /// `area-lost`, `area-moved`, `area-ahead`; a fault of the target.
    pub fn place_problem(&self, state: &State, area: &Area) -> Result<(), EngineFailure> {
        let found = self.house.targets.open(area).standing()?;
        let Some(refusal) = self.with_question((state, area, &found), place::problem) else { return Ok(()) };
        match self.under_way_there(state, area, &refusal) {
            Some(deployment) => Err(between(deployment).into()),
            None => Err(refusal.into()),
        }
    }

    /// The same, as far as it can be told without running a program: reading commands run none (`SPEC K3`).
    ///
    /// # Errors
    /// `area-lost`, `area-moved`, `area-ahead`; a fault of the target.
    pub fn place_at_a_glance(&self, state: &State, area: &Area) -> Result<(), EngineFailure> {
        if state.area(&area.name).current().is_none() {
            return Ok(());
        }
        let Some(found) = self.house.targets.open(area).glance()? else { return Ok(()) };
        let problem = self.with_question((state, area, &found), place::problem);
        let problem = problem.filter(|refusal| self.under_way_there(state, area, refusal).is_none());
        problem.map_or(Ok(()), |refusal| Err(refusal.into()))
    }

    /// The deployment that makes a place seem ahead of the ledger: what it puts stands there, and its entry is to come.
    fn under_way_there(&self, state: &State, area: &Area, refusal: &Refusal) -> Option<OperationId> {
        if refusal.code != Code::AreaAhead {
            return None;
        }
        let work = self.house.targets.open(area).underway().ok()??;
        let asked = state.deployment(work.deployment)?;
        (asked.area == area.name && asked.status == DeploymentStatus::Queued).then_some(asked.id)
    }

    /// Why a deployment of this kind may not use an area's place, as far as it can be told at a glance.
    pub(crate) fn place_refuses(&self, state: &State, area: &Area, kind: &DeploymentKind) -> Option<Refusal> {
        let found = self.house.targets.open(area).glance().ok()??;
        self.with_question((state, area, &found), |asked| place::claim(asked, kind).err())
    }

    /// Asks a rule about an area's place.
    pub(crate) fn with_question<A>(&self, what: (&State, &Area, &Standing), ask: impl FnOnce(Question<'_>) -> A) -> A {
        let (state, area, found) = what;
        let (here, former) = (self.location(area), self.former_place(state, area));
        let (pipeline, line, area) = (self.house.name(), state.area(&area.name), &area.name);
        ask(Question { pipeline, area, here: here.as_deref(), line, found, former: former.as_ref() })
    }

    /// Where an area is, as the configuration has it: so a whole project can be moved, its areas along with it.
    pub(crate) fn location(&self, area: &Area) -> Option<String> {
        let dir = Path::new(area.target.location()?);
        Some(dir.strip_prefix(self.folder()).unwrap_or(dir).display().to_string())
    }

    /// What the place says of itself that the last version was made at, where the configuration names another now.
    fn former_place(&self, state: &State, area: &Area) -> Option<Standing> {
        let here = self.location(area);
        let dir = place::former(state.area(&area.name), here.as_deref())?;
        let former = Area { target: TargetSpec::Dir(dir.to_owned()), ..area.clone() };
        // It need not be there any more, nor be readable: then it does not say that it is the area's.
        self.house.targets.open(&former).standing().ok()
    }
}

/// What keeps an area from being compared: a deployment is between two versions there.
pub(crate) fn between(deployment: OperationId) -> Fault {
    let message = format!("{deployment} is under way in it, or was stopped half way");
    Fault::new("area-underway", message, Remedy::GoOnOrCallOff { deployment })
}
