//! Answers to those who only read.

use crate::caller::{Caller, Deed};
use crate::door::{Answered, Written, panic_text, read};
use crate::entrance::{Asked, Entrance};
use crate::holds::Again;
use crate::off_thread::off_thread;
use crate::readers::{Question, Told};
use crate::request_line::asked_of;
use crate::tags::Name;
use axum::body::{Body, Bytes};
use axum::http::Request;
use switchback_api::{Failure, Verb, wire};

/// Answers one request.
///
/// # Errors
/// What keeps it from being read or answered.
pub async fn answer<R, H>(entrance: Entrance, request: Request<Body>, handler: H) -> Result<Written, Failure>
where
    R: Verb + 'static,
    H: Fn(&Entrance, &Asked, R) -> Result<Answered<R>, Failure> + Send + 'static,
{
    let (request, wish, context) = read::<R>(request).await?;
    let caller = request.extensions().get::<Caller>().cloned();
    let question = Question { address: request.uri().clone(), context, caller: caller.clone() };
    let (readers, asked) = (entrance.readers.clone(), question.clone());
    // The engine blocks: it reads disks.
    let look = async || {
        let looked = off_thread(move || look::<R>(&entrance, asked, |asked| handler(&entrance, asked, wish))).await;
        looked.unwrap_or_else(|broken| Told::failed(Failure::bug(panic_text(broken))))
    };
    let told = readers.ask(question, look).await;
    if !told.pipeline.is_empty() {
        asked_of(&told.pipeline);
    }
    let (answer, named) = match &told.answer {
        Ok((body, name)) => (Ok(body.clone()), Some(name.clone().asked_with(request.headers()))),
        Err(failure) => (Err(failure.clone()), None),
    };
    let again = match (&told.holds, caller, &answer) {
        (Some(holds), Some(caller), Ok(body)) => {
            Some(Again { holds: holds.clone(), caller, body: body.clone(), route: String::new() })
        }
        _ => None,
    };
    Ok(Written { answer, named, plan: None, warnings: told.warnings.clone(), again })
}

fn look<R: Verb>(
    entrance: &Entrance,
    Question { address, context, caller }: Question,
    handler: impl FnOnce(&Asked) -> Result<Answered<R>, Failure>,
) -> Told {
    let told = || {
        let asked = entrance.asked(context, (caller, Deed::Read))?;
        let Answered { answer, warnings, pipeline, holds } = handler(&asked)?;
        let answer = answer.and_then(|view| {
            let body = wire::body(&view)?;
            let name = Name::of(&view, &body, &address)?;
            Ok((Bytes::from(body), name))
        });
        Ok(Told { answer, warnings, pipeline, holds })
    };
    told().unwrap_or_else(Told::failed)
}
