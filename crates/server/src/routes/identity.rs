//! `identity`: by what people come in, and who they are at a provider of identities.

use crate::caller::{By, Caller};
use crate::counter::{Came, Told};
use crate::failure::{Said, no};
use crate::not_in::let_in;
use crate::outside::kept::Wish;
use crate::outside::{admitted, back_to, begin, provider};
use crate::reception::Reception;
use crate::routes::user::told;
use crate::views::people::present;
use switchback_api::Failure;
use switchback_api::address::BASE;
use switchback_api::verbs::identity::{
    AttachRequest, DetachRequest, HandoverRequest, Leave, LinkRequest, Way, Ways, WaysRequest,
};
use switchback_api::verbs::session::Present;
use switchback_api::verbs::user::User;
use switchback_core::ports::people::persons::OutsideIdentity;
use switchback_people::outside_link::{link as attach_to, unlink};
use switchback_people::secret::{Kind, Secret};
use switchback_people::sign_in::Whom;
use switchback_people::sign_out::sign_out;
use switchback_people::{fingerprint, session::SignedIn};

/// By what people come in.
pub fn ways(reception: &Reception, _: &Came, _: WaysRequest) -> Result<Told<Ways>, Failure> {
    let means = reception.ways.means();
    let way = |name: &str| Way { name: name.to_owned(), address: format!("{BASE}/sign-in/oidc/{name}") };
    let providers = means.settings.providers.iter().map(|one| way(one.provider.name())).collect();
    Ok(Ways { passwords: means.settings.passwords == Whom::Everybody, providers }.into())
}

/// Sends somebody who is in to a provider, to show who they are there.
pub fn link(reception: &Reception, came: &Came, asked: LinkRequest) -> Result<Told<Leave>, Failure> {
    let caller = came.caller()?;
    caller.require_in_person()?;
    let By::Session(session) = &caller.by else {
        return Err(no("not-signed-in", "nobody is signed in whose identity it would be", "sign in first"));
    };
    let back = back_to(asked.back.as_deref())?;
    let wish = Wish::Link { person: caller.person.name.clone(), session: session.hash, back };
    let (address, browser) = begin(reception, &asked.provider, wish, (came.leaving.as_deref(), came.from))?;
    Ok(Told::from(Leave { address }).leaving(browser))
}

/// Lets a command line in that was handed something.
pub fn handover(reception: &Reception, came: &Came, asked: HandoverRequest) -> Result<Told<Present>, Failure> {
    let secret = Secret::parse(Kind::Handover, asked.code.reveal()).ok_or_else(over)?;
    let handed = reception.handovers.take(&secret.fingerprint(), came.at).ok_or_else(over)?;
    if fingerprint::of_secret(asked.verifier.reveal()) != handed.challenge {
        return Err(over());
    }
    let SignedIn { secret, session, person } = admitted(reception, &handed.person, &came.agent)?;
    if let Some(earlier) = &came.session {
        sign_out(&*reception.people, earlier).said()?;
    }
    let caller = Caller::of(&*reception.people, person, By::Session(session)).said()?;
    Ok(Told::from(present(&caller)).keeping(secret))
}

/// Says who somebody is at a provider.
pub fn attach(reception: &Reception, came: &Came, asked: AttachRequest) -> Result<Told<User>, Failure> {
    let caller = came.administrator()?;
    if asked.subject.is_empty() {
        return Err(Failure::usage("the subject is empty: it is what the provider calls somebody for ever"));
    }
    let issuer = provider(reception, &asked.provider)?.provider.issuer().to_owned();
    let identity = OutsideIdentity { issuer, subject: asked.subject };
    let changed = attach_to(&*reception.people, &asked.user, &identity).map_err(let_in)?;
    told(reception, caller, &changed)
}

/// Takes that back.
pub fn detach(reception: &Reception, came: &Came, asked: DetachRequest) -> Result<Told<User>, Failure> {
    let caller = came.administrator()?;
    let changed = unlink(&*reception.people, &asked.user).map_err(let_in)?;
    told(reception, caller, &changed)
}

fn over() -> Failure {
    let message = "what was handed over was used, has expired, or is for another command line";
    no("handover-over", message, "begin to sign in again at the command line")
}
