//! Which deployments a move asks for at the stage its changes arrive at (`SPEC D3`, `D8`, `R8`, `S2`).

use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::plan::Stop;
use crate::ledger::rights::{self, Used};
use crate::ledger::snapshot::Snapshot;
use crate::moving::concerns::concerns;
use crate::pipeline::area::Area;
use crate::records::deployment::{Deployment, DeploymentKind, DeploymentStatus, Occasion};
use crate::records::grant::{Privilege, Scope};
use crate::records::promotion::DeployWish;
use crate::words::details::Details;
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, OperationId, OperationKind, RevisionNo, StageName};
use crate::words::refusal::{Code, Refusal};
use crate::words::warning::Warning;

/// Where a move's changes arrive, and which.
#[derive(Clone, Copy, Debug)]
pub struct Arrival<'a> {
    /// The stage.
    pub stage: &'a StageName,
    /// The changes, each at the revision that arrives.
    pub changes: &'a [(ChangeKey, RevisionNo)],
    /// The move.
    pub operation: OperationId,
    /// How many deployments the same plan has asked for already.
    pub already: usize,
}

/// The deployments, and what they rest on.
#[derive(Clone, PartialEq, Debug, Default)]
pub struct Placed {
    /// To be asked for.
    pub deployments: Vec<Deployment>,
    /// Privileges used, implicit ones named.
    pub privileges: Vec<Used>,
    /// Areas and changes passed over.
    pub warnings: Vec<Warning>,
}

/// Works out the deployments of a wish.
///
/// # Errors
/// `unknown-area`, `area-not-at-target`, `area-offline` for an area asked for by name, `not-permitted` for a manual one.
pub fn place(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    wish: &DeployWish,
    arrival: Arrival<'_>,
) -> Result<Placed, Stop> {
    let mut placed = Placed::default();
    match wish {
        DeployWish::Nothing => {}
        DeployWish::Defaults => {
            for area in snapshot.pipeline.areas_of(arrival.stage).filter(|area| area.default) {
                let changes = concerned(snapshot, content, area, arrival.changes)?;
                placed.add_default(snapshot, area, Arrival { changes: &changes, ..arrival });
            }
        }
        DeployWish::Areas(names) => {
            for (at, name) in names.iter().enumerate() {
                if names[..at].contains(name) {
                    continue;
                }
                let area = snapshot.area(name)?;
                placed.privileges.push(allowed(snapshot, area, arrival.stage)?);
                placed.push(snapshot, area, (arrival, arrival.changes.to_vec()));
            }
        }
    }
    Ok(placed)
}

/// The changes that touch anything an area gets; what it holds of them at another revision counts as well.
fn concerned(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    area: &Area,
    changes: &[(ChangeKey, RevisionNo)],
) -> Result<Vec<(ChangeKey, RevisionNo)>, Fault> {
    let line = snapshot.state.area(&area.name);
    let mut concerned = Vec::with_capacity(changes.len());
    for (key, revision) in changes {
        let Some((ix, change)) = snapshot.state.change(key) else { continue };
        if line.holding(ix).is_some() || concerns(content, area, (change, *revision))? {
            concerned.push((key.clone(), *revision));
        }
    }
    Ok(concerned)
}

/// Whether a move may deploy to an area somebody named (`SPEC D3`).
///
/// # Errors
/// `area-not-at-target`, `area-offline`, `area-retired`, `not-permitted`.
pub fn allowed(snapshot: &Snapshot<'_>, area: &Area, stage: &StageName) -> Result<Used, Refusal> {
    if area.stage != *stage {
        let message = format!("area {} belongs to {}, not to {stage}", area.name, area.stage);
        let (name, at) = (area.name.clone(), area.stage.clone());
        return Err(Refusal::new(Code::AreaNotAtTarget, message, format!("choose an area of {stage}"))
            .with(Details::NotAtTarget { area: name, stage: at, target: stage.clone() }));
    }
    takes(area)?;
    if area.default {
        return Ok(implicit(Privilege::Deploy, area));
    }
    rights::require(snapshot, Privilege::Deploy, Scope::Area(area.name.clone()))
}

/// The privilege nobody needs on a default area as part of an allowed move (`SPEC S2`).
pub fn implicit(privilege: Privilege, area: &Area) -> Used {
    Used::implicit(privilege, Scope::Area(area.name.clone()), format!("{} is a default area", area.name))
}

/// Whether an area takes anything now (`SPEC A1`, `A15`).
///
/// # Errors
/// `area-offline`, `area-retired`.
pub fn takes(area: &Area) -> Result<(), Refusal> {
    let (code, word, hint) = match (area.retired, area.offline) {
        (true, _) => (Code::AreaRetired, "retired", "take `retired = true` out of its table if it is in use again"),
        (false, true) => (Code::AreaOffline, "offline", "set `offline = false` for it when it is back"),
        (false, false) => return Ok(()),
    };
    let hint = format!("{hint}, and put that in force");
    let details = Details::Area { area: area.name.clone() };
    Err(Refusal::new(code, format!("area {} is {word}", area.name), hint).with(details))
}

impl Placed {
    /// A default area, without what is on hold there (`SPEC R8`).
    fn add_default(&mut self, snapshot: &Snapshot<'_>, area: &Area, arrival: Arrival<'_>) {
        if area.offline {
            self.warnings
                .push(Warning::new(Code::AreaOffline, format!("area {} is offline and was passed over", area.name)));
            return;
        }
        let line = snapshot.state.area(&area.name);
        let on_hold = |key: &ChangeKey| snapshot.state.change(key).is_some_and(|(ix, _)| line.on_hold.contains(&ix));
        let (held, going): (Vec<_>, Vec<_>) = arrival.changes.iter().cloned().partition(|(key, _)| on_hold(key));
        self.warnings.extend(held.iter().map(|(key, _)| {
            let hold =
                format!("{key} was rolled back from {} and is on hold there until it is deployed by hand", area.name);
            Warning::of("on-hold", hold)
        }));
        if !going.is_empty() {
            self.privileges.push(implicit(Privilege::Deploy, area));
            self.push(snapshot, area, (arrival, going));
        }
    }

    fn push(&mut self, snapshot: &Snapshot<'_>, area: &Area, what: (Arrival<'_>, Vec<(ChangeKey, RevisionNo)>)) {
        let (arrival, changes) = what;
        let occasion = if area.default { Occasion::Automatic } else { Occasion::Explicit };
        let asked = Deployment { occasion, changes, ..draft(snapshot, area, arrival) };
        self.deployments.push(Deployment { id: nth_id(snapshot, arrival.already + self.deployments.len()), ..asked });
    }
}

/// The id of the n-th deployment (from 0) a plan asks for.
pub fn nth_id(snapshot: &Snapshot<'_>, nth: usize) -> OperationId {
    let next = snapshot.state.next_id(OperationKind::Deployment);
    OperationId { number: next.number + nth as u32, ..next }
}

/// Takes back the versions that deployments made, in this order (`SPEC A8`).
pub fn undone<'a>(snapshot: &Snapshot<'_>, made: impl Iterator<Item = &'a Deployment>, reason: &str) -> Vec<Event> {
    let mut events = Vec::new();
    for one in made {
        let undo = one.undone(nth_id(snapshot, events.len()), snapshot.now, reason);
        events.extend(undo.map(|undo| Event::DeploymentAsked(Box::new(undo))));
    }
    events
}

/// A deployment of nothing yet, asked for now.
pub fn draft(snapshot: &Snapshot<'_>, area: &Area, arrival: Arrival<'_>) -> Deployment {
    Deployment {
        id: nth_id(snapshot, arrival.already),
        area: area.name.clone(),
        kind: DeploymentKind::Deploy,
        changes: arrival.changes.to_vec(),
        operation: arrival.operation,
        occasion: Occasion::Explicit,
        sequence: area.sequence,
        by: snapshot.actor.user.clone(),
        at: snapshot.now,
        reason: snapshot.reason.map(str::to_owned),
        status: DeploymentStatus::Queued,
    }
}
