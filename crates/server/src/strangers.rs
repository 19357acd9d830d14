//! Where nobody need show who they are: what it takes to come in.

use axum::http::Method;
use std::sync::LazyLock;
use switchback_api::Verb as _;
use switchback_api::address::Of;
use switchback_api::verbs::invitation::{LookRequest, TakeRequest};
use switchback_api::verbs::sign_in::SignInRequest;
use switchback_api::verbs::sign_out::SignOutRequest;

/// Whether nobody need be known there. Of what comes along by itself nothing counts then: whose session is over could not
/// sign in again otherwise.
pub fn is_for_strangers(method: &Method, path: &str) -> bool {
    static ADDRESSES: LazyLock<[String; 4]> = LazyLock::new(|| {
        [
            SignInRequest::pattern(Of::Verb),
            SignOutRequest::pattern(Of::Verb),
            LookRequest::pattern(Of::Verb),
            TakeRequest::pattern(Of::Verb),
        ]
    });
    *method == Method::POST && ADDRESSES.iter().any(|address| address == path)
}
