//! Promotions that people merge themselves, through pull requests (`SPEC W4`): one moves no stage's branch, but is made ready
//! on a branch of its own, and waits until that was merged.

use crate::ledger::entry::Event;
use crate::ledger::plan::Plan;
use crate::ledger::snapshot::Snapshot;
use crate::ledger::state::State;
use crate::moving::kept_back::{self, Until};
use crate::moving::route::Way;
use crate::pipeline::stage::Takes;
use crate::records::line::Source;
use crate::records::promotion::{MoveStatus, PromotedChange, Promotion};
use crate::records::under_way::{Ready, ready_branch};
use crate::words::details::Details;
use crate::words::names::{RevisionNo, StageName};
use crate::words::refusal::{Code, Refusal};
use crate::words::remedy::Remedy;

/// Whether a promotion waits for people to merge it: because it says so, or its destination does.
///
/// # Errors
/// `unknown-stage`.
pub fn is_wanted(snapshot: &Snapshot<'_>, promotion: &Promotion) -> Result<bool, Refusal> {
    let takes = snapshot.stage(&promotion.destination)?.takes;
    Ok(promotion.options.pull_request || takes == Takes::PullRequest)
}

/// Asks that nothing on a promotion's way moves otherwise than the promotion will: a pull request moves one branch, and
/// nobody but people.
///
/// # Errors
/// `no-pull-request`, naming the stage.
pub fn fits(snapshot: &Snapshot<'_>, promotion: &Promotion, way: &Way) -> Result<(), Refusal> {
    let no = |message: String, remedy: Remedy| {
        let details = Details::Promotion { promotion: promotion.id };
        Err(Refusal::new(Code::NoPullRequest, message, remedy).with(details))
    };
    let (id, destination) = (promotion.id, &promotion.destination);
    let wanted = is_wanted(snapshot, promotion)?;
    if wanted && snapshot.stage(destination)?.takes == Takes::AfterDeploy {
        let message =
            format!("{id} cannot wait for a pull request: {destination} moves after its areas were deployed to");
        return no(message, "run it without the pull request".to_owned().into());
    }
    let takes = |stage: &&StageName| {
        let takes = snapshot.pipeline.stage(stage).map(|stage| stage.takes);
        wanted || takes == Some(Takes::PullRequest)
    };
    match way.stages.iter().filter(|stage| *stage != destination).find(takes) {
        Some(stage) => {
            let message =
                format!("{id} would move {stage} on its way to {destination}, and a pull request moves one branch");
            no(message, format!("promote to {stage} first, and on to {destination} when that is merged").into())
        }
        None => Ok(()),
    }
}

/// The plan that makes a promotion ready for people to merge; where there is nothing to merge, it just goes on.
pub(super) fn begin(snapshot: &Snapshot<'_>, promotion: &Promotion, then: Plan) -> Plan {
    let makes = |event: &Event| matches!(event, Event::Applied { item, .. } if item.source != Source::Held);
    if !then.events.iter().any(makes) {
        return then;
    }
    let line = snapshot.state.lines.get(&promotion.destination);
    let ready = line.map(|line| Ready { by: snapshot.actor.user.clone(), base_tree: line.tree });
    let says = format!("once branch {} is merged into {}", ready_branch(promotion.id), into(snapshot, promotion));
    kept_back::begin(snapshot, then, &Until { says, first: Vec::new(), ready })
}

fn into(snapshot: &Snapshot<'_>, promotion: &Promotion) -> String {
    let destination = &promotion.destination;
    snapshot.pipeline.stage(destination).map_or(destination.to_string(), |stage| stage.branch.clone())
}

/// The promotions that wait for people to merge them.
pub fn waiting(state: &State) -> impl Iterator<Item = &Promotion> {
    state.open_promotions().filter(|one| one.awaits_merge())
}

/// At which revision a change that a promotion brings is on its destination by now, whoever brought it there; `None` where
/// it is not, or was there before.
pub fn arrived(state: &State, promotion: &Promotion, chosen: &PromotedChange) -> Option<RevisionNo> {
    if chosen.status != MoveStatus::Chosen {
        return None;
    }
    let (ix, _) = state.change(&chosen.change)?;
    let held = state.lines.get(&promotion.destination)?.receipts.revision(ix)?;
    (held >= chosen.revision).then_some(held)
}

/// The refusal of what cannot be done to a promotion while people may merge it.
pub fn awaits_merge(promotion: &Promotion) -> Refusal {
    let (id, branch) = (promotion.id, ready_branch(promotion.id));
    let message = format!("{id} is ready on branch {branch}, and waits until that is merged");
    let remedy = Remedy::CancelPromotion { promotion: id };
    Refusal::new(Code::InFlight, message, remedy).with(Details::Promotion { promotion: id })
}

/// Whether the destination stands elsewhere than where a promotion was made ready on: the ready branch may conflict with
/// it.
pub fn has_moved_on(state: &State, promotion: &Promotion) -> bool {
    promotion.under_way.as_deref().is_some_and(|under_way| kept_back::moved_on(state, under_way).is_some())
}
