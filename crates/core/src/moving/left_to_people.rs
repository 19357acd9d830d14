//! What a connection does not move by itself any more, because it was tried there (`SPEC P14`): what somebody called off or
//! left behind is not tried again behind their back. A newer revision is: it was made to go.

use crate::ledger::state::State;
use crate::pipeline::ScheduleMove;
use crate::pipeline::connection::Connection;
use crate::records::deployment::{DeploymentKind, DeploymentStatus};
use crate::records::promotion::{Direction, MoveStatus, PromotedChange, Promotion, PromotionStatus};
use crate::records::receipt::ChangeIx;
use crate::words::names::{ChangeKey, OperationId};
use crate::words::refusal::Code;

/// A change that was tried at the revision that waits.
#[derive(Clone, PartialEq, Eq, Debug)]
pub struct LeftToPeople {
    /// Which.
    pub change: ChangeKey,
    /// The record that carried it.
    pub promotion: OperationId,
    /// What became of it there, in a sentence.
    pub message: String,
}

/// Which way a connection's promotions go.
pub fn direction(connection: &Connection) -> Direction {
    match connection.moves {
        ScheduleMove::Promote => Direction::Forward,
        ScheduleMove::BackPromote => Direction::Back,
    }
}

/// Those of some changes that were tried along a connection, with the record that tells it last.
pub fn left_to_people(state: &State, connection: &Connection, changes: &[ChangeIx]) -> Vec<LeftToPeople> {
    let Some(line) = state.lines.get(&connection.from).filter(|_| !changes.is_empty()) else { return Vec::new() };
    let goes_there = |record: &&Promotion| {
        record.direction == direction(connection)
            && record.source == connection.from
            && record.destination == connection.to
    };
    let records: Vec<_> = state.promotions.iter().filter(goes_there).collect();
    let tried = |ix: &ChangeIx| {
        let (key, held) = (state.key(*ix), line.receipts.revision(*ix));
        let one = |record: &&Promotion| {
            let chosen = record.changes.iter().find(|one| one.change == *key && Some(one.revision) == held)?;
            let message = ended(state, record, chosen)?;
            Some(LeftToPeople { change: key.clone(), promotion: record.id, message })
        };
        records.iter().rev().find_map(one)
    };
    changes.iter().filter_map(tried).collect()
}

/// How a record ended for a change, where it ended without moving it. What was left out because it did not hold any more
/// waits for nothing but to hold again.
fn ended(state: &State, record: &Promotion, chosen: &PromotedChange) -> Option<String> {
    let (id, key) = (record.id, &chosen.change);
    let held_no_more = record.left_out.iter().any(|left| left.change == *key);
    match (record.status, chosen.status) {
        (PromotionStatus::Cancelled, _) => Some(format!("{id}, which was to take {key} along, was cancelled")),
        (PromotionStatus::Failed, _) if could_not_be_deployed(state, record) => {
            Some(format!("{id}, which was to take {key} along, could not be deployed"))
        }
        (_, MoveStatus::Skipped) if !held_no_more => Some(format!("{id} left {key} behind")),
        _ => None,
    }
}

/// Whether a record failed for lack of a deployment that was to come first. What only met a push is merged anew.
fn could_not_be_deployed(state: &State, record: &Promotion) -> bool {
    let did_not = |status: &DeploymentStatus| match status {
        DeploymentStatus::Failed { code, .. } => code != Code::StageMovedOn.as_str(),
        DeploymentStatus::Cancelled { .. } => true,
        _ => false,
    };
    let mine = state.deployments.iter().filter(|asked| asked.operation == record.id);
    mine.filter(|asked| asked.kind == DeploymentKind::Deploy).any(|asked| did_not(&asked.status))
}
