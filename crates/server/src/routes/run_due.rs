//! `run-due`: what the clock has made due (`SPEC P12`).

use crate::failure::Said;
use crate::operate::{Answered, finish_all};
use crate::views::deployment;
use crate::wait;
use switchback_api::operation::Row;
use switchback_api::verbs::run_due::RunDueRequest;
use switchback_api::{Answer, Operation, Preview, Warning};
use switchback_core::words::names::{OperationId, StageName};
use switchback_engine::automatic::Moved;
use switchback_engine::desk::Desk;
use switchback_engine::failure::EngineFailure;
use switchback_engine::mass::{ToAll, ToOne};
use switchback_engine::run::Done;
use switchback_engine::run_due::{Ran, run_due as run};
use switchback_engine::visit::Depth;

/// Runs what is due.
pub fn run_due(desk: &Desk<'_>, _request: RunDueRequest) -> Answered {
    let mut told = Operation { kind: "run-due".to_owned(), ..Operation::default() };
    let left: Vec<OperationId> = desk.ledger.open_jobs().said()?.iter().map(|job| job.deployment).collect();
    for ran in run(desk).said()? {
        let all = match ran {
            Ran::Promotion(id, result) => promotion(desk, id, result)?,
            Ran::Schedule(_, Ok(all)) => all,
            Ran::Schedule(name, Err(failure)) => {
                did_not_run(&mut told, &format!("the schedule {name}"), failure);
                continue;
            }
            Ran::Automatic(Moved { connection, result: Err(failure) }) => {
                did_not_run(
                    &mut told,
                    &format!("{} from {} to {}", connection.moves.as_str(), connection.from, connection.to),
                    failure,
                );
                continue;
            }
            Ran::Automatic(Moved { connection, result }) => one(connection.to, result),
        };
        let (Answer::Done(one) | Answer::Plan(Preview { operation: one, .. })) = finish_all(desk, Ok(all))?;
        told.promotions.extend(one.promotions);
        told.deployments.extend(one.deployments);
        told.warnings.extend(one.warnings);
    }
    // A timer is also who comes by for what nobody waited for.
    if !left.is_empty() {
        wait::until_idle(desk)?;
        let state = desk.look().said()?;
        told.deployments.extend(deployment::by_id(&state, &left));
    }
    told.says = says(&told.promotions, left.len());
    Ok(match desk.visit.depth {
        Depth::Act => Answer::Done(told),
        Depth::Plan => Answer::Plan(Preview { operation: told, ..Preview::default() }),
    })
}

fn promotion(
    desk: &Desk<'_>,
    id: OperationId,
    result: Result<Done, EngineFailure>,
) -> Result<ToAll, switchback_api::Failure> {
    let state = desk.look().said()?;
    let destination = state.promotion(id).map_or_else(|| StageName::new(""), |record| record.destination.clone());
    Ok(one(destination, result))
}

fn one(destination: StageName, result: Result<Done, EngineFailure>) -> ToAll {
    ToAll { each: vec![ToOne { destination, row: None, result: Some(result) }], hash: String::new() }
}

/// What should have run by itself and did not.
fn did_not_run(told: &mut Operation, what: &str, failure: EngineFailure) {
    let problem = crate::views::reason::problem(&crate::failure::said(failure));
    let message = format!("{what} did not run: {}", problem.message);
    told.warnings.push(Warning { code: problem.code, message, remedy: None });
    told.status = Some("completed-with-errors".to_owned());
}

fn says(rows: &[Row], jobs: usize) -> String {
    let promotions = match rows.len() {
        1 => Some("1 promotion was due".to_owned()),
        count => (count > 1).then(|| format!("{count} promotions were due")),
    };
    let jobs = match jobs {
        1 => Some("1 job was open".to_owned()),
        count => (count > 1).then(|| format!("{count} jobs were open")),
    };
    let said: Vec<String> = promotions.into_iter().chain(jobs).collect();
    if said.is_empty() { "nothing was due".to_owned() } else { said.join(", ") }
}
