//! A move that was merged and is kept in its promotion's record until something comes true: its deployments, or the merge of
//! its ready branch (`SPEC P14`).

use crate::ledger::entry::Event;
use crate::ledger::plan::Plan;
use crate::ledger::snapshot::Snapshot;
use crate::ledger::state::State;
use crate::records::deployment::Deployment;
use crate::records::promotion::{MoveStatus, Promotion, PromotionStatus};
use crate::records::under_way::{Ready, Step, UnderWay};
use crate::words::names::{ChangeKey, OperationId, RevisionNo, StageName};
use crate::words::object::CommitId;

/// What a move waits for.
pub(super) struct Until {
    /// In words, as the end of a sentence.
    pub says: String,
    /// Deployments.
    pub first: Vec<OperationId>,
    /// The merge of its ready branch.
    pub ready: Option<Ready>,
}

/// The plan that keeps a move back. What moves its stages is kept as it was merged, and stands in `then` of the plan, so
/// that the preview and the hash cover both.
pub(super) fn begin(snapshot: &Snapshot<'_>, mut then: Plan, until: &Until) -> Plan {
    let mut plan = Plan::new(snapshot.seq(), then.kind);
    plan.operation = then.operation;
    plan.says = format!("{} {}", then.says, until.says);
    plan.warnings.append(&mut then.warnings);
    for event in &then.events {
        if let Event::Promotion(promotion) = event {
            let waits = waiting(snapshot, promotion, (&then.events, until));
            plan.events.push(Event::Promotion(Box::new(waits)));
        }
    }
    plan.then = Some(Box::new(then));
    plan
}

/// The record as it waits: its changes are chosen, and on no stage yet.
fn waiting(snapshot: &Snapshot<'_>, promotion: &Promotion, what: (&[Event], &Until)) -> Promotion {
    let (events, until) = what;
    let mut waits = Promotion { status: PromotionStatus::Merging, ..promotion.clone() };
    for chosen in waits.changes.iter_mut().filter(|chosen| chosen.status == MoveStatus::Moved) {
        chosen.status = MoveStatus::Chosen;
    }
    let (steps, from) = (steps(events), from(snapshot, events));
    let (first, ready) = (until.first.clone(), until.ready.clone());
    waits.under_way = Some(Box::new(UnderWay { steps, from, first, ready }));
    waits
}

fn steps(events: &[Event]) -> Vec<Step> {
    let step = |event: &Event| match event {
        Event::Applied { stage, item, tree } => Some(Step { stage: stage.clone(), item: item.clone(), tree: *tree }),
        _ => None,
    };
    events.iter().filter_map(step).collect()
}

fn from(snapshot: &Snapshot<'_>, events: &[Event]) -> Vec<(StageName, CommitId)> {
    let moves = |stage: &StageName| {
        events.iter().any(|event| matches!(event, Event::Applied { stage: onto, .. } if onto == stage))
    };
    let lines = snapshot.state.lines.iter().filter(|(stage, _)| moves(stage));
    lines.map(|(stage, line)| (stage.clone(), line.head)).collect()
}

/// What moves the stages, in the words of the ledger: as it was kept.
pub fn applied(under_way: &UnderWay) -> impl Iterator<Item = Event> + '_ {
    under_way.steps.iter().map(|Step { stage, item, tree }| Event::Applied {
        stage: stage.clone(),
        item: item.clone(),
        tree: *tree,
    })
}

/// The record once its stages have moved.
pub fn moved(promotion: &Promotion, deployments: &[Deployment]) -> Promotion {
    let status = if deployments.is_empty() { PromotionStatus::Completed } else { PromotionStatus::Deploying };
    let mut moved = Promotion { status, under_way: None, ..promotion.clone() };
    for chosen in moved.changes.iter_mut().filter(|chosen| chosen.status == MoveStatus::Chosen) {
        chosen.status = MoveStatus::Moved;
    }
    moved
}

/// The changes a record moves now, each at the revision that arrives.
pub fn arriving(promotion: &Promotion) -> Vec<(ChangeKey, RevisionNo)> {
    let going = promotion.changes.iter().filter(|chosen| chosen.status == MoveStatus::Chosen);
    going.map(|chosen| (chosen.change.clone(), chosen.revision)).collect()
}

/// A stage that does not stand any more where a promotion was merged onto it.
pub fn moved_on<'a>(state: &State, under_way: &'a UnderWay) -> Option<&'a StageName> {
    let stands = |stage: &StageName| state.lines.get(stage).map(|line| line.head);
    under_way.from.iter().find(|(stage, from)| stands(stage) != Some(*from)).map(|(stage, _)| stage)
}
