//! `/metrics`: figures for Prometheus, for whoever is let in and may look at every pipeline, or for everybody where the
//! server is told so.

use crate::caller::{By, Caller};
use crate::door::failed;
use crate::failure::no;
use crate::meters::{Remote, Standing};
use crate::off_thread::try_off_thread;
use crate::reception::Reception;
use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderValue, Response, header::CONTENT_TYPE};
use std::sync::Arc;
use switchback_api::Failure;
use switchback_core::ports::outbox::DeliveryState;
use switchback_core::records::job::{JobState, PAUSED};
use switchback_core::words::fault::Fault;
use switchback_engine::house::House;

/// As Prometheus asks for it.
const MEDIA: HeaderValue = HeaderValue::from_static("application/openmetrics-text; version=1.0.0; charset=utf-8");

/// Answers with every figure.
pub async fn metrics(State(reception): State<Arc<Reception>>, caller: Option<Extension<Caller>>) -> Response<Body> {
    let caller = caller.map(|Extension(caller)| caller);
    let told = try_off_thread(move || {
        may_read(&reception, caller.as_ref())?;
        Ok(reception.meters.written(&standing(&reception), &remotes(&reception)))
    });
    match told.await {
        Ok(text) => {
            let mut response = Response::new(Body::from(text));
            response.headers_mut().insert(CONTENT_TYPE, MEDIA);
            response
        }
        Err(failure) => failed(failure),
    }
}

/// Figures are of all pipelines together, which everybody who is in may look at, but not every token.
fn may_read(reception: &Reception, caller: Option<&Caller>) -> Result<(), Failure> {
    if reception.ways.means().settings.open_metrics {
        return Ok(());
    }
    let caller = caller.ok_or_else(|| no("not-signed-in", "nobody is signed in", "sign in, or come with a token"))?;
    match &caller.by {
        By::Token(token) if !token.reach.pipelines.is_empty() => {
            let message = format!("the token `{}` is for some pipelines, and figures are of all", token.name);
            Err(no("not-permitted", message, "make a token that is not limited to pipelines"))
        }
        By::Token(_) | By::Session(_) | By::Console => Ok(()),
    }
}

/// How every pipeline stands that can be looked at.
fn standing(reception: &Reception) -> Vec<Standing> {
    let names = reception.shared.pipelines().unwrap_or_default();
    let houses = names.iter().filter_map(|name| reception.entrance.house(Some(name)).ok());
    houses.filter_map(|house| of(&house).ok()).collect()
}

fn of(house: &House) -> Result<Standing, Fault> {
    let open = house.open_jobs()?;
    let count =
        |is: &dyn Fn(JobState, bool) -> bool| open.iter().filter(|job| is(job.state, job.run_at == PAUSED)).count();
    let jobs = [
        ("queued", count(&|state, is_paused| state == JobState::Queued && !is_paused)),
        ("running", count(&|state, _| state == JobState::Running)),
        ("paused", count(&|state, is_paused| state == JobState::Queued && is_paused)),
    ];
    let told = |state: DeliveryState| Ok::<_, Fault>((state.as_str(), house.ledger().delivery_count(state)?));
    let deliveries = [told(DeliveryState::Queued)?, told(DeliveryState::Dead)?];
    Ok(Standing { pipeline: house.name().to_owned(), seq: house.position()?.0, jobs, deliveries })
}

fn remotes(reception: &Reception) -> Vec<Remote> {
    let all = reception.shared.kept().iter().filter_map(|kept| Some((kept.remote()?.name.clone(), kept.there().ok()?)));
    all.filter_map(|(name, repository)| {
        let contact = repository.contact().ok()??;
        Some(Remote { name, away: contact.away.map(|(since, _)| since) })
    })
    .collect()
}
