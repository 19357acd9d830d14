//! What keeps somebody from rolling a deployment back (`SPEC R7`).

use crate::areas::{brought_back, revertible};
use crate::content::Content;
use crate::ledger::plan::Stop;
use crate::ledger::rights;
use crate::ledger::snapshot::Snapshot;
use crate::moving::deploy_on_arrival;
use crate::records::deployment::Deployment;
use crate::records::grant::{Privilege, Scope};
use crate::words::fault::Fault;
use crate::words::refusal::Refusal;

/// Everything that keeps the actor from rolling a deployment back now (`SPEC R7`); empty when they can.
///
/// # Errors
/// A fault of the content.
pub fn obstacles(snapshot: &Snapshot<'_>, content: &dyn Content, asked: &Deployment) -> Result<Vec<Refusal>, Fault> {
    let made = snapshot.area(&asked.area).and_then(|area| Ok((area, revertible::version_of(asked)?)));
    let (area, version) = match made {
        Ok(made) => made,
        Err(refusal) => return Ok(vec![refusal]),
    };
    let permitted = rights::require(snapshot, Privilege::Rollback, Scope::Area(area.name.clone()));
    let in_use = deploy_on_arrival::takes(area);
    let mut obstacles: Vec<Refusal> = permitted.err().into_iter().chain(in_use.err()).collect();
    match revertible::check(snapshot, content, area, version) {
        Ok(version) => {
            let demoted = match brought_back::demoted(snapshot, content, area, version) {
                Err(Stop::Fault(fault)) => return Err(fault),
                demoted => demoted.unwrap_or_default(),
            };
            if !demoted.is_empty() {
                obstacles.push(brought_back::refusal(area, version, demoted));
            }
        }
        Err(Stop::Refused(refusal)) => obstacles.push(*refusal),
        Err(Stop::Fault(fault)) => return Err(fault),
    }
    Ok(obstacles)
}
