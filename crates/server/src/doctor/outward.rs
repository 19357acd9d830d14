//! What lies outside of the repository: places, the remote, receivers. Nobody is asked over the network, and no program
//! of a target is run.

use super::{Looked, Wrong, remedy};
use switchback_core::ledger::state::State;
use switchback_core::ports::outbox::{Delivery, DeliveryState};
use switchback_engine::desk::Desk;

/// How many deliveries that were given up are named.
const MOST: usize = 10;

/// What people were to be told, and was given up.
pub fn outbox(desk: &Desk<'_>, _: &State) -> Looked {
    let dead = desk.ledger.deliveries(Some(DeliveryState::Dead), None, MOST)?;
    let told = |one: &Delivery| {
        let (id, to, error) = (one.id, &one.recipient.to, &one.error);
        let message = format!("delivery {id} to {to} was given up: {error}");
        Wrong::warning(message, "see that the receiver takes it, and have it sent again from the outbox")
    };
    Ok(dead.iter().map(told).collect())
}

/// Places that are lost, another's, or not as the ledger knows them.
pub fn areas(desk: &Desk<'_>, state: &State) -> Looked {
    let mut found = Vec::new();
    for area in state.pipeline().areas_in_use() {
        if let Err(failure) = desk.place_at_a_glance(state, area) {
            let failure = failure.about(&area.name);
            found.push(Wrong::fault(format!("area {}: {}", area.name, failure.said().1), remedy(&failure)));
        }
    }
    Ok(found)
}

/// The remote that the branches are on, as it answered last.
pub fn remote(desk: &Desk<'_>, _: &State) -> Looked {
    Ok(desk.about_remote().into_iter().map(Wrong::heard).collect())
}
