//! Failures that nobody has settled yet: each is a warning wherever its area is told of, until what it was to bring
//! about holds, or something newer answers for it (`SPEC D7`, `P12`).

use crate::areas::pending::{Pending, pending};
use crate::content::Content;
use crate::ledger::state::State;
use crate::pipeline::area::Area;
use crate::records::demotion::Fate;
use crate::records::deployment::{Deployment, DeploymentKind, DeploymentStatus};
use crate::words::fault::Fault;
use crate::words::names::{ChangeKey, OperationId};
use crate::words::remedy::{Mended, Remedy};
use crate::words::warning::Warning;

/// What is not as a failed deployment was to make it.
#[derive(Clone, Copy, PartialEq, Eq, Debug)]
enum Stands {
    /// The area holds what left its stage.
    Left,
    /// The area lacks what its stage holds.
    Lacking,
    /// The area is as it was, and nothing was tried since.
    AsItWas,
    /// A change was to be taken out of the area before it leaves its stage, and did not leave (`SPEC D5`).
    NotDemoted,
}

/// Every failure of an area that nobody has settled, oldest first, with the deployment that failed.
///
/// # Errors
/// A fault of the content.
pub fn unsettled(state: &State, content: &dyn Content, area: &Area) -> Result<Vec<(OperationId, Warning)>, Fault> {
    if area.retired {
        return Ok(Vec::new());
    }
    let here = || state.deployments.iter().filter(|asked| asked.area == area.name);
    if !here().any(|asked| matches!(asked.status, DeploymentStatus::Failed { .. })) {
        return Ok(Vec::new());
    }
    let pending = pending(state, content, area)?;
    Ok(here().filter_map(|asked| Some((asked.id, warning(state, &pending, asked)?))).collect())
}

fn warning(state: &State, pending: &[Pending], asked: &Deployment) -> Option<Warning> {
    let DeploymentStatus::Failed { message, remedy, .. } = &asked.status else { return None };
    let (id, area, operation) = (asked.id, &asked.area, asked.operation);
    let stands = stands(state, pending, asked)?;
    let (code, so) = match stands {
        Stands::Left => ("rollback-failed", format!("{area} still holds what left")),
        Stands::Lacking => ("deployment-failed", format!("{area} does not hold it")),
        Stands::AsItWas => ("deployment-failed", format!("{area} is as it was")),
        Stands::NotDemoted => ("rollback-failed", format!("{operation} did not take it out of its stage")),
    };
    let warning = Warning::of(code, format!("{id} failed, so {so}: {message}"));
    Some(warning.mended_by(match stands {
        Stands::NotDemoted => "mend that, then demote again".into(),
        // A step that somebody has taken is no next step.
        _ if was_put_right(state, asked) => Remedy::RetryJob { after: Mended::Nothing, deployment: Some(id) },
        _ => remedy.clone().then_retry(id),
    }))
}

fn stands(state: &State, pending: &[Pending], asked: &Deployment) -> Option<Stands> {
    let still = |wanted: fn(&Pending) -> bool| {
        let open = pending.iter().filter(|one| wanted(one)).map(|one| state.key(one.change));
        open.filter(|key| asked.changes.iter().any(|(change, _)| change == *key)).collect::<Vec<_>>()
    };
    let (open, stands) = match asked.kind {
        DeploymentKind::Remove => (still(Pending::is_leftover), Stands::Left),
        DeploymentKind::Rewrite => (still(|one| one.in_area.is_some()), Stands::Left),
        DeploymentKind::Deploy => (still(|one| one.at_stage.is_some()), Stands::Lacking),
        DeploymentKind::Populate
        | DeploymentKind::Rollback { .. }
        | DeploymentKind::Repair
        | DeploymentKind::Adopt
        | DeploymentKind::Move => return is_newest(state, asked).then_some(Stands::AsItWas),
    };
    match open.is_empty() {
        false => (!is_answered_for(state, asked, &open)).then_some(stands),
        true => (stopped_a_demotion(state, asked) && is_newest(state, asked)).then_some(Stands::NotDemoted),
    }
}

fn since<'a>(state: &'a State, asked: &'a Deployment) -> impl Iterator<Item = &'a Deployment> {
    let called_off = |status: &DeploymentStatus| {
        matches!(status, DeploymentStatus::Cancelled { .. } | DeploymentStatus::Void { .. })
    };
    let later = move |other: &&Deployment| {
        other.area == asked.area && other.id.number > asked.id.number && !called_off(&other.status)
    };
    state.deployments.iter().filter(later)
}

/// Whether somebody has put the area right since.
fn was_put_right(state: &State, asked: &Deployment) -> bool {
    let rights = |kind: &DeploymentKind| matches!(kind, DeploymentKind::Repair | DeploymentKind::Adopt);
    since(state, asked).any(|other| rights(&other.kind) && matches!(other.status, DeploymentStatus::Succeeded { .. }))
}

/// Whether nothing was asked of the area since.
fn is_newest(state: &State, asked: &Deployment) -> bool {
    since(state, asked).next().is_none()
}

/// Whether a newer one of the same kind is to bring about all that is open; then that one tells how it stands.
fn is_answered_for(state: &State, asked: &Deployment, open: &[&ChangeKey]) -> bool {
    let takes_out = |kind: &DeploymentKind| matches!(kind, DeploymentKind::Remove | DeploymentKind::Rewrite);
    since(state, asked).any(|other| {
        let all = open.iter().all(|key| other.changes.iter().any(|(change, _)| change == *key));
        all && takes_out(&other.kind) == takes_out(&asked.kind)
    })
}

/// Whether a demotion waited for it, was stopped by it, and nobody asked for it again since.
fn stopped_a_demotion(state: &State, asked: &Deployment) -> bool {
    let Some(demotion) = state.demotion(asked.operation) else { return false };
    let stopped = |key: &ChangeKey| matches!(demotion.fate(key), Fate::Stopped(_));
    let again = |key: &ChangeKey| {
        let later = state.demotions.iter().filter(|other| other.id.number > demotion.id.number);
        later.flat_map(|other| &other.demoted).any(|demoted| demoted.change == *key)
    };
    let keys = || asked.changes.iter().map(|(key, _)| key);
    keys().any(stopped) && !keys().all(again)
}

/// What to do about what kept a deployment from being made, said of that deployment: where mending is enough, its job is
/// queued again afterwards.
pub fn next_step(asked: &Deployment, remedy: &Remedy) -> Remedy {
    let is_mended = matches!(
        remedy,
        Remedy::RetryJob { .. }
            | Remedy::SettleDrift { .. }
            | Remedy::SettlePlace { .. }
            | Remedy::MakeWay { .. }
            | Remedy::RepairArea { .. }
    );
    match is_mended {
        true => remedy.clone().then_retry(asked.id),
        false => remedy.clone(),
    }
}
