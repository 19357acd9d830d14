//! `/events`: a stream of what happens, which goes on where it broke off (`SPEC W5`). An event's id is the position in
//! every ledger that is followed, `acme=12,shop=7`.

use crate::bus::{OpenJob, Standing};
use crate::caller::{By, Caller, Deed};
use crate::door::failed;
use crate::failure::{Said, no};
use crate::off_thread::try_off_thread;
use crate::openapi::Described;
use crate::reception::Reception;
use crate::routes::log;
use axum::body::Body;
use axum::extract::{Query, State};
use axum::http::{HeaderMap, Response};
use axum::response::IntoResponse as _;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::{Extension, Router, routing::get};
use futures_util::future::select_all;
use futures_util::stream::{Stream, unfold};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;
use switchback_api::Failure;
use switchback_core::ports::people::persons::PersonState;
use switchback_core::records::job::JobState;
use switchback_core::words::names::Seq;
use switchback_engine::house::House;
use switchback_engine::visit::Visit;
use tokio::sync::watch;

/// How often something is sent though nothing happened, and it is asked whether the listener may still listen.
const BEAT: Duration = Duration::from_secs(15);

/// How many entries are read at a time.
const PAGE: usize = 200;

/// What somebody wants to hear.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    /// Of this pipeline; of all if not said.
    pipeline: Option<String>,
    /// From where on, as an event's id says it; from now on if not said. `Last-Event-ID` counts more.
    after: Option<String>,
}

/// The routes of the stream.
pub fn routes() -> Router<Arc<Reception>> {
    Router::new().route("/events", get(events)).route("/api/v1/events", get(events))
}

async fn events(
    State(reception): State<Arc<Reception>>,
    caller: Option<Extension<Caller>>,
    wanted: Query<Wanted>,
    headers: HeaderMap,
) -> Response<Body> {
    let last = headers.get("last-event-id").and_then(|value| value.to_str().ok()).map(str::to_owned);
    let (Query(wanted), caller) = (wanted, caller.map(|Extension(caller)| caller));
    let begun = try_off_thread(move || {
        let caller =
            caller.ok_or_else(|| no("not-signed-in", "nobody is signed in", "sign in, or come with a token"))?;
        let after = positions(last.or(wanted.after).as_deref());
        Listener::begin(reception, caller, (wanted.pipeline, &after))
    });
    match begun.await {
        Ok(listener) => Sse::new(stream(listener)).keep_alive(KeepAlive::new().interval(BEAT)).into_response(),
        Err(failure) => failed(failure),
    }
}

/// `acme=12,shop=7`.
fn positions(id: Option<&str>) -> HashMap<String, Seq> {
    let pairs = id.into_iter().flat_map(|id| id.split(',')).filter_map(|one| one.rsplit_once('='));
    pairs.filter_map(|(pipeline, seq)| Some((pipeline.to_owned(), Seq(seq.parse().ok()?)))).collect()
}

/// Somebody who listens.
struct Listener {
    reception: Arc<Reception>,
    caller: Caller,
    followed: Vec<Followed>,
    /// What is to be sent.
    waiting: VecDeque<Event>,
}

/// One pipeline that is listened to.
struct Followed {
    house: Arc<House>,
    heard: watch::Receiver<Standing>,
    /// The last entry that was told.
    told: Seq,
    /// The jobs as they were told.
    jobs: Arc<Vec<OpenJob>>,
}

impl Listener {
    fn begin(
        reception: Arc<Reception>,
        caller: Caller,
        (pipeline, after): (Option<String>, &HashMap<String, Seq>),
    ) -> Result<Self, Failure> {
        let all = match pipeline {
            Some(one) => {
                caller.admit(&one, Deed::Read)?;
                vec![one]
            }
            // Of all, those that a token is for.
            None => reception.shared.pipelines().said()?,
        };
        let mut followed = Vec::new();
        for name in all.iter().filter(|name| caller.admit(name, Deed::Read).is_ok()) {
            let house = reception.entrance.house(Some(name))?;
            let told = match after.get(name) {
                Some(seq) => *seq,
                None => house.position().said()?,
            };
            let heard = reception.bus.listen(name);
            followed.push(Followed { house, heard, told, jobs: Arc::default() });
        }
        Ok(Self { reception, caller, followed, waiting: VecDeque::new() })
    }

    /// Puts what is new into the row, and says whether the listener may still listen.
    fn gather(&mut self) -> Result<bool, Failure> {
        if !may_listen(&self.reception, &self.caller) {
            return Ok(false);
        }
        for place in 0..self.followed.len() {
            self.gather_entries(place)?;
            self.gather_jobs(place);
        }
        Ok(true)
    }

    fn gather_entries(&mut self, place: usize) -> Result<(), Failure> {
        let visit = Visit::of(self.caller.actor());
        let house = Arc::clone(&self.followed[place].house);
        let desk = house.receive(&visit).said()?;
        for entry in log::after(&desk, self.followed[place].told, PAGE)? {
            self.followed[place].told = Seq(entry.seq);
            let mut data = json!(entry);
            data["pipeline"] = house.name().into();
            self.tell("entry", &data);
        }
        Ok(())
    }

    fn gather_jobs(&mut self, place: usize) {
        let followed = &mut self.followed[place];
        let now = Arc::clone(&followed.heard.borrow_and_update().jobs);
        let before = std::mem::replace(&mut followed.jobs, Arc::clone(&now));
        let pipeline = followed.house.name().to_owned();
        let is_new = |job: &&OpenJob| !before.contains(job);
        let is_gone = |job: &&OpenJob| now.iter().all(|one| one.id != job.id);
        let open = now.iter().filter(is_new).map(|job| job_told(&pipeline, job, state(job)));
        let ended = before.iter().filter(is_gone).map(|job| job_told(&pipeline, job, "ended"));
        let all: Vec<Value> = open.chain(ended).collect();
        all.iter().for_each(|data| self.tell("job", data));
    }

    fn tell(&mut self, kind: &str, data: &Value) {
        let at = self.followed.iter().map(|one| format!("{}={}", one.house.name(), one.told));
        let id = at.collect::<Vec<_>>().join(",");
        // JSON has no line ends of its own, and a pipeline's name none at all.
        self.waiting.push_back(Event::default().id(id).event(kind).data(data.to_string()));
    }

    /// Waits until something is new, or a beat has passed. Whether anything more can come.
    async fn wait(&mut self) -> bool {
        let news = self.followed.iter_mut().map(|one| Box::pin(one.heard.changed()));
        let news: Vec<_> = news.collect();
        if news.is_empty() {
            tokio::time::sleep(BEAT).await;
            return true;
        }
        match tokio::time::timeout(BEAT, select_all(news)).await {
            Ok((news, ..)) => news.is_ok(),
            Err(_) => true,
        }
    }
}

fn job_told(pipeline: &str, job: &OpenJob, state: &str) -> Value {
    let OpenJob { id, deployment, area, attempts, is_called_off, .. } = job;
    json!({
        "pipeline": pipeline, "job": id, "deployment": deployment, "area": area, "state": state, "attempts": attempts,
        "called_off": is_called_off
    })
}

fn state(job: &OpenJob) -> &'static str {
    match job.state {
        JobState::Running => "running",
        _ => "queued",
    }
}

/// Whether whoever listens would still be let in.
fn may_listen(reception: &Reception, caller: &Caller) -> bool {
    let (people, now) = (&reception.people, reception.clock.now());
    let is_let_in = match &caller.by {
        By::Session(session) => {
            people.session(&session.hash).ok().flatten().is_some_and(|session| !session.is_over(now))
        }
        By::Token(token) => {
            let known = people.token(&token.hash).ok().flatten();
            known.is_some_and(|token| token.revoked.is_none() && now < token.expires)
        }
        By::Console => true,
    };
    let person = || people.person(caller.person.name.as_str()).ok().flatten();
    is_let_in && person().is_some_and(|person| person.state == PersonState::Active)
}

fn stream(listener: Listener) -> impl Stream<Item = Result<Event, Infallible>> {
    unfold(listener, |mut listener| async move {
        loop {
            if let Some(event) = listener.waiting.pop_front() {
                return Some((Ok(event), listener));
            }
            let gathered = tokio::task::spawn_blocking(move || {
                let goes_on = listener.gather();
                (listener, goes_on)
            });
            let goes_on;
            (listener, goes_on) = gathered.await.ok()?;
            match goes_on {
                Ok(true) if listener.waiting.is_empty() => {
                    if !listener.wait().await {
                        return None;
                    }
                }
                Ok(true) => {}
                // Whoever listens comes again, and is told what is wrong.
                Ok(false) | Err(_) => return None,
            }
        }
    })
}

/// Describes the stream.
pub fn describe(described: &mut Described) {
    described.add("/api/v1/events", "GET", json!({
        "operationId": "get_events",
        "tags": ["events"],
        "summary": "A stream of what happens, which goes on where it broke off",
        "description": "Server-sent events: `entry` for each entry of the ledger, as the log tells it, and `job` for what \
            becomes of jobs. An event's id is the position in every ledger that is followed; a client that comes again \
            with `Last-Event-ID` misses nothing.",
        "parameters": [
            { "name": "pipeline", "in": "query", "required": false, "schema": { "type": "string", "minLength": 1 },
              "description": "Of this pipeline; of all if not said" },
            { "name": "after", "in": "query", "required": false, "schema": { "type": "string" },
              "description": "From where on, as an event's id says it; from now on if not said" },
            { "name": "Last-Event-ID", "in": "header", "required": false, "schema": { "type": "string" },
              "description": "The id of the last event that was heard; counts more than `after`" }
        ],
        "responses": {
            "200": { "description": "The stream", "content": { "text/event-stream": { "schema": { "type": "string" } } } },
            "401": { "$ref": "#/components/responses/401" },
            "403": { "$ref": "#/components/responses/403" },
            "404": { "$ref": "#/components/responses/404" }
        }
    }));
}
