//! What a connection moves by itself (`SPEC P14`): what `--all` would take, without what is left to people. Nobody types it.

use crate::content::Content;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::snapshot::Snapshot;
use crate::ledger::state::State;
use crate::moving::candidates::{self, verdicts};
use crate::moving::chosen::Chosen;
use crate::moving::freeze::Freeze;
use crate::moving::left_to_people::{direction, left_to_people};
use crate::moving::promoting::{self, Request, Start};
use crate::pipeline::Pipeline;
use crate::pipeline::connection::Connection;
use crate::pipeline::stage::Mode;
use crate::records::promotion::{DeployWish, PromotionOptions};
use crate::records::schedule::RunFailure;
use crate::words::names::ChangeKey;
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;

/// The connections that move changes by themselves.
pub fn connections(pipeline: &Pipeline) -> Vec<Connection> {
    pipeline.connections().into_iter().filter(|one| one.mode == Mode::Automatic).collect()
}

/// Plans one promotion of all that a connection moves by itself, deployed to the default areas.
///
/// # Errors
/// `nothing-to-move` where nothing waits that may go; `stage-frozen` where a freeze alone keeps it; those of
/// [`promoting::plan`].
pub fn plan(snapshot: &Snapshot<'_>, content: &dyn Content, connection: &Connection) -> Result<Plan, Stop> {
    let changes = waiting(snapshot, connection);
    let options = PromotionOptions { deploy: DeployWish::Defaults, ..PromotionOptions::default() };
    let request = Request {
        direction: direction(connection),
        chosen: Chosen::Among { changes: changes.clone(), named_at: None },
        from: Some(connection.from.clone()),
        to: Some(connection.to.clone()),
        project: None,
        release: None,
        owner: None,
        options,
        start: Start::Now,
        freeze: Freeze::Respect,
    };
    match promoting::plan(snapshot, content, &request) {
        Err(Stop::Refused(no)) if no.code == Code::NothingToMove => {
            Err(frozen(snapshot, content, connection, &changes)?.unwrap_or(*no).into())
        }
        Ok(plan) => Ok(Plan { says: format!("{}, by itself", plan.says), ..plan }),
        other => other,
    }
}

/// What the source holds and the destination lacks, without what is left to people.
fn waiting(snapshot: &Snapshot<'_>, connection: &Connection) -> Vec<ChangeKey> {
    let all = candidates::all(snapshot.state, (&connection.from, &connection.to));
    let left = left_to_people(snapshot.state, connection, &all);
    let keys = all.iter().map(|ix| snapshot.state.key(*ix));
    keys.filter(|key| left.iter().all(|one| one.change != **key)).cloned().collect()
}

/// Where a freeze is all that keeps a change: that is told, since it goes as soon as the window is over.
fn frozen(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    connection: &Connection,
    waiting: &[ChangeKey],
) -> Result<Option<Refusal>, Stop> {
    let ends = (&connection.from, &connection.to);
    let mut window = None;
    let mut kept = Vec::new();
    for verdict in verdicts(snapshot, content, direction(connection), ends)? {
        let key = snapshot.state.key(verdict.change);
        if waiting.contains(key) && verdict.keeping().all(|reason| reason.code == Code::StageFrozen) {
            window = verdict.keeping().next().map(|reason| reason.message.clone());
            kept.push(key.as_str().to_owned());
        }
    }
    Ok(window.map(|window| {
        let wait = if kept.len() == 1 { "waits" } else { "wait" };
        let message = format!("{window}; {} {wait} for the end of that", kept.join(", "));
        Refusal::new(Code::StageFrozen, message, Remedy::advice("nothing: it goes by itself afterwards"))
    }))
}

/// What the ledger tells of a connection that moved nothing when it should have.
pub fn told<'a>(state: &'a State, connection: &Connection) -> &'a [RunFailure] {
    state.schedules.get(&connection.name()).map_or(&[][..], |run| &run.failures)
}
