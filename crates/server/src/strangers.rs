//! Where nobody need show who they are: what it takes to come in.

use axum::http::Method;
use std::sync::LazyLock;
use switchback_api::Verb;
use switchback_api::address::Of;
use switchback_api::verbs::identity::{HandoverRequest, WaysRequest};
use switchback_api::verbs::invitation::{LookRequest, TakeRequest};
use switchback_api::verbs::sign_in::SignInRequest;
use switchback_api::verbs::sign_out::SignOutRequest;

/// Whether nobody need be known there. Of what comes along by itself nothing counts then: whose session is over could not
/// sign in again otherwise.
pub fn is_for_strangers(method: &Method, path: &str) -> bool {
    static ADDRESSES: LazyLock<[(Method, String); 6]> = LazyLock::new(|| {
        [
            of::<SignInRequest>(),
            of::<SignOutRequest>(),
            of::<LookRequest>(),
            of::<TakeRequest>(),
            of::<WaysRequest>(),
            of::<HandoverRequest>(),
        ]
    });
    ADDRESSES.iter().any(|(asked, address)| asked == method && address == path)
}

fn of<R: Verb>() -> (Method, String) {
    (R::METHOD, R::pattern(Of::Verb))
}
