//! What the deployments of a plan would make, for previews (`SPEC D11`).

use crate::failure::EngineFailure;
use crate::session::Session;
use switchback_core::areas::next_version::{self, Draft};
use switchback_core::content::Content;
use switchback_core::ledger::entry::Event;
use switchback_core::ledger::fold::Attribution;
use switchback_core::ledger::plan::{Plan, Stop};
use switchback_core::ledger::state::State;
use switchback_core::records::deployment::Deployment;
use switchback_core::records::line::Line;
use switchback_core::records::version::{Version, VersionKind};
use switchback_core::words::names::{AreaName, OperationId, VersionNo};
use switchback_core::words::object::TreeId;
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

/// Works out what the deployments of a plan would make in the state it leads to, one after the other.
///
/// # Errors
/// A fault of the repository; what a rule refuses is an outlook.
pub fn forecast(session: &Session, after: &State, plan: &Plan) -> Result<Forecasts, EngineFailure> {
    let mut forecasts = Forecasts { all: Vec::new(), state: after.clone() };
    for asked in plan.deployments() {
        let drafted = next_version::draft(&session.snapshot(&forecasts.state), &session.repo, asked);
        let outcome = match drafted {
            Ok(None) => Outlook::Unchanged,
            Ok(Some(draft)) => forecasts.make(session, asked, draft)?,
            Err(Stop::Refused(refusal)) => Outlook::Refused(refusal),
            Err(Stop::Fault(fault)) => return Err(fault.into()),
        };
        forecasts.all.push(Forecast { deployment: asked.id, area: asked.area.clone(), outcome });
    }
    Ok(forecasts)
}

impl Forecasts {
    /// Takes a version in as if it had been made, the baseline before the first.
    fn make(&mut self, session: &Session, asked: &Deployment, draft: Draft) -> Result<Outlook, EngineFailure> {
        let stage = session.snapshot(&self.state).area(&asked.area)?.stage.clone();
        let line = session.snapshot(&self.state).line(&stage)?.clone();
        if self.state.area(&asked.area).current().is_none() && draft.kind != VersionKind::Baseline {
            self.push(session, asked, (&line, next_version::baseline(&line)))?;
        }
        self.push(session, asked, (&line, draft))
    }

    fn push(&mut self, session: &Session, asked: &Deployment, what: (&Line, Draft)) -> Result<Outlook, EngineFailure> {
        let (line, draft) = what;
        let filter = &session.snapshot(&self.state).area(&asked.area)?.filter;
        let held = self.state.area(&asked.area);
        let number = held.next_number();
        let (tree, files) = match held.current() {
            None => {
                let tree = filter.project(&session.repo, draft.wanted)?;
                (tree, session.repo.leaves(tree)?.len())
            }
            Some(current) => {
                let edits = filter.edits(&*session.repo.delta(current.wanted, draft.wanted)?);
                (session.repo.edit(current.tree, &edits)?, edits.len())
            }
        };
        let version = Version {
            number,
            kind: draft.kind,
            deployment: asked.id,
            changes: draft.changes,
            tree,
            wanted: draft.wanted,
            overwritten: Vec::new(),
            kept: Vec::new(),
            commit: line.head,
            stage_head: line.head,
            by: asked.by.clone(),
            at: asked.at,
            reason: asked.reason.clone(),
            reverts: draft.reverts,
            decisions: draft.decisions,
        };
        let made = Event::VersionMade { area: asked.area.clone(), version: Box::new(version) };
        self.state.take_all(&[made], Attribution { by: &asked.by, at: asked.at, reason: asked.reason.as_deref() });
        Ok(Outlook::Version { number, tree, files })
    }
}
