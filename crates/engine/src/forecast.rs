//! What the deployments of a plan would make, for previews (`SPEC D11`).

use crate::failure::Failure;
use crate::session::Session;
use switchback_core::content::Content;
use switchback_core::names::{AreaName, OperationId, VersionNo};
use switchback_core::next_version::{self, Draft};
use switchback_core::object::TreeId;
use switchback_core::plan::{Plan, Stop};
use switchback_core::refusal::Refusal;
use switchback_core::state::State;

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

/// Works out what the deployments of a plan would make in the state it leads to.
pub fn forecast(session: &Session, after: &State, plan: &Plan) -> Result<Vec<Forecast>, Failure> {
    let snapshot = session.snapshot(after);
    let mut forecasts = Vec::new();
    for asked in plan.deployments() {
        let outcome = match next_version::draft(&snapshot, &session.repo, asked) {
            Ok(None) => Outlook::Unchanged,
            Ok(Some(draft)) => version(session, after, &asked.area, &draft)?,
            Err(Stop::Refused(refusal)) => Outlook::Refused(refusal),
            Err(Stop::Fault(fault)) => return Err(fault.into()),
        };
        forecasts.push(Forecast { deployment: asked.id, area: asked.area.clone(), outcome });
    }
    Ok(forecasts)
}

fn version(session: &Session, after: &State, name: &AreaName, draft: &Draft) -> Result<Outlook, Failure> {
    let snapshot = session.snapshot(after);
    let area = snapshot.area(name)?;
    let line = after.area(name);
    let (before, number) = match line.current() {
        Some(current) => (current.wanted, line.next_number()),
        None => (snapshot.line(&area.stage)?.base_tree, VersionNo(2)),
    };
    let edits = area.filter.edits(&*session.repo.delta(before, draft.wanted)?);
    let tree = match line.current() {
        Some(current) => session.repo.edit(current.tree, &edits)?,
        None => area.filter.project(&session.repo, draft.wanted)?,
    };
    Ok(Outlook::Version { number, tree, files: edits.len() })
}
