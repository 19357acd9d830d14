//! What people merged of a promotion's ready branch (`SPEC W4`, `L8`): the promotion is complete once its destination holds
//! all it brings. Nobody types it.

use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::snapshot::Snapshot;
use crate::ledger::state::State;
use crate::moving::deploy_on_arrival::{self, Arrival, Placed};
use crate::moving::kept_back::moved;
use crate::moving::ready;
use crate::records::promotion::{MoveStatus, Promotion, PromotionStatus};
use crate::records::under_way::ready_branch;
use crate::words::names::{ChangeKey, OperationId, RevisionNo};
use crate::words::refusal::{Code, Refusal};
use crate::words::warning::Warning;

/// The warning about what has yet to be merged.
const IN_PART: &str = "merged-in-part";
/// The warning about a change that is not what was made ready.
const EDITED: &str = "edited-on-the-way";

/// What can be done about what is left.
const AGAIN: &str = "merge the rest, or run the promotion again: what is left is made ready anew, on top";

/// The promotions of which something came to their destination.
pub fn over(state: &State) -> impl Iterator<Item = &Promotion> {
    ready::waiting(state).filter(|one| one.changes.iter().any(|chosen| ready::arrived(state, one, chosen).is_some()))
}

/// Plans how such a promotion goes on: it is complete, or some of it has yet to be merged.
///
/// # Errors
/// `not-open` when it does not wait any more.
pub fn take_in(snapshot: &Snapshot<'_>, content: &dyn Content, id: OperationId) -> Result<Plan, Stop> {
    let promotion = snapshot.promotion(id)?;
    if !promotion.awaits_merge() {
        let message = format!("{id} does not wait any more");
        return Err(Refusal::new(Code::NotOpen, message, "look at what became of it").into());
    }
    let mut plan = Plan::new(snapshot.seq(), "promotion");
    plan.operation = Some(id);
    let mut known = promotion.clone();
    for chosen in &mut known.changes {
        let Some(held) = ready::arrived(snapshot.state, promotion, chosen) else { continue };
        if held != chosen.revision {
            plan.warnings.push(edited(promotion, &chosen.change, (chosen.revision, held)));
        }
        (chosen.status, chosen.revision) = (MoveStatus::Moved, held);
    }
    let left: Vec<&str> = named(&known, MoveStatus::Chosen).collect();
    if left.is_empty() {
        return complete(snapshot, content, &known, plan);
    }
    let (stage, branch) = (&promotion.destination, ready_branch(id));
    let came = named(&known, MoveStatus::Moved).collect::<Vec<_>>().join(", ");
    let verb = if left.len() == 1 { "has" } else { "have" };
    plan.says = format!("{id} was merged in part: {stage} holds {came}, and {} {verb} yet to come", left.join(", "));
    let message = format!("{}: it is still on branch {branch}", plan.says);
    plan.warnings.push(Warning::of(IN_PART, message).mended_by(AGAIN));
    plan.events.push(Event::Promotion(Box::new(known)));
    Ok(plan)
}

fn named(promotion: &Promotion, status: MoveStatus) -> impl Iterator<Item = &str> {
    promotion.changes.iter().filter(move |chosen| chosen.status == status).map(|chosen| chosen.change.as_str())
}

fn edited(promotion: &Promotion, change: &ChangeKey, (ready, held): (RevisionNo, RevisionNo)) -> Warning {
    let stage = &promotion.destination;
    let message = format!(
        "{change} came to {stage} at revision {held}, and {} made revision {ready} ready: somebody edited it on the way",
        promotion.id
    );
    Warning::of(EDITED, message)
}

/// Everything came: what was to be deployed then is asked for. Whoever ran it may not be allowed to by now; then that is
/// left to somebody who is.
fn complete(
    snapshot: &Snapshot<'_>,
    content: &dyn Content,
    promotion: &Promotion,
    mut plan: Plan,
) -> Result<Plan, Stop> {
    let came = promotion.changes.iter().filter(|chosen| chosen.status == MoveStatus::Moved);
    let changes: Vec<_> = came.map(|chosen| (chosen.change.clone(), chosen.revision)).collect();
    let arrival = Arrival { stage: &promotion.destination, changes: &changes, operation: promotion.id, already: 0 };
    let placed = deploy_on_arrival::place(snapshot, content, &promotion.options.deploy, arrival);
    let (placed, note) = match placed {
        Err(Stop::Refused(no)) => (Placed::default(), Some(no.message)),
        placed => (placed?, None),
    };
    let mut done = moved(promotion, &placed.deployments);
    if note.is_some() {
        (done.status, done.note) = (PromotionStatus::CompletedWithErrors, note);
    }
    let plural = if changes.len() == 1 { "" } else { "s" };
    let (id, count, stage) = (promotion.id, changes.len(), &promotion.destination);
    plan.says = format!("{id} was merged: {count} change{plural} came to {stage}");
    plan.events.push(Event::Promotion(Box::new(done)));
    plan.events.extend(placed.deployments.into_iter().map(|asked| Event::DeploymentAsked(Box::new(asked))));
    plan.privileges = placed.privileges;
    plan.warnings.extend(placed.warnings);
    Ok(plan)
}
