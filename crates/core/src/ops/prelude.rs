//! After the rollbacks of development areas a demotion goes on, or stops (`SPEC D5`, `D9`).

use crate::content::Content;
use crate::ledger::entry::Event;
use crate::ledger::plan::{Plan, Stop};
use crate::ledger::snapshot::Snapshot;
use crate::ledger::state::State;
use crate::moving::demoting::{self, Request};
use crate::records::demotion::{Demotion, DemotionAsked, Waiting};
use crate::records::deployment::Deployment;
use crate::words::details::Details;
use crate::words::names::OperationId;
use crate::words::refusal::{Code, Refusal};

/// The demotions whose rollbacks have all ended: they go on now.
pub fn over(state: &State) -> impl Iterator<Item = &Demotion> {
    let ended = |id: &OperationId| state.deployment(*id).is_none_or(Deployment::has_ended);
    state
        .demotions
        .iter()
        .filter(move |demotion| demotion.waiting.as_ref().is_some_and(|waiting| waiting.first.iter().all(ended)))
}

/// Plans how a demotion goes on: what waits leaves now, and what comes after it waits in turn.
///
/// # Errors
/// `not-open` when it does not wait any more; `development-rollback-failed`; those of demoting.
pub fn carry_on(snapshot: &Snapshot<'_>, content: &dyn Content, demotion: OperationId) -> Result<Plan, Stop> {
    let Waiting { asked, first } = waiting(snapshot, demotion)?;
    if let Some(failed) = first.iter().filter_map(|id| snapshot.state.deployment(*id)).find(|one| !one.went_well()) {
        return Err(rollback_failed(failed).into());
    }
    let mut plan = demoting::plan(snapshot, content, &request(demotion, asked, first))?;
    if let (None, Some((next, rest))) = (&plan.then, asked.then.split_first()) {
        let asked = DemotionAsked { changes: next.clone(), then: rest.to_vec(), ..asked.clone() };
        plan.events.push(Event::DemotionBegun { demotion, asked: Box::new(asked), first: Vec::new() });
    }
    Ok(plan)
}

/// Whether what keeps a demotion from going on ends by itself: a promotion took a line meanwhile, and moves it as soon as
/// its deployments have ended. Whoever began the demotion is owed the rest of it, since their areas are rolled back already.
pub fn waits_its_turn(why: &Refusal) -> bool {
    why.code == Code::InFlight
}

/// Plans to keep that what waited does not leave, nor what comes after it.
///
/// # Errors
/// `not-open` when it does not wait any more.
pub fn stop(snapshot: &Snapshot<'_>, demotion: OperationId, why: &Refusal) -> Result<Plan, Stop> {
    let Waiting { asked, .. } = waiting(snapshot, demotion)?;
    let mut plan = Plan::new(snapshot.seq(), "demotion-stopped");
    plan.operation = Some(demotion);
    let names: Vec<_> = asked.changes.iter().map(|key| key.as_str()).collect();
    plan.says = format!("{demotion} does not demote {}: {}", names.join(", "), why.message);
    let (changes, code, message) = (asked.changes.clone(), why.code.as_str().to_owned(), why.message.clone());
    plan.events.push(Event::DemotionStopped { demotion, changes, code, message });
    Ok(plan)
}

fn waiting<'a>(snapshot: &Snapshot<'a>, demotion: OperationId) -> Result<&'a Waiting, Refusal> {
    let known = snapshot.state.demotion(demotion).and_then(|known| known.waiting.as_ref());
    known.ok_or_else(|| {
        Refusal::new(Code::NotOpen, format!("{demotion} does not wait any more"), "look at what became of it")
    })
}

fn request(demotion: OperationId, asked: &DemotionAsked, ran: &[OperationId]) -> Request {
    let DemotionAsked { changes, then, from, to, deploy, dependents, freeze, withdraw, content } = asked.clone();
    Request {
        changes,
        from,
        to,
        deploy,
        dependents,
        freeze,
        withdraw,
        content,
        then,
        part_of: Some(demotion),
        ran: ran.to_vec(),
    }
}

fn rollback_failed(one: &Deployment) -> Refusal {
    let message = format!("development area {} could not be rolled back first: {}", one.area, one.why_not());
    let changes: Vec<_> = one.changes.iter().map(|(key, _)| key.clone()).collect();
    let details = Details::Prelude { area: one.area.clone(), deployment: one.id, changes };
    Refusal::new(Code::DevelopmentRollbackFailed, message, "mend that, then demote again").with(details)
}
