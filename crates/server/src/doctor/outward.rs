//! What lies outside of the repository: places, the remote, receivers. Nobody is asked over the network, and no program
//! of a target is run.

use super::{Found, Looked, Subject, remedy};
use switchback_core::ports::outbox::{Delivery, DeliveryState};
use switchback_engine::elsewhere::Unpushed;

/// How many deliveries that were given up are named.
const MOST: usize = 10;

/// What people were to be told, and was given up.
pub fn outbox(Subject { desk, .. }: &Subject<'_>) -> Looked {
    let dead = desk.ledger.deliveries(Some(DeliveryState::Dead), None, MOST)?;
    let told = |one: &Delivery| {
        let (id, to, error) = (one.id, &one.recipient.to, &one.error);
        let message = format!("delivery {id} to {to} was given up: {error}");
        Found::warning(message, "see that the receiver takes it, and have it sent again from the outbox")
    };
    Ok(dead.iter().map(told).collect())
}

/// Places that are lost, another's, or not as the ledger knows them.
pub fn areas(Subject { desk, state }: &Subject<'_>) -> Looked {
    let mut found = Vec::new();
    for area in state.pipeline().areas_in_use() {
        if let Err(failure) = desk.place_at_a_glance(state, area) {
            let failure = failure.about(&area.name);
            found.push(Found::fault(format!("area {}: {}", area.name, failure.said().1), remedy(&failure)));
        }
    }
    Ok(found)
}

/// The remote that the branches are on, as it answered last.
pub fn remote(Subject { desk, .. }: &Subject<'_>) -> Looked {
    Ok(desk.about_remote().into_iter().map(Found::heard).collect())
}

/// What is here and not there.
pub fn unpushed(Subject { desk, state }: &Subject<'_>) -> Looked {
    Ok(desk.unpushed(state)?.into_iter().map(here_alone).collect())
}

fn here_alone(what: Unpushed) -> Found {
    match what {
        Unpushed::Refs(count) => {
            let refs = if count == 1 { "1 ref has".to_owned() } else { format!("{count} refs have") };
            let message = format!("{refs} yet to go to the remote: they keep what the ledger names");
            Found::warning(message, "they go with the next operation, and by themselves where a server runs")
        }
        Unpushed::Branch(branch) => {
            let message = format!("branch {branch} of the remote has yet to follow the ledger");
            Found::warning(message, "it follows by itself where a server runs; see that the remote lets it be moved")
        }
        Unpushed::Ahead { branch, remote } => {
            let message = format!("branch {branch} holds what {remote} did not when it was fetched last");
            Found::warning(
                message,
                format!("push it: `git push {remote} {branch} 'refs/switchback/*:refs/switchback/*'`"),
            )
        }
    }
}
