//! `rollback`: one whole deployment is taken back out of one area, by hand (`SPEC 7`).

use crate::areas::{brought_back, revertible};
use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::moving::deploy_on_arrival::{self, Arrival};
use crate::moving::line_taken;
use crate::records::deployment::{Deployment, DeploymentKind};
use crate::records::grant::{Privilege, Scope};
use crate::words::names::{AreaName, OperationId, VersionNo};
use crate::words::refusal::{Code, Refusal};
use crate::words::warning::Warning;
use serde::{Deserialize, Serialize};

/// What a person asks of a rollback.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
pub struct Request {
    /// What goes back.
    pub what: Named,
    /// Whether demoted content may come back with it.
    pub demoted: Demoted,
}

/// Whether what was demoted may come back with what a rollback restores (`SPEC R6`).
#[derive(Clone, Copy, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Demoted {
    /// It stays away: such a rollback is refused.
    StaysAway,
    /// Whoever asks knows, and wants it all the same.
    MayComeBack,
}

/// What a person names: a deployment, or a version of an area.
#[derive(Clone, PartialEq, Eq, Debug, Serialize, Deserialize)]
#[serde(rename_all = "kebab-case")]
pub enum Named {
    /// `D-4`.
    Deployment(OperationId),
    /// `qa-web@7`.
    Version(AreaName, VersionNo),
}

/// Plans a rollback.
///
/// # Errors
/// `unknown-deployment`, `unknown-area`, `unknown-version`, `not-permitted`, `area-offline`, `area-retired`, `in-flight`, `brings-back-demoted`, and
/// those of [`revertible::check`].
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, request: &Request) -> Result<Plan, Stop> {
    let (name, number) = find(snapshot, &request.what)?;
    let area = snapshot.area(&name)?;
    let used = rights::require(snapshot, Privilege::Rollback, Scope::Area(name.clone()))?;
    deploy_on_arrival::takes(area)?;
    line_taken::is_area_free(snapshot, &name)?;
    let version = revertible::check(snapshot, content, area, number)?;
    let demoted = brought_back::demoted(snapshot, content, area, version)?;
    if request.demoted == Demoted::StaysAway && !demoted.is_empty() {
        return Err(brought_back::refusal(area, version, demoted).into());
    }
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
    if !demoted.is_empty() {
        let message = format!("this brings {}", brought_back::sentence(area, &demoted));
        plan.warnings.push(Warning::new(Code::BringsBackDemoted, message));
    }
    let asked = Deployment { kind, ..deploy_on_arrival::draft(snapshot, area, arrival) };
    plan.events.push(Event::DeploymentAsked(Box::new(asked)));
    Ok(plan)
}

fn find(snapshot: &Snapshot<'_>, what: &Named) -> Result<(AreaName, VersionNo), Refusal> {
    match what {
        Named::Version(area, number) => {
            snapshot.area(area)?;
            Ok((area.clone(), *number))
        }
        Named::Deployment(id) => {
            let deployment = snapshot.deployment(*id)?;
            Ok((deployment.area.clone(), revertible::version_of(deployment)?))
        }
    }
}
