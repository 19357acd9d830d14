//! What the deployments of a plan would make, for previews (`SPEC D11`).

use crate::desk::Desk;
use crate::failure::{EngineFailure, or_refused};
use crate::make_version::adopt::taken;
use crate::make_version::wishes::{self, Left};
use std::sync::Arc;
use switchback_core::areas::drift::DriftDecision;
use switchback_core::areas::next_version::{self, Draft};
use switchback_core::areas::sight;
use switchback_core::ledger::plan::Plan;
use switchback_core::ledger::state::State;
use switchback_core::ops::version::{self, Made};
use switchback_core::records::area_line::AreaLine;
use switchback_core::records::deployment::Deployment;
use switchback_core::records::line::Line;
use switchback_core::records::version::VersionKind;
use switchback_core::words::names::{AreaName, OperationId, VersionNo};
use switchback_core::words::object::{PathChange, TreeId};
use switchback_core::words::refusal::Refusal;

/// What one deployment would make.
#[derive(Clone, PartialEq, Debug)]
pub struct Forecast {
    /// Which.
    pub deployment: OperationId,
    /// Where.
    pub area: AreaName,
    /// What would come of it.
    pub outcome: Outlook,
}

/// What would come of a deployment.
#[derive(Clone, PartialEq, Debug)]
pub enum Outlook {
    /// This version.
    Version {
        /// Its number.
        number: VersionNo,
        /// The tree the target would hold, without what drift may keep.
        tree: TreeId,
        /// What a repair would put back, with what stands there now.
        put_back: Vec<PathChange>,
    },
    /// Nothing: the area is as asked.
    Unchanged,
    /// It would be refused.
    Refused(Box<Refusal>),
}

/// What would be made, and the state once it is.
pub struct Forecasts {
    /// Deployment by deployment.
    pub all: Vec<Forecast>,
    /// The state with every version made.
    pub state: State,
    /// The versions that would be made, in their order.
    pub(crate) makings: Vec<Making>,
    /// The state as it is: what stands at the places is compared with that.
    pub(crate) now: Arc<State>,
}

/// A version that would be made.
pub(crate) struct Making {
    /// Where.
    pub(crate) area: AreaName,
    /// The state that it is made in.
    pub(crate) state: State,
    /// What it is.
    pub(crate) draft: Draft,
}

/// What keeps a deployment from using its area's place.
type PlaceRule<'a> = dyn Fn(&Deployment) -> Option<Refusal> + 'a;

/// Works out what the deployments of a plan would make in the state it leads to, one after the other; then what follows
/// once they have ended.
///
/// # Errors
/// A fault of the repository; what a rule refuses is an outlook.
pub fn forecast(desk: &Desk<'_>, after: &State, plan: &Plan) -> Result<Forecasts, EngineFailure> {
    let now = desk.look_or_begin()?;
    let (all, makings) = (Vec::new(), Vec::new());
    let mut forecasts = Forecasts { all, state: after.clone(), makings, now: Arc::clone(&now) };
    let places = |asked: &Deployment| desk.place_refuses(&now, after.pipeline().area(&asked.area)?, &asked.kind);
    forecasts.take(desk, plan, &places)?;
    if let Some(then) = &plan.then {
        forecasts.state = desk.with_facts(&forecasts.state, &then.events)?;
        forecasts.take(desk, then, &places)?;
    }
    Ok(forecasts)
}

impl Forecasts {
    /// `places` tells what keeps a deployment from using its area's place.
    fn take(&mut self, desk: &Desk<'_>, plan: &Plan, places: &PlaceRule<'_>) -> Result<(), EngineFailure> {
        for asked in plan.deployments() {
            let foreseen = or_refused(places(asked).map_or_else(|| self.foresee(desk, asked), |no| Err(no.into())))?;
            let outcome = foreseen.unwrap_or_else(Outlook::Refused);
            self.all.push(Forecast { deployment: asked.id, area: asked.area.clone(), outcome });
        }
        Ok(())
    }

    fn foresee(&mut self, desk: &Desk<'_>, asked: &Deployment) -> Result<Outlook, EngineFailure> {
        let seen = match self.state.pipeline().area(&asked.area) {
            Some(area) => sight::seen(&self.state, area, asked)?.into_owned(),
            None => self.state.clone(),
        };
        let drafted = next_version::draft(&desk.snapshot(&seen), &*desk.repo, asked)?;
        let Some(mut draft) = drafted else { return Ok(Outlook::Unchanged) };
        if draft.kind == VersionKind::Adopt {
            let area = desk.snapshot(&self.state).area(&asked.area)?;
            (draft, _) = taken(desk, (&self.state, area), draft)?;
        }
        let stage = desk.snapshot(&self.state).area(&asked.area)?.stage.clone();
        let line = desk.snapshot(&seen).line(&stage)?.clone();
        let first = !matches!(draft.kind, VersionKind::Baseline | VersionKind::Adopt);
        if self.state.area(&asked.area).current().is_none() && first {
            self.make(desk, asked, (&line, next_version::baseline(&line)))?;
        }
        self.make(desk, asked, (&line, draft))
    }

    /// The drift that is known now, on what the deployments before it would leave.
    fn drift(&self, desk: &Desk<'_>, asked: &Deployment, draft: &Draft) -> Result<DriftDecision, EngineFailure> {
        let snapshot = desk.snapshot(&self.state);
        let (area, line) = (snapshot.area(&asked.area)?, self.state.area(&asked.area));
        let made = |line: &AreaLine| line.current().map_or(TreeId::EMPTY, |version| version.tree);
        let delta = desk.repo.delta(made(self.now.area(&asked.area)), made(line))?;
        let left: Left = delta.changes.iter().map(|one| (one.path.clone(), one.after)).collect();
        Ok(wishes::foreseen(desk, area, (&self.state, draft), &left)?.unwrap_or_default())
    }

    /// Takes a version in as if it had been made.
    fn make(&mut self, desk: &Desk<'_>, asked: &Deployment, what: (&Line, Draft)) -> Result<Outlook, EngineFailure> {
        let (line, draft) = what;
        desk.hear(draft.warnings.clone());
        let settled = self.drift(desk, asked, &draft)?;
        let held = self.state.area(&asked.area);
        let number = held.next_number();
        let tree = tree(desk, &self.state, (asked, &draft, &settled))?;
        let (commit, stage_head) = (line.head, line.head);
        let put_back = if draft.kind == VersionKind::Repair { settled.put } else { Vec::new() };
        let kept = settled.kept.into_iter().map(|(path, _)| path).collect();
        let (overwritten, said) = (settled.overwritten, Vec::new());
        let made = Made { draft, tree, overwritten, kept, commit, place: None, stage_head, said };
        let fact = version::fact(&desk.snapshot(&self.state), asked, &made);
        let then = desk.with_facts(&self.state, &[fact])?;
        let (area, state) = (asked.area.clone(), std::mem::replace(&mut self.state, then));
        self.makings.push(Making { area, state, draft: made.draft });
        Ok(Outlook::Version { number, tree, put_back })
    }
}

/// The tree that the target would hold.
fn tree(desk: &Desk<'_>, state: &State, what: (&Deployment, &Draft, &DriftDecision)) -> Result<TreeId, EngineFailure> {
    let (asked, draft, settled) = what;
    let filter = &desk.snapshot(state).area(&asked.area)?.filter;
    let Some(current) = state.area(&asked.area).current().filter(|_| draft.kind != VersionKind::Repair) else {
        return Ok(filter.project(&*desk.repo, draft.wanted)?);
    };
    let mut edits = filter.edits(&*desk.repo.delta(current.wanted, draft.wanted)?);
    edits.extend(draft.restore.iter().map(|one| (one.path.clone(), one.before)));
    // What would be left alone stays in the tree as it stands.
    edits.retain(|(path, _)| !settled.kept.iter().any(|(kept, _)| kept == path));
    edits.extend(settled.kept.iter().cloned());
    Ok(desk.repo.edit(current.tree, &edits)?)
}
