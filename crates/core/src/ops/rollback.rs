//! `rollback`: one whole deployment is taken back out of one area, by hand (`SPEC 7`).

use crate::areas::revertible;
use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::moving::deploy_on_arrival::{self, Arrival};
use crate::records::deployment::{Deployment, DeploymentKind};
use crate::records::grant::{Privilege, Scope};
use crate::words::names::{AreaName, OperationId, VersionNo};
use crate::words::refusal::Refusal;
use serde::{Deserialize, Serialize};

/// What a person names: a deployment, or a version of an area.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Request {
    /// `D-4`.
    Deployment(OperationId),
    /// `qa-web@7`.
    Version(AreaName, VersionNo),
}

/// Plans a rollback.
///
/// # Errors
/// `unknown-deployment`, `unknown-area`, `unknown-version`, `not-permitted`, `area-offline`, and those of [`revertible::check`].
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, request: &Request) -> Result<Plan, Stop> {
    let (name, number) = find(snapshot, request)?;
    let area = snapshot.area(&name)?;
    let used = rights::require(snapshot, Privilege::Rollback, Scope::Area(name.clone()))?;
    if area.offline {
        return Err(deploy_on_arrival::offline(area).into());
    }
    let version = revertible::check(snapshot, content, area, number)?;
    let still = |change| snapshot.state.area(&name).holding(change).is_some_and(|held| held.since == number);
    let changes: Vec<_> = version
        .changes
        .iter()
        .filter(|moved| still(moved.change))
        .filter_map(|moved| Some((snapshot.state.key(moved.change).clone(), moved.after.as_ref()?.revision)))
        .collect();
    let id = deploy_on_arrival::nth_id(snapshot, 0);
    let arrival = Arrival { stage: &area.stage, changes: &changes, operation: id, already: 0 };
    let kind = DeploymentKind::Rollback { version: number };
    let mut plan = Plan::new(snapshot.seq(), "rollback");
    plan.operation = Some(id);
    plan.says = format!("{id} rolls {} ({name}@{number}) back", version.deployment);
    plan.privileges.push(used);
    let asked = Deployment { kind, ..deploy_on_arrival::draft(snapshot, area, arrival) };
    plan.events.push(Event::DeploymentAsked(Box::new(asked)));
    Ok(plan)
}

fn find(snapshot: &Snapshot<'_>, request: &Request) -> Result<(AreaName, VersionNo), Refusal> {
    match request {
        Request::Version(area, number) => {
            snapshot.area(area)?;
            Ok((area.clone(), *number))
        }
        Request::Deployment(id) => {
            let deployment = snapshot.deployment(*id)?;
            Ok((deployment.area.clone(), revertible::version_of(deployment)?))
        }
    }
}
