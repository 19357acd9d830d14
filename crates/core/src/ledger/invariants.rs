//! What must hold in every state, whatever led to it: checked by `verify`, beside the fold's own refusals.

use crate::ledger::state::State;
use crate::records::area_line::AreaLine;
use crate::records::deployment::DeploymentStatus;
use crate::records::job::Job;
use crate::records::line::Line;
use crate::records::receipt::Receipts;
use crate::words::names::{AreaName, OperationId, OperationKind, StageName, VersionNo};

/// Everything that does not hold, each as a sentence without its full stop; empty where all is well. `jobs` are those
/// of the queue.
pub fn findings(state: &State, jobs: &[Job]) -> Vec<String> {
    let mut found: Vec<String> = state.irregularities.iter().map(ToString::to_string).collect();
    found.extend(state.lines.iter().filter_map(|(stage, line)| receipts(stage, line)));
    for (name, area) in &state.areas {
        found.extend(numbers(name, area));
        found.extend(holdings(name, area));
    }
    found.extend(revisions(state));
    found.extend(ids(state));
    found.extend(state.deployments.iter().filter_map(|asked| match asked.status {
        DeploymentStatus::Succeeded { version } if !has(state.area(&asked.area), version) => {
            Some(format!("{} made {}@{version}, which is not there", asked.id, asked.area))
        }
        _ => None,
    }));
    found.extend(jobs.iter().filter_map(|job| about_job(state, job)));
    found
}

fn has(area: &AreaLine, number: VersionNo) -> bool {
    area.versions.iter().any(|version| version.number == number)
}

/// A stage holds what its items put there last, and nothing else.
fn receipts(stage: &StageName, line: &Line) -> Option<String> {
    let mut put = Receipts::default();
    line.items.iter().for_each(|item| put.put(item.change, item.revision));
    (put != line.receipts).then(|| format!("what {stage} holds is not what its items put there"))
}

/// Numbers only grow (`SPEC A5`); every deployment that made one is in it.
fn numbers(name: &AreaName, area: &AreaLine) -> Vec<String> {
    let pairs = area.versions.iter().zip(area.versions.iter().skip(1));
    let unordered = pairs.filter(|(one, next)| next.number <= one.number);
    unordered.map(|(one, next)| format!("{name}@{} comes after {name}@{}", next.number, one.number)).collect()
}

/// An area holds what its versions brought and did not take out.
fn holdings(name: &AreaName, area: &AreaLine) -> Option<String> {
    let mut again = AreaLine { earlier: area.earlier.clone(), ..AreaLine::default() };
    area.versions.iter().for_each(|version| again.push(version.clone()));
    (again.held != area.held).then(|| format!("what {name} holds is not what its versions brought"))
}

fn revisions(state: &State) -> Vec<String> {
    let sparse = state.changes.iter().filter(|change| {
        let numbers = change.revisions.iter().map(|revision| revision.number.0);
        change.revisions.is_empty() || !numbers.eq(1..=change.revisions.len() as u32)
    });
    sparse.map(|change| format!("the revisions of {} are not numbered one after the other", change.key)).collect()
}

/// They are numbered one after the other, from after what an earlier record made.
fn ids(state: &State) -> Vec<String> {
    let promotions = state.promotions.iter().map(|one| one.id).collect();
    let demotions = state.demotions.iter().map(|one| one.id).collect();
    let deployments = state.deployments.iter().map(|one| one.id).collect();
    let kinds: [(OperationKind, Vec<OperationId>); 3] = [
        (OperationKind::Promotion, promotions),
        (OperationKind::Demotion, demotions),
        (OperationKind::Deployment, deployments),
    ];
    let misplaced = kinds.into_iter().flat_map(|(kind, ids)| {
        let due = (0..).map(move |at| state.numbering.at(kind, at));
        ids.into_iter().zip(due).filter(|(id, due)| id != due)
    });
    misplaced.map(|(id, due)| format!("{id} stands where {due} should")).collect()
}

fn about_job(state: &State, job: &Job) -> Option<String> {
    match state.deployment(job.deployment) {
        None => Some(format!("job {} is to make {}, which was never asked for", job.id, job.deployment)),
        // Jobs go along with their area; those of a program that let them be have the name of their day.
        Some(asked) if asked.area != job.area && asked.area != state.area_now(&job.area) => Some(format!(
            "job {} is to make {} in {}, which was asked for in {}",
            job.id, asked.id, job.area, asked.area
        )),
        Some(_) => None,
    }
}
