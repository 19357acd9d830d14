//! `sign-out`: here, or everywhere.

use crate::counter::{Came, Told};
use crate::failure::Said;
use crate::reception::Reception;
use switchback_api::Failure;
use switchback_api::verbs::sign_out::{SignOutEverywhereRequest, SignOutRequest, SignedOut};
use switchback_people::sign_out;

/// Signs somebody out. Whoever is not signed in is signed out already.
pub fn sign_out(reception: &Reception, came: &Came, _: SignOutRequest) -> Result<Told<SignedOut>, Failure> {
    let ended = match &came.session {
        Some(secret) => sign_out::sign_out(&*reception.people, secret).said()?,
        None => false,
    };
    Ok(Told::from(SignedOut { sessions: ended.into() }).forgetting())
}

/// Signs somebody out everywhere.
pub fn everywhere(reception: &Reception, came: &Came, _: SignOutEverywhereRequest) -> Result<Told<SignedOut>, Failure> {
    let caller = came.caller()?;
    caller.require_in_person()?;
    let ended = match caller.own_name() {
        Some(own) => sign_out::sign_out_everywhere(&*reception.people, own, None).said()?,
        None => 0,
    };
    Ok(Told::from(SignedOut { sessions: ended as u64 }).forgetting())
}
