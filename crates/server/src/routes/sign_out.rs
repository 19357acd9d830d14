//! `sign-out`: here, or everywhere.

use crate::counter::{Came, Told};
use crate::failure::Said;
use crate::reception::Reception;
use switchback_api::Failure;
use switchback_api::verbs::sign_out::{SignOutEverywhereRequest, SignOutRequest, SignedOut};
use switchback_core::ports::people::persons::Person;
use switchback_people::{session, sign_out};

/// Signs somebody out. Whoever is not signed in is signed out already.
pub fn sign_out(reception: &Reception, came: &Came, _: SignOutRequest) -> Result<Told<SignedOut>, Failure> {
    let Some(secret) = &came.session else { return Ok(Told::from(SignedOut::default()).forgetting()) };
    let people = &*reception.people;
    let person = session::who(people, secret, came.at).ok().map(|present| present.person);
    let ended = sign_out::sign_out(people, secret).said()?;
    let provider = person.and_then(|person| farewell(reception, &person));
    Ok(Told::from(SignedOut { sessions: ended.into(), provider }).forgetting())
}

/// Signs somebody out everywhere.
pub fn everywhere(reception: &Reception, came: &Came, _: SignOutEverywhereRequest) -> Result<Told<SignedOut>, Failure> {
    let caller = came.caller()?;
    caller.require_in_person()?;
    let ended = match caller.own_name() {
        Some(own) => sign_out::sign_out_everywhere(&*reception.people, own, None).said()?,
        None => 0,
    };
    let provider = farewell(reception, &caller.person);
    Ok(Told::from(SignedOut { sessions: ended as u64, provider }).forgetting())
}

/// Where somebody signs out at their provider too.
fn farewell(reception: &Reception, person: &Person) -> Option<String> {
    let identity = person.about.identity.as_ref()?;
    let means = reception.ways.means();
    let theirs = means.settings.providers.iter().find(|one| one.provider.issuer() == identity.issuer)?;
    theirs.provider.farewell(&format!("{}/", theirs.back))
}
