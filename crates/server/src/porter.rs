//! Before everything that there is to be asked: who asks what was answered a moment ago goes no further.

use crate::holds::Again;
use crate::reception::Reception;
use crate::request_line::{REQUEST_ID, said_again};
use crate::told_again::Answer;
use axum::Router;
use axum::body::{Body, Bytes};
use axum::http::{HeaderMap, Method, Request, Response, StatusCode};
use hyper::body::Incoming;
use std::convert::Infallible;
use std::future::{Ready, ready};
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Instant;
use tower_service::Service;

/// Answers at once where it may; else has others answer, and keeps what they say as long as it may hold.
#[derive(Clone)]
pub struct Porter {
    reception: Arc<Reception>,
    app: Router,
}

impl Porter {
    /// Before everything else that there is to be asked.
    pub fn before(app: Router, reception: &Arc<Reception>) -> Self {
        Self { reception: Arc::clone(reception), app }
    }
}

impl Service<Request<Incoming>> for Porter {
    type Response = Response<Body>;
    type Error = Infallible;
    type Future = Answering;

    fn poll_ready(&mut self, _: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        Poll::Ready(Ok(()))
    }

    fn call(&mut self, request: Request<Incoming>) -> Answering {
        let began = Instant::now();
        let Reception { told_again: kept, people, clock, .. } = &*self.reception;
        let answering: fn(_, _, _) -> _ = match *request.method() {
            Method::GET => {
                if let Some(answer) = kept.find(&request, &**people, (began, clock.now())) {
                    return Answering::AtOnce(ready(Ok(told(&answer, &self.reception, (request.headers(), began)))));
                }
                |reception, app, request| Answering::Later(Box::pin(read(reception, app, request)))
            }
            Method::HEAD | Method::OPTIONS => {
                |_, mut app: Router, request| Answering::Later(Box::pin(app.call(request)))
            }
            _ => |reception, app, request| Answering::Later(Box::pin(done(reception, app, request))),
        };
        answering(Arc::clone(&self.reception), self.app.clone(), request)
    }
}

type Answered = Result<Response<Body>, Infallible>;

/// Who answers.
pub enum Answering {
    /// What was answered before.
    AtOnce(Ready<Answered>),
    /// Whoever is asked.
    Later(Pin<Box<dyn Future<Output = Answered> + Send>>),
}

impl Future for Answering {
    type Output = Answered;

    fn poll(self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Self::Output> {
        match self.get_mut() {
            Self::AtOnce(answer) => Pin::new(answer).poll(context),
            Self::Later(answer) => answer.as_mut().poll(context),
        }
    }
}

/// Has somebody look, and keeps what they say as long as it may hold.
async fn read(reception: Arc<Reception>, mut app: Router, request: Request<Incoming>) -> Answered {
    let kept = &reception.told_again;
    let before = kept.before(&*reception.people);
    let asked = (request.uri().clone(), request.headers().clone());
    let mut response = app.call(request).await?;
    if let (Some(again), Some(before)) = (response.extensions_mut().remove::<Again>(), before) {
        let (status, mut headers) = (response.status(), response.headers().clone());
        headers.remove(REQUEST_ID);
        kept.keep(Answer { asked, before, head: (status, headers), again });
    }
    Ok(response)
}

/// Has somebody do something: whoever asks after it sees what was changed, and nothing that was told before is told again.
async fn done(reception: Arc<Reception>, mut app: Router, request: Request<Incoming>) -> Answered {
    // Also where whoever asked hangs up before it is over.
    let _after = reception.told_again.deed();
    app.call(request).await
}

fn told(answer: &Answer, reception: &Reception, (asked_with, began): (&HeaderMap, Instant)) -> Response<Body> {
    let Answer { head: (status, headers), again, .. } = answer;
    let body = if *status == StatusCode::NOT_MODIFIED { Bytes::new() } else { again.body.clone() };
    let mut response = Response::new(Body::from(body));
    *response.status_mut() = *status;
    response.headers_mut().clone_from(headers);
    reception.meters.told_again();
    said_again((again, asked_with), &mut response, (&reception.meters, began));
    response
}
