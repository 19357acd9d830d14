//! Who comes in where nobody runs the server yet, and what is told to whoever opens its bare address.

use crate::failure::Said;
use crate::local::system_user;
use crate::not_in::let_in;
use crate::reception::Reception;
use axum::body::Body;
use axum::http::{HeaderValue, Response, header};
use switchback_api::Failure;
use switchback_people::invitation::first_administrator;
use switchback_people::person::{Addition, Role, add};
use switchback_people::secret::Secret;

/// For whom the link is by which the first administrator comes in.
#[derive(Clone, PartialEq, Eq, Debug)]
pub enum First {
    /// Whoever has it, under a name that they choose.
    Whoever,
    /// Whoever runs the process, under the name that the ledger knows them by when they work without a server.
    SystemUser,
}

/// The secret of that link; `None` where somebody runs the server.
///
/// # Errors
/// Those of the database of people; `invalid-name` and `name-taken` where it is for whoever runs the process.
pub fn invite(reception: &Reception, first: &First) -> Result<Option<Secret>, Failure> {
    let (people, now) = (&*reception.people, reception.clock.now());
    match first {
        First::Whoever => first_administrator(people, now).said(),
        First::SystemUser if people.has_administrator().said()? => Ok(None),
        First::SystemUser => {
            let name = system_user();
            let addition = Addition { name: &name, display_name: "", email: None, role: Role::Administrator };
            Ok(add(people, addition, reception.doorway().whom, now).map_err(let_in)?.1)
        }
    }
}

/// What stands at the bare address: which program answers, and where it says how it is asked.
pub async fn front() -> Response<Body> {
    const TEXT: &str = "Switchback\n\nThe API is below /api/v1, and /api/v1/openapi.json describes it.\n";
    let mut response = Response::new(Body::from(TEXT));
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/plain; charset=utf-8"));
    response
}
