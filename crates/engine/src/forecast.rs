//! What the deployments of a plan would make, for previews (`SPEC D11`).

use crate::desk::Desk;
use crate::failure::EngineFailure;
use crate::make_version::adopt::taken;
use crate::make_version::wishes;
use switchback_core::areas::drift::DriftDecision;
use switchback_core::areas::next_version::{self, Draft};
use switchback_core::ledger::plan::Plan;
use switchback_core::ledger::state::State;
use switchback_core::ops::version::{self, Made};
use switchback_core::pipeline::filter::Filter;
use switchback_core::records::deployment::Deployment;
use switchback_core::records::line::Line;
use switchback_core::records::version::VersionKind;
use switchback_core::words::names::{AreaName, OperationId, VersionNo};
use switchback_core::words::object::{Leaf, RepoPath, TreeId};
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
        /// How many files would change.
        files: usize,
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
}

/// What keeps a deployment from using its area's place.
type PlaceRule<'a> = dyn Fn(&Deployment) -> Option<Refusal> + 'a;

/// Works out what the deployments of a plan would make in the state it leads to, one after the other; then what follows
/// once they have ended.
///
/// # Errors
/// A fault of the repository; what a rule refuses is an outlook.
pub fn forecast(desk: &Desk<'_>, after: &State, plan: &Plan) -> Result<Forecasts, EngineFailure> {
    let mut forecasts = Forecasts { all: Vec::new(), state: after.clone() };
    let places = |asked: &Deployment| desk.place_refuses(after, after.pipeline().area(&asked.area)?, &asked.kind);
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
            let outcome = match places(asked).map_or_else(|| self.foresee(desk, asked), |no| Err(no.into())) {
                Ok(outlook) => outlook,
                Err(EngineFailure::Refused(refusal)) => Outlook::Refused(refusal),
                Err(failure) => return Err(failure),
            };
            self.all.push(Forecast { deployment: asked.id, area: asked.area.clone(), outcome });
        }
        Ok(())
    }

    fn foresee(&mut self, desk: &Desk<'_>, asked: &Deployment) -> Result<Outlook, EngineFailure> {
        let drafted = next_version::draft(&desk.snapshot(&self.state), &*desk.repo, asked)?;
        let Some(mut draft) = drafted else { return Ok(Outlook::Unchanged) };
        if draft.kind == VersionKind::Adopt {
            let area = desk.snapshot(&self.state).area(&asked.area)?;
            (draft, _) = taken(desk, (&self.state, area), draft)?;
        }
        let settled = self.drift(desk, asked, &draft)?;
        self.make(desk, asked, (draft, settled))
    }

    /// The drift that is known now, of the first that would be made in an area: what the others would find, that one
    /// would leave.
    fn drift(&self, desk: &Desk<'_>, asked: &Deployment, draft: &Draft) -> Result<DriftDecision, EngineFailure> {
        let snapshot = desk.snapshot(&self.state);
        let (area, line) = (snapshot.area(&asked.area)?, self.state.area(&asked.area));
        let looked_at = self.all.iter().any(|other| other.area == asked.area);
        let judged = matches!(draft.kind, VersionKind::Deploy | VersionKind::Rollback) && !looked_at;
        match line.current().filter(|_| judged) {
            Some(current) => Ok(wishes::foreseen(desk, area, (current, draft))?.unwrap_or_default()),
            None => Ok(DriftDecision::default()),
        }
    }

    /// Takes a version in as if it had been made, the baseline before the first.
    fn make(
        &mut self,
        desk: &Desk<'_>,
        asked: &Deployment,
        what: (Draft, DriftDecision),
    ) -> Result<Outlook, EngineFailure> {
        let (draft, settled) = what;
        let stage = desk.snapshot(&self.state).area(&asked.area)?.stage.clone();
        let line = desk.snapshot(&self.state).line(&stage)?.clone();
        let first = !matches!(draft.kind, VersionKind::Baseline | VersionKind::Adopt);
        if self.state.area(&asked.area).current().is_none() && first {
            self.push(desk, asked, (&line, next_version::baseline(&line), DriftDecision::default()))?;
        }
        self.push(desk, asked, (&line, draft, settled))
    }

    fn push(
        &mut self,
        desk: &Desk<'_>,
        asked: &Deployment,
        what: (&Line, Draft, DriftDecision),
    ) -> Result<Outlook, EngineFailure> {
        let (line, draft, settled) = what;
        let filter = &desk.snapshot(&self.state).area(&asked.area)?.filter;
        let held = self.state.area(&asked.area);
        let number = held.next_number();
        let (tree, files) = match held.current() {
            Some(_) if draft.kind == VersionKind::Repair => repaired(desk, (asked, filter), draft.wanted)?,
            None => {
                let tree = filter.project(&*desk.repo, draft.wanted)?;
                (tree, desk.repo.leaves(tree)?.len())
            }
            Some(current) => {
                let mut edits = filter.edits(&*desk.repo.delta(current.wanted, draft.wanted)?);
                // What would be left alone stays in the tree as it stands.
                edits.retain(|(path, _)| !settled.kept.iter().any(|(kept, _)| kept == path));
                edits.extend(settled.kept.iter().cloned());
                (desk.repo.edit(current.tree, &edits)?, edits.len())
            }
        };
        let (commit, stage_head) = (line.head, line.head);
        let kept = settled.kept.into_iter().map(|(path, _)| path).collect();
        let (overwritten, said) = (settled.overwritten, Vec::new());
        let made = Made { draft, tree, overwritten, kept, commit, place: None, stage_head, said };
        let fact = version::fact(&desk.snapshot(&self.state), asked, &made);
        self.state = desk.with_facts(&self.state, &[fact])?;
        Ok(Outlook::Version { number, tree, files })
    }
}

/// What a repair reinstates, and how many files that takes, whatever stands there now.
fn repaired(desk: &Desk<'_>, what: (&Deployment, &Filter), wanted: TreeId) -> Result<(TreeId, usize), EngineFailure> {
    let (asked, filter) = what;
    let tree = filter.project(&*desk.repo, wanted)?;
    let (paths, leaves): (Vec<RepoPath>, Vec<Leaf>) = desk.repo.leaves(tree)?.into_iter().unzip();
    let pipeline = desk.pipeline();
    let area = pipeline.area(&asked.area);
    let standing = area.map(|area| desk.house.targets.open(area).read(&paths)).transpose()?.unwrap_or_default();
    let same = leaves.iter().zip(&standing).filter(|(leaf, standing)| Some(**leaf) == **standing).count();
    Ok((tree, leaves.len() - same))
}
