//! A stage whose branch moves only once its default areas hold what comes (`SPEC P14`): the promotion is merged and
//! deployed, and goes on when all of that has ended well.

use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::snapshot::Snapshot;
use crate::moving::deploy_on_arrival::{self, Arrival, Placed};
use crate::moving::kept_back::{self, Until};
use crate::pipeline::stage::Takes;
use crate::records::promotion::DeployWish;

/// The deployments of a promotion, and which of them come before its stages move.
pub(super) struct Order {
    /// They come first; none where the stage does not wait for them.
    pub first: Placed,
    /// They come once it has moved.
    pub then: Placed,
}

/// Places a promotion's deployments before or after the move. Where the stage waits for its default areas, they get it
/// whether or not anybody asked for it: that is what having them says (`SPEC S2`).
///
/// # Errors
/// Those of [`deploy_on_arrival::place`].
pub(super) fn order(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    wish: &DeployWish,
    arrival: Arrival<'_>,
) -> Result<Order, Stop> {
    if snapshot.stage(arrival.stage)?.takes != Takes::AfterDeploy {
        let then = deploy_on_arrival::place(snapshot, content, wish, arrival)?;
        return Ok(Order { first: Placed::default(), then });
    }
    let first = deploy_on_arrival::place(snapshot, content, &DeployWish::Defaults, arrival)?;
    let already = arrival.already + first.deployments.len();
    let then = afterwards(snapshot, content, wish, Arrival { already, ..arrival })?;
    Ok(Order { first, then })
}

/// What is deployed once the stage has moved: the areas that somebody named beside its default ones.
///
/// # Errors
/// Those of [`deploy_on_arrival::place`].
pub fn afterwards(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    wish: &DeployWish,
    arrival: Arrival<'_>,
) -> Result<Placed, Stop> {
    let DeployWish::Areas(names) = wish else { return Ok(Placed::default()) };
    for name in names {
        deploy_on_arrival::allowed(snapshot, snapshot.area(name)?, arrival.stage)?;
    }
    let is_default = |name: &&_| snapshot.pipeline.area(name).is_some_and(|area| area.default);
    let manual = names.iter().filter(|name| !is_default(name)).cloned().collect();
    deploy_on_arrival::place(snapshot, content, &DeployWish::Areas(manual), arrival)
}

/// The plan that begins such a promotion.
pub(super) fn begin(snapshot: &Snapshot<'_>, then: Plan, first: Placed) -> Plan {
    let areas: Vec<_> = first.deployments.iter().map(|asked| asked.area.to_string()).collect();
    let have = if areas.len() == 1 { "has" } else { "have" };
    let until = Until {
        says: format!("once {} {have} it", areas.join(", ")),
        first: first.deployments.iter().map(|asked| asked.id).collect(),
        ready: None,
    };
    let mut plan = kept_back::begin(snapshot, then, &until);
    plan.warnings.extend(first.warnings);
    plan.privileges = first.privileges;
    plan.events.extend(first.deployments.into_iter().map(|asked| Event::DeploymentAsked(Box::new(asked))));
    plan
}
